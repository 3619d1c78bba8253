"""Passes over formulas that several modules need: symbols, free variables, renaming of symbols."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from logic import syntax as S

NodeT = TypeVar("NodeT", bound=S.Node)

Symbol = tuple[str, str, int]
"""Kind ("predicate", "function" or "constant"), name and arity. A free variable counts as a constant."""


@dataclass(frozen=True, slots=True)
class Signature:
    """The non-logical symbols of one or more formulas, sorted; a free variable is listed as a constant."""

    predicates: tuple[tuple[str, int], ...]
    functions: tuple[tuple[str, int], ...]
    constants: tuple[str, ...]


def subnodes(node: S.Node) -> Iterator[S.Node]:
    """The node and everything below it, parents first."""
    stack = [node]
    while stack:
        item = stack.pop()
        yield item
        stack.extend(reversed(item.children()))


def symbols(formula: S.Formula) -> list[Symbol]:
    """The distinct symbols in order of first occurrence."""
    found: dict[Symbol, None] = {}

    def visit(node: S.Node, bound: frozenset[str]) -> None:
        match node:
            case S.Atom(name, args):
                found[("predicate", name, len(args))] = None
            case S.Function(name, args):
                found[("function", name, len(args))] = None
            case S.Constant(name):
                found[("constant", name, 0)] = None
                return
            case S.Variable(name):
                if name not in bound:
                    found[("constant", name, 0)] = None
                return
            case S.Quantified():
                bound = bound | {node.variable.name}
        for child in node.children():
            visit(child, bound)

    visit(formula, frozenset())
    return list(found)


def signature(*formulas: S.Formula) -> Signature:
    """The joint signature."""
    return signature_of(frozenset([symbol for formula in formulas for symbol in symbols(formula)]))


@functools.lru_cache(maxsize=256)
def signature_of(found: frozenset[Symbol]) -> Signature:
    """The signature of these symbols."""
    return Signature(
        tuple(sorted((name, arity) for kind, name, arity in found if kind == "predicate")),
        tuple(sorted((name, arity) for kind, name, arity in found if kind == "function")),
        tuple(sorted(name for kind, name, _ in found if kind == "constant")),
    )


def rename_symbols(node: NodeT, names: Mapping[Symbol, str]) -> NodeT:
    """The same tree with symbols renamed; bound variables stay, and a free variable may become a constant."""
    return _rename(node, names, frozenset())  # type: ignore[return-value]


def _rename(node: S.Node, names: Mapping[Symbol, str], bound: frozenset[str]) -> S.Node:
    match node:
        case S.Variable(name):
            return node if name in bound else _named_individual(node, names)
        case S.Constant():
            return _named_individual(node, names)
        case S.Atom(name, args):
            new_name = names.get(("predicate", name, len(args)), name)
            return type(node)(new_name, tuple([_rename(arg, names, bound) for arg in args]))  # type: ignore[misc]
        case S.Function(name, args):
            new_name = names.get(("function", name, len(args)), name)
            return type(node)(new_name, tuple([_rename(arg, names, bound) for arg in args]))  # type: ignore[misc]
        case S.Quantified():
            bound = bound | {node.variable.name}
    return node.rebuild([_rename(child, names, bound) for child in node.children()])


def _named_individual(node: S.Variable | S.Constant, names: Mapping[Symbol, str]) -> S.Term:
    new_name = names.get(("constant", node.name, 0))
    return node if new_name is None else S.Constant(new_name)

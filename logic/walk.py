"""Passes over formulas that several modules need: symbols, free variables, renaming of symbols."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from logic import syntax as S

NodeT = TypeVar("NodeT", bound=S.Node)

Symbol = tuple[str, str, int]
"""Kind ("predicate", "function" or "constant"), name and arity.

A free variable counts as a constant.
"""


@dataclass(frozen=True, slots=True)
class Signature:
    """The non-logical symbols of one or more formulas, sorted.

    A free variable is listed as a constant.
    """

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
    occurring: dict[Symbol, None] = {}  # a set in order

    def visit(node: S.Node, bound: frozenset[str]) -> None:
        match node:
            case S.Atom(name, args):
                occurring["predicate", name, len(args)] = None
            case S.Function(name, args):
                occurring["function", name, len(args)] = None
            case S.Constant(name):
                occurring["constant", name, 0] = None
                return
            case S.Variable(name):
                if name not in bound:
                    occurring["constant", name, 0] = None
                return
            case S.Quantified():
                bound = bound | {node.variable.name}
        for child in node.children():
            visit(child, bound)

    visit(formula, frozenset())
    return list(occurring)


def signature(*formulas: S.Formula) -> Signature:
    """The joint signature."""
    joint = frozenset([symbol for formula in formulas for symbol in symbols(formula)])
    return signature_of(joint)


@functools.lru_cache(maxsize=256)
def signature_of(symbols: frozenset[Symbol]) -> Signature:
    """The signature of these symbols."""
    predicates: list[tuple[str, int]] = []
    functions: list[tuple[str, int]] = []
    constants: list[str] = []
    for kind, name, arity in symbols:
        if kind == "predicate":
            predicates.append((name, arity))
        elif kind == "function":
            functions.append((name, arity))
        else:
            constants.append(name)
    return Signature(
        tuple(sorted(predicates)),
        tuple(sorted(functions)),
        tuple(sorted(constants)),
    )


def rename_symbols(node: NodeT, names: Mapping[Symbol, str]) -> NodeT:
    """The same tree with symbols renamed.

    Bound variables stay, and a free variable may become a constant.
    """
    return _renamed(node, names, frozenset())


def _renamed(node: S.Node, names: Mapping[Symbol, str], bound: frozenset[str]) -> Any:
    match node:
        case S.Variable(name):
            return node if name in bound else _renamed_individual(node, names)
        case S.Constant():
            return _renamed_individual(node, names)
        case S.Atom(name, args):
            name = names.get(("predicate", name, len(args)), name)
            arguments = tuple([_renamed(arg, names, bound) for arg in args])
            return type(node)(name, arguments)
        case S.Function(name, args):
            name = names.get(("function", name, len(args)), name)
            arguments = tuple([_renamed(arg, names, bound) for arg in args])
            return type(node)(name, arguments)
        case S.Quantified():
            bound = bound | {node.variable.name}
    return node.rebuild([_renamed(child, names, bound) for child in node.children()])


def _renamed_individual(node: S.Variable | S.Constant, names: Mapping[Symbol, str]) -> S.Term:
    name = names.get(("constant", node.name, 0))
    return node if name is None else S.Constant(name)

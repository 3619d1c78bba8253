"""The one home of substitution and renaming: free variables, bound ones, and symbols."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from logic import syntax as S
from logic.symbols import Symbol, subnodes

FormulaT = TypeVar("FormulaT", bound=S.Formula)


def free_variables(node: S.Node) -> list[str]:
    """The names of the variables that are free in a node, by first occurrence."""
    names: dict[str, None] = {}

    def visit(part: S.Node, bound: frozenset[str]) -> None:
        if isinstance(part, S.Variable) and part.name not in bound:
            names[part.name] = None
        if isinstance(part, S.Quantified):
            bound = bound | {part.variable.name}
        for child in part.children():
            visit(child, bound)

    visit(node, frozenset())
    return list(names)


def bound_variables(node: S.Node) -> set[str]:
    """The names that the quantifiers of a node bind."""
    return {part.variable.name for part in subnodes(node) if isinstance(part, S.Quantified)}


def names_in(node: S.Node) -> set[str]:
    """The names of all variables and constants."""
    named = {part.name for part in subnodes(node) if isinstance(part, S.Variable | S.Constant)}
    return named | bound_variables(node)


# ---- free variables --------------------------------------------------------------------------------------------------


def substitute(formula: S.Formula, terms: Mapping[str, S.Term]) -> S.Formula:
    """The formula with terms in place of free variables; no variable of a term may be bound where it comes to stand."""
    substituted: S.Formula = _substituted(formula, terms)
    return substituted


def _substituted(node: S.Node, terms: Mapping[str, S.Term]) -> Any:
    if isinstance(node, S.Variable):
        return terms.get(node.name, node)
    if isinstance(node, S.Quantified) and node.variable.name in terms:
        terms = {name: term for name, term in terms.items() if name != node.variable.name}
        if not terms:
            return node
    children = node.children()
    if not children:
        return node
    return node.rebuild([_substituted(child, terms) for child in children])


# ---- bound variables -------------------------------------------------------------------------------------------------


def rename_variable(formula: S.Formula, old: str, new: str) -> S.Formula:
    """The formula with a variable called otherwise wherever it stands, free or bound; `new` must not occur in it."""
    renamed: S.Formula = _renamed(formula, old, new)
    return renamed


def _renamed(node: S.Node, old: str, new: str) -> Any:
    if isinstance(node, S.Variable):
        return S.Variable(new) if node.name == old else node
    if isinstance(node, S.Quantified) and node.variable.name == old:
        return _rebound(node, S.Variable(new), _renamed(node.body, old, new))
    return node.rebuild([_renamed(child, old, new) for child in node.children()])


def apart(formula: S.Formula, names: set[str]) -> S.Formula:
    """The formula with every bound variable called differently, by adding primes, and none as in `names`.

    The new names are added to `names`.
    """
    if not isinstance(formula, S.Quantified):
        return _in_parts(formula, lambda part: apart(part, names))
    name = formula.variable.name
    while name in names:
        name += "'"
    names.add(name)
    variable = S.Variable(name)
    body = substitute(formula.body, {formula.variable.name: variable})
    return _rebound(formula, variable, apart(body, names))


def numbered(formula: S.Formula, depth: int = 0) -> S.Formula:
    """The formula with its bound variables named by depth: the same for formulas that differ only in those names."""
    if not isinstance(formula, S.Quantified):
        return _in_parts(formula, lambda part: numbered(part, depth))
    variable = S.Variable(f"\0{depth}")
    body = substitute(formula.body, {formula.variable.name: variable})
    return _rebound(formula, variable, numbered(body, depth + 1))


def _in_parts(formula: FormulaT, change: Callable[[S.Formula], S.Formula]) -> FormulaT:
    """The formula with each formula directly below it changed."""
    parts = [
        change(child) if isinstance(child, S.Formula) else child for child in formula.children()
    ]
    return formula.rebuild(parts)


def _rebound(quantifier: S.Quantified, variable: S.Variable, body: S.Formula) -> S.Formula:
    """The same quantifier, of a domain too, with another variable and body."""
    fields: dict[str, Any] = {"variable": variable, "body": body}
    rebound: S.Formula = replace(quantifier, **fields)  # type: ignore[type-var]
    return rebound


# ---- symbols ---------------------------------------------------------------------------------------------------------


def rename_symbols(formula: FormulaT, names: Mapping[Symbol, str]) -> FormulaT:
    """The same tree with symbols renamed; bound variables stay, and a free variable may become a constant."""
    renamed: FormulaT = _with_symbols(formula, names, frozenset())
    return renamed


def _with_symbols(node: S.Node, names: Mapping[Symbol, str], bound: frozenset[str]) -> Any:
    match node:
        case S.Variable(name):
            return node if name in bound else _individual(node, names)
        case S.Constant():
            return _individual(node, names)
        case S.Atom(name, args):
            new_name = names.get(("predicate", name, len(args)), name)
            return type(node)(new_name, tuple([_with_symbols(arg, names, bound) for arg in args]))
        case S.Function(name, args):
            new_name = names.get(("function", name, len(args)), name)
            return type(node)(new_name, tuple([_with_symbols(arg, names, bound) for arg in args]))
        case S.Quantified():
            bound = bound | {node.variable.name}
    return node.rebuild([_with_symbols(child, names, bound) for child in node.children()])


def _individual(node: S.Variable | S.Constant, names: Mapping[Symbol, str]) -> S.Term:
    new_name = names.get(("constant", node.name, 0))
    return node if new_name is None else S.Constant(new_name)

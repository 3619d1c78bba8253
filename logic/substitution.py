"""The one home of substitution and renaming: of free variables, bound ones, and symbols."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from logic import syntax as S
from logic.symbols import Symbol, subnodes

FormulaT = TypeVar("FormulaT", bound=S.Formula)


def free_variables(node: S.Node) -> list[str]:
    """The names of the variables that are free in a node, by first occurrence."""
    names: dict[str, None] = {}  # a set in order
    _collect_free(node, frozenset(), names)
    return list(names)


def _collect_free(node: S.Node, bound: frozenset[str], names: dict[str, None]) -> None:
    if isinstance(node, S.Variable) and node.name not in bound:
        names[node.name] = None
    if isinstance(node, S.Quantified):
        bound = bound | {node.variable.name}
    for child in node.children():
        _collect_free(child, bound, names)


def bound_variables(node: S.Node) -> set[str]:
    """The names that the quantifiers of a node bind."""
    names = set()
    for part in subnodes(node):
        if isinstance(part, S.Quantified):
            names.add(part.variable.name)
    return names


# ---- free variables ----


def substitute(formula: S.Formula, terms: Mapping[str, S.Term]) -> S.Formula:
    """The formula with terms in place of free variables.

    No variable of a term may be bound where it comes to stand.
    """
    return _substituted(formula, terms)


def _substituted(node: S.Node, terms: Mapping[str, S.Term]) -> Any:
    if isinstance(node, S.Variable):
        return terms.get(node.name, node)
    if isinstance(node, S.Quantified) and node.variable.name in terms:
        terms = dict(terms)
        del terms[node.variable.name]  # not free below
        if not terms:
            return node
    children = [_substituted(child, terms) for child in node.children()]
    if not children:
        return node
    return node.rebuild(children)


# ---- bound variables ----


def rename_variable(formula: S.Formula, old: str, new: str) -> S.Formula:
    """The formula with a variable called otherwise wherever it stands, free or bound.

    `new` must not occur in it.
    """
    return _renamed(formula, old, new)


def _renamed(node: S.Node, old: str, new: str) -> Any:
    if isinstance(node, S.Variable):
        return S.Variable(new) if node.name == old else node
    if isinstance(node, S.Quantified) and node.variable.name == old:
        body = _renamed(node.body, old, new)
        return _rebound(node, S.Variable(new), body)
    children = [_renamed(child, old, new) for child in node.children()]
    return node.rebuild(children)


def apart(formula: S.Formula, names: set[str]) -> S.Formula:
    """The formula with every bound variable called differently, and none as one of `names`.

    Variables get primes, and are added to `names`.
    """
    return _told_apart(formula, names, names_in(formula))


def _told_apart(formula: S.Formula, names: set[str], occurring: set[str]) -> S.Formula:
    children: list[Any] = list(formula.children())
    if isinstance(formula, S.Quantified):
        variable = S.Variable(_free_name(formula.variable.name, names, occurring))
        names.add(variable.name)
        # A domain's quantifier may have more below it than its body, as the sort of its variable.
        renaming = {formula.variable.name: variable}
        children = [substitute(child, renaming) for child in children]
    for index, child in enumerate(children):
        if isinstance(child, S.Formula):
            children[index] = _told_apart(child, names, occurring)
    rebuilt = formula.rebuild(children)
    if isinstance(rebuilt, S.Quantified):
        return _rebound(rebuilt, variable, rebuilt.body)
    return rebuilt


def _free_name(name: str, names: set[str], occurring: set[str]) -> str:
    """The name where it may stay, else with primes one that no quantifier further inside binds."""
    if name not in names:
        return name
    while name in names or name in occurring:
        name += "'"
    return name


def numbered(formula: S.Formula) -> S.Formula:
    """The formula with its bound variables named by depth.

    It is the same for formulas that differ only in those names.
    """
    return _numbered(formula, {}, 0)


def _numbered(node: S.Node, variables: dict[str, S.Variable], depth: int) -> Any:
    # One walk with all names at hand: one for each quantifier is quadratic in their depth.
    if isinstance(node, S.Variable):
        return variables.get(node.name, node)
    if isinstance(node, S.Quantified):
        # No name that is read holds a null character, so none is captured.
        variable = S.Variable(f"\0{depth}")
        body = _numbered(node.body, {**variables, node.variable.name: variable}, depth + 1)
        return _rebound(node, variable, body)
    children = [_numbered(child, variables, depth) for child in node.children()]
    return node.rebuild(children) if children else node


def _rebound(quantifier: S.Quantified, variable: S.Variable, body: S.Formula) -> S.Quantified:
    """The same quantifier, of a domain too, with another variable and body."""
    node: Any = quantifier  # every quantifier is a dataclass, which their common base is not
    return replace(node, variable=variable, body=body)


def names_in(node: S.Node) -> set[str]:
    """The names of all variables and constants."""
    names = set()
    for item in subnodes(node):
        if isinstance(item, S.Variable | S.Constant):
            names.add(item.name)
        elif isinstance(item, S.Quantified):
            names.add(item.variable.name)
    return names


# ---- symbols ----


def rename_symbols(formula: FormulaT, names: Mapping[Symbol, str]) -> FormulaT:
    """The same tree with symbols renamed.

    Bound variables stay, and a free variable may become a constant.
    """
    return _with_symbols(formula, names, frozenset())


def _with_symbols(node: S.Node, names: Mapping[Symbol, str], bound: frozenset[str]) -> Any:
    match node:
        case S.Variable(name):
            return node if name in bound else _individual(node, names)
        case S.Constant():
            return _individual(node, names)
        case S.Atom(name, args):
            symbol = ("predicate", name, len(args))
            terms = [_with_symbols(arg, names, bound) for arg in args]
            return type(node)(names.get(symbol, name), tuple(terms))
        case S.Function(name, args):
            symbol = ("function", name, len(args))
            terms = [_with_symbols(arg, names, bound) for arg in args]
            return type(node)(names.get(symbol, name), tuple(terms))
        case S.Quantified():
            bound = bound | {node.variable.name}
    children = [_with_symbols(child, names, bound) for child in node.children()]
    return node.rebuild(children)


def _individual(node: S.Variable | S.Constant, names: Mapping[Symbol, str]) -> S.Term:
    name = names.get(("constant", node.name, 0))
    return node if name is None else S.Constant(name)

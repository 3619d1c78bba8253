"""Substitution of terms for variables, and renaming of the variables that quantifiers bind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from logic import syntax as S
from logic.walk import subnodes


def substituted(node: S.Node, name: str, term: S.Term) -> Any:
    """The node with a free variable replaced; the term's variables must not be bound in it."""
    if isinstance(node, S.Variable):
        return term if node.name == name else node
    if isinstance(node, S.Quantified) and node.variable.name == name:
        return node
    children = [substituted(child, name, term) for child in node.children()]
    return node.rebuild(children)


def renamed(node: S.Node, old: str, new: str) -> Any:
    """The node with a variable called otherwise, where it is bound too."""
    if isinstance(node, S.Variable):
        return S.Variable(new) if node.name == old else node
    if isinstance(node, S.Quantified) and node.variable.name == old:
        body = renamed(node.body, old, new)
        return rebound(
            node,
            S.Variable(new),
            body,
        )
    children = [renamed(child, old, new) for child in node.children()]
    return node.rebuild(children)


def apart(formula: S.Formula, names: set[str]) -> S.Formula:
    """The formula with every bound variable called differently, and none as one of `names`.

    Variables get primes, and are added to `names`.
    """
    if isinstance(formula, S.Quantified):
        name = formula.variable.name
        while name in names:
            name += "'"
        names.add(name)
        variable = S.Variable(name)
        body = substituted(
            formula.body,
            formula.variable.name,
            variable,
        )
        return rebound(
            formula,
            variable,
            apart(body, names),
        )
    children = []
    for child in formula.children():
        children.append(apart(child, names) if isinstance(child, S.Formula) else child)
    return formula.rebuild(children)


def numbered(formula: S.Formula, depth: int = 0) -> S.Formula:
    """The formula with its bound variables named by depth.

    It is the same for formulas that differ only in those names.
    """
    if isinstance(formula, S.Quantified):
        # No name that is read holds a null character, so none is captured.
        variable = S.Variable(f"\0{depth}")
        body = substituted(
            formula.body,
            formula.variable.name,
            variable,
        )
        return rebound(
            formula,
            variable,
            numbered(body, depth + 1),
        )
    children = []
    for child in formula.children():
        children.append(numbered(child, depth) if isinstance(child, S.Formula) else child)
    return formula.rebuild(children)


def rebound(quantifier: S.Quantified, variable: S.Variable, body: S.Formula) -> S.Quantified:
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

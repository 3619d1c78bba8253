"""Sorted formulas to print: `∀x:Sort φ`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from logic import syntax as S
from logic.nodes import (
    SORTED,
    UNIVERSE,
    Count,
    ExistsOf,
    ExistsUniqueOf,
    ForallOf,
)


@dataclass(frozen=True)
class AllOfSort(S.Construct, S.Quantified):
    """Every element of the sort satisfies the body."""

    writes = "∀{variable}:{sort} {body}"
    notations: ClassVar = {
        "ascii": "forall {variable}:{sort} {body}",
        "latex": "\\forall {variable} \\in {sort} \\, {body}",
    }
    patterns: ClassVar = {"sort": r"\w+"}
    variable: S.Variable
    sort: str
    body: S.Formula


@dataclass(frozen=True)
class SomeOfSort(S.Construct, S.Quantified):
    """Some element of the sort satisfies the body."""

    writes = "∃{variable}:{sort} {body}"
    notations: ClassVar = {
        "ascii": "exists {variable}:{sort} {body}",
        "latex": "\\exists {variable} \\in {sort} \\, {body}",
    }
    patterns: ClassVar = {"sort": r"\w+"}
    variable: S.Variable
    sort: str
    body: S.Formula


@dataclass(frozen=True)
class OneOfSort(S.Construct, S.Quantified):
    """Exactly one element of the sort satisfies the body."""

    writes = "∃!{variable}:{sort} {body}"
    notations: ClassVar = {
        "ascii": "exists! {variable}:{sort} {body}",
        "latex": "\\exists! {variable} \\in {sort} \\, {body}",
    }
    patterns: ClassVar = {"sort": r"\w+"}
    variable: S.Variable
    sort: str
    body: S.Formula


@dataclass(frozen=True)
class AtLeastOf(S.Construct, S.Quantified):
    """At least so many elements satisfy the body."""

    writes = "∃≥{count} {variable} {body}"
    notations: ClassVar = {
        "ascii": "at least {count} {variable} {body}",
        "latex": "\\exists_{{\\geq {count}}} {variable} \\, {body}",
    }
    count: int
    variable: S.Variable
    body: S.Formula


_SIGNS: dict[type[S.Node], tuple[Any, Any]] = {
    ForallOf: (S.Forall, AllOfSort),
    ExistsOf: (S.Exists, SomeOfSort),
    ExistsUniqueOf: (S.ExistsUnique, OneOfSort),
}
"""The quantifier over the universe, and the one over another sort, that a sorted one is shown as."""


def printable(formula: S.Formula) -> S.Formula:
    """The formula with quantifiers that have signs."""
    shown: S.Formula = _with_signs(formula)
    return shown


def _with_signs(node: S.Node) -> Any:
    children = [_with_signs(child) for child in node.children()]
    if not isinstance(node, SORTED):
        return node.rebuild(children) if children else node
    body = children[0]
    if isinstance(node, Count):
        return AtLeastOf(node.count, node.variable, body)
    over_universe, over_sort = _SIGNS[type(node)]
    if node.sort == UNIVERSE:
        return over_universe(node.variable, body)
    return over_sort(node.variable, node.sort, body)

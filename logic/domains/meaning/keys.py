"""Normal forms of sorted formulas: one whose equality proves, and one that shows the parts for partial credit."""

from __future__ import annotations

from typing import Any

from logic import syntax as S
from logic.deciding.normal import Normal, normal_form, normal_key
from logic.domains.meaning.sorts import Sorts
from logic.domains.meaning.structures import sorts_in
from logic.nodes import HIDDEN, UNIVERSE, Count, quantified_sort, sort_of
from logic.substitution import free_variables, substitute


def proof_key(formula: S.Formula, sorts: Sorts) -> str:
    """A key that only formulas equivalent over these sorts share.

    With more than one sort, each quantifier is guarded by a predicate of its sort: two guarded formulas that are
    equivalent in every plain structure are so in the one whose universe holds the elements of all sorts. Operations
    are symbols like any others, and a counting quantifier is an atom named after its body's key.
    """
    several = bool((sorts_in(sorts) | sorts.quantified()) - {UNIVERSE})
    return normal_key(_guarded(formula, several))


def _guarded(node: S.Node, several: bool) -> Any:
    """The node in core terms, quantifiers guarded where there are several sorts."""
    children = [_guarded(child, several) for child in node.children()]
    if isinstance(node, S.Construct):
        return _as_symbol(node, f"{HIDDEN}{node.rule} {_values(node)}", children)
    if isinstance(node, Count):
        return _counted(node, children[0], several)
    if not isinstance(node, S.Quantified):
        return node.rebuild(children) if children else node
    body: S.Formula = children[0]
    if several:
        guard = S.Atom(f"{HIDDEN}sort {quantified_sort(node)}", (node.variable,))
        body = S.Implies(guard, body) if isinstance(node, S.Forall) else S.And((guard, body))
    return _unsorted(node, body)


def _as_symbol(node: S.Construct, name: str, children: list[Any]) -> S.Node:
    """An operation as a symbol like any other."""
    if isinstance(node, S.Formula):
        return S.Atom(name, tuple(children))
    return S.Function(name, tuple(children)) if children else S.Constant(name)


def _values(node: S.Construct) -> str:
    """What a construct holds beside its parts: the sign of a comparison, a numeral, an exponent."""
    return " ".join([str(value) for value in node.field_values() if isinstance(value, (str, int))])


def _unsorted(quantifier: S.Quantified, body: S.Formula) -> S.Formula:
    """The plain quantifier of that kind."""
    if isinstance(quantifier, S.Forall):
        return S.Forall(quantifier.variable, body)
    if isinstance(quantifier, S.ExistsUnique):
        return S.ExistsUnique(quantifier.variable, body)
    return S.Exists(quantifier.variable, body)


def _counted(node: Count, body: S.Formula, several: bool) -> S.Atom:
    """A counting quantifier as an atom over its free variables, named after what it counts."""
    counted = node.variable.name
    free = [name for name in free_variables(body) if name != counted]
    marks: dict[str, S.Term] = {
        name: S.Constant(f"{HIDDEN}free {place}") for place, name in enumerate(free)
    }
    marks[counted] = S.Constant(f"{HIDDEN}counted")
    inside = normal_key(substitute(body, marks))
    name = f"{HIDDEN}≥{node.count} {node.sort if several else ''} {inside}"
    return S.Atom(name, tuple([S.Variable(name) for name in free]))


def grading_form(formula: S.Formula) -> Normal:
    """The normal form of a lowered formula whose parts are compared (equal forms prove nothing here)."""
    return normal_form(_graded(formula))


def _graded(node: S.Node) -> Any:
    """The node in core terms, with the parts to compare and without sorts."""
    children = [_graded(child) for child in node.children()]
    if isinstance(node, S.Construct):
        return _as_symbol(node, f"{node.rule} {_values(node)}".strip(), children)
    if isinstance(node, Count):
        many = S.Atom(f"≥ {node.count}", (node.variable,))
        return S.Exists(node.variable, S.And((many, children[0])))
    if sort_of(node) is not None and isinstance(node, S.Quantified):
        return _unsorted(node, children[0])
    return node.rebuild(children) if children else node

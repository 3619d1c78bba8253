"""Normal forms of sorted formulas.

One whose equality proves, and one that shows the parts for partial credit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from logic import syntax as S
from logic.deciding.keys import normal_key
from logic.deciding.normal import Normal, normal_form
from logic.domains.meaning.sorts import Sorts
from logic.domains.meaning.structures import sorts_in
from logic.nodes import HIDDEN, UNIVERSE, Count, quantified_sort, sort_of
from logic.substitution import free_variables, substitute


def proof_key(formula: S.Formula, sorts: Sorts) -> str:
    """A key that only formulas equivalent over these sorts share.

    With more than one sort, each quantifier is guarded by a predicate of its sort: two guarded
    formulas that are equivalent in every plain structure are so in the one whose universe holds the
    elements of all sorts. Operations are symbols like any others, and a counting quantifier is an
    atom named after its body's key.
    """
    others = sorts_in(sorts) | sorts.quantified()
    others.discard(UNIVERSE)
    guarded = _guarded(formula, several=bool(others))
    return normal_key(guarded)


def _guarded(node: S.Node, several: bool) -> Any:
    """The node in core terms, quantifiers guarded where there are several sorts."""
    children = [_guarded(child, several) for child in node.children()]
    if isinstance(node, S.Construct):
        name = f"{HIDDEN}{node.rule} {_values(node)}"
        return _as_symbol(node, name, children)
    if isinstance(node, Count):
        return _counted(node, children[0], several)
    if isinstance(node, S.Quantified):
        body = children[0]
        if several:
            body = _guard(node, body)
        return _unsorted(node, body)
    return node.rebuild(children) if children else node


def _guard(quantifier: S.Quantified, body: S.Formula) -> S.Formula:
    """The body, of what is of the quantifier's sort."""
    sort = quantified_sort(quantifier)
    member = S.Atom(f"{HIDDEN}sort {sort}", (quantifier.variable,))
    if isinstance(quantifier, S.Forall):
        return S.Implies(member, body)
    return S.And((member, body))


def _as_symbol(node: S.Construct, name: str, children: Sequence[Any]) -> S.Node:
    """An operation as a symbol like any other."""
    args = tuple(children)
    if isinstance(node, S.Formula):
        return S.Atom(name, args)
    return S.Function(name, args) if args else S.Constant(name)


def _values(node: S.Construct) -> str:
    """What a construct holds beside its parts: a comparison's sign, a numeral, an exponent."""
    values = []
    for value in node.field_values():
        if isinstance(value, str | int):
            values.append(str(value))
    return " ".join(values)


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
    free = free_variables(body)
    if counted in free:
        free.remove(counted)
    # The name must not depend on what the variables are called.
    marks: dict[str, S.Term] = {}
    marks[counted] = S.Constant(f"{HIDDEN}counted")
    for index, name in enumerate(free):
        mark = f"{HIDDEN}free {index}"
        marks[name] = S.Constant(mark)
    inside = normal_key(substitute(body, marks))
    sort = node.sort if several else ""
    return S.Atom(
        f"{HIDDEN}≥{node.count} {sort} {inside}",
        tuple(map(S.Variable, free)),
    )


def grading_form(formula: S.Formula) -> Normal:
    """The normal form of a lowered formula whose parts are compared.

    Equal forms prove nothing here.
    """
    return normal_form(_graded(formula))


def _graded(node: S.Node) -> Any:
    """The node in core terms, with the parts to compare and without sorts."""
    children = [_graded(child) for child in node.children()]
    if isinstance(node, S.Construct):
        name = f"{node.rule} {_values(node)}".strip()
        return _as_symbol(node, name, children)
    if isinstance(node, Count):
        variable = node.variable
        many = S.Atom(f"≥ {node.count}", (variable,))
        body = S.And((many, children[0]))
        return S.Exists(variable, body)
    if isinstance(node, S.Quantified) and sort_of(node) is not None:
        return _unsorted(node, children[0])
    return node.rebuild(children) if children else node

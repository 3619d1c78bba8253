"""Normal forms of sorted formulas: one whose equality proves, and one that shows the parts for partial credit."""

from __future__ import annotations

from typing import Any

from logic import syntax as S
from logic.domains.domain import Domain
from logic.domains.nodes import HIDDEN, UNIVERSE, Count, ExistsOf, ExistsUniqueOf, ForallOf
from logic.domains.sorts import Sorts
from logic.domains.structures import sorts_of
from logic.normal import Normal, normal_key, normalise
from logic.walk import subnodes


def proof_key(formula: S.Formula, sorts: Sorts) -> str:
    """A key that only formulas equivalent over these sorts share.

    With more than one sort, each quantifier is guarded by a predicate of its sort: two guarded formulas that are
    equivalent in every plain structure are so in the one whose universe holds the elements of all sorts. Operations
    are symbols like any others, and a counting quantifier is an atom named after its body's key.
    """
    return normal_key(_guarded(formula, _many(sorts)))


def _many(sorts: Sorts) -> bool:
    found = {
        item.sort  # type: ignore[attr-defined]
        for f in sorts.formulas
        for item in subnodes(f)
        if isinstance(item, S.Quantified)
    }
    return len(found | sorts_of(sorts)) > 1 or found - {UNIVERSE} != set()


def _guarded(node: S.Node, many: bool) -> Any:
    children = [_guarded(child, many) for child in node.children()]
    if isinstance(node, S.Construct):
        name = _name(node)
        return S.Atom(name, tuple(children)) if isinstance(node, S.Formula) else S.Function(name, tuple(children)) \
            if children else S.Constant(name)  # fmt: skip
    if isinstance(node, Count):
        return _opaque(node, children[0], many)
    if not isinstance(node, S.Quantified):
        return node.rebuild(children) if children else node
    body: Any = children[0]
    if many:
        guard = S.Atom(f"{HIDDEN}sort {node.sort}", (node.variable,))  # type: ignore[attr-defined]
        body = S.Implies(guard, body) if isinstance(node, S.Forall) else S.And((guard, body))
    plain = (
        S.Forall
        if isinstance(node, S.Forall)
        else S.ExistsUnique
        if isinstance(node, S.ExistsUnique)
        else S.Exists
    )
    return plain(node.variable, body)


def _name(node: S.Construct) -> str:
    own = "".join(
        [str(getattr(node, name)) for name in ("predicate", "name") if hasattr(node, name)]
    )
    return f"{HIDDEN}{node.rule} {own}"


def _opaque(node: Count, body: S.Formula, many: bool) -> S.Atom:
    """A counting quantifier as an atom over its free variables."""
    free = list(dict.fromkeys(_free(body, (node.variable.name,))))
    marks = {name: S.Constant(f"{HIDDEN}free {place}") for place, name in enumerate(free)}
    marks[node.variable.name] = S.Constant(f"{HIDDEN}counted")
    inside = normal_key(_replaced(body, marks))
    return S.Atom(
        f"{HIDDEN}≥{node.count} {node.sort if many else ''} {inside}",
        tuple([S.Variable(name) for name in free]),
    )


def _free(node: S.Node, bound: tuple[str, ...]) -> list[str]:
    if isinstance(node, S.Variable):
        return [] if node.name in bound else [node.name]
    if isinstance(node, S.Quantified):
        bound = (*bound, node.variable.name)
    return [name for child in node.children() for name in _free(child, bound)]


def _replaced(node: S.Node, marks: dict[str, S.Constant]) -> Any:
    if isinstance(node, S.Variable):
        return marks.get(node.name, node)
    if isinstance(node, S.Quantified):
        marks = {name: mark for name, mark in marks.items() if name != node.variable.name}
    children = node.children()
    return node.rebuild([_replaced(child, marks) for child in children]) if children else node


def grading_form(domain: Domain, formula: S.Formula) -> Normal:
    """The normal form whose parts are compared for partial credit (equal forms prove nothing here)."""
    return normalise(_shown(domain.lower(formula)))


def _shown(node: S.Node) -> Any:
    children = [_shown(child) for child in node.children()]
    if isinstance(node, S.Construct):
        name = f"{node.rule} {getattr(node, 'predicate', getattr(node, 'name', ''))}".strip()
        return S.Atom(name, tuple(children)) if isinstance(node, S.Formula) else S.Function(name, tuple(children)) \
            if children else S.Constant(name)  # fmt: skip
    if isinstance(node, Count):
        counted = S.Atom(f"≥ {node.count}", (node.variable,))
        return S.Exists(node.variable, S.And((counted, children[0])))
    if isinstance(node, (ForallOf, ExistsOf, ExistsUniqueOf)):
        plain: Any = (
            S.Forall
            if isinstance(node, ForallOf)
            else S.Exists
            if isinstance(node, ExistsOf)
            else S.ExistsUnique
        )
        return plain(node.variable, children[0])
    return node.rebuild(children) if children else node

"""The parts of an alignment: edits, alignments of two nodes, and those with nothing below them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from logic import syntax as S
from logic.explaining.alignment.shapes import Shape
from logic.explaining.wording import text

KINDS = (
    "quantifier",
    "connective",
    "negation",
    "arguments",
    "names",
    "missing part",
    "extra part",
    "other part",
)

CHANGED_PLACES = ": the arguments change places"
"""How the words on two atoms with the same arguments in another order end."""


@dataclass(frozen=True, slots=True)
class Difference:
    """An edit in words.

    `kind` is one of `KINDS`; `candidate` and `reference` are the parts, empty where absent.
    """

    kind: str
    candidate: str
    reference: str
    text: str


@dataclass(frozen=True, eq=False, slots=True)
class Edit:
    """A difference in the making, equal only to itself.

    `words` may name the two parts as {c} and {r}, which are printed only if the edit is kept.
    """

    kind: str
    candidate: S.Formula | str | None
    reference: S.Formula | str | None
    words: str

    def finished(self) -> Difference:
        candidate = _part_text(self.candidate)
        reference = _part_text(self.reference)
        words = self.words.replace("{c}", candidate).replace("{r}", reference)
        return Difference(self.kind, candidate, reference, words)


def _part_text(part: S.Formula | str | None) -> str:
    return text(part) if isinstance(part, S.Formula) else part or ""


Applied = frozenset[Edit]
Build = Callable[[Applied], S.Formula]


@dataclass(frozen=True, slots=True)
class Join:
    """Two aligned nodes: the cost, the edits, and the formula with some of the edits applied."""

    cost: float
    edits: tuple[Edit, ...]
    build: Build


def unchanged(part: S.Formula) -> Join:
    """Two nodes that say the same: the reference's stands for both."""
    return Join(0.0, (), lambda applied: part)


def combined(joins: Sequence[Join], edits: Sequence[Edit], build: Build) -> Join:
    """The alignment of two nodes from those of their parts and from their own edits."""
    cost = sum(join.cost for join in joins) + len(edits)
    below = [edit for join in joins for edit in join.edits]
    return Join(
        cost,
        (*edits, *below),
        build,
    )


def replaced(edit: Edit, candidate: S.Formula, reference: S.Formula, cost: float) -> Join:
    """One edit that puts the reference's part for the candidate's."""

    def build(applied: Applied) -> S.Formula:
        return reference if edit in applied else candidate

    return Join(cost, (edit,), build)


def other_connective(left: Shape, right: Shape) -> Edit:
    words = f"{left.sign} in place of {right.sign}"
    return Edit(
        "connective",
        left.formula,
        right.formula,
        words,
    )


def other_part(candidate: S.Formula, reference: S.Formula, cost: float) -> Join:
    """Nothing in common: one part in place of the other."""
    edit = Edit("other part", candidate, reference, "{c} in place of {r}")
    return replaced(edit, candidate, reference, cost)


# ---- atoms ----


def atoms(candidate: S.Formula, reference: S.Formula) -> Join | None:
    """Two atoms: other names, other arguments, another number of arguments."""
    if type(candidate) is S.Equality and type(reference) is S.Equality:
        return _equalities(candidate, reference)
    # By type: a domain's relation is no name among others.
    if type(candidate) is not S.Atom or type(reference) is not S.Atom:
        return None
    if len(candidate.args) != len(reference.args):
        return _other_arity(candidate, reference)
    return _atoms(candidate, reference)


def _equalities(candidate: S.Equality, reference: S.Equality) -> Join:
    edit = Edit("arguments", candidate, reference, "{c} in place of {r}")
    sides = {candidate.left, candidate.right}
    nothing_shared = sides.isdisjoint({reference.left, reference.right})
    return replaced(
        edit,
        candidate,
        reference,
        2.0 if nothing_shared else 1.0,
    )


def _other_arity(candidate: S.Atom, reference: S.Atom) -> Join | None:
    """One predicate with another number of arguments.

    The prime is what the renaming gave the candidate's symbol so as to tell the two apart.
    """
    if _bare_name(candidate) != _bare_name(reference):
        return None
    counts = f"{len(candidate.args)}, not {len(reference.args)}"
    words = f"{{c}} in place of {{r}}: the number of arguments is {counts}"
    edit = Edit("arguments", candidate, reference, words)
    return replaced(edit, candidate, reference, 1.0)


def _bare_name(atom: S.Atom) -> str:
    return atom.predicate.rstrip("'").casefold()


def _atoms(candidate: S.Atom, reference: S.Atom) -> Join:
    """Two atoms with as many arguments: the name and the arguments are edits of their own."""
    edits: list[Edit] = []
    rename: Edit | None = None
    rearrange: Edit | None = None
    cost = 0.0
    if candidate.predicate != reference.predicate:
        words = f"{candidate.predicate} in place of {reference.predicate}"
        rename = Edit(
            "names",
            candidate.predicate,
            reference.predicate,
            words,
        )
        edits.append(rename)
        cost += 1.0
    if candidate.args != reference.args:
        # The edit shows the arguments alone, so the name in it is the reference's.
        shown = S.Atom(reference.predicate, candidate.args)
        swapped = _same_terms(candidate, reference)
        words = "{c} in place of {r}" + (CHANGED_PLACES if swapped else "")
        rearrange = Edit("arguments", shown, reference, words)
        edits.append(rearrange)
        cost += 1.0 if swapped else _differing_arguments(candidate, reference)

    def build(applied: Applied) -> S.Formula:
        predicate, args = candidate.predicate, candidate.args
        if rename is None or rename in applied:
            predicate = reference.predicate
        if rearrange is None or rearrange in applied:
            args = reference.args
        return S.Atom(predicate, args)

    return Join(cost, tuple(edits), build)


def _same_terms(candidate: S.Atom, reference: S.Atom) -> bool:
    """Whether the arguments are the same but for their order."""
    return sorted(map(repr, candidate.args)) == sorted(map(repr, reference.args))


def _differing_arguments(candidate: S.Atom, reference: S.Atom) -> int:
    pairs = zip(candidate.args, reference.args, strict=True)
    return sum(left != right for left, right in pairs)

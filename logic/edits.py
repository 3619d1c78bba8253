"""The parts of an alignment: edits, alignments of two nodes, and what costs something where nothing lies below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from logic import syntax as S
from logic.rewriting import made, text, weight

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


@dataclass(frozen=True, slots=True)
class Difference:
    """An edit: its kind (of `KINDS`), the part in the candidate and in the reference (empty where absent), in words."""

    kind: str
    candidate: str
    reference: str
    text: str


@dataclass(frozen=True, eq=False, slots=True)
class Edit:
    """A difference in the making: `said` may name the two parts as {c} and {r}, which are printed only if kept."""

    kind: str
    candidate: S.Formula | str | None
    reference: S.Formula | str | None
    said: str

    def finished(self) -> Difference:
        c, r = [
            text(part) if isinstance(part, S.Formula) else part or ""
            for part in (self.candidate, self.reference)
        ]
        return Difference(self.kind, c, r, self.said.replace("{c}", c).replace("{r}", r))


Applied = frozenset[Edit]


@dataclass(frozen=True, slots=True)
class Join:
    """Two aligned nodes: the cost, the edits, and the formula with some of the edits applied."""

    cost: float
    edits: tuple[Edit, ...]
    build: Callable[[Applied], S.Formula]


def connective(
    sign: str, parts: Sequence[S.Formula], other: str, theirs: Sequence[S.Formula]
) -> Edit:
    return Edit("connective", made(sign, parts), made(other, theirs), f"{sign} in place of {other}")


def combined(
    joins: Sequence[Join], edits: Sequence[Edit], build: Callable[[Applied], S.Formula]
) -> Join:
    below = [edit for join in joins for edit in join.edits]
    return Join(sum(join.cost for join in joins) + len(edits), (*edits, *below), build)


def other_part(c: S.Formula, r: S.Formula) -> Join:
    """Nothing in common: one part in place of the other."""
    edit = Edit("other part", c, r, "{c} in place of {r}")
    return Join(weight(c) + weight(r), (edit,), lambda on: r if edit in on else c)


def atoms(c: S.Formula, r: S.Formula) -> Join | None:
    """Two atoms: other names, other arguments, another number of arguments."""
    if type(c) is S.Equality and type(r) is S.Equality:
        edit = Edit("arguments", c, r, "{c} in place of {r}")
        return Join(
            1.0 + ({c.left, c.right}.isdisjoint({r.left, r.right})),
            (edit,),
            lambda on: r if edit in on else c,
        )
    if not (type(c) is S.Atom and type(r) is S.Atom):  # a domain's relation is no name among others
        return None
    if len(c.args) != len(r.args):
        if c.predicate.rstrip("'").casefold() != r.predicate.rstrip("'").casefold():
            return None
        counts = (
            f"{{c}} in place of {{r}}: the number of arguments is {len(c.args)}, not {len(r.args)}"
        )
        edit = Edit("arguments", c, r, counts)
        return Join(1.0, (edit,), lambda on: r if edit in on else c)
    edits: list[Edit] = []
    names = arguments = None
    cost = 0.0
    if c.predicate != r.predicate:
        names = Edit("names", c.predicate, r.predicate, f"{c.predicate} in place of {r.predicate}")
        edits.append(names)
        cost += 1.0
    if c.args != r.args:
        swapped = sorted(map(repr, c.args)) == sorted(map(repr, r.args))
        said = "{c} in place of {r}" + (": the arguments change places" if swapped else "")
        arguments = Edit("arguments", S.Atom(r.predicate, c.args), r, said)
        edits.append(arguments)
        cost += 1.0 if swapped else sum(a != b for a, b in zip(c.args, r.args, strict=True))

    def build(on: Applied) -> S.Formula:
        predicate = r.predicate if names is None or names in on else c.predicate
        return S.Atom(predicate, r.args if arguments is None or arguments in on else c.args)

    return Join(cost, tuple(edits), build)

"""Where two formulas differ: edits that turn the candidate into the reference, each checked to be needed.

Two trees are aligned at least cost. Before two nodes are compared, each is seen in the shapes it can be written in
(De Morgan, contraposition, conditional as disjunction, quantifier under negation), so a rewriting costs nothing.
Every step of the alignment that costs something is an edit, and the alignment can build the formula with any of its
edits applied: all of them must give a formula equivalent to the reference, and an edit without which the rest do so
too is dropped. So what is reported is a repair that works; where none of a few edits is found, nothing is reported.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from logic import syntax as S
from logic.deciding.verdict import Budget
from logic.edits import Applied, Difference, Edit, Join, atoms, combined, connective, other_part
from logic.errors import UnsupportedError
from logic.judging.questions import equivalent
from logic.languages import language
from logic.normal import normal_key
from logic.rewriting import (
    ATOM,
    Shape,
    denied,
    fronted,
    made,
    narrowed,
    predicates,
    prepared,
    rescoped,
    shapes,
    splits,
    weight,
)
from logic.substitution import apart, names_in, numbered, substitute

MAX_EDITS = 4
"""More edits than this say little: then the difference counts as not located."""
_WORK = 600
_DEEPEST = 6.0
_MANY = 4
_BUDGET = Budget(rlimit=200_000, max_size=2, seconds=2.0)
_COMMUTES = frozenset("∧∨⊕↔")


def locate(
    candidate: S.Formula, reference: S.Formula, domain: str = "fol"
) -> tuple[Difference, ...] | None:
    """The edits, at most `MAX_EDITS`, that turn the candidate into the reference; None where none are found.

    The formulas must differ in more than writing, and have the same names for the same things.
    """
    best: tuple[float, tuple[Difference, ...]] | None = None
    try:
        for view in (prepared, narrowed):
            found = _repair(view(candidate), view(reference), domain)
            if found is not None and (best is None or found[0] < best[0]):
                best = found
            if best is not None and len(best[1]) == 1:
                break
    except (UnsupportedError, RecursionError):
        pass  # a construct that has no normal form here: what was found before it stands
    return None if best is None else best[1]


def _repair(
    candidate: S.Formula, reference: S.Formula, domain: str
) -> tuple[float, tuple[Difference, ...]] | None:
    aligner = _Aligner()
    candidate = apart(candidate, names_in(reference))
    most = min(_DEEPEST, max(2.5, 0.6 * (weight(candidate) + weight(reference))))
    joined: Join | None = None
    limit = 1.0
    while joined is None and aligner.work > 0 and limit < most + 1:
        joined = aligner.join(candidate, reference, min(limit, most))
        limit += 1.0
    if joined is None or not _same(joined.build(frozenset(joined.edits)), reference, domain):
        return None
    if language(domain).constructs and not _same(joined.build(frozenset()), candidate, domain):
        return (
            None  # a domain's constructs may bind variables in ways that an alignment does not know
        )
    edits = list(joined.edits)
    for edit in joined.edits:
        rest = [other for other in edits if other is not edit]
        if rest and _same(joined.build(frozenset(rest)), reference, domain):
            edits = rest
    return (
        (joined.cost, tuple([edit.finished() for edit in edits]))
        if len(edits) <= MAX_EDITS
        else None
    )


def _same(left: S.Formula, right: S.Formula, domain: str) -> bool:
    return (
        equivalent(candidate=left, reference=right, domain=domain, budget=_BUDGET).status
        == "proved"
    )


class _Aligner:
    """Aligns parts of two formulas; the candidate's bound variables are called by the reference's once they are met."""

    def __init__(self) -> None:
        self.memo: dict[tuple[S.Formula, S.Formula, bool], tuple[float, Join | None]] = {}
        self.keys: dict[S.Formula, tuple[str, Counter[str]]] = {}
        self.work = _WORK

    def seen(self, f: S.Formula) -> tuple[str, Counter[str]]:
        """The normal form's key and how often each predicate occurs."""
        if f not in self.keys:
            try:
                form = normal_key(f)
            except UnsupportedError:  # a domain's construct stands for itself
                form = f"as written: {numbered(f)!r}"
            self.keys[f] = form, Counter(predicates(f))
        return self.keys[f]

    def key(self, f: S.Formula) -> str:
        return self.seen(f)[0]

    def join(self, c: S.Formula, r: S.Formula, limit: float, flip: bool = True) -> Join | None:
        """The cheapest alignment of at most this cost, or None; `flip` may deny the candidate's part."""
        place = (c, r, flip)
        tried, found = self.memo.get(place, (-1.0, None))
        if found is None and tried < limit:
            if self.key(c) == self.key(r):
                found = Join(0.0, (), lambda on: r)
            elif self.least(c, r) <= limit and self.work > 0:
                self.work -= 1
                found = self.best(c, r, limit, flip)
            self.memo[place] = (limit, found)
        return found if found is not None and found.cost <= limit else None

    def least(self, c: S.Formula, r: S.Formula) -> float:
        """What any alignment of two different parts costs: one edit, or more for predicates that one of them lacks."""
        ours, theirs = self.seen(c)[1], self.seen(r)[1]
        return max(1.0, ATOM * (ours - theirs).total(), ATOM * (theirs - ours).total())

    def best(self, c: S.Formula, r: S.Formula, limit: float, flip: bool) -> Join | None:
        found: Join | None = None
        least = self.least(c, r)
        for option in self.options(c, r, limit, flip):
            if (
                option is not None
                and option.cost <= limit
                and (found is None or option.cost < found.cost)
            ):
                found = option
                if found.cost <= least:
                    break
        return found

    def options(
        self, c: S.Formula, r: S.Formula, limit: float, flip: bool
    ) -> Iterator[Join | None]:
        yield atoms(c, r)
        if isinstance(c, S.Not) and isinstance(r, S.Not):
            inner = self.join(c.operand, r.operand, limit)
            yield inner and replace(inner, build=lambda on: denied(inner.build(on)))
        ours, theirs = list(shapes(c)), list(shapes(r))
        for left, right in sorted(
            itertools.product(ours, theirs), key=lambda pair: pair[0][0] != pair[1][0]
        ):
            yield from self.pair(left, right, limit)
        if flip:
            yield self.negation(c, r, limit)
        yield self.scope(c, r, limit)
        for right in theirs:
            yield from self.added(c, right, limit)
        for left in ours:
            yield from self.removed(left, r, limit)
        yield other_part(c, r)

    def pair(self, left: Shape, right: Shape, limit: float) -> Iterator[Join | None]:
        """Two nodes with something below them, of the same kind or not."""
        (sign, parts, variable), (other, theirs, bound) = left, right
        if variable is not None or bound is not None:
            if variable is not None and bound is not None:
                yield from self.quantifiers(left, right, limit)
            return
        if sign != other and limit < 1.0:
            return
        edit = None if sign == other else connective(sign, parts, other, theirs)
        if sign in _COMMUTES and other in _COMMUTES:
            yield self.bag(parts, theirs, sign, other, edit, limit)
        elif sign == other:
            yield self.ordered(parts, theirs, sign, other, None, limit)
            turned = Edit(
                "connective",
                made(sign, parts),
                made(other, theirs),
                "the conditional points the other way",
            )
            yield self.ordered((parts[1], parts[0]), theirs, sign, other, turned, limit, turn=True)
        elif sign == "→":
            for two in splits(theirs, other):
                yield self.ordered(parts, two, sign, other, edit, limit)
        else:
            for two in splits(parts, sign):
                yield self.ordered(two, theirs, sign, other, edit, limit)

    def ordered(
        self, parts: Sequence[S.Formula], theirs: Sequence[S.Formula], sign: str, other: str,
        edit: Edit | None, limit: float, turn: bool = False,
    ) -> Join | None:  # fmt: skip
        """Two parts against two, in this order."""
        limit -= edit is not None
        if (
            sum(
                self.least(a, b)
                for a, b in zip(parts, theirs, strict=True)
                if self.key(a) != self.key(b)
            )
            > limit
        ):
            return None
        joins: list[Join] = []
        for a, b in zip(parts, theirs, strict=True):
            joined = self.join(a, b, limit)
            if joined is None:
                return None
            limit -= joined.cost
            joins.append(joined)

        def build(on: Applied) -> S.Formula:
            built = [join.build(on) for join in joins]
            if edit is None or edit in on:
                return made(other, built)
            return made(sign, reversed(built) if turn else built)

        return combined(joins, [edit] if edit else [], build)

    def bag(
        self, parts: Sequence[S.Formula], theirs: Sequence[S.Formula], sign: str, other: str,
        edit: Edit | None, limit: float,
    ) -> Join | None:  # fmt: skip
        """Parts in any order; some may be missing, some too many."""
        left, right, joins = self.shared(parts, theirs)
        pairs = self.assigned(left, right, limit - (edit is not None))
        joins += [joined for _, _, joined in pairs]
        extra = [
            (Edit("extra part", part, None, "{c} is not in the reference"), part)
            for i, part in enumerate(left) if i not in {i for i, _, _ in pairs}
        ]  # fmt: skip
        missing = [
            (Edit("missing part", None, part, "{r} is missing"), part)
            for j, part in enumerate(right) if j not in {j for _, j, _ in pairs}
        ]  # fmt: skip

        def build(on: Applied) -> S.Formula:
            built = [join.build(on) for join in joins]
            built += [part for e, part in extra if e not in on] + [
                part for e, part in missing if e in on
            ]
            return made(sign if edit and edit not in on else other, built)

        joined = combined(
            joins,
            [*([edit] if edit else []), *[e for e, _ in extra], *[e for e, _ in missing]],
            build,
        )
        return replace(
            joined, cost=joined.cost + sum(weight(part) - 1.0 for _, part in (*extra, *missing))
        )

    def shared(
        self, parts: Sequence[S.Formula], theirs: Sequence[S.Formula]
    ) -> tuple[list[S.Formula], list[S.Formula], list[Join]]:
        """The parts that only the candidate or only the reference has, and those that both have."""
        right = list(theirs)
        left: list[S.Formula] = []
        joins: list[Join] = []
        for part in parts:
            same = next((other for other in right if self.key(other) == self.key(part)), None)
            if same is None:
                left.append(part)
            else:
                right.remove(same)
                joins.append(Join(0.0, (), lambda on, same=same: same))  # type: ignore[misc]
        return left, right, joins

    def assigned(
        self, left: list[S.Formula], right: list[S.Formula], limit: float
    ) -> list[tuple[int, int, Join]]:
        """Which parts stand for each other, greedily by what the pair saves over two separate parts."""
        if len(left) * len(right) > _MANY * _MANY:
            return []
        saved: list[tuple[float, int, int, Join]] = []
        for (i, a), (j, b) in itertools.product(enumerate(left), enumerate(right)):
            apart_cost = weight(a) + weight(b)
            joined = self.join(a, b, min(limit, apart_cost - 0.1))
            if joined is not None:
                saved.append((joined.cost - apart_cost, i, j, joined))
        pairs: list[tuple[int, int, Join]] = []
        for _, i, j, joined in sorted(saved, key=lambda entry: entry[:3]):
            if all(i != x and j != y for x, y, _ in pairs):
                pairs.append((i, j, joined))
        return pairs

    def quantifiers(self, left: Shape, right: Shape, limit: float) -> Iterator[Join | None]:
        """Quantifier against quantifier: the same or another one, any variable of a block, or the next one in turn."""
        other, (theirs, *_), bound = right
        if bound is None:
            return
        for sign, below, variable, turned in fronted(left):
            body = substitute(below, {variable.name: bound})
            inner = self.join(body, theirs, limit - (sign != other) - turned)
            if inner is None:
                continue
            edit = swap = None
            if sign != other:
                said = f"{sign}{bound.name} in place of {other}{bound.name}"
                edit = Edit(
                    "quantifier", made(sign, [body], bound), made(other, [theirs], bound), said
                )
            if turned:
                swap = Edit(
                    "quantifier",
                    made(*left),
                    made(*right),
                    "the quantifiers are in the other order",
                )

            def build(
                on: Applied, inner: Join = inner, edit: Edit | None = edit, swap: Edit | None = swap,
                sign: str = sign,
            ) -> S.Formula:  # fmt: skip
                kept = sign if edit and edit not in on else other
                built = inner.build(on)
                if swap and swap not in on and isinstance(built, S.Quantified):
                    return type(built)(built.variable, made(kept, [built.body], bound))  # type: ignore[call-arg]
                return made(kept, [built], bound)

            yield combined([inner], [e for e in (edit, swap) if e], build)

    def scope(self, c: S.Formula, r: S.Formula, limit: float) -> Join | None:
        """∃y (B ∧ ∀x (A → C)) against ∀x (A → ∃y (B ∧ C)), either way."""
        other = rescoped(c)
        inner = None if other is None else self.join(other, r, limit - 1.0)
        if inner is None:
            return None
        first, second = ("∃", "∀") if isinstance(c, S.Exists) else ("∀", "∃")
        edit = Edit(
            "quantifier",
            c,
            r,
            f"{first} reaches over {second}, and in the reference {second} over {first}",
        )

        def build(on: Applied) -> S.Formula:
            built = inner.build(on)
            return built if edit in on else rescoped(built) or c

        return combined([inner], [edit], build)

    def negation(self, c: S.Formula, r: S.Formula, limit: float) -> Join | None:
        inner = self.join(denied(c), r, limit - 1.0, flip=False)
        if inner is None:
            return None
        many = isinstance(c, S.Not) and not isinstance(r, S.Not)
        said = f"a negation {'too many' if many else 'is missing'}: {{c}} in place of {{r}}"
        edit = Edit("negation", c, r, said)
        return combined(
            [inner], [edit], lambda on: inner.build(on) if edit in on else denied(inner.build(on))
        )

    def added(self, c: S.Formula, right: Shape, limit: float) -> Iterator[Join | None]:
        """The candidate's part within a larger one of the reference."""
        sign, theirs, bound = right
        if bound is not None:
            inner = self.join(c, theirs[0], limit - 1.0)
            edit = Edit(
                "quantifier", c, made(sign, theirs, bound), f"{sign}{bound.name} is missing"
            )
            yield inner and combined(
                [inner],
                [edit],
                lambda on: made(sign, [inner.build(on)], bound) if edit in on else inner.build(on),
            )
        elif sign in ("∧", "∨"):
            yield self.bag([c], theirs, sign, sign, None, limit)
        elif sign == "→":
            yield self.half(c, theirs[1], theirs[0], limit, condition=True, missing=True)
            yield self.half(c, theirs[0], theirs[1], limit, condition=False, missing=True)

    def removed(self, left: Shape, r: S.Formula, limit: float) -> Iterator[Join | None]:
        """A larger part of the candidate within which the reference's part lies."""
        sign, parts, variable = left
        if variable is not None:
            inner = self.join(parts[0], r, limit - 1.0)
            edit = Edit(
                "quantifier",
                made(sign, parts, variable),
                r,
                f"{sign}{variable.name} is not in the reference",
            )
            yield inner and combined(
                [inner],
                [edit],
                lambda on: (
                    inner.build(on) if edit in on else made(sign, [inner.build(on)], variable)
                ),
            )
        elif sign in ("∧", "∨"):
            yield self.bag(parts, [r], sign, sign, None, limit)
        elif sign == "→":
            yield self.half(parts[1], r, parts[0], limit, condition=True, missing=False)
            yield self.half(parts[0], r, parts[1], limit, condition=False, missing=False)

    def half(
        self,
        c: S.Formula,
        r: S.Formula,
        rest: S.Formula,
        limit: float,
        *,
        condition: bool,
        missing: bool,
    ) -> Join | None:
        """Two parts, one of them in a conditional whose other side, `rest`, only one of the formulas has."""
        inner = self.join(c, r, limit - weight(rest))
        if inner is None:
            return None
        side = "condition" if condition else "consequence"
        edit = (
            Edit("missing part", None, rest, f"the {side} {{r}} is missing")
            if missing
            else Edit("extra part", rest, None, f"the {side} {{c}} is not in the reference")
        )

        def build(on: Applied) -> S.Formula:
            built = inner.build(on)
            if (edit in on) is not missing:
                return built
            return S.Implies(rest, built) if condition else S.Implies(built, rest)

        joined = combined([inner], [edit], build)
        return replace(joined, cost=joined.cost + weight(rest) - 1.0)

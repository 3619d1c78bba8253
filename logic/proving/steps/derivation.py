"""From instances to a proof that can be read: lines by the connectives, cases where they are needed.

The lines are the given formulas and what follows from them. Where no more follows, a formula that
says "or" is taken apart into cases. The instances are known to contradict the given formulas, and
every case makes one more part of them true or false, so that each case ends in a contradiction.
What it does not need is left out in the end (`logic.proving.steps.pruning`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from logic import syntax as S
from logic.proving.steps.facts import NONE, Facts, Lines, together
from logic.proving.steps.instances import Lemma, denial
from logic.proving.steps.lines import Branch, Line, Rule, Split
from logic.proving.steps.terms import Terms
from logic.proving.truth import parts_of
from logic.substitution import names_in, numbered

MAX_LINES = 250
"""Lines that are written before it is given up; those that are not needed are left out then."""


class TooLongError(Exception):
    """The proof is too long to be shown."""


@dataclass
class _Place:
    """A branch in the making."""

    facts: Facts
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Choice:
    """Cases of which one holds, by these lines."""

    cites: Lines
    cases: tuple[S.Formula, ...]


class Derivation:
    """Writes a proof for given lines with the lemmas that refute them."""

    def __init__(self, lemmas: Sequence[Lemma], terms: Terms) -> None:
        self._count = 0
        self._terms = terms
        self._lemmas: dict[S.Formula, list[Lemma]] = {}
        self._new_names: set[str] = set()
        for lemma in lemmas:
            self._keep(lemma)

    def _keep(self, lemma: Lemma) -> None:
        self._lemmas.setdefault(numbered(lemma.given), []).append(lemma)
        if lemma.rule == "witness":
            self._new_names.add(lemma.witness)

    def write(self, given: Sequence[Line]) -> Branch:
        """The proof that the given lines contradict each other.

        Raises `TooLongError`.
        """
        place = _Place(Facts())
        for line in given:
            self._count = max(self._count, line.number)
            place.lines.append(line)
            place.facts.add(line.number, line.formula)
        return self._branch(place)

    # ---- one branch ----

    def _branch(self, place: _Place) -> Branch:
        """All that follows in one branch, up to a contradiction or through cases."""
        while True:
            closes = self._follow(place)
            if closes is not None:
                return Branch(tuple(place.lines), tuple(sorted(closes)))
            choice = self._choice(place.facts) or self._middle(place.facts)
            if choice is not None:
                return self._split(place, choice)
            if not self._instances(place, introduced=False):
                raise TooLongError("no contradiction is found")

    def _split(self, place: _Place, choice: _Choice) -> Branch:
        cases = []
        for formula in choice.cases:
            inside = _Place(Facts(place.facts))
            self._line(
                inside,
                formula,
                "case",
            )
            cases.append(self._branch(inside))
        split = Split(tuple(sorted(choice.cites)), tuple(cases))
        return Branch(tuple(place.lines), split=split)

    def _line(
        self,
        place: _Place,
        formula: S.Formula,
        rule: Rule,
        cites: Lines = NONE,
        values: tuple[tuple[str, S.Term], ...] = (),
    ) -> int:
        if self._count >= MAX_LINES:
            raise TooLongError(f"more than {MAX_LINES} lines")
        self._count += 1
        line = Line(
            self._count,
            formula,
            rule,
            tuple(sorted(cites)),
            values,
        )
        place.lines.append(line)
        place.facts.add(line.number, formula)
        return line.number

    def _follow(self, place: _Place) -> Lines | None:
        """Adds what follows without cases; the lines that contradict each other, where some do."""
        is_new = True
        while is_new:
            before = self._count
            for number, formula in list(place.facts.formulas):
                closes = _contradiction(
                    place.facts,
                    number,
                    formula,
                )
                if closes is not None:
                    return closes
                for said, cites in _consequences(
                    place.facts,
                    number,
                    formula,
                ):
                    if place.facts.line_of(said) is None:
                        self._line(
                            place,
                            said,
                            "follows",
                            cites,
                        )
            is_new = self._count > before
            if not is_new:
                is_new = self._instances(place, introduced=True)
        return None

    def _instances(self, place: _Place, *, introduced: bool) -> bool:
        """Adds instances; with `introduced`, of names only that stand in this branch already."""
        is_new = False
        for number, formula in list(place.facts.formulas):
            for lemma in list(self._lemmas.get(numbered(formula), ())):
                names = place.facts.names
                if lemma.rule == "witness":
                    if number in place.facts.witnessed:
                        continue
                    place.facts.witnessed.add(number)
                    lemma = self._renewed(lemma) if lemma.witness in names else lemma
                elif place.facts.line_of(lemma.instance) is not None or (
                    introduced and self._waits(lemma, names)
                ):
                    continue
                lemma = lemma.of(formula)
                cites = frozenset([number])
                self._line(
                    place,
                    lemma.instance,
                    lemma.rule,
                    cites,
                    lemma.values,
                )
                is_new = True
                if not introduced:
                    return True
        return is_new

    def _renewed(self, lemma: Lemma) -> Lemma:
        """A witness with another name, where its own stands in the branch already.

        What the instances say of the one, they then say of the other too.
        """
        old = lemma.witness
        new = self._terms.like(S.Constant(old))
        renaming = {("constant", old, 0): new.name}
        lemmas = [one for some in self._lemmas.values() for one in some]
        for other in lemmas:
            if old in names_in(other.given) | names_in(other.instance) and other != lemma:
                self._keep(other.renamed(renaming))
        renewed = lemma.renamed(renaming)
        self._new_names.add(renewed.witness)
        return renewed

    def _waits(self, lemma: Lemma, names: set[str]) -> bool:
        """Whether an instance is of a name that a witness has still to introduce."""
        used = {name for _, term in lemma.values for name in names_in(term)}
        return bool((used & self._new_names) - names)

    # ---- cases ----

    def _choice(self, facts: Facts) -> _Choice | None:
        """The formula with the fewest cases that are open."""
        best: _Choice | None = None
        for number, formula in facts.formulas:
            choice = _cases(
                facts,
                number,
                formula,
            )
            if choice is not None and (best is None or len(choice.cases) < len(best.cases)):
                best = choice
        return best

    def _middle(self, facts: Facts) -> _Choice | None:
        """That what an instance is of is true or false, where the lines say neither."""
        for lemmas in self._lemmas.values():
            given = lemmas[0].given
            if facts.value(given) is None:
                return _Choice(NONE, (given, denial(given)))
        return None


def _contradiction(facts: Facts, number: int, formula: S.Formula) -> Lines | None:
    """The lines that contradict a line, with it."""
    known = facts.value(formula, without=number)
    if known is None or known.value:
        return None
    return known.lines | {number}


def _alternatives(formula: S.Formula) -> list[S.Formula] | None:
    """The formulas of which a formula says that one is true; None where it says no such thing."""
    match formula:
        case S.Or(operands):
            return list(operands)
        case S.Implies(left, right):
            return [denial(left), right]
        case S.Not(S.And(operands)):
            return [denial(operand) for operand in operands]
    return None


def _all_of(formula: S.Formula) -> list[S.Formula] | None:
    """The formulas of which a formula says that all are true."""
    match formula:
        case S.And(operands):
            return list(operands)
        case S.Not(S.Not(operand)):
            return [operand]
        case S.Not(S.Or(operands)):
            return [denial(operand) for operand in operands]
        case S.Not(S.Implies(left, right)):
            return [left, denial(right)]
    return None


def _parity(formula: S.Formula) -> tuple[list[S.Formula], bool] | None:
    """The operands of ↔ or ⊕, and whether an odd number of them is true."""
    is_denied = isinstance(formula, S.Not)
    inner = formula.operand if isinstance(formula, S.Not) else formula
    if isinstance(inner, S.Xor):
        return parts_of(inner), not is_denied
    if isinstance(inner, S.Iff):
        return parts_of(inner), is_denied
    return None


def _consequences(
    facts: Facts, number: int, formula: S.Formula
) -> Iterator[tuple[S.Formula, Lines]]:
    """What follows from a line and what is known of its parts."""
    every = _all_of(formula)
    if every is not None:
        for said in every:
            yield said, frozenset([number])
        return
    some = _alternatives(formula)
    if some is not None:
        yield from _last_alternative(
            facts,
            number,
            some,
        )
        return
    parity = _parity(formula)
    if parity is not None:
        yield from _last_operand(facts, number, *parity)


def _last_alternative(
    facts: Facts, number: int, alternatives: Sequence[S.Formula]
) -> Iterator[tuple[S.Formula, Lines]]:
    """Where all but one are false, that one."""
    open_ones = []
    cites = [frozenset([number])]
    for alternative in alternatives:
        known = facts.value(alternative, without=number)
        if known is None:
            open_ones.append(alternative)
        elif known.value:
            return
        else:
            cites.append(known.lines)
    if len(open_ones) == 1:
        yield open_ones[0], together(cites)


def _last_operand(
    facts: Facts, number: int, operands: Sequence[S.Formula], is_odd: bool
) -> Iterator[tuple[S.Formula, Lines]]:
    """Where all but one of the operands of ↔ or ⊕ are known, that one."""
    open_ones = []
    cites = [frozenset([number])]
    for operand in operands:
        known = facts.value(operand, without=number)
        if known is None:
            open_ones.append(operand)
            continue
        cites.append(known.lines)
        is_odd ^= known.value
    if len(open_ones) == 1:
        operand = open_ones[0]
        yield (operand if is_odd else denial(operand)), together(cites)


def _cases(facts: Facts, number: int, formula: S.Formula) -> _Choice | None:
    """The cases that a line leaves open."""
    some = _alternatives(formula)
    if some is not None:
        return _open_alternatives(
            facts,
            number,
            some,
        )
    parity = _parity(formula)
    if parity is not None:
        for operand in parity[0]:
            if facts.value(operand, without=number) is None:
                return _Choice(NONE, (operand, denial(operand)))
    return None


def _open_alternatives(
    facts: Facts, number: int, alternatives: Sequence[S.Formula]
) -> _Choice | None:
    cases = []
    cites = [frozenset([number])]
    for alternative in alternatives:
        known = facts.value(alternative, without=number)
        if known is None:
            cases.append(alternative)
        elif known.value:
            return None
        else:
            cites.append(known.lines)
    return _Choice(together(cites), tuple(cases))

"""Small changes to a text that is no formula, each of which has one reading only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from logic import syntax as S
from logic.errors import ParseError
from logic.reading.answers.signs import JOINING
from logic.reading.formula import offset
from logic.reading.notations.core import after_quantifiers

_FORMULA_START = re.compile(r"\s*(?:[¬~∀∃(\[-]|\w+\(|\\)")
# Behind "such that" a comma is an implication, and in TPTP's annotations no formula follows it.
_NO_CONJUNCTION = re.compile(r"\bsuch\sthat\b|\bs\.t\.|\A\s*(?:fof|tff|cnf)\s*\(")
_CONNECTIVE = re.compile(rf"[&|{JOINING}]|<?->|<?=>")
_PREFIX = re.compile(r"\s*(?:[¬~∼!-]|\\(?:neg|lnot|sim)|not\b)", re.IGNORECASE)
_DOUBLED = re.compile(r"\w\(\s*\Z")


def repairs(piece: str, error: ParseError, *, is_whole: bool) -> Iterator[tuple[str, str]]:
    """The changes that could mend an error, with their names.

    `is_whole`: what stands before and behind the piece is no part of the formula.
    """
    place = offset(piece, error.line, error.column)
    if place >= len(piece.rstrip(" .")):
        yield "closing bracket added", piece.rstrip(" .") + ")"
    elif piece[place] in ")]}":
        yield from _of_unopened(piece, place, is_whole)
    elif piece[place] == ",":
        if _may_join(piece, place):
            yield "∧ for a comma", piece[:place] + " ∧" + piece[place + 1 :]
    elif piece.count("(") == piece.count(")") + 1:
        yield from _in_arguments(piece, place)


def same_meaning(first: S.Formula | None, second: S.Formula | None) -> bool:
    """Whether two repairs of a bracket agree: `∃z (P(z)) ∧ Q)` is one formula with either.

    A quantifier over a conjunction or a disjunction reaches a part without its variable or not.
    """
    is_reach_only = isinstance(first, (S.And, S.Or)) and isinstance(second, S.Quantified)
    return first == second or is_reach_only


def _of_unopened(piece: str, place: int, is_whole: bool) -> Iterator[tuple[str, str]]:
    """Changes for a bracket that closes and was never opened."""
    yield "closing bracket removed", piece[:place] + piece[place + 1 :]
    start = after_quantifiers(piece)
    yield "opening bracket added", piece[:start] + "(" + piece[start:]
    negation = _PREFIX.match(piece, start)
    is_last = place == len(piece.rstrip(" .")) - 1
    # At the end it is one too many, and a negation with brackets of its own needs no others.
    if negation is not None and not is_last and not piece.startswith("(", negation.end()):
        yield "opening bracket added", piece[: negation.end()] + "(" + piece[negation.end() :]
    # `A) → (B` has lost the brackets at its ends, as what was stripped of them does. Beside a
    # quantifier or a negation the first of them could stand in two places.
    is_balanced = piece.count("(") == piece.count(")")
    if is_whole and is_balanced and _PREFIX.match(piece) is None and start == 0:
        yield "outer brackets added", "(" + piece.rstrip(" .") + ")"


def _in_arguments(piece: str, place: int) -> Iterator[tuple[str, str]]:
    """Changes among arguments, where no formula stands: `In(a, b ∧ P(c)`, `In((a) ∧ P(c)`."""
    before = piece[:place]
    if _CONNECTIVE.match(piece, place) and _is_among_arguments(before):
        yield "closing bracket added", before.rstrip() + ") " + piece[place:]
    elif piece[place] == "(" and _DOUBLED.search(before):
        yield "opening bracket removed", before + piece[place + 1 :]


def _is_among_arguments(before: str) -> bool:
    """Whether the last bracket that is open at the end of a text follows a name."""
    depth = 0
    for index in range(len(before) - 1, 0, -1):
        if before[index] == ")":
            depth += 1
        elif before[index] == "(":
            depth -= 1
        if depth < 0:
            return before[index - 1].isalnum()
    return False


def _may_join(piece: str, comma: int) -> bool:
    """Whether a comma stands between two formulas."""
    is_behind_formula = piece[:comma].rstrip()[-1:] in (")", "]")
    is_conjunction = not _NO_CONJUNCTION.search(piece, 0, comma)
    is_before_formula = _FORMULA_START.match(piece, comma + 1) is not None
    return is_behind_formula and is_conjunction and is_before_formula

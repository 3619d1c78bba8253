"""One vocabulary for the formulas of a story, which name the same things in different spellings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from logic import syntax as S
from logic.judging.matching import Match, Matching, matchings
from logic.signatures.signature import Signature, signature
from logic.substitution import rename_symbols
from logic.symbols import Symbol, symbols


@dataclass(frozen=True, slots=True)
class Merging:
    """Formulas over one vocabulary, and which of their symbols have another name now.

    `formulas` are those that were given, in order, `signature` has all their symbols and those it
    began with. `renamed` has each symbol with the one whose name it took, once.
    """

    formulas: tuple[S.Formula, ...]
    signature: Signature
    renamed: tuple[Match, ...]


def merge(start: Signature, formulas: Iterable[S.Formula], likeness: float) -> Merging:
    """See `Signature.merge`. Raises ValueError for a likeness that is none."""
    if not 0.0 < likeness <= 1.0:
        raise ValueError(f"likeness must be above 0 and at most 1, got {likeness!r}")
    vocabulary = list(start.symbols)
    merged: list[S.Formula] = []
    renamed: dict[Symbol, Match] = {}
    for formula in formulas:
        matches = _matches(symbols(formula), vocabulary, likeness)
        names: dict[Symbol, str] = {}
        for match in matches:
            if match.candidate is None:
                continue
            if match.reference is None:
                vocabulary.append(match.candidate)
            elif match.reference != match.candidate:
                names[match.candidate] = match.reference[1]
                renamed.setdefault(match.candidate, match)
        merged.append(rename_symbols(formula, names))
    joint = signature(*merged)
    return Merging(tuple(merged), _joined(start, joint), tuple(renamed.values()))


def _matches(named: list[Symbol], vocabulary: list[Symbol], likeness: float) -> list[Match]:
    """Which symbol of the vocabulary each symbol of a formula stands for; itself, where it is there."""
    best: Matching = next(matchings(named, vocabulary))
    matches = []
    for match in best.matches:
        if match.reference is not None and match.likeness < likeness:
            match = replace(match, reference=None)
        matches.append(match)
    return matches


def _joined(start: Signature, joint: Signature) -> Signature:
    return replace(
        start,
        predicates=tuple(sorted({*start.predicates, *joint.predicates})),
        functions=tuple(sorted({*start.functions, *joint.functions})),
        constants=tuple(sorted({*start.constants, *joint.constants})),
    )

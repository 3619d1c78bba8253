"""One thing under two names, or with two arities: what leaves a conclusion open that would follow if it had one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from logic import syntax as S
from logic.judging.names import likeness, opposed_names, words
from logic.nodes import shown_name
from logic.stories.story import Story
from logic.stories.verdict import story_verdict
from logic.substitution import rename_symbols
from logic.symbols import Symbol, symbols

_RUN = re.compile(r"[^\W\d_]+|\d+")
"""Letters or digits."""


def respellings(said: Sequence[S.Formula], story: Story) -> Iterator[str]:
    """The fault of names that differ in spelling alone, where the story is left open by that.

    Names stay apart that the references have apart.
    """
    names = _joined(said, story)
    if not names:
        return
    *premises, conclusion = [rename_symbols(formula, names) for formula in said]
    verdict = story_verdict(
        premises,
        conclusion,
        domain=story.domain,
        budget=story.budget,
        used=False,
    )
    if verdict.finding not in ("Uncertain", "not judged"):
        pairs = [f"{shown_name(name)} and {shown_name(other[1])}" for other, name in names.items()]
        yield f"one thing under two names: {', '.join(pairs)}"


def split_arities(said: Sequence[S.Formula], story: Story) -> Iterator[str]:
    """The faults of predicates that have more arguments in one place than in another.

    `Cat(x, x)` says nothing of `Cat(tom)`, so that a proof breaks there unnoticed. Arities stay
    apart that the references have apart.
    """
    kept = _predicates(said)
    apart: set[tuple[str, int]] | None = None
    for first, second in combinations(kept, 2):
        (kind, one, arity), (_, other, other_arity) = first, second
        if arity == other_arity or not _has_same_name(kind, one, other):
            continue
        if apart is None:
            apart = {(_spelled(name), of) for _, name, of in _predicates(story.references())}
        if not {(_spelled(one), arity), (_spelled(other), other_arity)} <= apart:
            pair = f"{shown_name(one)}/{arity} and {shown_name(other)}/{other_arity}"
            yield f"one predicate with two arities: {pair}"


def _predicates(formulas: Sequence[S.Formula]) -> list[Symbol]:
    """The distinct predicates, by first occurrence."""
    distinct: dict[Symbol, None] = {}
    for formula in formulas:
        distinct |= dict.fromkeys(symbols(formula))
    return [symbol for symbol in distinct if symbol[0] == "predicate"]


def _joined(said: Sequence[S.Formula], story: Story) -> dict[Symbol, str]:
    """The symbols that are another one in another spelling, each with the name that came first."""
    distinct: dict[Symbol, None] = {}
    for formula in said:
        distinct |= dict.fromkeys(symbols(formula))
    kept: list[Symbol] = []
    names: dict[Symbol, str] = {}
    apart: set[Symbol] | None = None
    for symbol in distinct:
        same = next((first for first in kept if _is_respelt(first, symbol)), None)
        if same is not None and apart is None:
            apart = {named for reference in story.references() for named in symbols(reference)}
        if same is None or (apart and {same, symbol} <= apart):
            kept.append(symbol)
        else:
            names[symbol] = same[1]
    return names


def _is_respelt(first: Symbol, second: Symbol) -> bool:
    """Whether two symbols of one kind and arity have one name but for its spelling."""
    (kind, one, arity), (other_kind, other, other_arity) = first, second
    return (kind, arity) == (other_kind, other_arity) and _has_same_name(kind, one, other)


def _has_same_name(kind: str, one: str, other: str) -> bool:
    """Whether two symbols of one kind have one name but for its spelling."""
    if _spelled(one) == _spelled(other):
        return not opposed_names(one, other)
    # That a constant has a plural or an "is" makes another one of it.
    return kind != "constant" and words(one) == words(other) and likeness(one, other) == 1.0


def _spelled(name: str) -> str:
    """A name without its capitals and separators; its numbers stay apart: 1.5 is not 15."""
    runs = [f"<{run}>" if run.isdigit() else run for run in _RUN.findall(name)]
    return "".join(runs).casefold()

"""Rows for the bench made of sentences with formulas: edits are wrong, rewritings are right."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from random import Random
from typing import Any

import logic
from data.corpus import Corpus
from data.perturb import EDITS, edit, rewrite
from data.records import Translation
from logic.errors import LogicError

MOST_WRONG = 9
_REWRITINGS = 3


def formula_rows(corpus: Corpus[Translation], *, chat: bool = False) -> Iterator[dict[str, Any]]:
    """A row for each formula of which an edit is proved to mean something else.

    In the columns of preferences. The kind of edit that gives the first wrong formula takes turns.
    """
    prompts = corpus.to_dataset(chat=chat)["prompt"]
    kinds = tuple(EDITS)
    turn = 0
    for prompt, pair in zip(prompts, corpus.rows, strict=True):
        rng = Random(f"rank/{pair.sentence}/{pair.formula}")
        order = [*kinds[turn % len(kinds) :], *kinds[: turn % len(kinds)]]
        wrong = dict(islice(_wrong(pair.formula, order, rng, corpus.domain), MOST_WRONG))
        if not wrong:
            continue
        turn += 1
        rejected, *more = wrong
        yield {
            "prompt": prompt,
            "chosen": pair.formula,
            "rejected": rejected,
            "kind": wrong[rejected],
            "more_rejected": more,
            "also_chosen": _rewritings(pair.formula, rng, corpus.domain),
        }


def _wrong(text: str, kinds: list[str], rng: Random, domain: str) -> Iterator[tuple[str, str]]:
    """Distinct formulas after one edit with its kind, proved not equivalent; a few of each kind."""
    formula = logic.parse(text, domain=domain)
    seen = {text}
    for kind in [*kinds, *kinds, *kinds]:
        try:
            candidate = str(edit(formula, rng, (kind,))[0])
            if candidate in seen:
                continue
            seen.add(candidate)
            verdict = logic.equivalent(candidate=candidate, reference=text, domain=domain)
        except (ValueError, LogicError):  # none of this kind applies, or the two do not fit
            continue
        if verdict.status == "refuted":
            yield candidate, kind


def _rewritings(text: str, rng: Random, domain: str) -> list[str]:
    """Other formulas of the same meaning, each by one or two rewritings."""
    formula = logic.parse(text, domain=domain)
    found: dict[str, None] = {}
    for _ in range(_REWRITINGS):
        try:
            found[str(rewrite(formula, rng, rng.randint(1, 2)))] = None
        except ValueError:  # none applies, as to an atom
            break
    found.pop(text, None)
    return list(found)

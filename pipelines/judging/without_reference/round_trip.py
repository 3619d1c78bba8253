"""Formulas in words, to be translated once more: what comes back is more often right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import logic
from data.corpus import Corpus
from data.records import Translation
from pipelines.config.arguments import EvaluateArguments
from pipelines.config.corpus import load_examples, template

if TYPE_CHECKING:
    from datasets import Dataset

ROUND_TRIP = "round_trip"
Answers = Sequence[dict[str, Any]]


def in_words(answers: Answers, options: EvaluateArguments) -> tuple[list[int], Dataset]:
    """Rows that ask for the formulas of answers by their words, and the places of these answers.

    A formula that has no words (one of a domain) is left out, as an answer without a formula is.
    """
    places: list[int] = []
    records: list[Translation] = []
    for place, answer in enumerate(answers):
        words = _words(answer["formula"], options.domain)
        if words is None:
            continue
        places.append(place)
        records.append(
            Translation(
                sentence=words,
                formula=answer["formula"],
                group=str(place),
                source="words",
                row=place + 1,
            )
        )
    corpus = Corpus("words", "all", records, domain=options.domain)
    examples = load_examples(options, seed=options.seed, task=Translation.task)
    rows = corpus.to_dataset(
        template(options, Translation.task),
        chat=options.chat,
        examples=examples,
    )
    return places, rows


def _words(formula: str | None, domain: str) -> str | None:
    if formula is None:
        return None
    try:
        return logic.verbalise(logic.parse(formula, domain=domain))
    except logic.LogicError:
        return None


def accuracy_of_accepted(answers: Answers, trips: Answers) -> dict[str, float | int | None]:
    """How many answers come back equivalent (coverage), and how many of these are right.

    `accuracy` is None where none comes back.
    """
    accepted = [answer for answer, trip in zip(answers, trips, strict=True) if trip["score"] == 1.0]
    right = sum(answer["score"] == 1.0 for answer in accepted)
    return {
        "accepted": len(accepted),
        "coverage": len(accepted) / len(answers),
        "accuracy": right / len(accepted) if accepted else None,
    }


def told(accepted: dict[str, Any] | None) -> str:
    """The same in a line."""
    if accepted is None:
        return ""
    text = f"; {accepted['coverage']:.1%} come back from their words"
    if accepted["accuracy"] is None:
        return text
    return f"{text}, and {accepted['accuracy']:.1%} of these are right"

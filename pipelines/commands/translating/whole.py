"""`folalign translate --story --whole`: one answer for a story, with its signature, premises and conclusion.

Of several answers the first one is taken whose verdict most of them share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import logic
from data.records import LABELS
from logic import syntax as S
from logic.signatures.reading import read_signature
from logic.signatures.signature import Signature
from logic.stories.answer import read_story_answer
from logic.stories.verdict import StoryVerdict, story_verdict
from pipelines.commands.translating.stories import StoryText


@dataclass(frozen=True, slots=True)
class _Reading:
    """An answer that has a formula for each sentence, and what it proves."""

    formulas: tuple[S.Formula, ...]
    signature: Signature
    verdict: StoryVerdict


def whole_story(story: StoryText, answers: Sequence[str], *, domain: str) -> dict[str, Any]:
    """What the answers to a story say, as plain values; see `translating.stories.translated`."""
    readings: list[_Reading] = []
    faults: list[str] = []
    for text in answers:
        reading = _read(story, text, domain)
        if isinstance(reading, str):
            faults.append(reading)
        else:
            readings.append(reading)
    counts: dict[str, int] = {}
    for reading in readings:
        finding = reading.verdict.finding
        counts[finding] = counts.get(finding, 0) + 1
    agreed = _agreed(counts)
    chosen = next((one for one in readings if one.verdict.finding == agreed), None)
    others = [
        {"verdict": finding, "count": count}
        for finding, count in counts.items()
        if finding != agreed
    ]
    return {
        "row": story.row,
        **story.identity(),
        **_told(story, chosen, faults, domain),
        "label": story.label,
        "confidence": round(counts[agreed] / len(answers), 4) if agreed else 0.0,
        "alternatives": others,
        "unreadable": len(faults),
    }


def _read(story: StoryText, text: str, domain: str) -> _Reading | str:
    """An answer, or why it is no translation of the story."""
    answer = read_story_answer(text, domain=domain)
    if answer.faults:
        return answer.faults[0]
    if len(answer.premises) != len(story.premises):
        return f"{len(answer.premises)} premises for {len(story.premises)} sentences"
    problems = answer.problems()
    if problems:
        return str(problems[0])
    formulas = tuple([each for each in (*answer.premises, answer.conclusion) if each is not None])
    *premises, conclusion = formulas
    try:
        verdict = story_verdict(premises, conclusion, domain=domain)
    except logic.LogicError as error:
        verdict = StoryVerdict("not judged", reason=str(error))
    return _Reading(formulas, answer.signature or read_signature(formulas), verdict)


def _agreed(counts: dict[str, int]) -> str | None:
    """The verdict that most answers share, the first one of several; a label before any other."""
    if not counts:
        return None
    return max(counts, key=lambda finding: (finding in LABELS, counts[finding]))


def _told(
    story: StoryText, chosen: _Reading | None, faults: Sequence[str], domain: str
) -> dict[str, Any]:
    formulas: list[str | None] = [None] * len(story.sentences)
    signature = story.signature or Signature()
    verdict = StoryVerdict("not judged", reason=faults[0] if faults else "no answer: too long")
    if chosen is not None:
        formulas = [logic.to_text(formula, domain=domain) for formula in chosen.formulas]
        signature, verdict = chosen.signature, chosen.verdict
    parts = [
        {"sentence": sentence, "formula": formula}
        for sentence, formula in zip(story.sentences, formulas, strict=True)
    ]
    return {
        "premises": parts[:-1],
        "conclusion": parts[-1],
        "signature": signature.to_dict(),
        "verdict": verdict.finding,
        "used": [place + 1 for place in verdict.used],
        "reason": verdict.reason,
    }

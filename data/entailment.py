"""Does a story's conclusion follow? Z3 on its formulas, against the label.

A conclusion is True where the premises entail it, False where they entail its negation, Uncertain where countermodels
refute both. Premises that entail both are inconsistent: they prove anything, and no label.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import logic
from data.files import read_rows, text_of
from data.records import Corpus, DataError, Story
from data.splits import squeeze
from logic import syntax as S

Finding = Literal["True", "False", "Uncertain", "Inconsistent", "not judged"]
FINDINGS: tuple[Finding, ...] = ("True", "False", "Uncertain", "Inconsistent", "not judged")
LABELS = ("True", "False", "Uncertain")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the formulas of a story prove; `reason` says why they were not judged, "" where they were."""

    story: Story
    finding: Finding
    reason: str = ""

    @property
    def right(self) -> bool:
        """Whether the formulas prove the label."""
        return self.finding == self.story.label

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "group": self.story.group,
            "row": self.story.row,
            "conclusion": self.story.conclusion,
            "label": self.story.label,
            "finding": self.finding,
            "reason": self.reason,
        }


def judge(
    story: Story, formulas: Mapping[str, str] | None = None, *, budget: logic.Budget | None = None
) -> Judgement:
    """What the story's formulas prove; never raises on a formula.

    `formulas` are a model's, by sentence (blanks do not matter), as raw output; without them the annotated ones are
    read, strictly. Not judged: a formula that is missing or cannot be read, and a budget that runs out.
    """
    try:
        premises, conclusion = _gold(story) if formulas is None else _predicted(story, formulas)
    except (ValueError, logic.ParseError) as error:
        return Judgement(story, "not judged", str(error))
    try:
        yes = logic.entails(premises=premises, conclusion=conclusion, budget=budget).status
        no = logic.entails(premises=premises, conclusion=S.Not(conclusion), budget=budget).status
    except logic.LogicError as error:
        return Judgement(story, "not judged", str(error))
    findings: dict[tuple[str, str], Finding] = {
        ("proved", "proved"): "Inconsistent",
        ("proved", "refuted"): "True",
        ("refuted", "proved"): "False",
        ("refuted", "refuted"): "Uncertain",
    }
    if (yes, no) in findings:
        return Judgement(story, findings[yes, no])
    return Judgement(
        story, "not judged", f"undecided within the budget (follows: {yes}, its negation: {no})"
    )


def consistent(story: Story, *, budget: logic.Budget | None = None) -> bool | None:
    """Whether the annotated premises have a model; None where they cannot be read or the budget runs out."""
    try:
        premises = [logic.parse(text) for text in story.premise_formulas]
        status = logic.entails(premises=premises, conclusion=S.Truth(False), budget=budget).status
    except logic.LogicError:
        return None
    return {"proved": False, "refuted": True}.get(status)


def _gold(story: Story) -> tuple[list[S.Formula], S.Formula]:
    if not story.conclusion_formula:
        raise ValueError("no formula for the conclusion")
    texts = (*story.premise_formulas, story.conclusion_formula)
    read = [
        _read(text, f"premise {i}" if i < len(texts) else "conclusion")
        for i, text in enumerate(texts, start=1)
    ]
    return read[:-1], read[-1]


def _read(text: str, which: str) -> S.Formula:
    try:
        return logic.parse(text)
    except logic.ParseError as error:
        raise ValueError(f"{which}, column {error.column}: {error.reason}") from None


def _predicted(story: Story, formulas: Mapping[str, str]) -> tuple[list[S.Formula], S.Formula]:
    read: list[S.Formula] = []
    for i, sentence in enumerate((*story.premises, story.conclusion), start=1):
        which = f"premise {i}" if i <= len(story.premises) else "conclusion"
        text = formulas.get(squeeze(sentence))
        if text is None:
            raise ValueError(f"{which}: no prediction")
        answer = logic.read_answer(text)
        if answer.formula is None:
            raise ValueError(f"{which}: no formula can be read from the prediction")
        read.append(answer.formula)
    return read[:-1], read[-1]


def predictions(path: str | Path) -> dict[str, str]:
    """A model's formulas by sentence, from a file with the columns `sentence` and `completion`; the first one counts.

    Raises DataError naming file and row for a row without them.
    """
    found: dict[str, str] = {}
    for number, columns in read_rows(Path(path)):
        try:
            if isinstance(columns, str):
                raise ValueError(columns)
            sentence = squeeze(text_of(columns, "sentence"))
            if not isinstance(text := columns.get("completion"), str):
                text = text_of(columns, "completion")
        except ValueError as error:
            raise DataError(f"{path}, row {number}: {error}") from None
        found.setdefault(sentence, text)
    return found


def summarise(judgements: Iterable[Judgement]) -> dict[str, Any]:
    """Counts by label and finding; `accuracy` over all stories, and over those that were judged."""
    listed = list(judgements)
    table: Counter[tuple[str, str]] = Counter((one.story.label, one.finding) for one in listed)
    right = sum(one.right for one in listed)
    judged = sum(one.finding != "not judged" for one in listed)
    return {
        "stories": len(listed),
        "proved_labels": right,
        "accuracy": right / len(listed) if listed else None,
        "judged": judged,
        "accuracy_of_judged": right / judged if judged else None,
        "not_judged": len(listed) - judged,
        "inconsistent": sum(one.finding == "Inconsistent" for one in listed),
        "table": {
            label: {finding: table[label, finding] for finding in FINDINGS} for label in LABELS
        },
    }


def report(corpus: Corpus[Story], judgements: Sequence[Judgement], *, gold: bool) -> dict[str, Any]:
    """`summarise` with the stories that could not be read counted as not judged, and lists of what is wrong.

    With `gold` the annotation itself is judged: which sets of premises are inconsistent, and where the formulas
    prove something else than the label.
    """
    found = summarise(judgements)
    unread = len(corpus.quarantined)
    found["stories"] += unread
    found["not_judged"] += unread
    found["accuracy"] = found["proved_labels"] / found["stories"] if found["stories"] else None
    found["with_conclusion"] = sum(
        not gold or bool(one.story.conclusion_formula) for one in judgements
    )
    sets: dict[tuple[str, ...], Story] = {}
    for one in judgements:
        sets.setdefault(one.story.premise_formulas, one.story)
    states = {story: consistent(story) for story in sets.values()} if gold else {}
    found["premise_sets"] = len(states)
    found["premise_sets_unread"] = sum(state is None for state in states.values())
    found["inconsistent_premises"] = [
        _where(story) for story, state in states.items() if state is False
    ]
    found["disagreeing"] = [
        f"{_where(one.story)}: label {one.story.label}, formulas {one.finding}: {one.story.conclusion}"
        for one in judgements
        if one.finding != "not judged" and not one.right
    ]
    found["reasons"] = [
        f"row {fault.row}: not judged: {fault.reason}" for fault in corpus.quarantined
    ]
    if found["with_conclusion"]:
        found["reasons"] += [
            f"row {one.story.row}: not judged: {one.reason}"
            for one in judgements
            if one.finding == "not judged"
        ]
    return found


def _where(story: Story) -> str:
    return f"row {story.row} ({story.group})"

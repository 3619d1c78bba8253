"""Does a story's conclusion follow? Z3 on its formulas, against the label.

A conclusion is True where the premises entail it, False where they entail its negation, Uncertain
where countermodels refute both. Premises that entail both are inconsistent: they prove anything,
and no label.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import logic
from data.corpus import Corpus
from data.files import Columns, read_rows, text_of
from data.records import LABELS, DataError, Story
from data.splits import squeeze
from logic import syntax as S
from logic.stories.verdict import FINDINGS, Finding, story_verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the formulas of a story prove.

    `reason` says why they were not judged, and is "" where they were.
    """

    story: Story
    finding: Finding
    reason: str = ""

    @property
    def right(self) -> bool:
        """Whether the formulas prove the label."""
        return self.finding == self.story.label

    @property
    def judged(self) -> bool:
        """Whether there is a finding at all."""
        return self.finding != "not judged"

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

    `formulas` are a model's, by sentence (blanks do not matter), as raw output; without them the
    annotated ones are read, strictly. Not judged: a formula that is missing or cannot be read, and
    a budget that runs out.
    """
    try:
        if formulas is None:
            premises, conclusion = _annotation(story)
        else:
            premises, conclusion = _prediction(story, formulas)
    except (ValueError, logic.ParseError) as error:
        return Judgement(story, "not judged", str(error))
    try:
        verdict = story_verdict(premises, conclusion, budget=budget, used=False)
    except logic.LogicError as error:
        return Judgement(story, "not judged", str(error))
    return Judgement(story, verdict.finding, verdict.reason)


def consistent(story: Story, *, budget: logic.Budget | None = None) -> bool | None:
    """Whether the annotated premises have a model.

    None where they cannot be read or the budget runs out.
    """
    falsehood = S.Truth(False)
    try:
        premises = [logic.parse(text) for text in story.premise_formulas]
        verdict = logic.entails(premises=premises, conclusion=falsehood, budget=budget, used=False)
    except logic.LogicError:
        return None
    return {"proved": False, "refuted": True}.get(verdict.status)


def _annotation(story: Story) -> tuple[list[S.Formula], S.Formula]:
    """The premises and the conclusion as they are annotated."""
    if not story.conclusion_formula:
        raise ValueError("no formula for the conclusion")
    premises = [
        _parse(text, f"premise {number}")
        for number, text in enumerate(story.premise_formulas, start=1)
    ]
    return premises, _parse(story.conclusion_formula, "conclusion")


def _parse(text: str, which: str) -> S.Formula:
    try:
        return logic.parse(text)
    except logic.ParseError as error:
        raise ValueError(f"{which}, column {error.column}: {error.reason}") from None


def _prediction(story: Story, formulas: Mapping[str, str]) -> tuple[list[S.Formula], S.Formula]:
    """The premises and the conclusion as a model wrote them."""
    premises = [
        _read_answer(sentence, formulas, f"premise {number}")
        for number, sentence in enumerate(story.premises, start=1)
    ]
    return premises, _read_answer(story.conclusion, formulas, "conclusion")


def _read_answer(sentence: str, formulas: Mapping[str, str], which: str) -> S.Formula:
    text = formulas.get(squeeze(sentence))
    if text is None:
        raise ValueError(f"{which}: no prediction")
    answer = logic.read_answer(text)
    if answer.formula is None:
        raise ValueError(f"{which}: no formula can be read from the prediction")
    return answer.formula


def predictions(path: str | Path) -> dict[str, str]:
    """A model's formulas by sentence, from a file with the columns `sentence` and `completion`.

    The first one of a sentence counts. Raises DataError naming file and row for a row without
    them.
    """
    completions: dict[str, str] = {}
    for number, columns in read_rows(Path(path)):
        try:
            sentence, completion = _completion(columns)
        except ValueError as error:
            raise DataError(f"{path}, row {number}: {error}") from None
        completions.setdefault(sentence, completion)
    return completions


def _completion(columns: Columns | str) -> tuple[str, str]:
    if isinstance(columns, str):
        raise ValueError(columns)
    sentence = squeeze(text_of(columns, "sentence"))
    completion = columns.get("completion")
    if isinstance(completion, str):
        return sentence, completion  # an empty one is an answer too, and a wrong one
    return sentence, text_of(columns, "completion")


def summarise(judgements: Iterable[Judgement]) -> dict[str, Any]:
    """Counts by label and finding; `accuracy` over all stories, and over those that were judged."""
    judgements = list(judgements)
    table = Counter((judgement.story.label, judgement.finding) for judgement in judgements)
    stories = len(judgements)
    right = sum(judgement.right for judgement in judgements)
    judged = sum(judgement.judged for judgement in judgements)
    return {
        "stories": stories,
        "proved_labels": right,
        "accuracy": right / stories if stories else None,
        "judged": judged,
        "accuracy_of_judged": right / judged if judged else None,
        "not_judged": stories - judged,
        "inconsistent": sum(judgement.finding == "Inconsistent" for judgement in judgements),
        "table": {
            label: {finding: table[label, finding] for finding in FINDINGS} for label in LABELS
        },
    }


def report(corpus: Corpus[Story], judgements: Sequence[Judgement], *, gold: bool) -> dict[str, Any]:
    """`summarise` with the stories that could not be read counted as not judged, and the faults.

    With `gold` the annotation itself is judged: which sets of premises are inconsistent, and where
    the formulas prove something else than the label.
    """
    figures = summarise(judgements)
    unreadable = len(corpus.quarantined)
    stories = figures["stories"] + unreadable
    figures |= {
        "stories": stories,
        "not_judged": figures["not_judged"] + unreadable,
        "accuracy": figures["proved_labels"] / stories if stories else None,
        "with_conclusion": _count_conclusions(judgements, gold),
    }
    states = _premise_states(judgements) if gold else {}
    return figures | {
        "premise_sets": len(states),
        "premise_sets_unread": sum(state is None for state in states.values()),
        "inconsistent_premises": [
            _place(story) for story, state in states.items() if state is False
        ],
        "disagreeing": [
            _disagreement(judgement)
            for judgement in judgements
            if judgement.judged and not judgement.right
        ],
        "reasons": _reasons(corpus, judgements if figures["with_conclusion"] else ()),
    }


def _count_conclusions(judgements: Sequence[Judgement], gold: bool) -> int:
    """The stories whose conclusion has a formula; those of a model all have."""
    if not gold:
        return len(judgements)
    return sum(bool(judgement.story.conclusion_formula) for judgement in judgements)


def _premise_states(judgements: Sequence[Judgement]) -> dict[Story, bool | None]:
    """The first story of each set of premises, and whether these are consistent."""
    sets: dict[tuple[str, ...], Story] = {}
    for judgement in judgements:
        sets.setdefault(judgement.story.premise_formulas, judgement.story)
    return {story: consistent(story) for story in sets.values()}


def _disagreement(judgement: Judgement) -> str:
    story = judgement.story
    return f"{_place(story)}: label {story.label}, formulas {judgement.finding}: {story.conclusion}"


def _reasons(corpus: Corpus[Story], judgements: Sequence[Judgement]) -> list[str]:
    """Why stories were not judged, those that could not be read first."""
    unreadable = [(fault.row, fault.reason) for fault in corpus.quarantined]
    undecided = [
        (judgement.story.row, judgement.reason) for judgement in judgements if not judgement.judged
    ]
    return [f"row {row}: not judged: {reason}" for row, reason in (*unreadable, *undecided)]


def _place(story: Story) -> str:
    return f"row {story.row} ({story.group})"

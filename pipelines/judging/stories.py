"""Whole answers to stories, judged: labels that they prove, and their vocabulary and logic apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import logic
from logic.signatures.signature import Signature
from logic.signatures.vocabulary import equivalent_in_vocabulary, vocabulary
from logic.stories.answer import StoryAnswer, read_story_answer
from logic.stories.judgement import judge_story
from pipelines.judging.answers import Grammar
from pipelines.judging.intervals import margin_of_mean, with_margin

if TYPE_CHECKING:
    from datasets import Dataset

COLUMNS = (
    "labels proved, greedy",
    "under the grammar",
    "sampled",
    "sentences equivalent, greedy",
    "sentences, sampled",
    "vocabulary",
)


def are_stories(rows: Dataset) -> bool:
    """Whether rows are those of the task `story`."""
    return {"premises", "formulas", "label"} <= set(rows.column_names)


def grammar_of(kind: str, rows: Dataset, domain: str) -> Grammar:
    """The grammar of an answer to each story: over names of its own, or over those of its reference."""
    signatures = None
    if kind == "signature":
        signatures = [_signature(formulas, domain) for formulas in rows["formulas"]]
    return Grammar(
        kind,
        signatures=signatures,
        domain=domain,
        premises=[len(premises) for premises in rows["premises"]],
    )


def _signature(formulas: Sequence[str], domain: str) -> Signature | None:
    """None where the formulas of a story are not known."""
    if not formulas:
        return None
    return logic.read_signature([logic.parse(formula, domain=domain) for formula in formulas])


def judge_stories(
    part: str, rows: Dataset, completions: Sequence[Sequence[str]], domain: str
) -> list[dict[str, Any]]:
    """One answer for each completion: what it proves, and how near its formulas are to the references.

    `score` is what the reward `story` pays, None where a budget ran out.
    """
    answers = []
    for row, texts in zip(rows, completions, strict=True):
        for text in texts:
            answers.append({"part": part, **_judge(row, text, domain)})
    return answers


def _judge(row: dict[str, Any], text: str, domain: str) -> dict[str, Any]:
    formulas = row["formulas"]
    judged = judge_story(
        text,
        premises=row["premises"],
        conclusion=row["conclusion"],
        label=row["label"],
        formulas=formulas,
        domain=domain,
    )
    undecided = judged.finding == "not judged" and not judged.faults
    answer = read_story_answer(text, domain=domain)
    return {
        "sentence": "\n".join([*row["premises"], row["conclusion"]]),
        "reference": row["reference"],
        "completion": text,
        "formula": _shown(answer, len(row["premises"]), domain),
        "score": None if undecided else judged.score(),
        "label": row["label"],
        "finding": judged.finding,
        "right": judged.right and not judged.faults,
        "faults": list(judged.faults),
        **_against(answer, formulas, domain),
    }


def _shown(answer: StoryAnswer, premises: int, domain: str) -> str | None:
    """The formulas on lines; None where not every sentence has one."""
    said = [*answer.premises, answer.conclusion]
    if None in said or len(answer.premises) != premises:
        return None
    return "\n".join([logic.to_text(each, domain=domain) for each in said if each is not None])


def _against(answer: StoryAnswer, formulas: Sequence[str], domain: str) -> dict[str, Any]:
    """Vocabulary and logic against the references; nothing where these are not known.

    An answer with another number of formulas has its vocabulary measured alone.
    """
    if not formulas:
        return {}
    references = [logic.parse(formula, domain=domain) for formula in formulas]
    said = [*answer.premises, answer.conclusion]
    found = vocabulary([each for each in said if each is not None], references)
    equal: Sequence[bool] = ()
    if len(said) == len(references):
        equal = equivalent_in_vocabulary(said, references)
    return {
        "sentences": sum(equal) / len(references),
        "precision": found.precision,
        "recall": found.recall,
    }


def measure_stories(answers: Sequence[dict[str, Any]]) -> dict[str, float]:
    """The share of `labels` proved, and where references are known the means over stories.

    These are `sentences` (equivalent once the vocabulary is given), `precision` and `recall` of the
    vocabulary. `labels_margin` and `sentences_margin` are half the 95 % intervals: of the mean over
    stories, as the answers to one hang together.
    """
    measures = {
        "labels": _mean([answer["right"] for answer in answers]),
        "labels_margin": _margin(answers, "right"),
    }
    known = [answer for answer in answers if "sentences" in answer]
    if known:
        for name in ("sentences", "precision", "recall"):
            measures[name] = _mean([answer[name] for answer in known])
        measures["sentences_margin"] = _margin(known, "sentences")
    return measures


def _margin(answers: Sequence[dict[str, Any]], name: str) -> float:
    by_story: dict[str, list[float]] = {}
    for answer in answers:
        by_story.setdefault(answer["sentence"], []).append(float(answer[name]))
    return margin_of_mean([_mean(values) for values in by_story.values()])


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)


def cells(metrics: Mapping[str, Any]) -> list[str]:
    """What a row of a table has for a model's stories, by `COLUMNS`, from the metrics of its parts."""
    greedy = metrics["greedy"]
    named = ""
    if "precision" in greedy:
        named = f"{greedy['precision']:.0%} / {greedy['recall']:.0%}"
    return [
        *[_share(metrics.get(part), "labels") for part in ("greedy", "constrained", "sampled")],
        *[_share(metrics.get(part), "sentences") for part in ("greedy", "sampled")],
        named,
    ]


def _share(part: Mapping[str, Any] | None, name: str) -> str:
    """A share of a part's answers; nothing where it was not measured."""
    if part is None or name not in part:
        return ""
    return with_margin(part[name], part.get(f"{name}_margin"))

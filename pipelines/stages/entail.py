"""Entailment: a model translates premises and conclusions, Z3 decides what follows, the labels say who is right."""

from __future__ import annotations

from typing import Any

from rich.table import Table

import data
import logic
from data import entailment, prompts
from data.corpus import Corpus
from data.records import DataError, Story
from data.splits import squeeze
from logic.core import CORE
from pipelines.config.parser import StageConfig
from pipelines.console import console
from pipelines.errors import UsageError
from pipelines.judging.answers import greedy_answers
from pipelines.rundir.directory import RunDir
from pipelines.rundir.files import write_jsonl
from pipelines.stages.evaluate import judge_models

KEPT = ("accuracy", "accuracy_of_judged", "judged", "not_judged", "inconsistent", "table")


def main(config: StageConfig) -> list[RunDir]:
    """Judge the formulas of each model; the results land in `<output_dir>/<section>/<name>`."""
    check(config)
    return judge_models(config, _judge, summary)


def check(config: StageConfig) -> None:
    """`UsageError` for a prompt that is none for translation, and for a domain."""
    (own,) = config.arguments
    if own.domain != CORE.spec:
        raise UsageError("domain: the formulas of stories are of the core language")
    if own.signature:
        raise UsageError(
            "signature: the names of a story's formulas are what is asked for, so they cannot be given"
        )
    try:
        prompts.choose("translate", own.prompt, chat=own.chat)
    except DataError as error:
        raise UsageError(str(error)) from None


def load(own: Any, *, quiet: bool = False) -> Corpus[Story]:
    """The stories that the options name; how many, and how many were left out, is said aloud."""
    try:
        found: Corpus[Story] = data.load(
            own.dataset,
            split=own.split,
            task="entail",
            path=own.dataset_path,
            size=own.size,
            seed=own.seed,
        )
    except (DataError, FileNotFoundError) as error:
        raise UsageError(str(error)) from None
    if not quiet:
        left_out = f", {len(found.quarantined):,} left out" if found.quarantined else ""
        console.print(f"[dim]{own.dataset} {own.split}: {len(found):,} stories{left_out}[/]")
    return found


def _judge(own: Any, name: str, model: str, run: RunDir) -> dict[str, Any]:
    stories = load(own)
    gold = {
        sentence: formula
        for story in stories
        for sentence, formula in zip(
            (*story.premises, story.conclusion),
            (*story.premise_formulas, story.conclusion_formula),
            strict=True,
        )
    }
    template = prompts.choose("translate", own.prompt, chat=own.chat)
    asked: list[Any] = [template.format(sentence=sentence) for sentence in gold]
    if own.chat:
        asked = [[{"role": "user", "content": text}] for text in asked]
    answers = greedy_answers(own, name, model, asked, run.path / "answers.jsonl", own.grammar)
    scores = logic.score(candidates=answers, references=list(gold.values()))
    columns = zip(gold, answers, gold.values(), scores, strict=True)
    write_jsonl(
        run.path / "samples.jsonl",
        [{"sentence": a, "completion": b, "reference": c, "score": d} for a, b, c, d in columns],
    )
    formulas = {squeeze(sentence): answer for sentence, answer in zip(gold, answers, strict=True)}
    judged = [entailment.judge(story, formulas) for story in stories]
    write_jsonl(run.path / "judgements.jsonl", [one.to_dict() for one in judged])
    found = entailment.report(stories, judged, gold=False)
    by_gold = entailment.summarise(entailment.judge(story) for story in stories)
    return {
        "split": own.split,
        "items": found["stories"],
        **{
            key: found[key]
            for key in (
                "accuracy",
                "accuracy_of_judged",
                "judged",
                "not_judged",
                "inconsistent",
                "table",
            )
        },
        "sentences": len(gold),
        "sentences_equivalent": sum(score == 1.0 for score in scores) / len(scores),
        "gold_accuracy": by_gold["proved_labels"] / found["stories"],
    }


def summary(metrics: dict[str, Any]) -> str:
    """The accuracy of one model in a line."""
    return f"labels proved: {metrics['accuracy']:.1%} of {metrics['items']} stories; not judged: {metrics['not_judged']}"


def table(found: dict[str, dict[str, Any]]) -> Table:
    """One row for each model, and one for the annotated formulas."""
    items = max((metrics["items"] for metrics in found.values()), default=0)
    shown = Table(title=f"{items} held-out stories: labels that the formulas prove")
    shown.add_column("formulas of")
    for column in (
        "accuracy",
        "of those judged",
        "not judged",
        "inconsistent",
        "sentences equivalent",
    ):
        shown.add_column(column, justify="right")
    for name, metrics in found.items():
        of_judged = metrics["accuracy_of_judged"]
        shown.add_row(
            name,
            f"{metrics['accuracy']:.1%}",
            "" if of_judged is None else f"{of_judged:.1%}",
            f"{metrics['not_judged'] / metrics['items']:.1%}",
            str(metrics["inconsistent"]),
            f"{metrics['sentences_equivalent']:.1%}",
        )
    for metrics in list(found.values())[:1]:
        shown.add_row("the annotation", f"{metrics['gold_accuracy']:.1%}", "", "", "", "")
    return shown

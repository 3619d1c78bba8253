"""Entailment: a model translates premises and conclusions, and Z3 decides what follows.

The labels of the stories say who is right.
"""

from __future__ import annotations

from typing import Any

from rich.table import Table

import logic
from data import entailment, prompts
from data.corpus import Corpus
from data.records import DataError, Story
from data.splits import squeeze
from logic.core import CORE
from pipelines.config.arguments import EntailArguments
from pipelines.config.corpus import answer_ends, load_corpus, load_examples, name_of
from pipelines.config.stage_config import JudgingConfig
from pipelines.console import console
from pipelines.errors import UsageError
from pipelines.judging.answers import greedy_answers
from pipelines.judging.intervals import margin_of_share, with_margin
from pipelines.judging.stage import JudgingStage
from pipelines.rundir.directory import RunDir
from pipelines.rundir.files import write_jsonl
from pipelines.stage import Metrics

# What of the report on the stories becomes the model's metrics.
REPORTED = ("accuracy", "accuracy_of_judged", "judged", "not_judged", "inconsistent", "table")
COLUMNS = ("accuracy", "of those judged", "not judged", "inconsistent", "sentences equivalent")


class Entail(JudgingStage[EntailArguments]):
    """Labels of stories that a model's formulas prove."""

    name = "entail"
    options = EntailArguments

    def check(self, config: JudgingConfig[EntailArguments]) -> None:
        """`UsageError` for a prompt that is none for translation, and for a domain."""
        options = config.arguments.options
        if options.domain != CORE.spec:
            raise UsageError("domain: the formulas of stories are of the core language")
        if options.signature:
            raise UsageError(
                "signature: the names of a story's formulas are what is asked for, "
                "so they cannot be given"
            )
        try:
            prompts.choose("translate", options.prompt, chat=options.chat)
        except DataError as error:
            raise UsageError(str(error)) from None

    def load_rows(
        self, config: JudgingConfig[EntailArguments], *, quiet: bool = False
    ) -> Corpus[Story]:
        return _load(config.arguments.options, quiet=quiet)

    def judge(self, options: EntailArguments, name: str, model: str, run: RunDir) -> Metrics:
        stories = _load(options)
        formulas = _annotations(stories)
        asked = _prompts(options, list(formulas))
        answers = greedy_answers(
            options,
            name,
            model,
            asked,
            run.path / "answers.jsonl",
            stop=answer_ends(options, asked, task="translate"),
            grammar=options.grammar,
        )
        scores = logic.score(candidates=answers, references=list(formulas.values()))
        write_jsonl(run.path / "samples.jsonl", _samples(formulas, answers, scores))
        by_sentence = {
            squeeze(sentence): answer for sentence, answer in zip(formulas, answers, strict=True)
        }
        judgements = [entailment.judge(story, by_sentence) for story in stories]
        write_jsonl(
            run.path / "judgements.jsonl", [judgement.to_dict() for judgement in judgements]
        )
        report = entailment.report(stories, judgements, gold=False)
        annotated = entailment.summarise(entailment.judge(story) for story in stories)
        return {
            "split": options.split,
            "items": report["stories"],
            **{key: report[key] for key in REPORTED},
            "sentences": len(formulas),
            "sentences_equivalent": sum(score == 1.0 for score in scores) / len(scores),
            **_margins(report, scores),
            "gold_accuracy": annotated["proved_labels"] / report["stories"],
        }

    def summary(self, metrics: Metrics) -> str:
        return (
            f"labels proved: {metrics['accuracy']:.1%} of {metrics['items']} stories; "
            f"not judged: {metrics['not_judged']}"
        )

    def table(self, results: dict[str, Metrics]) -> Table:
        """One row for each model, and one for the annotated formulas."""
        items = max((metrics["items"] for metrics in results.values()), default=0)
        table = Table(
            title=f"{items} held-out stories: labels that the formulas prove; "
            "± half of the 95 % interval"
        )
        table.add_column("formulas of")
        for column in COLUMNS:
            table.add_column(column, justify="right")
        for name, metrics in results.items():
            of_judged = metrics["accuracy_of_judged"]
            table.add_row(
                name,
                with_margin(metrics["accuracy"], metrics.get("accuracy_margin")),
                "" if of_judged is None else with_margin(of_judged, metrics.get("judged_margin")),
                f"{metrics['not_judged'] / metrics['items']:.1%}",
                str(metrics["inconsistent"]),
                with_margin(metrics["sentences_equivalent"], metrics.get("sentences_margin")),
            )
        for metrics in list(results.values())[:1]:  # the annotation is the same for every model
            table.add_row(
                "the annotation",
                f"{metrics['gold_accuracy']:.1%}",
                "",
                "",
                "",
                "",
            )
        return table


def _margins(report: Metrics, scores: list[float | None]) -> Metrics:
    """Half the 95 % intervals of the shares of a report."""
    judged = report["judged"]
    equivalent = sum(score == 1.0 for score in scores) / len(scores)
    return {
        "accuracy_margin": margin_of_share(report["accuracy"], report["stories"]),
        "judged_margin": margin_of_share(report["accuracy_of_judged"], judged) if judged else None,
        "sentences_margin": margin_of_share(equivalent, len(scores)),
    }


def _load(options: EntailArguments, *, quiet: bool = False) -> Corpus[Story]:
    """The stories that the options name; how many, and how many were left out, is said aloud."""
    stories: Corpus[Story] = load_corpus(
        options, split=options.split, size=options.size, seed=options.seed, task="entail"
    )
    if not quiet:
        left_out = f", {len(stories.quarantined):,} left out" if stories.quarantined else ""
        count = f"{len(stories):,} stories"
        console.print(f"[dim]{name_of(options)} {options.split}: {count}{left_out}[/]")
    return stories


def _annotations(stories: Corpus[Story]) -> dict[str, str]:
    """The annotated formula of each sentence."""
    formulas: dict[str, str] = {}
    for story in stories:
        sentences = (*story.premises, story.conclusion)
        annotated = (*story.premise_formulas, story.conclusion_formula)
        formulas |= zip(sentences, annotated, strict=True)
    return formulas


def _prompts(options: EntailArguments, sentences: list[str]) -> list[Any]:
    template = prompts.choose("translate", options.prompt, chat=options.chat)
    examples = load_examples(options, seed=options.seed, task="translate")
    solved = [prompts.row(example, template, chat=options.chat) for example in examples]
    asked = []
    for sentence in sentences:
        text = template.format(sentence=sentence)
        prompt: Any = [{"role": "user", "content": text}] if options.chat else text
        asked.append(prompts.after_examples({"prompt": prompt}, solved)["prompt"])
    return asked


def _samples(
    formulas: dict[str, str], answers: list[str], scores: list[float | None]
) -> list[dict[str, Any]]:
    return [
        {"sentence": sentence, "completion": answer, "reference": formula, "score": score}
        for (sentence, formula), answer, score in zip(
            formulas.items(), answers, scores, strict=True
        )
    ]


STAGE = Entail()

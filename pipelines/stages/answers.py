"""Answers to held-out prompts: their logic against the preferred answers', BLEU, and wins.

Wins are over the answers of another model, by logic and by a judge model.
"""

from __future__ import annotations

import functools
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

import data
from alignment.messages import last_text
from alignment.metrics.bleu import bleu_margin, corpus_bleu
from alignment.preference import RELATIONS, Finding, PreferenceJudge, counts
from pipelines.config.arguments import AnswersArguments
from pipelines.config.corpus import answer_ends, load_held_out
from pipelines.config.stage_config import JudgingConfig
from pipelines.console import console, progress
from pipelines.errors import UsageError
from pipelines.judging import pairwise
from pipelines.judging.answers import held_out_answers, same_words
from pipelines.judging.intervals import (
    margin_of_mean,
    margin_of_share,
    probability,
    sign_test,
    wilson,
    with_margin,
)
from pipelines.judging.preference import open_judge, open_translator, paid_by
from pipelines.judging.remote.endpoint import Endpoint
from pipelines.judging.stage import JudgingStage
from pipelines.judging.translators import locate
from pipelines.rundir.directory import RunDir
from pipelines.rundir.files import read_jsonl, write_jsonl
from pipelines.stage import Metrics

if TYPE_CHECKING:
    from datasets import Dataset

COLUMNS = (
    "equivalent",
    "sampled",
    "mean score",
    "unreadable",
    "no answer",
    "BLEU",
    "wins / losses",
    "judge: wins / losses",
)


class Answers(JudgingStage[AnswersArguments]):
    """Answers of models against preferred ones."""

    name = "answers"
    options = AnswersArguments

    def check(self, config: JudgingConfig[AnswersArguments]) -> None:
        """`UsageError` where the translator or the judge's settings are missing or unfit."""
        options = config.arguments.options
        if not options.translator and data.exact_reader(options.dataset) is None:
            raise UsageError(
                "translator: name the section, the path or the hub name of the model "
                "that writes formulas"
            )
        if not 0.0 <= options.threshold <= 1.0:
            raise UsageError(f"threshold must be between 0 and 1, got {options.threshold}")
        if options.samples < 0 or options.temperature <= 0.0:
            raise UsageError(
                "samples must be at least 0 and temperature above 0, "
                f"got {options.samples} and {options.temperature}"
            )
        if _endpoint(options) is not None and not options.baseline:
            raise UsageError(
                "judge_url: the judge compares two models; name the other one with baseline"
            )

    def inputs(self, options: AnswersArguments, name: str) -> dict[str, str]:
        inputs: dict[str, str] = {}
        if options.translator:
            inputs["translator"] = locate(options.output_dir, options.translator)
        if options.baseline and options.baseline != name:
            inputs["baseline"] = str(_baseline(options))
        return inputs

    def in_order(self, options: AnswersArguments, models: dict[str, str]) -> dict[str, str]:
        """The baseline first: the others are compared with its answers."""
        return dict(sorted(models.items(), key=lambda model: model[0] != options.baseline))

    def judge(self, options: AnswersArguments, name: str, model: str, run: RunDir) -> Metrics:
        rows = load_held_out(options)
        if "chosen" not in rows.column_names:
            raise UsageError(
                f"{options.dataset} has no preferred answers; "
                "a data set of the task preference is needed"
            )
        completions = held_out_answers(
            options,
            name,
            model,
            rows["prompt"],
            run.path / "answers.jsonl",
            stop=answer_ends(options, rows["prompt"]),
            samples=options.samples,
            temperature=options.temperature,
        )
        answers = [greedy for greedy, *_ in completions]
        judge = open_judge(options)
        findings = judge.compare(
            rows["prompt"],
            answers,
            rows["chosen"],
            rows["chosen_formula"],
        )
        samples = _samples(rows, answers, findings)
        write_jsonl(run.path / "samples.jsonl", samples)
        metrics: Metrics = measure(findings) | {"split": options.split}
        metrics |= _measure_texts(answers, rows["chosen"])
        metrics |= by_subset(rows, findings)
        if options.samples:
            metrics["sampled"] = _sampled(
                judge,
                rows,
                [sampled for _, *sampled in completions],
            )
        metrics |= _readers(options, model, rows)
        if options.baseline and options.baseline != name:
            metrics |= _against(options, rows, samples, run)
        return metrics

    def summary(self, metrics: Metrics) -> str:
        """The share of right answers of one model in a line."""
        by = metrics.get("judged_by", "translator")
        line = f"logically equivalent to the preferred answer: {metrics['equivalent']:.1%}"
        line += f" of {metrics['items']}"
        if "sampled" in metrics:
            line += f", sampled {metrics['sampled']['equivalent']:.1%}"
        return f"{line}; BLEU {100 * metrics['bleu']:.1f}; judged by the {by.removeprefix('the ')}"

    def table(self, results: dict[str, Metrics]) -> Table:
        items = max((metrics["items"] for metrics in results.values()), default=0)
        table = Table(
            title=f"Answers to {items} held-out prompts against the preferred ones; "
            "± half of the 95 % interval, wins with theirs and p of the sign test"
        )
        table.add_column("model")
        for column in COLUMNS:
            table.add_column(column, justify="right")
        for name, metrics in results.items():
            table.add_row(
                name,
                _share(metrics),
                _share(metrics["sampled"]) if "sampled" in metrics else "",
                _score(metrics),
                f"{metrics['unreadable']:.1%}",
                f"{metrics['no_answer']:.1%}",
                with_margin(metrics["bleu"], metrics.get("bleu_margin")).replace("%", ""),
                _wins(metrics.get("by_score")),
                _wins(metrics.get("by_judge")),
            )
            for subset, measured in metrics.get("subsets", {}).items():
                table.add_row(f"  {subset}", _share(measured), "", _score(measured))
        return table


def _readers(options: AnswersArguments, model: str, rows: Dataset) -> dict[str, Any]:
    """Who judged, and how well the translator reads, where the formulas are known."""
    is_exact = data.exact_reader(options.dataset) is not None
    readers: dict[str, Any] = {"judged_by": "exact reader" if is_exact else "translator"}
    if not options.translator:
        return readers
    translator = locate(options.output_dir, options.translator)
    if not is_exact and paid_by(model, translator):
        readers["judged_by"] = "the translator that paid the reward"
        console.print(
            f"[yellow]{Path(model).parent.name}: judged by the translator that paid its reward, "
            "whose mistakes it may have learned[/]",
            soft_wrap=True,
        )
    if all(rows["chosen_formula"]):
        readers["translator"] = _rate_of_translator(open_translator(options), rows)
    return readers


def by_subset(rows: Dataset, findings: list[Finding]) -> dict[str, Any]:
    """What `measure` says of each part of the data set, where it has parts."""
    if "subset" not in rows.column_names or not any(rows["subset"]):
        return {}
    parts: dict[str, list[Finding]] = {}
    for subset, finding in zip(rows["subset"], findings, strict=True):
        parts.setdefault(subset or "other", []).append(finding)
    return {"subsets": {subset: measure(parts[subset]) for subset in sorted(parts)}}


def _share(metrics: dict[str, Any]) -> str:
    return with_margin(metrics["equivalent"], metrics["margin"])


def _score(metrics: dict[str, Any]) -> str:
    margin = metrics.get("score_margin")
    return f"{metrics['score']:.3f}" + ("" if margin is None else f" ± {margin:.3f}")


def _wins(counts: dict[str, Any] | None) -> str:
    """Wins and losses, the interval of the share of wins among both, and p of the sign test."""
    if not counts:
        return ""
    wins, losses = counts["win"], counts["lose"]
    if not wins + losses:
        return f"{wins}/{losses}"
    low, high = wilson(wins / (wins + losses), wins + losses)
    test = probability(sign_test(wins, losses))
    return f"{wins}/{losses} [{100 * low:.0f}, {100 * high:.0f} %] {test}"


def _endpoint(options: AnswersArguments) -> Endpoint | None:
    if options.judge_url is None:
        return None
    return Endpoint(
        options.judge_url,
        options.judge_model,
        key_variable=options.judge_key,
        timeout=options.judge_timeout,
        retries=options.judge_retries,
    )


def _baseline(options: AnswersArguments) -> Path:
    """The baseline's judged answers."""
    folder = Path(options.output_dir) / options.section / str(options.baseline)
    path = folder / "samples.jsonl"
    if not path.is_file():
        raise UsageError(
            f"baseline: {path} is not there; "
            f"judge the model '{options.baseline}' in this section first"
        )
    return path


def _samples(rows: Dataset, answers: list[str], findings: list[Finding]) -> list[dict[str, Any]]:
    columns = zip(
        rows["prompt"],
        answers,
        rows["chosen"],
        findings,
        strict=True,
    )
    return [
        {
            "prompt": last_text(prompt),
            "completion": answer,
            "chosen": chosen,
            "formula": finding.formula,
            "score": finding.score,
            "fault": finding.fault,
        }
        for prompt, answer, chosen, finding in columns
    ]


def _measure_texts(answers: list[str], chosen: list[str]) -> dict[str, Any]:
    texts = [answer.strip() for answer in answers]
    return {
        "bleu": corpus_bleu(texts, chosen),
        "bleu_margin": bleu_margin(texts, chosen),
        "same_words": same_words(answers, chosen),
        "words": sum(len(answer.split()) for answer in answers) / len(answers),
    }


def _rate_of_translator(judge: PreferenceJudge, rows: Dataset) -> float:
    """How often the translator's formulas of preferred answers equal the annotated ones."""
    findings = judge.compare(
        rows["prompt"],
        rows["chosen"],
        rows["chosen"],
        rows["chosen_formula"],
    )
    return sum(finding.equivalent for finding in findings) / len(findings)


def _sampled(judge: PreferenceJudge, rows: Dataset, answers: list[list[str]]) -> dict[str, Any]:
    """What `measure` says of all sampled answers.

    `margin` is over prompts, as the answers to one hang together.
    """
    size = len(answers[0])
    prompts, chosen, formulas = (
        [value for value in rows[column] for _ in range(size)]
        for column in ("prompt", "chosen", "chosen_formula")
    )
    texts = [text for texts in answers for text in texts]
    findings = judge.compare(prompts, texts, chosen, formulas)
    rates = []
    for start in range(0, len(findings), size):
        of_prompt = findings[start : start + size]
        rates.append(sum(finding.equivalent for finding in of_prompt) / size)
    return measure(findings) | {"margin": margin_of_mean(rates)}


def measure(findings: list[Finding]) -> dict[str, Any]:
    """Shares of all answers; `margin` is half the 95 % interval of `equivalent`.

    `score` is the mean of those that were judged.
    """
    items = len(findings)
    shares = {name: count / items for name, count in counts(findings).items()}
    relations = Counter(finding.relation for finding in findings if not finding.fault)
    scores = [finding.score for finding in findings if finding.score is not None]
    return {
        "items": items,
        **shares,
        "relations": {kind: relations[kind] / items for kind in RELATIONS},
        "margin": margin_of_share(shares["equivalent"], items),
        "score": sum(scores) / len(scores) if scores else 0.0,
        "score_margin": margin_of_mean(scores) if scores else None,
    }


def _against(
    options: AnswersArguments, rows: Dataset, samples: list[dict[str, Any]], run: RunDir
) -> dict[str, Any]:
    """Wins, losses and ties against the baseline's answers.

    By the score of logic, and by the judge where there is one.
    """
    others = read_jsonl(_baseline(options), keys=("chosen", "completion", "score"))
    if [row["chosen"] for row in others] != [row["chosen"] for row in samples]:
        raise UsageError(
            f"baseline: {_baseline(options)} answers other prompts; judge it again with --overwrite"
        )
    metrics: dict[str, Any] = {"by_score": _wins_by_score(samples, others)}
    endpoint = _endpoint(options)
    if endpoint is not None:
        pairs = [
            pairwise.Pair(_conversation(prompt), ours["completion"], theirs["completion"])
            for prompt, ours, theirs in zip(rows["prompt"], samples, others, strict=True)
        ]
        with progress() as bar:
            task = bar.add_task("judge", total=len(pairs), note="")
            metrics["by_judge"] = pairwise.compare_all(
                endpoint,
                pairs,
                run.path / "judgements.jsonl",
                max_tokens=options.judge_tokens,
                advance=functools.partial(bar.advance, task),
            )
    return metrics


def _wins_by_score(samples: list[dict[str, Any]], others: list[dict[str, Any]]) -> dict[str, Any]:
    wins = losses = ties = 0
    for ours, theirs in zip(samples, others, strict=True):
        if ours["score"] is None or theirs["score"] is None:
            continue
        wins += ours["score"] > theirs["score"]
        losses += ours["score"] < theirs["score"]
        ties += ours["score"] == theirs["score"]
    judged = wins + losses + ties
    return {
        "win": wins,
        "lose": losses,
        "tie": ties,
        "win_rate": wins / judged if judged else None,
    }


def _conversation(prompt: Any) -> str:
    if isinstance(prompt, str):
        return prompt
    lines = []
    for turn in prompt:
        speaker = turn["role"].capitalize()
        lines.append(f"{speaker}: {turn['content']}")
    return "\n".join(lines)


STAGE = Answers()

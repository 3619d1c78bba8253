"""Answers to held-out prompts: their logic against that of the preferred answers, BLEU, and wins over another model."""

from __future__ import annotations

import math
import statistics
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from pipelines import pairwise
from pipelines.answers import held_out_answers
from pipelines.config import StageConfig
from pipelines.console import progress
from pipelines.corpus import load_held_out
from pipelines.endpoint import Endpoint
from pipelines.errors import UsageError
from pipelines.files import read_jsonl, write_jsonl
from pipelines.rundir import RunDir
from pipelines.stages.evaluate import judge_models
from pipelines.translators import locate, open_judge

if TYPE_CHECKING:
    from alignment.preference import PreferenceJudge

SHARES = ("equivalent", "wrong", "unreadable", "no_answer", "not_judged")
COLUMNS = (
    "equivalent", "sampled", "mean score", "unreadable", "no answer", "BLEU", "wins / losses", "judge: wins / losses",
)  # fmt: skip


def main(config: StageConfig) -> list[RunDir]:
    """Judge the answers of each model; the results land in `<output_dir>/<section>/<name>`."""
    check(config)
    return judge_models(config, _judge, summary, _inputs)


def check(config: StageConfig) -> None:
    """`UsageError` where the translator or the judge's settings are missing or unfit."""
    (own,) = config.arguments
    if not own.translator:
        raise UsageError(
            "translator: name the section, the path or the hub name of the model that writes formulas"
        )
    if not 0.0 <= own.threshold <= 1.0:
        raise UsageError(f"threshold must be between 0 and 1, got {own.threshold}")
    if own.samples < 0 or own.temperature <= 0.0:
        raise UsageError(
            f"samples must be at least 0 and temperature above 0, got {own.samples} and {own.temperature}"
        )
    if _endpoint(own) is not None and not own.baseline:
        raise UsageError(
            "judge_url: the judge compares two models; name the other one with baseline"
        )


def _endpoint(own: Any) -> Endpoint | None:
    if own.judge_url is None:
        return None
    return Endpoint(
        own.judge_url,
        own.judge_model,
        key_variable=own.judge_key,
        timeout=own.judge_timeout,
        retries=own.judge_retries,
    )


def _inputs(own: Any, name: str) -> dict[str, str]:
    found = {"translator": locate(own.output_dir, own.translator)}
    if own.baseline and own.baseline != name:
        found["baseline"] = str(_baseline(own))
    return found


def _baseline(own: Any) -> Path:
    """The baseline's judged answers."""
    path = Path(own.output_dir) / own.section / own.baseline / "samples.jsonl"
    if not path.is_file():
        raise UsageError(
            f"baseline: {path} is not there; judge the model '{own.baseline}' in this section first"
        )
    return path


def _judge(own: Any, name: str, model: str, run: RunDir) -> dict[str, Any]:
    from alignment.messages import last_text
    from alignment.metrics.bleu import corpus_bleu

    rows = load_held_out(own)
    if "chosen" not in rows.column_names:
        raise UsageError(
            f"{own.dataset} has no preferred answers; a data set of the task preference is needed"
        )
    path = run.path / "answers.jsonl"
    several = held_out_answers(own, name, model, rows["prompt"], path, samples=own.samples)
    answers = [first for first, *_ in several]
    judge = open_judge(own)
    found = judge.compare(rows["prompt"], answers, rows["chosen"], rows["chosen_formula"])
    samples = [
        {
            "prompt": last_text(prompt),
            "completion": answer,
            "chosen": chosen,
            "formula": one.formula,
            "score": one.score,
            "fault": one.fault,
        }
        for prompt, answer, chosen, one in zip(
            rows["prompt"], answers, rows["chosen"], found, strict=True
        )
    ]
    write_jsonl(run.path / "samples.jsonl", samples)
    metrics = measure(found) | {
        "split": own.split,
        "bleu": corpus_bleu([text.strip() for text in answers], rows["chosen"]),
        "same_words": sum(
            a.split() == b.split() for a, b in zip(answers, rows["chosen"], strict=True)
        )
        / len(answers),
        "words": sum(len(text.split()) for text in answers) / len(answers),
    }
    if own.samples:
        metrics["sampled"] = _sampled(judge, rows, [rest for _, *rest in several])
    if all(rows["chosen_formula"]):
        preferred = judge.compare(
            rows["prompt"], rows["chosen"], rows["chosen"], rows["chosen_formula"]
        )
        metrics["translator"] = sum(one.equivalent for one in preferred) / len(preferred)
    if own.baseline and own.baseline != name:
        metrics |= _against(own, rows, samples, run)
    return metrics


def _sampled(judge: PreferenceJudge, rows: Any, answers: list[list[str]]) -> dict[str, Any]:
    """What `measure` says of all sampled answers; `margin` is over prompts, whose answers hang together."""
    names = ("prompt", "chosen", "chosen_formula")
    prompts, chosen, formulas = (
        [value for value in rows[name] for _ in answers[0]] for name in names
    )
    found = judge.compare(prompts, [text for texts in answers for text in texts], chosen, formulas)
    each = len(answers[0])
    rates = [
        sum(one.equivalent for one in found[i : i + each]) / each
        for i in range(0, len(found), each)
    ]
    margin = 1.96 * statistics.stdev(rates) / math.sqrt(len(rates)) if len(rates) > 1 else 0.0
    return measure(found) | {"margin": margin}


def measure(found: list[Any]) -> dict[str, Any]:
    """Shares of all answers; `margin` is half the 95 % interval of `equivalent`, `score` the mean of those judged."""
    from alignment.preference import counts

    share = {name: number / len(found) for name, number in counts(found).items()}
    judged = [one.score for one in found if one.score is not None]
    margin = 1.96 * math.sqrt(share["equivalent"] * (1 - share["equivalent"]) / len(found))
    return {
        "items": len(found),
        **share,
        "margin": margin,
        "score": sum(judged) / len(judged) if judged else 0.0,
    }


def _against(own: Any, rows: Any, samples: list[dict[str, Any]], run: RunDir) -> dict[str, Any]:
    """Wins, losses and ties against the baseline's answers: by logic score, and by the judge where there is one."""
    others = read_jsonl(_baseline(own))
    if [row["chosen"] for row in others] != [row["chosen"] for row in samples]:
        raise UsageError(
            f"baseline: {_baseline(own)} answers other prompts; judge it again with --overwrite"
        )
    both = [(ours["score"], theirs["score"]) for ours, theirs in zip(samples, others, strict=True)]
    by_score = [(a > b) - (a < b) for a, b in both if a is not None and b is not None]
    metrics: dict[str, Any] = {
        "by_score": {
            "win": by_score.count(1),
            "lose": by_score.count(-1),
            "tie": by_score.count(0),
            "win_rate": by_score.count(1) / len(by_score) if by_score else None,
        }
    }
    if (endpoint := _endpoint(own)) is not None:
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
                max_tokens=own.judge_tokens,
                advance=lambda number: bar.update(task, advance=number),
            )
    return metrics


def _conversation(prompt: Any) -> str:
    if isinstance(prompt, str):
        return prompt
    return "\n".join(f"{turn['role'].capitalize()}: {turn['content']}" for turn in prompt)


def summary(metrics: dict[str, Any]) -> str:
    """The share of right answers of one model in a line."""
    sampled = f", sampled {metrics['sampled']['equivalent']:.1%}" if "sampled" in metrics else ""
    return (
        f"logically equivalent to the preferred answer: {metrics['equivalent']:.1%} of {metrics['items']}{sampled}; "
        f"BLEU {100 * metrics['bleu']:.1f}"
    )


def table(found: dict[str, dict[str, Any]]) -> Table:
    """One row for each model."""
    items = max((metrics["items"] for metrics in found.values()), default=0)
    shown = Table(
        title=f"Answers to {items} held-out prompts against the preferred ones; ± half of the 95 % interval"
    )
    shown.add_column("model")
    for column in COLUMNS:
        shown.add_column(column, justify="right")
    for name, metrics in found.items():
        shown.add_row(
            name,
            _share(metrics),
            _share(metrics["sampled"]) if "sampled" in metrics else "",
            f"{metrics['score']:.3f}",
            f"{metrics['unreadable']:.1%}",
            f"{metrics['no_answer']:.1%}",
            f"{100 * metrics['bleu']:.1f}",
            *(_wins(metrics.get(kind)) for kind in ("by_score", "by_judge")),
        )
    return shown


def _share(metrics: dict[str, Any]) -> str:
    return f"{metrics['equivalent']:.1%} ± {100 * metrics['margin']:.1f}"


def _wins(found: dict[str, Any] | None) -> str:
    return f"{found['win']}/{found['lose']}" if found else ""

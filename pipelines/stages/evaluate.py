"""Evaluation: greedy and sampled answers to held-out sentences, judged against the references."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

import logic
from logic.core import CORE
from pipelines.config import StageConfig
from pipelines.console import console, progress
from pipelines.corpus import load_held_out
from pipelines.domains import domain_inputs
from pipelines.errors import UsageError
from pipelines.files import read_json, read_jsonl, write_jsonl
from pipelines.rollouts import open_sampler, render_prompts
from pipelines.rundir import RunDir

if TYPE_CHECKING:
    from alignment.sampling import Sampler
    from pipelines.arguments import EvaluateArguments

PARTS = ("greedy", "constrained", "sampled")  # constrained is greedy too, under the grammar


def main(config: StageConfig) -> list[RunDir]:
    """Evaluate each model; the results land in `<output_dir>/<section>/<name>`."""
    return judge_models(config, _evaluate, summary)


def judge_models(
    config: StageConfig,
    judge: Callable[[Any, str, str, RunDir], dict[str, Any]],
    summary: Callable[[dict[str, Any]], str],
    inputs: Callable[[Any, str], dict[str, str]] = lambda own, name: {},
) -> list[RunDir]:
    """What every stage that judges models does: `judge(own, name, model, run)` for each that is not judged yet.

    The metrics that it returns land in `<output_dir>/<section>/<name>`; `summary` says them in a line. `inputs(own,
    name)` are further files or folders that the result depends on.
    """
    (own,) = config.arguments
    runs = []
    for name, model in named_models(own).items():
        resolved = config.resolved | {"model": [f"{name}={model}"]}
        read = (
            {"model": model}
            | ({"dataset_path": own.dataset_path} if own.dataset_path else {})
            | inputs(own, name)
        )
        read |= domain_inputs(own.domain)
        directory = Path(own.output_dir) / own.section / name
        with RunDir(
            directory, stage=own.section, config=resolved, inputs=read, overwrite=own.overwrite
        ) as run:
            if not run.done:
                run.finish(judge(own, name, model, run))
        console.print(f"{name:<8} {summary(run.metrics)}")
        runs.append(run)
    return runs


def named_models(own: EvaluateArguments) -> dict[str, str]:
    """The models to evaluate by name: as given, or every model the output directory has.

    A path's name is its last part, or the part before where that is "model".
    """
    given = own.model or [
        str(found) for found in sorted(Path(own.output_dir).glob("*/model"), key=_age)
    ]
    if not given:
        raise UsageError(f"no model to evaluate: {own.output_dir} has none, and --model names none")
    named: dict[str, str] = {}
    for entry in given:
        name, equals, path = entry.partition("=")
        if not equals:
            parts = Path(entry).resolve().parts if Path(entry).exists() else Path(entry).parts
            name, path = (
                (parts[-2] if parts[-1] == "model" and len(parts) > 1 else parts[-1]),
                entry,
            )
        if name in named:
            raise UsageError(
                f"two models are called '{name}': {named[name]} and {path}; say name=path"
            )
        named[name] = path
    return named


def _age(model: Path) -> tuple[str, str]:
    manifest = read_json(model.parent / "manifest.json") or {}
    return manifest.get("started", ""), str(model)


def _evaluate(own: EvaluateArguments, name: str, model: str, run: RunDir) -> dict[str, Any]:
    rows = load_held_out(own)
    answers = read_jsonl(run.path / "samples.jsonl")
    wanted = {"greedy": True, "constrained": own.grammar != "none", "sampled": own.samples > 0}
    parts = [part for part in PARTS if wanted[part]]
    missing = [part for part in parts if not any(answer["part"] == part for answer in answers)]
    if missing:
        sampler = open_sampler(own.backend, model, seed=own.seed, batch_size=own.batch_size)
        try:
            for part in missing:
                answers += _answer(own, name, part, rows, sampler)
                write_jsonl(run.path / "samples.jsonl", answers)
        finally:
            sampler.close()
    metrics: dict[str, Any] = {"split": own.split, "items": len(rows)}
    for part in parts:
        metrics[part] = measure([answer for answer in answers if answer["part"] == part])
    if "wrong" in rows.column_names:  # the task correct: what there was to improve
        before = logic.score(
            candidates=rows["wrong"], references=rows["reference"], domain=own.domain
        )
        judged = [score for score in before if score is not None]
        metrics["score_of_wrong"] = sum(judged) / len(judged) if judged else None
    return metrics


def _answer(
    own: EvaluateArguments, name: str, part: str, rows: Any, sampler: Sampler
) -> list[dict[str, Any]]:
    """Sample and judge one part; a prompt too long for the model's context counts as answered by nothing."""
    prompts = render_prompts(sampler, rows["prompt"])
    too_long = set(sampler.too_long(prompts, own.max_tokens))
    fitting = [index for index in range(len(prompts)) if index not in too_long]
    settings: dict[str, Any] = {"n": 1, "temperature": 0.0}
    if part == "sampled":
        settings = {"n": own.samples, "temperature": own.temperature, "top_p": own.top_p}
    grammars = None
    if part == "constrained":
        from alignment.sampling import constrained

        signatures = None
        if own.grammar == "signature":
            signatures = constrained.reference_signatures(list(rows["reference"]), own.domain)
        grammars = constrained.grammars(
            own.grammar, len(prompts), signatures=signatures, domain=own.domain
        )
    texts = [[""] * settings["n"] for _ in prompts]
    with progress() as bar:
        task = bar.add_task(f"{name} {part}", total=len(prompts), completed=len(too_long), note="")
        for start in range(0, len(fitting), own.batch_size):
            chunk = fitting[start : start + own.batch_size]
            sampled = sampler.sample(
                [prompts[index] for index in chunk],
                max_tokens=own.max_tokens,
                seed=own.seed + start,
                grammars=[grammars[index] for index in chunk] if grammars else None,
                **settings,
            )
            for index, completions in zip(chunk, sampled, strict=True):
                texts[index] = completions
                if grammars:
                    texts[index] = [constrained.cut_back(text, own.domain) for text in completions]
            bar.update(task, advance=len(chunk))
        bar.update(task, note="judging")
        return _judge(part, rows, prompts, texts, own.domain)


def _judge(
    part: str, rows: Any, prompts: list[str], texts: list[list[str]], domain: str
) -> list[dict[str, Any]]:
    named = [
        row | {"sentence": row.get("sentence", prompt)}
        for row, prompt in zip(rows, prompts, strict=True)
    ]
    flat = [
        (row, text) for row, completions in zip(named, texts, strict=True) for text in completions
    ]
    scores = logic.score(
        candidates=[text for _, text in flat],
        references=[row["reference"] for row, _ in flat],
        names="match",
        domain=domain,
    )
    answers = []
    for (row, text), score in zip(flat, scores, strict=True):
        formula = logic.read_answer(text, domain=domain).formula
        answers.append(
            {
                "part": part,
                "sentence": row["sentence"],
                "reference": row["reference"],
                "completion": text,
                "formula": None if formula is None else logic.to_text(formula, domain=domain),
                "score": score,
            }
            | ({} if domain == CORE.spec else {"domain": domain})
        )
    return answers


def measure(answers: list[dict[str, Any]]) -> dict[str, float | int]:
    """Shares over all answers of a part; `margin` is half the width of the 95 % interval of `equivalent`.

    What could not be judged is not counted as equivalent, and is left out of the mean score. The answers to one
    sentence hang together, so the interval is that of the mean over sentences.
    """
    by_sentence: dict[tuple[str, str], list[float]] = {}
    for answer in answers:
        key = (answer["sentence"], answer["reference"])
        by_sentence.setdefault(key, []).append(float(answer["score"] == 1.0))
    rates = [sum(hits) / len(hits) for hits in by_sentence.values()]
    mean = sum(rates) / len(rates)
    variance = sum((rate - mean) ** 2 for rate in rates) / max(1, len(rates) - 1)
    judged = [answer["score"] for answer in answers if answer["score"] is not None]
    return {
        "answers": len(answers),
        "equivalent": sum(answer["score"] == 1.0 for answer in answers) / len(answers),
        "margin": 1.96 * math.sqrt(variance / len(rates)),
        "score": sum(judged) / len(judged) if judged else 0.0,
        "readable": sum(answer["formula"] is not None for answer in answers) / len(answers),
        "not_judged": len(answers) - len(judged),
    }


def summary(metrics: dict[str, Any]) -> str:
    """The equivalence rates of one model in a line."""
    shares = [f"{part} {metrics[part]['equivalent']:.1%}" for part in PARTS if part in metrics]
    found = f"equivalent to the reference: {', '.join(shares)} of {metrics['items']} sentences"
    before = metrics.get("score_of_wrong")
    if before is None:
        return found
    return (
        f"{found}; mean score {metrics['greedy']['score']:.3f}, of the wrong formulas {before:.3f}"
    )


def table(found: dict[str, dict[str, Any]]) -> Table:
    """The table of an evaluation: one row for each model, measured on held-out sentences."""
    items = max((metrics["items"] for metrics in found.values()), default=0)
    title = f"Held-out sentences: {items}; greedy ± half of the 95 % interval"
    before = next(
        (one for metrics in found.values() if (one := metrics.get("score_of_wrong")) is not None),
        None,
    )
    if before is not None:  # the task correct
        title += f"; mean score of the wrong formulas {before:.3f}"
    shown = Table(title=title)
    for column in (
        "model",
        "equivalent, greedy",
        "under the grammar",
        "sampled",
        "mean score",
        "readable",
    ):
        shown.add_column(column, justify="left" if column == "model" else "right")
    for name, metrics in found.items():
        greedy = metrics["greedy"]
        constrained, sampled = (metrics.get(part) for part in PARTS[1:])
        shown.add_row(
            name,
            f"{greedy['equivalent']:.1%} ± {100 * greedy['margin']:.1f}",
            f"{constrained['equivalent']:.1%}" if constrained else "",
            f"{sampled['equivalent']:.1%}" if sampled else "",
            f"{greedy['score']:.3f}",
            f"{greedy['readable']:.1%}",
        )
    return shown

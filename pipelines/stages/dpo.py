"""DPO on preferences that the judge makes from the model's own samples; RPO with `loss_type: [sigmoid, sft]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.config.corpus import load_training_rows
from pipelines.config.parser import StageConfig
from pipelines.console import console
from pipelines.errors import UsageError
from pipelines.rundir.directory import RunDir
from pipelines.training.rollouts import Judge, as_completion, extremes, judge, judged_samples
from pipelines.training.trainer import (
    load_tokenizer,
    peft_config,
    prepare_arguments,
    train,
    train_section,
)

if TYPE_CHECKING:
    from datasets import Dataset


def main(config: StageConfig) -> RunDir:
    """Sample, pair and train; the model lands in `<output_dir>/<section>/model`, the samples beside it."""
    judging = check(config)
    return train_section(config, lambda model, run: _train(config, model, judging, run))


def check(config: StageConfig) -> Judge:
    """The judge that the config names; `UsageError` for settings with which no pair can be made."""
    own = config.arguments[0]
    if own.samples < 2 and own.threshold is None:
        raise UsageError(
            f"samples must be at least 2 to make a pair, got {own.samples} (or set a threshold)"
        )
    return judge(own)


def _train(config: StageConfig, model: str, judging: Judge, run: RunDir) -> dict[str, Any]:
    from trl import DPOTrainer

    own, arguments, _ = config.arguments
    prepare_arguments(arguments, run)
    tokenizer = load_tokenizer(model)
    rows = load_training_rows(config)
    samples = judged_samples(
        run.path / "samples.jsonl",
        rows,
        model=model,
        own=own,
        seed=arguments.seed,
        judge=judging,
        title=run.stage,
    )
    pairs, counts = preferences(rows, samples, own.threshold)
    told = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items())
    console.print(f"[dim]{run.stage}: {told}[/]")
    if not pairs:
        raise UsageError(
            f"{run.stage}: no pair to learn from ({told}); raise samples or temperature, or set a threshold"
        )
    trainer = DPOTrainer(
        model,
        args=arguments,
        train_dataset=_dataset(pairs),
        processing_class=tokenizer,
        peft_config=peft_config(config),
    )
    return train(trainer, run) | counts


def preferences(
    rows: Dataset, samples: list[dict[str, Any]], threshold: float | None
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Pairs of a chosen and a rejected completion, and how many there are of each kind.

    Chosen is the best sample of a row, or the reference answer where the best scores below the threshold; rejected is
    the worst. A row whose best is no better than its worst, or of which nothing was judged, gives no pair.
    """
    pairs = []
    counts = {"pairs": 0, "reference_chosen": 0, "without_a_gap": 0, "not_judged": 0}
    for row, sampled in zip(rows, samples, strict=True):
        found = extremes(sampled)
        if found is None:
            counts["not_judged"] += 1
            continue
        (best, chosen), (worst, rejected) = (
            (score, as_completion(row, text)) for score, text in found
        )
        if threshold is not None and best < threshold:
            counts["reference_chosen"] += 1
            chosen = row["completion"]
        elif best == worst:
            counts["without_a_gap"] += 1
            continue
        counts["pairs"] += 1
        pairs.append({"prompt": row["prompt"], "chosen": chosen, "rejected": rejected})
    return pairs, counts


def _dataset(pairs: list[dict[str, Any]]) -> Dataset:
    from datasets import Dataset

    return Dataset.from_list(pairs)

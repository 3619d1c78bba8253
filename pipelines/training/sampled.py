"""What stages share that train on samples of the model they train: S-GRPO and RLOO."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from alignment import rewards
from alignment.rewards import Combination
from alignment.sampling import chat
from alignment.trainers import settings
from alignment.watching import Alarms, SamplesLog
from pipelines.config.arguments import RolloutArguments
from pipelines.config.corpus import answer_ends, load_training_rows
from pipelines.config.light.rivals import RLOOArguments
from pipelines.config.light.sgrpo import SGRPOArguments
from pipelines.config.stage_config import TrainingConfig
from pipelines.console import console
from pipelines.errors import UsageError
from pipelines.judging.answers import check_backend
from pipelines.rundir.directory import RunDir
from pipelines.training.lora import peft_config
from pipelines.training.prompts import check_sampling, fitting
from pipelines.training.rewards import Reward, build_reward
from pipelines.training.rollouts import Rollout
from pipelines.training.start import load_tokenizer
from pipelines.training.trainer import prepare_arguments

if TYPE_CHECKING:
    from datasets import Dataset

Config: TypeAlias = TrainingConfig[SGRPOArguments, Any] | TrainingConfig[RLOOArguments, Any]
START_SAMPLES = 4
"""Samples of the start model for each prompt, where a reward is compared with theirs."""


def checked_reward(config: Config) -> Reward:
    """The reward that a config describes, when its settings of sampling have been checked."""
    options, trainer = config.arguments.options, config.arguments.trainer
    check_backend(options.backend)
    check_sampling(options, trainer)
    return build_reward(options, trainer.reward_weights, trainer=trainer)


def prompt_rows(config: Config, model: str) -> Dataset:
    """The rows to train on whose prompts leave room for a completion."""
    room = config.arguments.trainer.max_completion_length
    return fitting(load_training_rows(config), model, room, config.stage)


def with_start_rewards(
    config: Config, rows: Dataset, reward: Reward, model: str, run: RunDir
) -> Dataset:
    """The rows, with the column `start_rewards` where the reward reads it.

    It is drawn from the model that training starts from, as training itself samples, and kept on
    disk, so that a run that was killed goes on with the same.
    """
    if not isinstance(reward, Combination) or not reward.needs_start:
        return rows
    trainer = config.arguments.trainer
    samples = start_samples(
        config,
        rows,
        reward.of_parts,
        model,
        run.path / "start_samples.jsonl",
        samples=START_SAMPLES,
        temperature=trainer.temperature,
        top_p=trainer.top_p,
        top_k=trainer.top_k or 0,
    )
    return rows.add_column("start_rewards", [row["scores"] for row in samples])


def start_samples(
    config: Config,
    rows: Dataset,
    reward: Callable[..., list[Any]],
    model: str,
    path: Path,
    **drawn: Any,
) -> list[dict[str, Any]]:
    """Judged samples of the model that training starts from, kept in a file (`Rollout.samples`).

    `drawn` are the options by which they are sampled.
    """
    options, trainer = config.arguments.options, config.arguments.trainer
    rollout = Rollout(
        model,
        RolloutArguments(
            backend=options.backend,
            max_tokens=trainer.max_completion_length,
            stop=list(completion_ends(config, rows)),
            **drawn,
        ),
        seed=trainer.seed,
        reward=reward,
        title=f"{config.stage} {path.stem.replace('_', ' ')}",
    )
    return rollout.samples(path, rows)


def trainer_arguments(config: Config, rows: Dataset, model: str, run: RunDir) -> dict[str, Any]:
    """What such a trainer is given beside the model and the reward."""
    options, arguments = config.arguments.options, config.arguments.trainer
    prepare_arguments(arguments, run)
    arguments.use_vllm = options.backend == "vllm"
    arguments.reward_weights = None  # TRL gets one reward, with the weights in it
    told = arguments.chat_template_kwargs or {}
    arguments.chat_template_kwargs = {**chat.TEMPLATE_SETTINGS, **told}
    if arguments.use_vllm:
        console.print(f"[dim]{run.stage}: starting vLLM[/]")
    return {
        "args": arguments,
        "train_dataset": rows,
        "processing_class": load_tokenizer(model),
        "peft_config": peft_config(config),
        "stop": completion_ends(config, rows),
    }


def completion_ends(config: Config, rows: Dataset) -> tuple[str, ...]:
    """The texts that end a completion: none, said aloud, where the trainer's settings admit none."""
    options, trainer = config.arguments.options, config.arguments.trainer
    ends = answer_ends(options, rows["prompt"])
    if options.stop is not None:  # asked for, and checked already
        return ends
    use_vllm = options.backend == "vllm"
    try:
        settings.check_sampling(trainer, use_vllm=use_vllm, grammar=None, stop=ends)
    except ValueError as error:
        told = f"completions go on to the end of text, past {list(ends)}: {error}"
        console.print(f"[dim]{config.stage}: {told}[/]")
        return ()
    return ends


@contextlib.contextmanager
def watched(
    trainer: Any, run: RunDir, verdict: Callable[[str, str], str] | None = None
) -> Iterator[None]:
    """Samples are logged, alarms go off, and the trainer is closed at the end.

    `verdict` is what the judge says of an answer and its reference, for the log.
    """
    every = max(1, int(trainer.args.logging_steps))
    SamplesLog(run.path / "samples.jsonl", every=every, verdict=verdict).follow(trainer)
    Alarms().follow(trainer)
    try:
        yield
    # A column or a model that is missing shows in the first batch.
    except rewards.RewardSettingError as error:
        raise UsageError(f"rewards: {error}") from error
    finally:
        trainer.close()

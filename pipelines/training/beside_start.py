"""What samples of the start model are paid, which a reward can then be compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alignment.rewards import Combination
from pipelines.config.arguments import RolloutArguments, SGRPOArguments
from pipelines.config.corpus import answer_ends
from pipelines.config.light.rivals import RLOOArguments
from pipelines.rundir.directory import RunDir
from pipelines.training.rewards import Reward
from pipelines.training.rollouts import Rollout

if TYPE_CHECKING:
    from datasets import Dataset

SAMPLES = 4
"""Samples of each prompt."""


def with_start_rewards(
    rows: Dataset,
    reward: Reward,
    model: str,
    options: SGRPOArguments | RLOOArguments,
    trainer: Any,
    run: RunDir,
) -> Dataset:
    """The rows, with the column `start_rewards` where the reward reads it.

    It is drawn from the model that training starts from, with the sampling settings of the
    trainer's arguments, and kept on disk, so that a run that was killed goes on with the same.
    """
    if not isinstance(reward, Combination) or not reward.needs_start:
        return rows
    drawn = RolloutArguments(
        backend=options.backend,
        samples=SAMPLES,
        temperature=trainer.temperature,
        top_p=trainer.top_p,
        top_k=trainer.top_k or 0,
        max_tokens=trainer.max_completion_length,
        stop=list(answer_ends(options, rows["prompt"])),
    )
    rollout = Rollout(
        model,
        drawn,
        seed=trainer.seed,
        reward=reward.of_parts,
        title=f"{run.stage} start",
    )
    samples = rollout.samples(run.path / "start_samples.jsonl", rows)
    return rows.add_column("start_rewards", [row["scores"] for row in samples])

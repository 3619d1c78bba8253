"""RLOO: sampled completions, each against the others of its prompt; no label term."""

from __future__ import annotations

from typing import TypeAlias

from trl import RLOOConfig

from alignment.trainers.rloo import ResumableRLOOTrainer
from pipelines.config.light.rivals import RLOOArguments
from pipelines.config.stage_config import TrainingConfig
from pipelines.rundir.directory import RunDir
from pipelines.stage import Metrics
from pipelines.training import sampled
from pipelines.training.rewards import Reward
from pipelines.training.stage import TrainingStage
from pipelines.training.trainer import train

Config: TypeAlias = TrainingConfig[RLOOArguments, RLOOConfig]


class RLOO(TrainingStage[RLOOArguments, RLOOConfig, Reward]):
    """Training on the prompts of one split."""

    name = "rloo"
    options = RLOOArguments
    trainer = RLOOConfig

    def check(self, config: Config) -> Reward:
        """The reward that the config describes."""
        return sampled.checked_reward(config)

    def train(self, config: Config, judge: Reward, model: str, run: RunDir) -> Metrics:
        rows = sampled.prompt_rows(config, model)
        rows = sampled.with_start_rewards(config, rows, judge, model, run)
        given = sampled.trainer_arguments(config, rows, model, run)
        trainer = ResumableRLOOTrainer(model, judge, **given)
        with sampled.watched(trainer, run):
            return train(trainer, run)


STAGE = RLOO()

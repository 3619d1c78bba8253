"""RLOO: sampled completions, each against the others of its prompt; no label term."""

from __future__ import annotations

from typing import TypeAlias

from datasets import Dataset
from trl import RLOOConfig

from alignment import rewards
from alignment.sampling import chat
from alignment.trainers.rloo import ResumableRLOOTrainer
from alignment.watching import Alarms, SamplesLog
from pipelines.config.corpus import answer_ends, load_training_rows
from pipelines.config.light.rivals import RLOOArguments
from pipelines.config.stage_config import TrainingConfig
from pipelines.errors import UsageError
from pipelines.judging.answers import check_backend
from pipelines.rundir.directory import RunDir
from pipelines.stage import Metrics
from pipelines.training.beside_start import with_start_rewards
from pipelines.training.lora import peft_config
from pipelines.training.prompts import check_stop, fitting
from pipelines.training.rewards import Reward, build_reward
from pipelines.training.stage import TrainingStage
from pipelines.training.start import load_tokenizer
from pipelines.training.trainer import prepare_arguments, train

Config: TypeAlias = TrainingConfig[RLOOArguments, RLOOConfig]


class RLOO(TrainingStage[RLOOArguments, RLOOConfig, Reward]):
    """Training on the prompts of one split."""

    name = "rloo"
    options = RLOOArguments
    trainer = RLOOConfig

    def check(self, config: Config) -> Reward:
        """The reward that the config describes."""
        options, trainer = config.arguments.options, config.arguments.trainer
        check_backend(options.backend)
        check_stop(options, trainer)
        return build_reward(options, trainer.reward_weights, trainer=trainer)

    def train(self, config: Config, judge: Reward, model: str, run: RunDir) -> Metrics:
        room = config.arguments.trainer.max_completion_length
        rows = fitting(load_training_rows(config), model, room, config.stage)
        arguments = config.arguments
        rows = with_start_rewards(rows, judge, model, arguments.options, arguments.trainer, run)
        trainer = _trainer(config, judge, model, rows, run)
        try:
            return train(trainer, run)
        # A column or a model that is missing shows in the first batch.
        except rewards.RewardSettingError as error:
            raise UsageError(f"rewards: {error}") from error
        finally:
            trainer.close()


def _trainer(
    config: Config, reward: Reward, model: str, rows: Dataset, run: RunDir
) -> ResumableRLOOTrainer:
    options, arguments = config.arguments.options, config.arguments.trainer
    prepare_arguments(arguments, run)
    arguments.use_vllm = options.backend == "vllm"
    arguments.reward_weights = None  # TRL gets one reward, with the weights in it
    told = arguments.chat_template_kwargs or {}
    arguments.chat_template_kwargs = {**chat.TEMPLATE_SETTINGS, **told}
    # What ends at one of them has no end of text, and would be masked as if it were cut off.
    unstopped = arguments.mask_truncated_completions and options.stop is None
    trainer = ResumableRLOOTrainer(
        model,
        reward,
        arguments,
        train_dataset=rows,
        processing_class=load_tokenizer(model),
        peft_config=peft_config(config),
        stop=() if unstopped else answer_ends(options, rows["prompt"]),
    )
    every = max(1, int(arguments.logging_steps))
    SamplesLog(run.path / "samples.jsonl", every=every).follow(trainer)
    Alarms().follow(trainer)
    return trainer


STAGE = RLOO()

"""What every stage that trains a model does."""

from __future__ import annotations

import functools
from abc import abstractmethod
from typing import Any, Generic, TypeVar

from pipelines.config.arguments import TrainingArguments
from pipelines.config.corpus import check_gold, load_training_rows
from pipelines.config.stage_config import TrainingConfig, TrainingKeys
from pipelines.rundir.directory import RunDir
from pipelines.stage import Metrics, Stage
from pipelines.training.base_model import TinyShape
from pipelines.training.lora import check_lora
from pipelines.training.trainer import check_arguments, train_section

Training = TypeVar("Training", bound=TrainingArguments)
Trainer = TypeVar("Trainer")
Judge = TypeVar("Judge")


class TrainingStage(Stage[TrainingKeys[Training, Trainer]], Generic[Training, Trainer, Judge]):
    """A stage that trains a model, which lands in `<output_dir>/<section>/model`."""

    options: type[Training]
    trainer: type[Trainer]

    def argument_types(self) -> tuple[type, ...]:
        return self.options, self.trainer, TinyShape

    def collect(self, arguments: tuple[Any, ...]) -> TrainingKeys[Training, Trainer]:
        options, trainer, shape = arguments
        return TrainingKeys(options, trainer, shape)

    def check_arguments(self, arguments: TrainingKeys[Training, Trainer]) -> None:
        check_lora(arguments.options)
        check_arguments(arguments.trainer)

    @abstractmethod
    def check(self, config: TrainingConfig[Training, Trainer]) -> Judge:
        """What judges the model's samples, as the config says; `UsageError` where it is wrong."""

    @abstractmethod
    def train(
        self, config: TrainingConfig[Training, Trainer], judge: Judge, model: str, run: RunDir
    ) -> Metrics:
        """Train from the model at a path and save under `run.model`; the final metrics."""

    def load_rows(
        self, config: TrainingConfig[Training, Trainer], *, quiet: bool = False
    ) -> object:
        return load_training_rows(config, quiet=quiet)

    def run(self, config: TrainingConfig[Training, Trainer]) -> RunDir:
        judge = self.check(config)
        options = config.arguments.options
        # Before a base model is built, which would stand in the way of the same command mended.
        check_gold(options.gold_rows, options.gold_split, size=options.train_size)
        return train_section(config, functools.partial(self.train, config, judge))

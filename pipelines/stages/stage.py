"""What a stage is: its keys, what is checked before any work, and the work.

A stage trains a model (`TrainingStage`) or judges models (`JudgingStage`). Each module beside this
one has one stage, the object `STAGE`; `pipelines.registry` lists them.
"""

from __future__ import annotations

import functools
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from rich.table import Table

from pipelines.config.arguments import HeldOutArguments, TrainingArguments
from pipelines.config.corpus import load_held_out, load_training_rows
from pipelines.config.domains import domain_inputs
from pipelines.config.load import load_stage
from pipelines.config.stage_config import (
    JudgingConfig,
    JudgingKeys,
    StageConfig,
    TrainingConfig,
    TrainingKeys,
)
from pipelines.console import console
from pipelines.judging.models import models_of
from pipelines.rundir.directory import RunDir
from pipelines.training.base_model import TinyShape
from pipelines.training.trainer import train_section

Keys = TypeVar("Keys")
Training = TypeVar("Training", bound=TrainingArguments)
HeldOut = TypeVar("HeldOut", bound=HeldOutArguments)
Trainer = TypeVar("Trainer")
Judge = TypeVar("Judge")

Metrics = dict[str, Any]


class Stage(ABC, Generic[Keys]):
    """One kind of section of a run's config, and a command."""

    name: ClassVar[str]

    def main(self, argv: list[str]) -> int:
        """Run the stage as a command; 0 where it is done."""
        self.run(load_stage(self.name, argv))
        return 0

    @abstractmethod
    def argument_types(self) -> tuple[type, ...]:
        """The dataclasses whose fields are the stage's keys, the project's own options first."""

    @abstractmethod
    def collect(self, arguments: tuple[Any, ...]) -> Keys:
        """Instances of `argument_types`, in that order, by their names."""

    @abstractmethod
    def check(self, config: StageConfig[Keys]) -> object:
        """Raise `UsageError` for what is wrong beyond single keys and data; before any work."""

    @abstractmethod
    def load_rows(self, config: StageConfig[Keys], *, quiet: bool = False) -> object:
        """The rows that the stage works on; `UsageError` where they cannot be read."""

    @abstractmethod
    def run(self, config: StageConfig[Keys]) -> object:
        """Check and do the work; what comes of it lands in `<output_dir>/<section>`."""


class TrainingStage(Stage[TrainingKeys[Training, Trainer]], Generic[Training, Trainer, Judge]):
    """A stage that trains a model, which lands in `<output_dir>/<section>/model`."""

    options: type[Training]
    trainer: type[Trainer]

    def argument_types(self) -> tuple[type, ...]:
        return self.options, self.trainer, TinyShape

    def collect(self, arguments: tuple[Any, ...]) -> TrainingKeys[Training, Trainer]:
        options, trainer, shape = arguments
        return TrainingKeys(options, trainer, shape)

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
        return train_section(config, functools.partial(self.train, config, judge))


class JudgingStage(Stage[JudgingKeys[HeldOut]], Generic[HeldOut]):
    """A stage that judges models on held-out rows, each in `<output_dir>/<section>/<name>`."""

    options: type[HeldOut]

    def argument_types(self) -> tuple[type, ...]:
        return (self.options,)

    def collect(self, arguments: tuple[Any, ...]) -> JudgingKeys[HeldOut]:
        (options,) = arguments
        return JudgingKeys(options)

    def check(self, config: JudgingConfig[HeldOut]) -> None:
        """Nothing more to check, where a stage does not say otherwise."""

    def load_rows(self, config: JudgingConfig[HeldOut], *, quiet: bool = False) -> object:
        return load_held_out(config.arguments.options, quiet=quiet)

    def inputs(self, options: HeldOut, name: str) -> dict[str, str]:
        """Files and folders that the result depends on beside the model and the rows, by name."""
        return {}

    @abstractmethod
    def judge(self, options: HeldOut, name: str, model: str, run: RunDir) -> Metrics:
        """Judge the model `name` at a path; its metrics."""

    @abstractmethod
    def summary(self, metrics: Metrics) -> str:
        """The result of one model in a line."""

    @abstractmethod
    def table(self, results: dict[str, Metrics]) -> Table:
        """The results of several models, by name: one row for each."""

    def run(self, config: JudgingConfig[HeldOut]) -> list[RunDir]:
        self.check(config)
        models = models_of(config.arguments.options)
        return [self._judge_model(config, name, model) for name, model in models.items()]

    def _judge_model(self, config: JudgingConfig[HeldOut], name: str, model: str) -> RunDir:
        """Judge one model, unless it is judged already, and print its result in a line."""
        options = config.arguments.options
        inputs = {"model": model}
        if options.dataset_path:
            inputs["dataset_path"] = options.dataset_path
        with RunDir(
            Path(options.output_dir) / options.section / name,
            stage=options.section,
            config=config.resolved | {"model": [f"{name}={model}"]},
            inputs=inputs | self.inputs(options, name) | domain_inputs(options.domain),
            overwrite=options.overwrite,
        ) as run:
            if not run.done:
                run.finish(self.judge(options, name, model, run))
        console.print(f"{name:<8} {self.summary(run.metrics)}")
        return run

"""What every stage that judges models does."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Any, Generic, TypeVar

from rich.table import Table

from pipelines.config.arguments import HeldOutArguments
from pipelines.config.corpus import load_held_out
from pipelines.config.domains import domain_inputs
from pipelines.config.light.prompting import examples_file
from pipelines.config.stage_config import JudgingConfig, JudgingKeys
from pipelines.console import console
from pipelines.judging.models import models_of
from pipelines.rundir.card import write_card
from pipelines.rundir.directory import RunDir
from pipelines.stage import Metrics, Stage

HeldOut = TypeVar("HeldOut", bound=HeldOutArguments)


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

    def in_order(self, options: HeldOut, models: dict[str, str]) -> dict[str, str]:
        """The models, by name, in the order in which they are judged."""
        return models

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
        options = config.arguments.options
        models = self.in_order(options, models_of(options))
        return [self._judge_model(config, name, model) for name, model in models.items()]

    def _judge_model(self, config: JudgingConfig[HeldOut], name: str, model: str) -> RunDir:
        """Judge one model, unless it is judged already, and print its result in a line."""
        options = config.arguments.options
        inputs = {"model": model}
        if options.dataset_path:
            inputs["dataset_path"] = options.dataset_path
        if file := examples_file(options.examples):
            inputs["examples"] = file
        with RunDir(
            Path(options.output_dir) / options.section / name,
            stage=options.section,
            config=config.resolved | {"model": [f"{name}={model}"]},
            inputs=inputs | self.inputs(options, name) | domain_inputs(options.domain),
            overwrite=options.overwrite,
        ) as run:
            if not run.done:
                run.finish(self.judge(options, name, model, run))
        section = Path(model).parent
        if section.parent.resolve() == Path(options.output_dir).resolve():
            write_card(section)  # a model of this run, which now has results
        console.print(f"{name:<8} {self.summary(run.metrics)}")
        return run

"""What a stage is: its keys, what is checked before any work, and the work.

A stage trains a model (`pipelines.training.stage`) or judges models (`pipelines.judging.stage`).
Each module of `pipelines.stages` has one, the object `STAGE`; `pipelines.registry` lists them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Generic, TypeVar

from pipelines.config.load import load_stage
from pipelines.config.stage_config import StageConfig

Keys = TypeVar("Keys")

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

    def check_arguments(self, arguments: Keys) -> None:
        """Raise `UsageError` for keys that do not go together; as soon as they are read."""

    @abstractmethod
    def check(self, config: StageConfig[Keys]) -> object:
        """Raise `UsageError` for what is wrong beyond single keys and data; before any work."""

    @abstractmethod
    def load_rows(self, config: StageConfig[Keys], *, quiet: bool = False) -> object:
        """The rows that the stage works on; `UsageError` where they cannot be read."""

    @abstractmethod
    def run(self, config: StageConfig[Keys]) -> object:
        """Check and do the work; what comes of it lands in `<output_dir>/<section>`."""

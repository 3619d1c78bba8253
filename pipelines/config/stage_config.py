"""The config of a stage: the dataclasses of its keys, and every key with its plain value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from pipelines.config.arguments import HeldOutArguments, TrainingArguments

Training = TypeVar("Training", bound=TrainingArguments, covariant=True)
HeldOut = TypeVar("HeldOut", bound=HeldOutArguments, covariant=True)
Trainer = TypeVar("Trainer", covariant=True)
Keys = TypeVar("Keys", covariant=True)


class TrainingKeys(NamedTuple, Generic[Training, Trainer]):
    """The keys of a stage that trains: the project's own, the trainer's, the tiny model's shape."""

    options: Training
    trainer: Trainer
    shape: object  # a dataclass made from the model's; what builds it reads the resolved config


class JudgingKeys(NamedTuple, Generic[HeldOut]):
    """The keys of a stage that judges models."""

    options: HeldOut


@dataclass(frozen=True)
class StageConfig(Generic[Keys]):
    """A stage's arguments, and `resolved`, every key with its plain value."""

    stage: str
    arguments: Keys
    resolved: dict[str, Any]


TrainingConfig: TypeAlias = StageConfig[TrainingKeys[Training, Trainer]]
JudgingConfig: TypeAlias = StageConfig[JudgingKeys[HeldOut]]

"""The options of each stage that are the project's own; TRL's and the trainer's come beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

TINY = "tiny"
DEFAULT_OUTPUT_DIR = "runs/default"


def _help(text: str) -> dict[str, Any]:
    return {"help": text}


@dataclass
class DataArguments:
    """Which sentences a stage reads."""

    dataset: str = field(default="synthetic", metadata=_help("name of a data loader"))
    dataset_path: str | None = field(
        default=None, metadata=_help("file, folder or hub name, for data sets that are read from one")
    )
    task: str | None = field(
        default=None, metadata=_help("translate, correct, distill ...; the data set's own where absent")
    )
    prompt: str | None = field(
        default=None, metadata=_help("prompt template with the task's fields; the task's own where absent")
    )
    overwrite: bool = field(default=False, metadata=_help("start afresh where the run directory holds other settings"))
    section: str = field(default="", metadata=_help("name of the section, and of its directory in output_dir"))


@dataclass
class TrainingArguments(DataArguments):
    """Where a training stage starts, and on which rows; the defaults are for a stage called alone."""

    model: str | None = field(
        default=None,
        metadata=_help("local path or hub name; tiny builds a small Qwen3 of random weights on the corpus"),
    )
    start: str | None = field(
        default=None, metadata=_help("section of output_dir whose model to start from; in a run the one before")
    )
    base: str = field(default="base", metadata=_help("directory of the tiny model in output_dir"))
    train_split: str = field(default="train", metadata=_help("split to train on"))
    train_size: int | None = field(default=None, metadata=_help("rows to train on; all where absent"))


@dataclass
class SFTArguments(TrainingArguments):
    """Own options of the SFT stage."""


@dataclass
class SGRPOArguments(TrainingArguments):
    """Own options of the S-GRPO stage."""

    train_split: str = field(default="rl", metadata=_help("split to take prompts and references from"))
    rewards: list[str] = field(default_factory=lambda: ["logic"], metadata=_help("names of rewards, summed"))
    backend: Literal["vllm", "transformers"] = field(default="vllm", metadata=_help("what samples completions"))
    sort_by_length: bool = field(
        default=False, metadata=_help("train on short references first; needs shuffle_dataset: false")
    )


@dataclass
class EvaluateArguments(DataArguments):
    """All options of the evaluation."""

    model: list[str] = field(
        default_factory=list,
        metadata=_help("local paths or hub names, or name=path; every model of output_dir where absent"),
    )
    output_dir: str = field(default=DEFAULT_OUTPUT_DIR, metadata=_help("the run directory"))
    seed: int = field(default=0, metadata=_help("seed of the split and of sampling"))
    split: str = field(default="test", metadata=_help("split to evaluate on"))
    size: int | None = field(default=None, metadata=_help("rows to evaluate on; all where absent"))
    backend: Literal["vllm", "transformers"] = field(default="transformers", metadata=_help("what samples completions"))
    samples: int = field(default=4, metadata=_help("sampled answers per sentence; 0 leaves the sampled part out"))
    grammar: Literal["none", "formula", "signature"] = field(
        default="formula",
        metadata=_help("grammar of the constrained part: any formula, or the reference's names; none leaves it out"),
    )
    temperature: float = field(default=1.0, metadata=_help("temperature of the sampled part"))
    top_p: float = field(default=1.0, metadata=_help("nucleus of the sampled part"))
    max_tokens: int = field(default=128, metadata=_help("longest answer, in tokens"))
    batch_size: int = field(default=128, metadata=_help("prompts per batch"))

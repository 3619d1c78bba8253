"""Samples of a run for the terminal: which ones, and how each is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipelines.errors import UsageError
from pipelines.judging import reasons
from pipelines.report.markup import MOST, figure
from pipelines.report.runs import Run, Stage

_TEXTS = ("sentence", "prompt", "completion", "reference")


@dataclass(frozen=True)
class Wanted:
    """Which samples are asked for."""

    wrong: bool = False
    step: int | None = None
    section: str | None = None


Sample = tuple[Stage, dict[str, Any]]


def chosen(run: Run, wanted: Wanted) -> list[Sample]:
    """The samples that are wanted, each with its stage.

    Raises `UsageError` where there are none: what there is in their place.
    """
    samples = [(stage, row) for stage in run.stages for row in stage.samples]
    if not samples:
        raise UsageError(f"{run.path}: no samples.jsonl; S-GRPO and evaluations write one")
    if wanted.section is not None:
        samples = _of_section(run, samples, wanted.section)
    if wanted.step is not None:
        samples = _of_step(run, samples, wanted.step)
    return _wrong(run, samples) if wanted.wrong else samples


def _of_section(run: Run, samples: list[Sample], section: str) -> list[Sample]:
    found = [sample for sample in samples if section in _names(sample[0])]
    if not found:
        names = dict.fromkeys(name for stage, _ in samples for name in _names(stage))
        raise UsageError(f"{run.path}: no samples of {section!r}; of {', '.join(names)}")
    return found


def _names(stage: Stage) -> list[str]:
    return [stage.name] if stage.judge is None else [stage.judge, stage.name]


def _of_step(run: Run, samples: list[Sample], step: int) -> list[Sample]:
    found = [sample for sample in samples if sample[1].get("step") == step]
    if not found:
        steps = sorted({row["step"] for _, row in samples if isinstance(row.get("step"), int)})
        listing = ", ".join(map(str, steps)) or "none"
        raise UsageError(f"{run.path}: no samples of step {step}; of steps {listing}")
    return found


def _wrong(run: Run, samples: list[Sample]) -> list[Sample]:
    judged = [sample for sample in samples if is_right(sample[1]) is not None]
    if not judged:
        raise UsageError(f"{run.path}: none of these samples has a verdict or a score")
    found = [sample for sample in judged if not is_right(sample[1])]
    if not found:
        raise UsageError(f"{run.path}: all {len(judged):,} samples are right")
    return found


def is_right(row: dict[str, Any]) -> bool | None:
    """Whether a sample is equivalent to its reference, or proves its story's label; None where nothing tells."""
    if reasons.is_story(row):
        return reasons.is_right(row)
    if row.get("verdict") is not None:
        return bool(row["verdict"] == "proved")
    if row.get("score") is not None:
        return bool(row["score"] == 1.0)
    return None


def lines_of(stage: Stage, row: dict[str, Any]) -> list[str]:
    """A sample: where it is from and what it got, and under that its texts."""
    place = stage.name if stage.judge is None else f"{stage.judge}: {stage.name}"
    parts = [place]
    if "step" in row:
        parts.append(f"step {row['step']}")
    if "part" in row:
        parts.append(str(row["part"]))
    parts.append({True: "right", False: "wrong", None: "not judged"}[is_right(row)])
    if row.get("verdict") is not None:
        parts.append(str(row["verdict"]))
    if row.get("score") is not None:
        parts.append(f"score {figure(row['score'])}")
    rewards = row.get("rewards")
    if isinstance(rewards, dict):
        parts += [f"{name} {figure(value)}" for name, value in rewards.items()]
    lines = [", ".join(parts)]
    for name in _TEXTS:
        if row.get(name) is not None:
            lines.append(f"  {name:<11} {_text(row[name])}")
    return lines


def _text(value: Any) -> str:
    if isinstance(value, list):  # messages
        value = "\n".join([str(turn.get("content")) for turn in value if isinstance(turn, dict)])
    text = str(value).strip()[:MOST]
    return text.replace("\n", "\n" + " " * 14)

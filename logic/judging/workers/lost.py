"""What stands for the result of a task that has none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lost:
    """The result of a task whose worker failed: why."""

    reason: str

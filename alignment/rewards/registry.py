"""The registry of rewards, and the guard that keeps a failing reward from ending a run."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

logger = logging.getLogger(__name__)

RewardFunction = Callable[..., Sequence[float | None]]
_REGISTRY: dict[str, RewardFunction] = {}


class RewardSettingError(ValueError):
    """A reward was asked for or called in a way that cannot work; never turned into a missing reward."""


class Reward:
    """A registered reward as TRL calls it: `(prompts, completions, **columns)` to one number or None per completion.

    Completions are strings, or lists of messages whose last one is the answer; the function registered under the name
    gets strings. An exception in it is logged with its traceback, counted in `failures`, and gives None (not judged)
    for the whole batch; RewardSettingError alone is raised. Where TRL gives a `log_metric`, the share not judged, the
    failures so far and the time in seconds are logged.
    """

    def __init__(self, name: str, function: RewardFunction) -> None:
        self.__name__ = name  # TRL names its metrics after it
        self.__doc__ = function.__doc__
        self._function = function
        self.failures = 0

    def __call__(self, prompts: Sequence[Any], completions: Sequence[Any], **columns: Any) -> list[float | None]:
        start = time.perf_counter()
        try:
            rewards = list(self._function(prompts, [_text(answer) for answer in completions], **columns))
            if len(rewards) != len(completions):
                raise ValueError(f"{len(rewards)} rewards for {len(completions)} completions")
        except RewardSettingError:
            raise
        except Exception:
            self.failures += 1
            logger.exception(
                "reward %r failed on a batch of %d (failure %d); the batch is not judged",
                self.__name__,
                len(completions),
                self.failures,
            )
            rewards = [None] * len(completions)
        log_metric = columns.get("log_metric")
        if log_metric is not None and rewards:
            log_metric(f"rewards/{self.__name__}/not_judged", rewards.count(None) / len(rewards))
            log_metric(f"rewards/{self.__name__}/failures", float(self.failures))
            log_metric(f"rewards/{self.__name__}/time", time.perf_counter() - start)
        return rewards

    def __reduce__(self) -> tuple[Callable[[str], Reward], tuple[str]]:
        return get, (self.__name__,)


def register(name: str) -> Callable[[RewardFunction], RewardFunction]:
    """Register a reward function under a name.

    Raises:
        RewardSettingError: the name is taken by another function.
    """

    def add(function: RewardFunction) -> RewardFunction:
        if _REGISTRY.setdefault(name, function) is not function:
            raise RewardSettingError(f"the reward name {name!r} is taken by {_REGISTRY[name].__qualname__}")
        return function

    return add


def names() -> list[str]:
    """The registered names, sorted."""
    return sorted(_REGISTRY)


def get(name: str) -> Reward:
    """The reward registered under a name.

    Raises:
        RewardSettingError: no reward of that name; the message lists the names there are.
    """
    if name not in _REGISTRY:
        raise RewardSettingError(f"unknown reward {name!r}; allowed: {', '.join(names())}")
    return Reward(name, _REGISTRY[name])


def column(columns: dict[str, Any], name: str, reward: str) -> Sequence[Any]:
    """A dataset column the reward needs.

    Raises:
        RewardSettingError: the data set has no such column.
    """
    if name not in columns:
        known = ", ".join(sorted(columns)) or "none"
        raise RewardSettingError(f"the reward {reward!r} needs the column {name!r}; columns given: {known}")
    return columns[name]


def _text(answer: Any) -> str:
    if isinstance(answer, str):
        return answer
    content = answer[-1].get("content") if answer else ""
    return content if isinstance(content, str) else ""

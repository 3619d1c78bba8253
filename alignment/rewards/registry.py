"""The registry of rewards, their settings, and the guard that keeps a failing reward from ending a run."""

from __future__ import annotations

import dataclasses
import functools
import logging
import math
import time
from collections.abc import Callable, Sequence
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from alignment.messages import last_text

logger = logging.getLogger(__name__)

RewardFunction = Callable[..., Sequence[float | None]]
Entry = TypeVar("Entry", bound=Callable[..., Any])
_REGISTRY: dict[str, Callable[..., Any]] = {}


class RewardSettingError(ValueError):
    """A reward was asked for or called in a way that cannot work; never turned into a missing reward."""


class Reward:
    """A reward as TRL calls it: `(prompts, completions, **columns)` to one number or None per completion.

    Completions are strings, or lists of messages whose last one is the answer; the function
    registered under the name gets strings. An exception in it is logged with its traceback, counted
    in `failures`, and gives None (not judged) for the whole batch; a number that is not finite
    becomes None. RewardSettingError alone is raised, also for a missing package. Where TRL gives a
    `log_metric`, the share not judged, the failures so far and the time in seconds are logged;
    `seconds` is the time spent since the start.
    """

    def __init__(
        self, name: str, function: RewardFunction, settings: dict[str, Any] | None = None
    ) -> None:
        self.__name__ = name  # TRL names its metrics after it
        self.__doc__ = function.__doc__
        self._function = function
        self._settings = settings or {}
        self.failures = 0
        self.seconds = 0.0

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[Any], **columns: Any
    ) -> list[float | None]:
        start = time.perf_counter()
        rewards: list[float | None]
        try:
            given = list(
                self._function(prompts, [last_text(answer) for answer in completions], **columns)
            )
            if len(given) != len(completions):
                raise ValueError(f"{len(given)} rewards for {len(completions)} completions")
            rewards = [_finite(reward) for reward in given]
        except RewardSettingError:
            raise
        except ImportError as error:
            raise RewardSettingError(
                f"the reward {self.__name__!r} needs a missing package: {error}"
            ) from error
        except Exception:
            self.failures += 1
            logger.exception(
                "reward %r failed on a batch of %d (failure %d); the batch is not judged",
                self.__name__,
                len(completions),
                self.failures,
            )
            rewards = [None] * len(completions)
        seconds = time.perf_counter() - start
        self.seconds += seconds
        log_metric = columns.get("log_metric")
        if log_metric is not None and rewards:
            log_metric(f"rewards/{self.__name__}/not_judged", rewards.count(None) / len(rewards))
            log_metric(f"rewards/{self.__name__}/failures", float(self.failures))
            log_metric(f"rewards/{self.__name__}/time", seconds)
        return rewards

    def __reduce__(self) -> tuple[Callable[..., Reward], tuple[str]]:
        return functools.partial(get, **self._settings), (self.__name__,)


def register(name: str) -> Callable[[Entry], Entry]:
    """Register a reward under a name: a function, or a dataclass whose fields are its settings and which is called.

    Raises:
        RewardSettingError: the name is taken by another one, or a class is no dataclass.
    """

    def add(entry: Entry) -> Entry:
        if isinstance(entry, type) and not dataclasses.is_dataclass(entry):
            raise RewardSettingError(
                f"{entry.__qualname__} must be a dataclass, whose fields are the reward's settings"
            )
        if _REGISTRY.setdefault(name, entry) is not entry:
            raise RewardSettingError(
                f"the reward name {name!r} is taken by {_REGISTRY[name].__qualname__}"
            )
        return entry

    return add


def names() -> list[str]:
    """The registered names, sorted."""
    return sorted(_REGISTRY)


def settings(name: str) -> dict[str, str]:
    """The settings of a reward: names with types, and defaults where there are some."""
    entry = _entry(name)
    if not isinstance(entry, type):
        return {}
    hints = get_type_hints(entry)
    return {
        field.name: _type_name(hints[field.name])
        + ("" if field.default is dataclasses.MISSING else f" = {field.default!r}")
        for field in dataclasses.fields(entry)
        if field.init
    }


def get(name: str, **given: Any) -> Reward:
    """The reward registered under a name, with its settings.

    Raises:
        RewardSettingError: no reward of that name, or a setting that it does not have, needs, or
            cannot be; the message lists what is allowed.
    """
    entry = _entry(name)
    if not isinstance(entry, type):
        if given:
            raise RewardSettingError(
                f"the reward {name!r} has no settings, got {', '.join(sorted(given))}"
            )
        return Reward(name, entry)
    allowed = f"allowed: {', '.join(f'{key}: {kind}' for key, kind in settings(name).items())}"
    fields = {field.name: field for field in dataclasses.fields(entry) if field.init}
    hints = get_type_hints(entry)
    for key, value in given.items():
        if key not in fields:
            raise RewardSettingError(f"unknown setting {key!r} of the reward {name!r}; {allowed}")
        if not _fits(value, hints[key]):
            kind = _type_name(hints[key])
            raise RewardSettingError(
                f"the setting {key!r} of the reward {name!r} is of type {kind}, not {value!r}"
            )
    missing = [
        key
        for key, field in fields.items()
        if key not in given and field.default is dataclasses.MISSING
    ]
    if missing:
        raise RewardSettingError(f"the reward {name!r} needs the setting {missing[0]!r}; {allowed}")
    try:
        function: RewardFunction = entry(**given)
    except (ValueError, ImportError) as error:
        raise RewardSettingError(f"the reward {name!r}: {error}") from error
    return Reward(name, function, given)


def column(columns: dict[str, Any], name: str, reward: str) -> Sequence[Any]:
    """A dataset column the reward needs.

    Raises:
        RewardSettingError: the data set has no such column.
    """
    if name not in columns:
        known = ", ".join(sorted(columns)) or "none"
        raise RewardSettingError(
            f"the reward {reward!r} needs the column {name!r}; columns given: {known}"
        )
    return columns[name]


def _entry(name: str) -> Callable[..., Any]:
    if name not in _REGISTRY:
        raise RewardSettingError(f"unknown reward {name!r}; allowed: {', '.join(names())}")
    return _REGISTRY[name]


def _finite(reward: Any) -> float | None:
    """TRL makes huge advantages of infinite rewards, so what is no finite number counts as not judged."""
    if reward is None:
        return None
    value = float(reward)
    return value if math.isfinite(value) else None


def _kinds(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _fits(value: Any, hint: Any) -> bool:
    return any(_is(value, kind) for kind in _kinds(hint))


def _is(value: Any, kind: Any) -> bool:
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, get_origin(kind) or kind) or (kind is float and isinstance(value, int))


def _type_name(hint: Any) -> str:
    names = (
        "None" if kind is NoneType else getattr(kind, "__name__", str(kind))
        for kind in _kinds(hint)
    )
    return " | ".join(name.removeprefix("typing.") for name in names)

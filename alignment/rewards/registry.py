"""The registry of rewards, their settings, and the guard: a reward that fails ends no run."""

from __future__ import annotations

import asyncio
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
    """A reward was asked for or called in a way that cannot work; never a missing reward."""


class Reward:
    """A reward as TRL calls it: `(prompts, completions, **columns)` to one number per completion.

    Completions are strings, or lists of messages whose last one is the answer; the function
    registered under the name gets strings. None is not judged. An exception in the function is
    logged with its traceback, counted in `failures`, and gives None for the whole batch; a number
    that is not finite becomes None. RewardSettingError alone is raised, also for a missing package.
    Where TRL gives a `log_metric`, the share not judged, the failures so far and the time in
    seconds are logged; `seconds` is the time spent since the start.

    The function's attribute `required_columns`, where it has one, names columns without which a row
    is not judged: a None there gives None for its own row, and the function sees "" in its place.
    One that leaves [0, 1] says `is_rate = False`.
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

    @property
    def is_rate(self) -> bool:
        """Whether it stays from 0 to 1."""
        return bool(getattr(self._function, "is_rate", True))

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[Any], **columns: Any
    ) -> list[float | None]:
        start = time.perf_counter()
        rewards = self._guarded(prompts, completions, columns)
        seconds = time.perf_counter() - start
        self.seconds += seconds
        log_metric = columns.get("log_metric")
        if log_metric is not None and rewards:
            prefix = f"rewards/{self.__name__}"
            not_judged = rewards.count(None) / len(rewards)
            log_metric(f"{prefix}/not_judged", not_judged)
            log_metric(f"{prefix}/failures", float(self.failures))
            log_metric(f"{prefix}/time", seconds)
        return rewards

    def begin(self, completions: Sequence[Any], **columns: Any) -> None:
        """Let the reward work on a batch that it is called with later, beside something else.

        Those that can are rewards of the judge. What goes wrong here shows in the call.
        """
        begin = getattr(self._function, "begin", None)
        if begin is None:
            return
        try:
            columns |= _filled(columns, getattr(self._function, "required_columns", ()))
            begin([last_text(answer) for answer in completions], **columns)
        except RewardSettingError:
            return
        except Exception:
            logger.exception("reward %r could not begin; it is only called", self.__name__)

    def _guarded(
        self, prompts: Sequence[Any], completions: Sequence[Any], columns: dict[str, Any]
    ) -> list[float | None]:
        """The function's rewards; None for the whole batch where it fails."""
        try:
            required = getattr(self._function, "required_columns", ())
            absent = _rows_without(columns, required)
            if absent:
                columns = columns | _filled(columns, required)
            texts = [last_text(answer) for answer in completions]
            rewards = list(self._function(prompts, texts, **columns))
            if len(rewards) != len(completions):
                raise ValueError(f"{len(rewards)} rewards for {len(completions)} completions")
            return [
                None if row in absent else _finite(reward) for row, reward in enumerate(rewards)
            ]
        except RewardSettingError:
            raise
        except ImportError as error:
            raise RewardSettingError(
                f"the reward {self.__name__!r} needs a missing package: {error}"
            ) from error
        except (Exception, SystemExit):  # a reward that calls sys.exit ends no run either
            self.failures += 1
            logger.exception(
                "reward %r failed on a batch of %d (failure %d); the batch is not judged",
                self.__name__,
                len(completions),
                self.failures,
            )
            return [None] * len(completions)

    def __reduce__(self) -> tuple[Callable[..., Reward], tuple[Any, ...]]:
        # By name and settings: what a function has loaded need not survive a pickle.
        return functools.partial(get, **self._settings), (self.__name__,)


class AsyncReward:
    """A reward as a coroutine, which TRL runs at the same time as others: `AsyncReward(get(...))`.

    The reward itself runs in a thread, so that one that waits for a service holds up no other.
    """

    def __init__(self, reward: Callable[..., list[float | None]]) -> None:
        self.__name__ = getattr(reward, "__name__", type(reward).__name__)
        self.reward = reward

    async def __call__(
        self, prompts: Sequence[Any], completions: Sequence[Any], **columns: Any
    ) -> list[float | None]:
        return await asyncio.to_thread(self.reward, prompts, completions, **columns)


def register(name: str) -> Callable[[Entry], Entry]:
    """Register a reward under a name: a function, or a dataclass whose instances are called.

    The fields of the dataclass are the settings of the reward.

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


def is_rate(name: str) -> bool:
    """Whether a reward stays from 0 to 1, as those do that do not say `is_rate = False`."""
    return bool(getattr(_entry(name), "is_rate", True))


def get(name: str, **values: Any) -> Reward:
    """The reward registered under a name, with its settings.

    Raises:
        RewardSettingError: no reward of that name, or a setting that it does not have, needs, or
            cannot be; the message lists what is allowed.
    """
    entry = _entry(name)
    if not isinstance(entry, type):
        if values:
            keys = ", ".join(sorted(values))
            raise RewardSettingError(f"the reward {name!r} has no settings, got {keys}")
        return Reward(name, entry)
    _check_settings(name, entry, values)
    try:
        function: RewardFunction = entry(**values)
    except RewardSettingError:
        raise
    except (ValueError, ImportError) as error:
        raise RewardSettingError(f"the reward {name!r}: {error}") from error
    return Reward(name, function, values)


def _check_settings(name: str, entry: type, values: dict[str, Any]) -> None:
    """Refuse what is no setting of a dataclass, is of another type, or is missing."""
    allowed = ", ".join(f"{key}: {kind}" for key, kind in settings(name).items())
    fields = {field.name: field for field in dataclasses.fields(entry) if field.init}
    hints = get_type_hints(entry)
    for key, value in values.items():
        if key not in fields:
            raise RewardSettingError(
                f"unknown setting {key!r} of the reward {name!r}; allowed: {allowed}"
            )
        if not _fits(value, hints[key]):
            kind = _type_name(hints[key])
            raise RewardSettingError(
                f"the setting {key!r} of the reward {name!r} is of type {kind}, not {value!r}"
            )
    for key, field in fields.items():
        needed = field.default is dataclasses.MISSING
        if needed and key not in values:
            raise RewardSettingError(
                f"the reward {name!r} needs the setting {key!r}; allowed: {allowed}"
            )


def column(columns: dict[str, Any], name: str, reward: str) -> Sequence[Any]:
    """A dataset column the reward needs.

    Raises:
        RewardSettingError: the data set has no such column.
    """
    if name not in columns:
        others = ", ".join(sorted(columns)) or "none"
        raise RewardSettingError(
            f"the reward {reward!r} needs the column {name!r}; columns given: {others}"
        )
    return columns[name]


def _rows_without(columns: dict[str, Any], names: Sequence[str]) -> set[int]:
    """The rows that have None in one of the columns of these names."""
    return {
        row for name in names for row, value in enumerate(columns.get(name, ())) if value is None
    }


def _filled(columns: dict[str, Any], names: Sequence[str]) -> dict[str, list[Any]]:
    """The columns of these names, with "" in place of None."""
    return {
        name: ["" if value is None else value for value in columns[name]]
        for name in names
        if name in columns
    }


def _entry(name: str) -> Callable[..., Any]:
    if name not in _REGISTRY:
        raise RewardSettingError(f"unknown reward {name!r}; allowed: {', '.join(names())}")
    return _REGISTRY[name]


def _finite(reward: Any) -> float | None:
    """What is no finite number is not judged: TRL makes huge advantages of infinite rewards."""
    if reward is None:
        return None
    value = float(reward)
    return value if math.isfinite(value) else None


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value, as YAML or the command line has it, is of an annotated type."""
    return any(_is_of(value, kind) for kind in _kinds(hint))


def _kinds(hint: Any) -> tuple[Any, ...]:
    """The types of a union, or the one type."""
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _is_of(value: Any, kind: Any) -> bool:
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if isinstance(value, bool):  # for Python a bool is an int, for a user it is not
        return kind is bool
    if kind is float:
        return isinstance(value, float | int)
    return isinstance(value, get_origin(kind) or kind)


def _type_name(hint: Any) -> str:
    names = (
        "None" if kind is NoneType else getattr(kind, "__name__", str(kind))
        for kind in _kinds(hint)
    )
    return " | ".join(name.removeprefix("typing.") for name in names)

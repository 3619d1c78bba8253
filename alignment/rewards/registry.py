"""The registry of rewards, their settings, and the guard: a reward that fails ends no run."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import inspect
import logging
import math
import time
from collections.abc import Callable, Sequence
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from alignment.messages import given_text
from logic.syntax import Formula

logger = logging.getLogger(__name__)

RewardFunction = Callable[..., Sequence[float | None]]
Entry = TypeVar("Entry", bound=Callable[..., Any])
_REGISTRY: dict[str, Callable[..., Any]] = {}


class RewardSettingError(ValueError):
    """A reward was asked for or called in a way that cannot work; never a missing reward."""


class Reward:
    """A reward as TRL calls it: `(prompts, completions, **columns)` to one number per completion.

    Completions are strings, or messages of which the last is the answer; the function registered
    under the name gets strings, and one that holds no text gives None for its own row. None is not
    judged. An exception in the function is logged with its traceback, counted in `failures`, and
    gives None for the whole batch; a number that is not finite, and what is no number, becomes
    None. RewardSettingError alone is raised, also for a missing package. Where TRL gives a
    `log_metric`, the share not judged, the failures so far and the time in seconds are logged;
    `seconds` is the time spent since the start.

    The function's attribute `required_columns`, where it has one, names columns without which a row
    is not judged: a None or NaN there gives None for its own row, and the function sees "" in its
    place. So does what holds no text in one of its `text_columns`, of which it sees the texts. One
    that leaves [0, 1] says `is_rate = False`. Raises RewardSettingError for a coroutine function.
    """

    def __init__(
        self, name: str, function: RewardFunction, settings: dict[str, Any] | None = None
    ) -> None:
        _require_plain(name, function)
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
            columns, _ = _given_columns(self._function, columns)
            begin([given_text(answer) or "" for answer in completions], **columns)
        except RewardSettingError:
            return
        except Exception:
            logger.exception("reward %r could not begin; it is only called", self.__name__)

    def _guarded(
        self, prompts: Sequence[Any], completions: Sequence[Any], columns: dict[str, Any]
    ) -> list[float | None]:
        """The function's rewards; None for the whole batch where it fails."""
        try:
            texts, odd = self._answers(completions)
            columns, lacking = _given_columns(self._function, columns)
            rewards = list(self._function(prompts, texts, **columns))
            if len(rewards) != len(completions):
                raise ValueError(f"{len(rewards)} rewards for {len(completions)} completions")
            absent = odd | lacking
            return self._numbers(
                [None if row in absent else reward for row, reward in enumerate(rewards)]
            )
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

    def _answers(self, completions: Sequence[Any]) -> tuple[Sequence[Any], set[int]]:
        """The completions as the function gets them, and the rows of those that hold no text."""
        texts = [given_text(answer) for answer in completions]
        odd = {row for row, text in enumerate(texts) if text is None}
        return [text or "" for text in texts], odd

    def _numbers(self, rewards: Sequence[Any]) -> list[float | None]:
        """The rewards, None for what is no finite number; of what is no number at all it is told."""
        found: list[float | None] = []
        no_numbers: list[str] = []
        for reward in rewards:
            try:
                found.append(_finite(reward))
            except (TypeError, ValueError, RuntimeError, OverflowError):
                found.append(None)
                no_numbers.append(type(reward).__name__)
        if no_numbers:
            self.failures += 1
            logger.error(
                "reward %r gave %s in place of a number (%d of a batch of %d, failure %d); that is "
                "not judged",
                self.__name__,
                no_numbers[0],
                len(no_numbers),
                len(rewards),
                self.failures,
            )
        return found

    def __reduce__(self) -> tuple[Callable[..., Reward], tuple[Any, ...]]:
        # By name and settings: what a function has loaded need not survive a pickle.
        return functools.partial(get, **self._settings), (self.__name__,)


class AsyncReward:
    """A reward as a coroutine, which TRL runs at the same time as others: `AsyncReward(get(...))`.

    A name stands for the reward without settings. The reward itself runs in a thread, so that one
    that waits for a service holds up no other. Raises RewardSettingError for what is no reward.
    """

    def __init__(self, reward: str | Callable[..., list[float | None]]) -> None:
        function: Callable[..., list[float | None]] = (
            get(reward) if isinstance(reward, str) else reward
        )
        self.__name__ = getattr(function, "__name__", type(function).__name__)
        _require_plain(self.__name__, function)
        self.reward = function

    async def __call__(
        self, prompts: Sequence[Any], completions: Sequence[Any], **columns: Any
    ) -> list[float | None]:
        return await asyncio.to_thread(self.reward, prompts, completions, **columns)


def register(name: str) -> Callable[[Entry], Entry]:
    """Register a reward under a name: a function, or a dataclass whose instances are called.

    The fields of the dataclass are the settings of the reward.

    Raises:
        RewardSettingError: the name is taken by another one, a class is no dataclass, or the reward
            is a coroutine function.
    """

    def add(entry: Entry) -> Entry:
        if isinstance(entry, type) and not dataclasses.is_dataclass(entry):
            raise RewardSettingError(
                f"{entry.__qualname__} must be a dataclass, whose fields are the reward's settings"
            )
        _require_plain(name, entry)
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


def _require_plain(name: str, reward: Any) -> None:
    """Raises RewardSettingError for what cannot be called, or whose call only gives a coroutine."""
    if not callable(reward):
        raise RewardSettingError(
            f"a reward is a name or a function, not {type(reward).__name__} {reward!r:.80}"
        )
    if any(map(inspect.iscoroutinefunction, (reward, reward.__call__))):
        raise RewardSettingError(
            f"the reward {name!r} is a coroutine function (async def); write a plain one, of which "
            "AsyncReward makes a coroutine for TRL"
        )


def _given_columns(function: Any, columns: dict[str, Any]) -> tuple[dict[str, Any], set[int]]:
    """The columns as the function gets them, and the rows that lack what it cannot do without."""
    texts: Sequence[str] = getattr(function, "text_columns", ())
    required: Sequence[str] = getattr(function, "required_columns", ())
    given = dict(columns)
    lacking: set[int] = set()
    for name in (*required, *texts):
        if columns.get(name) is None:
            continue
        read = _known_text if name in texts else _known
        values = [read(value) for value in given[name]]
        lacking |= {row for row, value in enumerate(values) if value is None}
        given[name] = ["" if value is None else value for value in values]
    return given, lacking


def _known(value: Any) -> Any:
    """The value, or None for NaN, with which pandas stands for a value that is missing."""
    return None if isinstance(value, float) and math.isnan(value) else value


def _known_text(value: Any) -> str | Formula | None:
    """The text that a value holds, or the formula that it is; None where it is neither."""
    return value if value is None or isinstance(value, Formula) else given_text(value)


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
    names: list[str] = []
    for kind in _kinds(hint):
        if get_origin(kind) is Literal:
            names += map(repr, get_args(kind))
        else:
            names.append("None" if kind is NoneType else getattr(kind, "__name__", str(kind)))
    return " | ".join(name.removeprefix("typing.") for name in names)

"""The one error a person can mend by changing a command, a config or a file; and a disk that is full."""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable, Iterator


class UsageError(Exception):
    """A wrong option, key, value or file; the command prints the message and exits with code 2."""


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """ "; did you mean ...?" with the allowed words that are much like a wrong one, or nothing."""
    close = difflib.get_close_matches(word, list(allowed), n=3, cutoff=0.68)
    return f"; did you mean {' or '.join(close)}?" if close else ""


_FULL = (errno.ENOSPC, errno.EDQUOT)
# What libraries that write by themselves say: safetensors and tokenizers (Rust), torch (C++).
_SAYINGS = (
    "No space left on device",
    "Disk quota exceeded",
    "PytorchStreamWriter failed",
    "unexpected pos",
)


def disk_full(error: BaseException) -> UsageError | None:
    """The message for an error that comes from a full disk, whichever library raised it; else None."""
    if not any(map(_says_full, _causes(error))):
        return None
    return UsageError(
        f"the disk is full ({_first_line(error)}); free some space, "
        "and the same command goes on from what was kept"
    )


def _says_full(error: BaseException) -> bool:
    is_full = isinstance(error, OSError) and error.errno in _FULL
    return is_full or any(saying in str(error) for saying in _SAYINGS)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error, what it came from, and what was being handled then."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [each.__cause__, each.__context__]


def _first_line(error: BaseException) -> str:
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__

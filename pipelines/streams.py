"""Standard input and output, whatever they are attached to."""

from __future__ import annotations

import codecs
import io
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO

from pipelines.errors import UsageError

_ESCAPE = "folalign.escape"


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """The signs that cannot be encoded, escaped as in JSON: Python's own escapes are none there."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", errors="surrogatepass")
    pairs = zip(units[::2], units[1::2], strict=True)
    return "".join([f"\\u{high:02x}{low:02x}" for high, low in pairs]), error.end


codecs.register_error(_ESCAPE, _escaped)


def escape_output() -> None:
    """A sign that the terminal cannot show does not end the command: it is escaped."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors=_ESCAPE)


def has_no_reader() -> bool:
    """Whether the pipe that broke is the output: that of a worker or a sampler is a fault."""
    with suppress(OSError, ValueError, AttributeError):  # an output without a descriptor, or none
        output = select.poll()
        output.register(sys.stdout.fileno(), 0)
        return any(events & select.POLLERR for _, events in output.poll(0))
    return False


def drop(stream: TextIO) -> None:
    """Have what is still written to a stream go nowhere, what it holds back too."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


@contextmanager
def while_read() -> Iterator[None]:
    """What is printed here is given up where nobody reads on, such as `| head`, and is no error."""
    try:
        yield
        _flush(sys.stdout)
    except BrokenPipeError:
        if not has_no_reader():
            raise
        drop(sys.stdout)


def _flush(stream: TextIO | None) -> None:
    with suppress(ValueError):  # one that someone has closed
        if stream is not None:
            stream.flush()


def settle_output() -> None:
    """Write what is held back, or give it up: Python would try again when it ends, with its own code."""
    for stream in (sys.stdout, sys.stderr):
        try:
            _flush(stream)
        except OSError:
            drop(stream)


def standard_input() -> BinaryIO:
    """The bytes of standard input, which is not ours to close. Raises `UsageError` for none."""
    if sys.stdin is None:
        raise UsageError("standard input is closed, and nothing can be read from it")
    stream: BinaryIO | None = getattr(sys.stdin, "buffer", None)
    # What stands in for it in a program may have text alone.
    return io.BytesIO(sys.stdin.read().encode()) if stream is None else stream


def is_same_file(first: Path, second: Path) -> bool:
    """Whether two paths are one file, however they are spelled, there or not."""
    if first.exists() and second.exists():
        return first.samefile(second)
    return first.resolve() == second.resolve()

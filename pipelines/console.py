"""The consoles of the command line, and their progress bars."""

from __future__ import annotations

import errno
import os
import sys
from typing import Literal

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from pipelines.processes import is_main_process
from pipelines.streams import drop


class _Terminal(Console):
    """rich's console, which does not end the process, with a code of its own, when a pipe breaks."""

    def on_broken_pipe(self) -> None:
        if not self.stderr:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
        # Notes that nobody reads are no reason to end the work.
        self.quiet = True
        drop(sys.stderr)


def terminal(*, stderr: bool = False, quiet: bool = False, soft_wrap: bool = False) -> Console:
    """A console for a command's words; without any escape sequence where NO_COLOR is set."""
    colours: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    return _Terminal(
        stderr=stderr,
        quiet=quiet,
        soft_wrap=soft_wrap,
        highlight=False,
        color_system=colours,
    )


console = terminal(quiet=not is_main_process())


def progress(where: Console = console) -> Progress:
    """A progress bar with the task's name, counts, times and a free text field `note`."""
    return Progress(
        TextColumn("{task.description:<12}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        console=where,
        refresh_per_second=4,
    )

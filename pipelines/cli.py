"""The `folalign` command."""

from __future__ import annotations

import shlex
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from importlib import metadata

from pipelines.errors import UsageError, did_you_mean, disk_full
from pipelines.processes import is_child, join_without_accelerator, launched
from pipelines.quiet import quiet
from pipelines.registry import COMMANDS, GROUPS, StageCommand, need_packages
from pipelines.streams import drop, escape_output, has_no_reader, settle_output, while_read

FAULT = 3
"""The exit code of an error that is no one's use but a fault of the program."""

USAGE = """\
usage: folalign COMMAND [--config FILE] [--key value ...]

{commands}

  folalign COMMAND --help      the command's options
  folalign completion SHELL    what makes bash, zsh or tcsh complete commands and options
  folalign -V, --version       the version

A config is YAML; options on the command line win over it. For `run`, --key sets a shared key in every \
stage and
--section.key one section's, as in:

  folalign run --config pipelines/configs/tiny.yaml --seed 1 --sgrpo.learning_rate 1e-4
"""


def main(argv: list[str] | None = None) -> int:
    """Run a command and return its exit code.

    0 done, 1 `verify` found formulas that are not equivalent, 2 bad usage, 3 a fault of folalign,
    130 interrupted.
    """
    escape_output()
    try:
        return guarded(_main, list(sys.argv[1:] if argv is None else argv))
    finally:
        settle_output()


def guarded(function: Callable[[list[str]], int], argv: list[str]) -> int:
    """What the function returns, or the exit code of the error that ends it, which is told."""
    try:
        code = function(argv)
        with while_read():
            return code
    except UsageError as error:
        return report(disk_full(error) or error)
    except KeyboardInterrupt:
        if not is_child():  # of a run, the first process alone says it
            again = f"The same command goes on from here: {shlex.join(['folalign', *argv])}"
            command = COMMANDS.get(argv[0]) if argv else None
            if command is not None and not command.resumes:
                again = "Nothing is kept."
            _tell(f"\nfolalign: interrupted. {again}")
        return 130
    except SystemExit:
        raise
    # Python's own exit code would be 1, which says "not equivalent". A panic of a library in Rust
    # is no Exception.
    except BaseException as error:
        if isinstance(error, BrokenPipeError) and has_no_reader():
            drop(sys.stdout)
            return 0  # who reads, as `| head`, has read enough
        if full := disk_full(error):
            return report(full)
        _tell(traceback.format_exc().rstrip("\n"))
        return FAULT


def report(error: UsageError) -> int:
    """Print what a person can mend; the exit code that says so."""
    _tell(f"folalign: error: {error}")
    return 2


def _tell(text: str) -> None:
    """Print to standard error; that nobody reads it changes no exit code."""
    with suppress(BrokenPipeError):
        print(text, file=sys.stderr)


def _main(argv: list[str]) -> int:
    if not argv or argv[0] in ("-h", "--help"):
        print(USAGE.format(commands="\n\n".join(map(_listed, GROUPS))), end="")
        return 0 if argv else 2
    name, *options = argv
    if name in ("-V", "--version"):
        print(f"folalign {metadata.version('folalign')}")
        return 0
    if name not in COMMANDS:
        allowed = f"; allowed: {', '.join(COMMANDS)}"
        raise UsageError(f"unknown command '{name}'{did_you_mean(name, COMMANDS) or allowed}")
    command = COMMANDS[name]
    if command.extra is not None:
        need_packages(command.extra)
    if command.extra == "train":
        quiet()  # before the libraries are imported, with the command's module
    if isinstance(command, StageCommand):
        if not {"-h", "--help", "--help-all"} & set(options):
            command.check(options)
        _join(command)
    return command.main(options)


def _listed(group: str) -> str:
    """A group of commands, a line each."""
    width = max(map(len, COMMANDS))
    lines = [f"  {command.name:<{width}}  {command.summary}" for command in GROUPS[group]]
    return "\n".join([f"{group}:", *lines])


def _join(stage: StageCommand) -> None:
    """Let the processes of a launch train together; a stage that trains nothing takes one."""
    if launched() > 1 and not stage.trains:
        raise UsageError(
            f"`folalign {stage.name}` trains nothing and takes one process, "
            f"and {launched()} were launched"
        )
    join_without_accelerator()


if __name__ == "__main__":
    sys.exit(main())

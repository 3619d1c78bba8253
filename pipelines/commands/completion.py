"""`folalign completion`: what makes a shell complete commands and options, made from the parsers."""

from __future__ import annotations

import argparse
from importlib import import_module

import shtab

from pipelines.commands.parser import CommandParser
from pipelines.errors import UsageError
from pipelines.registry import COMMANDS, Command, StageCommand, need_packages

_FILES = ("FILE", "FOLDER", "DIR")


def make_parser() -> CommandParser:
    """What the command takes."""
    parser = CommandParser(
        prog="folalign completion",
        description="Print what makes a shell complete the commands of folalign and their options. "
        "For bash: folalign completion bash > ~/.local/share/bash-completion/completions/folalign; "
        "for zsh: folalign completion zsh > _folalign, in a folder of $fpath.",
        allow_abbrev=False,
    )
    parser.add_argument("shell", choices=shtab.SUPPORTED_SHELLS, help="the shell")
    return parser


def main(argv: list[str]) -> int:
    """Run the command; raises `UsageError` on bad usage."""
    arguments = make_parser().parse_args(argv)
    print(shtab.complete(whole_parser(), shell=arguments.shell))
    return 0


def whole_parser() -> argparse.ArgumentParser:
    """All commands as one parser; of those whose packages are not installed, the names alone."""
    whole = argparse.ArgumentParser("folalign", allow_abbrev=False)
    whole.add_argument("-V", "--version", action="store_true", help="the version")
    commands = whole.add_subparsers()
    for command in COMMANDS.values():
        own = _parser_of(command)
        _mark_files(own)
        commands.add_parser(
            command.name,
            help=command.summary,
            parents=[own],
            add_help=False,
            allow_abbrev=False,
        )
    return whole


def _parser_of(command: Command) -> argparse.ArgumentParser:
    try:
        if command.extra is not None:
            need_packages(command.extra)
    except UsageError:
        return argparse.ArgumentParser(command.name)
    if isinstance(command, StageCommand):
        from pipelines.config.parser import StageParser  # here: it imports TRL, of an extra

        return StageParser(command.name)
    parser: argparse.ArgumentParser = import_module(command.module).make_parser()
    return parser


def _mark_files(parser: argparse.ArgumentParser) -> None:
    """Let the shell complete paths where an option takes one, by what its help calls it."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                _mark_files(below)
        elif action.metavar in _FILES or action.dest == "config":
            action.complete = shtab.FILE  # type: ignore[attr-defined]

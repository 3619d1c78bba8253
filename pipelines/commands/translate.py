"""`folalign translate`: sentences to formulas, sampled under the grammar.

The formula is the one that most samples agree on.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from rich.console import Console

import logic
from data.files import READERS
from logic.judging.vote import equivalence_classes
from pipelines.commands.asking import Asking, add_asking
from pipelines.commands.parser import CommandParser
from pipelines.commands.sentences import Input, Sentence
from pipelines.commands.stories import StoryText, read_stories, translated
from pipelines.config.domains import resolve_domain
from pipelines.console import progress, terminal
from pipelines.errors import UsageError
from pipelines.judging.answers import Grammar, open_answerer
from pipelines.quiet import quiet
from pipelines.registry import need_packages
from pipelines.rundir.files import read_jsonl

if TYPE_CHECKING:
    from pipelines.judging.answerer import Answerer
    from pipelines.judging.remote.answerer import EndpointAnswerer


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
        default="OPENAI_API_KEY",
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
    add("--column", default="sentence", help="the column with the sentence (default sentence)")
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
    add("--max_tokens", type=int, default=128, help="longest answer, in tokens (default 128)")
    add("--batch_size", type=int, default=64, help="answers sampled at a time (default 64)")
    add("--seed", type=int, default=0, help="seed of the sampling (default 0)")
    add("--backend", choices=("transformers", "vllm"), default="transformers", help="what samples")
    add(
        "--dtype",
        choices=("float32", "bfloat16", "float16"),
        help="what it computes in (default bfloat16 on a GPU that has it, float32 elsewhere)",
    )


def main(argv: list[str]) -> int:
    """Run the command: 0 done; raises `UsageError` on bad usage and where no row can be used."""
    arguments = make_parser().parse_args(argv)
    if arguments.endpoint is None:
        need_packages("train")
        quiet()
    arguments.domain = resolve_domain(arguments.domain, "--domain")
    _check(arguments)
    notes = terminal(stderr=True)
    rows, broken = _read(arguments)
    for number, reason in broken:
        notes.print(
            f"{arguments.input}, row {number}: {reason}",
            style="yellow",
            markup=False,
            soft_wrap=True,
        )
    if not rows:
        raise UsageError(f"{arguments.input}: no row to translate, of {len(broken)}")
    waiting = _not_in_output(arguments, rows)
    if len(waiting) < len(rows):
        done = len(rows) - len(waiting)
        notes.print(f"[dim]{done:,} of {len(rows):,} rows are in the output already[/]")
    if waiting:
        _translate(arguments, waiting, notes)
    return 0


def _read(
    arguments: argparse.Namespace,
) -> tuple[Sequence[Sentence | StoryText], list[tuple[int, str]]]:
    """The sentences or the stories of the input, and the rows that cannot be used."""
    if arguments.story:
        return read_stories(arguments.input)
    return Input(
        arguments.input,
        arguments.column,
        signature=arguments.signature,
        per_row=arguments.grammar == "signature" and arguments.signature is None,
        keep=arguments.keep,
        given=tuple(arguments.sentences),
    ).read()


def _check(arguments: argparse.Namespace) -> None:
    """Fill in what is open, and raise `UsageError` for what does not go together."""
    _check_input(arguments)
    _check_grammar(arguments)
    _check_sampling(arguments)
    if arguments.story and arguments.keep:
        raise UsageError("--keep is for sentences, not for --story")
    taken = {"row", "sentence", *_settings(arguments), *_choice(None, 0.0, [], 0)}
    if clash := sorted(taken & set(arguments.keep)):
        raise UsageError(f"--keep {clash[0]}: the output has a column of that name itself")
    try:
        if arguments.signature is not None:
            arguments.signature = logic.read_signature(arguments.signature)
    except ValueError as error:
        raise UsageError(str(error)) from None
    arguments.asking = Asking.of(arguments)
    if "{signature}" in arguments.asking.template and arguments.grammar != "signature":
        raise UsageError(
            "the prompt template has a field {signature}: give --signature, or --grammar signature"
        )


def _check_input(arguments: argparse.Namespace) -> None:
    if arguments.sentences and (arguments.story or arguments.input is not None):
        raise UsageError("give either sentences or --input; --story reads its stories from --input")
    arguments.input = arguments.input or "-"


def _check_grammar(arguments: argparse.Namespace) -> None:
    if arguments.endpoint is not None:
        if arguments.grammar not in (None, "none") or arguments.signature is not None:
            raise UsageError("--endpoint takes no grammar and no signature: leave them out")
        arguments.grammar = "none"
    if arguments.grammar is None:
        arguments.grammar = "formula" if arguments.signature is None else "signature"
    if arguments.signature is not None and arguments.grammar != "signature":
        raise UsageError(f"--signature needs --grammar signature, not {arguments.grammar}")
    if arguments.story and arguments.grammar == "signature" and arguments.signature is None:
        raise UsageError("--story with --grammar signature needs --signature: stories bring none")


def _check_sampling(arguments: argparse.Namespace) -> None:
    for name in ("n", "max_tokens", "batch_size"):
        value = getattr(arguments, name)
        if value < 1:
            raise UsageError(f"--{name} must be at least 1, got {value}")
    temperature, top_p = arguments.temperature, arguments.top_p
    if not 0 < temperature < float("inf") or not 0 < top_p <= 1:
        raise UsageError(
            f"--temperature must be above 0 and --top_p in (0, 1], got {temperature} and {top_p}"
        )


def _not_in_output(
    arguments: argparse.Namespace, given: Sequence[Sentence | StoryText]
) -> list[Sentence | StoryText]:
    """The sentences or stories that the output does not hold yet.

    Raises `UsageError` where it holds something else.
    """
    if arguments.output is None:
        return list(given)
    try:
        rows = {row["row"]: row for row in read_jsonl(arguments.output, keys=("row",))}
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise UsageError(f"{arguments.output}: not an output of this command ({error!r})") from None
    texts = {item.row: item.identity() for item in given}
    missing = {"story" if arguments.story else "sentence": None}
    for number, row in rows.items():
        here = texts.get(number, missing) | _settings(arguments)
        for key, value in here.items():
            if row.get(key) != value:
                raise UsageError(
                    f"{arguments.output}, row {number}: {key} is {row.get(key)!r}, "
                    f"here {value!r}; name another --output"
                )
    return [item for item in given if item.row not in rows]


def _settings(arguments: argparse.Namespace) -> dict[str, Any]:
    """What an output says of how it came about."""
    return {
        "model": str(arguments.model),
        "grammar": arguments.grammar,
        "n": arguments.n,
        "domain": arguments.domain,
    }


def _translate(
    arguments: argparse.Namespace, waiting: Sequence[Sentence | StoryText], notes: Console
) -> None:
    answerer = open_answerer(
        arguments.backend,
        arguments.model,
        seed=arguments.seed,
        batch_size=arguments.batch_size,
        max_tokens=arguments.max_tokens,
        stop=arguments.asking.stop,
        dtype=arguments.dtype,
        option="--backend ",
        endpoint=arguments.endpoint,
        endpoint_key=arguments.endpoint_key,
    )
    with closing(answerer), _writer(arguments.output) as stream, progress(notes) as bar:
        task = bar.add_task("translate", total=len(waiting), note="")
        for part in _parts(arguments, waiting):
            for row in _rows(arguments, answerer, part):
                stream.write(json.dumps(row | _settings(arguments), ensure_ascii=False) + "\n")
                bar.update(task, advance=1)
            stream.flush()


def _parts(
    arguments: argparse.Namespace, waiting: Sequence[Any]
) -> Iterator[list[Sentence] | StoryText]:
    """What is sampled together: some sentences, or a story."""
    if arguments.story:
        yield from waiting
        return
    step = max(1, arguments.batch_size // arguments.n)
    for start in range(0, len(waiting), step):
        yield list(waiting[start : start + step])


def _rows(
    arguments: argparse.Namespace,
    answerer: Answerer | EndpointAnswerer,
    part: list[Sentence] | StoryText,
) -> Iterator[dict[str, Any]]:
    """What is said of each sentence, or of the story."""
    domain = arguments.domain
    if isinstance(part, StoryText):
        # Each of its rows has a number of its own, so that what is sampled does not depend on others.
        numbered = enumerate(part.sentences, start=1_000 * part.row)
        sentences = [Sentence(number, text, arguments.signature) for number, text in numbered]
        choices = [choose(texts, domain) for texts in _answers(arguments, answerer, sentences)]
        yield translated(part, choices, signature=arguments.signature, domain=domain)
        return
    for sentence, answers in zip(part, _answers(arguments, answerer, part), strict=True):
        own = {"row": sentence.row, **sentence.identity(), **choose(answers, domain)}
        yield sentence.kept | own


def _answers(
    arguments: argparse.Namespace, answerer: Answerer | EndpointAnswerer, sentences: list[Sentence]
) -> list[list[str]]:
    """n answers to each sentence, the greedy one first; none where it is too long."""
    answers = answerer.answers(
        answerer.render(arguments.asking.ask(sentences)),
        samples=arguments.n - 1,
        temperature=arguments.temperature,
        top_p=arguments.top_p,
        # The row's own, so that where a run was cut off does not change what is sampled.
        seed=arguments.seed + sentences[0].row,
        grammar=Grammar(
            arguments.grammar,
            signatures=[sentence.signature for sentence in sentences],
            wrapper=arguments.wrapper,
            domain=arguments.domain,
        ),
    )
    return [texts or [] for texts in answers]


@contextmanager
def _writer(path: Path | None) -> Iterator[IO[str]]:
    """Standard output, or the file to append to, without a last line that was cut off."""
    if path is None:
        yield sys.stdout
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            # Cut off, not written again: a kill here costs no row.
            os.truncate(path, path.read_bytes().rfind(b"\n") + 1)
        stream = path.open("a", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from None
    with stream:
        yield stream


def choose(answers: list[str], domain: str = "fol") -> dict[str, Any]:
    """The formula that most answers agree on, the share that does, and the others with counts."""
    formulas = [logic.read_answer(answer, domain=domain).formula for answer in answers]
    classes = equivalence_classes(formulas, domain=domain)
    if not classes:
        return _choice(None, 0.0, [], formulas.count(None))
    largest, *others = classes
    alternatives = [{"formula": str(other.formula), "count": len(other)} for other in others]
    confidence = round(len(largest) / len(answers), 4)
    return _choice(
        str(largest.formula),
        confidence,
        alternatives,
        formulas.count(None),
    )


def _choice(
    formula: str | None,
    confidence: float,
    alternatives: list[dict[str, Any]],
    unreadable: int,
) -> dict[str, Any]:
    return {
        "formula": formula,
        "confidence": confidence,
        "alternatives": alternatives,
        "unreadable": unreadable,
    }

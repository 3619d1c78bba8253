"""`folalign translate`: sentences to formulas, sampled under the grammar and chosen by what most samples say."""

from __future__ import annotations

import argparse
import codecs
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

from rich.console import Console

import logic
from data.files import READERS, ending_of, read_rows, text_of
from data.prompts import choose as choose_prompt
from data.records import DataError
from logic.judging.vote import equivalence_classes
from logic.symbols import Signature
from pipelines.console import progress
from pipelines.domains import resolve_domain, with_notation
from pipelines.errors import UsageError
from pipelines.files import read_jsonl

if TYPE_CHECKING:
    from alignment.sampling import Sampler


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def _parser() -> _Parser:
    parser = _Parser(
        prog="folalign translate",
        description="Translate sentences into first-order logic: one JSON line for each.",
        epilog="The first of the n answers is the greedy one, which also decides ties. A row that --output already "
        "holds is not translated again.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--model", required=True, metavar="PATH", help="a model's folder or hub name")
    add(
        "--input",
        default="-",
        metavar="FILE",
        help=f"a sentence on each line, or {', '.join(READERS)}; - is stdin",
    )
    add("--column", default="sentence", help="the column with the sentence (default sentence)")
    add("--output", metavar="FILE", type=Path, help="JSON lines; standard output where absent")
    add("--n", type=int, default=8, help="answers to sample for each sentence (default 8)")
    add(
        "--grammar", choices=("none", "formula", "signature"), help="what may be written: any formula (default), a "
        "formula over a signature (the default with --signature), or anything",
    )  # fmt: skip
    add(
        "--signature", metavar="NAMES", help="the only names allowed, as in 'Cat/1, Chases/2, anna'; without it, "
        "--grammar signature takes each row's column signature",
    )  # fmt: skip
    add(
        "--domain", default="fol", metavar="NAME", help="the domain of the formulas: a name, or the path of a .py "
        "file; {domain} in --prompt stands for how it is written",
    )  # fmt: skip
    add(
        "--wrapper",
        metavar="MARKER",
        help="for models that think aloud: free text up to this marker is admitted",
    )
    add("--temperature", type=float, default=0.8, help="of all answers but the first (default 0.8)")
    add("--top_p", type=float, default=1.0, help="nucleus (default 1)")
    add("--max_tokens", type=int, default=128, help="longest answer, in tokens (default 128)")
    add("--batch_size", type=int, default=64, help="answers sampled at a time (default 64)")
    add("--seed", type=int, default=0, help="seed of the sampling (default 0)")
    add("--backend", choices=("transformers", "vllm"), default="transformers", help="what samples")
    add(
        "--prompt",
        help="prompt template with the field {sentence} and, with a signature, {signature}",
    )
    return parser


@dataclass(frozen=True, slots=True)
class Sentence:
    """One row of the input: its number, the sentence, and the names its formula may use."""

    row: int
    text: str
    signature: Signature | None = None


def main(argv: list[str]) -> int:
    """Run the command: 0 done; raises `UsageError` on bad usage and where no row can be translated."""
    arguments = _parser().parse_args(argv)
    arguments.domain = resolve_domain(arguments.domain, "--domain")
    _check(arguments)
    notes = Console(stderr=True, highlight=False)
    sentences, broken = _read(arguments)
    for number, reason in broken:
        notes.print(
            f"{arguments.input}, row {number}: {reason}",
            style="yellow",
            markup=False,
            soft_wrap=True,
        )
    if not sentences:
        raise UsageError(f"{arguments.input}: no row to translate, of {len(broken)}")
    waiting = _not_done(arguments, sentences)
    if len(waiting) < len(sentences):
        notes.print(
            f"[dim]{len(sentences) - len(waiting):,} of {len(sentences):,} rows are in the output already[/]"
        )
    if waiting:
        _translate(arguments, waiting, notes)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    if arguments.grammar is None:
        arguments.grammar = "formula" if arguments.signature is None else "signature"
    if arguments.signature is not None and arguments.grammar != "signature":
        raise UsageError(f"--signature needs --grammar signature, not {arguments.grammar}")
    for name in ("n", "max_tokens", "batch_size"):
        if getattr(arguments, name) < 1:
            raise UsageError(f"--{name} must be at least 1, got {getattr(arguments, name)}")
    if not 0 < arguments.temperature < float("inf") or not 0 < arguments.top_p <= 1:
        raise UsageError(
            f"--temperature must be above 0 and --top_p in (0, 1], got {arguments.temperature} and {arguments.top_p}"
        )
    try:
        arguments.prompt = choose_prompt(
            "translate", with_notation(arguments.prompt, arguments.domain)
        )
        if arguments.signature is not None:
            arguments.signature = logic.read_signature(arguments.signature)
    except (DataError, ValueError) as error:
        raise UsageError(str(error)) from None
    if "{signature}" in arguments.prompt and arguments.grammar != "signature":
        raise UsageError(
            "the prompt template has a field {signature}: give --signature, or --grammar signature"
        )


def _read(arguments: argparse.Namespace) -> tuple[list[Sentence], list[tuple[int, str]]]:
    """The sentences, and the rows that cannot be used with the reason."""
    sentences: list[Sentence] = []
    broken: list[tuple[int, str]] = []
    try:
        for number, row in _rows(arguments.input, arguments.column):
            try:
                if isinstance(row, str):
                    raise ValueError(row)
                sentences.append(
                    Sentence(number, text_of(row, arguments.column), _signature(arguments, row))
                )
            except ValueError as error:
                broken.append((number, str(error)))
    except DataError as error:
        raise UsageError(str(error)) from None
    return sentences, broken


def _signature(arguments: argparse.Namespace, row: dict[str, Any]) -> Signature | None:
    if arguments.grammar != "signature":
        return None
    if arguments.signature is not None:
        return arguments.signature
    if row.get("signature") is None:
        raise ValueError(
            "no column 'signature', which --grammar signature needs (or give --signature)"
        )
    return logic.read_signature(row["signature"])


def _rows(source: str, column: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Numbered rows; a line of plain text is a row with the sentence alone, an empty one none."""
    if source != "-" and ending_of(Path(source)) in READERS:
        yield from read_rows(Path(source))
        return
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise UsageError(f"{source}: {error.strerror or error}") from None
    lines = data.removeprefix(codecs.BOM_UTF8).splitlines()
    as_json = source == "-" and next(
        (line for line in lines if line.strip()), b""
    ).lstrip().startswith(b"{")
    for number, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        try:
            line = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            yield number, f"not valid UTF-8 (byte {error.start + 1})"
            continue
        if not as_json:
            yield number, {column: line}
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield number, f"not valid JSON ({error})"
        else:
            yield number, row if isinstance(row, dict) else "not a JSON object"


def _not_done(arguments: argparse.Namespace, sentences: list[Sentence]) -> list[Sentence]:
    """The sentences that the output does not hold yet. Raises `UsageError` where it holds something else."""
    if arguments.output is None:
        return sentences
    try:
        done = {row["row"]: row for row in read_jsonl(arguments.output)}
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise UsageError(f"{arguments.output}: not an output of this command ({error!r})") from None
    wanted = {sentence.row: sentence.text for sentence in sentences}
    for number, row in done.items():
        for key, ours in (("sentence", wanted.get(number)), *_settings(arguments).items()):
            if row.get(key) != ours:
                raise UsageError(
                    f"{arguments.output}, row {number}: {key} is {row.get(key)!r}, here {ours!r}; name another --output"
                )
    return [sentence for sentence in sentences if sentence.row not in done]


def _settings(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "model": str(arguments.model), "grammar": arguments.grammar, "n": arguments.n, "domain": arguments.domain,
    }  # fmt: skip


def _translate(arguments: argparse.Namespace, sentences: list[Sentence], notes: Console) -> None:
    from alignment.sampling import make_sampler

    try:
        sampler = make_sampler(
            arguments.backend, arguments.model, seed=arguments.seed, batch_size=arguments.batch_size
        )
    except FileNotFoundError as error:
        raise UsageError(f"model: {error}") from None
    except ModuleNotFoundError as error:
        raise UsageError(f"{error}; or choose --backend transformers") from None
    step = max(1, arguments.batch_size // arguments.n)
    try:
        with _writer(arguments.output) as stream, progress(notes) as bar:
            task = bar.add_task("translate", total=len(sentences), note="")
            for start in range(0, len(sentences), step):
                part = sentences[start : start + step]
                for sentence, answers in zip(part, _sample(arguments, sampler, part), strict=True):
                    row = {
                        "row": sentence.row,
                        "sentence": sentence.text,
                        **choose(answers, arguments.domain),
                        **_settings(arguments),
                    }
                    stream.write(json.dumps(row, ensure_ascii=False) + "\n")
                stream.flush()
                bar.update(task, advance=len(part))
    finally:
        sampler.close()


@contextmanager
def _writer(path: Path | None) -> Iterator[IO[str]]:
    """Standard output, or the file to append to, without a last line that was cut off."""
    if path is None:
        yield sys.stdout
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            whole = path.read_bytes()
            path.write_bytes(whole[: whole.rfind(b"\n") + 1])
        stream = path.open("a", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from None
    with stream:
        yield stream


def _sample(
    arguments: argparse.Namespace, sampler: Sampler, sentences: list[Sentence]
) -> list[list[str]]:
    """n answers to each sentence, the greedy one first; none where the prompt is too long for the model."""
    from alignment.sampling import cut_back, grammars

    prompts = [
        arguments.prompt.format(sentence=one.text, signature=_names(one.signature))
        for one in sentences
    ]
    too_long = set(sampler.too_long(prompts, arguments.max_tokens))
    fitting = [place for place in range(len(prompts)) if place not in too_long]
    shared: dict[str, Any] = {
        "prompts": [prompts[place] for place in fitting],
        "max_tokens": arguments.max_tokens,
        "grammars": grammars(
            arguments.grammar, len(fitting),
            signatures=[sentences[place].signature for place in fitting],
            wrapper=arguments.wrapper, domain=arguments.domain,
        ),
    }  # fmt: skip
    found = sampler.sample(**shared, temperature=0.0)
    if arguments.n > 1:
        drawn = sampler.sample(
            **shared, n=arguments.n - 1, temperature=arguments.temperature, top_p=arguments.top_p,
            seed=arguments.seed + sentences[0].row,
        )  # fmt: skip
        found = [first + rest for first, rest in zip(found, drawn, strict=True)]
    answers: list[list[str]] = [[] for _ in sentences]
    for place, texts in zip(fitting, found, strict=True):
        written = [
            text.rpartition(arguments.wrapper)[2] if arguments.wrapper else text for text in texts
        ]
        answers[place] = (
            written
            if arguments.grammar == "none"
            else [cut_back(text, arguments.domain) for text in written]
        )
    return answers


def _names(signature: Signature | None) -> str:
    """A signature as prompts say it: Cat/1 Chases/2 anna."""
    if signature is None:
        return ""
    applied = (*signature.predicates, *signature.functions)
    return " ".join([*(f"{name}/{arity}" for name, arity in applied), *signature.constants])


def choose(answers: list[str], domain: str = "fol") -> dict[str, Any]:
    """The formula that most answers agree on, the share that does, and the others with their counts."""
    formulas = [logic.read_answer(answer, domain=domain).formula for answer in answers]
    classes = equivalence_classes(formulas, domain=domain)
    return {
        "formula": str(classes[0].formula) if classes else None,
        "confidence": round(len(classes[0]) / len(answers), 4) if classes else 0.0,
        "alternatives": [
            {"formula": str(other.formula), "count": len(other)} for other in classes[1:]
        ],
        "unreadable": formulas.count(None),
    }

"""`folalign translate`: sentences to formulas, sampled under the grammar.

The formula is the one that most samples agree on.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from rich.console import Console

import logic
from pipelines.commands.translating.asking import Asking
from pipelines.commands.translating.choosing import choice
from pipelines.commands.translating.options import make_parser
from pipelines.commands.translating.output import check_target, line_of, rows_there, writer
from pipelines.commands.translating.sentences import Input, Sentence, usable
from pipelines.commands.translating.stories import StoryText, read_stories, translated
from pipelines.commands.translating.translator import Translator, check_gates, own_settings
from pipelines.commands.translating.whole import whole_story
from pipelines.config.domains import resolve_domain
from pipelines.config.light.ranges import MAX_SEED
from pipelines.config.light.start import check_local
from pipelines.console import progress, terminal
from pipelines.errors import UsageError
from pipelines.judging.answers import open_answerer
from pipelines.quiet import quiet
from pipelines.registry import need_packages

MOST_TOLD = 20
"""Rows left out that are named one by one."""


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
    _tell_broken(arguments.input, broken, len(rows) + len(broken), notes)
    if not rows:
        raise UsageError(f"{arguments.input}: no row to translate, of {len(broken)}")
    waiting = _not_in_output(arguments, rows)
    if len(waiting) < len(rows):
        done = len(rows) - len(waiting)
        notes.print(f"[dim]{done:,} of {len(rows):,} rows are in the output already[/]")
    if waiting:
        _translate(arguments, waiting, notes)
    return 0


def _tell_broken(source: str, broken: list[tuple[int, str]], count: int, notes: Console) -> None:
    """Say which rows are left out and why, the first ones by number, and how many there are."""
    lines = [f"{source}, row {number}: {reason}" for number, reason in broken[:MOST_TOLD]]
    if broken:
        lines.append(f"{source}: {len(broken):,} of {count:,} rows are left out")
    for line in lines:
        notes.print(
            line,
            style="yellow",
            markup=False,
            soft_wrap=True,
        )


def _read(
    arguments: argparse.Namespace,
) -> tuple[Sequence[Sentence | StoryText], list[tuple[int, str]]]:
    """The sentences or the stories of the input, and the rows that cannot be used."""
    names = arguments.signature
    per_row = arguments.grammar == "signature" and names is None
    if arguments.story:
        return read_stories(arguments.input, signature=names, per_row=per_row)
    return Input(
        arguments.input,
        arguments.column,
        signature=names,
        per_row=per_row,
        keep=arguments.keep,
        given=tuple(arguments.sentences),
    ).read()


def _check(arguments: argparse.Namespace) -> None:
    """Fill in what is open, and raise `UsageError` for what does not go together."""
    _check_input(arguments)
    _check_grammar(arguments)
    _check_sampling(arguments)
    check_gates(arguments)
    if arguments.whole and not arguments.story:
        raise UsageError("--whole is for stories: add --story")
    if arguments.whole and arguments.wrapper is not None:
        raise UsageError("--wrapper is for sentences, not for --whole")
    if arguments.story and arguments.keep:
        raise UsageError("--keep is for sentences, not for --story")
    taken = {"row", "sentence", "names", *_settings(arguments), *choice(None, 0.0, [], 0)}
    if clash := sorted(taken & set(arguments.keep)):
        raise UsageError(f"--keep {clash[0]}: the output has a column of that name itself")
    try:
        if arguments.signature is not None:
            arguments.signature = usable(logic.read_signature(arguments.signature))
    except ValueError as error:
        raise UsageError(str(error)) from None
    _check_model(arguments)
    arguments.asking = Asking.of(arguments)
    if "{signature}" in arguments.asking.template and arguments.grammar != "signature":
        raise UsageError(
            "the prompt template has a field {signature}: give --signature, or --grammar signature"
        )


def _check_input(arguments: argparse.Namespace) -> None:
    if arguments.sentences and (arguments.story or arguments.input is not None):
        raise UsageError("give either sentences or --input; --story reads its stories from --input")
    arguments.input = arguments.input or "-"
    check_target(arguments.output, arguments.input)
    if arguments.column is not None and (arguments.sentences or arguments.story):
        raise UsageError("--column is for a file of sentences")
    arguments.column = arguments.column or "sentence"


def _check_model(arguments: argparse.Namespace) -> None:
    """Raises `UsageError` for a model that is not there, as far as its name tells."""
    if arguments.endpoint is None and arguments.endpoint_key is not None:
        raise UsageError("--endpoint_key goes with --endpoint")
    arguments.endpoint_key = arguments.endpoint_key or "OPENAI_API_KEY"
    if arguments.endpoint is None:
        check_local(arguments.model)
    elif not arguments.model.strip():
        raise UsageError("--model must be the name that the endpoint has for the model, got ''")


def _check_grammar(arguments: argparse.Namespace) -> None:
    if arguments.endpoint is not None:
        if arguments.grammar not in (None, "none") or arguments.signature is not None:
            raise UsageError("--endpoint takes no grammar and no signature: leave them out")
        arguments.grammar = "none"
    if arguments.grammar is None:
        arguments.grammar = "formula" if arguments.signature is None else "signature"
    if arguments.signature is not None and arguments.grammar != "signature":
        raise UsageError(f"--signature needs --grammar signature, not {arguments.grammar}")


def _check_sampling(arguments: argparse.Namespace) -> None:
    if arguments.max_tokens is None:
        arguments.max_tokens = 256 if arguments.whole else 128
    for name in ("n", "max_tokens", "batch_size"):
        value = getattr(arguments, name)
        if value < 1:
            raise UsageError(f"--{name} must be at least 1, got {value}")
    if not 0 <= arguments.seed <= MAX_SEED:
        raise UsageError(f"--seed must be from 0 to {MAX_SEED}, got {arguments.seed}")
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
    rows = rows_there(arguments.output, given[0])
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
    whole = {"whole": arguments.whole} if arguments.story else {}
    return {
        "model": str(arguments.model),
        "grammar": arguments.grammar,
        "n": arguments.n,
        "domain": arguments.domain,
        **whole,
        **own_settings(arguments),
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
    with closing(answerer), writer(arguments.output) as stream, progress(notes) as bar:
        translator = Translator(arguments, answerer)
        task = bar.add_task("translate", total=len(waiting), note="")
        for part in _parts(arguments, waiting):
            for row in _rows(translator, part):
                stream.write(line_of(row | _settings(arguments)))
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


def _rows(translator: Translator, part: list[Sentence] | StoryText) -> Iterator[dict[str, Any]]:
    """What is said of each sentence, or of the story."""
    arguments = translator.arguments
    domain = arguments.domain
    if isinstance(part, StoryText) and arguments.whole:
        yield whole_story(part, translator.whole_answers(part), domain=domain)
        return
    if isinstance(part, StoryText):
        # Each of its rows has a number of its own, so that what is sampled does not depend on others.
        numbered = enumerate(part.sentences, start=1_000 * part.row)
        sentences = [Sentence(number, text, part.signature) for number, text in numbered]
        choices = translator.choices(sentences, are_joint=True)
        yield translated(part, choices, domain=domain)
        return
    for sentence, chosen in zip(part, translator.choices(part), strict=True):
        own = {"row": sentence.row, **sentence.identity(), **chosen}
        yield sentence.kept | own

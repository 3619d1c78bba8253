"""How `folalign translate` asks for a formula: template, examples, messages, ends of answers."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import logic
from data import prompts
from data.records import DataError
from logic.signatures.signature import Signature
from pipelines.commands.parser import CommandParser
from pipelines.commands.translating.sentences import Sentence
from pipelines.commands.translating.stories import StoryText
from pipelines.config.arguments import DataArguments
from pipelines.config.corpus import load_examples
from pipelines.config.domains import with_notation
from pipelines.errors import UsageError


def add_asking(parser: CommandParser) -> None:
    """The options that say how a model is asked."""
    add = parser.add_argument
    add(
        "--prompt",
        help="prompt template with the field {sentence} and, with a signature, {signature}; with "
        "--whole the fields {premises} and {conclusion}",
    )
    add(
        "--chat",
        action="store_true",
        help="ask through the model's chat template, as chat models are asked",
    )
    add(
        "--examples",
        metavar="N|FILE",
        help="solved examples before each sentence: so many rows of train of --dataset, drawn by "
        "the seed, or a file of rows",
    )
    add(
        "--dataset",
        default="synthetic",
        metavar="NAME",
        help="where --examples N draws from: a data set's name, a file, a folder (default "
        "synthetic)",
    )
    add("--dataset_path", metavar="PATH", help="a local copy of that data set")
    add(
        "--stop",
        nargs="+",
        metavar="TEXT",
        help=r"texts that end an answer, \n being a new line; where absent, what the template "
        "begins with, and a blank line where there are examples",
    )


@dataclass(frozen=True)
class Asking:
    """The prompt of a sentence, and the texts that end an answer to it."""

    template: str
    chat: bool
    solved: list[dict[str, Any]]
    stop: tuple[str, ...]

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> Asking:
        """As the options say; raises `UsageError` for what cannot be."""
        chat = arguments.chat or arguments.endpoint is not None
        _check_examples(arguments.examples)
        try:
            template = with_notation(arguments.prompt, arguments.domain)
            task = "story" if arguments.whole else "translate"
            template = prompts.choose(task, template, chat=chat)
            options = DataArguments(
                dataset=arguments.dataset,
                dataset_path=arguments.dataset_path,
                domain=arguments.domain,
                examples=arguments.examples,
                stop=arguments.stop,
            )
            records = load_examples(options, seed=arguments.seed, task=task)
            solved = [
                prompts.row(record, template, chat=chat, domain=arguments.domain)
                for record in records
            ]
        except (DataError, ValueError, logic.ParseError) as error:
            raise UsageError(str(error)) from None
        stop = options.stop
        if stop is None:
            stop = [] if chat else list(prompts.stops(template, examples=bool(solved)))
        return cls(template, chat, solved, tuple(stop))

    def ask(self, sentences: Sequence[Sentence]) -> list[Any]:
        """What the model is asked for each sentence: text, or messages."""
        return [self._prompt(sentence) for sentence in sentences]

    def ask_whole(self, story: StoryText) -> Any:
        """What the model is asked for a whole story."""
        premises = "\n".join(story.premises)
        return self._message(premises=premises, conclusion=story.conclusion)

    def _prompt(self, sentence: Sentence) -> Any:
        return self._message(sentence=sentence.text, signature=_names(sentence.signature))

    def _message(self, **fields: str) -> Any:
        text = self.template.format_map(fields)
        prompt: Any = [{"role": "user", "content": text}] if self.chat else text
        return prompts.after_examples({"prompt": prompt}, self.solved)["prompt"]


def _check_examples(examples: str | None) -> None:
    """Raise `UsageError` for what is neither a number of examples nor a file."""
    if examples is None or examples.isdecimal() or Path(examples).exists():
        return
    with suppress(ValueError):
        float(examples)
        raise UsageError(f"--examples must be a whole number of at least 1, got {examples}")
    raise UsageError(f"--examples {examples}: no such file")


def _names(signature: Signature | None) -> str:
    """A signature as prompts say it: Cat/1 Chases/2 anna."""
    return "" if signature is None else signature.to_line()

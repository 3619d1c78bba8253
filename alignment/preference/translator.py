"""A frozen translator: a model that reads a passage as the formula of its core claim.

Any model trained by the stages on the tasks distill or translate will do. It answers greedily, in
batches, through the transformers sampler, in evaluation mode and without gradients; it shares
nothing with the model in training, is in no checkpoint, and draws no random numbers of the process
it lives in.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterable, Sequence

import torch

from alignment.sampling import SamplingSettings, chat, make_sampler, sample_fitting
from data import prompts
from logic.reading.answers.answer import Answer, read_answer


class Translator:
    """Reads passages as formulas with a model on disk or on the hub.

    Args:
        model: path or hub name.
        prompt: template with the field {passage} (or {sentence}); the task distill's own where
            absent.
        chat: give the model's chat template a user message instead of plain text.
        max_tokens: longest formula, in tokens.
        batch_size: passages read at a time.
        dtype: float32, bfloat16 or float16.
        cache: answers kept, the most recently used ones.

    Raises:
        FileNotFoundError: no model of that name.
        ValueError: a template without its field or with another, or a chat template that is
            missing.
    """

    def __init__(
        self,
        model: str | os.PathLike[str],
        *,
        prompt: str | None = None,
        chat: bool = False,
        max_tokens: int = 96,
        batch_size: int = 64,
        dtype: str = "float32",
        cache: int = 65_536,
    ) -> None:
        task = "translate" if prompt and "{sentence}" in prompt else "distill"
        self._field = "sentence" if task == "translate" else "passage"
        self._template = prompts.choose(task, prompt, chat=chat)
        if "{signature}" in self._template:
            raise ValueError(
                "a translator is told no {signature}: leave it out of its prompt template"
            )
        self._chat = chat
        self._greedy = SamplingSettings(temperature=0.0, max_tokens=max_tokens)
        self._size = cache
        self._known: OrderedDict[str, str] = OrderedDict()
        self.asked = 0
        """Passages that the model itself has read; the others were known."""
        with torch.random.fork_rng():
            self._sampler = make_sampler(
                "transformers",
                model,
                dtype=dtype,
                batch_size=batch_size,
            )
        self._render(["."])  # a missing chat template shows here and not in the middle of a run

    def answers(self, passages: Sequence[str]) -> list[str]:
        """What the model writes for each passage.

        "" for a blank one, and for one too long for its context.
        """
        distinct = [passage for passage in dict.fromkeys(passages) if passage.strip()]
        new = [passage for passage in distinct if passage not in self._known]
        written = self._write(new)
        # Before `_remember`, which may forget some of them.
        answers = [written.get(text, self._known.get(text, "")) for text in passages]
        self._remember(written, distinct)
        return answers

    def _write(self, passages: list[str]) -> dict[str, str]:
        """The model's greedy answer to each passage."""
        completions = sample_fitting(self._sampler, self._render(passages), self._greedy)
        self.asked += sum(texts is not None for texts in completions)
        answers = [texts[0] if texts else "" for texts in completions]
        return dict(zip(passages, answers, strict=True))

    def read(self, passages: Sequence[str]) -> list[Answer]:
        """The formula of each passage; None in the answer where what the model wrote has none."""
        return [read_answer(text) for text in self.answers(passages)]

    def close(self) -> None:
        """Free the model; what it has read is forgotten too."""
        self._sampler.close()
        self._known.clear()

    def _render(self, passages: Sequence[str]) -> list[str]:
        texts = [self._template.format_map({self._field: passage.strip()}) for passage in passages]
        if not self._chat:
            return texts
        conversations = [[{"role": "user", "content": text}] for text in texts]
        return chat.render(self._sampler.tokenizer, conversations)

    def _remember(self, written: dict[str, str], passages: Iterable[str]) -> None:
        """Keep new answers, and of all of them the ones asked for last."""
        self._known |= written
        for passage in passages:
            self._known.move_to_end(passage)
        while len(self._known) > self._size:
            self._known.popitem(last=False)

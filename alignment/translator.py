"""A frozen translator: the model that reads a passage as the formula of its core claim, for rewards and evaluation.

Any model trained by the stages on the tasks distill or translate will do. It answers greedily, in batches, through
the transformers sampler, in evaluation mode and without gradients; it shares nothing with the model in training, is
in no checkpoint, and draws no random numbers of the process it lives in.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterable, Sequence

import torch

from alignment import chat
from alignment.sampling import TransformersSampler, make_sampler
from data import prompts
from logic.reading.answers.answer import Answer, read_answer


class Translator:
    """Reads passages as formulas with a model on disk or on the hub.

    Args:
        model: path or hub name.
        prompt: template with the field {passage} (or {sentence}); the task distill's own where absent.
        chat: give the model's chat template a user message instead of plain text.
        max_tokens: longest formula, in tokens.
        batch_size: passages read at a time.
        dtype: float32, bfloat16 or float16.
        cache: answers kept, the most recently used ones.

    Raises:
        FileNotFoundError: no model of that name.
        ValueError: a template without its field or with another, or a chat template that is missing.
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
        self._max_tokens = max_tokens
        self._size = cache
        self._known: OrderedDict[str, str] = OrderedDict()
        self.asked = 0
        """Passages that the model itself has read; the others were known."""
        with torch.random.fork_rng():
            sampler = make_sampler("transformers", model, dtype=dtype, batch_size=batch_size)
        assert isinstance(sampler, TransformersSampler)
        self._sampler = sampler
        self._render(["."])  # a missing chat template shows here and not in the middle of a run

    def answers(self, passages: Sequence[str]) -> list[str]:
        """What the model writes for each passage; "" for a blank one, and for one too long for its context."""
        new = [text for text in dict.fromkeys(passages) if text.strip() and text not in self._known]
        texts = self._render(new)
        too_long = set(self._sampler.too_long(texts, self._max_tokens))
        fitting = [place for place in range(len(new)) if place not in too_long]
        self.asked += len(fitting)
        found = self._sampler.sample(
            [texts[i] for i in fitting], temperature=0.0, max_tokens=self._max_tokens
        )
        written = {new[place]: answer for place, (answer,) in zip(fitting, found, strict=True)}
        written |= {new[place]: "" for place in too_long}
        result = [
            written[text] if text in written else self._known.get(text, "") for text in passages
        ]
        self._remember(written, passages)
        return result

    def read(self, passages: Sequence[str]) -> list[Answer]:
        """The formula of each passage; `formula` is None where the model's answer cannot be read."""
        return [read_answer(text) for text in self.answers(passages)]

    def close(self) -> None:
        """Free the model; what it has read is forgotten too."""
        self._sampler.close()
        self._known.clear()

    def _render(self, passages: Sequence[str]) -> list[str]:
        texts = [self._template.format_map({self._field: passage.strip()}) for passage in passages]
        asked = [[{"role": "user", "content": text}] for text in texts] if self._chat else texts
        return chat.render(self._sampler.tokenizer, asked)

    def _remember(self, written: dict[str, str], used: Iterable[str]) -> None:
        self._known |= written
        for text in dict.fromkeys(used):
            if text in self._known:
                self._known.move_to_end(text)
        while len(self._known) > self._size:
            self._known.popitem(last=False)

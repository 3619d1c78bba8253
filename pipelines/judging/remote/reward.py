"""A reward that a chat model gives: it is asked for a mark, at an OpenAI-compatible endpoint."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from alignment.messages import last_text
from alignment.rewards.registry import RewardSettingError, column, register
from pipelines.errors import UsageError
from pipelines.judging.remote.endpoint import Endpoint, EndpointError, Named, Reply

QUESTION = """\
How good is the answer to the last message of the conversation: how helpful, correct and harmless?

[Conversation]
{conversation}

{known}[Answer]
{answer}

Reply with one whole number from 0 (worst) to {best} (best)."""
# Before what is asked for, which small models no longer see when it does not stand last.
REFERENCE = """\
[An answer that is known to be good]
{reference}

"""
BEST = 10
MAX_CACHED = 100_000
"""Answers whose marks are kept."""
_NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?", re.ASCII)
_OUT_OF_BEST = re.compile(rf"([-−]?\d+(?:\.\d+)?)\s*(?:/|out of)\s*{BEST}\b", re.ASCII)
_THOUGHT, _THOUGHT_ENDS = "<think>", "</think>"


@register("llm_judge")
@dataclass(eq=False)
class LLMJudge:
    """The mark of a chat model, from 0 to 1.

    `url` is the base address of an OpenAI-compatible endpoint, `model` the name there, `key` the
    environment variable with its key; `timeout` bounds an attempt in seconds, `retries` are further
    ones, `tokens` the longest reply, and `at_a_time` requests are on their way at once. With
    `with_reference` it is shown the column `reference`. Equal questions are asked once. A reply
    without a number from 0 to 10, and no reply, is not judged. The tokens spent, and the shares of
    unclear and of failed questions, are logged.
    """

    url: str
    model: str
    key: str = "OPENAI_API_KEY"
    timeout: float = 60.0
    retries: int = 3
    tokens: int = 16
    at_a_time: int = 8
    with_reference: bool = False
    prompt_tokens: int = field(default=0, init=False)
    completion_tokens: int = field(default=0, init=False)
    _marks: dict[str, float] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.at_a_time < 1 or self.tokens < 1:
            raise ValueError(
                f"at_a_time and tokens must be at least 1, got {self.at_a_time} and {self.tokens}"
            )
        self._endpoint  # noqa: B018 (a bad address or key shows here)

    @property
    def text_columns(self) -> tuple[str, ...]:
        """The columns without whose texts a row is not judged."""
        return ("reference",) if self.with_reference else ()

    @functools.cached_property
    def _endpoint(self) -> Endpoint:
        try:
            return Endpoint(
                self.url,
                self.model,
                key_variable=self.key,
                timeout=self.timeout,
                retries=self.retries,
                named=Named("url", "model", "key", "timeout", "retries"),
            )
        except UsageError as error:
            raise RewardSettingError(f"the reward 'llm_judge': {error}") from error

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        references: Sequence[Any] = [None] * len(completions)
        if self.with_reference:
            references = column(columns, "reference", "llm_judge")
        rows = zip(prompts, completions, references, strict=True)
        questions = [_question(*row) for row in rows]
        new = [text for text in dict.fromkeys(questions) if text not in self._marks]
        threads = ThreadPoolExecutor(self.at_a_time)
        try:
            replies = list(threads.map(self._ask, new))
        finally:  # interrupted, it waits for no question that is still to be asked
            threads.shutdown(wait=False, cancel_futures=True)
        if len(self._marks) > MAX_CACHED:
            self._marks.clear()
        found = dict(zip(new, replies, strict=True))
        marks = {question: _mark(reply) for question, reply in found.items()}
        known = {question: mark for question, mark in marks.items() if mark is not None}
        self._marks |= known
        self._log(list(found.values()), len(known), columns.get("log_metric"))
        return [self._marks.get(question) for question in questions]

    def _ask(self, question: str) -> Reply | None:
        try:
            return self._endpoint.ask(question, max_tokens=self.tokens)
        except EndpointError:
            return None

    def _log(self, replies: list[Reply | None], clear: int, log_metric: Any) -> None:
        answered = [reply for reply in replies if reply is not None]
        self.prompt_tokens += sum(reply.prompt_tokens for reply in answered)
        self.completion_tokens += sum(reply.completion_tokens for reply in answered)
        if log_metric is None or not replies:
            return
        log_metric("rewards/llm_judge/failed", 1.0 - len(answered) / len(replies))
        log_metric("rewards/llm_judge/unclear", (len(answered) - clear) / len(replies))
        log_metric("rewards/llm_judge/prompt_tokens", float(self.prompt_tokens))
        log_metric("rewards/llm_judge/completion_tokens", float(self.completion_tokens))


def _question(prompt: Any, answer: str, reference: Any) -> str:
    known = ""
    if reference is not None:
        known = REFERENCE.format(reference=last_text(reference).strip())
    return QUESTION.format(
        conversation=_conversation(prompt), known=known, answer=answer.strip(), best=BEST
    )


def _conversation(prompt: Any) -> str:
    if isinstance(prompt, str):
        return prompt
    return "\n".join(
        f"{str(turn.get('role', 'user')).capitalize()}: {last_text([turn])}" for turn in prompt
    )


def _mark(reply: Reply | None) -> float | None:
    """The mark in a reply, from 0 to 1; None where there is none, or more than one.

    A thought is no part of it, nor is one that was cut off.
    """
    if reply is None:
        return None
    text = reply.text.rpartition(_THOUGHT_ENDS)[2]
    if _THOUGHT in text:
        return None
    found = _OUT_OF_BEST.findall(text) or _NUMBER.findall(text)
    numbers = {float(number.replace("−", "-")) for number in found}
    if len(numbers) != 1:
        return None
    (mark,) = numbers
    return mark / BEST if 0.0 <= mark <= BEST else None

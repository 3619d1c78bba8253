"""A chat model behind an OpenAI-compatible endpoint that answers prompts, as one on disk does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from pipelines.errors import UsageError
from pipelines.judging.remote.endpoint import Endpoint, EndpointError, Named

if TYPE_CHECKING:
    from pipelines.judging.answers import Grammar

AT_ONCE = 8
"""Requests under way at a time."""
# Answers by which an endpoint refuses one prompt, mostly one that is too long.
_REFUSED_PROMPT = (400, 413, 422)


class EndpointAnswerer:
    """As `pipelines.judging.answerer.Answerer`: prompts, texts or messages, to answers."""

    def __init__(
        self, url: str, model: str, *, key_variable: str, max_tokens: int, stop: Sequence[str] = ()
    ) -> None:
        self._endpoint = Endpoint(
            url,
            model,
            key_variable=key_variable,
            named=Named("endpoint", "model", "endpoint_key"),
        )
        self._max_tokens = max_tokens
        self._sampling: dict[str, Any] = {"stop": list(stop)} if stop else {}

    def render(self, prompts: Sequence[Any]) -> list[Any]:
        """The prompts as they are: the endpoint has the chat template."""
        return list(prompts)

    def answers(
        self,
        prompts: Sequence[Any],
        *,
        greedy: bool = True,
        samples: int = 0,
        temperature: float = 1.0,
        top_p: float = 1.0,
        seed: int,
        grammar: Grammar,
        batch_size: int | None = None,
        advance: Callable[[int], object] | None = None,
    ) -> list[list[str] | None]:
        """The answers to each prompt; None for one that the endpoint refuses.

        Raises `UsageError` for a grammar, and where the endpoint answers nothing.
        """
        if grammar.kind != "none":
            raise UsageError("an endpoint takes no grammar: say grammar none")
        draws: list[dict[str, Any]] = [{}] if greedy else []
        draws += [
            {"temperature": temperature, "top_p": top_p, "seed": seed + number}
            for number in range(samples)
        ]
        refusals: list[EndpointError] = []
        answers: list[list[str] | None] = []
        jobs = [(prompt, draws) for prompt in prompts]
        with ThreadPoolExecutor(AT_ONCE) as threads:
            for texts in self._in_order(threads, jobs, refusals):
                answers.append(texts)
                if advance is not None:
                    advance(1)
        if answers and not any(answers):
            raise UsageError(f"endpoint: every prompt was refused: {refusals[0]}")
        return answers

    def _in_order(
        self,
        threads: ThreadPoolExecutor,
        jobs: Sequence[tuple[Any, list[dict[str, Any]]]],
        refusals: list[EndpointError],
    ) -> Iterator[list[str] | None]:
        def answer(job: tuple[Any, list[dict[str, Any]]]) -> list[str] | None:
            prompt, draws = job
            try:
                return [self._ask(prompt, draw) for draw in draws]
            except EndpointError as error:
                if error.code not in _REFUSED_PROMPT:
                    raise UsageError(f"endpoint: {error}; the same command tries again") from None
                refusals.append(error)
                return None

        try:
            yield from threads.map(answer, jobs)
        finally:
            threads.shutdown(cancel_futures=True)

    def _ask(self, prompt: Any, draw: dict[str, Any]) -> str:
        return self._endpoint.ask(
            prompt, max_tokens=self._max_tokens, **self._sampling, **draw
        ).text

    def close(self) -> None:
        """Nothing is held."""

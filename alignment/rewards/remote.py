"""The judge of `folalign serve` on other machines as a reward, so that a GPU trains meanwhile."""

from __future__ import annotations

import itertools
import json
import logging
import os
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from alignment.rewards.fol import AgainstReference
from alignment.rewards.registry import RewardSettingError, column, register
from logic.domains.finding import is_path

if TYPE_CHECKING:
    import httpx

logger = logging.getLogger(__name__)

URLS_VARIABLE = "FOLALIGN_URLS"
Scores = list[float | None]
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Codes after which another attempt may fare better."""
AT_A_TIME = 4
"""Requests on their way to each address."""
FIRST_WAIT, MOST_WAIT = 0.5, 30.0
"""Seconds between two attempts: the first wait, doubled each time, and the longest."""


class _Passing(Exception):
    """An attempt that failed, and the seconds that the service asks to wait, if it does."""

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


@register("remote")
@dataclass(eq=False, kw_only=True)
class Remote(AgainstReference):
    """The judge's score, asked of services (`folalign serve`) at `urls`.

    Where `urls` is None, they are what the environment variable `FOLALIGN_URLS` lists. `pays` is
    "logic", the graded score, or "equivalence", 1 where proved equivalent and else 0. Batches of
    `batch_size` go to the addresses in turn. One that fails is tried again at the next address, up
    to `retries` times, waiting longer each time; `timeout` is seconds without a byte, which the
    wait in the service's queue counts to. What then has no answer is None, and counted in
    `unanswered`. A domain in a file is asked for by the file's stem, under which the services must
    have it. Their token comes from the environment variable `token_variable`.
    """

    urls: list[str] | None = None
    pays: Literal["logic", "equivalence"] = "logic"
    batch_size: int = 64
    retries: int = 8
    timeout: float = 300.0
    token_variable: str = "FOLALIGN_TOKEN"  # noqa: S105 (the name of a variable)
    unanswered: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._urls = self.urls or os.environ.get(URLS_VARIABLE, "").split()
        if not self._urls:
            raise ValueError(
                f"name a service in urls or {URLS_VARIABLE}, as in http://127.0.0.1:8321"
            )
        for url in self._urls:
            _check_url(url)
        if self.batch_size < 1 or self.retries < 0 or not 0 < self.timeout < float("inf"):
            raise ValueError("batch_size and timeout must be above 0, retries at least 0")
        self._turn = itertools.count()
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None
        self._has_answered = False

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> Scores:
        # A formula in place of a text has no notation: it stays out.
        references = [
            text if isinstance(text, str) else None
            for text in column(columns, "reference", "remote")
        ]
        size = self.batch_size
        batches = [
            (completions[start : start + size], references[start : start + size])
            for start in range(0, len(completions), size)
        ]
        with ThreadPoolExecutor(AT_A_TIME * len(self._urls)) as threads:
            found = list(threads.map(self._batch, batches))
        scores = [score for batch in found for score in batch]
        log_metric = columns.get("log_metric")
        if log_metric is not None:
            log_metric("rewards/remote/unanswered", float(self.unanswered))
        if self.pays == "logic":
            return scores
        return [None if score is None else float(score == 1.0) for score in scores]

    def _batch(self, pairs: tuple[Sequence[str], Sequence[str | None]]) -> Scores:
        """The scores of a batch; None for all of it where no attempt is answered."""
        candidates, references = pairs
        body = json.dumps(  # in ASCII: a text may have half of a surrogate pair
            {
                "candidates": candidates,
                "references": references,
                "domain": _named(self.domain),
                "dialect": self.dialect,
                "canonical_references": self.canonical_references,
            }
        ).encode()
        first = next(self._turn)
        for attempt in range(self.retries + 1):
            try:
                return self._ask(self._urls[(first + attempt) % len(self._urls)], body, candidates)
            except _Passing as problem:
                logger.warning("attempt %d of %d: %s", attempt + 1, self.retries + 1, problem)
                if attempt < self.retries:
                    wait = max(problem.wait, FIRST_WAIT * 2.0**attempt)
                    time.sleep(min(wait, MOST_WAIT))
        with self._lock:
            self.unanswered += len(candidates)
        return [None] * len(candidates)

    def _ask(self, url: str, body: bytes, candidates: Sequence[str]) -> Scores:
        """One attempt. Raises `_Passing`, or RewardSettingError where no attempt was answered yet."""
        import httpx  # here: the other rewards do without it

        client = self._opened()
        try:
            response = client.post(f"{url.rstrip('/')}/score", content=body)
        except httpx.HTTPError as error:
            raise _Passing(f"{url}: {type(error).__name__}") from None
        if response.status_code == 200:
            scores = _scores(response, len(candidates))
            if scores is None:
                raise _Passing(f"{url}: an answer that is none")
            self._has_answered = True
            return scores
        message = f"{url}: HTTP {response.status_code}"
        if response.status_code in PASSING or self._has_answered:
            raise _Passing(message, _seconds(response.headers.get("Retry-After")))
        raise RewardSettingError(f"the reward 'remote': {message}: {response.text[:200]!r}")

    def _opened(self) -> httpx.Client:
        """The connections, which all threads share; opened late, so that a copy has its own."""
        import httpx

        with self._lock:
            if self._client is None:
                headers = {"Content-Type": "application/json"}
                token = os.environ.get(self.token_variable, "").strip()
                if token:
                    headers["Authorization"] = f"Bearer {token}"
                # The token goes to the addresses that are named: no proxy, no redirect.
                self._client = httpx.Client(headers=headers, timeout=self.timeout, trust_env=False)
            return self._client


def _check_url(url: str) -> None:
    """Raises ValueError for an address that is none, or that holds a password: configs are kept."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"urls: {url!r} is no address such as http://127.0.0.1:8321")
    if "@" in parts.netloc:
        raise ValueError("urls: an address must have no user or password; a token has a variable")


def _named(domain: str) -> str:
    """What a domain is called in requests: one in a file by the stem of its name."""
    parts = domain.split("+")
    return "+".join([Path(part).stem if is_path(part) else part for part in parts])


def _scores(response: httpx.Response, count: int) -> Scores | None:
    """The scores in an answer; None where it is of another form."""
    try:
        scores: Scores = response.json()["scores"]
        is_whole = len(scores) == count
    except (ValueError, KeyError, TypeError):
        return None
    numbers = all(score is None or isinstance(score, int | float) for score in scores)
    return scores if is_whole and numbers else None


def _seconds(header: str | None) -> float:
    """What a service asks to wait; 0 where it says nothing, or a date."""
    return float(header) if header and header.isdecimal() else 0.0

"""A chat model behind an OpenAI-compatible HTTP endpoint.

One question, one answer, bounded in time and attempts.
"""

from __future__ import annotations

import http.client
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from pipelines.errors import UsageError
from pipelines.judging.remote.bounded import MAX_SHOWN, Request, hide

MAX_WAIT = 30.0
"""Seconds between two attempts, at most."""
MAX_BYTES = 4_000_000
# Worth another attempt: too many requests, and what a server says of itself.
_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})


class EndpointError(Exception):
    """No answer after all attempts, or one that no attempt would mend; `code` is HTTP's, if any."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class Named(NamedTuple):
    """What the keys are called by which a user says which endpoint is meant."""

    url: str = "judge_url"
    model: str = "judge_model"
    key: str = "judge_key"
    timeout: str = "judge_timeout"
    retries: str = "judge_retries"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model answered, and the tokens it cost."""

    text: str
    prompt_tokens: int
    completion_tokens: int


JUDGE = Named()


class Endpoint:
    """A model at `URL/chat/completions`.

    Args:
        url: base address, such as http://localhost:8000/v1.
        model: the model's name there.
        key_variable: environment variable with the API key; no key is sent where it is not set.
        timeout: seconds one attempt may take, from connecting to the last byte.
        retries: further attempts after a failed one.

    What the server sends may hold the key: neither a reply nor an error shows it. Raises UsageError
    for an address that is none or has a password, a key that no header can hold, or bounds out of
    range.
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        key_variable: str = "OPENAI_API_KEY",
        timeout: float = 60.0,
        retries: int = 3,
        named: Named = JUDGE,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise UsageError(f"{named.url} must begin with http:// or https://, got {url!r}")
        if not _names_a_host(url):
            raise UsageError(f"{named.url} must be an address in ASCII with a host, got {url!r}")
        if "@" in urllib.parse.urlsplit(url).netloc:
            raise UsageError(
                f"{named.url} must have no user or password: it is kept in the run directory; "
                f"name a variable with the key by {named.key}"
            )
        if not model:
            raise UsageError(f"{named.model}: name the model that the endpoint is to answer with")
        if not 0 < timeout < float("inf") or retries < 0:
            raise UsageError(
                f"{named.timeout} must be above 0 and {named.retries} at least 0, "
                f"got {timeout} and {retries}"
            )
        self._url = url.rstrip("/") + "/chat/completions"
        self._model = model
        self._timeout = timeout
        self._retries = retries
        self._key = _key(key_variable, named.key)
        self._headers = {"Content-Type": "application/json"}
        if self._key:
            self._headers["Authorization"] = f"Bearer {self._key}"

    def ask(
        self,
        question: str | list[dict[str, str]],
        *,
        max_tokens: int = 16,
        temperature: float = 0,
        **sampling: float | list[str],
    ) -> Reply:
        """The answer to one question, a text or a conversation. Raises EndpointError."""
        if isinstance(question, str):
            question = [{"role": "user", "content": question}]
        body = json.dumps(
            {
                "model": self._model,
                "messages": question,
                "temperature": temperature,
                "max_tokens": max_tokens,
                **sampling,
            }
        ).encode()
        for attempt in range(self._retries + 1):
            try:
                return self._attempt(body)
            except _Passing as problem:
                if attempt == self._retries:
                    raise EndpointError(f"{problem} (after {attempt + 1} attempts)") from None
                time.sleep(min(problem.wait or 0.5 * 2**attempt, MAX_WAIT))
        raise AssertionError("the last attempt returns or raises")

    def _attempt(self, body: bytes) -> Reply:
        request = urllib.request.Request(  # noqa: S310 (the address begins with http: or https:)
            self._url,
            data=body,
            headers=self._headers,
            method="POST",
        )
        try:
            raw = Request(self._timeout).send(request, _body)
        except urllib.error.HTTPError as error:
            raise self._refused(error) from None
        # No connection, a timeout, or an answer that is cut off.
        except (OSError, http.client.HTTPException) as error:
            reason = self._shown(str(getattr(error, "reason", None) or error))
            raise _Passing(reason or type(error).__name__) from None
        reply = _reply(raw)
        if reply is None:
            shown = self._shown(raw[:MAX_SHOWN].decode("utf-8", errors="replace"))
            raise _Passing(f"no chat completion but {shown[:120]!r}")
        return replace(reply, text=hide(reply.text, self._key))

    def _refused(self, error: urllib.error.HTTPError) -> Exception:
        """What an answer with an error's code comes to; `error.msg` is its body."""
        reason = self._shown(error.msg)[:300]
        message = f"HTTP {error.code}: {reason}" if reason else f"HTTP {error.code}"
        if error.code in _AGAIN:
            return _Passing(message, _seconds(error.headers.get("Retry-After")))
        return EndpointError(message, error.code)

    def _shown(self, text: str) -> str:
        """What a server says, in a line, without the key; cut to size only then."""
        return hide(_in_a_line(hide(text, self._key)), self._key)


class _Passing(Exception):
    """A failure that another attempt may mend, and how long to wait, where the server says so."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


def _key(key_variable: str, option: str) -> str:
    """The key, "" where there is none."""
    key = os.environ.get(key_variable, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise UsageError(
            f"{option}: the key in {key_variable} has characters that no HTTP header can hold"
        )
    return key


def _names_a_host(url: str) -> bool:
    try:
        parts = urllib.parse.urlsplit(url)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return has_host and url.isascii() and url.isprintable() and " " not in url


def _body(response: http.client.HTTPResponse) -> bytes:
    """What the server sends, up to a size."""
    body = bytearray()
    while len(body) < MAX_BYTES and (piece := response.read1(1 << 16)):
        body += piece
    return bytes(body)


def _in_a_line(text: str) -> str:
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def _seconds(header: str | None) -> float | None:
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:  # a date
        return None


# What reading JSON of any form as a chat completion can raise.
_MALFORMED = (
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    OverflowError,
    RecursionError,
)


def _reply(raw: bytes) -> Reply | None:
    """The reply that a chat completion holds; None for anything else."""
    try:
        content: dict[str, Any] = json.loads(raw)
        text = content["choices"][0]["message"]["content"] or ""
        if not isinstance(text, str):
            return None
        usage = content.get("usage") or {}
        return Reply(
            text,
            prompt_tokens=int(usage.get("prompt_tokens") or 0),
            completion_tokens=int(usage.get("completion_tokens") or 0),
        )
    except _MALFORMED:
        return None

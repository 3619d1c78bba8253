"""An HTTP request that ends in time, whatever the server does, and a secret that no message shows."""

from __future__ import annotations

import functools
import html
import http.client
import json
import queue
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

Result = TypeVar("Result")

HIDDEN = "[key]"
MAX_SHOWN = 64_000
"""Bytes of an error that are read."""
LEAST_SECRET = 4
"""Characters from which on a key is one: shorter ones would be found in any text."""


class Request:
    """One request, made in a thread that is left behind when its time is over."""

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout
        self._sockets: list[socket.socket] = []
        self._opener = urllib.request.build_opener(
            _NoRedirect, _Http(self._sockets), _Https(self._sockets)
        )

    def send(
        self, request: urllib.request.Request, read: Callable[[http.client.HTTPResponse], Result]
    ) -> Result:
        """What `read` makes of the answer. Raises what it raises, or `TimeoutError`.

        Of an `HTTPError`, `msg` is then the text that came with it.

        A socket's own limit bounds one read of it; a server that sends a byte now and then, in a
        header or an error, would hold the caller for as long as it likes.
        """
        outcomes: queue.SimpleQueue[tuple[Result | None, BaseException | None]]
        outcomes = queue.SimpleQueue()

        def work() -> None:
            try:
                with self._opener.open(request, timeout=self.timeout) as response:
                    outcomes.put((read(response), None))
            except urllib.error.HTTPError as error:
                error.msg = _said(error)
                outcomes.put((None, error))
            except BaseException as error:
                outcomes.put((None, error))

        threading.Thread(target=work, daemon=True).start()
        try:
            result, error = outcomes.get(timeout=self.timeout)
        except queue.Empty:
            self._close()
            raise TimeoutError("timed out") from None
        if error is not None:
            raise error
        return result  # type: ignore[return-value]

    def _close(self) -> None:
        """End the connections, and with them the thread that waits for one."""
        for connection in self._sockets:
            with suppress(OSError, ValueError):
                connection.shutdown(socket.SHUT_RDWR)


def _said(error: urllib.error.HTTPError) -> str:
    """What a server says of its refusal, as far as it comes."""
    with error, suppress(OSError, http.client.HTTPException):
        return error.read(MAX_SHOWN).decode("utf-8", errors="replace")
    return ""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The key goes to the address that was named, and to no other."""

    def redirect_request(self, *request: Any) -> None:
        return None


def _noted(kind: type[http.client.HTTPConnection], sockets: list[socket.socket]) -> Any:
    """A kind of connection that notes its socket once there is one."""

    class Noted(kind):  # type: ignore[valid-type,misc]
        def connect(self) -> None:
            super().connect()
            sockets.append(self.sock)

    return Noted


class _Http(urllib.request.HTTPHandler):
    def __init__(self, sockets: list[socket.socket]) -> None:
        super().__init__()
        self._connection = _noted(http.client.HTTPConnection, sockets)

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, request)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, sockets: list[socket.socket]) -> None:
        super().__init__()
        self._connection = _noted(http.client.HTTPSConnection, sockets)

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, request)


def hide(text: str, secret: str) -> str:
    """The text without the secret, as it is or as a server may have escaped it."""
    if len(secret) < LEAST_SECRET:
        return text
    for spelling in _spellings(secret):
        text = text.replace(spelling, HIDDEN)
    return text


@functools.lru_cache(maxsize=4)
def _spellings(secret: str) -> list[str]:
    spellings = {
        secret,
        json.dumps(secret)[1:-1],
        secret.replace("/", "\\/"),
        html.escape(secret),
        urllib.parse.quote(secret),
        urllib.parse.quote(secret, safe=""),
        urllib.parse.quote_plus(secret),
        repr(secret)[1:-1],
    }
    return sorted(spellings, key=len, reverse=True)

"""What every request passes before it is read: its token, its size, the time it takes to come in.

And what every response gets: headers that keep a browser to this page and its own files.
"""

from __future__ import annotations

import asyncio
import hmac
from contextlib import suppress
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.service.metrics import Metrics
from pipelines.service.responses import Json, failure
from pipelines.service.settings import Settings

OPEN_PATHS = frozenset({"/", "/page.css", "/page.js", "/docs", "/openapi.json", "/health"})
"""What is answered without the token: nothing that works, counts or was asked by others."""
HELD_BODIES = 16
"""Bodies of the largest size that are held at a time, before they are read."""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Gate:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self.app = app
        self._limits = settings.limits
        self._metrics = metrics
        self._expected = settings.token.encode() if settings.token else None
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        send = self._counted(scope, send)
        body = bytearray()
        try:
            refusal = self._unauthorised(scope) or await self._read(scope, receive, body)
            if refusal is not None:
                await refusal(scope, receive, send)
                return
            await _while_asked(self.app, scope, bytes(body), receive, send)
        finally:
            self._held -= len(body)

    def _counted(self, scope: Scope, send: Send) -> Send:
        """`send`, with the headers, and counted by path and status."""

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
                # Paths that are none of ours would be labels without end.
                path = getattr(scope.get("route"), "path", "other")
                self._metrics.requests.labels(path, message["status"]).inc()
            await send(message)

        return counted

    def _unauthorised(self, scope: Scope) -> Json | None:
        if self._expected is None or scope["path"] in OPEN_PATHS:
            return None
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        is_equal = hmac.compare_digest(given.encode("latin-1"), self._expected)
        if scheme.lower() == "bearer" and is_equal:
            return None
        return failure(
            HTTPStatus.UNAUTHORIZED,
            "this service wants its token: Authorization: Bearer ...",
            {"WWW-Authenticate": "Bearer"},
        )

    async def _read(self, scope: Scope, receive: Receive, body: bytearray) -> Json | None:
        """Read the body as far as it is allowed to go; what to answer where it goes further."""
        too_large = failure(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"a request may have {self._limits.body:,} bytes",
            {"Connection": "close"},
        )
        length = Headers(scope=scope).get("content-length", "0")
        if int(length) > self._limits.body:
            return too_large
        try:
            async with asyncio.timeout(self._limits.patience):
                more = True
                while more:
                    message = await receive()
                    chunk = message.get("body", b"")
                    body += chunk
                    self._held += len(chunk)
                    if len(body) > self._limits.body:
                        return too_large
                    if self._held > HELD_BODIES * self._limits.body:
                        return failure(
                            HTTPStatus.TOO_MANY_REQUESTS,
                            "too many large requests at a time",
                            {"Retry-After": "1", "Connection": "close"},
                        )
                    more = message.get("more_body", False)
        except TimeoutError:
            return failure(
                HTTPStatus.REQUEST_TIMEOUT,
                f"the request did not come in within {self._limits.patience:g} s",
                {"Connection": "close"},
            )
        return None


async def _while_asked(
    app: ASGIApp, scope: Scope, body: bytes, receive: Receive, send: Send
) -> None:
    """Answer a request that has been read, unless who asked goes away."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    answering = asyncio.ensure_future(app(scope, replay, send))
    leaving = asyncio.ensure_future(gone())
    try:
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
        if answering.done():
            answering.result()  # raises what the application raised
        else:
            answering.cancel()
            with suppress(asyncio.CancelledError):
                await answering

"""The server: its socket, its limits on connections, and its end in peace."""

from __future__ import annotations

import asyncio
import ipaddress
import math
import signal
import socket
from http import HTTPStatus
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from pipelines.errors import UsageError
from pipelines.service.api import application
from pipelines.service.responses import failure
from pipelines.service.settings import Limits, Settings

STOP_SECONDS = 300
"""Time to finish what was taken, after SIGTERM."""
BUSY_SECONDS = 1
"""When to come back where all connections are taken."""
HEAD_BYTES = 32 << 10
"""Size of a request's line and headers."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises UsageError where it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=1024)
    except (OSError, OverflowError) as error:
        raise UsageError(f"cannot listen on {host}, port {port}: {error}") from None
    # Its connections take it over. asyncio sets it on sockets that it has made alone, and without
    # it each answer, whose head and body are sent apart, waits for the client's delayed ACK: 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def is_loopback(host: str) -> bool:
    """Whether this machine alone can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def run(settings: Settings, listener: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT; what was taken by then is finished."""
    config = uvicorn.Config(
        application(settings),
        http=_bounded(settings.limits),
        ws="none",
        loop="asyncio",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=math.ceil(settings.limits.patience),
        timeout_graceful_shutdown=STOP_SECONDS,
        h11_max_incomplete_event_size=HEAD_BYTES,
    )
    server = _Announced(config)

    def stop(*_: object) -> None:
        server.should_exit = True

    # For a signal before uvicorn listens to them, and for the same one again, which it raises when
    # it has ended, for whoever waits for it: here nobody does.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    server.run(sockets=[listener])


class _Announced(uvicorn.Server):
    """A server that says where it is once it answers, and can be told to stop."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or []:
            host, port = listener.getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            print(f"folalign serve: http://{shown}:{port}", flush=True)


def _bounded(limits: Limits) -> type[H11Protocol]:
    """HTTP/1.1 for so many clients, who begin their requests, and read their answers, in time.

    Others are cut off: without it, a client that does neither holds a connection for ever. One
    client too many is told to come back, as uvicorn would too, but not as JSON.

    A request's body has its own limit, in `pipelines.service.gate`.
    """
    seconds = limits.patience
    too_many = failure(
        HTTPStatus.SERVICE_UNAVAILABLE,
        f"all {limits.connections:,} connections are taken; try again in {BUSY_SECONDS} s",
        {"Retry-After": str(BUSY_SECONDS), "Connection": "close"},
    )

    class Bounded(H11Protocol):
        _limit: asyncio.TimerHandle | None = None
        _unread: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            if len(self.connections) > limits.connections:
                self.app = too_many
            self._await_head(None)

        def on_response_complete(self) -> None:
            answered = self.cycle
            super().on_response_complete()  # which begins the next request, where it has come
            self._await_head(answered)

        def pause_writing(self) -> None:
            super().pause_writing()
            self._unread = self.loop.call_later(seconds, self.transport.abort)

        def resume_writing(self) -> None:
            super().resume_writing()
            if self._unread is not None:
                self._unread.cancel()

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            self._forget()

        def _await_head(self, last: Any) -> None:
            self._forget()
            self._limit = self.loop.call_later(seconds, self._late, last)

        def _late(self, last: Any) -> None:
            if self.cycle is last:  # no request has begun since
                self.transport.abort()

        def _forget(self) -> None:
            if self._limit is not None:
                self._limit.cancel()

    return Bounded

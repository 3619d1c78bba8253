"""What a worker process of `logic.judging.workers.pool` runs.

It answers items one by one until the pipe closes, which it does when the caller ends or is killed.
"""

from __future__ import annotations

import importlib
import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from logic.judging.workers.lost import Lost

WATCH_SECONDS = 0.5
"""How often a worker looks whether its parent is still there."""


def serve(task: str, megabytes: int, descriptor: int) -> None:
    """Answer chunks from the pipe with `task` ("module:function"), within so many megabytes."""
    threading.Thread(target=_follow, args=(os.getppid(),), daemon=True).start()
    limit = megabytes << 20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    module, name = task.split(":")
    function = getattr(importlib.import_module(module), name)
    connection: Connection = Connection(descriptor)
    # A caller that is gone is no fault to be told of: it may have been killed.
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            _answer(connection, function)


def _answer(connection: Connection, function: Callable[[Any], Any]) -> None:
    """Answer the next chunk."""
    for item in connection.recv():
        try:
            result = function(item)
        except (Exception, SystemExit) as error:  # the caller is told, and decides
            result = Lost(f"{type(error).__name__}: {error}")
        connection.send(result)


def _follow(parent: int) -> None:
    """End when the parent has ended, however it did: a long task would go on for nobody."""
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

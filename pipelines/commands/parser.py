"""The parser of the commands that are no stage."""

from __future__ import annotations

import argparse
from typing import NoReturn

from pipelines.errors import UsageError


class CommandParser(argparse.ArgumentParser):
    """argparse, with errors as `UsageError`."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)

"""What an operator decides: limits, token, and the domains that a request may name."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from logic.core import CORE
from logic.domains.finding import SHIPPED, is_path
from pipelines.config.domains import resolve_domain
from pipelines.errors import UsageError

TOKEN_VARIABLE = "FOLALIGN_TOKEN"  # noqa: S105 (the name of a variable)
LEAST_TOKEN = 16
"""Characters that a token has at least: a short one can be guessed."""


@dataclass(frozen=True)
class Limits:
    """How much one request, and all of them, may take.

    `body` bytes and `items` of a request; `queue` items of all requests that wait for a worker;
    `seconds` for an item, counted from when a worker begins it; `patience` seconds for a request
    to come in; `connections` at a time.
    """

    body: int = 8 << 20
    items: int = 4096
    queue: int = 50_000
    seconds: float = 30.0
    patience: float = 20.0
    connections: int = 512


@dataclass(frozen=True)
class Settings:
    """How the service is run.

    `domains` are by the names that requests use. `not_judged` stands for None where a trainer
    takes numbers only.
    """

    workers: int = 1
    limits: Limits = field(default_factory=Limits)
    token: str | None = field(default=None, repr=False)
    domains: Mapping[str, str] = field(default_factory=lambda: named_domains(()))
    not_judged: float = 0.0

    def domain(self, name: str) -> str:
        """The domain that a request names, one or several joined by `+`.

        Raises ValueError for what is no name of `domains`: a path never is.
        """
        specs = []
        for part in name.split("+"):
            if part not in self.domains:
                allowed = ", ".join(self.domains)
                raise ValueError(f"unknown domain {part[:80]!r}; allowed: {allowed}")
            specs.append(self.domains[part])
        return "+".join(specs)


def named_domains(specs: Sequence[str]) -> dict[str, str]:
    """The domains that ship and those of the operator, by name; that of a file is its stem.

    Raises UsageError for one that is not there, and for two of one name.
    """
    domains = {name: name for name in (CORE.spec, *SHIPPED)}
    for spec in specs:
        for part in resolve_domain(spec, "--domain").split("+"):
            name = Path(part).stem if is_path(part) else part
            if domains.setdefault(name, part) != part:
                raise UsageError(f"--domain {spec}: there is another domain called {name!r}")
    return domains


def read_token(path: Path | None) -> str | None:
    """The token in a file, or in the environment; None where there is neither.

    Raises UsageError for one that is short or that no header can hold.
    """
    if path is None:
        where, token = TOKEN_VARIABLE, os.environ.get(TOKEN_VARIABLE)
        if token is None:
            return None
    else:
        where = str(path)
        try:
            token = path.read_text(encoding="ascii")
        except OSError as error:
            raise UsageError(f"--token_file {path}: {error.strerror or error}") from None
        except UnicodeDecodeError:  # whose text would show a part of the token
            raise UsageError(f"--token_file {path}: not in ASCII") from None
    token = token.strip()
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise UsageError(f"the token in {where} has characters that no header can hold")
    if len(token) < LEAST_TOKEN:
        raise UsageError(f"the token in {where} is shorter than {LEAST_TOKEN} characters")
    return token

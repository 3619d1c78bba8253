"""Which notation a text is in, and the reader for it."""

from __future__ import annotations

from collections.abc import Callable

from logic.parser import Raw, read_core

READERS: dict[str, Callable[[str], Raw]] = {
    name: read_core for name in ("unicode", "ascii", "words", "latex", "prover9", "nltk", "tptp", "prolog")
}


def reader(text: str, dialect: str | None) -> Callable[[str], Raw]:
    """The reader for a notation by name, or for the one that the text is in. Raises `ValueError`."""
    if dialect is None:
        return read_core
    if dialect not in READERS:
        raise ValueError(f"unknown dialect {dialect!r}; allowed: {', '.join(sorted(READERS))}")
    return READERS[dialect]

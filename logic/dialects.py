"""Which notation a text is in, and the reader for it."""

from __future__ import annotations

from logic.builder import Raw
from logic.errors import ParseError
from logic.parser import read_core
from logic.spelling import normalise

INFIX = ("unicode", "ascii", "words", "latex", "prover9", "nltk", "tptp", "prolog")


def read(text: str, dialect: str | None) -> tuple[str, Raw]:
    """The text as it was read (look-alike characters made plain) and its raw nodes. Raises `ValueError`."""
    if dialect is not None and dialect not in INFIX:
        raise ValueError(f"unknown dialect {dialect!r}; allowed: {', '.join(sorted(INFIX))}")
    text = normalise(text)
    return text, read_core(text, wide=dialect != "nltk")

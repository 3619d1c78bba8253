"""TPTP's own rules, as far as they differ from the core notation's."""

from __future__ import annotations

import re

from logic.reading.notations.conventions import CNF, TPTP, Conventions

_HEADER = re.compile(r"\s*(fof|tff|cnf)\s*\(\s*(?:\w+|'[^'\n]*')\s*,\s*\w+\s*,")
_BINDER = re.compile(r"[!?]\s*\[\s*[A-Z]\w*[\w\s,:]*\]\s*:")
_QUOTED = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"")
_CONVERSE = re.compile(rf"(?P<quoted>{_QUOTED.pattern})|(?<![<=])<=(?![>=])")
_MARK = re.compile(r"[()\[\],]")


def is_tptp(text: str) -> bool:
    """Whether a text is certainly TPTP: by its header, or by a quantifier such as `! [X] :`."""
    if _HEADER.match(text):
        return True
    return "[" in text and _BINDER.search(text) is not None


def conventions(text: str) -> Conventions:
    """The rules for names: free variables of a `cnf` formula are closed universally."""
    header = _HEADER.match(text)
    return CNF if header is not None and header[1] == "cnf" else TPTP


def plain(text: str) -> str:
    """The text in the core's signs: `<=` as `←`, and no annotation behind the formula."""
    text = _CONVERSE.sub(lambda sign: sign["quoted"] or "← ", text)
    header = _HEADER.match(text)
    if header is None:
        return text
    # What is quoted may hold any sign: it is blanked, place for place, before the commas are found.
    blanked = _QUOTED.sub(lambda quote: " " * len(quote[0]), text)
    depth = 0
    for mark in _MARK.finditer(blanked, header.end()):
        if mark[0] in "([":
            depth += 1
        elif mark[0] in ")]":
            depth -= 1
        elif depth == 0:
            end = blanked.rfind(")")
            return text[: mark.start()] + text[end:] if end > mark.start() else text
    return text

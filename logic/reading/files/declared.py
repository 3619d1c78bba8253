"""Lines of a story that can only be formulas, as all their words are names that the story declares.

Beside a formula, `raining` may be a word that joins, and `anna ≠ tom` a condition. Where the story
declares `raining/0`, and `anna` and `tom`, each is a statement of its own.
"""

from __future__ import annotations

import re

from logic.reading.files.headings import heading
from logic.spelling import plain_name

_NAME = r"(?:'(?:[^'\\\n]|\\.)+'|[^\W_][\w.+'-]*)"
_ONE = rf"{_NAME} (?: /\d{{1,2}} | \( [^()\n]* \) )?"
_DECLARATIONS = re.compile(rf"\s* {_ONE} (?: \s*,\s* {_ONE} )* \s*", re.VERBOSE)
_DECLARED = re.compile(rf"({_NAME}) (?: /\d{{1,2}} | \( [^()\n]* \) )?", re.VERBOSE)
_WORD = re.compile(_NAME)
_BOUND = re.compile(r"[∀∃]!?[u-z]\d{0,2}(?=\W)")
_TWO_WORDS = re.compile(r"\w\s+\w")
_VARIABLE = re.compile(r"[u-z]\d{0,2}")
# No bullet before it, which may be an operator, and no sign behind it that waits for more.
_WHOLE = re.compile(r"[\w'(¬∀∃⊤⊥](?:.*[\w')⊤⊥])?")
_LAST_WORD = re.compile(rf"{_NAME}\Z")
_GLOSS = ":::"


def declared_names(text: str) -> frozenset[str]:
    """The names that the signature of a story lists; a line of it that is prose lists none."""
    names: set[str] = set()
    is_inside = False
    for line in text.split("\n"):
        opened = heading(line)
        if opened is not None:
            is_inside = opened.part == "signature" and opened.problem is None
            line = opened.rest
        listed = line.partition(_GLOSS)[0]
        if is_inside and _DECLARATIONS.fullmatch(listed):
            names.update(_DECLARED.findall(listed))
    return frozenset([plain_name(name) for name in names])


def is_statement(line: str, names: frozenset[str]) -> bool:
    """Whether a line has no words but declared names and variables, with a sign between any two."""
    if not names or not _WHOLE.fullmatch(line):
        return False
    unbound = _BOUND.sub("", line)
    if _TWO_WORDS.search(_WORD.sub("a", unbound)):
        return False
    words = [plain_name(word) for word in _WORD.findall(unbound)]
    return bool(words) and all(word in names or _VARIABLE.fullmatch(word) for word in words)


def ends_in_name(line: str, names: frozenset[str]) -> bool:
    """Whether a line ends in a declared name, so that nothing is missing behind its quantifier."""
    last = _LAST_WORD.search(line)
    return last is not None and plain_name(last[0]) in names

"""LaTeX's commands in the strings of JSON and Python, whose escapes eat a command's first letter.

Written with one backslash, `\\forall` is a form feed and `orall` there, and `\\neg` a line break and `eg`.
"""

from __future__ import annotations

import functools
import re

from logic.reading.notations.core import grammar

_LETTERS = {"\a": "a", "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", "\v": "v"}
_EATEN = re.compile(r"[\a\b\f\n\r\t\v](?=[A-Za-z])")
_NEVER_MEANT = "\a\b\f\r\v"
"""Characters that no formula has: before a letter they are always what an escape left."""
_NEGATED = re.compile(r"exists(?![A-Za-z])")
_SINGLE = re.compile(r"(?<!\\)(?:\\\\)*+\\(?![bfnrtuxNU])[A-Za-z]")
_UNDECIDED = r"\n exists"
# What a formula in LaTeX has commands for.
_PLAIN = re.compile(
    r"[&|]|<?[-=]>|\b(?:for\s?all|all|some|(?<!\n)exists)\s\w|\b(?:and|or|not|implies|iff)\b"
)
_NEAR = 200
"""Characters behind a command that the grammar may look at."""


def with_commands(text: str, *, is_latex: bool) -> str:
    """A decoded string with the commands of LaTeX that its escapes have eaten.

    They are those that the grammar reads. A line break before the word "exists" may be one, or what
    is left of `\\nexists`: it is this where single backslashes were written (`is_latex`, or another
    command is eaten), and a line break in a formula of words and ASCII signs. Otherwise nothing
    tells, and the text is made one that no notation reads.
    """
    if _EATEN.search(text) is None:
        return text
    places = [found for found in _EATEN.finditer(text) if _is_command(text, found.start())]
    negated = _UNDECIDED
    if is_latex or any(not _is_negated(text, found) for found in places):
        negated = "\\nexists"
    elif "\\" not in text and _PLAIN.search(text):
        negated = "\nexists"
    parts: list[str] = []
    start = 0
    for found in places:
        parts.append(text[start : found.start()])
        start = found.end()
        if _is_negated(text, found):
            parts.append(negated)
            start += len("exists")
        else:
            parts.append(f"\\{_LETTERS[found[0]]}")
    return "".join([*parts, text[start:]])


def is_undecided(text: str) -> bool:
    """Whether `with_commands` could not tell a line break from a command."""
    return _UNDECIDED in text


def has_single_backslash(text: str) -> bool:
    """Whether an object is written with single backslashes before what no escape is, as in `\\land`."""
    return "\\" in text and _SINGLE.search(text) is not None


def _is_negated(text: str, eaten: re.Match[str]) -> bool:
    return eaten[0] == "\n" and _NEGATED.match(text, eaten.end()) is not None


def _is_command(text: str, place: int) -> bool:
    """Whether a control character and the letters behind it are a command that the grammar reads."""
    if text[place] in _NEVER_MEANT or _NEGATED.match(text, place + 1):
        return True
    restored = f"\\{_LETTERS[text[place]]}{text[place + 1 : place + 1 + _NEAR]}"
    return any(command.match(restored) for command in _commands())


@functools.cache
def _commands() -> list[re.Pattern[str]]:
    """The terminals of the grammar that commands of LaTeX are among."""
    patterns = [terminal.pattern.to_regexp() for terminal in grammar().terminals]
    return [re.compile(pattern) for pattern in patterns if "\\\\" in pattern]

"""What is no answer in words: it is not translated, as a translator finds a formula in anything."""

from __future__ import annotations

import re
from typing import Any

import logic
from alignment.messages import last_text, whole_text

# An answer may have twice the words of the preferred one, and so many more.
_SLACK = 8
# A shorter last message may well recur in an honest answer.
_SHORT_PROMPT = 5
# So many words in a row that are the prompt's and not the preferred answer's are a copy; a longer
# preferred answer allows for more, up to twice as many.
_RUN = 8
_WORD = re.compile(r"\w+")
# What formulas have and prose has not.
_SIGNS = re.compile(r"[∀∃¬∧∨⊕↔]|\\\\?(forall|exists)\b")
# What prose seldom has, as in "answer(s)", which is no formula.
_RARE_SIGNS = re.compile(r"→|->|\w\(")
# \b: a long word is tried once, not from each of its letters.
_ATOM = re.compile(r"\b\w+\([^()]*\)")


def fault(prompt: Any, answer: str, preferred: str) -> str:
    """Why a text is no answer in words; "" for one that is.

    Empty; more than twice as long as the preferred answer (in words, and some more); a copy of the
    prompt's last message, of a question, or of 8 words in a row (up to 16 where the preferred
    answer is long) that the preferred answer does not have; or a formula. A translator reads some
    formula out of each.
    """
    words, preferred_words = _words(answer), _words(preferred)
    if not words:
        return "empty"
    if len(words) > 2 * len(preferred_words) + _SLACK:
        return "too long"
    if _is_copy(prompt, words, preferred_words, question=answer.rstrip().endswith("?")):
        return "copies the prompt"
    return "a formula" if _is_formula(answer) and not _is_formula(preferred) else ""


def _is_formula(text: str) -> bool:
    """Whether a text is written in signs, whole or broken, or is formulas with no word beside."""
    if _SIGNS.search(text):
        return True
    if not _RARE_SIGNS.search(text):
        return False
    rest = text
    while (shorter := _ATOM.sub(" ", rest)) != rest:  # the inner terms first
        rest = shorter
    return not _WORD.search(rest) or logic.read_answer(text).formula is not None


def _is_copy(prompt: Any, words: list[str], preferred: list[str], *, question: bool) -> bool:
    conversation = _words(whole_text(prompt))
    length = min(_RUN + len(preferred) // 10, 2 * _RUN)
    if _runs(words, length) & _runs(conversation, length) - _runs(preferred, length):
        return True
    message = _words(last_text(prompt))
    if words != preferred:
        if words == message:
            return True
        if question and _contains(conversation, words):
            return True
    return len(message) >= _SHORT_PROMPT and _contains(words, message)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _contains(words: list[str], part: list[str]) -> bool:
    """Whether a part stands in a text, word by word."""
    return _runs(part, len(part)) <= _runs(words, len(part))


def _runs(words: list[str], length: int) -> set[tuple[str, ...]]:
    """All runs of so many words in a row."""
    starts = range(len(words) - length + 1)
    return {tuple(words[start : start + length]) for start in starts}

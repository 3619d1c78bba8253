"""Answers that refer to a formula by a name, a number or a letter rather than show it."""

from __future__ import annotations

import re

from logic.reading.answers.around.words import Taken, flat
from logic.reading.answers.marks import given_name
from logic.reading.answers.signs import begins_with_formula

REFERENCE = re.compile(r"[¬~∧∨→↔⊕&|]\s*[(\[]\d+[)\]]")
"""A number that stands for a formula."""

_GREEK = r"(?:[φϕΦψΨ𝜙𝜑]|\\(?:var)?phi\b|\\psi\b|\bphi\b)"
# "Let φ be the translation." and `φ = …` give a name and use none.
_GIVES = r"(?:\b(?i:let|where|call)\s[$`]?{name}[$`]?\s(?:be|denotes?|is)\b|^\W*{name}\s*:?=)"
_DEFINED = re.compile(r"(?<![\w\\])([^\W\d]\w*)\s*(?::=|≔|≡|=(?![=>]))\s*[¬~(\s]*(?:[∀∃]|\w+\()")
_PICKS = re.compile(
    r"\b(?i:first|second|third|fourth|fifth|last|former|latter|both|either|neither|options?|choices?"
    r"|choose|chose|chosen|pick|picked|prefer|number)\b|\b\d{1,2}\b(?!\))"
    r"|\b[A-H]\b(?=\W*\Z|\s(?:is|are|was|captures?|translates|says|means)\b)",
)
_PROSE = re.compile(r"\W*[A-Za-z]+\s[a-z]+\b")
_LABEL = re.compile(r"[\s(\[*]*(?:[A-Za-z]|\d{1,3}|[ivx]{1,4})[\s)\].:*]*")
_CORRECT = re.compile(
    r"\W*(?:the\s)?(?:correct|right)\s[\w\s]{1,30}[:：](?P<formula>.*)", re.IGNORECASE
)
_CLOSES = re.compile(
    r"\b(?:final|correct|corrected|right|revised|fixed|improved|updated)\b", re.IGNORECASE
)


def stands_for_another(text: str, start: int, end: int) -> bool:
    """Whether a formula is only a part of one that the text makes of it by its name, or refers to others."""
    taken = text[start:end]
    if REFERENCE.search(taken):
        return True
    name = given_name(taken)
    around = f"{text[:start]}\n{text[end:]}"
    if name:
        pattern = rf"(?<!\w){name}(?!\w)" if name[0] == "F" else _GREEK
        around = re.sub(_GIVES.format(name=pattern), " ", around, flags=re.MULTILINE)
        return re.search(pattern, around) is not None
    defined = {found[1] for found in _DEFINED.finditer(text[:start])}
    return any(re.search(rf"(?<!\w){one}(?![\w(])", taken) for one in defined)


def is_chosen_against(above: list[str], lead_in: str, below: str, taken: Taken) -> bool:
    """Whether formulas stand above a formula, and the text says which of all is the answer."""
    others = [line for line in above if begins_with_formula(line)]
    if not others:
        return False
    inside = [line for line in taken.text.split("\n")[1:] if _PROSE.match(line)]
    if any(map(_PICKS.search, [*inside, *below.split("\n")])):
        return True
    correct = [_CORRECT.match(line) for line in others]
    is_other = any(one is not None and flat(one["formula"]) != taken.flat for one in correct)
    return is_other and _CLOSES.search(lead_in) is None


def is_label_of_an_item(piece: str, text: str) -> bool:
    """Whether an answer is a letter or a number, and formulas stand beside it that it may be of."""
    return _LABEL.fullmatch(piece) is not None and any(map(begins_with_formula, text.split("\n")))

"""Lines that give a name of the formula another meaning than its own words: "Cat(x): x is not a cat".

A legend says in words what a name stands for. One that denies the name's own words, or defines the
name by a formula, makes another formula of all in which it occurs.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from logic.reading.answers.around.words import FUNCTION_WORDS, Taken, flat

_VARIABLES = r"\(\s*[a-z]\d{0,2}(?:\s*,\s*[a-z]\d{0,2})*+\s*\)"
_SAYS = r"""
    means? | denot\w+ | stands?\sfor | represents? | says | states? | indicat\w+ | express\w+ | is | are | as | be
    | if | iff | for | holds | refers\sto | signif\w+
"""
_MARK = r"(?: :{1,3}=? | =(?![=>]) | ≔ | ≡ | ⇔ | ↔ | <-> | <=> | (?<=\s)[–—-](?![->])"
# A name with its variables anywhere, one without them at the beginning of a line.
_HEAD = re.compile(
    rf"""
      (?<![\w\\]) (?P<name>[^\W\d]\w*+) \s? {_VARIABLES} [`$*]*+ \s*+ {_MARK} | (?:{_SAYS})\b )
    | \A \W*+ (?: (?:where|with|let|here|define)\b[\s,:`]*+ )?
      (?P<bare>[^\W\d]\w*+) [`$*"]*+ \s*+ {_MARK} | (?:means?|denot\w+|stands?\sfor|represents?|is|are)\b )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DENIES = re.compile(
    r"""
      [¬~∼] | n['’]t\b
    | \b(?: not | no | non | never | none | nobody | nothing | neither | nor | cannot | false | untrue | without
        | lack\w* | fail\w* | opposite | contrary | reverse | inverse | negat\w+ | complement | den(?:y|ies)
        | anything\sbut | other\sthan | except | unlike | rather\sthan | instead\sof | nicht | kein\w* )\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Parts of a name that deny the rest of it.
_DENYING_PART = re.compile(
    r"\b(?:anti|un|dis|in|im|ir|il|ex|former|only|free|avoids?|isnt|doesnt|cant)\b|(?<=\w)less\b",
    re.IGNORECASE,
)
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_WORD = re.compile(r"[^\W\d_]+")
_PASSED_OVER = FUNCTION_WORDS | frozenset(
    """
    have has had having get gets ever really actually truly true any all at case kind sort type member
    instance one thing things such who whom whose if when belong belongs hold holds necessarily longer
    """.split()
)
_STEM = 4
_MOST_PARTS = 6
_LEFT_OUT = "∧ ∧"
"""What stands in the place of a dash, or of what is left out."""
_SIGN = re.compile(r"[¬~∼∀∃∄∧∨→↔⊕⇒⇔&|]|[=-]>|\\[a-z]|(?i:\b(?:and|or|not)\b)")
_FORMULA = re.compile(r"[\s`$({\[¬~∼-]*+(?:[∀∃∄]|\\(?:forall|exists|neg|lnot)|\w+\()")
# What a name that stands in a formula has before it.
_INSIDE = re.compile(r"[∀∃∄¬~∼∧∨→↔⊕⇒&|]|[=-]>|\\[a-z]|[-!]\Z")


class _Gloss(NamedTuple):
    """What a line says of a name that stands in no formula there."""

    name: str
    text: str


def redefines_name(prose: str, taken: Taken) -> bool:
    """Whether a text says that a name of the formula means what its words do not."""
    return any(
        _denies(gloss) or _is_definition(gloss.text)
        for line in prose.replace(_LEFT_OUT, "").split("\n")
        for gloss in _glosses(line)
        if _has_name(gloss.name, taken) and flat(line) not in taken.flat
    )


def redefining_entry(value: Any, taken: Taken) -> bool:
    """The same for the value of an entry, whose own entries may be names with their glosses."""
    if isinstance(value, str):
        return redefines_name(value, taken)
    if isinstance(value, dict):
        said: dict[str, str] = {}
        inner = []
        for key, part in value.items():
            if isinstance(part, str):
                said[str(key)] = part
            else:
                inner.append(part)
        pairs = list(said.items())
        # A name may stand under one key, and its gloss under another.
        several = list(said.values())[:_MOST_PARTS]
        pairs += itertools.permutations(several, 2)
        for name, gloss in pairs:
            if redefines_name(f"{name}: {gloss}", taken):
                return True
        value = inner
    if not isinstance(value, list):
        return False
    return any(redefining_entry(part, taken) for part in value)


def _glosses(line: str) -> Iterator[_Gloss]:
    heads = list(_HEAD.finditer(line))
    ends = [head.start() for head in heads[1:]] + [len(line)]
    start = 0
    for head, end in zip(heads, ends, strict=False):
        is_inside = _INSIDE.search(line[start : head.start()]) is not None
        start = head.end()
        if not is_inside:
            yield _Gloss(head["name"] or head["bare"], line[start:end])


def _has_name(name: str, taken: Taken) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", taken.text) is not None


def _denies(gloss: _Gloss) -> bool:
    """Whether the first word that a gloss denies is one of the name's, and the name denies nothing."""
    parts = [part.lower() for part in _PART.findall(gloss.name)]
    spaced = " ".join(parts)
    if _DENIES.search(spaced) or _DENYING_PART.search(spaced):
        return False
    parts.append(gloss.name.lower())
    for denial in _DENIES.finditer(gloss.text):
        first = _first_word(gloss.text, denial.end())
        for part in parts:
            if first and _is_alike(first, part):
                return True
    return False


def _first_word(text: str, start: int) -> str:
    """The first word from there on that says something; the empty text where none does."""
    for match in _WORD.finditer(text, start):
        word = match[0].lower()
        if len(word) > 1 and word not in _PASSED_OVER:
            return word
    return ""


def _is_alike(word: str, part: str) -> bool:
    length = min(len(word), len(part), _STEM)
    return length > 1 and word[:length] == part[:length]


def _is_definition(gloss: str) -> bool:
    """Whether a gloss is a formula, and more than another name: `¬Dog(x)`, and not `Dog(x)`."""
    return _FORMULA.match(gloss) is not None and _SIGN.search(gloss) is not None

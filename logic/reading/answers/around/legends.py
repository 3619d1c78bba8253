"""Legends beside a formula: which lines say what its names, signs and parts stand for."""

from __future__ import annotations

import re

from logic.reading.answers.around.definitions import plain_names, with_signs
from logic.reading.answers.around.sentences import is_neutral, is_part
from logic.reading.answers.around.words import QUOTED, Taken, flat
from logic.reading.answers.signs import LEGEND

_BULLET = re.compile(r"[ \t]*(?:(?:[*+•>✓✔✅‐‑‒–—―−-]|\#+|\(?(?:\d{1,3}[.):]|[A-Za-z][.)]))\s+)*")
_SHOWN_NAME = re.compile(
    r"[`$]?(?P<shown>(?:[^:`$\n]|:(?=[-=]))+?)[`$]?\s*(?::{1,3}|=(?!=)|\s[–—-]|\bmeans?\b|\bdenot\w+|\bstands?\sfor\b|\brepresents?\b|\bis\b)\s+"
    r"(?P<gloss>\S.*)\Z"
)
_WHERE = re.compile(r"(?:where|with|let|here|we\sdefine|define)\b[\s,:]*", re.IGNORECASE)
_NEXT_NAME = re.compile(r"(?:[;,]\s*(?:and\s)?|\sand\s)(?=[`$]?\w+\()")
_QUOTED_THEN = re.compile(
    rf"(?:{QUOTED.pattern})\s*(?:→|->|=>|:|=|–|-|is|becomes)\s*(?P<part>\S.*)\Z"
)
_NAME_AND_WORDS = re.compile(r"[`$]?(\w+)[`$]?\s*[:=]\s*(?P<words>(?:[^\W\d_]{2,}\s?){1,6})")
_SIGNED = re.compile(r"\w\(|[∀∃¬∧∨→↔⊕&|=≠]")
# `Cat(x) := x is a cat` and `Cat(x) = "x is a cat"` are no formulas: two words stand side by side.
_DEFINES = re.compile(
    r"(?<=\))[`$]?\s*:?=\s*(?=[\"“']?(?:[a-z]\d?\s)?[^\W\d_]{2,}\s[^\W\d_(]+(?!\w*\())"
)
# What restricts nothing.
_OF_ALL = re.compile(
    r"""
    (?: note(?:\sthat)?[:,]?\s )? (?: the\s | our\s )? (?:domain|universe) (?: \sof\s(?:discourse|quantification) )?
      (?: \s*:\s* | \s(?:is|includes|contains|consists\sof)\s )
      (?: everything | unrestricted | (?:all|the\sset\sof\sall|any) \s (?:things|objects|individuals|entities) ) \W*
    | variables? (?:\sused)? \s*:\s* [u-z]\d? (?: (?:,|\sand|,\sand)\s[u-z]\d? )* \W*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ARE_NAMES = re.compile(
    r"""
    (?: (?:where|with|here|note\sthat)\b[\s,:]* )?
      (?P<names> [`$]?\w+[`$]? (?: (?:,|\sand|,\sand) \s [`$]?\w+[`$]? )*+ )
      \s (?:is|are) \s (?: (?:an?|both|all|the) \s )? (?: (?:unary|binary|one-place|two-place|monadic|dyadic) \s )?
      (?: (?:predicate|function|constant|relation)\ssymbols? | predicates? | relations? | functions? | constants? )
      \W*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_EQUATION = re.compile(r"\W*(\w+)\s*=\s*[^\W\d][\w ]+\W*")
# `D → dog`, `B(x) -> barks`, `L(x, y) ↔ Loves(x, y)` below a formula.
_VARIABLES = r"\(\s*[u-z](?:\s*,\s*[u-z])*\s*\)"
_NAME_TO_NAME = re.compile(
    rf"\W*\w+(?:{_VARIABLES})?\s*(?:→|->|=>)\s*\w+(?:\s\w+)*\W*"
    rf"|\W*\w+{_VARIABLES}\s*(?:↔|<->|<=>|=)\s*\w+(?:{_VARIABLES})?\W*"
)
LEADING = " \t*_`\"“'([#>•✓✔✅-"
_DENYING_VERDICTS = frozenset("false wrong incorrect negated invalid rejected refuted".split())
_VERDICTS = frozenset("false wrong incorrect no not true rejected negated invalid f t 0 1".split())


def is_legend(line: str) -> bool:
    """Whether a line says what names stand for, each behind a comma or a semicolon, or what all variables do."""
    if LEGEND.match(line):
        return True
    plain = plain_names(without_bullet(line))
    if _OF_ALL.fullmatch(plain):
        return True
    said = _DEFINES.sub(": ", _WHERE.sub("", plain))
    parts = _NEXT_NAME.split(said)
    is_known = len(parts) > 1 or said != without_bullet(line)
    return is_known and all(LEGEND.match(part.strip()) for part in parts)


def names_parts(line: str, taken: Taken) -> bool:
    """Whether a line says in words what names or parts of the formula stand for, or the reverse."""
    quoted = _QUOTED_THEN.match(line)
    if quoted is not None:
        return is_part(quoted["part"], taken)
    stated = _ARE_NAMES.fullmatch(line)
    if stated is not None:
        names = re.findall(r"\b(?!and\b)\w+", stated["names"])
        return all(has_word(name, taken.text) and not is_variable(name) for name in names)
    plain = _WHERE.sub("", line.strip(LEADING + ").")).strip()
    parts = [_NAME_AND_WORDS.fullmatch(part.strip()) for part in re.split(r"[,;]", plain)]
    return all(part is not None and _names(part, taken) for part in parts)


def _names(part: re.Match[str], taken: Taken) -> bool:
    """Whether a key is a name of the formula, and its words only say what it stands for."""
    return (
        has_word(part[1], taken.text)
        and not is_variable(part[1])
        and is_meaning(part["words"], taken)
    )


def is_meaning(words_of_it: str, taken: Taken) -> bool:
    """Whether words say what a name or a part means, and are no verdict on it."""
    plain = words_of_it.strip(LEADING + ".!").lower()
    first = plain.partition(" ")[0]
    if first in _DENYING_VERDICTS:
        return False
    return plain not in _VERDICTS and is_neutral(f"It means {words_of_it}", taken)


def glosses_a_part(line: str, taken: Taken) -> bool:
    """Whether a line shows a part of the formula and says in words what it means."""
    shown = _shown(line)
    if shown is None or _SIGNED.search(shown["gloss"]):
        return False
    part = flat(shown["shown"])
    is_sign = re.fullmatch(r"(?:[∀∃¬∧∨→↔⊕⇒⇔&|~]|->|<->)\w{0,2}", part) is not None
    is_shown = re.search(r"[(∀∃¬]", shown["shown"]) is not None and is_part(shown["shown"], taken)
    return is_sign or is_shown or LEGEND.match(line) is not None


def is_gloss_of_name(line: str, taken: Taken) -> bool:
    """Whether what a line says of a name or a part is its meaning."""
    shown = _shown(line)
    return shown is None or is_meaning(shown["gloss"], taken)


def _shown(line: str) -> re.Match[str] | None:
    """What a line shows of the formula, with what it says of it; LaTeX's commands are taken off."""
    plain = _DEFINES.sub(": ", plain_names(with_signs(line.replace("**", ""))))
    return _SHOWN_NAME.match(plain) or _SHOWN_NAME.match(_WHERE.sub("", plain))


def has_word(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) is not None


def is_variable(key: str) -> bool:
    return re.fullmatch(r"[u-z]\d{0,2}", key.strip(LEADING)) is not None


def without_bullet(line: str) -> str:
    bullet = _BULLET.match(line)
    return line[bullet.end() :].strip() if bullet else line.strip()


def is_legend_below(taken: Taken, above: str) -> bool:
    """Whether a line says what a name of a formula above it stands for: `P = proud` below P(a)."""
    if not re.search(r"\w\(", above):
        return False
    equation = _EQUATION.fullmatch(taken.text)
    if equation is None:
        return _NAME_TO_NAME.fullmatch(taken.text) is not None
    return has_word(equation[1], above)

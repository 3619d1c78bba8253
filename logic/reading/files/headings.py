"""Headings of a story's parts ("Premises:", "Conclusion (in FOL):"), and what they say of the part."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from logic.reading.answers.signs import SIGN

Role = Literal["premise", "conclusion"]
Part = Literal["premise", "conclusion", "signature"]

DENIED = "the negation of what is asked for"
OTHER = "the heading says that it is not what is asked for"

_PARTS: dict[Part, str] = {
    "premise": r"premises?|facts?|rules?|assumptions?|context|axioms?",
    "conclusion": r"conclusions?|hypothes[ie]s|query|goals?|conjectures?",
    "signature": r"predicates?|constants?|functions?|signature|vocabulary|definitions?",
}
_MARKS = r"[\s*_\#>•+(\[\"'`-]{0,4}"
_SECTION = re.compile(
    rf"""
    \A {_MARKS} (?P<before> [^:：∀∃→&|=]{{0,60}}? ) (?<![^\W_])
    (?: (?P<premise>{_PARTS["premise"]}) | (?P<conclusion>{_PARTS["conclusion"]})
      | (?P<signature>{_PARTS["signature"]}) )
    (?![^\W_]) (?P<behind> [^:：∀∃→&|=]{{0,60}} ) [:：] [*_`]{{0,2}} \s* (?P<rest>.*) \Z
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Headings without the name of a part.
_GIVEN = re.compile(
    rf"\A{_MARKS}(?:given|knowledge\sbase|kb|background)[\s*_]*[:：][*_]*\s*(?P<rest>.*)\Z",
    re.IGNORECASE,
)
_TO_PROVE = re.compile(
    rf"\A{_MARKS}(?:(?:we\s)?(?:want\s|have\s)?to\s)?(?:prove|show|be\sproved)[\s*_]*[:：][*_]*\s*(?P<rest>.*)\Z",
    re.IGNORECASE,
)
_UNNAMED: dict[Part, re.Pattern[str]] = {"premise": _GIVEN, "conclusion": _TO_PROVE}
# What is concluded, behind its sign.
THEREFORE = re.compile(r"\A[\s*_#>`$]*(?:∴|⊢|\\therefore\b|\\vdash\b)(?P<rest>.*)\Z")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NEUTRAL = frozenset(
    """
    the all final my our your this following given story story's of for in on first-order first order
    logic logical fol nl formal formula formulas formally formalized formalised translated translation
    translations form as is are be to prove proved check verify show derive derived follows below and
    list set text unicode ascii notation statement statements sentence sentences main original complete
    full corrected
    """.split()
)
_DENYING = re.compile(
    r"¬|~|\b(?:(?:un)?negat\w*|denie[ds]|denial|opposite|invert\w*|contrary|not|no|contradict\w*|false"
    r"|refut\w*|disprov\w*)\b",
    re.IGNORECASE,
)
# A line that says in which form the next ones are, and one that ends as headings do.
_OF_THE_FORM = re.compile(
    r"\W*(?:(?:in|as|the|first-order|first\sorder|logic|fol|formulas?|translations?|logical|forms?|formal"
    r"|prover9|nltk|unicode|ascii|latex|notation)\s?)+\W*:\W*",
    re.IGNORECASE,
)
_MOST_WORDS = 8


class Heading(NamedTuple):
    """The part that a heading opens, why its formulas cannot be taken (or None), and what stands behind it."""

    part: Part
    problem: str | None
    rest: str


def heading(line: str) -> Heading | None:
    """What a line opens; None for one that is no heading of a part."""
    concluded = THEREFORE.match(line)
    if concluded is not None:
        return Heading("conclusion", None, concluded["rest"].rstrip("$`"))
    for part, pattern in _UNNAMED.items():
        found = pattern.match(line)
        if found is not None:
            return Heading(part, None, found["rest"])
    section = _SECTION.match(line)
    if section is None or SIGN.search(section["before"].lstrip("¬~ ")):
        return None
    named = next(part for part in _PARTS if section[part])
    return Heading(named, _problem(section), section["rest"])


def _problem(section: re.Match[str]) -> str | None:
    around = f"{section['before']} {section['behind']}"
    if _DENYING.search(around.replace("_", " ")):
        return DENIED
    said = _WORD.findall(around.replace("_", " ").lower())
    return None if all(word in _NEUTRAL for word in said) else OTHER


def names_a_form(line: str) -> bool:
    """Whether a line only says in which notation the next ones are: "In FOL:"."""
    return _OF_THE_FORM.fullmatch(line) is not None


def is_other_heading(line: str) -> bool:
    """Whether a line inside a part says something else of what is below: "These are wrong:"."""
    plain = line.rstrip(" *_`")
    if not plain.endswith((":", "：")) or SIGN.search(plain):
        return False
    return 0 < len(_WORD.findall(plain)) <= _MOST_WORDS

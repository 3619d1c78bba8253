"""Entries beside a formula, in a record, a table or on a line of their own: a key with a value.

An entry may deny the formula, restrict it or stand in its place, whatever it is called: one that is
not known to do none of these makes the formula unreadable.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from typing import Any

from logic.reading.answers.around.words import NEUTRAL, words

FORMULA_KEY = re.compile(
    r"""
    (?P<last> (?: final | correct | corrected | revised | fixed | updated | improved )[\s_-]? )?
    (?: predicted[\s_-]? )?
    (?: fol | formula | answer | translation | logic(?:al[\s_-]?form|al[\s_-]?expression)? | output
      | result | response | conclusion | hypothesis | expression | first[\s_-]?order[\s_-]?logic
      | prediction )
    (?: [\s_-]? (?: fol | formula | translation | expression | string ) )?
    | (?P<alone> final | corrected | correction )
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""The key of a formula; `last` or `alone` are set where it takes the place of others."""


class Entry(enum.Enum):
    """What an entry does beside a formula."""

    NEUTRAL = enum.auto()
    REMARK = enum.auto()
    FORMULA = enum.auto()
    UNKNOWN = enum.auto()


# The text that is translated, and what is only data about the answer.
_SOURCE = re.compile(
    r"""
    (?: (?:original|source|input|given|target|context|user|english|natural(?:[\s_-]language)?|the|nl|in)[\s_-]? )*
    (?: sentences? | nl | text | english | natural[\s_-]?language | statement | input | source | story
      | problem | question | q | (?-i:a) | context | prompt | task | words | paraphrase | gloss | verbali[sz]ation )
    (?: [\s_-]? (?: \d+ | text | sentence | nl ) )?
    """,
    re.IGNORECASE | re.VERBOSE,
)
# A short value of these names the formula rather than a row: `"id": "negated"`, "Step: negate".
_DATA = re.compile(
    r"""
    (?: (?:sentence|story|premise|question|row|example|request|response|answer|formula)[\s_-]? )?
    (?: id | index | idx | no\.? | nr | number | \# | n ) | \#
    | (?: (?:formula|answer|overall|my|your)[\s_-]? )? (?: confidence | certainty )
      (?: [\s_-]? (?:score|level) )?
    | model | tokens? | time | timestamp | date | seed | split | dataset | version | language | lang
    | notation | dialect | format | syntax | logic[\s_-]?type | difficulty | tags? | step | name
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DENIES_BY_NAME = re.compile(
    r"""
    (?<![^\W_]) (?: no | not | non | none | nor | neither | never | without | unless | except\w* | exclu\w+
      | negat\w* | false | wrong\w* | incorrect\w* | invalid | untrue | mistak\w+ | err(?:or|oneous)\w* | fail\w*
      | bad | convers\w* | contraposit\w* | contradict\w* | contrary | complement\w* | counter\w* | dual
      | inver[st]\w* | opposite\w* | revers\w* | swap\w* | flip\w* | exchang\w+ | replac\w+ | den(?:y|ie[sd]|ial)
      | reject\w* | refut\w* | retract\w* | draft\w* | deprecated | obsolete | superseded | hypothe\w+ | half
      | partial\w* | incomplete | weak\w* | strong\w* ) (?![^\W_])
    | [¬~∼❌✗✘]
    """,
    re.IGNORECASE | re.VERBOSE,
)
_THOUGHTS = re.compile(
    r"""
    (?:chain[\s_-]?of[\s_-]?)?thoughts? | cot | thinking | reasoning(?:[\s_-]?steps)? | rationale
    | analysis | steps | scratchpad | (?:step[\s_-]?by[\s_-]?step[\s_-]?)(?:reasoning|analysis)?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_VOCABULARY = re.compile(
    r"""
    (?: (?:the|used|unary|binary|logical|symbols|of|defined|list|and|individual|key|my|our)[\s_-]? )*
      (?: predicates? | constants? | functions? | names? | signature | vocabulary | symbols?
        | definitions? | legend | lexicon | relations? | individuals? | entities | glossary )
      (?: [\s_-]? (?: used | defined | list | and | definitions? | constants? | functions? | names?
        | key | mapping | symbols? ) )*
    """,
    re.IGNORECASE | re.VERBOSE,
)
_VARIABLES = re.compile(
    r"(?:(?:bound|quantified|used)[\s_-]?)?variables?(?:[\s_-]?used)?", re.IGNORECASE
)
_LETTERS = re.compile(r"[u-z]\d*(?:[\s,]+[u-z]\d*)*")
_SYMBOL = re.compile(r"\w\d*")
_REMARK = re.compile(
    r"""
    (?: (?:brief|short|the|in|some|additional|further|key|plain)[\s_-]? )*
    (?: explanations? | notes? | comments? | remarks? | meaning | interpretation | description
      | justification | breakdown | details? | summary | i\.e\.? | that[\s]is | reason | why | where
      | here | translation[\s_-]notes? | explanation[\s_-]of[\s_-]the[\s_-]formula | in\sother\swords
      | reads(?:\sas)? | means | which\s(?:means|says|reads) )
    """,
    re.IGNORECASE | re.VERBOSE,
)
# What an explanation says of a part of a formula in a word or two: `"quantifier": "universal"`.
_TERMS = re.compile(
    r"(?:\W*\b(?:universal(?:ly)?|existential(?:ly)?|quantif(?:ier|ied|ication)|implication|conditional|biconditional"
    r"|conjunction|disjunction|unary|binary|predicates?|constants?|variables?|bound|statement|formula)\b)+\W*",
    re.IGNORECASE,
)
_STYLE = re.compile(r"arity|type|kind|sort|arguments?", re.IGNORECASE)
_DEFINED = re.compile(r"(?:intended\s)?(?:meanings?|definitions?|glosse?s?|reading)", re.IGNORECASE)
_STEP = re.compile(
    r"(?:step|part|sentence|line|formula|clause)\s?\d{1,3}"
    r"|(?:identify|determine|recogni[sz]e|translate|define|analy[sz]e|combine|understand)(?:ing)?\s.*",
    re.IGNORECASE,
)
_STORY = re.compile(
    r"(?:premises?|facts?|rules?|context|axioms?|conclusions?|hypothes[ie]s)(?:[\s_-]?(?:fol|nl|\d+|formulas?|text))*",
    re.IGNORECASE,
)
_VERDICT = re.compile(
    r"""
    (?: is[\s_-]? | syntactically[\s_-]? | has[\s_-]? | formula[\s_-]? | answer[\s_-]? )*
    (?: correct | valid | right | ok | accepted | good | well[\s_-]?formed | verified | success
      | status | verdict | check | checked | validity | correctness | closed | parses | parsed | polarity
      | sign | judge?ment | result[\s_-]?status )\W*
    """,
    re.IGNORECASE | re.VERBOSE,
)
_TYPE = re.compile(r"(?:type|kind|logic|category|object|role)", re.IGNORECASE)
_TYPES = frozenset(
    "formula fol first-order first-order-logic logic answer translation text final string assistant"
    " message json response output result fol_formula".split()
)
_YES = frozenset(
    "yes y true 1 ok okay correct valid right accepted success succeeded successful pass passed done"
    " final complete completed good verified positive affirmative affirmed asserted + ✓ ✔ ✅ proved"
    " finished closed".split()
)
_DENYING = re.compile(
    r"(?:is[\s_-]?)?(?:not|negat\w*|wrong|incorrect|invalid|rejected|errors?|warnings?|issues?"
    r"|conditions?|restrictions?|unless|except\w*|refus\w*|deprecated|superseded)",
    re.IGNORECASE,
)


_MOST_VERDICT_WORDS = 2
_NOTHING = frozenset(["none", "n/a", "-"])
# Keys whose value tells, with the values that leave the formula as it is.
_VALUES = (
    (_VERDICT, _YES),
    (_TYPE, _TYPES),
    (_DENYING, _NOTHING | {"false", "no", "0"}),
)


def _plain(key: str) -> str:
    """A key without the marks of a heading, or the sign `#` that it is."""
    return key.strip(" \t*_`\"'#>•") or key.strip()


def kind_of(key: str) -> Entry | None:
    """What an entry does by its key alone; None where its value decides, or neither."""
    name = _plain(key)
    if any(known.fullmatch(name) for known in (_SOURCE, _DATA, _THOUGHTS, _VOCABULARY)):
        return Entry.NEUTRAL
    if FORMULA_KEY.fullmatch(name) or name == "A":
        return Entry.FORMULA
    if _REMARK.fullmatch(name) or _STEP.fullmatch(name):
        return Entry.REMARK
    return None


def is_neutral_entry(key: str, value: Any, is_remark: Callable[[str], bool]) -> bool:
    """Whether an entry beside a formula is known to leave it as it is.

    `is_remark` tells of prose whether it only remarks on the formula.
    """
    if value in (None, "", [], {}):
        return True
    name = _plain(key)
    kind = kind_of(name)
    if kind is Entry.FORMULA and isinstance(value, bool):
        return value  # what is concluded of it
    if is_beside(name):
        return _leaves_beside(name, value)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = " ".join(value)
    plain = str(value).strip(" .!*_`").lower()
    told = _told_by_value(name, plain)
    if told is not None:
        return told
    is_known = kind is Entry.REMARK or is_known_key(name)
    return is_known and isinstance(value, str) and (plain in _NOTHING or is_remark(value))


def _told_by_value(name: str, plain: str) -> bool | None:
    """Whether a value leaves the formula as it is, of a key that has its own; None of any other."""
    for pattern, allowed in _VALUES:
        if pattern.fullmatch(name):
            return plain in allowed
    lists_variables = _VARIABLES.fullmatch(name) and _LETTERS.fullmatch(plain)
    return True if lists_variables else None


def said_in(value: Any) -> list[str]:
    """The texts that a value holds at any depth, with the names of its entries."""
    if isinstance(value, dict):
        value = [part for entry in value.items() for part in entry]
    if isinstance(value, list):
        return [text for part in value for text in said_in(part)]
    return [str(value)]


def _leaves_beside(name: str, value: Any) -> bool:
    """Whether the value of a key that names no answer neither denies one nor has a verdict in it."""
    said = said_in(value) if _DATA.fullmatch(name) else []
    if any(
        map(
            _DENIES_BY_NAME.search,
            said,
        )
    ):
        return False
    return _VOCABULARY.fullmatch(name) is not None or _has_no_verdict(value)


def _has_no_verdict(value: Any) -> bool:
    """Whether no entry inside a value is a verdict that is not yes."""
    if isinstance(value, list):
        return all(map(_has_no_verdict, value))
    if not isinstance(value, dict):
        return True
    for key, part in value.items():
        name = _plain(str(key))
        is_prose = len(str(part).split()) > _MOST_VERDICT_WORDS
        is_prose = is_prose and _DENIES_BY_NAME.search(str(part)) is None
        if isinstance(part, dict | list):
            if not _has_no_verdict(part):
                return False
        elif is_verdict_key(name) and not is_prose and not is_neutral_entry(name, part, agrees):
            return False
    return True


def restricts_variables(key: str, value: Any) -> bool:
    """Whether an entry says of variables that they stand for other symbols, or for none of something."""
    if not _VARIABLES.fullmatch(_plain(key)):
        return False
    stands_for = [str(part).strip() for part in value.values()] if isinstance(value, dict) else []
    denies = any(map(_DENIES_BY_NAME.search, said_in(value)))
    return denies or any(map(_SYMBOL.fullmatch, stands_for))


def is_verdict_key(name: str) -> bool:
    """Whether a key names a verdict on the formula, so that its value tells."""
    plain = _plain(name)
    is_verdict = _VERDICT.fullmatch(plain)
    denies = _DENYING.fullmatch(plain)
    return is_verdict is not None or denies is not None


def may_remark(name: str) -> bool:
    """Whether a key may stand before a remark: it is no verdict, and denies nothing by itself."""
    return not is_verdict_key(name) and _DENIES_BY_NAME.search(name) is None


def is_term(value: str) -> bool:
    """Whether a value only says of what kind a formula or a part of it is."""
    return _TERMS.fullmatch(value) is not None


def is_source_key(name: str) -> bool:
    """Whether a key names the text that is translated, so that its value may be any."""
    return _SOURCE.fullmatch(_plain(name)) is not None


def is_beside(name: str) -> bool:
    """Whether a key names what stands beside an answer and never holds it: a premise, a legend."""
    kind = kind_of(name)
    return kind is Entry.NEUTRAL or (
        kind is not Entry.FORMULA and _STORY.fullmatch(_plain(name)) is not None
    )


def heads_a_legend(heading: list[str]) -> bool:
    """Whether the names of a table's columns say that it gives names with their meanings."""
    first, *others, last = map(_plain, heading)
    is_known = all(kind_of(name) is Entry.NEUTRAL or _STYLE.fullmatch(name) for name in others)
    is_meaning = _REMARK.fullmatch(last) or _SOURCE.fullmatch(last) or _DEFINED.fullmatch(last)
    return _VOCABULARY.fullmatch(first) is not None and is_known and is_meaning is not None


def holds_thoughts(key: str) -> bool:
    """Whether an entry holds what was thought before an answer, of which most is of other formulas."""
    return _THOUGHTS.fullmatch(_plain(key)) is not None


def agrees(value: str) -> bool:
    """Whether a value says yes, or nothing."""
    return value.strip(" .!*_`").lower() in _YES | _NOTHING | {""}


def is_known_key(name: str) -> bool:
    """Whether all words of a key only speak of an answer and its parts."""
    if _STORY.fullmatch(name):
        return True
    parts = words(name.replace("_", " "))
    return bool(parts) and all(part in NEUTRAL for part in parts)

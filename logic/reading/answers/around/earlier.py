"""Formulas above an answer that it does not take the place of: those it is added to, or another sentence's."""

from __future__ import annotations

import re

from logic.reading.answers.around.words import QUOTED
from logic.reading.answers.signs import begins_with_formula, is_formula

# What a model goes on with where nothing stops it: the next sentence of a prompt with examples.
_NEXT_SENTENCE = re.compile(
    r"""
    \W{0,6} (?: (?:NL | natural\slanguage | sentence | input | question | instruction | problem | statement | premise)
        (?:\s?\d+)? | Q | user | human | system ) \s* [:：] \s* (?P<said>.*)
    | \W{0,6} example \s? \d+ \b .*
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ADDS = re.compile(
    r"""
    \b (?: also | second(?:ly)? | third(?:ly)? | fourth(?:ly)? | next | again | another | further | furthermore
      | together\swith | plus | additional(?:ly)? | in\saddition | moreover | needs? | along\swith ) \b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CLOSES = re.compile(
    r"\b(?:final|finally|full|complete|whole|entire|corrected|correct|combin\w+|answer)\b",
    re.IGNORECASE,
)

_FINAL = re.compile(
    r"""
    \W* (?: (?:my|the|our|and|so)\s )* (?:final|correct|corrected|revised|improved)\b
    (?! [^:：]* \b(?: premise | hypothes\w+ | assumption | axiom | fact | rule | clause | step | note | remark
      | part | condition | conjunct | disjunct | antecedent | consequent | lemma )s?\b )
    [^:：]* [:：] \W*
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DRAFT = re.compile(
    r"""
    \W* (?: (?:my|the|an?|our|very|first|second|third|initial|earlier|previous|original|rough|naive|failed|wrong
        |incorrect|bad)\s )*
    (?: attempt | try | draft | guess | version | idea | wrong | incorrect )
    (?: \s (?:answer|formula|translation|attempt|version|fol) )? (?: \s\d )? (?: \s\(\w+\) )?
    [*_]* [:：] [*_]* \s (?! (?:let|assume|suppose|given)\b ) (?P<formula>.*[\w)][`$*.\s]*)
    """,
    re.IGNORECASE | re.VERBOSE,
)


def without_drafts(above: list[str], lead_in: str) -> list[str]:
    """The lines above without the formulas that are called drafts or wrong, where the label is of the final one."""
    if not _FINAL.fullmatch(lead_in):
        return above
    drafts = map(_DRAFT.fullmatch, above)
    return [
        line
        for line, draft in zip(above, drafts, strict=True)
        if draft is None or not is_formula(draft["formula"])
    ]


def is_of_another_sentence(above: list[str]) -> bool:
    """Whether a formula stands above, and below it the sentence that the next one translates."""
    has_formula = False
    for line in above:
        following = _NEXT_SENTENCE.match(line)
        if following is not None:
            said = following["said"]
            if has_formula and not (said and begins_with_formula(said)):
                return True
        elif begins_with_formula(line):
            has_formula = True
    return False


def is_added(lead_in: str, above: list[str]) -> bool:
    """Whether a lead-in adds a formula to those above it: "We also need:", a sentence of its own."""
    if not lead_in.strip() or not any(map(begins_with_formula, above)):
        return False
    if _CLOSES.search(lead_in):
        return False
    is_quotation = QUOTED.fullmatch(lead_in.strip(" \t*_:-•>")) is not None
    return is_quotation or _ADDS.search(lead_in) is not None

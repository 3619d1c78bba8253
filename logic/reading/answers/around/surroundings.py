"""The lines around a formula: whether each is known to leave it as it is.

Above it may stand another formula, which it takes the place of, and below it only what repeats,
names or explains a part of it.
"""

from __future__ import annotations

import re

from logic.reading.answers.around.choices import (
    REFERENCE,
    is_chosen_against,
    stands_for_another,
)
from logic.reading.answers.around.definitions import redefines_name
from logic.reading.answers.around.earlier import is_added, is_of_another_sentence, without_drafts
from logic.reading.answers.around.entries import (
    Entry,
    is_known_key,
    is_neutral_entry,
    kind_of,
)
from logic.reading.answers.around.leads import (
    MOST_HEADING_WORDS,
    breaks_off,
    denies_ahead,
    is_answer_above,
    is_source,
    is_translated,
)
from logic.reading.answers.around.legends import (
    LEADING,
    glosses_a_part,
    has_word,
    is_gloss_of_name,
    is_legend,
    is_legend_below,
    is_meaning,
    is_variable,
    names_parts,
    without_bullet,
)
from logic.reading.answers.around.phrases import redefines
from logic.reading.answers.around.sentences import (
    has_no_other_formula,
    is_condition,
    is_neutral,
    repeats,
    sentences,
    speaks_of_the_world,
)
from logic.reading.answers.around.words import (
    SAYING_NOTHING,
    Taken,
    flat,
    is_language,
    is_neutral_remark,
    presents,
    words,
)
from logic.reading.answers.marks import CUT
from logic.reading.answers.signs import begins_with_formula, has_known_marks, is_formula

_MOST_LINES = 80
"""Lines above and below that are looked at."""

_FRAME = re.compile(
    r"[ \t>]*(?:```|~~~)[^`]*|[\s\d.():*_=#>|\\\[\]{}$-]*|\s*</?[\w_]+>\s*|\s*<\|\w+\|>\s*"
)
_FENCE = re.compile(r"(?:```|~~~)[^`\n]*\Z")
_LONE_NEGATION = re.compile(r"[\s$`(\[{]*(?:[¬~∼!-]|\\(?:neg|lnot|sim))[\s$`(\[{]*")
_ENTRY = re.compile(
    r"[*_`\"'\[(]{0,3}([^\W\d_][^:：=∀∃¬∧∨→↔⊕()\[\]{}`$\"\n]{0,48}?(?:\([\w\s-]{1,20}\)\s?)?)[*_`\"'\])]{0,3}\s*(?:[:：]|=(?!=)|\s[–—-]\s)[*_]{0,3}(?!:)\s*(?=\S)"
)
_MOST_KEY_WORDS = 6
_LEAST_CONDITION = 7
"""Words of a sentence with "if" and without a comma, of which those of a condition alone are fewer."""
_HEADING = re.compile(r".*[:：]\W*\Z")
_ONLY_WORDS = re.compile(r"[\s=*_#()\[\]~-]*[\w'’]+(?:\s[\w'’]+)*[\s=*_#()\[\]~-]*")
_HEADS_REMARKS = re.compile(
    r"(?:where|with|here|explanation|notes?|legend|key|breakdown|reasoning|justification|interpretation|meaning|remarks?"
    r"|in\s(?:plain\s)?english|comments?|summary|rationale|details?|discussion|predicates?|symbols?|constants?)\W*\Z",
    re.IGNORECASE,
)
_SUPPOSES = re.compile(
    r"""
      (?: (?:now|first|so|next|here|also|we|i|will|can|shall|must|just)[,]?\s )*
      (?: assum\w+ | suppos\w+ | provid(?:ed|ing) | unless | restrict\w* | limit\w* | imagine | pretend | hypothetically
        | consider\s(?!(?:the|this)\s(?:sentence|statement|following|formula|problem|premise|text)) | except\w*
        | exclud\w+ | ignor\w+ | disregard\w*
        | (?:the|my|our)\s(?:domain|universe)(?!.*\b(?:everything|unrestricted|all\sthings)\b) | domain\b | universe\b
        | (?:let|for|where|with|given|take|say|when|if)\s [u-z]\d{0,2} (?:\s*,\s*[u-z]\d{0,2}|\sand\s[u-z]\d{0,2})* \s*
          (?: be\b | denot\w+ | is\b | are\b | stand\w* | rang\w+ | represent\w* | in\b | of\b | [∈=≠<>≤≥:] )
        | let\s[`$]?\w+[`$]?\sbe\s(?:an?\s)?(?:false|untrue|negated|not|no|non)\b
        | [u-z]\d{0,2} \s (?: is | ranges | denotes | must | varies ) \b
        | (?:variables?|quantifiers?)\s.*\b(?:rang\w+|quantif\w+)\s )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_OF_A_PART = re.compile(r"\b(?:part|half|would\s\w+\sbeen)\b[\s\w]*[:：]?\W*\Z", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\A\(([^\W\d_]+\s[^()]*)\)(?=\W*\Z)")
_ENCLOSES = ("<", "\\boxed", "\\fbox")


def are_neutral(text: str, start: int, end: int, *, is_labelled: bool = False) -> bool:
    """Whether all that stands around `text[start:end]` is known to leave it as it is.

    `is_labelled`: a label right before it says that it is the answer.
    """
    taken = Taken(text[start:end])
    line_start = text.rfind("\n", 0, start) + 1
    lead_in = text[line_start:start]
    rest, _, below = text[end:].replace(CUT, "\n").partition("\n")
    above = without_drafts(text[:line_start].split("\n")[-_MOST_LINES:], lead_in)
    if not words(lead_in) and is_legend_below(taken, text[:line_start]):
        return False
    if stands_for_another(text, start, end) or is_chosen_against(above, lead_in, below, taken):
        return False
    if is_of_another_sentence(above) or is_added(lead_in, above):
        return False
    if not _leads_in(lead_in, taken) or not _ends(rest, taken):
        return False
    is_led_to = bool(words(lead_in)) or taken.text.startswith(_ENCLOSES)
    return _is_neutral_above(
        above,
        taken,
        is_led_to=is_led_to,
    ) and _is_neutral_below(below.split("\n")[:_MOST_LINES], taken, is_labelled=is_labelled)


def _leads_in(prose: str, taken: Taken) -> bool:
    """Whether what stands before a formula on its line presents it."""
    if not re.search(r"\w", prose):
        return has_known_marks(prose)
    return leads_in(prose, taken)


def leads_in(prose: str, taken: Taken) -> bool:
    """Whether prose before a formula presents it, or is the sentence that it translates."""
    if not has_known_marks(prose):
        return False
    parts = sentences(without_bullet(prose))
    if not parts:
        return True
    *earlier, last = parts
    if _OF_A_PART.search(last):
        return False
    if not all(_is_neutral_line_above(part, taken) for part in earlier):
        return False
    if _is_operand(last):
        return False
    if presents(last, taken) or is_translated(last, taken):
        return True
    entry = _ENTRY.match(f"{last} §")
    if entry is None:
        return kind_of(last) in (Entry.FORMULA, Entry.NEUTRAL)
    kind = kind_of(entry[1])
    value = last[entry.end() :]
    if kind is Entry.FORMULA:
        # What stands between a label and the formula is of the answer: "FOL: rarely".
        return presents(value, taken) or is_translated(value, taken)
    return kind is Entry.NEUTRAL and (not words(value) or is_source(value, taken))


def _is_operand(prose: str) -> bool:
    """Whether a single word before a formula may be a name (`A ~ B`) or say something of it ("would")."""
    said = words(prose)
    if len(said) > 1 or ":" in prose or "：" in prose:
        return False
    return bool(said) and (len(said[0]) == 1 or said[0] in SAYING_NOTHING)


def _ends(rest: str, taken: Taken) -> bool:
    """Whether what stands behind the piece on its line leaves it as it is."""
    return not re.search(r"\w", rest) or is_neutral(rest, taken)


# ---- above --------------------------------------------------------------------------------------


def _is_neutral_above(lines: list[str], taken: Taken, *, is_led_to: bool) -> bool:
    last = next(filter(str.strip, reversed(lines)), "")
    if _LONE_NEGATION.fullmatch(last):
        return False
    if denies_ahead(lines) or not all(_is_neutral_line_above(line, taken) for line in lines):
        return False
    governing, several = _governing(lines)
    if breaks_off(lines, taken):
        return False
    if not governing:
        return True
    plain = without_bullet(governing)
    if _OF_A_PART.search(plain) or is_added(plain, lines):
        return False
    if _is_remark_heading(plain) or presents(
        plain,
        taken,
        is_of_several=several,
    ):
        return True
    is_sentence = plain.rstrip(LEADING)[-1:] in (".", "!") or len(words(plain)) > MOST_HEADING_WORDS
    if is_led_to and is_sentence and not _HEADING.match(plain):
        return True  # prose before a label
    return _is_sentence_above(plain, taken, several)


def _is_sentence_above(plain: str, taken: Taken, is_of_several: bool) -> bool:
    """Whether the line that governs a formula is prose that it translates, or that only goes before."""
    last = sentences(plain)[-1] if sentences(plain) else plain
    if presents(
        last,
        taken,
        is_of_several=is_of_several,
    ):
        return True
    if _HEADING.match(last):
        return is_translated(last, taken)
    if presents(last, taken):
        return False  # it presents one formula, and not several
    return is_neutral(last, taken) or repeats(last, taken)


def _governing(lines: list[str]) -> tuple[str, bool]:
    """The line above that leads to a formula, and whether it leads to others as well."""
    is_of_several = False
    for line in reversed(lines):
        plain = without_bullet(line)
        if _FRAME.fullmatch(line) or is_legend(line) or not plain:
            continue
        entry = _ENTRY.match(plain)
        if entry is not None and plain[entry.end() :].strip():
            if is_formula(plain[entry.end() :]):
                is_of_several = True
                continue
            return "", False  # a known entry, or it would have been refused
        if is_formula(plain) and not (_HEADING.match(plain) or _ONLY_WORDS.fullmatch(plain)):
            is_of_several = True
            continue
        return line, is_of_several
    return "", False


def _is_neutral_line_above(line: str, taken: Taken) -> bool:
    """Whether a line above a formula does not say of what or when what is below it holds."""
    plain = without_bullet(line)
    if redefines(plain) or redefines_name(plain, taken):
        return False
    if not plain or is_legend(line):
        return True
    # `∧ ∧` stands for statements that are left out.
    if not re.search(r"\w", plain) and not has_known_marks(plain.replace("∧ ∧", "")):
        return False
    if _FENCE.match(plain):
        return is_language(plain)
    if "=:" in plain or REFERENCE.search(plain):
        return False  # a formula has a name or a number, which stands for it
    if any(_SUPPOSES.match(part.lstrip(LEADING)) for part in sentences(plain)):
        return False
    return _is_neutral_entry(plain, taken)


def _is_neutral_entry(plain: str, taken: Taken) -> bool:
    """The same for a line that may have a key and a value."""
    entry = _ENTRY.match(plain)
    if entry is None or len(entry[1].split()) > _MOST_KEY_WORDS:
        return True
    value = plain[entry.end() :].strip()
    if not value:
        return True
    if begins_with_formula(value):
        return _is_key_of_formula(entry[1], taken)
    return _is_neutral_field(
        entry[1],
        value,
        taken,
        is_above=True,
    )


def _is_about(prose: str, taken: Taken) -> bool:
    """Whether prose is long, or has a word of the formula's names."""
    return len(prose.split()) > MOST_HEADING_WORDS or (
        bool(taken.stems) and taken.is_spoken_of(prose)
    )


def _is_key_of_formula(key: str, taken: Taken) -> bool:
    """Whether a label before an earlier formula does not make it a condition of later ones."""
    return kind_of(key) is not None or is_known_key(key) or _is_about(key, taken)


# ---- below --------------------------------------------------------------------------------------


def _is_neutral_below(lines: list[str], taken: Taken, *, is_labelled: bool) -> bool:
    may_list = is_labelled
    for line in lines:
        plain = without_bullet(line)
        if not plain or _is_frame(line):
            continue
        entry = _ENTRY.match(plain)
        if entry is not None and kind_of(entry[1]) is Entry.REMARK:
            may_list, plain = False, plain[entry.end() :]
        is_of_part = glosses_a_part(plain, taken) or names_parts(plain, taken)
        if is_formula(plain) and not is_of_part:
            # Below a label's own line another formula is no answer; anywhere else it may be.
            if not (may_list and _is_bare(plain)) and flat(plain) != taken.flat:
                return False
            continue
        may_list = False
        if not is_neutral_line(plain, taken):
            return False
    return True


def _is_frame(line: str) -> bool:
    """Whether a line below a formula holds nothing but marks; a number alone may be a verdict."""
    if _FENCE.match(line.strip()):
        return is_language(line)
    return _FRAME.fullmatch(line) is not None and not any(map(str.isdigit, line))


def _is_bare(line: str) -> bool:
    """Whether a line is a formula without a label."""
    return begins_with_formula(line) and _ENTRY.match(line) is None


def is_neutral_line(line: str, taken: Taken, *, is_above: bool = False) -> bool:
    """Whether a line below a formula names its parts, explains it or repeats it."""
    plain = _IN_BRACKETS.sub(r"\1", without_bullet(line))
    if not plain or _is_frame(line) or _is_remark_heading(plain):
        return True
    if flat(plain) == taken.flat:
        return True
    if redefines(plain) or redefines_name(plain, taken):
        return False
    if names_parts(plain, taken):
        return True
    if is_legend(plain) or glosses_a_part(plain, taken):
        return is_gloss_of_name(plain, taken)
    entry = _ENTRY.match(plain)
    if entry is not None and len(entry[1].split()) <= _MOST_KEY_WORDS:
        value = plain[entry.end() :].strip()
        return _is_neutral_field(
            entry[1],
            value,
            taken,
            is_above=is_above,
        )
    if _HEADING.match(plain):
        return is_neutral_remark(plain, taken)
    return is_neutral(plain, taken)


def _is_neutral_field(key: str, value: str, taken: Taken, *, is_above: bool = False) -> bool:
    """Whether a line `key: value` is known to leave the formula beside it as it is."""
    if kind_of(key) is Entry.FORMULA:
        if is_above:
            return is_answer_above(value, taken)
        return flat(value) == taken.flat or is_neutral_remark(value, taken)
    if is_neutral_entry(
        key,
        value,
        lambda prose: is_above or is_neutral(prose, taken),
    ):
        return True
    name = key.strip(LEADING)
    if taken.names(key) or has_word(name, taken.text):
        return not is_variable(key) and is_meaning(value, taken)
    count = len(name.split())
    if count == 1 and has_word(name, value):
        return True  # `tom: Tom the cat`
    # "If it rains, it pours: …" is prose with a colon.
    return count > MOST_HEADING_WORDS and repeats(f"{key} {value}", taken)


def _is_remark_heading(plain: str) -> bool:
    return _HEADS_REMARKS.match(plain.lstrip(LEADING)) is not None


def is_neutral_gloss(gloss: str, taken: Taken) -> bool:
    """Whether what stands behind `:::` is the sentence that the formula translates, or names it.

    Of such a sentence it is known that it does, so that it may begin with "It is", or with "if" and
    no comma, where it has a word of the formula's names.
    """
    text = gloss.strip()
    if is_neutral(text, taken):
        return True
    least = _LEAST_CONDITION if is_condition(text) else MOST_HEADING_WORDS
    is_sentence = len(text.split()) > least
    return is_sentence and has_no_other_formula(text, taken) and speaks_of_the_world(text, taken)

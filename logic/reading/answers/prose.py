"""What the prose around a formula does to it: introduces, explains, restricts or denies it.

A formula that stands in prose is taken only where the prose says no more than the formula does. What
restricts it ("when x = a"), denies it ("is wrong") or goes on with it ("and", a sign) makes it
unreadable: a part of what was said is another formula.
"""

from __future__ import annotations

import re

from logic.reading.answers import neighbours
from logic.reading.answers.around.sentences import is_neutral
from logic.reading.answers.around.surroundings import (
    are_neutral,
    is_neutral_gloss,
    is_neutral_line,
    leads_in,
)
from logic.reading.answers.around.words import QUOTED, Taken, presents
from logic.reading.answers.signs import JOINING, LEGEND, begins_with_formula, is_formula

APPLICATION = re.compile(r"[\w'\"]\(")
"""A name right before a bracket, as in a formula."""

STRONG = re.compile(
    rf"[∀∃∄¬~&|{JOINING}]|->|\\[a-z]|\b(?:for\s?all|exists)\b",
    re.IGNORECASE,
)
"""A sign that prose has not."""

CONNECTIVE_WORD = re.compile(r"\b(?:and|or|not|implies|iff|xor)\b", re.IGNORECASE)

_TAG = re.compile(r"\[/?[A-Z]+\]|<\|\w+\|>")

# Prose that denies or takes back the formula beside it, or says when it holds.
DENIES = re.compile(
    r"""
      \b(?: not? | non | none | never | nor | neither | cannot
          | false | wrong | incorrect | untrue | invalid | mistaken | negat\w+ | opposite
          | if | unless | except | instead | until
          | when(?:ever)? | while | as\ long\ as | provided | assuming | supposing | given
          | excluding | barring | doubt\w* | refute\w* | mistake\w* | hardly | unlike | converse
          | nicht | kein\w* | falsch\w* | nein | außer | wenn | falls | solange | sofern | nur
          | pas | faux | fausse | sauf | sinon | lorsque | pourvu | ne | si | falso | incorrecto
          | excepto | solo | pero | jedoch | gegenteil | contraire | contrario )\b
    | [❌✗✘]
    | n['’]t\b
    """,
    re.IGNORECASE | re.VERBOSE,
)

CONDITIONS = re.compile(
    r"""
      \b(?: only | but | either | and | or | xor | iff | implies | implied | equivalent | rather
          | case )\b
    | [\#%\[λ] | -> | => | /\\
    | \\(?:boxed|fbox)\b
    | \\\w+(?:\s\w+)*\s*\.  # an abstraction, as NLTK writes it: \x y.
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What else, before or after a part of a line, would change what it says."""

_COMMANDS = r"\\(?:land|wedge|lor|vee|to|implies|iff|equiv|oplus|veebar|supset|[A-Za-z]*arrow)"

OPEN_END = re.compile(
    rf"""
    (?: [¬≠≤≥<&|^∼{JOINING}] | [¬∼~{JOINING}]\s*: | (?<!~~)~ | (?<!=)={{1,2}} | [-=]> | :- | /\\ | \\/
      | (?<!\\)[(\[{{]
      | (?:^|\s)[-!]
      | (?:\A|\n|:)[ \t]*[–—]
      | {_COMMANDS}
      | \\(?:neg|lnot|sim)
      | \b(?:and|or|not|no|never|implies|iff|xor|if|unless|such\ that(?:\s*:)?)
      | (?: [∀∃∄] | \\(?:forall|n?exists) | \b(?:for\ ?all|exists) ) \s* [\w,\ ]{{0,20}} [.:]?
    )\Z
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""The end of a text that a formula must follow."""

_AT_END = 80
"""Characters of its end by which a line is known to go on."""

OPEN_START = re.compile(
    rf"""
      [≠≤≥&|^){JOINING}\]}}] | =(?!==) | <(?![|/A-Za-z]) | -{{1,2}}> | :- | /\\ | \\/
    | {_COMMANDS}
    | (?: [Aa]nd | AND | [Oo]r | OR | [Ii]mplies | IMPLIES | [Ii]ff | IFF | [Xx]or | XOR
        | if | [Uu]nless | but | [Oo]nly | [Pp]rovided | [Ee]xcept
        | when(?:ever)? | while | until | (?:as|so)\ long\ as | assuming | given | such\ that
        | subject\ to | in\ case )\b
    | (?: und | oder | et | ou )\b
    | \(? (?:for|where|with|if|when)\s\w+\s*[=≠∈<>≤≥]
    """,
    re.VERBOSE,
)
"""The start of a text that goes on with a formula before it."""

INTERJECTION = re.compile(
    r"(?i)\A\W*(?:no\s(?:problem|worries)|not\sat\sall|sure|certainly|of\scourse)\b[!.,:;\s]*"
)
# Words by which a lead-in speaks of the formula rather than of the world.
_SPEAKS_OF_IT = re.compile(
    r"\b(?: formula\w* | answer\w* | translation\w* | expression | statement | following | below"
    r" | above | this | that | it | so | true | false | case | wrong | correct | incorrect | right"
    r" | opposite | negat\w+ | hold\w* )\b".replace(" ", ""),
    re.IGNORECASE,
)
_PRESENTS = re.compile(
    r"""
      \b(?: is | be | as | becomes? | gives? | get | obtain | have | write | written | read
          | so | thus | therefore | hence | here | follows | following | sure | okay | ok | result
          | formula | answer | translation | translat\w+ | logic\w* | FOL | expression | final
          | namely | say | says | means | meaning | expressed | represented | use )\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CONDITION = re.compile(
    r"(?i)(?:wenn|falls|solange|sofern|si|lorsque|quand|pourvu|cuando|unless|when|whenever|while|only|provided|assuming|given|except|for|as|in|until|once)\b"
)

# What an explanation on a formula's line begins with.
_EXPLAINS = re.compile(
    r"""
      (?: where | with | here | this | that | which | meaning | means | because | since
        | note | let | i\.e | holds | reads | says | states | expresses | represents | translates )\b
    | </?[a-z|] | (?-i:\[/?[A-Z]+\])
    """,
    re.IGNORECASE | re.VERBOSE,
)
# The same behind a bracket, a dash or a stop: prose of two words or more, not another formula.
_SENTENCE = re.compile(
    r"(?:i|[a-z][a-z'’-]++)[,:]?\s++[\"'*(]*+[a-z][a-z'’-]*+(?![\w(])",
    re.IGNORECASE,
)
_OPINION = re.compile(r"(?:i|we|as)\b", re.IGNORECASE)
_SET_OFF = re.compile(r"\s*(?:[–—:;*_`\"'$]|[.,](?=\s)|\s-\s)|\s+\(")
# `where Cat(x) means …` explains, `where x ≠ a` and `with x = a` restrict.
_RESTRICTS = re.compile(
    r"""
      (?: is | are | was | would | and | or | but | only | in | on | at | for(?!\s(?:all|every|each)\b) )\b
    | (?:where|with)\s\w{1,2}\s(?:is|are|ranges|belongs|being|in)\b
    | (?:where|with|here|let),?\s[u-z]\d?\s(?:denot\w+|represents?|stands|refers)\b
    | (?: where | with | let )\b (?! [^.\n]* \b(?: mean | denot | stand | represent | say | is | are
                                                | be | indicat | express | refer | predicate )\w* )
    | [^.\n]* (?: [=≠≤≥] | \s[<>]\s | \bfor\s\w+\s*[∈] )
    | for\s(?:all|every|each|some|any)\s\w{1,2}\b[\s).]*\Z  # a quantifier behind its formula
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SENTENCE_END = re.compile(r"[.!?]\s")
_IF = re.compile(r"if\b", re.IGNORECASE)
_CONSEQUENT = re.compile(r",|\bthen\b", re.IGNORECASE)
_LEAST_WORDS = 4
"""Words that a sentence which is translated has."""
_ARGUMENTS = re.compile(r"\(\s*[\w']+(?:\s*,\s*[\w']+)*\s*\)")
_GLOSSES_NAMES = re.compile(r"(?i:where|with|here|meaning|let|for|//|#|%|\()")
# A mark behind which a sentence only repeats the formula in words.
_GLOSS = re.compile(r"\s*(?::::?|(?<=\s)(?://|[#%]))(?=\s)")
_WORDS = re.compile(r"(?<![^\W\d_])[^\W\d_]{2,}+\s++[^\W\d_]")
_MARKS_BEFORE = ' \t\r\n*_`$"“'
_MARKS_AFTER = ' \t\r\n*_`$"”.•>'
_PREFIX_ATOM = re.compile(r"\(\w+\s+\w+(?:\s+\w+)?\)\s*(?:\n|\Z)")
_NEAR = 80
"""Characters before a piece in which it is looked for what it may go on with."""
_REACH = 2_000
"""Characters beside a piece in which its lines are looked for."""
_AROUND = ' \t\r*_`$"“”'
_EQUIVALENT = re.compile(r"[≡⇔⟺]|=(?!>)|<=>|\\(?:equiv|iff|Leftrightarrow)\b")
"""Signs that begin the next step of a derivation."""
_DOTS = ("..", "…")
_CHANGES = re.compile(r"['′]|[\s,;]*+\.\s?\.")
_BLANKS = " \t\r*_`\"'$.,;:"


def ends_open(lines: list[str]) -> bool:
    """Whether the last line with something in it is one that a formula must follow."""
    last = next(filter(str.strip, reversed(lines)), "").strip(" \t*_`$")
    if last.startswith("|"):
        last = last.removesuffix("|")  # the row of another table
    return OPEN_END.search(last.rstrip()[-_AT_END:]) is not None


def explains(rest: str, formula: str = "") -> bool:
    """Whether what follows a formula on its line, and on those below, only explains it.

    `rest` begins right behind the formula. Prose must be set off by a mark (a stop, a dash, a bracket, a comment
    sign) or begin with a word such as "where"; anything else may be a part of what the formula says.
    """
    text = rest.lstrip(neighbours.LEADING_MARKS)
    if _CHANGES.match(rest):
        return False  # `P(a)'` is the complement of P(a), and dots stand for what is left out
    if not text:
        return rest.strip() not in ("*", "†", "‡")  # the sign of a footnote
    taken = Taken(formula)
    first_line = text.partition("\n")[0]
    line = QUOTED.sub("", first_line)
    has_atom = APPLICATION.search(line) is not None
    if _GLOSS.match(rest):
        is_formula = has_atom and not _WORDS.search(line)
        return not is_formula and _is_gloss_behind_mark(rest, text, taken)
    if begins_with_formula(text):
        return False
    if rest.lstrip(_BLANKS).startswith("\n") and neighbours.restricts(first_line):
        return False
    if not _is_set_off(rest, text, line):
        return False
    if has_atom and not _GLOSSES_NAMES.match(text):
        return False  # it is of another formula
    if _goes_on(text, line) or neighbours.takes_back(text):
        return False
    return is_neutral_line(first_line, taken) and _goes_with(rest, taken)


def _is_gloss_behind_mark(rest: str, text: str, taken: Taken) -> bool:
    """Whether what stands behind `:::` or a sign of a comment is a gloss of the formula."""
    comment = text.lstrip("#%/ ")
    if neighbours.takes_back(comment):
        return False
    first = comment.lstrip(": ").partition("\n")[0]
    is_gloss = is_neutral_gloss if rest.lstrip().startswith(":::") else is_neutral
    return is_gloss(first, taken) and _goes_with(rest, taken)


def _goes_with(rest: str, taken: Taken) -> bool:
    """Whether all lines below the first one explain the formula."""
    if any(map(begins_with_formula, rest.split("\n")[1:])):
        return False
    below = rest.lstrip(" \t.,;:").partition("\n")[2]
    return all(is_neutral_line(line, taken) for line in below.split("\n"))


def _is_set_off(rest: str, text: str, line: str) -> bool:
    """Whether prose begins with a word that explains, or is a sentence behind a mark or a break."""
    inside = line.lstrip("( ")
    if _EXPLAINS.match(inside):
        return True
    marks = rest[: len(rest) - len(text)]
    if marks.strip() == "," and not _OPINION.match(inside):
        return False  # "…, usually", "…, falls x lebt": it may belong to the sentence before
    is_behind_mark = _SET_OFF.match(rest) is not None or "\n" in marks
    return is_behind_mark and _SENTENCE.match(inside) is not None


def _goes_on(text: str, line: str) -> bool:
    """Whether prose may be a part of what the formula before it says."""
    inside = line.lstrip("( ")
    if _ARGUMENTS.match(line):
        return True
    is_bracketed = text.startswith("(")
    if is_bracketed and STRONG.search(line):
        return True
    if CONNECTIVE_WORD.match(inside) and APPLICATION.search(text):
        return True
    if DENIES.search(line) or _RESTRICTS.match(inside):
        return True
    return OPEN_START.match(text) is not None


def leads_to_formula(lead_in: str, formula: str = "") -> bool:
    """Whether prose before a formula on its line presents it, or is the sentence it translates."""
    words = _TAG.sub("", QUOTED.sub("", lead_in)).strip(" *_#>`$")
    return not words or leads_in(lead_in, Taken(formula))


def denies(lead_in: str, formula: str = "") -> bool:
    """Whether prose that leads to a formula denies or conditions it.

    A sentence that says what the formula says may have any words ("If it rains, it pours:"). One
    that speaks of the formula ("It is false that:") or only conditions it ("Unless it rains:") may
    not.
    """
    if presents(lead_in, Taken(formula)):
        return False
    prose = INTERJECTION.sub("", QUOTED.sub("", lead_in).strip())
    sentence = _SENTENCE_END.split(prose)[-1]
    return DENIES.search(sentence) is not None and not is_gloss(sentence)


def is_gloss(sentence: str) -> bool:
    """Whether a lead-in with a colon is the sentence that the formula translates."""
    words = sentence.strip(" :*_#>-")
    count = len(words.split())
    if count < _LEAST_WORDS or not sentence.rstrip(" *_").endswith(":"):
        return False
    if STRONG.search(words) or APPLICATION.search(words) or _SPEAKS_OF_IT.search(words):
        return False
    if not _IF.match(words):
        return _CONDITION.match(words) is None
    # "If it rains, it pours:" says all of it, "If it rains:" only a condition.
    consequent = _CONSEQUENT.split(words)[-1].split()
    return 2 <= len(consequent) < count


def alone(text: str, start: int, end: int, *, is_labelled: bool = False) -> bool:
    """Whether what surrounds a piece neither goes on with it nor takes it back."""
    before = text[:start].rstrip(_MARKS_BEFORE)
    after = text[end:].lstrip(_MARKS_AFTER)
    if OPEN_END.search(before[-_NEAR:]) or OPEN_START.match(after):
        return False
    if neighbours.takes_back(after) or neighbours.is_taken_back_later(after):
        return False
    if _PREFIX_ATOM.match(after):
        return False
    last_line = before[before.rfind("\n") + 1 :]
    next_line = after.partition("\n")[0]
    is_closed_later = next_line.count(")") > next_line.count("(")
    is_opened_before = last_line.count("(") > last_line.count(")")
    if is_closed_later or is_opened_before or neighbours.change(text, start, end):
        return False
    if _is_below_lines_of_one(text, start) or _goes_on_below(text, end):
        return False
    if last_line.endswith((":", " that")) and denies(last_line, text[start:end]):
        return False
    return are_neutral(text, start, end, is_labelled=is_labelled)


def _is_below_lines_of_one(text: str, start: int) -> bool:
    """Whether the lines above one without a label are parts of one formula, which may go on in it."""
    line_start = text.rfind("\n", 0, start) + 1
    if re.search(r"\w", text[line_start:start]):
        return False
    above = text[max(0, line_start - _REACH) : line_start]
    nearest = above.rstrip(_AROUND + "\n").rpartition("\n")[2]
    if nearest.endswith(",") and is_formula(nearest):
        return True
    lines = above.split("\n")[:-1]
    if lines and LEGEND.match(lines[-1]):
        # A legend parts nothing from what ends with a sign above it.
        others = [line for line in lines if line.strip(_AROUND) and not LEGEND.match(line)]
        return bool(others) and OPEN_END.search(others[-1].strip(_AROUND)[-_NEAR:]) is not None
    for line in reversed(lines):
        plain = line.strip(_AROUND)
        if not is_formula(plain):
            return False
        is_joined = OPEN_START.match(plain) and not _EQUIVALENT.match(plain)
        if is_joined or plain.endswith(",") or OPEN_END.search(plain[-_NEAR:]):
            return True
    return False


def _goes_on_below(text: str, end: int) -> bool:
    """Whether a line ends with a comma, and a formula or dots in its place stand below it."""
    near = text[max(0, end - _NEAR) : end]
    rest, _, below = text[end : end + _REACH].partition("\n")
    if not f"{near}{rest}".rstrip(_AROUND).endswith(","):
        return False
    following = below.lstrip().partition("\n")[0]
    return is_formula(following) or following.startswith(_DOTS)


def only_prose_beside(text: str, start: int, end: int) -> bool:
    """Whether a part of a line may be taken for all of it: the rest is prose that denies nothing."""
    if not alone(text, start, end):
        return False
    before = text[text.rfind("\n", 0, start) + 1 : start]
    after = text[end:].partition("\n")[0]
    return not any(map(_changes, (before, after)))


def _changes(prose: str) -> bool:
    """Whether prose beside a formula denies or conditions it; tags, marks and quotes do not."""
    plain = _TAG.sub("", QUOTED.sub("", prose)).lstrip("#> ")
    words = INTERJECTION.sub("", plain)
    if is_gloss(words) or presents(plain, Taken("")):
        return False
    return DENIES.search(words) is not None or CONDITIONS.search(words) is not None

"""A text that is no formula: without an explanation behind one, or with one small change."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from logic import syntax as S
from logic.deciding.keys import normal_key
from logic.errors import ParseError, ScopeError, UnsupportedError
from logic.reading.answers.prose import CONNECTIVE_WORD, explains
from logic.reading.answers.signs import JOINING
from logic.reading.formula import Reading, offset
from logic.reading.notations.core import after_quantifiers
from logic.symbols import subnodes

_FORMULA_START = re.compile(r"\s*(?:[¬~∀∃(\[-]|\w+\(|\\)")
# Behind "such that" a comma is an implication, and in TPTP's annotations no formula follows it.
_NO_CONJUNCTION = re.compile(r"\bsuch\sthat\b|\bs\.t\.|\A\s*(?:fof|tff|cnf)\s*\(")
# `∀x: Dog(x), Barks(x)` has a restriction before its comma, unless an arrow follows.
_RESTRICTION = re.compile(
    r"(?:∀|\\forall\b|(?<!\w)(?:for\s?all|all|forall)\b)[^()]*\(?\s*\w+\([^()]*\)\s*\Z",
    re.IGNORECASE,
)
_CONDITIONAL = re.compile(
    r"[^()]*(?:\([^()]*\)[^()]*)*?(?:→|->|⇒|=>|⟹|⊃|↔|\\(?:to|implies|rightarrow)\b|\bimplies\b)"
)
_CONNECTIVE = re.compile(rf"[&|{JOINING}]|<?->|<?=>")
_PREFIX = re.compile(r"\s*(?:[¬~∼!-]|\\(?:neg|lnot|sim)|not\b)", re.IGNORECASE)
_DENIAL = re.compile(r"(?:[¬~∼!]|(?<![<\w])-(?![>-])|\\(?:neg|lnot|sim)|\bnot\b)(?!\s*[(\[=])")
_WORDS = re.compile(r"[\sA-Za-z,.;:'’–—-]+")
_BARE_END = re.compile(r"\w\Z")
_WORD_START = re.compile(r"\s+(?!where\b|with\b|which\b|meaning\b|for\b)[^\W\d_]{2}")
_TRAILING_MARKS = " \t\n,;:-–—*_`\"'$"
_BINARY = re.compile(
    rf"<?(?:->|=>)|<-+>|&&?|\|\|?|/\\|\\/|[{JOINING}]"
    r"|\\(?:land|lor|wedge|vee|to|implies|iff|equiv|oplus|veebar|supset|[A-Za-z]*arrow)(?![A-Za-z])"
    r"|(?<!\w)(?i:and|or|implies|iff|xor)(?!\w)"
)
_LOOSER_THAN_AND = re.compile(r"(?!(?:&&?|/\\|[∧⋀]|\\land|\\wedge|(?i:and))\Z).+")
_LITERAL = re.compile(r"\s*(?:[¬~∼!-]\s*)*[\w'’-]+\s*(?:\([^()]*\))?\s*")
_MOST_PLACES = 40
_DOUBLED = re.compile(r"\w\(\s*\Z")


def repairs(piece: str, error: ParseError, *, is_whole: bool) -> Iterator[tuple[str, str]]:
    """The changes that could mend an error, with their names.

    `is_whole`: what stands before and behind the piece is no part of the formula.
    """
    place = offset(piece, error.line, error.column)
    trimmed = piece.rstrip(" .")
    if place >= len(trimmed):
        is_one = piece.count("(") == piece.count(")") + 1
        places = _places_to_close(trimmed) if is_one else []
        if len(places) <= _MOST_PLACES:
            for end in (len(trimmed), *places):
                yield "closing bracket added", f"{trimmed[:end]}){trimmed[end:]}"
        return
    before = piece[:place]
    after = piece[place + 1 :]
    sign = piece[place]
    if sign in ")]}":
        yield from _of_unopened(before, sign, after, is_whole)
    elif sign == ",":
        if _may_join(before, after):
            yield "∧ for a comma", f"{before} ∧{after}"
    elif piece.count("(") == piece.count(")") + 1:
        yield from _in_arguments(before, sign, after)


def same_meaning(first: S.Formula | None, second: S.Formula | None) -> bool:
    """Whether two repairs of a bracket agree: `∃z (P(z)) ∧ Q)` is one formula with either.

    A quantifier over a conjunction or a disjunction reaches a part without its variable or not.
    """
    if first == second or first is None or second is None:
        return first == second
    try:
        return normal_key(first) == normal_key(second)
    except UnsupportedError:  # of a domain
        return False


def is_certain(reading: Reading) -> bool:
    """Whether nothing was supposed in a reading, but that a variable outside all quantifiers is free.

    One under a quantifier may be a slip of what that binds, and two slips are too many.
    """
    if reading.widened or reading.wide_dots or reading.overloaded or reading.notes:
        return False
    return not reading.free or _quantified_names(reading.formula).isdisjoint(reading.free)


def _quantified_names(formula: S.Formula) -> set[str]:
    """The names of the variables that stand under a quantifier or beside its sign."""
    names: set[str] = set()
    for node in subnodes(formula):
        if isinstance(node, S.Quantified):
            names.add(node.variable.name)
            inner = subnodes(node.body)
            names.update([part.name for part in inner if isinstance(part, S.Variable)])
    return names


def _of_unopened(before: str, sign: str, after: str, is_whole: bool) -> Iterator[tuple[str, str]]:
    """Changes for a bracket that closes and was never opened."""
    yield "closing bracket removed", before + after
    piece = before + sign + after
    start = after_quantifiers(piece)
    yield "opening bracket added", _inserted(piece, start)
    if not after.strip(" ."):
        for begin in _places_to_open(before)[:_MOST_PLACES]:
            yield "opening bracket added", _inserted(piece, begin)
    negation = _PREFIX.match(piece, start)
    is_last = not after.strip(" .")
    if negation is not None and not is_last and not piece.startswith("(", negation.end()):
        yield "opening bracket added", _inserted(piece, negation.end())
    # `A) → (B` has lost the brackets at its ends, as what was stripped of them does. Beside a
    # quantifier or a negation the first of them could stand in two places.
    is_balanced = piece.count("(") == piece.count(")")
    is_bare = start == 0 and negation is None
    if is_whole and is_balanced and is_bare:
        trimmed = piece.rstrip(" .")
        yield "outer brackets added", f"({trimmed})"


def _places_to_close(text: str) -> list[int]:
    """Where else than at the end a lost bracket could stand: before what joins two formulas.

    Nobody puts brackets around a name and its arguments alone, nor around another pair of them.
    """
    places = []
    for sign in _BINARY.finditer(text):
        start = _last_open(text, sign.start())
        if start >= 0 and _is_compound(text[start + 1 : sign.start()]):
            places.append(sign.start())
    return places


def _places_to_open(text: str) -> list[int]:
    """Where a bracket that is closed at the end could be opened: behind what joins or denies formulas.

    That is outside all brackets, or in those that are closed at the end as well, but for the brackets
    of the first quantifiers: `∀x (P(x) ∧ Q(x) → R(x)))` has closed these twice.

    A negation with brackets of its own needs no others, and one before another negation has none:
    `¬P(a) ∧ ¬Q(a))` denies both.
    """
    places = []
    own = after_quantifiers(text)
    for sign in itertools.chain(_BINARY.finditer(text), list(_DENIAL.finditer(text))[-1:]):
        opening = _last_open(text, sign.start())
        end = _closing(text, opening) if opening >= 0 else len(text)
        is_own = own > 0 and opening >= own and not text[own:opening].strip()
        is_last = not text[end:].strip(") ") and not is_own
        if is_last and _is_compound(text[sign.end() : end]):
            places.append(sign.end())
    return places


def _is_compound(text: str) -> bool:
    """Whether a text is more than a literal or a pair of brackets."""
    bare = text.strip()
    while bare.startswith("(") and _closes_last(bare):
        bare = bare[1:-1].strip()
        if not bare.startswith("("):
            return False
    return _LITERAL.fullmatch(bare) is None


def _closes_last(text: str) -> bool:
    """Whether the bracket that begins a text is closed at its end."""
    return text.endswith(")") and _last_open(text, len(text) - 1) == 0


def _last_open(text: str, end: int) -> int:
    """The place of the innermost bracket that is open before a place, or -1."""
    depth = 0
    for index in range(end - 1, -1, -1):
        if text[index] == ")":
            depth += 1
        elif text[index] == "(":
            depth -= 1
        if depth < 0:
            return index
    return -1


def _closing(text: str, opening: int) -> int:
    """The place where a bracket is closed, or the end of the text."""
    depth = 0
    for index in range(opening, len(text)):
        if text[index] == "(":
            depth += 1
        elif text[index] == ")":
            depth -= 1
        if depth == 0:
            return index
    return len(text)


def _inserted(piece: str, place: int) -> str:
    """A piece with an opening bracket at a place."""
    return piece[:place] + "(" + piece[place:]


def _in_arguments(before: str, sign: str, after: str) -> Iterator[tuple[str, str]]:
    """Changes among arguments, where no formula stands: `In(a, b ∧ P(c)`, `In((a) ∧ P(c)`."""
    rest = sign + after
    if _CONNECTIVE.match(rest) and _is_among_arguments(before):
        arguments = before.rstrip()
        yield "closing bracket added", f"{arguments}) {rest}"
    elif sign == "(" and _DOUBLED.search(before):
        yield "opening bracket removed", before + after


def _is_among_arguments(before: str) -> bool:
    """Whether the last bracket that is open at the end of a text follows a name."""
    depth = 0
    for index in range(len(before) - 1, 0, -1):
        if before[index] == ")":
            depth += 1
        elif before[index] == "(":
            depth -= 1
        if depth < 0:
            return before[index - 1].isalnum()
    return False


def _may_join(before: str, after: str) -> bool:
    """Whether a comma stands between two formulas."""
    if before.rstrip()[-1:] not in (")", "]"):
        return False
    if _NO_CONJUNCTION.search(before):
        return False
    opening = _last_open(before, len(before))
    for sign in _BINARY.finditer(before, opening + 1):
        # `P(a) → Q(a), R(a)` may be a list of two, or have R under the condition.
        if _last_open(before, sign.start()) == opening and _LOOSER_THAN_AND.fullmatch(sign[0]):
            return False
    if _RESTRICTION.search(before) and not _CONDITIONAL.match(after):
        return False
    return _FORMULA_START.match(after) is not None


def without_explanation(piece: str, error: ParseError) -> str | None:
    """The part of a piece before an error, where an explanation begins there."""
    place = offset(piece, error.line, error.column)
    if isinstance(error, ScopeError) or not 0 < place < len(piece) or piece[place] in ")]}":
        return None
    shorter = piece[:place].rstrip(_TRAILING_MARKS)
    is_inside_brackets = shorter.count("(") > shorter.count(")")
    if is_inside_brackets and piece[place] != "(":
        return None
    shorter = _without_words(shorter)
    rest = piece[len(shorter) :]
    tail = shorter[max(shorter.rfind(")"), shorter.rfind("]")) + 1 :]
    if _BARE_END.search(tail) and _WORD_START.match(rest):
        return None  # "∀x P(x) ∧ This means …": the word belongs to the prose
    # Cutting where anything but an explanation stands would leave a part of what is said.
    return shorter if shorter and rest and explains(rest, shorter) else None


def _without_words(text: str) -> str:
    """The text up to its last closing bracket, where what follows that is prose."""
    bracket = max(text.rfind(")"), text.rfind("]")) + 1
    is_prose = _WORDS.fullmatch(text, bracket) is not None
    is_joined = bracket < len(text) and CONNECTIVE_WORD.search(text) is not None
    return text[:bracket] if is_prose or is_joined else text

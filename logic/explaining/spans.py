"""Where the wrong parts of a formula stand in the text that it was read from.

A difference says what is wrong, in the reference's names and perhaps in another form than was
written. So it is looked for in three steps. The candidate and the reference are compared word by
word, which tells apart the occurrences of a part that stands in the formula more than once, and
narrows a part to what differs in it. Then the difference's part is found in the candidate. Last, the
words of the candidate are found in the text, which may be in another notation, and repaired.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, pairwise

from logic.explaining.alignment.edits import CHANGED_PLACES, Difference
from logic.judging.compare import Comparison
from logic.spelling import LOOKS_VARIABLE, RELATIONS
from logic.writing.to_text import to_text

_WORD = re.compile(
    r"""
    '(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*"
    | \\[A-Za-z]+
    | [^\W_][\w']*
    | <=>|<->|<~>|=>|->|<=|>=|!=|==|&&|\|\||/\\|\\/|=<
    | \S
    """,
    re.VERBOSE,
)
_PUNCTUATION = frozenset("()[]{},.:;$_")
_SIGNS = {
    "∀": "! forall all ForAll \\forall every",
    "∃": "? exists some Exists \\exists",
    "¬": "~ - not Not \\neg \\lnot \\sim",
    "∧": "& && and And /\\ \\land \\wedge",
    "∨": "| || or Or \\/ \\lor \\vee v",
    "⊕": "xor Xor <~> \\oplus ^",
    "→": "-> => implies Implies \\to \\rightarrow \\implies ⇒ ⊃ \\Rightarrow \\supset",
    "↔": "<-> <=> iff \\leftrightarrow \\iff ⇔ ≡ \\Leftrightarrow \\equiv",
}
_SIGN_OF = {word: sign for sign, words in _SIGNS.items() for word in words.split()} | RELATIONS
_MOST_WORDS = 500
"""Words of a formula up to which spans are looked for: the time grows with their square."""
_WHOLE = frozenset(["extra part", "other part"])
"""Kinds of difference of which all of the part is wrong, and not only what differs in it."""


@dataclass(frozen=True, slots=True)
class Span:
    """A wrong part in the candidate's text: characters from `start` to before `end`.

    `kind` is that of the difference. Of a part that is missing, the span is the word before which,
    or at the end the one after which, it would stand.
    """

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int


def spans(
    comparison: Comparison, differences: Sequence[Difference], *, text: str | None = None
) -> tuple[Span, ...]:
    """The spans of differences in a text of the candidate, in order of place.

    The text is that of the answer unless another one is given, such as the formula printed. A
    difference that cannot be found has none.
    """
    answer = comparison.answer
    text = answer.text if text is None else text
    if answer.formula is None or comparison.candidate is None or not differences:
        return ()
    domain = comparison.domain
    renamed = _words(to_text(comparison.candidate, domain=domain))
    reference = _words(to_text(comparison.reference, domain=domain))
    written = _words(text)
    if max(map(len, (renamed, reference, written))) > _MOST_WORDS:
        return ()
    blamed = _blamed(_numbered(renamed), _numbered(reference))
    places = _places(_words(to_text(answer.formula, domain=domain)), written)
    found: list[Span] = []
    for difference in differences:
        wrong = _wrong_words(difference, renamed, reference, blamed)
        here = sorted({places[word] for word in wrong if word in places})
        found += _in_text(here, written, text, difference.kind)
    return tuple(sorted(set(found), key=lambda span: (span.start, span.end, span.kind)))


def pieces(text: str, found: Iterable[Span]) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is wrong."""
    wrong = [False] * len(text)
    for span in found:
        wrong[span.start : span.end] = [True] * (span.end - span.start)
    split = []
    for is_wrong, letters in groupby(zip(wrong, text, strict=True), key=lambda pair: pair[0]):
        piece = "".join([letter for _, letter in letters])
        split.append((piece, is_wrong))
    return split


def _words(text: str) -> list[_Word]:
    """The words and signs of a formula, less its brackets and commas."""
    words = []
    for match in _WORD.finditer(text):
        if match[0] not in _PUNCTUATION:
            words.append(_Word(match[0], match.start(), match.end()))
    return words


def _keys(words: Iterable[_Word]) -> list[str]:
    """The words such that those that mean the same are the same in all notations."""
    return [_SIGN_OF.get(word.text, word.text.strip("'\"")) for word in words]


def _numbered(words: Iterable[_Word]) -> list[str]:
    """The words with variables numbered as they come, so that it does not matter what they are called."""
    numbers: dict[str, int] = {}
    keys = []
    for key in _keys(words):
        if LOOKS_VARIABLE.fullmatch(key):
            key = f"variable {numbers.setdefault(key, len(numbers))}"
        keys.append(key)
    return keys


@dataclass(frozen=True, slots=True)
class _Blamed:
    """Of two formulas word by word: the candidate's words that differ, and where the reference has more.

    `missing` has the places of the reference's words that the candidate lacks, each with the place
    in the candidate before which it would stand.
    """

    words: frozenset[int]
    missing: dict[int, int]


def _blamed(candidate: list[str], reference: list[str]) -> _Blamed:
    words: set[int] = set()
    missing: dict[int, int] = {}
    matcher = SequenceMatcher(None, candidate, reference, autojunk=False)
    for tag, start, end, other_start, other_end in matcher.get_opcodes():
        if tag != "equal":
            words.update(range(start, end))
            missing |= dict.fromkeys(range(other_start, other_end), start)
    return _Blamed(frozenset(words), missing)


def _wrong_words(
    difference: Difference, candidate: list[_Word], reference: list[_Word], blamed: _Blamed
) -> set[int]:
    """The places of the candidate's words that a difference speaks of."""
    if not difference.candidate:
        return _beside_the_missing(difference, len(candidate), reference, blamed)
    occurrences = list(_occurrences(_words(difference.candidate), candidate))
    if not occurrences:
        return set()
    # Of equal parts the one where the formulas differ is meant; the first one where none tells.
    part = set(max(occurrences, key=lambda place: len(blamed.words.intersection(place))))
    if difference.kind == "arguments":
        part = part - {min(part)} or part  # the name before them is right
        if difference.text.endswith(CHANGED_PLACES):
            return part
    if difference.kind not in _WHOLE and part & blamed.words:
        differing = part & blamed.words
        signs = {place for place in differing if candidate[place].text in _SIGNS}
        return signs if difference.kind == "connective" and signs else differing
    beside = _touching(part, candidate, blamed.words)
    # A sign too many stands before its part, and the sign that joins an extra part beside it.
    return beside if difference.kind == "negation" and beside else part | beside


def _touching(part: set[int], candidate: list[_Word], words: frozenset[int]) -> set[int]:
    """Those of the words that stand right before or after the part; of equal signs any will do."""
    before = min(part) - 1
    while before > 0 and candidate[before].text == candidate[before - 1].text:
        before -= 1
    return {*range(before, min(part)), max(part) + 1} & words


def _beside_the_missing(
    difference: Difference, count: int, reference: list[_Word], blamed: _Blamed
) -> set[int]:
    """The word before which what is missing would stand."""
    part = _words(difference.reference)
    if part and part[0].text == "¬" and not list(_occurrences(part, reference)):
        part = part[1:]  # a condition is told as the denied side of a disjunction
    for occurrence in _occurrences(part, reference):
        lacking = {blamed.missing[place] for place in occurrence if place in blamed.missing}
        if lacking:
            return {min(min(lacking), count - 1)}
    return set()


def _occurrences(part: list[_Word], whole: list[_Word]) -> Iterable[range]:
    """Where a part stands in a formula, whatever its bound variables are called."""
    keys = _abstract(part)
    others = _abstract(whole)
    for start in range(len(others) - len(keys) + 1):
        if keys and others[start : start + len(keys)] == keys:
            yield range(start, start + len(keys))


def _abstract(words: list[_Word]) -> list[str]:
    return ["x" if LOOKS_VARIABLE.fullmatch(key) else key for key in _keys(words)]


def _places(canonical: list[_Word], written: list[_Word]) -> dict[int, int]:
    """Which word of the text each word of the formula comes from."""
    matcher = SequenceMatcher(None, _folded(canonical), _folded(written), autojunk=False)
    places: dict[int, int] = {}
    for start, other, size in matcher.get_matching_blocks():
        for step in range(size):
            places[start + step] = other + step
    return places


def _folded(words: list[_Word]) -> list[str]:
    return [key.casefold() for key in _keys(words)]


def _in_text(places: list[int], written: list[_Word], text: str, kind: str) -> Iterable[Span]:
    """The spans of words; words side by side are one."""
    if not places:
        return
    first = places[0]
    for here, after in pairwise([*places, -1]):
        if after != here + 1:
            start = written[first].start
            end = _with_brackets(text, start, written[here].end)
            yield Span(start, end, kind)
            first = after


def _with_brackets(text: str, start: int, end: int) -> int:
    """The end of a span with the brackets behind it that close those within it."""
    depth = text.count("(", start, end) - text.count(")", start, end)
    while depth > 0 and text[end : end + 1] == ")":
        end += 1
        depth -= 1
    return end

"""Raw model output to the formula in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from logic.errors import ParseError
from logic.parser import after_quantifiers, parse_open
from logic.syntax import Atom, Formula, Truth

MAX_HEAD, MAX_TAIL = 10_000, 40_000
"""Of a longer output, this many characters from the beginning and from the end are looked at."""
MAX_ATTEMPTS = 24
"""Pieces of one output that are tried as a formula."""
MAX_WHOLE = 2_000
"""A text of several lines is tried as one formula up to this many characters."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found in a model's output: the text taken for the formula, the formula, repairs, or the error."""

    text: str
    formula: Formula | None = None
    repairs: tuple[str, ...] = ()
    error: ParseError | None = None


_THINK = re.compile(r"<(/?)(?:think|thinking|reasoning|scratchpad)>", re.IGNORECASE)
_SAID = r"FOL|first[- ]order\slogic|formula|answer|translation|logical\sform|output|result"
_MARKER = re.compile(
    r"<answer>(?P<tag>)|\\(?:boxed|fbox)\s*+\{(?P<boxed>)"
    rf"|^[^\n:(){{}}∀∃∧∨→\\`$]{{0,80}}?\b(?:{_SAID})s?\b[^\n:(){{}}∀∃∧∨→\\$]{{0,60}}?"
    r"(?::(?!-)|\bis\s(?=\s*+[`*\"$]*+(?:[∀∃¬~\\(]|\w++\()))(?P<label>)",
    re.MULTILINE | re.IGNORECASE,
)
_FENCE = re.compile(r"^[ \t>]*+(?:```|~~~)[^\n`]*+$", re.MULTILINE)
_SPAN = re.compile(
    r"\$\$?([^$\n]++)\$|`([^`\n]++)`|\\\(((?:[^\\\n]|\\(?![()]))++)\\\)|\\\[((?:[^\\]|\\(?![\[\]]))++)\\\]"
)
_BULLET = re.compile(r"(?:[-*+•>]\s++|#++\s++|\(?\d{1,3}[.):]\s++|\(?[A-Za-z][.)]\s++)++")
# What only a formula has: a symbol, a quantifier word or a name right before a bracket; not words such as `and`.
_SIGN = re.compile(
    r"[∀∃∄∧∨¬→↔⊕⇒⇔⊃⊻≡⊤⊥=≠≤≥<>&|~]|->|/\\|\\[a-zA-Z]|\b(?:for\s?all|exists|all|some)\s+\w|[\w'\"}][(（]|\(\s*\w+\s*\)|^-|\bnot\s*\(",
    re.IGNORECASE,
)
_EMBEDDED = re.compile(
    r"(?<![(\[¬~-])[(\[¬~-]*+(?:[∀∃∄]|\\(?:forall|exists|neg)|\b(?:for\s?all|exists)\s\w|(?<=[¬~])\s*+\w|\b\w++\([^()\n]*+\)\s*+(?:[∧∨→↔⊕⇒⇔&|=]|->|<->))",
    re.IGNORECASE,
)
_STRONG = re.compile(r"[∀∃∄∧∨¬→↔⊕⇒⇔&|~]|->|\\[a-z]|\b(?:for\s?all|exists)\b", re.IGNORECASE)
_CONNECTIVE_WORD = re.compile(r"\b(?:and|or|not|implies|iff|xor)\b", re.IGNORECASE)
# What an explanation after a formula begins with: two words, a tag or a comment; not another formula.
_PROSE = re.compile(
    r"\(?\s*+(?:(?:where|with|here|this|that|which|because|since|in|if|for|note|let|meaning|means|i\.e)\b"
    r"|(?:i|[a-z][a-z'’-]++)[,:]?\s++[\"'*(]*+[a-z][a-z'’-]*+(?![\w(]))|</?[a-z|]|\[/?[A-Z]|//|#|%",
    re.IGNORECASE,
)
_APPLICATION = re.compile(r"\w\(")
_WORDS = re.compile(r"[\sA-Za-z,.;:'’–—-]+")
_NO_ANSWER = {"yes", "no", "none", "unknown", "uncertain", "true", "false", "null", "nan", "n/a"}
_WRAPPERS = (
    ("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("**", "**"), ("__", "__"), ("`", "`"), ("*", "*"),
    ('"', '"'), ("“", "”"), ("'", "'"), ("‘", "’"), ("「", "」"),
)  # fmt: skip


def read_answer(text: str, *, domain: str = "fol") -> Answer:
    """Find the formula in raw model output; never raises on any str.

    The text may be a formula alone. Otherwise thinking (`<think>…</think>`) is dropped and the formula is the one
    after the last answer marker: `<answer>`, `\\boxed{…}`, or a line with "FOL", "formula", "answer", "translation",
    "output" or "result" and then a colon (or "is" and a formula). Without a marker it is the last fenced block that
    holds a formula, then the last line that is a complete formula (bullets, numbers, bold and quotes taken off), then
    the last `$…$` or inline code, then a formula inside a sentence. A closed formula is preferred to an open one.
    An explanation before or after it is cut off. A bare word is a formula after a marker only, and a text without
    any sign of a formula (a symbol, a quantifier, a name right before a bracket) is none.

    At most one repair is made and reported in `repairs`: a closing bracket added or removed, an opening bracket
    added, `∧` for a comma, or free variables, which stay free in the formula. `error` says what failed where
    nothing could be read. Time is linear in the length of the text, and of long texts only `MAX_HEAD` characters at
    the beginning and `MAX_TAIL` at the end are looked at. Raises `ValueError` for an unknown domain.
    """
    search = _Search(domain)
    if len(text) > MAX_HEAD + MAX_TAIL:
        text = text[:MAX_HEAD] + "\n" + text[-MAX_TAIL:]
    bare = text.strip()
    if not _BULLET.match(bare) and bare[:1] not in ("'", '"'):
        # A text of several lines is tried as one formula only: what begins with one may go on to a better one.
        answer = search.attempt(bare, marked=False) if "\n" not in bare else search.whole(bare)
        if answer is not None and not answer.repairs:
            return answer
    for marked, pieces in _tiers(_without_thinking(text)):
        answer = search.best(pieces, marked=marked)
        if answer is not None:
            return answer
    return Answer(bare[:MAX_HEAD], error=search.error or ParseError("no formula in the text", text=bare[:MAX_HEAD]))


class _Search:
    """Tries pieces of one output, within a fixed number of attempts."""

    def __init__(self, domain: str) -> None:
        self.domain = domain
        self.attempts = 0
        self.error: ParseError | None = None
        self.parsed: dict[str, tuple[Formula, list[str]] | ParseError] = {}
        self.tried: dict[tuple[str, bool], Answer | None] = {}

    def best(self, pieces: Iterable[str], *, marked: bool) -> Answer | None:
        """The first piece that is a closed formula, else the first that is open, else the first repaired one."""
        opened: Answer | None = None
        seen: list[str] = []
        for piece in pieces:
            answer = self.attempt(piece, marked=marked)
            if answer is not None and not answer.repairs:
                return answer
            opened = opened or answer
            seen.append(piece)
        if opened is not None:
            return opened
        for piece in seen[:3]:
            answer = self.repaired(piece, marked=marked)
            if answer is not None:
                return answer
        return None

    def attempt(self, piece: str, *, marked: bool) -> Answer | None:
        """The formula that a piece is, or that it begins with where prose follows."""
        key = (piece, marked)
        if key not in self.tried:
            self.tried[key] = self._attempt(piece, marked)
        return self.tried[key]

    def whole(self, text: str) -> Answer | None:
        """The formula that a whole text of several lines is."""
        found = self.parse(text) if len(text) < MAX_WHOLE and _SIGN.search(text) else None
        return self.accepted(text, *found, marked=False) if isinstance(found, tuple) else None

    def _attempt(self, piece: str, marked: bool) -> Answer | None:
        for _ in range(4):
            if not piece or not (marked or _SIGN.search(piece)):
                return None
            found = self.parse(piece)
            if not isinstance(found, ParseError):
                return self.accepted(piece, *found, marked=marked)
            shorter = _before(piece, found)
            if shorter is None:
                return None
            piece = shorter
        return None

    def parse(self, piece: str) -> tuple[Formula, list[str]] | ParseError:
        if piece in self.parsed:
            return self.parsed[piece]
        self.attempts += 1
        if self.attempts > MAX_ATTEMPTS:
            return ParseError("no formula in the text", text=piece)
        try:
            self.parsed[piece] = parse_open(piece, domain=self.domain, free=True)
        except ParseError as error:
            self.error = self.error or error
            self.parsed[piece] = error
        return self.parsed[piece]

    def accepted(self, piece: str, formula: Formula, free: list[str], *, marked: bool) -> Answer | None:
        if isinstance(formula, (Atom, Truth)) and not formula.children():
            if not marked or piece.strip(" .").lower() in _NO_ANSWER:
                return None
        elif not marked and not _SIGN.search(piece):
            return None
        note = f"free variable{'s' if len(free) > 1 else ''} {', '.join(free)}"
        return Answer(piece, formula, (note,) if free else ())

    def repaired(self, piece: str, *, marked: bool) -> Answer | None:
        """The closed formula that one small change makes of the piece."""
        if not _SIGN.search(piece):
            return None
        found = self.parse(piece)
        if not isinstance(found, ParseError):
            return None
        for note, changed in _repairs(piece, found):
            again = self.parse(changed)
            if not isinstance(again, ParseError) and not again[1]:
                answer = self.accepted(changed, *again, marked=marked)
                return answer and Answer(changed, answer.formula, (note,))
        return None


def _repairs(piece: str, error: ParseError) -> Iterator[tuple[str, str]]:
    """Small changes that could mend an error, with their names."""
    place = _offset(piece, error)
    if place >= len(piece.rstrip(" .")):
        yield "closing bracket added", piece.rstrip(" .") + ")"
    elif piece[place] in ")]}":
        yield "closing bracket removed", piece[:place] + piece[place + 1 :]
        start = after_quantifiers(piece)
        yield "opening bracket added", piece[:start] + "(" + piece[start:]
    elif piece[place] == "," and piece[:place].rstrip()[-1:] in (")", "]"):
        yield "∧ for a comma", piece[:place] + " ∧" + piece[place + 1 :]


def _offset(piece: str, error: ParseError) -> int:
    """The error's place as an offset into the piece."""
    start = 0
    for _ in range(error.line - 1):
        start = piece.find("\n", start) + 1
    return start + error.column - 1


def _before(piece: str, error: ParseError) -> str | None:
    """The part of a piece before the place of an error, if prose may begin there; it ends with a bracket or a sign."""
    place = _offset(piece, error)
    if place >= len(piece) or place == 0 or piece[place] in ")]}":
        return None
    shorter = piece[:place].rstrip(" \t\n,;:-–—*_`\"'$")
    if not shorter or (shorter.count("(") > shorter.count(")") and "(" not in piece[place : place + 1]):
        return None
    bracket = max(shorter.rfind(")"), shorter.rfind("]")) + 1
    if _WORDS.fullmatch(shorter, bracket) or (bracket < len(shorter) and _CONNECTIVE_WORD.search(shorter)):
        shorter = shorter[:bracket]
    rest = piece[len(shorter) :].lstrip(" \t\n.,;:-–—*_`\"'$")
    if rest and (not _PROSE.match(rest) or (_CONNECTIVE_WORD.match(rest) and _APPLICATION.search(rest))):
        return None  # something was left out between two formulas: cutting would change the meaning
    return shorter if shorter and len(shorter) < len(piece) else None


def _without_thinking(text: str) -> str:
    """The text after the last thinking block; what was thought and never closed is dropped too."""
    tags = list(_THINK.finditer(text))
    if not tags:
        return text
    if not tags[-1][1]:  # opened and not closed
        return text[: tags[-1].start()] if len(tags) == 1 else text[tags[-2].end() : tags[-1].start()]
    return text[tags[-1].end() :] or text[: tags[0].start()]


def _tiers(text: str) -> Iterator[tuple[bool, list[str]]]:
    """Groups of pieces to try, the likeliest first; the flag says that an answer marker stands before them."""
    markers = list(_MARKER.finditer(text))[-3:]
    for marker in reversed(markers):
        yield True, _after_marker(text, marker)
    fences = [match.span() for match in _FENCE.finditer(text)]
    for i in range(len(fences) - len(fences) % 2 - 2, max(-1, len(fences) - 6), -2):
        yield True, _block(text[fences[i][1] : fences[i + 1][0]])
    lines = [line for line in reversed(text.splitlines()[-200:]) if _SIGN.search(line)]
    yield False, [_unwrapped(line) for line in lines[:6]]
    spans = [next(group for group in match.groups() if group) for match in _SPAN.finditer(text)]
    signed = [_unwrapped(span) for span in reversed(spans) if _SIGN.search(span)]
    yield False, [span for span in signed if _STRONG.search(span)][:4]
    yield False, signed[:3]
    yield False, [line[found.start() :] for line in lines[:4] if (found := _EMBEDDED.search(line))]
    if len(text) <= MAX_HEAD:
        yield False, [_unwrapped(text)]


def _after_marker(text: str, marker: re.Match[str]) -> list[str]:
    """What an answer marker points at: the rest of its line, or of a tag or box, or the next line or block."""
    start = marker.end()
    if marker["tag"] is not None:
        end = text.find("</answer>", start)
        return _block(text[start:end] if end >= 0 else text[start:])
    if marker["boxed"] is not None:
        return _block(_braced(text, start))
    rest = text[start : start + MAX_HEAD]
    line, _, more = rest.partition("\n")
    piece = _unwrapped(line)
    if piece.strip("*_`$\\[(\"' "):
        paragraph = rest.strip().partition("\n\n")[0]
        return [piece, *_block(paragraph)[:1]] if "\n" in paragraph else [piece]
    more = more.strip()
    if fence := _FENCE.match(more):
        closing = _FENCE.search(more, fence.end())
        return _block(more[fence.end() : closing.start() if closing else len(more)])
    paragraph = more.partition("\n\n")[0]
    return [_unwrapped(paragraph.partition("\n")[0]), _unwrapped(paragraph)]


def _block(text: str) -> list[str]:
    """A whole block, then its lines from the last."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    whole = _unwrapped(text)
    if len(lines) < 2:
        return [whole]
    pieces = [_unwrapped(line) for line in reversed(lines[-4:])]
    return [*pieces, whole] if _complete(lines[-1]) else [whole, *pieces]


def _complete(line: str) -> bool:
    """Whether a line could be a formula on its own rather than the end of one."""
    return line.count("(") == line.count(")") and _SIGN.search(line) is not None


def _braced(text: str, start: int) -> str:
    """The text up to the brace that closes the one before `start`."""
    depth = 1
    for found in re.compile(r"[{}]").finditer(text, start, start + MAX_HEAD):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return text[start : found.start()]
    return text[start : start + MAX_HEAD]


def _unwrapped(piece: str) -> str:
    """A piece without bullets, numbers, markup and quotes around it."""
    piece = piece.strip()
    bullet = _BULLET.match(piece)
    if bullet:
        piece = piece[bullet.end() :]
    for _ in range(8):
        piece = piece.strip().rstrip(",;:")
        for left, right in _WRAPPERS:
            inner = piece.rstrip(".") if right != "'" else piece
            if len(inner) > len(left) + len(right) and inner.startswith(left) and inner.endswith(right):
                inside = inner[len(left) : -len(right)]
                if right not in inside or len(right) > 1:
                    piece = inside
                    break
        else:
            break
    # Bold begun before the marker ends here; a lone opening mark is left by a cut.
    return piece.strip().lstrip("*_`$ ").strip() if piece[:1] in "*_`$" else piece.strip()

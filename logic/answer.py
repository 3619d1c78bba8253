"""Raw model output to the formula in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from logic.errors import ParseError
from logic.parser import after_quantifiers, parse_open, sign_search
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
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_TAG = re.compile(r"\[/?[A-Z]+\]|<\|\w+\|>")
_LINKING = re.compile(r"\band\b(?=\s*`)")
_GAP = re.compile(r"\s{40,}+")
_BULLET = re.compile(r"(?:[-*+•>]\s++|#++\s++|\(?\d{1,3}[.):]\s++|\(?[A-Za-z][.)]\s++)++")
# What only a formula has: a symbol, a quantifier word or a name right before a bracket; not words such as `and`.
_SIGN = re.compile(
    r"[∀∃∄∧∨¬→↔⊕⇒⇔⊃⊻≡⊤⊥=≠≤≥<>&|~]|->|/\\|\\[a-zA-Z]|\b(?:for\s?all|exists|all|some)\s+\w|[\w'\"}][(（]|\(\s*\w+\s*\)|^-|\bnot\s*\("
    r"|^\s*\(\s*(?:(?:forall|exists|and|or|xor|not)\s*\(|distinct\s\w)",
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
# Prose that denies, conditions or takes back the formula beside it.
_DENIES = re.compile(
    r"\b(?:not?|non|none|never|false|wrong|incorrect|untrue|cannot|negat\w+|opposite|if|unless|nor|neither|except|instead)\b|n['’]t\b",
    re.IGNORECASE,
)
_CONDITIONS = re.compile(
    r"\b(?:only|but|either|and|or|xor|iff|implies|implied|equivalent|rather|provided|case|whenever)\b|[#%\[]|->|=>|/\\",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\"[^\"\n]*+\"|“[^”\n]*+”")
_COMMANDS = r"\\(?:land|wedge|lor|vee|to|implies|iff|equiv|oplus|veebar|supset|[A-Za-z]*arrow)"
# A text that a formula must follow, and one that goes on with a formula before it.
_OPEN_END = re.compile(
    r"(?:[∧∨¬→↔⊕⇒⇔⊃⊻≡≠≤≥<&|^⋀⋁∼]|(?<!~~)~|(?<!=)={1,2}|[-=]>|:-|/\\|\\/|(?<!\\)[(\[{]|(?:^|\s)[-!]"
    rf"|{_COMMANDS}|\\(?:neg|lnot|sim)|\b(?:and|or|not|no|never|implies|iff|xor|if|unless|such that)"
    r"|(?:[∀∃∄]|\\(?:forall|n?exists)|\b(?:for ?all|exists))\s*[\w, ]{0,20}[.:]?)\Z",
    re.IGNORECASE,
)
_OPEN_START = re.compile(
    r"[∧∨→↔⊕⇒⇔⊃⊻≡≠≤≥&|^⋀⋁)\]}]|=(?!==)|<(?![|/A-Za-z])|-{1,2}>|:-|/\\|\\/"
    rf"|{_COMMANDS}|(?:[Aa]nd|AND|[Oo]r|OR|[Ii]mplies|IMPLIES|[Ii]ff|IFF|[Xx]or|XOR|if|unless|but|only|provided|except)\b"
)
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
    An explanation before or after it is cut off. What goes on in the lines or signs around it, or is denied or
    conditioned by the prose beside it, is not taken. A bare word is a formula after a marker only, and a text without
    any sign of a formula (a symbol, a quantifier, a name right before a bracket) is none.

    At most one repair is made and reported in `repairs`: a closing bracket added or removed, an opening bracket
    added, `∧` for a comma, or free variables, which stay free in the formula. `error` says what failed where
    nothing could be read. Time is linear in the length of the text, and of long texts only `MAX_HEAD` characters at
    the beginning and `MAX_TAIL` at the end are looked at. Raises `ValueError` for an unknown domain.
    """
    search = _Search(domain)
    if len(text) > MAX_WHOLE:
        text = _GAP.sub(lambda gap: "\n\n"[: gap[0].count("\n")] or " ", text)
    cut = len(text) > MAX_HEAD + MAX_TAIL
    if cut:  # the signs make what the cut left of a formula unreadable
        text = text[:MAX_HEAD] + " ∧\n∧ " + text[-MAX_TAIL:]
    bare = text.strip()
    if not _BULLET.match(bare) and bare[:1] not in ("'", '"'):
        # A text of several lines is tried as one formula only: what begins with one may go on to a better one.
        answer = search.attempt(bare, marked=False) if "\n" not in bare else search.whole(bare)
        if answer is not None and not answer.repairs:
            return answer
    for marked, pieces in _tiers(_without_thinking(text)):
        answer = None if cut and not marked else search.best(pieces, marked=marked)
        if answer is not None:
            return answer
    return Answer(
        bare[:MAX_HEAD],
        error=search.error or ParseError("no formula in the text", text=bare[:MAX_HEAD]),
    )


class _Search:
    """Tries pieces of one output, within a fixed number of attempts."""

    def __init__(self, domain: str) -> None:
        self.domain, self.signed = domain, sign_search(domain, _SIGN)
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
        found = self.parse(text) if len(text) < MAX_WHOLE and self.signed(text) else None
        return self.accepted(text, *found, marked=False) if isinstance(found, tuple) else None

    def _attempt(self, piece: str, marked: bool) -> Answer | None:
        for _ in range(4):
            if not piece or not (marked or self.signed(piece)):
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

    def accepted(
        self, piece: str, formula: Formula, free: list[str], *, marked: bool
    ) -> Answer | None:
        if isinstance(formula, (Atom, Truth)) and not formula.children():
            if not marked or piece.strip(" .").lower() in _NO_ANSWER:
                return None
        elif not marked and not self.signed(piece):
            return None
        note = f"free variable{'s' if len(free) > 1 else ''} {', '.join(free)}"
        return Answer(piece, formula, (note,) if free else ())

    def repaired(self, piece: str, *, marked: bool) -> Answer | None:
        """The closed formula that one small change makes of the piece."""
        if not self.signed(piece):
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
    if not shorter or (
        shorter.count("(") > shorter.count(")") and "(" not in piece[place : place + 1]
    ):
        return None
    bracket = max(shorter.rfind(")"), shorter.rfind("]")) + 1
    if _WORDS.fullmatch(shorter, bracket) or (
        bracket < len(shorter) and _CONNECTIVE_WORD.search(shorter)
    ):
        shorter = shorter[:bracket]
    rest = piece[len(shorter) :].lstrip(" \t\n.,;:-–—*_`\"'$")
    if rest and (
        not _PROSE.match(rest) or (_CONNECTIVE_WORD.match(rest) and _APPLICATION.search(rest))
    ):
        return None  # something was left out between two formulas: cutting would change the meaning
    said = rest.partition("\n")[0]
    if (
        _DENIES.search(said)
        or _OPEN_START.match(rest)
        or re.match(r"(?:is|are|was|would|and|or|but|only)\b", rest)
    ):
        return None
    if _APPLICATION.search(said) and not re.match(
        r"(?i:where|with|here|meaning|let|for|//|#|%|\()", rest
    ):
        return None
    return shorter if shorter and len(shorter) < len(piece) else None


def _without_thinking(text: str) -> str:
    """The text after the last thinking block; what was thought and never closed is dropped too."""
    if not (tags := list(_THINK.finditer(text))):
        return text
    if _OPEN_END.search(text[: tags[0].start()].rstrip()[-80:]):
        return ""
    if not tags[-1][1]:  # opened and not closed
        return (
            text[: tags[-1].start()] if len(tags) == 1 else text[tags[-2].end() : tags[-1].start()]
        )
    return text[tags[-1].end() :] or text[: tags[0].start()]


def _alone(text: str, start: int, end: int) -> bool:
    """Whether what surrounds a piece neither goes on with it nor takes it back."""
    before, after = text[:start].rstrip(' \t\r\n*_`$"“'), text[end:].lstrip(' \t\r\n*_`$"”.')
    if _OPEN_END.search(before[-80:]) or _OPEN_START.match(after):
        return False
    last, following = before[before.rfind("\n") + 1 :], after.partition("\n")[0]
    if following.count(")") > following.count("(") or last.count("(") > last.count(")"):
        return False
    return not (last.endswith((":", " that")) and _DENIES.search(_QUOTED.sub("", last)))


def _beside(text: str, start: int, end: int) -> bool:
    """Whether a part of a line may be taken for all of it: the rest is plain prose that denies nothing."""
    before, after = text[text.rfind("\n", 0, start) + 1 : start], text[end:].partition("\n")[0]
    plain = [_TAG.sub("", _QUOTED.sub("", prose)).lstrip("#> ") for prose in (before, after)]
    return _alone(text, start, end) and not any(
        _DENIES.search(prose) or _CONDITIONS.search(prose) for prose in plain
    )


def _tiers(text: str) -> Iterator[tuple[bool, list[str]]]:
    """Groups of pieces to try, the likeliest first; the flag says that an answer marker stands before them."""
    for marker in reversed(list(_MARKER.finditer(text))[-3:]):
        yield True, _after_marker(text, marker)
    fences = [match.span() for match in _FENCE.finditer(text)]
    for i in range(len(fences) - len(fences) % 2 - 2, max(-1, len(fences) - 6), -2):
        if _alone(text, fences[i][0], fences[i + 1][1]):
            yield True, _block(text, fences[i][1], fences[i + 1][0])
    lines = [match.span() for match in _LINE.finditer(text)][-200:]
    lines = [(a, b) for a, b in reversed(lines) if _SIGN.search(text[a:b])][:6]
    yield False, [_unwrapped(text[a:b]) for a, b in lines if _alone(text, a, b)]
    spans = [
        (match, next(group for group in match.groups() if group))
        for match in list(_SPAN.finditer(text))[-40:]
    ]
    signed = [(match, _unwrapped(span)) for match, span in reversed(spans) if _SIGN.search(span)]
    taken = [span for match, span in signed if _bare_beside(text, match)]
    yield False, [span for span in taken if _STRONG.search(span)][:4]
    yield False, taken[:3]
    for a, b in lines[:4]:
        found = _EMBEDDED.search(text, a, b)
        if (
            found
            and not _APPLICATION.search(text, a, found.start())
            and _beside(text, found.start(), b)
        ):
            yield False, [text[found.start() : b]]
    if len(text) <= MAX_HEAD:
        yield False, [_unwrapped(text)]


def _bare_beside(text: str, span: re.Match[str]) -> bool:
    """Whether the line around a code or math span holds no sign outside such spans, and denies nothing."""
    start, end = text.rfind("\n", 0, span.start()) + 1, text.find("\n", span.end())
    around = text[start : span.start()] + "\n" + text[span.end() : end if end >= 0 else len(text)]
    prose = _QUOTED.sub("", _SPAN.sub(" ", around))
    said = _LINKING.sub("", around, count=1)
    if any(found.search(prose) for found in (_STRONG, _APPLICATION, _DENIES)) or _CONDITIONS.search(
        said
    ):
        return False
    return _alone(text, span.start(), span.end())


def _after_marker(text: str, marker: re.Match[str]) -> list[str]:
    """What an answer marker points at: the rest of its line, or of a tag or box, or the next line or block."""
    start, text = marker.end(), text + "\n\n"
    if marker["label"] is None:
        if marker["tag"] is not None:
            end = text.find("</answer>", start)
            end, after = (end, end + 9) if end >= 0 else (len(text), len(text))
        else:
            after = (end := _braced(text, start)) + 1
        return _block(text, start, end) if end >= 0 and _beside(text, marker.start(), after) else []
    if _DENIES.search(re.split(r"[.!?]\s", _QUOTED.sub("", marker[0]))[-1]):
        return []
    end = text.find("\n", start)
    if not _unwrapped(text[start:end]).strip("*_`$\\[(\"' "):
        start = len(text) - len(text[end:].lstrip())
        if fence := _FENCE.match(text, start):
            closing = _FENCE.search(text, fence.end())
            after = closing.end() if closing else len(text)
            inside = (fence.end(), closing.start() if closing else len(text))
            return _block(text, *inside) if _alone(text, marker.start(), after) else []
        start = min(start, len(text) - 2)
        end = text.find("\n", start)
    stops = dict.fromkeys((end, text.find("\n\n", start)))
    return [_unwrapped(text[start:stop]) for stop in stops if _alone(text, start, stop)]


def _block(text: str, start: int, end: int) -> list[str]:
    """A whole block, then its lines from the last."""
    lines = [match.span() for match in _LINE.finditer(text, start, end)]
    whole = _unwrapped(text[start:end])
    if len(lines) < 2:
        return [whole]
    pieces = [
        _unwrapped(text[a:b])
        for a, b in reversed(lines[-4:])
        if _alone(text[start:end], a - start, b - start)
    ]
    return [*pieces, whole] if _complete(text[slice(*lines[-1])]) else [whole, *pieces]


def _complete(line: str) -> bool:
    """Whether a line could be a formula on its own rather than the end of one."""
    return line.count("(") == line.count(")") and _SIGN.search(line) is not None


def _braced(text: str, start: int) -> int:
    """The place of the brace that closes the one before `start`, or -1."""
    depth = 1
    for found in re.compile(r"[{}]").finditer(text, start):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return found.start()
    return -1


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
            if (
                len(inner) > len(left) + len(right)
                and inner.startswith(left)
                and inner.endswith(right)
            ):
                inside = inner[len(left) : -len(right)]
                if right not in inside or len(right) > 1:
                    piece = inside
                    break
        else:
            break
    # Bold begun before the marker ends here; a lone opening mark is left by a cut.
    return piece.strip().lstrip("*_`$ ").strip() if piece[:1] in "*_`$" else piece.strip()

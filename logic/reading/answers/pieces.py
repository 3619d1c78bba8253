"""The pieces of a raw output that may be the formula in it, the likeliest first."""

from __future__ import annotations

import enum
import itertools
import re
from collections.abc import Iterator

from logic.reading.answers.containers import (
    json_answers,
    plain_layout,
    table_answer,
    without_thinking,
)
from logic.reading.answers.prose import (
    APPLICATION,
    CONDITIONS,
    DENIES,
    INTERJECTION,
    OPEN_END,
    QUOTED,
    STRONG,
    alone,
    denies,
    is_gloss,
)


class Trust(enum.Enum):
    """How far a piece may be taken for the formula.

    Behind a marker even a bare word is one. A part of a sentence must be closed: what would be free
    in it may be bound in the rest.
    """

    MARKED = enum.auto()
    WHOLE = enum.auto()
    PART = enum.auto()


MAX_HEAD, MAX_TAIL = 10_000, 40_000
"""Of a longer output, this many characters from the beginning and from the end are looked at."""

_LABELS = r"""
    FOL | first[-\ ]order\slogic | formula | answer | translation | logical\s(?:form|expression)
  | expression | output | result | response | final | conclusion | hypothesis | query
"""
_MARKER = re.compile(
    rf"""
      <(?P<tag>(?:final_?)?(?:answer|fol|formula|output|result|solution|translation))>
    | \\(?:boxed|fbox)\s*+\{{(?P<boxed>)
    | ^[^\n:(){{}}∀∃∧∨→\\`$=]{{0,80}}? (?<![^\W_])(?P<label>{_LABELS})s?(?![^\W_])
      [^\n:(){{}}∀∃∧∨→\\$=\[\]!?]{{0,60}}? (?:\([\w\s]{{1,30}}\)\s*)?
      (?: :=? (?!-) | \s*(?:→|->|=>)\s*(?=[∀∃¬(\\]) | \bis\s (?=\s*+[`*"$]*+(?:[∀∃¬~\\(]|\w++\()) )
    """,
    re.MULTILINE | re.IGNORECASE | re.VERBOSE,
)
# A name that a translator gives its formula: `φ = …`, `F := …`.
_NAMED = re.compile(
    r"""
    \A\s* (?:\$\s*)?
    (?: (?: [φϕΦψΨ𝜙𝜑] | \\(?:var)?phi\b | \\psi\b | phi\b ) \s* (?: := | = | : )
      | (?: FOL | Formula ) \s* (?: → | -> | => | := | = )
      | F\d? \s* (?: := | = \s* (?= [∀∃¬~\\(] | ['"\w]+\( | (?:all|exists|some|for)\s ) ) )
    \s*
    """,
    re.VERBOSE,
)
_PREMISES = re.compile(
    r"^\W{0,4}(?:premises|premise[-_\s]?\d*[-_\s]?FOL|predicates|facts|rules)\b[^\n:]{0,20}:",
    re.MULTILINE | re.IGNORECASE,
)
_CONCLUSION = re.compile(r"conclusion|hypothesis|query", re.IGNORECASE)
_FENCE = re.compile(r"^[ \t>]*+(?:```|~~~)[^\n`]*+$", re.MULTILINE)
_SPAN = re.compile(
    r"""
      \$\$? ([^$\n]++) \$                          # $…$
    | ` ([^`\n]++) `                              # `…`
    | \\\( ( (?: [^\\\n] | \\(?![()]) )++ ) \\\)     # \(…\)
    | \\\[ ( (?: [^\\] | \\(?![\[\]]) )++ ) \\\]     # \[…\]
    """,
    re.VERBOSE,
)
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_TAG = re.compile(r"\[/?[A-Z]+\]|<\|\w+\|>")
_LINKING = re.compile(r"\band\b(?=\s*`)")
_GAP = re.compile(r"\s{40,}+")

# A dash is no bullet here: before a formula it is a negation (see `_without_dashes`).
BULLET = re.compile(
    r"(?:[*+•>]\s++|#++\s++|\(?\d{1,3}[.):]\s++|\(?[A-Za-z][.)]\s++)++",
)
_ADJACENT_WORDS = re.compile(
    r"(?!(?:and|or|not|all|some|exists|forall|for|implies|iff|xor)\b)[^\W\d_]{2,}\s+[^\W\d_]{2,}"
)
_NUMBERED = re.compile(r"[ \t]*\(?\d{1,3}[.):]\s")
_DASHED = re.compile(r"[ \t]*+([-–—])[ \t]++(?=\S)")
# Prose and glosses, which no dash negates, and marks of type, inside which a dash would stand.
_ITEM = re.compile(r"[`*$\"“]|\\[(\[]|[^:]*:\s|[^∀∃∧∨→↔&|]*?\w+\s+\w+\s+\w+[^∀∃∧∨→↔&|]*\Z")
_FRAME = re.compile(r"[ \t>]*(?:```|~~~|</?[a-z]+>)")

# What only a formula has: a symbol, a quantifier word or a name right before a bracket.
SIGN = re.compile(
    r"""
      [∀∃∄∧∨¬→↔⊕⇒⇔⊃⊻≡⊤⊥=≠≤≥<>&|~] | -> | /\\ | \\[a-zA-Z]
    | \b(?:for\s?all|exists|all|some)\s+\w
    | [\w'\"}][(（] | \(\s*\w+\s*\) | ^- | \bnot\s*\(
    | ^\s*\(\s*(?:(?:forall|exists|and|or|xor|not)\s*\(|distinct\s\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_EMBEDDED = re.compile(
    r"""
    (?<![(\[¬~-]) [(\[¬~-]*+
    (?: [∀∃∄] | \\(?:forall|exists|neg) | \b(?:for\s?all|exists)\s\w | (?<=[¬~])\s*+\w
      | \b\w++\([^()\n]*+\)\s*+(?:[∧∨→↔⊕⇒⇔&|=]|->|<->) )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_WRAPPERS = (
    ("$$", "$$"),
    ("$", "$"),
    ("\\(", "\\)"),
    ("\\[", "\\]"),
    ("**", "**"),
    ("__", "__"),
    ("`", "`"),
    ("*", "*"),
    ('"', '"'),
    ("“", "”"),
    ("'", "'"),
    ("‘", "’"),
    ("「", "」"),
)


def shortened(text: str, least: int) -> tuple[str, bool]:
    """A text without long gaps, its middle left out where it is too long; and whether it was."""
    if len(text) > least:
        text = _GAP.sub(lambda gap: "\n\n"[: gap[0].count("\n")] or " ", text)
    if len(text) <= MAX_HEAD + MAX_TAIL:
        return text, False
    # The signs make what the cut left of a formula unreadable.
    return text[:MAX_HEAD] + " ∧\n∧ " + text[-MAX_TAIL:], True


def without_name(text: str) -> str:
    """The text without a name that a translator gives its formula (`φ = …`)."""
    return _NAMED.sub("", text, count=1)


def _beside(text: str, start: int, end: int) -> bool:
    """Whether a part of a line may be taken for all of it: the rest is plain prose that denies nothing."""
    before, after = text[text.rfind("\n", 0, start) + 1 : start], text[end:].partition("\n")[0]
    if is_gloss(before):
        before = ""
    plain = [
        INTERJECTION.sub("", _TAG.sub("", QUOTED.sub("", prose)).lstrip("#> "))
        for prose in (before, after)
    ]
    return alone(text, start, end) and not any(
        DENIES.search(prose) or CONDITIONS.search(prose) for prose in plain
    )


def _without_dashes(text: str) -> str:
    """The text with dashes before its lines as the bullets they are, or as signs that nothing reads.

    A dash before a formula may be a bullet or a negation. It is a bullet where another item of its
    list is prose, has its own marks or follows a complete formula, and a negation where a block or
    tag holds that line alone or a sign before it goes on. Otherwise the signs put in its place make
    the line, and what stands above it, unreadable.
    """
    lines = text.split("\n")
    if not any(map(_DASHED.match, lines)):
        return text
    for first, last in _dashed_lists(lines):
        before = lines[first - 1] if first else ""
        after = lines[last] if last < len(lines) else ""
        goes_on = OPEN_END.search(before[-80:]) and not before.endswith(":")
        framed = last - first == 1 and _FRAME.match(before) and _FRAME.match(after)
        if goes_on or framed:
            continue
        sign = "•" if _is_bulleted(before, lines[first:last]) else "∧ ∧"
        for row in range(first, last):
            lines[row] = _DASHED.sub(sign + " ", lines[row], count=1)
    return "\n".join(lines)


def _dashed_lists(lines: list[str]) -> Iterator[tuple[int, int]]:
    """The first line and the one after the last of each run of lines that begin with a dash."""
    first = 0
    for dashed, group in itertools.groupby(lines, key=lambda line: bool(_DASHED.match(line))):
        last = first + len(list(group))
        if dashed:
            yield first, last
        first = last


def _is_bulleted(before: str, items: list[str]) -> bool:
    """Whether the dashes before the items of a list are certainly bullets."""
    texts = [_DASHED.sub("", item, count=1) for item in items]
    if any(map(_ITEM.match, texts)) or not any(map(SIGN.search, texts)):
        return True
    is_formula = APPLICATION.search(before) and not _ITEM.match(before)
    return bool(is_formula) and before.count("(") == before.count(")")


def tiers(text: str) -> Iterator[tuple[Trust, list[str]]]:
    """Groups of pieces to try, the likeliest first, with how far each group is to be trusted."""
    text = _without_dashes(plain_layout(without_thinking(text, OPEN_END)))
    for start, end, answers in json_answers(text):
        if alone(text, start, end):
            yield Trust.MARKED, [unwrapped(answer) for answer in answers]
    markers = list(_MARKER.finditer(text))
    for marker in reversed(markers[-3:]):
        yield Trust.MARKED, _after_marker(text, marker)
        if _is_last_of_several(marker, markers) or _PREMISES.search(text):
            return  # what stands above it is another formula of a story
    if _PREMISES.search(text):
        return
    cell = table_answer(text)
    if cell is not None:
        yield Trust.MARKED, [unwrapped(cell)]
        return
    fences = [match.span() for match in _FENCE.finditer(text)]
    for i in range(len(fences) - len(fences) % 2 - 2, max(-1, len(fences) - 6), -2):
        if alone(text, fences[i][0], fences[i + 1][1]):
            yield Trust.MARKED, _block(text, fences[i][1], fences[i + 1][0])
    lines = [match.span() for match in _LINE.finditer(text)][-200:]
    lines = _without_earlier_items(text, lines)
    lines = [(a, b) for a, b in reversed(lines) if SIGN.search(text[a:b])][:6]
    lines = _up_to_the_last_formula(text, lines)
    yield Trust.WHOLE, [unwrapped(text[a:b]) for a, b in lines if alone(text, a, b)]
    spans = [
        (match, next(group for group in match.groups() if group))
        for match in list(_SPAN.finditer(text))[-40:]
    ]
    signed = [(match, unwrapped(span)) for match, span in reversed(spans) if SIGN.search(span)]
    formulas = [span for match, span in signed if _bare_beside(text, match)]
    yield Trust.WHOLE, [span for span in formulas if STRONG.search(span)][:4]
    yield Trust.WHOLE, formulas[:3]
    for a, b in lines[:4]:
        embedded = _EMBEDDED.search(text, a, b)
        if embedded is None or APPLICATION.search(text, a, embedded.start()):
            continue
        if _beside(text, embedded.start(), b):
            yield Trust.PART, [text[embedded.start() : b]]
    if len(text) <= MAX_HEAD:
        yield Trust.WHOLE, [unwrapped(text)]


def _without_earlier_items(text: str, lines: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The lines without the items of a numbered list that another one follows.

    Where the last item cannot be read, the one before it is another formula.
    """
    numbered = [_NUMBERED.match(text, a, b) is not None for a, b in lines]
    last = max([row for row, is_item in enumerate(numbered) if is_item], default=-1)
    return [line for row, line in enumerate(lines) if not numbered[row] or row == last]


def _up_to_the_last_formula(text: str, lines: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of lines from the last one up, those down from the last that is no prose.

    Where that one cannot be read, what stands above it is another formula.
    """
    for row, (a, b) in enumerate(lines):
        if APPLICATION.search(text, a, b) and not _ADJACENT_WORDS.search(text, a, b):
            return lines[: row + 1]
    return lines


def _is_last_of_several(marker: re.Match[str], markers: list[re.Match[str]]) -> bool:
    """Whether a marker closes a list: its label stands before another one, or is a conclusion's."""
    label = marker["label"]
    if label is None:
        return False
    labels = [other["label"] for other in markers if other["label"] is not None]
    return _CONCLUSION.fullmatch(label) is not None or labels.count(label) > 1


def _bare_beside(text: str, span: re.Match[str]) -> bool:
    """Whether the line around a code or math span holds no sign outside such spans, and denies nothing."""
    start, end = text.rfind("\n", 0, span.start()) + 1, text.find("\n", span.end())
    around = text[start : span.start()] + "\n" + text[span.end() : end if end >= 0 else len(text)]
    prose = QUOTED.sub("", _SPAN.sub(" ", around))
    said = _LINKING.sub("", around, count=1)
    if any(found.search(prose) for found in (STRONG, APPLICATION, DENIES)) or CONDITIONS.search(
        said
    ):
        return False
    return alone(text, span.start(), span.end())


def _after_marker(text: str, marker: re.Match[str]) -> list[str]:
    """What an answer marker points at: the rest of its line, or of a tag or box, or the next line or block."""
    start, text = marker.end(), text + "\n\n"
    if marker["label"] is None:
        if marker["tag"] is not None:
            closing_tag = f"</{marker['tag']}>"
            end = text.lower().find(closing_tag.lower(), start)
            after = end + len(closing_tag) if end >= 0 else len(text)
            end = end if end >= 0 else len(text)
        else:
            after = (end := _braced(text, start)) + 1
        return _block(text, start, end) if end >= 0 and _beside(text, marker.start(), after) else []
    if denies(marker[0]):
        return []
    end = text.find("\n", start)
    if not unwrapped(text[start:end]).strip("*_`$\\[(\"' "):
        start = len(text) - len(text[end:].lstrip())
        if fence := _FENCE.match(text, start):
            closing = _FENCE.search(text, fence.end())
            after = closing.end() if closing else len(text)
            inside = (fence.end(), closing.start() if closing else len(text))
            return _block(text, *inside) if alone(text, marker.start(), after) else []
        start = min(start, len(text) - 2)
        end = text.find("\n", start)
    stops = dict.fromkeys((end, text.find("\n\n", start)))
    return [unwrapped(text[start:stop]) for stop in stops if alone(text, start, stop)]


def _block(text: str, start: int, end: int) -> list[str]:
    """A whole block, then its lines from the last."""
    lines = [match.span() for match in _LINE.finditer(text, start, end)]
    whole = unwrapped(text[start:end])
    if len(lines) < 2:
        return [whole]
    pieces = [
        unwrapped(text[a:b])
        for a, b in reversed(lines[-4:])
        if alone(text[start:end], a - start, b - start)
    ]
    return [*pieces, whole] if _complete(text[slice(*lines[-1])]) else [whole, *pieces]


def _complete(line: str) -> bool:
    """Whether a line could be a formula on its own rather than the end of one."""
    return line.count("(") == line.count(")") and SIGN.search(line) is not None


def _braced(text: str, start: int) -> int:
    """The place of the brace that closes the one before `start`, or -1."""
    depth = 1
    for found in re.compile(r"[{}]").finditer(text, start):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return found.start()
    return -1


def unwrapped(piece: str) -> str:
    """A piece without bullets, numbers, markup and quotes around it."""
    piece = piece.strip()
    bullet = BULLET.match(piece)
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
    piece = piece.strip()
    if piece[:1] in "*_`$":  # bold begun before the marker ends here, or a mark is left by a cut
        piece = piece.lstrip("*_`$ ").strip()
    return without_name(piece)

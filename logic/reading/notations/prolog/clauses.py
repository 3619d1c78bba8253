"""The text of a clause: its control is refused by its name, and what is logic is put into the core's signs."""

from __future__ import annotations

import re
from typing import NoReturn

from logic.errors import ParseError
from logic.reading.raw import Raw, rule_variables

NEGATION_NOTE = "negation as failure taken for ¬"
_IDENTITY_NOTE = "a comparison of terms taken for = or ≠"

_QUOTED = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"")
# A head in braces is a choice of answer set programs, and no bracketed atom.
_RULE = re.compile(r"\s*(?:\{[^\n]*?\}|(?:\w+|'[^'\n]+')\s*(?:\([^\n]*?\))?)\s*:-")
_CONTROL = re.compile(
    r"""
    (?P<cut> ! (?= \s* (?: [,;.)|] | \Z | ->) ) )
    | (?P<soft> \*-> ) | (?P<grammar> --> ) | (?P<branch> (?<![<-]) -> )
    | (?P<arithmetic> (?<!\w) is (?!\w) | =:= | =\\= | \+ (?!\+) (?<! \\\+ ) | // | \*\* )
    | (?P<terms> =\.\. | @[<>=]{1,2} | \\?=@= )
    | (?P<braces> [{}] ) | (?P<module> (?<=\w) : (?=\w) )
    """,
    re.VERBOSE,
)
_KINDS = {
    "cut": "the cut {} is control",
    "soft": "{} is control",
    "grammar": "{} is a grammar rule",
    "branch": "{} is Prolog's if-then, which is control",
    "arithmetic": "{} computes",
    "terms": "{} looks into terms",
    "braces": "{} is of a grammar rule or a choice",
    "module": "{} names a module",
}
_DIRECTIVE = re.compile(r"\s*(?P<sign>:-|\?-)")
# `\\=` and `\\==` are as wide as what stands for them, so that columns stay true.
_UNEQUAL = re.compile(r"\\==?(?!=)")
_IDENTICAL = re.compile(r"\\==?(?!=)|(?<![=\\:@<>])==(?![=])")
_FOREIGN = re.compile(
    r"[∀∃∄∧∨¬→⇒↔⇔⊕⊻←⟵⇐⟸⊃≡∼&~^]|<->|<=>|=>|\|\||!="
    r"|(?<!\w)(?:and|or|xor|iff|implies|True|TRUE|False|FALSE)(?!\w)"
)
_ARROW = re.compile(r"[←⟵⇐⟸]|\\(?:(?:long)?[Ll]eftarrow|Longleftarrow|gets|impliedby)(?![A-Za-z])")
_VARIABLE = re.compile(r"[A-Z]\d*|_\w*")
_NEGATION_WORD = re.compile(r"(?<!\w)not(?!\w)")


def is_rule(text: str) -> bool:
    """Whether a text with `:-` begins as a clause does."""
    return _RULE.match(text) is not None


def plain(text: str, *, strict: bool) -> tuple[str, list[str]]:
    """A clause in the core's signs, and what is to be reported of it.

    Raises `ParseError` for control and for what computes or looks into terms; where `strict`, for
    signs that are none of Prolog's too.
    """
    blanked = _QUOTED.sub(lambda quote: " " * len(quote[0]), text)
    directive = _DIRECTIVE.match(text)  # not of the blanked text: 'all' :- p is a clause
    if directive is not None:
        kind = "a query" if directive["sign"] == "?-" else "a directive"
        _refuse(text, directive.start("sign"), f"{kind}, and no clause")
    if len(clauses(text)) > 1:
        second = clauses(text)[1]
        reason = "several clauses where one is needed"
        _refuse(text, second[0], reason, "logic.read_story reads a whole program")
    for found in _CONTROL.finditer(blanked):
        reason = _KINDS[str(found.lastgroup)].format(repr(found[0]))
        _refuse(text, found.start(), reason, "only what is logic is read: , ; \\+ and atoms")
    if strict:
        foreign = _FOREIGN.search(blanked)
        if foreign is not None:
            _refuse(text, foreign.start(), f"{foreign[0]!r} is no sign of Prolog")
    notes: list[str] = []
    if "\\+" in blanked or _NEGATION_WORD.search(blanked):
        notes.append(NEGATION_NOTE)
    if _IDENTICAL.search(blanked):
        notes.append(_IDENTITY_NOTE)
        for unequal in reversed(list(_UNEQUAL.finditer(blanked))):
            start, end = unequal.span()
            text = text[:start] + "≠".ljust(end - start) + text[end:]
    return text, notes


def clauses(text: str) -> list[tuple[int, int]]:
    """Where the clauses of a program begin and end, comments left out before them.

    A clause ends with a stop before a blank; what follows the last stop is one too.
    """
    found: list[tuple[int, int]] = []
    start, depth = 0, 0
    for mark in _CLAUSE_MARK.finditer(text):
        kind = mark.lastgroup
        if kind == "comment" and not text[start : mark.start()].strip():
            start = mark.end()
        elif kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind == "stop" and depth == 0:
            _add(found, text, start, mark.end())
            start = mark.end()
    _add(found, text, start, len(text))
    return found


_CLAUSE_MARK = re.compile(
    rf"""
    (?P<quoted> {_QUOTED.pattern} ) | (?P<comment> %[^\n]* | /\*.*?\*/ )
    | (?P<open> [(\[{{] ) | (?P<close> [)\]}}] ) | (?P<stop> (?<!\.) \. (?=\s|%|\Z) )
    """,
    re.VERBOSE | re.DOTALL,
)


def _add(found: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    """Note a clause, without the blanks around it, where there is one."""
    inside = text[start:end]
    stripped = inside.strip()
    if stripped:
        first = start + len(inside) - len(inside.lstrip())
        found.append((first, first + len(stripped)))


def is_query(text: str) -> bool:
    return text.lstrip().startswith("?-")


def check_arrow(text: str, raw: Raw) -> None:
    """Raises `ParseError` for `p(X) ← q(X)` with nothing to bind X: a variable in rules, a name elsewhere."""
    if _ARROW.search(text) is None:
        return
    for name in rule_variables(raw):
        if _VARIABLE.fullmatch(name):
            hint = f"bind it, ∀{name} (…), or write the rule with :-"
            place = max(0, text.find(name))
            _refuse(text, place, f"{name!r} is a variable in a rule and a name elsewhere", hint)


def _refuse(text: str, place: int, reason: str, hint: str | None = None) -> NoReturn:
    raise ParseError.at(place, reason, text=text, hint=hint)

"""TPTP's own rules, as far as they differ from the core notation's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NoReturn

from logic.errors import ParseError
from logic.reading.notations.conventions import CNF, TPTP, Conventions
from logic.reading.raw import Raw, position

_HEADER = re.compile(
    r"\s*(fof|tff|cnf)\s*\(\s*(?:\w+|'[^'\n]*')\s*,\s*(?P<role>\w+(?:\s*-\s*\w+)?)\s*,"
)
_ROLES = (
    "axiom assumption conjecture corollary definition hypothesis lemma negated_conjecture plain theorem"
).split()
"""What a formula may be stated as; others, as `type`, state none, or not this one."""
_BINDER = re.compile(r"[!?]\s*\[\s*[A-Z]\w*[\w\s,:]*\]\s*:")
_QUOTED = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"")
_CONVERSE = re.compile(rf"(?P<quoted>{_QUOTED.pattern})|(?<![<=])<=(?![>=])")
_MARK = re.compile(r"[()\[\],]")
_COMMENT = re.compile(rf"(?P<quoted>{_QUOTED.pattern})|%[^\n]*+|/\*.*?\*/", re.DOTALL)
_VISIBLE = re.compile(r"\S")
_NO_WORD = (
    r"(?!(?:and|or|xor|not|nor|iff|implies|equiv|unless|but|if|only|negated|wrong|false)\b)"
    r"(?:\w+|'[^'\n]*')"
)
_SOURCE = re.compile(
    rf"""
    \s* (?: {_NO_WORD} \s* (?: \Z | ,\s*\[ )
      | \[ \s* (?: \] | {_NO_WORD} \s* [,\]] )
      | \[? \s* (?:file|inference|introduced|theory|creator) \s* \( )
    """,
    re.VERBOSE,
)
"""How the source of a formula begins: what a prover or a library says of where it has it from."""
_LOGICAL = re.compile(r"[~&|!?]|=>|<=")


def is_tptp(text: str) -> bool:
    """Whether a text is certainly TPTP: by its header, or by a quantifier such as `! [X] :`."""
    if _HEADER.match(text):
        return True
    return "[" in text and _BINDER.search(text) is not None


def conventions(text: str) -> Conventions:
    """The rules for names: free variables of a `cnf` formula are closed universally."""
    header = _HEADER.match(text)
    return CNF if header is not None and header[1] == "cnf" else TPTP


def plain(text: str) -> str:
    """The text in the core's signs: `<=` as `←`, and no annotation behind the formula.

    Raises `ParseError` for a role in which no formula is stated.
    """
    text = _CONVERSE.sub(lambda sign: sign["quoted"] or "← ", text)
    header = _HEADER.match(text)
    if header is None:
        return text
    role = header["role"]
    if role.lower() not in _ROLES:
        place = header.start("role")
        _refuse(
            text,
            place,
            f"the role {role!r} is not read",
            f"one of {', '.join(_ROLES)}",
        )
    return _without_annotation(text, header.end())


def _without_annotation(text: str, start: int) -> str:
    """A statement without what follows its formula's comma, up to the bracket that closes it.

    What stands behind that bracket is kept: it is no annotation, and the grammar refuses it.
    """
    # What is quoted may hold any sign: it is blanked, place for place, before the commas are found.
    blanked = _QUOTED.sub(lambda quote: " " * len(quote[0]), text)
    depth, comma = 0, None
    for mark in _MARK.finditer(blanked, start):
        if mark[0] in "([":
            depth += 1
        elif mark[0] in ")]":
            depth -= 1
        elif depth == 0 and comma is None:
            comma = mark.start()
        if depth < 0:
            if comma is None:
                return text
            _check_annotation(text, comma + 1, mark.start())
            return text[:comma] + text[mark.start() :]
    return text


def _check_annotation(text: str, start: int, end: int) -> None:
    """Refuse what is no source of a formula: it may be a part of what is stated."""
    annotation = text[start:end]
    place = start + len(annotation) - len(annotation.lstrip())
    unquoted = _QUOTED.sub("", annotation)
    if _SOURCE.match(annotation) is None or _LOGICAL.search(unquoted):
        hint = "an annotation is a name, a list, or one of file, inference, introduced, theory, creator"
        _refuse(
            text,
            place,
            f"{annotation.strip()!r:.60} is no annotation",
            hint,
        )


# ---- what the standard does not allow ----

_FOREIGN = re.compile(
    r"""
    (?P<quoted> '(?:[^'\\\n]|\\.)*' )
    | (?P<word> (?<![\w$]) (?: and | or | not | implies | iff | xor | forall | exists | all | some )
        (?!\w) )
    | (?P<sign> [^\x00-\x7f] | -> | <-> | :- | && | \|\| | \\ | == | \^ )
    | (?P<language> (?<!\w) (?: thf | tcf ) \s*\( )
    | (?P<text> "(?:[^"\\\n]|\\.)*" )
    """,
    re.VERBOSE,
)
_CONNECTIVE = re.compile(
    rf"(?P<quoted>{_QUOTED.pattern})|<=>|<~>|=>|<=|~&|~\||&|\||(?P<mark>[()\[\],])"
)
_TYPED = re.compile(r"(?P<variable>[A-Z]\w*)\s*:\s*(?P<type>\$?\w+)(?=\s*[,\]])")
_ASSOCIATIVE = ("&", "|")


def checked(text: str) -> str:
    """The text without comments and the type of individuals. Raises `ParseError` for what is no TPTP."""
    text = _COMMENT.sub(lambda mark: mark["quoted"] or _VISIBLE.sub(" ", mark[0]), text)
    check_text(text)
    return untyped(text)


def untyped(text: str) -> str:
    """The text without the type `$i` of individuals. Raises `ParseError` for another type."""
    for typed in _TYPED.finditer(text):
        if typed["type"] != "$i":
            reason = f"the type {typed['type']} is not read"
            hint = "only individuals are: $i, or no type"
            raise ParseError.at(
                typed.start("type"),
                reason,
                text=text,
                hint=hint,
            )
    return _TYPED.sub(lambda typed: typed["variable"], text)


def check_text(text: str) -> None:
    """Raises `ParseError` for signs that TPTP has not, and for connectives that need brackets in it."""
    for found in _FOREIGN.finditer(text):
        kind = found.lastgroup
        if kind == "quoted":
            continue
        if kind == "text":
            _refuse(text, found.start(), f"the distinct object {found[0]} is not read")
        hint = "quote it where it is a name" if kind == "word" else None
        _refuse(
            text,
            found.start(),
            f"{found[0]!r} is no sign of TPTP",
            hint,
        )
    _check_chains(text)
    if conventions(text) is CNF:
        _check_clause(text)


def _check_clause(text: str) -> None:
    """A `cnf` formula is a disjunction of literals."""
    for found in _CONNECTIVE.finditer(text):
        is_sign = not found["quoted"] and not found["mark"]
        if is_sign and found[0] != "|":
            _refuse(
                text,
                found.start(),
                f"{found[0]!r} in a clause",
                "write fof in place of cnf",
            )


def _check_chains(text: str) -> None:
    """Within one bracket there is one binary connective, or a chain of & or of |."""
    stack: list[list[str]] = [[]]
    for found in _CONNECTIVE.finditer(text):
        if found["quoted"]:
            continue
        mark = found["mark"]
        if mark is None:
            stack[-1].append(found[0])
            _check_chain(text, found.start(), stack[-1])
        elif mark in "([":
            stack.append([])
        elif mark in ")]":
            if len(stack) > 1:
                stack.pop()
        else:
            stack[-1] = []


def _check_chain(text: str, place: int, signs: list[str]) -> None:
    if len(signs) < 2:
        return
    before, sign = signs[-2:]
    if sign != before or sign not in _ASSOCIATIVE:
        reason = f"{before!r} and {sign!r} side by side"
        _refuse(
            text,
            place,
            reason,
            "TPTP wants brackets around one of them",
        )


def check_names(text: str, raw: Raw) -> None:
    """Raises `ParseError` for names that TPTP does not take in their places."""
    stack: list[Any] = [raw]
    while stack:
        item = stack.pop()
        if isinstance(item, tuple | list):
            stack.extend(item)
        if not isinstance(item, tuple) or not item:
            continue
        for token, reason, hint in _wrong_names(item):
            line, column = position(token)
            raise ParseError(
                reason,
                text=text,
                line=line,
                column=column,
                hint=hint,
            )


def _wrong_names(node: Raw) -> Iterator[tuple[Any, str, str]]:
    if node[0] == "quantified":
        for name in node[2][1]:
            if not name[:1].isupper():
                reason = f"{name!r} cannot be a variable in TPTP"
                yield node[4], reason, "a variable begins with a capital"
    elif node[0] == "application":
        name, arguments = node[2], node[3]
        if name[:1].isdigit():
            yield name, f"{name} is a number", f"an individual is called '{name}', in quotes"
        elif arguments and name[:1].isupper():
            reason = f"{str(name)!r} cannot be a predicate or function in TPTP"
            yield name, reason, f"write '{name}', in quotes, or begin it with a small letter"


def _refuse(text: str, place: int, reason: str, hint: str | None = None) -> NoReturn:
    raise ParseError.at(
        place,
        reason,
        text=text,
        hint=hint,
    )

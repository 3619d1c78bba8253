"""What the reader expected, in words, and hints for common slips.

Both come from the parser's state and the offending token.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lark import Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from logic.writing.signs import QUANTIFIERS

_READABLE = {
    "LPAR": "'('",
    "RPAR": "')'",
    "LSQB": "'['",
    "RSQB": "']'",
    "LBRACE": "'{'",
    "RBRACE": "'}'",
    "COMMA": "','",
    "NAME": "a name",
    "BINDER": "a quantifier",
    "WIDE_BINDER": "a quantifier",
    "NOT": "'¬'",
    "AND": "'∧'",
    "OR": "'∨'",
    "XOR": "'⊕'",
    "IMPLIES": "'→'",
    "IFF": "'↔'",
    "RELATION": "'='",
    "TRUE": "'⊤'",
    "FALSE": "'⊥'",
    "$END": "the end",
}
_LETTERS = re.compile(r"[u-z]{2,4}")
_BOUND_ALONE = re.compile(r"(?:\A|[^\w\s'\")\]])\s*\([s-z]\)\s*\Z")
_CLOSING = frozenset(["RPAR", "RSQB", "RBRACE"])
_OPENING = frozenset(
    ["LPAR", "LSQB", "LBRACE", "NAME", "NOT", "BINDER", "WIDE_BINDER", "TRUE", "FALSE"]
)
_CONNECTIVES = frozenset(["AND", "OR", "XOR", "IMPLIES", "IFF", "NOT"])


def expected(error: UnexpectedInput) -> list[str]:
    """Readable names of what could have stood where the error is."""
    names = set(_accepts(error))
    if {"COMMA", "SEMICOLON"} <= names:  # they join formulas in Prolog rules alone
        names -= {"COMMA", "SEMICOLON"}
    return sorted({_READABLE[name] for name in names if name in _READABLE})


def hint(error: UnexpectedInput, text: str) -> str | None:
    """How to mend the slip."""
    if isinstance(error, UnexpectedCharacters):
        return _character_hint(text, error.pos_in_stream or 0)
    if not isinstance(error, UnexpectedToken):
        return None
    accepts = _accepts(error)
    if error.token.type == "$END":
        return "a bracket is opened and not closed" if _CLOSING & accepts else _missing(error)
    # Where a formula may begin, so may a quantifier; where an argument may, only a name.
    needs_formula = "BINDER" in accepts
    needs_argument = "NAME" in accepts and not needs_formula
    # A comma alone may follow an argument; with a semicolon, a formula.
    after_argument = "COMMA" in accepts and "SEMICOLON" not in accepts
    if needs_argument or after_argument:
        return _argument_hint(error.token)
    if needs_formula:
        return _missing(error)
    return _connective_hint(error, accepts, text)


def _argument_hint(token: Token) -> str:
    """The hint within a list of arguments."""
    if token.type in _CLOSING or token.type == "COMMA":
        return "an argument is missing"
    return "an argument is a name or name(…), not a formula; a name of several words needs quotes"


def _connective_hint(error: UnexpectedToken, accepts: set[str], text: str) -> str | None:
    """The hint after a whole formula, where a connective or a bracket could follow."""
    token = error.token
    if token.type in _CLOSING:
        if _CLOSING & accepts:
            return "a bracket of one kind is closed by another"
        return "this bracket was never opened"
    if token.type == "NAME" and token in ("v", "V"):
        return f"{token!s} is a name; write ∨ for 'or'"
    if token.type in _OPENING:
        if _BOUND_ALONE.search(text[: token.start_pos]):
            return "(x) for ∀x is read where the dialect textbook is asked for"
        hint = "two formulas side by side need a connective between them"
        if token.type == "NAME" and _before(error) == "NAME":
            hint += "; a predicate and its arguments are written P(x)"
        return hint
    if token.type == "RELATION":
        return "a comparison has a term on each side; write ↔ between formulas"
    return None


def _missing(error: UnexpectedToken) -> str:
    """The hint where a formula should begin and does not: it depends on what stands before."""
    before = _before(error)
    if before in ("BINDER", "WIDE_BINDER"):
        return "a quantifier needs a variable and then a formula"
    if before in _CONNECTIVES or error.token.type in _CONNECTIVES:
        return "a connective needs a formula on both sides"
    if "RELATION" in (before, error.token.type):
        return "a comparison has a term on each side"
    return "a formula is missing here"


def _before(error: UnexpectedToken) -> str | None:
    """The type of the token before the error, where it is not part of anything yet."""
    stack = error.interactive_parser.parser_state.value_stack if error.interactive_parser else []
    return stack[-1].type if stack and isinstance(stack[-1], Token) else None


def _character_hint(text: str, place: int) -> str:
    character = text[place]
    if character in QUANTIFIERS:
        following = text[place + 1 :].lstrip("! ")[:1]
        if following and following in QUANTIFIERS:
            return f"each quantifier needs a variable of its own: {character}x {following}y"
        return "a quantifier needs a variable and then a formula"
    if character in "'\"":
        return "this quote is never closed"
    if character == "∈":
        return "write membership as a predicate: In(x, s)"
    return f"{character!r} has no meaning in a formula; put a name that needs it into quotes"


def _accepts(error: UnexpectedInput) -> set[str]:
    """The tokens the parser could take in the state where it stopped."""
    if isinstance(error, UnexpectedToken):
        return set(error.accepts or error.expected)
    return set()


def free_hint(name: str, bound: Mapping[str, int]) -> str:
    """Why a variable may be free; `bound` has the quantifiers that are open for each name.

    Its quantifier has ended, binds the other case, or runs two names together.
    """
    if name in bound:
        end = f"the quantifier for {name} ends before this place"
        return f"{end}: put all it binds into brackets, ∀{name} (…)"
    other = name.swapcase()
    if bound.get(other):
        return f"{other!r} is bound here, not {name!r}: write both in the same case"
    for run, times in bound.items():
        if times and name in run and _LETTERS.fullmatch(run):
            apart = f"∀{' ∀'.join(run)}"
            return f"'{run}' is read as one variable; write {apart} for {len(run)} of them"
    return f"bind it with ∀{name} or ∃{name}, or use a longer name"

"""How the two published LE scores read a formula: as a proposition over literal strings.

Facts of both readings (measured against their published scores):
- quantifiers are lifted out of the text and forgotten; the same quantifier and variable twice is
  unreadable;
- connectives have no precedence: a chain folds from the left, so `A → B ∧ C` is `(A → B) ∧ C`;
- no equality, no function terms, no proposition without arguments, no `¬` before `¬`, no ⊤ or ⊥;
- words side by side become one name, and a name of two or more characters is capitalised.
The S-GRPO reading takes brackets apart first, which adds:
- `¬` before a bracket is lost;
- a bracket with a quantifier but no bracket of its own inside is unreadable;
- a quantifier in a bracket, below a chain without a quantifier of its own, leaves of that chain its
  last part.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from logic.reading.notations.core import MAX_LENGTH
from logic.writing.signs import CONNECTIVES, NEGATION

_QUANTIFIERS = "∀∃"
_SIGN_CLASS = f"{CONNECTIVES}{_QUANTIFIERS}{NEGATION}(),"
_TOKEN = re.compile(
    rf"""
    [{_QUANTIFIERS}] \w     # a quantifier and the first letter of its variable
    | [{_SIGN_CLASS}]
    | [^{_SIGN_CLASS}\s]+   # a word
    """,
    re.VERBOSE,
)
_SIGNS = frozenset(_SIGN_CLASS)
_CONNECTIVES = frozenset(CONNECTIVES)


@dataclass(frozen=True, slots=True)
class Flat:
    """A proposition in postfix form: numbers of `literals` and connectives."""

    literals: tuple[str, ...]
    program: tuple[int | str, ...]

    def column(self, inputs: Sequence[int], ones: int) -> int:
        """The truth-table column, one bit a row, from the columns of the literals.

        `ones` is the column of ⊤.
        """
        stack: list[int] = []
        for step in self.program:
            if isinstance(step, int):
                stack.append(inputs[step])
            elif step == NEGATION:
                stack[-1] ^= ones
            else:
                right = stack.pop()
                left = stack.pop()
                stack.append(_applied(step, left, right, ones))
        return stack.pop()


def _applied(connective: str, left: int, right: int, ones: int) -> int:
    match connective:
        case "∧":
            return left & right
        case "∨":
            return left | right
        case "⊕":
            return left ^ right
        case "→":
            return (left ^ ones) | right
    return left ^ right ^ ones


class _UnreadableError(Exception):
    """The published readings have no tree for this text."""


@dataclass(slots=True)
class _Bracket:
    """What is read so far of an open bracket (or of the whole text)."""

    quantifiers: set[str] = field(default_factory=set)
    brackets: int = 0
    operands: int = 0
    last_start: int = 0
    """Where the program of the last operand begins."""
    connective: str | None = None
    negated: bool = False
    expects_operand: bool = True


def read_flat(text: str, *, by_bracket: bool = False) -> Flat | None:
    """The text as LogicLLaMA's LE reads it, or as S-GRPO's does (`by_bracket`).

    None where they cannot. Linear time.
    """
    if len(text) > MAX_LENGTH:
        return None
    try:
        return _Reader(_tokens(text), by_bracket).read()
    except _UnreadableError:
        return None


def _tokens(text: str) -> list[str]:
    """Tokens; neighbouring words of two or more characters joined.

    Quantifiers among them are passed over.
    """
    tokens: list[str] = []
    open_word: int | None = None
    for token in _TOKEN.findall(text.replace("'", "")):
        if _is_quantifier(token):
            tokens.append(token)
        elif len(token) == 1:
            open_word = None
            tokens.append(token)
        elif open_word is None:
            open_word = len(tokens)
            tokens.append(_capitalised(token))
        else:
            tokens[open_word] += _capitalised(token)
    return tokens


def _is_quantifier(token: str) -> bool:
    return len(token) == 2 and token[0] in _QUANTIFIERS


def _capitalised(word: str) -> str:
    return word[0].upper() + word[1:]


class _Reader:
    """Reads tokens left to right into postfix form, with a stack of brackets and no recursion."""

    def __init__(self, tokens: list[str], by_bracket: bool) -> None:
        self.tokens = tokens
        self.by_bracket = by_bracket
        self.index = 0
        self.program: list[int | str] = []
        self.literals: dict[str, int] = {}
        self.stack = [_Bracket()]
        self.quantified_bracket = False

    def read(self) -> Flat:
        self._spaced_quantifiers()
        while self.index < len(self.tokens):
            token = self.tokens[self.index]
            self.index += 1
            self._token(token, self.stack[-1])
        root = self.stack.pop()
        if self.stack or root.expects_operand:
            raise _UnreadableError
        if self.quantified_bracket and not root.quantifiers and root.operands > 1:
            # Of the chain the last part is left, without the connective before it.
            self.program = self.program[root.last_start : -1]
        return Flat(tuple(self.literals), tuple(self.program))

    def _token(self, token: str, bracket: _Bracket) -> None:
        if _is_quantifier(token):
            self._quantifier(token)
        elif bracket.expects_operand:
            self._operand_begins(token, bracket)
        elif token in _CONNECTIVES:
            bracket.connective = token
            bracket.expects_operand = True
        elif token == ")" and len(self.stack) > 1:
            self._close(self.stack.pop())
        else:
            raise _UnreadableError

    def _spaced_quantifiers(self) -> None:
        """`∀ x`, with a blank, is read at the very beginning only."""
        while self.index + 1 < len(self.tokens):
            token, variable = self.tokens[self.index : self.index + 2]
            if _is_quantifier(token):
                self._quantifier(token)
                self.index += 1
            elif token in _QUANTIFIERS and variable not in _SIGNS:
                self.stack[0].quantifiers.add(" ")
                self.index += 2
            else:
                return

    def _quantifier(self, token: str) -> None:
        bracket = self.stack[-1] if self.by_bracket else self.stack[0]
        if token in bracket.quantifiers:
            raise _UnreadableError
        bracket.quantifiers.add(token)

    def _operand_begins(self, token: str, bracket: _Bracket) -> None:
        if token == NEGATION and not bracket.negated:
            bracket.negated = True
        elif token == "(":
            bracket.last_start = len(self.program)
            bracket.brackets += 1
            self.stack.append(_Bracket())
        elif token not in _SIGNS:
            bracket.last_start = len(self.program)
            literal = self._literal(token)
            number = self.literals.setdefault(literal, len(self.literals))
            self.program.append(number)
            self._operand_ends(bracket)
        else:
            raise _UnreadableError

    def _literal(self, predicate: str) -> str:
        """A predicate and its arguments, names only, up to and with the closing bracket."""
        try:
            end = self.tokens.index(")", self.index)
        except ValueError:
            raise _UnreadableError from None
        opening, *inside = self.tokens[self.index : end] or [""]
        names, commas = inside[::2], inside[1::2]
        if opening != "(" or len(names) != len(commas) + 1:
            raise _UnreadableError
        if any(comma != "," for comma in commas):
            raise _UnreadableError
        if any(name[0] in _SIGNS for name in names):
            raise _UnreadableError
        self.index = end + 1
        return f"{predicate}({','.join(names)})"

    def _close(self, bracket: _Bracket) -> None:
        outer = self.stack[-1]
        if self.by_bracket:
            if bracket.quantifiers and not bracket.brackets:
                raise _UnreadableError
            if bracket.quantifiers:
                self.quantified_bracket = True
            outer.negated = False
        self._operand_ends(outer)

    def _operand_ends(self, bracket: _Bracket) -> None:
        if bracket.negated:
            self.program.append(NEGATION)
        if bracket.connective:
            self.program.append(bracket.connective)
        bracket.operands += 1
        bracket.connective = None
        bracket.negated = False
        bracket.expects_operand = False

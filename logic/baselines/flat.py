"""How the two published LE scores read a formula: without quantifiers, as a proposition over literal strings.

Facts of both readings (measured against their published scores):
- quantifiers are lifted out of the text and forgotten; the same quantifier and variable twice is unreadable;
- connectives have no precedence: a chain folds from the left, so `A → B ∧ C` is `(A → B) ∧ C`;
- no equality, no function terms, no proposition without arguments, no `¬` before `¬`, no ⊤ or ⊥;
- words side by side become one name, and a name of two or more characters is capitalised.
The S-GRPO reading takes brackets apart first, which adds:
- `¬` before a bracket is lost;
- a bracket with a quantifier but no bracket of its own inside is unreadable;
- a quantifier in a bracket, below a chain without a quantifier of its own, leaves of that chain its last part.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from logic.parser import MAX_LENGTH

_TOKEN = re.compile(r"[∀∃]\w|[⊕∨∧→↔∀∃¬(),]|[^⊕∨∧→↔∀∃¬(),\s]+")
_SIGNS = frozenset("⊕∨∧→↔∀∃¬(),")
_CONNECTIVES = frozenset("⊕∨∧→↔")


@dataclass(frozen=True, slots=True)
class Flat:
    """A proposition in postfix form: numbers of `literals` and connectives."""

    literals: tuple[str, ...]
    program: tuple[int | str, ...]

    def column(self, inputs: Sequence[int], ones: int) -> int:
        """The truth-table column, one bit a row, from the columns of the literals; `ones` is the column of ⊤."""
        stack: list[int] = []
        for step in self.program:
            if isinstance(step, int):
                stack.append(inputs[step])
            elif step == "¬":
                stack[-1] ^= ones
            else:
                right, left = stack.pop(), stack.pop()
                stack.append(_apply(step, left, right, ones))
        return stack.pop()


def _apply(connective: str, left: int, right: int, ones: int) -> int:
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
    """What is known of an open bracket (or of the whole text)."""

    quantifiers: set[str] = field(default_factory=set)
    brackets: int = 0
    operands: int = 0
    last_start: int = 0
    connective: str | None = None
    negated: bool = False
    expects_operand: bool = True


def read_flat(text: str, *, by_bracket: bool = False) -> Flat | None:
    """The text as LogicLLaMA's LE reads it, or as S-GRPO's does (`by_bracket`); None where they cannot. Linear time."""
    if len(text) > MAX_LENGTH:
        return None
    try:
        return _Reader(_words(text), by_bracket).read()
    except _UnreadableError:
        return None


def _words(text: str) -> list[str]:
    """Tokens; neighbouring words of two or more characters joined, quantifiers among them passed over."""
    tokens: list[str] = []
    open_word: int | None = None
    for token in _TOKEN.findall(text.replace("'", "")):
        if token[0] in "∀∃" and len(token) == 2:
            tokens.append(token)
        elif len(token) > 1:
            capital = token[0].upper() + token[1:]
            if open_word is None:
                open_word = len(tokens)
                tokens.append(capital)
            else:
                tokens[open_word] += capital
        else:
            open_word = None
            tokens.append(token)
    return tokens


class _Reader:
    """Reads tokens left to right into postfix form, with a stack of open brackets and no recursion."""

    def __init__(self, tokens: list[str], by_bracket: bool) -> None:
        self.tokens = tokens
        self.by_bracket = by_bracket
        self.place = 0
        self.program: list[int | str] = []
        self.literals: dict[str, int] = {}
        self.stack = [_Bracket()]
        self.quantified_bracket = False

    def read(self) -> Flat:
        self._spaced_quantifiers()
        while self.place < len(self.tokens):
            token = self.tokens[self.place]
            self.place += 1
            top = self.stack[-1]
            if len(token) == 2 and token[0] in "∀∃":
                self._quantifier(token)
            elif top.expects_operand:
                self._operand_begins(token, top)
            elif token in _CONNECTIVES:
                top.connective, top.expects_operand = token, True
            elif token == ")" and len(self.stack) > 1:
                self._close(self.stack.pop())
            else:
                raise _UnreadableError
        root = self.stack.pop()
        if self.stack or root.expects_operand:
            raise _UnreadableError
        if self.quantified_bracket and not root.quantifiers and root.operands > 1:
            self.program = self.program[root.last_start : -1]
        return Flat(tuple(self.literals), tuple(self.program))

    def _spaced_quantifiers(self) -> None:
        """`∀ x`, with a blank, is read at the very beginning only."""
        tokens, root = self.tokens, self.stack[0]
        while self.place + 1 < len(tokens):
            if len(tokens[self.place]) == 2 and tokens[self.place][0] in "∀∃":
                self._quantifier(tokens[self.place])
                self.place += 1
            elif tokens[self.place] in ("∀", "∃") and tokens[self.place + 1] not in _SIGNS:
                root.quantifiers.add(" ")
                self.place += 2
            else:
                return

    def _quantifier(self, token: str) -> None:
        seen = (self.stack[-1] if self.by_bracket else self.stack[0]).quantifiers
        if token in seen:
            raise _UnreadableError
        seen.add(token)

    def _operand_begins(self, token: str, top: _Bracket) -> None:
        if token == "¬" and not top.negated:
            top.negated = True
        elif token == "(":
            top.last_start = len(self.program)
            top.brackets += 1
            self.stack.append(_Bracket())
        elif token not in _SIGNS:
            top.last_start = len(self.program)
            self.program.append(self.literals.setdefault(self._literal(token), len(self.literals)))
            self._operand_ends(top)
        else:
            raise _UnreadableError

    def _literal(self, predicate: str) -> str:
        """A predicate and its arguments, names only, up to and with the closing bracket."""
        end = self.place
        tokens = self.tokens
        while end < len(tokens) and tokens[end] != ")":
            end += 1
        inside = tokens[self.place : end]
        names, commas = inside[1::2], inside[2::2]
        well_formed = inside[:1] == ["("] and len(names) == len(commas) + 1 and end < len(tokens)
        if (
            not well_formed
            or any(c != "," for c in commas)
            or any(name[0] in _SIGNS for name in names)
        ):
            raise _UnreadableError
        self.place = end + 1
        return f"{predicate}({','.join(names)})"

    def _close(self, bracket: _Bracket) -> None:
        if self.by_bracket and bracket.quantifiers:
            if not bracket.brackets:
                raise _UnreadableError
            self.quantified_bracket = True
        if self.by_bracket:
            self.stack[-1].negated = False
        self._operand_ends(self.stack[-1])

    def _operand_ends(self, top: _Bracket) -> None:
        if top.negated:
            self.program.append("¬")
        if top.connective:
            self.program.append(top.connective)
        top.operands += 1
        top.connective, top.negated, top.expects_operand = None, False, False

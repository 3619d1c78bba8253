"""Text to formula: the core grammar, and errors a person can act on.

The grammar's rules build small tuples while Lark reads, without recursion (`logic/reading/builder.py`
walks them once). Text that nests too deep is refused while it is read, so that every later pass over
a formula may recurse.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from logic.errors import ParseError
from logic.reading.notations import hints
from logic.reading.notations.lalr import PLUGINS, Lexer, parse, unchecked
from logic.reading.raw import MAX_DEPTH, Raw, TooDeepError, nest, quantified
from logic.spelling import binder

MAX_LENGTH = 20_000
"""Characters a formula may have."""

GRAMMAR = Path(__file__).parents[1] / "grammars" / "fol.lark"
_SUCH_THAT = re.compile(r"\ssuch\sthat$")


class RawNodes(Transformer):
    """One method for each rule of the grammar that keeps a name."""

    def name(self, c: list[Any]) -> Raw:
        return ("application", 1, c[0], ())

    def application(self, c: list[Any]) -> Raw:
        return nest("application", c[0], c[1] if len(c) > 1 else ())

    def arguments(self, c: list[Any]) -> list[Any]:
        return c[::2]

    def spaced(self, c: list[Any]) -> Raw:
        """Words side by side in an argument place are one name (`captain america`)."""
        return (
            "application",
            1,
            c[0].update(value="'" + " ".join(c).replace("'", "\\'") + "'"),
            (),
        )

    def relation(self, c: list[Any]) -> Raw:
        return nest("relation", c[1], c[0], c[2])

    def true(self, c: list[Any]) -> Raw:
        return ("truth", 1, True, c[0])

    def false(self, c: list[Any]) -> Raw:
        return ("truth", 1, False, c[0])

    def group(self, c: list[Any]) -> Raw:
        return c[1]

    def negation(self, c: list[Any]) -> Raw:
        return nest("not", c[1])

    def quantified(self, c: list[Any]) -> Raw:
        prefix = binder(c[0])
        guards = [self._member(prefix.guard, name, c[0]) for name in prefix.names if prefix.guard]
        return quantified(prefix.sign, prefix.names, c[1], c[0], guards)

    def _member(self, guard: str, variable: str, token: Token) -> Raw:
        """The atom S(x) of `∀x ∈ S`."""
        argument = ("application", 1, token.update(value=variable), ())
        return ("application", 1, token.update(value=guard), [argument])

    def conj(self, c: list[Any]) -> Raw:
        return nest("and", c[::2])

    def nand(self, c: list[Any]) -> Raw:
        return nest("not", nest("and", [c[0], c[2]]))

    def nor(self, c: list[Any]) -> Raw:
        return nest("not", nest("or", [c[0], c[2]]))

    def disj(self, c: list[Any]) -> Raw:
        return nest("or", c[::2])

    def xor(self, c: list[Any]) -> Raw:
        return nest("xor", c[::2])

    def implies(self, c: list[Any]) -> Raw:
        return nest("implies", c[0], c[2])

    def converse(self, c: list[Any]) -> Raw:
        return nest("implies", c[2], c[0])

    def iff(self, c: list[Any]) -> Raw:
        return nest("iff", c[0], c[2])

    def both(self, c: list[Any]) -> Raw:
        return nest("both", c[::2], c[1])

    def either(self, c: list[Any]) -> Raw:
        return nest("either", c[::2], c[1])

    def rule(self, c: list[Any]) -> Raw:
        return nest("rule", c[0], c[2] if len(c) > 2 and type(c[2]) is tuple else None)

    def whole(self, c: list[Any]) -> Raw:
        return c[0]

    def headed(self, c: list[Any]) -> Raw:
        return c[1]


def widened(token: Token) -> Token:
    """A quantifier with a dot, a colon or a comma binds as far as it can."""
    if token[0] not in "(!?" and (
        token[-1] in ".:,"
        or token.endswith("\\colon")
        or (token[-1] == "t" and _SUCH_THAT.search(token))
    ):
        token.type = "WIDE_BINDER"
    return token


@functools.cache
@unchecked()
def grammar(*, wide: bool = True) -> Lark:
    """The LALR(1) parser of the core grammar, built on first use; `wide=False` gives a dotted quantifier no reach."""
    return Lark(
        GRAMMAR.read_text(encoding="utf-8"),
        parser="lalr",
        lexer=Lexer,
        _plugins=PLUGINS,
        transformer=RawNodes(),
        maybe_placeholders=False,
        keep_all_tokens=False,
        lexer_callbacks={"BINDER": widened} if wide else {},
    )


@functools.cache
def _binder_pattern() -> re.Pattern[str]:
    return re.compile(rf"\s*+(?:{grammar().get_terminal('BINDER').pattern.to_regexp()})")


def after_quantifiers(text: str) -> int:
    """Where a formula in the core notation begins after its first quantifiers."""
    place = 0
    while found := _binder_pattern().match(text, place):
        place = found.end()
    return place


def read_with(lark: Lark, text: str) -> Raw:
    """The raw nodes that a parser of the core or a domain gives. Raises `ParseError`."""
    try:
        return parse(lark, text)
    except UnexpectedInput as error:
        raise _explain(error, text) from None
    except TooDeepError:
        raise ParseError(f"nested more than {MAX_DEPTH} levels deep", text=text) from None


def _explain(error: UnexpectedInput, text: str) -> ParseError:
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        reason = "the text ends in the middle of a formula"
        line, column = text.count("\n") + 1, len(text) - text.rfind("\n")
    elif isinstance(error, UnexpectedCharacters):
        line, column = error.line, error.column
        reason = f"unexpected character {text[error.pos_in_stream or 0]!r}"
    else:
        line, column = error.line, error.column
        reason = f"unexpected {str(getattr(error, 'token', ''))!r}"
    return ParseError(
        reason,
        text=text,
        line=line,
        column=column,
        expected=lambda: hints.expected(error),
        hint=lambda: hints.hint(error, text),
    )

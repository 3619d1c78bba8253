"""Text to formula: the core grammar, and errors a person can act on.

The grammar's rules build small tuples while Lark reads, without recursion (see `logic/builder.py`, which walks them
once). Text that nests too deep is refused while it is read, so that every later pass over a formula may recurse.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from logic import scopes
from logic import syntax as S
from logic.builder import MAX_DEPTH, Builder, Raw, TooDeepError, nest
from logic.errors import DomainError, ParseError, ScopeError
from logic.lalr import PLUGINS, Lexer
from logic.spelling import binder

if TYPE_CHECKING:
    from logic.domains.domain import Domain

MAX_LENGTH = 20_000
"""Characters a formula may have."""

GRAMMAR = Path(__file__).parent / "grammars" / "fol.lark"
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
        _, depth, body = nest("", c[1])
        return ("quantified", depth, (prefix.sign, prefix.names), body, c[0], guards)

    def _member(self, guard: str, variable: str, token: Token) -> Raw:
        """The atom S(x) of `∀x ∈ S`."""
        argument = ("application", 1, token.update(value=variable), ())
        return ("application", 1, token.update(value=guard), [argument])

    def conj(self, c: list[Any]) -> Raw:
        return nest("and", c[::2])

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


def _widen(token: Token) -> Token:
    """A quantifier with a dot, a colon or a comma binds as far as it can."""
    if token[0] not in "(!?" and (
        token[-1] in ".:,"
        or token.endswith("\\colon")
        or (token[-1] == "t" and _SUCH_THAT.search(token))
    ):
        token.type = "WIDE_BINDER"
    return token


@functools.cache
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
        lexer_callbacks={"BINDER": _widen} if wide else {},
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


def read_core(text: str, *, wide: bool = True, domain: str = "fol") -> Raw:
    """The raw nodes of a text in the core notation, or in a domain's extension of it. Raises `ParseError`."""
    if domain == "fol":
        return read_with(grammar(wide=wide), text)
    from logic.domains.grammar import reader

    return read_with(reader(domain, wide), text)


def read_with(lark: Lark, text: str) -> Raw:
    """The raw nodes that a parser of the core or a domain gives. Raises `ParseError`."""
    try:
        return lark.parse(text)  # type: ignore[return-value]
    except UnexpectedInput as error:
        raise _explain(error, text) from None
    except TooDeepError:
        raise ParseError(f"nested more than {MAX_DEPTH} levels deep", text=text) from None


def parse(text: str, *, domain: str = "fol", dialect: str | None = None) -> S.Formula:
    """Read one closed formula.

    `domain` is a name or path that `logic.domains.get` knows. `dialect` is one of `logic.DIALECTS`; None finds it
    from the text (the core notation is the union of all that a single grammar can hold). Raises `ParseError` for text
    that is no formula, a free variable, more than `MAX_LENGTH` characters or `MAX_DEPTH` levels, and `ValueError` for
    an unknown dialect or domain.
    """
    return read_formula(text, domain=domain, dialect=dialect).formula


@dataclass(frozen=True, slots=True)
class Reading:
    """A formula as it was read.

    `free` names its free variables, `idle` its quantifiers that bind nothing (as `∀x`), with
    whether each was written in words, and `widened` those whose scope was widened (as `∀x`).
    """

    formula: S.Formula
    free: tuple[str, ...] = ()
    idle: tuple[tuple[str, bool], ...] = ()
    widened: tuple[str, ...] = ()
    overloaded: tuple[str, ...] = ()
    """Names with two numbers of arguments: two symbols, as in TPTP, Prolog and Prover9."""


def read_formula(
    text: str, *, domain: str = "fol", dialect: str | None = None, lenient: bool = False
) -> Reading:
    """`parse`; where `lenient`, free variables are allowed and scopes that end too early widened."""
    from logic import dialects

    found: Domain | None = None
    if domain != "fol":
        from logic.domains.registry import get

        found = get(domain)
        domain = found.spec
    if not isinstance(text, str):
        raise TypeError(f"a formula is read from str, got {type(text).__name__}")
    if len(text) > MAX_LENGTH:
        raise ParseError(
            f"{len(text)} characters; a formula may have {MAX_LENGTH}", text=text[:200]
        )
    if not text.strip():
        raise ParseError("empty text where a formula is needed", text=text)
    text, raw, literal = dialects.read(text, dialect, domain=domain)
    widened: list[str] = []
    while True:
        try:
            reading = build_formula(text, raw, found, free=lenient, literal=literal)
        except ScopeError as error:
            wider = _wider(raw, error.name)
            if not lenient or wider is None:
                raise _both_readings(error, wider, text, found) from None
            widened.append(next(scopes.quantifiers(raw, error.name)) + error.name)
            raw = wider
        else:
            return replace(reading, widened=tuple(widened)) if widened else reading


def _wider(raw: Raw, name: str) -> Raw | None:
    """The raw nodes with the scope of a variable widened, where that can be done in one way only."""
    try:
        wider = scopes.widened(raw, name)
    except (scopes.AmbiguousScope, TooDeepError):
        return None
    return None if wider is raw else wider


def _both_readings(
    error: ScopeError, wider: Raw | None, text: str, domain: Domain | None
) -> ParseError:
    """The error of a variable behind its quantifier's scope, which names what else it could mean."""

    def hint() -> str:
        end = f"the quantifier for {error.name} ends before this place"
        brackets = f"put all it binds into brackets, ∀{error.name} (…)"
        raw = wider
        while raw is not None:
            try:
                formula = build_formula(text, raw, domain).formula
            except ScopeError as inner:
                raw = _wider(raw, inner.name)
            except ParseError:
                raw = None
            else:
                return f"{end}: {brackets}, as in {formula}, or use another name here"
        return f"{end}, and it is not certain how far it is to reach: {brackets}"

    return ParseError(error.reason, text=text, line=error.line, column=error.column, hint=hint)


def build_formula(
    text: str, raw: Raw, domain: Domain | None, *, free: bool = False, literal: bool = False
) -> Reading:
    """The formula of raw nodes, as its domain keeps it. Raises `ParseError`."""
    builder = Builder(text, free=free, literal=literal, domain=domain)
    formula = builder.formula(raw)
    if builder.textbook_sure and builder.propositions:
        # `Pa` beside `∀x Px` is P(a): the notation is known by now, so all of it is read again.
        builder = Builder(text, free=free, literal=literal, domain=domain, textbook=True)
        formula = builder.formula(raw)
    if domain is not None:
        from logic.domains.domain import MAX_CONSTRUCTS, depth, refused_name
        from logic.domains.theory import check_sorts

        if (name := refused_name(formula)) is not None:
            raise ParseError(
                f"the name {name!r} begins with a character that is kept for domains", text=text
            )
        if depth(formula) > MAX_CONSTRUCTS:
            raise ParseError(
                f"more than {MAX_CONSTRUCTS} of the domain's signs within each other", text=text
            )
        try:
            formula = domain.refine(formula)
            check_sorts(domain, formula)
        except DomainError as error:
            place = (
                re.search(rf"(?<!\w){re.escape(error.name)}(?!\w)", text) if error.name else None
            )
            start = place.start() if place else 0
            line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
            raise ParseError(error.reason, text=text, line=line, column=column) from None
    overloaded = dict.fromkeys(
        name for (_, name), counts in builder.arities.items() if len(counts) > 1
    )
    return Reading(
        formula, tuple(builder.free), tuple(builder.idle.items()), overloaded=tuple(overloaded)
    )


def sign_search(domain: str, core: re.Pattern[str]) -> Callable[[str], object]:
    """Searches a text for a sign of a formula: one of the core's, or a token of the domain that is no word."""
    if domain == "fol":
        return core.search
    from logic.domains.registry import get
    from logic.domains.words import signs

    own = signs(get(domain))
    return core.search if own is None else lambda text: core.search(text) or own.search(text)


def _explain(error: UnexpectedInput, text: str) -> ParseError:
    from logic import hints

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

"""Text to one formula of a language: its notation found, its raw nodes built, the language's rules held to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from logic import syntax as S
from logic.core import CORE
from logic.errors import DomainError, ParseError, ScopeError
from logic.language import Language
from logic.reading import scopes
from logic.reading.builder import Builder
from logic.reading.notations import dialects
from logic.reading.notations.conventions import CORE as CORE_NAMES
from logic.reading.notations.conventions import PROVER9, Conventions
from logic.reading.notations.core import MAX_LENGTH
from logic.reading.notations.equations.kinds import NOTHING_KNOWN, Known
from logic.reading.raw import MAX_DEPTH, MAX_NODES, Raw, TooDeepError, deepened
from logic.symbols import written_out


class Reading(NamedTuple):
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
    wide_dots: bool = False
    """Whether a dot could also have ended the reach of its quantifier sooner."""
    notes: tuple[str, ...] = ()
    """What else was taken in one of two ways, as negation as failure for ¬."""
    is_assumed: bool = False
    """Whether a name was taken for a predicate or a function without anything that shows it."""
    bare: tuple[str, ...] = ()
    """The propositions."""


def read_formula(
    text: str,
    language: Language = CORE,
    *,
    dialect: str | None = None,
    lenient: bool = False,
    for_prover: bool = False,
    known: Known = NOTHING_KNOWN,
) -> Reading:
    """`logic.parse`; where `lenient`, free variables are allowed and scopes that end too early widened.

    `for_prover`: what NLTK hands to Prover9, which closes free variables universally. `known` says
    which names are predicates and which functions, where the text itself does not.
    """
    if not isinstance(text, str):
        raise TypeError(f"a formula is read from str, got {type(text).__name__}")
    if len(text) > MAX_LENGTH:
        raise ParseError(
            f"{len(text)} characters; a formula may have {MAX_LENGTH}", text=text[:200]
        )
    if not text.strip():
        raise ParseError("empty text where a formula is needed", text=text)
    parsed = dialects.read(text, dialect, language, lenient=lenient, known=known)
    text, raw, conventions = parsed.text, parsed.raw, parsed.conventions
    if for_prover and dialect == "nltk":
        conventions = PROVER9
    widened: list[str] = []
    while True:
        try:
            reading = build_formula(
                text,
                raw,
                language,
                free=lenient,
                conventions=conventions,
            )
        except ScopeError as error:
            wider = _wider(text, raw, error)
            if not lenient or wider is None:
                raise _both_readings(
                    error,
                    wider,
                    text,
                    language,
                ) from None
            widened.append(next(scopes.quantifiers(raw, error.name)) + error.name)
            raw = wider
        else:
            if parsed.check is not None:
                parsed.check(reading.formula)
            if widened or parsed.wide_dots or parsed.notes:
                return reading._replace(
                    widened=tuple(widened),
                    wide_dots=parsed.wide_dots,
                    notes=parsed.notes,
                    is_assumed=parsed.is_assumed,
                )
            return reading


def _wider(text: str, raw: Raw, error: ScopeError) -> Raw | None:
    """The raw nodes with the scope of a variable widened, where that can be done in one way only."""
    use = offset(text, error.line, error.column)
    if not scopes.stands_at_its_level(
        text,
        raw,
        error.name,
        use,
    ):
        return None
    try:
        wider = scopes.widened(raw, error.name)
    except (scopes.AmbiguousScope, TooDeepError):
        return None
    return None if wider is raw else wider


def _both_readings(
    error: ScopeError, wider: Raw | None, text: str, language: Language
) -> ParseError:
    """The error of a variable behind its quantifier's scope, which names what else it could mean."""

    def hint() -> str:
        end = f"the quantifier for {error.name} ends before this place"
        brackets = f"put all it binds into brackets, ∀{error.name} (…)"
        raw = wider
        while raw is not None:
            try:
                formula = build_formula(text, raw, language).formula
            except ScopeError as inner:
                raw = _wider(text, raw, inner)
            except ParseError:
                raw = None
            else:
                return f"{end}: {brackets}, as in {formula}, or use another name here"
        return f"{end}, and it is not certain how far it is to reach: {brackets}"

    return ParseError(
        error.reason,
        text=text,
        line=error.line,
        column=error.column,
        hint=hint,
    )


def build_formula(
    text: str,
    raw: Raw,
    language: Language,
    *,
    free: bool = False,
    conventions: Conventions = CORE_NAMES,
) -> Reading:
    """The formula of raw nodes, as its language keeps it. Raises `ParseError`."""
    try:
        return _build(
            text,
            raw,
            language,
            free,
            conventions,
        )
    except TooDeepError:
        reason = f"nested more than {MAX_DEPTH} levels deep, each variable being one"
        raise ParseError(reason, text=text) from None


def _build(
    text: str, raw: Raw, language: Language, free: bool, conventions: Conventions
) -> Reading:
    free = free or conventions.closes
    builder = Builder(
        text,
        free=free,
        conventions=conventions,
        language=language,
    )
    formula = builder.formula(raw)
    if builder.textbook_sure and builder.propositions:
        # `Pa` beside `∀x Px` is P(a): the notation is known by now, so all of it is read again.
        builder = Builder(
            text, free=free, conventions=conventions, language=language, textbook=True
        )
        formula = builder.formula(raw)
    if builder.free and builder.quoted:
        _refuse_one_name(builder)
    for name, place in builder.half_applied.items():
        hint = f"write {name[0]}({', '.join(name[1:])}), or quote '{name}' for one name"
        builder.fail(f"{name!r} may be a name or letters", place, hint)
    if builder.textbook_sure:
        deepened(raw[1], 1)  # `Px` is one level, the P(x) that it stands for two
    if conventions.closes:
        deepened(raw[1], len(builder.free))
        for name in reversed(builder.free):
            formula = S.Forall(builder.variable(name), formula)
        builder.free.clear()
    if "∃!" in builder.signs and written_out(formula) > MAX_NODES:
        reason = f"more than {MAX_NODES} parts, where ∃! counts what it binds twice"
        raise ParseError(reason, text=text)
    try:
        formula = language.finish(formula)
    except DomainError as error:
        line, column = _place(text, error.name)
        raise ParseError(
            error.reason,
            text=text,
            line=line,
            column=column,
        ) from None
    return Reading(
        formula,
        free=tuple(builder.free),
        idle=tuple(builder.idle.items()),
        overloaded=tuple(builder.overloaded),
        bare=tuple(builder.bare),
    )


def _refuse_one_name(builder: Builder) -> None:
    """Raises `ParseError` for `P(x) ∧ Q('x')`: a free variable is judged as an individual of its name."""
    for name in builder.free:
        if name in builder.quoted:
            reason = f"{name!r} is a free variable and a name in quotes"
            hint = "bind the variable, or call one of them otherwise"
            builder.fail(reason, builder.quoted[name], hint)


def offset(text: str, line: int, column: int) -> int:
    """A place in a text as the number of characters before it."""
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start + column - 1


def _place(text: str, name: str | None) -> tuple[int, int]:
    """Line and column where a name first stands as a word; the beginning where it does not."""
    occurrence = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) if name else None
    start = occurrence.start() if occurrence else 0
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)


def sign_search(language: Language, core: re.Pattern[str]) -> Callable[[str], bool]:
    """Searches a text for a sign of a formula: one of the core's, or one that the language adds."""
    return lambda text: core.search(text) is not None or language.has_sign(text)

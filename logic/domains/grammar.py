"""The grammar of a domain: the core's and the domain's `.lark` files read together, and checked when loaded."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

from lark import Lark
from lark.exceptions import GrammarError, LarkError, UnexpectedInput
from lark.lexer import PatternRE, PatternStr, TerminalDef
from lark.load_grammar import GrammarBuilder

from logic.domains.domain import Domain
from logic.domains.registry import get, parsed
from logic.errors import DomainError, LogicError
from logic.walk import subnodes

_WORD = re.compile(r"\w+(?: \w+)*")
_RESERVED_PRIORITY = 4
# Canonical core text, which every domain must read as the core does.
_CORE = (
    "∀x (Cat(x) → ∃y (Dog(y) ∧ ¬Chases(x, y)))", "∃!x (Cat(x) ∨ x = anna) ⊕ Rains", "P(f(a, g(b))) ↔ (⊤ → a ≠ b)",
    "∀x ∀y (Likes(x, y) ∧ Likes(y, x) ∨ ⊥)", "∀x. P(x) -> Q(x)", "∀x Older(x, 'the mayor')",
)  # fmt: skip


def build(domain: Domain, *, wide: bool = True) -> Lark:
    """The LALR(1) parser of the core and a domain. Raises `DomainError`, which names the file and the rule."""
    from logic.lalr import PLUGINS, Lexer
    from logic.parser import GRAMMAR, RawNodes, _widen, grammar

    core = {terminal.name for terminal in grammar().terminals}
    builder = GrammarBuilder()
    builder.load_grammar(GRAMMAR.read_text(encoding="utf-8"), "fol.lark")
    for path in domain.grammars:
        _add(builder, path)
    files = " and ".join([path.name for path in domain.grammars])
    handler = type("Raw", (RawNodes,), {rule: _node(rule) for rule in domain.constructs})()
    try:
        return Lark(
            builder.build(),
            parser="lalr",
            lexer=Lexer,
            _plugins=PLUGINS,
            transformer=handler,
            maybe_placeholders=False,
            keep_all_tokens=False,
            lexer_callbacks={"BINDER": _widen} if wide else {},
            edit_terminals=lambda terminal: (
                _reserve(terminal) if terminal.name not in core else None
            ),
        )
    except (LarkError, re.error) as error:
        raise DomainError(f"{files}: {_reason(error)}") from error


def _node(rule: str) -> Any:
    def make(self: Any, children: list[Any]) -> Any:
        from logic.builder import nest

        return nest("construct", rule, children)

    return make


def _add(builder: GrammarBuilder, path: Path) -> None:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DomainError(f"{path}: {error.strerror or error}") from None
    try:
        builder.load_grammar(text + "\n", path.name)
    except UnexpectedInput as error:
        raise DomainError(f"{path}, line {error.line}, column {error.column}: not a Lark grammar\n"
                          f"{error.get_context(text)}") from None  # fmt: skip
    except GrammarError as error:
        raise DomainError(f"{path}: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    """Lark's message, and what to do."""
    text = str(error).strip()
    if "defined more than once" in text:
        return f"{text}: write %extend to add to it, or %override to replace it"
    if "Reduce/Reduce" in text or "defined twice" in text:
        return f"the grammar is not LALR(1): two rules read the same text.\n{text}"
    return text


def _reserve(terminal: TerminalDef) -> None:
    """A word in quotes is a whole word, and comes before names."""
    pattern = terminal.pattern
    if isinstance(pattern, PatternStr) and _WORD.fullmatch(pattern.value):
        words = r"\s+".join(map(re.escape, pattern.value.split()))
        terminal.pattern = PatternRE(rf"{words}(?![-'’.+]?\w)", pattern.flags)
        terminal.priority = max(terminal.priority, _RESERVED_PRIORITY)


@functools.cache
def parser_of(domain: Domain, wide: bool = True) -> Lark:
    """`build`, once for each domain."""
    return build(domain, wide=wide)


def reader(spec: str, wide: bool = True) -> Lark:
    """The parser of a domain, by what `get` finds it by."""
    return parser_of(get(spec), wide)


def own_terminals(domain: Domain, lark: Lark) -> dict[str, str]:
    """The terminals that a domain adds or changes, as patterns."""
    from logic.parser import grammar

    core = {terminal.name: terminal.pattern.to_regexp() for terminal in grammar().terminals}
    return {
        terminal.name: terminal.pattern.to_regexp()
        for terminal in lark.terminals
        if core.get(terminal.name) != terminal.pattern.to_regexp()
    }


def check(domain: Domain) -> None:
    """Raises `DomainError` for a domain whose grammar, classes and examples do not fit together."""
    if len(domain.members) > 1:
        _check_conflicts(domain)
    for text in domain.axioms:
        try:
            parsed(text)
        except LogicError as error:
            raise DomainError(f"domain {domain.name}: the axiom {text}: {error}") from None
    lark = parser_of(domain)
    _check_rules(domain, lark)
    domain.words = tuple(
        re.compile(pattern)
        for name, pattern in own_terminals(domain, lark).items()
        if name not in ("NAME", "NOT", "BINDER", "SPACE")
    )
    for text in _CORE:
        _check_core(domain, lark, text)
    _check_examples(domain, lark)


def _check_conflicts(domain: Domain) -> None:
    seen: dict[str, str] = {}
    for member in domain.members:
        for name, pattern in own_terminals(member, parser_of(member)).items():
            for key in {name, pattern}:
                if key in seen and seen[key] != member.name:
                    raise DomainError(
                        f"domains {seen[key]} and {member.name} conflict: both define the token {name}"
                    )
                seen[key] = member.name


def _check_rules(domain: Domain, lark: Lark) -> None:
    """Every rule that makes a node has a construct, and the other way round."""
    from logic.parser import RawNodes

    made: set[str] = set()
    for rule in lark.rules:
        origin = rule.origin.name
        name = rule.alias or rule.options.template_source or origin
        kept = [symbol for symbol in rule.expansion if not getattr(symbol, "filter_out", False)]
        inlined = not rule.alias and (
            origin.startswith("_") or (rule.options.expand1 and len(kept) == 1)
        )
        if inlined:
            continue
        made.add(name)
        if name not in domain.constructs and not hasattr(RawNodes, name) and name != "start":
            raise DomainError(
                f"domain {domain.name}: rule {name} of {domain.grammars[-1].name} has no construct; "
                f"pass a class with rule {name!r} in constructs, or begin the rule with ? or _"
            )
    native = {rule for rule, construct in domain.constructs.items() if construct.writes is None}
    for wanted in domain.constructs:
        if wanted not in made and wanted not in native:
            files = " and ".join([path.name for path in domain.grammars]) or "it has no grammar"
            raise DomainError(
                f"domain {domain.name}: no rule {wanted} in {files} for the construct "
                f"{domain.constructs[wanted].__name__}; write … -> {wanted}"
            )


def _check_core(domain: Domain, lark: Lark, text: str) -> None:
    try:
        found = _read(domain, lark, text)
    except LogicError as error:
        raise DomainError(f"domain {domain.name}: {text} can no longer be read: {error}") from None
    if subject := [item for item in subnodes(found) if isinstance(item, domain_types(domain))]:
        raise DomainError(
            f"domain {domain.name}: {text} is read with the rule {type(subject[0]).__name__}"
        )
    if found != parsed(text):
        raise DomainError(f"domain {domain.name}: {text} is read as {found}")


def domain_types(domain: Domain) -> tuple[type, ...]:
    return tuple(
        construct for construct in domain.constructs.values() if construct.writes is not None
    )


def _read(domain: Domain, lark: Lark, text: str) -> Any:
    from logic.parser import build_formula, read_with

    return build_formula(text, read_with(lark, text), domain).formula


def _check_examples(domain: Domain, lark: Lark) -> None:
    """Each construct is read, printed, read again and lowered once."""
    from logic.domains import nesting
    from logic.domains.theory import consistent, judge
    from logic.printer import to_text

    used: set[type] = set()
    formulas = []
    for text in domain.examples:
        printed = None
        try:
            formula = _read(domain, lark, text)
            printed = to_text(formula)
            again = _read(domain, lark, printed)
        except LogicError as error:
            written = (
                "" if printed is None else f" is printed as {printed}, which does not fit the rules"
            )
            raise DomainError(
                f"domain {domain.name}: the example {text}{written}: {error}"
            ) from error
        if again != formula:
            raise DomainError(
                f"domain {domain.name}: the example {text} is printed as {printed}, which reads otherwise"
            )
        used |= {type(item) for item in subnodes(formula)}
        formulas.append(formula)
        try:
            verdict = judge(domain, formula, formula)[0]
        except Exception as error:
            raise DomainError(
                f"domain {domain.name}: the example {text} cannot be judged: {type(error).__name__}: {error}"
            ) from error
        if verdict.status != "proved":
            raise DomainError(
                f"domain {domain.name}: the example {text} is not proved equivalent to itself"
            )
    for rule, construct in domain.constructs.items():
        if construct not in used:
            raise DomainError(
                f"domain {domain.name}: no example uses the rule {rule} ({construct.__name__}); add one"
            )
    nesting.check(domain, formulas, lambda text: _read(domain, lark, text))
    if not consistent(domain, formulas):
        raise DomainError(
            f"domain {domain.name}: its axioms contradict each other, so that they would prove anything"
        )

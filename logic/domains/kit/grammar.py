"""The grammar of a domain: the core's and the domain's `.lark` files read together."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lark import Lark
from lark.exceptions import GrammarError, LarkError, UnexpectedInput
from lark.lexer import PatternRE, PatternStr, TerminalDef
from lark.load_grammar import GrammarBuilder

from logic.domains.kit.domain import Domain
from logic.errors import DomainError
from logic.reading.notations.core import GRAMMAR, RawNodes, grammar, widened
from logic.reading.notations.lalr import PLUGINS, Lexer
from logic.reading.raw import Raw, nest

_WORD = re.compile(r"\w+(?: \w+)*")
_RESERVED_PRIORITY = 4


def build(domain: Domain, *, wide: bool = True) -> Lark:
    """The LALR(1) parser of the core and a domain. Raises `DomainError`, which names the file and the rule."""
    core = {terminal.name for terminal in grammar().terminals}
    builder = GrammarBuilder()
    builder.load_grammar(GRAMMAR.read_text(encoding="utf-8"), "fol.lark")
    for path in domain.grammars:
        _add(builder, path)

    def reserve(terminal: TerminalDef) -> None:
        if terminal.name not in core:
            _reserve(terminal)

    # The core's methods, and one more for each rule that makes a construct.
    methods = {rule: _construct(rule) for rule in domain.constructs}
    transformer = type("DomainNodes", (RawNodes,), methods)
    try:
        return Lark(
            builder.build(),
            parser="lalr",
            lexer=Lexer,
            _plugins=PLUGINS,
            transformer=transformer(),
            maybe_placeholders=False,
            keep_all_tokens=False,
            lexer_callbacks={"BINDER": widened} if wide else {},
            edit_terminals=reserve,
        )
    except (LarkError, re.error) as error:
        files = " and ".join([path.name for path in domain.grammars])
        raise DomainError(f"{files}: {_reason(error)}") from error


def _construct(rule: str) -> Callable[[Any, list[Any]], Raw]:
    """What a grammar rule of a domain makes of its parts."""

    def construct(nodes: Any, parts: list[Any]) -> Raw:
        return nest("construct", rule, parts)

    return construct


def _add(builder: GrammarBuilder, path: Path) -> None:
    """Read a domain's file on top of what is there. Raises `DomainError`."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DomainError(f"{path}: {error.strerror or error}") from None
    try:
        builder.load_grammar(text + "\n", path.name)
    except UnexpectedInput as error:
        place = f"{path}, line {error.line}, column {error.column}"
        raise DomainError(f"{place}: not a Lark grammar\n{error.get_context(text)}") from None
    except GrammarError as error:
        raise DomainError(f"{path}: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    """Lark's message, and what to do."""
    text = str(error).strip()
    if "Can't extend" in text or "Cannot override" in text:
        return f"{text}: the rules there are: {', '.join(core_rules())}"
    if "defined more than once" in text:
        return f"{text}: write %extend to add to it, or %override to replace it"
    if "Reduce/Reduce" in text or "defined twice" in text:
        return f"the grammar is not LALR(1): two rules read the same text.\n{text}"
    return text


def core_rules() -> list[str]:
    """The rules of the core grammar, which a domain can extend or override."""
    names = dict.fromkeys(str(rule.origin.name) for rule in grammar().rules)
    return [name for name in names if not name.startswith("__") and name != "start"]


def _reserve(terminal: TerminalDef) -> None:
    """A word in quotes is a whole word, and comes before names."""
    pattern = terminal.pattern
    if not isinstance(pattern, PatternStr) or not _WORD.fullmatch(pattern.value):
        return
    words = r"\s+".join(map(re.escape, pattern.value.split()))
    terminal.pattern = PatternRE(rf"{words}(?![-'’.+]?\w)", pattern.flags)
    terminal.priority = max(terminal.priority, _RESERVED_PRIORITY)


@functools.cache
def parser_of(domain: Domain, wide: bool = True) -> Lark:
    """`build`, once for each domain."""
    return build(domain, wide=wide)


def own_terminals(lark: Lark) -> dict[str, str]:
    """The terminals that a domain adds or changes, as patterns."""
    core = _patterns(grammar())
    return {name: pattern for name, pattern in _patterns(lark).items() if core.get(name) != pattern}


def _patterns(lark: Lark) -> dict[str, str]:
    return {terminal.name: terminal.pattern.to_regexp() for terminal in lark.terminals}

"""What is checked when a domain is loaded: its grammar, classes, axioms and examples must fit together."""

from __future__ import annotations

import re

from lark import Lark
from lark.grammar import Rule

from logic import syntax as S
from logic.domains.kit import nesting
from logic.domains.kit.domain import Domain, core_formula
from logic.domains.kit.grammar import own_terminals, parser_of
from logic.domains.language import DomainLanguage
from logic.domains.meaning.questions import consistent, judge
from logic.errors import DomainError, LogicError
from logic.nodes import HIDDEN
from logic.reading.formula import build_formula
from logic.reading.notations.core import RawNodes, read_with
from logic.symbols import subnodes
from logic.writing.write import write

_CORE_TOKENS = ("NAME", "NOT", "BINDER", "SPACE")
"""Tokens that a domain may change without taking words from names."""
_CORE_TEXTS = (
    "∀x (Cat(x) → ∃y (Dog(y) ∧ ¬Chases(x, y)))",
    "∃!x (Cat(x) ∨ x = anna) ⊕ Rains",
    "P(f(a, g(b))) ↔ (⊤ → a ≠ b)",
    "∀x ∀y (Likes(x, y) ∧ Likes(y, x) ∨ ⊥)",
    "∀x. P(x) -> Q(x)",
    "∀x Older(x, 'the mayor')",
)
"""Canonical core text, which every domain must read as the core does."""


def check(domain: Domain) -> None:
    """Raises `DomainError` for a domain whose grammar, classes and examples do not fit together."""
    if len(domain.members) > 1:
        _check_conflicts(domain)
    for text in domain.axioms:
        try:
            core_formula(text)
        except LogicError as error:
            what = f"domain {domain.name}: the axiom {text}"
            raise DomainError(f"{what}: {error}{_said_in_core(domain, text)}") from None
    lark = parser_of(domain)
    _check_rules(domain, lark)
    domain.words = tuple(
        [
            re.compile(pattern)
            for name, pattern in own_terminals(lark).items()
            if name not in _CORE_TOKENS
        ]
    )
    for text in _CORE_TEXTS:
        _check_core(domain, text)
    _check_examples(domain)


def _said_in_core(domain: Domain, text: str) -> str:
    """What to write for an axiom that has the domain's own signs."""
    rule = "\nan axiom is written with the core's signs alone"
    domain.axioms = ()  # reading in the domain looks at them, and it is not loaded any more
    try:
        lowered = write(domain.lower(_read(domain, text)))
    except LogicError:
        return rule
    # A domain's hidden names, as of worlds, are none that a text can have.
    return rule if HIDDEN in lowered else f"{rule}; this one is: {lowered}"


def _check_conflicts(domain: Domain) -> None:
    """No two members define the same token, by name or by pattern."""
    owners: dict[str, str] = {}
    for member in domain.members:
        for name, pattern in own_terminals(parser_of(member)).items():
            for key in {name, pattern}:
                owner = owners.setdefault(key, member.name)
                if owner != member.name:
                    raise DomainError(
                        f"domains {owner} and {member.name} conflict: both define the token {name}"
                    )


def _check_rules(domain: Domain, lark: Lark) -> None:
    """Every rule that makes a node has a construct, and the other way round."""
    # A dict keeps the order of the grammar: the first rule at fault is the one that is named.
    made = dict.fromkeys([_node_name(rule) for rule in lark.rules if not _is_inlined(rule)])
    for name in made:
        core = hasattr(RawNodes, name) or name == "start"
        if name not in domain.constructs and not core:
            raise DomainError(
                f"domain {domain.name}: rule {name} of {domain.grammars[-1].name} has no "
                f"construct; pass a class with rule {name!r} in constructs, or begin the rule "
                "with ? or _"
            )
    for name, construct in domain.constructs.items():
        if name not in made and construct.writes is not None:
            files = " and ".join([path.name for path in domain.grammars]) or "it has no grammar"
            raise DomainError(
                f"domain {domain.name}: no rule {name} in {files} for the construct "
                f"{construct.__name__}; write … -> {name}"
            )


def _node_name(rule: Rule) -> str:
    """What Lark calls the node of a rule: its alias, the template it was made of, or its own name."""
    return str(rule.alias or rule.options.template_source or rule.origin.name)


def _is_inlined(rule: Rule) -> bool:
    """Whether a rule makes no node: it begins with `_`, or with `?` and keeps one part alone."""
    if rule.alias:
        return False
    kept = [symbol for symbol in rule.expansion if not getattr(symbol, "filter_out", False)]
    single = rule.options.expand1 and len(kept) == 1
    return bool(rule.origin.name.startswith("_") or single)


def _check_core(domain: Domain, text: str) -> None:
    """A core text is read as the core reads it."""
    what = f"domain {domain.name}: {text}"
    try:
        formula = _read(domain, text)
    except LogicError as error:
        raise DomainError(f"{what} can no longer be read: {error}") from None
    for node in subnodes(formula):
        # A native one, such as a numeral, is the core's node with a meaning of its own.
        if isinstance(node, S.Construct) and node.writes is not None:
            raise DomainError(f"{what} is read with the rule {type(node).__name__}")
    if formula != core_formula(text):
        raise DomainError(f"{what} is read as {formula}")


def _read(domain: Domain, text: str) -> S.Formula:
    """A text in the domain's own notation: no look for another one."""
    raw = read_with(parser_of(domain), text)
    return build_formula(text, raw, DomainLanguage(domain)).formula


def _check_examples(domain: Domain) -> None:
    """Each construct is read, printed, read again and judged once."""
    formulas = []
    for text in domain.examples:
        formula = _check_round_trip(domain, text)
        _check_judged(domain, text, formula)
        formulas.append(formula)
    used = {type(node) for formula in formulas for node in subnodes(formula)}
    for rule, construct in domain.constructs.items():
        if construct not in used:
            raise DomainError(
                f"domain {domain.name}: no example uses the rule {rule} "
                f"({construct.__name__}); add one"
            )
    nesting.check(domain, formulas, lambda text: _read(domain, text))
    if not consistent(domain, formulas):
        raise DomainError(
            f"domain {domain.name}: its axioms contradict each other, "
            "so that they would prove anything"
        )


def _check_round_trip(domain: Domain, text: str) -> S.Formula:
    """The example's formula, which is the same once printed and read again."""
    what = f"domain {domain.name}: the example {text}"
    printed = ""
    try:
        formula = _read(domain, text)
        printed = write(formula)
        again = _read(domain, printed)
    except LogicError as error:
        if printed:
            what += f" is printed as {printed}, which does not fit the rules"
        raise DomainError(f"{what}: {error}") from error
    if again != formula:
        raise DomainError(f"{what} is printed as {printed}, which reads otherwise")
    return formula


def _check_judged(domain: Domain, text: str, formula: S.Formula) -> None:
    """The example is proved equivalent to itself."""
    what = f"domain {domain.name}: the example {text}"
    try:
        verdict = judge(domain, formula, formula).verdict
    except Exception as error:  # what an author's classes raise when they are lowered or evaluated
        raise DomainError(f"{what} cannot be judged: {type(error).__name__}: {error}") from error
    if verdict.status != "proved":
        raise DomainError(f"{what} is not proved equivalent to itself")

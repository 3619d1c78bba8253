"""A domain as a `Language`: what its author says, with the grammar and the meaning that follow from it."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from logic import syntax as S
from logic.deciding.normal import Normal
from logic.deciding.side import Side
from logic.deciding.verdict import Budget, Judgement, Verdict
from logic.domains.kit.constructs import build_construct
from logic.domains.kit.domain import Domain
from logic.domains.kit.grammar import parser_of
from logic.domains.kit.words import reserved_words, signs
from logic.domains.meaning import questions
from logic.domains.meaning.first_order import first_order
from logic.domains.meaning.keys import grading_form
from logic.domains.meaning.structures import free_symbols
from logic.domains.registry import get
from logic.errors import DomainError
from logic.judging.names import NameLikeness
from logic.nodes import HIDDEN
from logic.proving.first_order import FirstOrder
from logic.reading.builder import Builder
from logic.reading.notations.core import read_with
from logic.reading.raw import Raw
from logic.symbols import Symbol, subnodes, symbols

MAX_CONSTRUCTS = 40
"""Constructs that may stand within each other.

What they are lowered to is then not too deep for later passes.
"""


class DomainLanguage:
    """The language of a domain."""

    any_structure = False

    def __init__(self, domain: Domain) -> None:
        self.domain = domain

    @property
    def spec(self) -> str:
        return self.domain.spec

    @property
    def constructs(self) -> Mapping[str, type[S.Construct]]:
        return self.domain.constructs

    @property
    def sources(self) -> dict[str, list[Path]]:
        sources = {}
        for member in self.domain.members:
            sources[member.spec] = member.files()
        return sources

    # ---- reading ----

    def read(self, text: str, *, wide: bool = True) -> Raw:
        return read_with(parser_of(self.domain, wide), text)

    def construct(self, builder: Builder, raw: Raw) -> S.Node:
        return build_construct(
            self.domain.name,
            self.domain.constructs,
            builder,
            raw,
        )

    def finish(self, formula: S.Formula) -> S.Formula:
        _check_names(formula)
        if _depth(formula) > MAX_CONSTRUCTS:
            raise DomainError(f"more than {MAX_CONSTRUCTS} of the domain's signs within each other")
        formula = self.domain.refine(formula)
        questions.check_sorts(self.domain, formula)
        return formula

    def has_sign(self, text: str) -> bool:
        pattern = signs(self.domain)
        return pattern is not None and pattern.search(text) is not None

    # ---- names ----

    @property
    def reserved_words(self) -> set[str]:
        return reserved_words(self.domain)

    @property
    def plain_names(self) -> Sequence[re.Pattern[str]]:
        return [member.plain for member in self.domain.members if member.plain]

    def is_plain(self, name: str) -> bool:
        return self.domain.is_plain(name)

    def symbols(self, formula: S.Formula) -> list[Symbol]:
        free = set(free_symbols(formula))
        return [symbol for symbol in symbols(formula) if symbol in free]

    def likeness(self, base: NameLikeness) -> NameLikeness:
        return self.domain.likeness(base)

    def notation(self) -> str:
        return self.domain.notation()

    # ---- meaning ----

    def grading_form(self, formula: S.Formula) -> Normal:
        return grading_form(self.domain.lower(formula))

    def vote_key(self, formula: S.Formula) -> str:
        return str(formula)

    def judge(self, candidate: Side, reference: Side, budget: Budget) -> Judgement:
        return questions.judge(
            self.domain,
            candidate.formula,
            reference.formula,
            budget,
        )

    def entails(
        self, premises: Sequence[S.Formula], conclusion: S.Formula, budget: Budget
    ) -> Verdict:
        return questions.entails(
            self.domain,
            premises,
            conclusion,
            budget,
        )

    def contradiction(self, formulas: Sequence[S.Formula], budget: Budget) -> list[int] | None:
        return questions.contradiction(self.domain, formulas, budget)

    def first_order(self, formulas: Sequence[S.Formula]) -> FirstOrder:
        return first_order(self.domain, formulas)


@functools.cache
def language_of(domain: Domain) -> DomainLanguage:
    """The language of a domain, one object for each."""
    return DomainLanguage(domain)


def language_called(spec: str) -> DomainLanguage:
    """The language of the domain called so. Raises `DomainError`, as `logic.domains.get` does."""
    return language_of(get(spec))


def _check_names(formula: S.Formula) -> None:
    """Raises `DomainError` for a name that is kept for symbols that a domain adds itself."""
    for node in subnodes(formula):
        name = node.predicate if isinstance(node, S.Atom) else getattr(node, "name", "")
        if name.startswith(HIDDEN):
            raise DomainError(f"the name {name!r} begins with a character that is kept for domains")


def _depth(node: S.Node) -> int:
    """How many constructs stand within each other."""
    below = max([_depth(child) for child in node.children()], default=0)
    return below + isinstance(node, S.Construct)

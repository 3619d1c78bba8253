"""The core language, plain first-order logic, as a `Language`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from logic import syntax as S
from logic.deciding.keys import normal_key
from logic.deciding.ladder import Limits, climb
from logic.deciding.normal import Normal, normal_form
from logic.deciding.plain import Entailment, Equivalence
from logic.deciding.side import Side
from logic.deciding.verdict import Budget, Judgement, Verdict
from logic.judging.names import NameLikeness
from logic.reading.builder import Builder
from logic.reading.notations.core import grammar, read_with
from logic.reading.raw import Raw
from logic.signatures.signature import signature
from logic.symbols import Symbol, symbols

if TYPE_CHECKING:
    import re
    from pathlib import Path

    from logic.language import Language
    from logic.proving.first_order import FirstOrder


class Core:
    """First-order logic with equality and function symbols, over any non-empty universe."""

    spec = "fol"
    constructs: Mapping[str, type[S.Construct]] = MappingProxyType({})
    any_structure = True
    sources: Mapping[str, Sequence[Path]] = MappingProxyType({})
    reserved_words: frozenset[str] = frozenset()
    plain_names: Sequence[re.Pattern[str]] = ()

    def read(self, text: str, *, wide: bool = True) -> Raw:
        return read_with(grammar(wide=wide), text)

    def construct(self, builder: Builder, raw: Raw) -> S.Node:
        raise AssertionError(f"the core grammar makes no construct, got {raw!r:.80}")

    def finish(self, formula: S.Formula) -> S.Formula:
        return formula

    def has_sign(self, text: str) -> bool:
        return False

    def is_plain(self, name: str) -> bool:
        return True

    def symbols(self, formula: S.Formula) -> list[Symbol]:
        return symbols(formula)

    def likeness(self, base: NameLikeness) -> NameLikeness:
        return base

    def grading_form(self, formula: S.Formula) -> Normal:
        return normal_form(formula)

    def vote_key(self, formula: S.Formula) -> str:
        return normal_key(formula)

    def judge(self, candidate: Side, reference: Side, budget: Budget) -> Judgement:
        question = Equivalence(candidate, reference)
        verdict = climb(question, budget)
        return Judgement(verdict, question.agreement() if verdict.status == "refuted" else None)

    def entails(
        self, premises: Sequence[S.Formula], conclusion: S.Formula, budget: Budget
    ) -> Verdict:
        return climb(Entailment(premises, conclusion), budget)

    def contradiction(self, formulas: Sequence[S.Formula], budget: Budget) -> list[int] | None:
        from logic.deciding import search  # here: Z3 takes 0.2 s to load

        limits = Limits.starting_now(budget)
        return search.contradiction(formulas, signature(*formulas), limits)

    def first_order(self, formulas: Sequence[S.Formula]) -> FirstOrder:
        from logic.proving.first_order import plain  # here: reading formulas does without it

        return plain(formulas)

    def notation(self) -> str:
        return ""


CORE: Language = Core()

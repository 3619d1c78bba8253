"""What a language is: the core, or a domain that extends it, as one object.

The front doors (`logic.parse`, `logic.compare`, …) take a language's name and turn it into this
object (`logic.languages`); everything below them is handed the object and never asks which one it
is. The core is `logic.core.CORE`, a domain's language `logic.domains.language.DomainLanguage`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING, Protocol

from logic import syntax as S

if TYPE_CHECKING:
    import re
    from pathlib import Path

    from logic.deciding.normal import Normal
    from logic.deciding.side import Side
    from logic.deciding.verdict import Budget, Judgement, Verdict
    from logic.judging.names import NameLikeness
    from logic.proving.first_order import FirstOrder
    from logic.reading.builder import Builder
    from logic.reading.raw import Raw
    from logic.symbols import Symbol


class Language(Protocol):
    """How formulas are read and printed, which of their symbols are free, and what they mean."""

    @property
    def spec(self) -> str:
        """What the language is found by, in another process too: a name, a path, or several joined by `+`."""

    @property
    def constructs(self) -> Mapping[str, type[S.Construct]]:
        """The nodes that it adds to the core, by the grammar rules that make them."""

    @property
    def any_structure(self) -> bool:
        """Whether every plain finite structure is one of the language, and may be shown as such."""

    def __hash__(self) -> int:
        """By identity: each language is one object."""

    @property
    def sources(self) -> Mapping[str, Sequence[Path]]:
        """The domains it is made of, each with its files where it is given by path."""

    # ---- reading ----

    def read(self, text: str, *, wide: bool = True) -> Raw:
        """The raw nodes of a text in the core notation, extended by the language's own signs.

        `wide=False` gives a dotted quantifier no reach. Raises `ParseError`.
        """

    def construct(self, builder: Builder, raw: Raw) -> S.Node:
        """The node of a raw construct, its parts built by the builder."""

    def finish(self, formula: S.Formula) -> S.Formula:
        """The formula as the language keeps it, once built.

        Raises `DomainError` for one that breaks its rules.
        """

    def has_sign(self, text: str) -> bool:
        """Whether a text holds a sign of a formula that the core does not know."""

    # ---- names ----

    @property
    def reserved_words(self) -> Set[str]:
        """The names that the language's own tokens take."""

    @property
    def plain_names(self) -> Sequence[re.Pattern[str]]:
        """Patterns that every name without quotes matches, beside the core's."""

    def is_plain(self, name: str) -> bool:
        """Whether a name that the core prints without quotes is read as that name."""

    def symbols(self, formula: S.Formula) -> list[Symbol]:
        """The symbols to match between two formulas, by first occurrence.

        They are all but those whose meaning is fixed.
        """

    def likeness(self, base: NameLikeness) -> NameLikeness:
        """A likeness of names that knows what the language says of their words."""

    # ---- meaning ----

    def grading_form(self, formula: S.Formula) -> Normal:
        """The normal form whose parts are compared for partial credit."""

    def vote_key(self, formula: S.Formula) -> str:
        """A text that only equivalent formulas share, cheap to make."""

    def judge(self, candidate: Side, reference: Side, budget: Budget) -> Judgement:
        """Whether two formulas are equivalent (names as they stand), and how far their models overlap."""

    def entails(
        self, premises: Sequence[S.Formula], conclusion: S.Formula, budget: Budget
    ) -> Verdict:
        """Whether the conclusion holds wherever all premises do."""

    def contradiction(self, formulas: Sequence[S.Formula], budget: Budget) -> list[int] | None:
        """The places of formulas that contradict each other, of some of them if fewer suffice.

        None where no contradiction is found at once.
        """

    def first_order(self, formulas: Sequence[S.Formula]) -> FirstOrder:
        """What the formulas mean, in first-order formulas with sorts.

        Raises `DomainError` where two sorts meet.
        """

    def notation(self) -> str:
        """How the language's constructs are written, a line each, for a prompt."""

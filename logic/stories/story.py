"""A story as it is put to the judge: its sentences, its label, and references where they are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from logic import syntax as S
from logic.deciding.verdict import Budget
from logic.errors import LogicError
from logic.judging.compare import Reference

Label = Literal["True", "False", "Uncertain"]
LABELS: tuple[Label, ...] = get_args(Label)


@dataclass(frozen=True, slots=True)
class Story:
    """Sentences, a label, and `formulas`: the references of the premises and the conclusion, or none.

    Raises ValueError for another label, and for references of which some are missing.
    """

    premises: tuple[str, ...]
    conclusion: str
    label: str
    formulas: tuple[str, ...] = ()
    domain: str = "fol"
    budget: Budget | None = None

    def __post_init__(self) -> None:
        if self.label not in LABELS:
            allowed = ", ".join(map(repr, LABELS))
            raise ValueError(f"label is {self.label!r}; allowed: {allowed}")
        if self.formulas and len(self.formulas) != len(self.sentences):
            raise ValueError(
                f"formulas has {len(self.formulas)} references, got {len(self.premises)} premises "
                "and a conclusion; allowed: one for each of them, the conclusion's last, or none"
            )

    @property
    def sentences(self) -> tuple[str, ...]:
        """Those of the premises, and the conclusion last."""
        return (*self.premises, self.conclusion)

    def references(self) -> tuple[S.Formula, ...]:
        """The references, read; none where they are not known, or one of them cannot be read."""
        try:
            read = [Reference(text, domain=self.domain) for text in self.formulas]
        except LogicError:
            return ()
        return tuple([reference.formula for reference in read])

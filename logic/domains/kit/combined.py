"""Several domains at once."""

from __future__ import annotations

from collections.abc import Sequence

from logic import syntax as S
from logic.domains.kit.domain import Domain
from logic.errors import DomainError


class Combined(Domain):
    """Several domains at once, `a+b`: all their syntax and all their axioms; at most one of them translates."""

    def __init__(self, members: Sequence[Domain]) -> None:
        super().__init__("combined")
        self.name = self.spec = "+".join([member.spec for member in members])
        self.members = tuple(members)
        self.grammars = tuple([path for member in members for path in member.grammars])
        self.examples = tuple([example for member in members for example in member.examples])
        _check_translations(members)
        for member in members:
            self._join(member)

    def _join(self, member: Domain) -> None:
        """Take over what a member says. Raises `DomainError` for a rule that two have."""
        for rule, construct in member.constructs.items():
            if rule in self.constructs:
                other = self.constructs[rule].domain.name
                raise DomainError(
                    f"domains {other} and {member.name} both have a rule {rule}; rename one"
                )
            self.constructs[rule] = construct
        self.symbols |= member.symbols
        self.interpretation |= member.interpretation
        self.synonyms += member.synonyms
        self.opposites += member.opposites

    def refine(self, formula: S.Formula) -> S.Formula:
        for member in self.members:
            formula = member.refine(formula)
        return formula

    def translate(self, formula: S.Formula) -> S.Formula:
        for member in self.members:
            formula = member.translate(formula)
        return formula

    def theory(self, formulas: Sequence[S.Formula]) -> list[S.Formula]:
        return [axiom for member in self.members for axiom in member.theory(formulas)]

    def is_plain(self, name: str) -> bool:
        return all(member.is_plain(name) for member in self.members)


def _check_translations(members: Sequence[Domain]) -> None:
    """Raises `DomainError` for domains that say of the same symbols what they mean."""
    translating = [
        member.name for member in members if type(member).translate is not Domain.translate
    ]
    if len(translating) > 1:
        raise DomainError(
            f"domains {' and '.join(translating)} cannot be combined: "
            "both translate every predicate"
        )
    rigid = [member.name for member in members if member.facts_in_functions]
    if translating and rigid:
        raise DomainError(
            f"domains {rigid[0]} and {translating[0]} cannot be combined: {rigid[0]} states facts "
            f"by functions, and in {translating[0]} only predicates differ from world to world"
        )

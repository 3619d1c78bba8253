"""Why a formula is true or false in a finite structure: the facts that make it so, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from logic import syntax as S
from logic.explaining.wording import text
from logic.explaining.world import element_names
from logic.substitution import substitute

if TYPE_CHECKING:
    from logic.deciding.structure import Structure

_MAX_REASONS = 6


def reasons(formula: S.Formula, structure: Structure) -> tuple[bool, str]:
    """Whether the formula is true in the structure, and why, as the facts that make it so."""
    value = structure.holds(formula)
    teller = _Teller(element_names(structure))
    facts = list(dict.fromkeys(teller.reasons(formula, value, structure)))
    words = "; ".join(facts[:_MAX_REASONS])
    if len(facts) > _MAX_REASONS:
        words += " …"
    return value, words


@dataclass(frozen=True, slots=True)
class _Instance:
    """A quantifier's body with an element's name for the variable, where that name denotes it."""

    name: str
    body: S.Formula
    structure: Structure

    @property
    def holds(self) -> bool:
        return self.structure.holds(self.body)


class _Teller:
    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names

    def reasons(self, formula: S.Formula, value: bool, structure: Structure) -> Iterator[str]:
        """Why the formula has this value there."""
        match formula:
            case S.Not(operand):
                yield from self.reasons(operand, not value, structure)
            case S.And() | S.Or():
                yield from self.chain(formula, value, structure)
            case S.Implies():
                yield from self.conditional(formula, value, structure)
            case S.Xor() | S.Iff():
                # No part of these decides alone: each has its say, whatever its value.
                for child in formula.children():
                    if isinstance(child, S.Formula):
                        yield from self.reasons(
                            child,
                            structure.holds(child),
                            structure,
                        )
            case S.Quantified():
                yield from self.quantified(formula, value, structure)
            case S.Truth():
                return
            case _:
                yield text(formula) if value else f"not {text(formula)}"

    def chain(self, formula: S.And | S.Or, value: bool, structure: Structure) -> Iterator[str]:
        """All parts where all must agree, as for a true conjunction; else one that decides."""
        deciding = list(formula.operands)
        if value is not isinstance(formula, S.And):
            deciding = [part for part in deciding if structure.holds(part) is value][:1]
        for part in deciding:
            yield from self.reasons(part, value, structure)

    def conditional(self, formula: S.Implies, value: bool, structure: Structure) -> Iterator[str]:
        condition, consequence = formula.left, formula.right
        if not value:
            yield from self.reasons(condition, True, structure)
            yield from self.reasons(consequence, False, structure)
        elif structure.holds(consequence):
            yield from self.reasons(consequence, True, structure)
        else:
            yield from self.reasons(condition, False, structure)

    def quantified(self, formula: S.Quantified, value: bool, structure: Structure) -> Iterator[str]:
        """One element that decides it, or what is so of all."""
        variable = formula.variable.name
        if isinstance(formula, S.ExistsUnique):
            yield self.uniquely(formula, structure)
        elif value is isinstance(formula, S.Exists):
            yield from self.witness(formula, value, structure)
        elif isinstance(formula, S.Forall) and isinstance(formula.body, S.Implies):
            condition, consequence = formula.body.left, formula.body.right
            if structure.holds(S.Exists(formula.variable, condition)):
                yield f"{text(consequence)} for every {variable} with {text(condition)}"
            else:
                yield f"{text(condition)} for no {variable}"
        else:
            amount = "every" if value else "no"
            yield f"{text(formula.body)} for {amount} {variable}"

    def uniquely(self, formula: S.ExistsUnique, structure: Structure) -> str:
        """All elements of which the body is true, since their number decides."""
        names = []
        for instance in self.instances(formula, structure):
            if instance.holds:
                names.append(instance.name)
        elements = "none"
        if names:
            elements = f"{formula.variable.name} = {', '.join(names)}"
        return f"{text(formula.body)} for {elements}"

    def witness(self, formula: S.Quantified, value: bool, structure: Structure) -> Iterator[str]:
        """The first element that makes an ∃ true or a ∀ false."""
        for instance in self.instances(formula, structure):
            if instance.holds is value:
                yield f"with {formula.variable.name} = {instance.name}"
                yield from self.reasons(
                    instance.body,
                    value,
                    instance.structure,
                )
                return

    def instances(self, formula: S.Quantified, structure: Structure) -> list[_Instance]:
        instances = []
        for element, name in enumerate(self.names):
            # An element that several constants denote is called by the first of them.
            constant = name.partition(" = ")[0]
            body = substitute(formula.body, {formula.variable.name: S.Constant(constant)})
            constants = {**structure.constants, constant: element}
            named = replace(structure, constants=constants)
            instances.append(_Instance(name, body, named))
        return instances

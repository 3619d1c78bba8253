"""A finite structure to tell of: what is true in it, and what its elements are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from logic import syntax as S
from logic.deciding.structure import Structure
from logic.errors import StructureError
from logic.explaining.wording import text
from logic.explaining.world import element_names
from logic.nodes import UNIVERSE, sort_of
from logic.proving.finite.evaluation import check_work, holds
from logic.proving.finite.structures import GivenStructure, structure_values
from logic.proving.first_order import FirstOrder, Tables
from logic.substitution import substitute


class Scene(Protocol):
    """Where formulas are true or false. One for the core's structures, one for those with sorts."""

    def holds(self, formula: S.Formula) -> bool:
        """Truth by the definition. Raises `LogicError` where the structure does not tell."""

    def instances(self, formula: S.Quantified) -> Iterator[Instance]:
        """The quantifier's body for each element in turn."""

    def text(self, formula: S.Formula) -> str:
        """A part of a formula as it is shown."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A quantifier's body with an element's name for the variable, where that name denotes it."""

    name: str
    body: S.Formula
    scene: Scene

    @property
    def holds(self) -> bool:
        """Whether the body is true of the element."""
        return self.scene.holds(self.body)


def _instance_of(formula: S.Quantified, name: str) -> tuple[str, S.Formula]:
    """The constant that an element is called by (of several the first), and the body that has it."""
    constant = name.partition(" = ")[0]
    body = substitute(formula.body, {formula.variable.name: S.Constant(constant)})
    return constant, body


class PlainScene:
    """A structure of the core."""

    def __init__(self, structure: Structure, names: Sequence[str] = ()) -> None:
        self.structure = structure
        self.names = names or element_names(structure)

    def holds(self, formula: S.Formula) -> bool:
        return self.structure.holds(formula)

    def instances(self, formula: S.Quantified) -> Iterator[Instance]:
        for element, name in enumerate(self.names):
            constant, body = _instance_of(formula, name)
            constants = {**self.structure.constants, constant: element}
            named = replace(self.structure, constants=constants)
            yield Instance(name, body, PlainScene(named, self.names))

    def text(self, formula: S.Formula) -> str:
        return text(formula)


class SortedScene:
    """A structure with sorts, for formulas that a domain has said in first-order logic."""

    def __init__(
        self, meaning: FirstOrder, tables: Tables, names: Mapping[str, Sequence[str]]
    ) -> None:
        self.meaning = meaning
        self.tables = tables
        self.names = names

    @classmethod
    def of(cls, structure: Structure, meaning: FirstOrder) -> SortedScene:
        """The scene of a countermodel. Raises `StructureError` where two elements have one name."""
        given = GivenStructure(structure_values(structure), is_partial=True)
        tables = given.tables(meaning)
        called = dict(zip(structure.elements(), element_names(structure), strict=True))
        if len(called) < sum(tables.sizes.values()):
            raise StructureError("two sorts have elements of one name")
        names: dict[str, list[str]] = {}
        for sort, elements in given.names.items():
            is_universe = sort == UNIVERSE
            names[sort] = [
                called[number if is_universe else element] for element, number in elements.items()
            ]
        return cls(
            meaning,
            tables,
            names,
        )

    def check(self, formula: S.Formula, most: int) -> None:
        """Raises `UnsupportedError` for a formula whose evaluation takes more steps than that."""
        check_work(
            formula,
            self.tables,
            most,
        )

    def holds(self, formula: S.Formula) -> bool:
        return holds(formula, self.tables)

    def instances(self, formula: S.Quantified) -> Iterator[Instance]:
        for element, name in enumerate(self.names[sort_of(formula) or UNIVERSE]):
            constant, body = _instance_of(formula, name)
            rows = {**self.tables.rows, ("constant", constant, 0): {(): element}}
            tables = Tables(self.tables.sizes, rows)
            yield Instance(name, body, SortedScene(self.meaning, tables, self.names))

    def text(self, formula: S.Formula) -> str:
        words = text(self.meaning.shown(formula))
        for names in self.names.values():
            for name in names:
                # A world is called w1, which as a constant in a formula needs quotes.
                words = words.replace(f"'{name}'", name)
        return words

"""A countermodel as a small world a person can look at.

Elements have names, properties and relations, in words or as a drawing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from logic.explaining.drawing import drawing

if TYPE_CHECKING:
    from logic.deciding.structure import Structure

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class World:
    """What holds in a finite structure.

    `elements` are names, by element; `properties` what is true of each; `relations` (label, from,
    to) between two; `facts` all that is neither: propositions, relations and functions of more
    places.
    """

    elements: tuple[str, ...]
    properties: tuple[tuple[str, ...], ...]
    relations: tuple[tuple[str, int, int], ...]
    facts: tuple[str, ...]

    def sentences(self) -> list[str]:
        """The world in words, one statement a line."""
        count = len(self.elements)
        noun = "element" if count == 1 else "elements"
        lines = [f"{count} {noun}: {', '.join(self.elements)}"]
        for name, properties in zip(self.elements, self.properties, strict=True):
            if not properties:
                continue
            labels = ", ".join(properties)
            lines.append(f"{name}: {labels}")
        arrows: dict[str, list[str]] = defaultdict(list)
        for label, start, end in self.relations:
            left = self.elements[start]
            right = self.elements[end]
            arrows[label].append(f"{left} → {right}")
        for label, pairs in arrows.items():
            # The equals sign of a function belongs to the drawing, where no arrow says it.
            name = label.removesuffix(" =")
            lines.append(f"{name}: {', '.join(pairs)}")
        lines += self.facts
        return lines

    def svg(self) -> str:
        """A drawing: elements as circles, properties below them, relations as arrows.

        Colours follow the page.
        """
        title = "; ".join(self.sentences())
        return drawing(
            self.elements,
            self.properties,
            self.relations,
            title,
        )


# ---- a structure as a world ----


def element_names(structure: Structure) -> tuple[str, ...]:
    """The constants that denote each element, or a letter."""
    letters: Iterator[str] = (letter for letter in _LETTERS if letter not in structure.constants)
    names = []
    for element in structure.elements():
        constants = [name for name, value in structure.constants.items() if value == element]
        if constants:
            names.append(" = ".join(constants))
        else:
            # Elements of a domain's sorts have names already.
            named = isinstance(element, str)
            names.append(element if named else next(letters, f"e{element}"))
    return tuple(names)


def world(structure: Structure) -> World:
    """The structure with names for its elements."""
    draft = _Draft(structure.elements(), element_names(structure))
    for (predicate, arity), tuples in structure.predicates.items():
        if arity == 0:
            draft.facts.append(f"{predicate} is {'true' if tuples else 'false'}")
        else:
            draft.predicate(predicate, sorted(tuples, key=str))
    for (function, _), table in structure.functions.items():
        draft.function(function, sorted(table.items(), key=str))
    for name, value in structure.constants.items():
        if value not in draft.places:  # a number
            draft.facts.append(f"{name} = {value}")
    return draft.finished()


class _Draft:
    """A world in the making: elements as the structure has them, each with its place and name."""

    def __init__(self, elements: list[Any], names: tuple[str, ...]) -> None:
        self.names = names
        self.places = {element: place for place, element in enumerate(elements)}
        self.properties: list[list[str]] = [[] for _ in names]
        self.relations: list[tuple[str, int, int]] = []
        self.facts: list[str] = []

    def predicate(self, name: str, tuples: list[tuple[Any, ...]]) -> None:
        for values in tuples:
            self._fact(name, values)

    def function(self, name: str, values: list[tuple[tuple[Any, ...], Any]]) -> None:
        for args, value in values:
            are_elements = args[0] in self.places and value in self.places
            if len(args) == 1 and are_elements:
                relation = (f"{name} =", self.places[args[0]], self.places[value])
                self.relations.append(relation)
            else:
                self.facts.append(f"{self._applied(name, args)} = {self._name(value)}")

    def _fact(self, name: str, values: tuple[Any, ...]) -> None:
        """One line, arrow or property for a tuple; a number has neither."""
        places = [self.places.get(value) for value in values]
        match places:
            case [int() as element]:
                self.properties[element].append(name)
            case [int() as start, int() as end]:
                self.relations.append((name, start, end))
            case _:
                self.facts.append(self._applied(name, values))

    def _applied(self, name: str, elements: tuple[Any, ...]) -> str:
        arguments = ", ".join([self._name(element) for element in elements])
        return f"{name}({arguments})"

    def _name(self, value: Any) -> str:
        return self.names[self.places[value]] if value in self.places else str(value)

    def finished(self) -> World:
        properties = tuple(map(tuple, self.properties))
        return World(
            self.names,
            properties,
            tuple(self.relations),
            tuple(self.facts),
        )

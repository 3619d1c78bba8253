"""A structure as plain values (JSON): read, checked against what a formula asks of it, and written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from logic.deciding.structure import Structure
from logic.errors import StructureError
from logic.nodes import NUMBERS, UNIVERSE
from logic.proving.first_order import FirstOrder, Tables
from logic.symbols import Symbol

KEYS = ("size", "elements", "sorts", "predicates", "functions", "constants")
_MAX_ELEMENTS = 1_000

Names = dict[str, int]
"""The elements of a sort by name, as they are numbered."""


def structure_values(structure: Structure) -> dict[str, Any]:
    """A structure as plain values, which `holds` takes again."""
    values: dict[str, Any] = {"size": structure.size}
    sizes = getattr(
        structure,
        "sizes",
        {},
    )
    sorts = {sort: size for sort, size in sizes.items() if sort != UNIVERSE}
    if sorts:
        values["sorts"] = sorts
    predicates: dict[str, Any] = {}
    for (name, arity), rows in structure.predicates.items():
        listed = [list(row) for row in sorted(rows, key=str)]
        predicates[name] = predicates.get(name, []) + listed if arity else bool(rows)
    functions: dict[str, Any] = {}
    for (name, _), table in structure.functions.items():
        listed = [[*row, value] for row, value in sorted(table.items(), key=str)]
        functions[name] = functions.get(name, []) + listed
    return {
        **values,
        "predicates": predicates,
        "functions": functions,
        "constants": dict(structure.constants),
    }


class GivenStructure:
    """A structure that was given as plain values, not yet held against a formula.

    A countermodel of a domain is partial: it has what was looked up to refute, and refutes whatever
    the rest is. Raises `StructureError` for values of another shape.
    """

    def __init__(self, values: Mapping[str, Any], *, is_partial: bool = False) -> None:
        if not isinstance(values, Mapping):
            kind = type(values).__name__
            raise StructureError(f"a structure is an object with the keys {_keys()}, got {kind}")
        unknown = [key for key in values if key not in KEYS]
        if unknown:
            raise StructureError(f"unknown key {unknown[0]!r} of a structure; allowed: {_keys()}")
        self._values = values
        self._is_partial = is_partial
        self.names: dict[str, Names] = {UNIVERSE: _elements(values)}
        # Elements whose names were given: those that are numbered mean nothing by their names.
        self._listed = {UNIVERSE} if "elements" in values else set()
        for sort, elements in _mapping(values, "sorts").items():
            self.names[sort] = _of_sort(sort, elements)
            if not isinstance(elements, int):
                self._listed.add(sort)

    def tables(self, meaning: FirstOrder) -> Tables:
        """What the structure says of the symbols that the formulas have.

        Raises `StructureError`, which names the symbol, where it says nothing or says it wrongly.
        """
        rows: dict[Symbol, dict[tuple[Any, ...], Any]] = {}
        for symbol in meaning.symbols:
            sorts = meaning.sorts_of(*symbol)
            kind, name, arity = symbol
            if self._leaves_open(kind, name):
                rows[symbol] = _OpenRows()
            elif kind == "predicate":
                rows[symbol] = self._predicate(
                    name,
                    arity,
                    sorts,
                )
            elif kind == "function":
                rows[symbol] = self._function(
                    name,
                    arity,
                    sorts,
                )
            else:
                rows[symbol] = {(): self._constant(name, sorts[-1])}
        sizes = {sort: len(names) for sort, names in self.names.items()}
        return Tables(sizes, rows)

    def _leaves_open(self, kind: str, name: str) -> bool:
        return self._is_partial and name not in _mapping(self._values, f"{kind}s")

    def _predicate(self, name: str, arity: int, sorts: Sequence[str]) -> dict[tuple[Any, ...], Any]:
        what = f"predicate {name}/{arity}"
        given = _mapping(self._values, "predicates")
        if name not in given:
            raise StructureError(
                f'the structure says nothing of the {what}: give it under "predicates", '
                f"{_example(name, arity)}"
            )
        value = given[name]
        if arity == 0:
            if not isinstance(value, bool):
                raise StructureError(f"{what} is true or false, got {value!r}")
            return {(): value}
        if isinstance(value, bool | str) or not isinstance(value, Sequence | set | frozenset):
            raise StructureError(f"{what} takes a list, {_example(name, arity)}; got {value!r}")
        true = self._rows(
            what,
            value,
            arity,
            sorts,
        )
        if value and not true:
            raise StructureError(f"{what}: none of its rows has {arity} elements")
        return _OpenRows(dict.fromkeys(true, True))

    def _rows(
        self, what: str, value: Iterable[Any], arity: int, sorts: Sequence[str]
    ) -> set[tuple[Any, ...]]:
        """The rows that have as many elements; a name may have two numbers of arguments."""
        rows = set()
        for given in value:
            row = [given] if isinstance(given, str | int | float) else list(given)
            if len(row) == arity:
                elements = map(
                    self._element,
                    [what] * arity,
                    row,
                    sorts,
                )
                rows.add(tuple(elements))
        return rows

    def _all_rows(self, sorts: Sequence[str]) -> Iterable[tuple[int, ...]]:
        return product(*[range(self._count(sort)) for sort in sorts])

    def _count(self, sort: str) -> int:
        if sort not in self.names:
            raise StructureError(
                f'the structure has no elements of the sort {sort}: give them under "sorts", '
                f'{{"{sort}": 2}} or {{"{sort}": ["name", …]}}'
            )
        return len(self.names[sort])

    def _function(self, name: str, arity: int, sorts: Sequence[str]) -> dict[tuple[Any, ...], Any]:
        what = f"function {name}/{arity}"
        given = _mapping(self._values, "functions")
        if name not in given:
            raise StructureError(f'the structure says nothing of the {what}: give "functions"')
        value = given[name]
        if isinstance(value, Mapping):
            value = [[key, result] for key, result in value.items()]
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise StructureError(f"{what} takes rows, arguments first and the value last")
        table = {}
        for row in value:
            if not isinstance(row, Sequence) or isinstance(row, str):
                raise StructureError(f"{what} takes rows, got {row!r}")
            if len(row) == arity + 1:
                *args, result = map(
                    self._element,
                    [what] * len(row),
                    row,
                    sorts,
                )
                table[tuple(args)] = result
        if self._is_partial:
            return _OpenRows(table)
        self._check_total(what, table, sorts)
        return table

    def _check_total(
        self, what: str, table: Mapping[tuple[Any, ...], Any], sorts: Sequence[str]
    ) -> None:
        """Raises `StructureError` for a function that has no value somewhere, numbers aside."""
        if any(sort in NUMBERS for sort in sorts[:-1]):
            return
        for row in self._all_rows(sorts[:-1]):
            if row not in table:
                listed = ", ".join(self._shown(row, sorts))
                raise StructureError(f"{what} has no value for ({listed})")

    def _constant(self, name: str, sort: str) -> Any:
        given = _mapping(self._values, "constants")
        if name in given:
            element = self._element(f"constant {name}", given[name], sort)
            if sort in self._listed and self.names[sort].get(name, element) != element:
                raise StructureError(
                    f"constant {name} is {given[name]}, and another element is called {name}: "
                    "call the element otherwise"
                )
            return element
        if sort in self.names and name in self.names[sort]:
            return self.names[sort][name]  # an element's own name
        raise StructureError(
            f'the structure says nothing of the constant {name}: give it under "constants", '
            f'{{"{name}": element}}, or call an element so'
        )

    def _element(self, what: str, value: Any, sort: str) -> Any:
        """The number of an element that is named, or a number itself."""
        if sort in NUMBERS:
            return _number(
                what,
                value,
                sort,
            )
        self._count(sort)
        name = str(value)
        if isinstance(value, bool) or name not in self.names[sort]:
            known = ", ".join(list(self.names[sort])[:10])
            raise StructureError(f"{what}: {value!r} is no element; there are {known}")
        return self.names[sort][name]

    def _shown(self, row: Sequence[int], sorts: Sequence[str]) -> list[str]:
        return [
            list(self.names[sort])[element]
            for element, sort in zip(
                row,
                sorts,
                strict=False,
            )
        ]


class _OpenRows(dict[tuple[Any, ...], Any]):
    """The rows that are given; any other is 0, which says no, the first element, or the number."""

    def __contains__(self, row: object) -> bool:
        return True

    def __missing__(self, row: tuple[Any, ...]) -> int:
        return 0


def _keys() -> str:
    return ", ".join(KEYS)


def _example(name: str, arity: int) -> str:
    if arity == 0:
        return f'{{"{name}": true}}'
    row = '"a"' if arity == 1 else "[" + ", ".join(['"a"'] * arity) + "]"
    return f'{{"{name}": [{row}, …]}}'


def _mapping(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = values.get(key, {})
    if not isinstance(found, Mapping):
        raise StructureError(f'"{key}" of a structure is an object, got {found!r:.60}')
    return found


def _elements(values: Mapping[str, Any]) -> Names:
    if ("size" in values) is ("elements" in values):
        raise StructureError('a structure has "size", a number, or "elements", a list of names')
    return _of_sort("", values.get("size", values.get("elements")))


def _of_sort(sort: str, value: Any) -> Names:
    """The names of a sort's elements, given as a list or by their number alone."""
    of_sort = f" of the sort {sort}" if sort else ""
    if isinstance(value, int) and not isinstance(value, bool):
        letter = sort[:1].lower()
        value = [f"{letter}{number}" for number in range(min(value, _MAX_ELEMENTS + 1))]
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise StructureError(f"the elements{of_sort} are a number or a list of names")
    if not value:
        raise StructureError(
            f"a structure has at least one element{of_sort}: in first-order logic something exists"
        )
    if len(value) > _MAX_ELEMENTS:
        raise StructureError(f"more than {_MAX_ELEMENTS} elements{of_sort}")
    names: Names = {}
    for name in map(str, value):
        if name in names:
            raise StructureError(f"two elements{of_sort} have the name {name}")
        names[name] = len(names)
    return names


def _number(what: str, value: Any, sort: str) -> Fraction | int:
    try:
        number = Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        raise StructureError(f"{what}: {value!r} is no number") from None
    if sort == "Int":
        if number.denominator != 1:
            raise StructureError(f"{what}: {value!r} is no whole number")
        return int(number)
    return number

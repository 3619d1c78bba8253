"""One finite structure: what is true in it, by the definition, and how it is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from logic import syntax as S
from logic.errors import StructureError, UnsupportedError
from logic.symbols import Symbol, symbols

Assignment = dict[str, int]
"""The elements that variables stand for."""


@dataclass(frozen=True)
class Structure:
    """Universe {0, …, size-1}, relations as sets of tuples, functions as tables.

    Predicates and functions are called by name and number of arguments:

        Structure(2, predicates={("Likes", 2): frozenset({(0, 1)})}, constants={"tom": 0})

    A predicate without arguments is true where it has the empty tuple. `logic.holds` takes plain
    values too, with names for elements. Raises `StructureError` for a size below 1, and for keys,
    rows and values of another form.
    """

    size: int
    predicates: dict[tuple[str, int], frozenset[tuple[int, ...]]] = field(default_factory=dict)
    functions: dict[tuple[str, int], dict[tuple[int, ...], int]] = field(default_factory=dict)
    constants: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if type(self) is Structure:
            _check(self)

    def elements(self) -> list[Any]:
        """All elements, as the tables have them."""
        return list(range(self.size))

    def holds(self, formula: S.Formula) -> bool:
        """Truth of a closed formula, by the definition (slow, independent of the batches).

        Raises `StructureError` for a symbol that the structure says nothing of.
        """
        if isinstance(formula, str):
            raise TypeError("holds() of a structure takes a formula; logic.holds takes a text too")
        try:
            return _holds(formula, self, {})
        except KeyError:
            raise StructureError(self._lacks(formula)) from None

    def _lacks(self, formula: S.Formula) -> str:
        """What the structure does not say that the formula asks for."""
        known: set[Symbol] = {("constant", name, 0) for name in self.constants}
        known |= {("predicate", *key) for key in self.predicates}
        known |= {("function", *key) for key in self.functions}
        for symbol in symbols(formula):
            if symbol not in known:
                kind, name, arity = symbol
                key = f"{name!r}: 0" if kind == "constant" else f"({name!r}, {arity}): …"
                return f"the structure says nothing of the {kind} {name}: {kind}s={{{key}}}"
        for (name, arity), table in self.functions.items():
            for row in product(range(self.size), repeat=arity):
                if row not in table:
                    return f"the function {name} has no value for {row}: {{{row}: …}}"
        raise AssertionError(f"the structure lacks nothing of {formula}")

    def _repr_html_(self) -> str:
        from logic.explaining.world import world  # here: what judges draws nothing

        return world(self).svg()

    def steps(self, formula: S.Formula) -> int:
        """How many formulas and terms `holds` looks at, at most."""
        return _steps(formula, self.size)

    def __str__(self) -> str:
        lines = [f"universe: {{{_listed(range(self.size))}}}"]
        for name, value in self.constants.items():
            lines.append(f"{name} = {value}")
        for (name, _), table in self.functions.items():
            for arguments, value in sorted(table.items()):
                lines.append(f"{name}({_listed(arguments)}) = {value}")
        for (name, arity), tuples in self.predicates.items():
            lines.append(f"{name} = {_extension(arity, tuples)}")
        return "\n".join(lines)


# ---- what a structure must be ----


def _check(structure: Structure) -> None:
    """Raises `StructureError` for what evaluation would take for something else."""
    size = structure.size
    if not isinstance(size, int):
        raise StructureError(f"the size of a structure is a whole number, got {size!r}")
    if size < 1:
        raise StructureError(
            f"a structure has at least one element, got size {size}: "
            "in first-order logic something exists"
        )
    for key, rows in structure.predicates.items():
        name, arity = _called("predicate", key)
        for row in rows:
            _check_row(
                f"predicate {name}",
                row,
                arity,
                size,
            )
    for key, table in structure.functions.items():
        name, arity = _called("function", key)
        for row, value in table.items():
            _check_row(
                f"function {name}",
                row,
                arity,
                size,
            )
            _check_element(
                f"function {name}",
                value,
                size,
            )
    for name, value in structure.constants.items():
        _check_element(
            f"constant {name}",
            value,
            size,
        )


def _called(kind: str, key: Any) -> tuple[str, int]:
    match key:
        case (str() as name, int() as arity):
            return name, arity
    raise StructureError(
        f"a {kind} is called by name and number of arguments, as ({str(key)!r}, 1); got {key!r}"
    )


def _check_row(what: str, row: Any, arity: int, size: int) -> None:
    if not isinstance(row, tuple) or len(row) != arity:
        wanted = tuple(range(arity))
        raise StructureError(f"{what}: each row is a tuple of {arity}, as {wanted}; got {row!r}")
    for value in row:
        _check_element(
            what,
            value,
            size,
        )


def _check_element(what: str, value: Any, size: int) -> None:
    if value not in range(size):
        elements = _listed(range(size)) if size <= 3 else f"0, …, {size - 1}"
        raise StructureError(f"{what}: {value!r} is no element; there are {elements}")


# ---- how it is written, and what is true in it ----


def _listed(items: Iterable[object]) -> str:
    return ", ".join(map(str, items))


def _extension(arity: int, tuples: frozenset[tuple[int, ...]]) -> str:
    """The elements or tuples of which a predicate is true."""
    if arity == 0:
        return "true" if tuples else "false"
    members = sorted(tuples)
    if arity == 1:
        return f"{{{_listed(element for (element,) in members)}}}"
    return f"{{{_listed(f'({_listed(member)})' for member in members)}}}"


def _holds(formula: S.Formula, structure: Structure, assignment: Assignment) -> bool:
    match formula:
        case S.Truth(value):
            return value
        case S.Atom(name, arguments):
            elements = [_denotes(argument, structure, assignment) for argument in arguments]
            return tuple(elements) in structure.predicates[name, len(arguments)]
        case S.Equality(left, right):
            first = _denotes(
                left,
                structure,
                assignment,
            )
            return first == _denotes(right, structure, assignment)
        case S.Not(operand):
            return not _holds(operand, structure, assignment)
        case S.Implies(left, right):
            if not _holds(left, structure, assignment):
                return True
            return _holds(
                right,
                structure,
                assignment,
            )
        case S.Iff(left, right):
            first = _holds(
                left,
                structure,
                assignment,
            )
            return first == _holds(right, structure, assignment)
        case S.Quantified():
            return _quantified(
                formula,
                structure,
                assignment,
            )
    return _chain(
        formula,
        structure,
        assignment,
    )


def _chain(formula: S.Formula, structure: Structure, assignment: Assignment) -> bool:
    """A connective of any number of operands."""
    if not isinstance(formula, (S.And, S.Or, S.Xor)):
        raise UnsupportedError(f"{type(formula).__name__} cannot be evaluated in a plain structure")
    values = (_holds(operand, structure, assignment) for operand in formula.operands)
    if isinstance(formula, S.And):
        return all(values)
    if isinstance(formula, S.Or):
        return any(values)
    return sum(values) % 2 == 1


def _quantified(formula: S.Quantified, structure: Structure, assignment: Assignment) -> bool:
    count = 0
    for element in range(structure.size):
        inside = {**assignment, formula.variable.name: element}
        count += _holds(formula.body, structure, inside)
    if isinstance(formula, S.Forall):
        return count == structure.size
    if isinstance(formula, S.ExistsUnique):
        return count == 1
    return count > 0


def _steps(node: S.Node, size: int) -> int:
    if isinstance(node, S.Quantified):
        return 1 + size * _steps(node.body, size)
    return 1 + sum([_steps(child, size) for child in node.children()])


def _denotes(term: S.Node, structure: Structure, assignment: Assignment) -> int:
    match term:
        case S.Variable(name):
            if name in assignment:
                return assignment[name]
            return structure.constants[name]
        case S.Constant(name):
            return structure.constants[name]
        case S.Function(name, arguments):
            table = structure.functions[name, len(arguments)]
            elements = [_denotes(argument, structure, assignment) for argument in arguments]
            return table[tuple(elements)]
    raise UnsupportedError(f"{type(term).__name__} cannot be evaluated in a plain structure")

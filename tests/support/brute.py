"""Truth by the definition, in all small structures: an evaluator that shares no code with the judge.

It knows formulas as data alone (`logic.syntax`), and neither normal forms, samples, structures nor
the lowering to Z3. It is slow, and means to be simple.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from logic import syntax as S

Symbol = tuple[str, str, int]
"""predicate, function (a constant has no argument) or free variable, name, number of arguments."""


@dataclass
class World:
    """A universe {0, …, size-1} and a table for each symbol."""

    size: int
    tables: dict[Symbol, dict[tuple[int, ...], Any]] = field(default_factory=dict)

    def value(self, term: Any, at: dict[str, int]) -> int:
        if isinstance(term, S.Variable):
            free = self.tables.get(("variable", term.name, 0), {})
            return at[term.name] if term.name in at else free[()]
        if isinstance(term, S.Constant):
            return self.tables["function", term.name, 0][()]
        place = tuple([self.value(part, at) for part in term.args])
        return self.tables["function", term.name, len(place)][place]

    def true(self, formula: Any, at: dict[str, int] | None = None) -> bool:
        """Tarski's definition, a line for each kind of formula."""
        at = at or {}
        kind = type(formula).__name__
        if kind == "Atom":
            place = tuple([self.value(part, at) for part in formula.args])
            return self.tables["predicate", formula.predicate, len(place)][place]
        if kind == "Equality":
            return self.value(formula.left, at) == self.value(formula.right, at)
        if kind == "Truth":
            return formula.value
        if kind in ("Forall", "Exists", "ExistsUnique"):
            name, body = formula.variable.name, formula.body
            times = sum(self.true(body, {**at, name: element}) for element in range(self.size))
            wanted = {"Forall": times == self.size, "Exists": times > 0, "ExistsUnique": times == 1}
            return wanted[kind]
        if kind == "Not":
            return not self.true(formula.operand, at)
        if kind in ("Implies", "Iff"):
            left, right = self.true(formula.left, at), self.true(formula.right, at)
            return left == right if kind == "Iff" else right or not left
        values = [self.true(part, at) for part in formula.operands]
        return {"And": all(values), "Or": any(values), "Xor": sum(values) % 2 == 1}[kind]


def symbols(*formulas: Any) -> list[Symbol]:
    """The symbols of formulas, in order."""
    found: dict[Symbol, None] = {}
    for formula in formulas:
        _note(formula, frozenset(), found)
    return sorted(found)


def _note(node: Any, bound: frozenset[str], found: dict[Symbol, None]) -> None:
    if isinstance(node, S.Quantified):
        bound |= {node.variable.name}
        _note(node.body, bound, found)
        return
    if isinstance(node, S.Atom):
        found["predicate", node.predicate, len(node.args)] = None
    elif isinstance(node, S.Constant):
        found["function", node.name, 0] = None
    elif isinstance(node, S.Function):
        found["function", node.name, len(node.args)] = None
    elif isinstance(node, S.Variable) and node.name not in bound:
        found["variable", node.name, 0] = None
    for child in node.children():
        _note(child, bound, found)


def is_closed(formula: Any) -> bool:
    """Whether no variable is free."""
    return all(kind != "variable" for kind, _, _ in symbols(formula))


def count(signature: list[Symbol], size: int) -> int:
    """How many structures there are of a size."""
    total = 1
    for kind, _, arity in signature:
        values = 2 if kind == "predicate" else size
        total *= values ** (size**arity)
    return total


def all_worlds(signature: list[Symbol], size: int) -> Iterator[World]:
    """Every structure of a size."""
    tables = [list(_tables(kind, arity, size)) for kind, _, arity in signature]
    for chosen in itertools.product(*tables):
        yield World(size, dict(zip(signature, chosen, strict=True)))


def _tables(kind: str, arity: int, size: int) -> Iterator[dict[tuple[int, ...], Any]]:
    places = list(itertools.product(range(size), repeat=arity))
    values = (False, True) if kind == "predicate" else range(size)
    for row in itertools.product(values, repeat=len(places)):
        yield dict(zip(places, row, strict=True))


def drawn(signature: list[Symbol], size: int, source: random.Random) -> World:
    """One structure by chance, with few, many or half of the tuples true."""
    tables: dict[Symbol, dict[tuple[int, ...], Any]] = {}
    share = source.choice((0.1, 0.5, 0.9))
    for kind, name, arity in signature:
        tables[kind, name, arity] = {
            place: source.random() < share if kind == "predicate" else source.randrange(size)
            for place in itertools.product(range(size), repeat=arity)
        }
    return World(size, tables)


def worlds(
    signature: list[Symbol], source: random.Random, *, most: int = 600, largest: int = 3
) -> Iterator[World]:
    """All structures of each size where there are few enough, and some by chance where not."""
    for size in range(1, largest + 1):
        if count(signature, size) <= most:
            yield from all_worlds(signature, size)
        else:
            yield from (drawn(signature, size, source) for _ in range(most // 4))


def difference(left: Any, right: Any, source: random.Random, **limits: int) -> World | None:
    """A structure in which just one of two closed formulas is true, where one is found."""
    signature = symbols(left, right)
    for world in worlds(signature, source, **limits):
        if world.true(left) != world.true(right):
            return world
    return None


def world_of(structure: Any, *formulas: Any) -> World:
    """A countermodel of the judge as a world; what it leaves open is false, or the first element."""
    world = World(structure.size)
    for kind, name, arity in symbols(*formulas):
        places = list(itertools.product(range(structure.size), repeat=arity))
        if kind == "predicate":
            tuples = structure.predicates.get((name, arity), frozenset())
            table: dict[tuple[int, ...], Any] = {place: place in tuples for place in places}
        elif arity == 0:
            table = {(): structure.constants.get(name, 0)}
        else:
            graph = structure.functions.get((name, arity), {})
            table = {place: graph.get(place, 0) for place in places}
        world.tables[kind, name, arity] = table
    return world

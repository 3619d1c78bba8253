"""Finite structures: batches of them, evaluated together, and single ones to show as countermodels.

A batch holds 64·W structures over universes {0, 1, …} of at most n elements. The truth value of a formula in all of
them is one bit in each of W words; under quantifiers there is one such row for every assignment to the variables in
scope. So an array has shape (n or 1, …, n or 1, W): one axis a variable, the innermost first, and the words last.
Connectives are bitwise operations, quantifiers reduce an axis over the elements that a structure has, and a batch of
some hundred structures, of one size or of several, costs about as much as one.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from logic import syntax as S
from logic.deciding.structure import Structure
from logic.errors import UnsupportedError

Words = npt.NDArray[np.uint64]

MAX_WORDS = 1 << 19
"""Words that one intermediate array may have; a batch that would need more is not evaluated."""
WORDS = {1: 2, 2: 4, 3: 6, 4: 8}
"""Words that a batch has for structures of each size."""
_WORD_AXIS = 51
"""The last subscript that numpy's einsum knows, for the words: axes take the first ones."""
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


def _parts(sizes: tuple[int, ...]) -> Iterator[tuple[int, slice]]:
    """The words of the structures of each size."""
    start = 0
    for size in sizes:
        yield size, slice(start, start := start + WORDS[size])


@functools.lru_cache(maxsize=64)
def _inside(sizes: tuple[int, ...], axis: int) -> Words:
    """Which elements, on the given axis, the structures have."""
    table = np.zeros((max(sizes), sum(WORDS[size] for size in sizes)), dtype=np.uint64)
    for size, part in _parts(sizes):
        table[:size, part] = _ALL
    return table.reshape((len(table),) + (1,) * axis + (-1,))


class Batch:
    """Structures over a signature: those of the first of `sizes` in the first words, then those of the next.

    Predicate tables have shape (n, …, n, W), function graphs (n, …, n, value n, W), where n is the largest size; what
    they say of an element that a structure lacks has no effect, but no function has such a value.
    """

    def __init__(
        self,
        sizes: tuple[int, ...],
        predicates: dict[tuple[str, int], Words],
        functions: dict[tuple[str, int], Words],
    ) -> None:
        self.sizes = sizes
        self.size = max(sizes)
        self.words = sum(WORDS[size] for size in sizes)
        self.predicates = predicates
        self.functions = functions

    def truth(self, formula: S.Formula) -> Words:
        """The formula's truth in every structure, shape (W,). Raises `UnsupportedError` above `MAX_WORDS`."""
        depth = quantifier_depth(formula)
        if not evaluable(self.size, depth):
            raise UnsupportedError(
                f"{depth} nested quantifiers over {self.size} elements are too many to evaluate"
            )
        return _Evaluation(self).formula(formula, {})

    def structure(self, index: int) -> Structure:
        """One structure of the batch, by bit index (0 ≤ index < 64·W)."""
        word, bit = divmod(index, 64)
        size = next(size for size, part in _parts(self.sizes) if word < part.stop)

        mask = np.uint64(1 << bit)

        def bits(table: Words) -> Words:
            place: tuple[slice | int, ...] = (*[slice(size)] * (table.ndim - 1), word)
            return table[place] & mask

        def tuples(arity: int) -> Iterator[tuple[int, ...]]:
            return itertools.product(range(size), repeat=arity)

        relations = {
            (name, arity): frozenset(
                itertools.compress(tuples(arity), bits(table).ravel().tolist())
            )
            for (name, arity), table in self.predicates.items()
        }
        tables = {
            (name, arity): dict(
                zip(tuples(arity), bits(graph).argmax(axis=-1).ravel().tolist(), strict=True)
            )
            for (name, arity), graph in self.functions.items()
        }
        return Structure(
            size,
            relations,
            {symbol: table for symbol, table in tables.items() if symbol[1]},
            {name: table[()] for (name, arity), table in tables.items() if not arity},
        )


@functools.lru_cache(maxsize=256)
def quantifier_depth(formula: S.Formula) -> int:
    """Axes that evaluation needs: nested quantifiers, ∃! counting twice, one for each function level and free name."""
    return _depth(formula, frozenset())


def _depth(node: S.Node, bound: frozenset[str]) -> int:
    match node:
        case S.Atom() | S.Equality():
            return _deepest(node, bound) + sum(
                [not (isinstance(arg, S.Variable) and arg.name in bound) for arg in node.children()]
            )
        case S.Quantified():
            return (
                _depth(node.body, bound | {node.variable.name})
                + 1
                + isinstance(node, S.ExistsUnique)
            )
        case S.Function(_, args):
            return _deepest(node, bound) + len(args)
    return _deepest(node, bound)


def _deepest(node: S.Node, bound: frozenset[str]) -> int:
    return max([_depth(child, bound) for child in node.children()], default=0)


def evaluable(size: int, depth: int) -> bool:
    """Whether a formula of that `quantifier_depth` can be evaluated in structures of that size."""
    return size**depth * WORDS[size] <= MAX_WORDS


_CHAINS: dict[type[S.Formula], np.ufunc] = {
    S.And: np.bitwise_and,
    S.Or: np.bitwise_or,
    S.Xor: np.bitwise_xor,
}


class _Evaluation:
    """Values have the words as their last axis, and before them one axis for each variable in scope, innermost first.

    A value that does not depend on the outermost of its axes lacks them, as numpy's broadcasting has it.
    """

    def __init__(self, batch: Batch) -> None:
        self.batch = batch

    def formula(self, f: S.Formula, env: dict[str, int]) -> Words:
        match f:
            case S.Atom(name, args):
                table = self.batch.predicates[name, len(args)]
                return self.apply(table, args, env)
            case S.Equality(left, right):
                diagonal = _diagonal(self.batch.size, self.batch.words)
                return self.apply(diagonal, (left, right), env)
            case S.Not(operand):
                return ~self.formula(operand, env)
            case S.Implies(left, right):
                return ~self.formula(left, env) | self.formula(right, env)
            case S.Iff(left, right):
                return ~(self.formula(left, env) ^ self.formula(right, env))
            case S.Quantified():
                return self.quantified(f, env)
            case S.Truth(value):
                return np.full(self.batch.words, _ALL if value else 0, dtype=np.uint64)
        return self.chain(f, env)

    def chain(self, f: S.Formula, env: dict[str, int]) -> Words:
        """A connective of any number of operands, one after the other: none is kept longer."""
        operation = _CHAINS.get(type(f))
        if operation is None or not isinstance(f, (S.And, S.Or, S.Xor)):
            raise UnsupportedError(f"{type(f).__name__} cannot be evaluated in plain structures")
        values = (self.formula(part, env) for part in f.operands)
        return functools.reduce(operation, values)

    def quantified(self, f: S.Quantified, env: dict[str, int]) -> Words:
        if self.batch.size == 1:
            return self.formula(f.body, env)
        axis = max(env.values(), default=-1) + 1
        value = self.formula(f.body, {**env, f.variable.name: axis})
        inside = _inside(self.batch.sizes, axis)
        if isinstance(f, S.ExistsUnique):
            return _exactly_one(value & inside)
        if value.ndim <= axis + 1:  # the variable does not occur
            return value
        if isinstance(f, S.Forall):
            return np.bitwise_and.reduce(value | ~inside, axis=0)
        return np.bitwise_or.reduce(value & inside, axis=0)

    def apply(self, table: Words, args: tuple[S.Node, ...], env: dict[str, int]) -> Words:
        """A table at its arguments: variables become their axes; other terms get an axis that is summed out."""
        if self.batch.size == 1:
            # Every term is the one element. Without axes, of which numpy allows 64, any depth will do.
            return table.reshape(-1)
        places: list[int] = []
        graphs: list[Words] = []
        free = max(env.values(), default=-1) + 1
        for arg in args:
            if isinstance(arg, S.Variable) and arg.name in env:
                places.append(env[arg.name])
            else:
                graphs.append(self.graph(arg, env, free))
                places.append(free)
                free += 1
        value = self.spread(table, places)
        for graph in reversed(graphs):
            value = np.bitwise_or.reduce(value & graph, axis=0)
        return value

    def graph(self, term: S.Node, env: dict[str, int], axis: int) -> Words:
        """The bits of `term = element`, with the element on the given axis."""
        match term:
            case S.Variable(name) | S.Constant(name):
                return self.spread(self.batch.functions[name, 0], [axis])
            case S.Function(name, args):
                inner = {**env, "\0value": axis}
                return self.apply(
                    self.batch.functions[name, len(args)], (*args, S.Variable("\0value")), inner
                )
        raise UnsupportedError(f"{type(term).__name__} cannot be evaluated in plain structures")

    def spread(self, table: Words, places: list[int]) -> Words:
        """The table with argument i on axis places[i], counted from the words.

        A repeated place takes the diagonal.
        """
        if len(set(places)) < len(places):
            table, places = _on_diagonals(table, places)
        axes = list(range(len(places)))
        order = sorted(axes, key=places.__getitem__, reverse=True)
        if order != axes:
            table = table.transpose(*order, len(places))
        outermost = places[order[0]] + 1 if places else 0
        if len(places) == outermost:
            return table
        shape = [1] * outermost
        for place in places:
            shape[-1 - place] = self.batch.size
        return table.reshape(*shape, self.batch.words)


def _on_diagonals(table: Words, places: list[int]) -> tuple[Words, list[int]]:
    """The table where arguments of the same place are equal, and its different places."""
    distinct = list(dict.fromkeys(places))
    letters = {place: index for index, place in enumerate(distinct)}
    subscripts = [letters[place] for place in places]
    kept = list(letters.values())
    diagonal = np.einsum(table, [*subscripts, _WORD_AXIS], [*kept, _WORD_AXIS])
    return diagonal, distinct


def _exactly_one(rows: Words) -> Words:
    """The bits that are set in one row and no other."""
    once = np.zeros_like(rows[0])
    twice = np.zeros_like(rows[0])
    for row in rows:
        twice = twice | (once & row)
        once = once | row
    return once & ~twice


@functools.lru_cache(maxsize=64)
def _diagonal(n: int, words: int) -> Words:
    table = np.zeros((n, n, words), dtype=np.uint64)
    table[np.arange(n), np.arange(n)] = _ALL
    return table


def first_bit(words: Words) -> int | None:
    """The index of the lowest set bit, or None."""
    nonzero = np.flatnonzero(words)
    if not nonzero.size:
        return None
    word = int(nonzero[0])
    value = int(words[word])
    return word * 64 + (value & -value).bit_length() - 1

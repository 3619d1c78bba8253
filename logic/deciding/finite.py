"""Batches of finite structures, evaluated together.

A batch holds 64·W structures over universes {0, 1, …} of at most n elements. The truth value of a
formula in all of them is one bit in each of W words; under quantifiers there is one such row for
every assignment to the variables in scope. So an array has shape (n or 1, …, n or 1, W): one axis a
variable, the innermost first, and the words last. Connectives are bitwise operations, quantifiers
reduce an axis over the elements that a structure has, and a batch of some hundred structures, of
one size or of several, costs about as much as one.
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

Tables = dict[tuple[str, int], Words]
"""Tables by name and arity."""

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
        stop = start + WORDS[size]
        yield size, slice(start, stop)
        start = stop


def _word_count(sizes: tuple[int, ...]) -> int:
    return sum([WORDS[size] for size in sizes])


@functools.lru_cache(maxsize=64)
def _inside(sizes: tuple[int, ...], axis: int) -> Words:
    """Which elements, on the given axis, the structures have."""
    shape = (max(sizes), _word_count(sizes))
    table = np.zeros(shape, dtype=np.uint64)
    for size, part in _parts(sizes):
        table[:size, part] = _ALL
    inner_axes = (1,) * axis
    return table.reshape((len(table), *inner_axes, -1))


class Batch:
    """Structures over a signature.

    Those of the first of `sizes` are in the first words, then those of the next. Predicate tables
    have shape (n, …, n, W), function graphs (n, …, n, value n, W), where n is the largest size;
    what they say of an element that a structure lacks has no effect, but no function has such a
    value.
    """

    def __init__(self, sizes: tuple[int, ...], predicates: Tables, functions: Tables) -> None:
        self.sizes = sizes
        self.size = max(sizes)
        self.words = _word_count(sizes)
        self.predicates = predicates
        self.functions = functions

    def truth(self, formula: S.Formula) -> Words:
        """The formula's truth in every structure, shape (W,).

        Raises `UnsupportedError` above `MAX_WORDS`.
        """
        depth = quantifier_depth(formula)
        if not evaluable(self.size, depth):
            raise UnsupportedError(
                f"{depth} nested quantifiers over {self.size} elements are too many to evaluate"
            )
        return _Evaluation(self).formula(formula, {})

    def structure(self, index: int) -> Structure:
        """One structure of the batch, by bit index (0 ≤ index < 64·W)."""
        word, bit = divmod(index, 64)
        size = self._size_at(word)
        mask = np.uint64(1 << bit)
        structure = Structure(size)
        for (name, arity), table in self.predicates.items():
            bits = _small_table(table, size, word) & mask
            rows = itertools.product(range(size), repeat=arity)
            true = itertools.compress(rows, bits.ravel().tolist())
            structure.predicates[name, arity] = frozenset(true)
        for (name, arity), graph in self.functions.items():
            bits = _small_table(graph, size, word) & mask
            # Of the values on the last axis just one is set.
            values = bits.argmax(axis=-1).ravel().tolist()
            if arity == 0:
                structure.constants[name] = values[0]
                continue
            rows = itertools.product(range(size), repeat=arity)
            structure.functions[name, arity] = dict(zip(rows, values, strict=True))
        return structure

    def _size_at(self, word: int) -> int:
        """The size of the structures in a word."""
        for size, part in _parts(self.sizes):
            if word < part.stop:
                return size
        raise IndexError(f"word {word} of {self.words}")


def _small_table(table: Words, size: int, word: int) -> Words:
    """One word of a table, for the elements that structures of that size have."""
    elements = [slice(size)] * (table.ndim - 1)
    place: tuple[slice | int, ...] = (*elements, word)
    return table[place]


# ---- how large an evaluation is ----


@functools.lru_cache(maxsize=256)
def quantifier_depth(formula: S.Formula) -> int:
    """Axes that evaluation needs.

    Nested quantifiers, ∃! counting twice, one for each function level and free name.
    """
    return _depth(formula, frozenset())


def _depth(node: S.Node, bound: frozenset[str]) -> int:
    match node:
        case S.Atom() | S.Equality():
            return _deepest(node, bound) + _count_open(node, bound)
        case S.ExistsUnique(variable, body):
            return _depth(body, bound | {variable.name}) + 2
        case S.Quantified():
            return _depth(node.body, bound | {node.variable.name}) + 1
        case S.Function(_, args):
            return _deepest(node, bound) + len(args)
    return _deepest(node, bound)


def _count_open(node: S.Node, bound: frozenset[str]) -> int:
    """How many arguments are no bound variables."""
    count = 0
    for arg in node.children():
        if not isinstance(arg, S.Variable) or arg.name not in bound:
            count += 1
    return count


def _deepest(node: S.Node, bound: frozenset[str]) -> int:
    depths = [_depth(child, bound) for child in node.children()]
    return max(depths, default=0)


def evaluable(size: int, depth: int) -> bool:
    """Whether a formula of that depth can be evaluated in structures of that size."""
    words: int = size**depth * WORDS[size]
    return words <= MAX_WORDS


# ---- evaluation ----


_CHAINS: dict[type[S.Formula], np.ufunc] = {
    S.And: np.bitwise_and,
    S.Or: np.bitwise_or,
    S.Xor: np.bitwise_xor,
}


class _Evaluation:
    """Evaluates formulas in a batch; `env` has the axis of each variable in scope.

    Values have the words as their last axis, and before them one axis for each variable in scope,
    innermost first. A value that does not depend on the outermost of its axes lacks them, as
    numpy's broadcasting has it.
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
                condition = self.formula(left, env)
                return ~condition | self.formula(right, env)
            case S.Iff(left, right):
                one = self.formula(left, env)
                return ~(one ^ self.formula(right, env))
            case S.Quantified():
                return self.quantified(f, env)
            case S.Truth(value):
                bits = _ALL if value else np.uint64(0)
                return np.full(self.batch.words, bits)
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
        axis = _next_axis(env)
        scope = {**env, f.variable.name: axis}
        value = self.formula(f.body, scope)
        inside = _inside(self.batch.sizes, axis)
        if isinstance(f, S.ExistsUnique):
            return _exactly_one(value & inside)
        if value.ndim <= axis + 1:  # the variable does not occur
            return value
        if isinstance(f, S.Forall):
            return np.bitwise_and.reduce(value | ~inside, axis=0)
        return np.bitwise_or.reduce(value & inside, axis=0)

    def apply(self, table: Words, args: tuple[S.Node, ...], env: dict[str, int]) -> Words:
        """A table at its arguments.

        Variables become their axes; other terms get an axis that is summed out.
        """
        if self.batch.size == 1:
            # Every term is the one element. Without axes, of which numpy allows 64, any depth does.
            return table.reshape(-1)
        places: list[int] = []
        graphs: list[Words] = []
        free = _next_axis(env)
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
                # The value is one more argument of the function's graph.
                value = S.Variable("\0value")
                scope = {**env, value.name: axis}
                graph = self.batch.functions[name, len(args)]
                return self.apply(graph, (*args, value), scope)
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


def _next_axis(env: dict[str, int]) -> int:
    """The axis outside all those in scope."""
    return max(env.values(), default=-1) + 1


def _on_diagonals(table: Words, places: list[int]) -> tuple[Words, list[int]]:
    """The table where arguments of the same place are equal, and its different places."""
    distinct = list(dict.fromkeys(places))
    letters = {place: index for index, place in enumerate(distinct)}
    subscripts = [letters[place] for place in places]
    kept = list(letters.values())
    diagonal = np.einsum(
        table,
        [*subscripts, _WORD_AXIS],
        [*kept, _WORD_AXIS],
    )
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
    lowest = value & -value
    return word * 64 + lowest.bit_length() - 1

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
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from logic import syntax as S
from logic.errors import UnsupportedError

Words = npt.NDArray[np.uint64]

MAX_WORDS = 1 << 19
"""Words that one intermediate array may have; a batch that would need more is not evaluated."""
WORDS = {1: 2, 2: 4, 3: 6, 4: 8}
"""Words that a batch has for structures of each size."""
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@dataclass(frozen=True)
class Structure:
    """One finite structure: universe {0, …, size-1}, relations as sets of tuples, functions as tables."""

    size: int
    predicates: dict[tuple[str, int], frozenset[tuple[int, ...]]] = field(default_factory=dict)
    functions: dict[tuple[str, int], dict[tuple[int, ...], int]] = field(default_factory=dict)
    constants: dict[str, int] = field(default_factory=dict)

    def holds(self, formula: S.Formula) -> bool:
        """Truth of a closed formula, by the definition (slow, independent of the batches)."""
        return _holds(formula, self, {})

    def __str__(self) -> str:
        lines = [f"universe: {{{', '.join(map(str, range(self.size)))}}}"]
        lines += [f"{name} = {value}" for name, value in self.constants.items()]
        for (name, _), table in self.functions.items():
            lines += [
                f"{name}({', '.join(map(str, args))}) = {value}"
                for args, value in sorted(table.items())
            ]
        for (name, arity), tuples in self.predicates.items():
            shown = ", ".join(
                str(t[0]) if arity == 1 else f"({', '.join(map(str, t))})" for t in sorted(tuples)
            )
            lines.append(
                f"{name} = {'true' if tuples else 'false'}"
                if arity == 0
                else f"{name} = {{{shown}}}"
            )
        return "\n".join(lines)


def _holds(f: S.Formula, m: Structure, env: dict[str, int]) -> bool:
    match f:
        case S.Truth(value):
            return value
        case S.Atom(name, args):
            values = tuple([_denotes(arg, m, env) for arg in args])
            return values in m.predicates[name, len(args)]
        case S.Equality(left, right):
            return _denotes(left, m, env) == _denotes(right, m, env)
        case S.Not(operand):
            return not _holds(operand, m, env)
        case S.Implies(left, right):
            return not _holds(left, m, env) or _holds(right, m, env)
        case S.Iff(left, right):
            return _holds(left, m, env) == _holds(right, m, env)
        case S.Quantified():
            return _quantified_holds(f, m, env)
    return _chain_holds(f, m, env)


def _chain_holds(f: S.Formula, m: Structure, env: dict[str, int]) -> bool:
    match f:
        case S.And(operands):
            return all(_holds(part, m, env) for part in operands)
        case S.Or(operands):
            return any(_holds(part, m, env) for part in operands)
        case S.Xor(operands):
            return sum(_holds(part, m, env) for part in operands) % 2 == 1
    raise UnsupportedError(f"{type(f).__name__} cannot be evaluated in a plain structure")


def _quantified_holds(f: S.Quantified, m: Structure, env: dict[str, int]) -> bool:
    name = f.variable.name
    count = sum(_holds(f.body, m, {**env, name: element}) for element in range(m.size))
    if isinstance(f, S.Forall):
        return count == m.size
    if isinstance(f, S.ExistsUnique):
        return count == 1
    return count > 0


def _denotes(term: S.Node, m: Structure, env: dict[str, int]) -> int:
    match term:
        case S.Variable(name):
            return env[name] if name in env else m.constants[name]
        case S.Constant(name):
            return m.constants[name]
        case S.Function(name, args):
            return m.functions[name, len(args)][tuple([_denotes(arg, m, env) for arg in args])]
    raise UnsupportedError(f"{type(term).__name__} cannot be evaluated in a plain structure")


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


class _Evaluation:
    """Values have the words as their last axis, and before them one axis for each variable in scope, innermost first.

    A value that does not depend on the outermost of its axes lacks them, as numpy's broadcasting has it.
    """

    def __init__(self, batch: Batch) -> None:
        self.batch = batch

    def formula(self, f: S.Formula, env: dict[str, int]) -> Words:
        match f:
            case S.Atom(name, args):
                return self.apply(self.batch.predicates[name, len(args)], args, env)
            case S.Not(operand):
                return ~self.formula(operand, env)
            case S.And(operands):
                return functools.reduce(
                    np.bitwise_and, [self.formula(part, env) for part in operands]
                )
            case S.Or(operands):
                return functools.reduce(
                    np.bitwise_or, [self.formula(part, env) for part in operands]
                )
            case S.Xor(operands):
                return functools.reduce(
                    np.bitwise_xor, [self.formula(part, env) for part in operands]
                )
            case S.Implies(left, right):
                return ~self.formula(left, env) | self.formula(right, env)
            case S.Iff(left, right):
                return ~(self.formula(left, env) ^ self.formula(right, env))
            case S.Quantified():
                return self.quantified(f, env)
            case S.Equality(left, right):
                return self.apply(_diagonal(self.batch.size, self.batch.words), (left, right), env)
            case S.Truth(value):
                return np.full(self.batch.words, _ALL if value else 0, dtype=np.uint64)
        raise UnsupportedError(f"{type(f).__name__} cannot be evaluated in plain structures")

    def quantified(self, f: S.Quantified, env: dict[str, int]) -> Words:
        axis = max(env.values(), default=-1) + 1
        value = self.formula(f.body, {**env, f.variable.name: axis})
        inside = _inside(self.batch.sizes, axis)
        if isinstance(f, S.ExistsUnique):
            rows = value & inside
            once = twice = np.zeros_like(rows[0])
            for row in rows:
                twice = twice | (once & row)
                once = once | row
            return once & ~twice
        if value.ndim <= axis + 1:  # the variable does not occur
            return value
        if isinstance(f, S.Forall):
            return np.bitwise_and.reduce(value | ~inside, axis=0)
        return np.bitwise_or.reduce(value & inside, axis=0)

    def apply(self, table: Words, args: tuple[S.Node, ...], env: dict[str, int]) -> Words:
        """A table at its arguments: variables become their axes; other terms get an axis that is summed out."""
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
        """The table with argument i on axis places[i] (counted from the words); a repeated place takes the diagonal."""
        if len(set(places)) < len(places):
            letters = {place: index for index, place in enumerate(dict.fromkeys(places))}
            table = np.einsum(
                table, [*[letters[place] for place in places], 25], [*letters.values(), 25]
            )
            places = list(letters)
        order = sorted(range(len(places)), key=places.__getitem__, reverse=True)
        if order != list(range(len(places))):
            table = table.transpose(*order, len(places))
        if not places or len(places) == places[order[0]] + 1:
            return table
        shape = [1] * (places[order[0]] + 1)
        for place in places:
            shape[-1 - place] = self.batch.size
        return table.reshape(*shape, self.batch.words)


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

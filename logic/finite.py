"""Finite structures: batches of them, evaluated together, and single ones to show as countermodels.

A batch holds 64·W structures over the universe {0, …, n-1}. The truth value of a formula in all of them is one bit in
each of W words; under quantifiers there is one such row for every assignment to the variables in scope. So an array
has shape (n or 1, …, n or 1, W): one axis a variable, by binding depth, and the words last. Connectives are bitwise
operations, quantifiers reduce an axis, and a batch of some hundred structures costs about as much as one.
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
from logic.walk import Signature

Words = npt.NDArray[np.uint64]

MAX_WORDS = 1 << 19
"""Words that one intermediate array may have; a batch that would need more is not evaluated."""
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_POOL_SEED = 20_240_601


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
            lines += [f"{name}({', '.join(map(str, args))}) = {value}" for args, value in sorted(table.items())]
        for (name, arity), tuples in self.predicates.items():
            shown = ", ".join(str(t[0]) if arity == 1 else f"({', '.join(map(str, t))})" for t in sorted(tuples))
            lines.append(f"{name} = {'true' if tuples else 'false'}" if arity == 0 else f"{name} = {{{shown}}}")
        return "\n".join(lines)


def _holds(f: S.Formula, m: Structure, env: dict[str, int]) -> bool:
    match f:
        case S.Truth(value):
            return value
        case S.Atom(name, args):
            return tuple([_denotes(arg, m, env) for arg in args]) in m.predicates[name, len(args)]
        case S.Equality(left, right):
            return _denotes(left, m, env) == _denotes(right, m, env)
        case S.Not(operand):
            return not _holds(operand, m, env)
        case S.And(operands):
            return all(_holds(part, m, env) for part in operands)
        case S.Or(operands):
            return any(_holds(part, m, env) for part in operands)
        case S.Xor(operands):
            return sum(_holds(part, m, env) for part in operands) % 2 == 1
        case S.Implies(left, right):
            return not _holds(left, m, env) or _holds(right, m, env)
        case S.Iff(left, right):
            return _holds(left, m, env) == _holds(right, m, env)
        case S.Quantified():
            found = sum(_holds(f.body, m, {**env, f.variable.name: e}) for e in range(m.size))
            return (
                found == m.size
                if isinstance(f, S.Forall)
                else found == 1
                if isinstance(f, S.ExistsUnique)
                else found > 0
            )
    raise UnsupportedError(f"{type(f).__name__} cannot be evaluated in a plain structure")


def _denotes(term: S.Node, m: Structure, env: dict[str, int]) -> int:
    match term:
        case S.Variable(name):
            return env[name] if name in env else m.constants[name]
        case S.Constant(name):
            return m.constants[name]
        case S.Function(name, args):
            return m.functions[name, len(args)][tuple([_denotes(arg, m, env) for arg in args])]
    raise UnsupportedError(f"{type(term).__name__} cannot be evaluated in a plain structure")


class Batch:
    """Structures of one size over a signature: predicate tables (n, …, n, W); function graphs (n, …, n, value n, W)."""

    def __init__(
        self, size: int, words: int, predicates: dict[tuple[str, int], Words], functions: dict[tuple[str, int], Words]
    ) -> None:
        self.size = size
        self.words = words
        self.predicates = predicates
        self.functions = functions

    def truth(self, formula: S.Formula, depth: int | None = None) -> Words:
        """The formula's truth in every structure, shape (W,), given its `quantifier_depth` where that is known.

        Raises `UnsupportedError` above `MAX_WORDS`.
        """
        depth = quantifier_depth(formula) if depth is None else depth
        if self.size**depth * self.words > MAX_WORDS:
            raise UnsupportedError(f"{depth} nested quantifiers over {self.size} elements are too many to evaluate")
        value = _Evaluation(self, depth).formula(formula, {})
        return np.broadcast_to(value.reshape(-1), (self.words,)) if value.size in (1, self.words) else value

    def structure(self, index: int) -> Structure:
        """One structure of the batch, by bit index (0 ≤ index < 64·W)."""
        word, bit = divmod(index, 64)

        def bits(table: Words) -> npt.NDArray[np.bool_]:
            return (table[..., word] >> np.uint64(bit) & np.uint64(1)).astype(bool)

        graphs = {key: bits(table) for key, table in self.functions.items()}
        return Structure(
            self.size,
            {key: frozenset(tuple(map(int, t)) for t in np.argwhere(bits(table))) if key[1] else
             (frozenset([()]) if bits(table) else frozenset()) for key, table in self.predicates.items()},
            {key: {tuple(map(int, args)): int(graph[args].argmax()) for args in np.ndindex(*graph.shape[:-1])}
             for key, graph in graphs.items() if key[1]},
            {key[0]: int(graph.argmax()) for key, graph in graphs.items() if not key[1]},
        )  # fmt: skip


def quantifier_depth(node: S.Node, bound: frozenset[str] = frozenset()) -> int:
    """Axes that evaluation needs: nested quantifiers, ∃! counting twice, one for each function level and free name."""
    inner = bound | {node.variable.name} if isinstance(node, S.Quantified) else bound
    below = max([quantifier_depth(child, inner) for child in node.children()], default=0)
    if isinstance(node, S.Quantified):
        return below + 1 + isinstance(node, S.ExistsUnique)
    if isinstance(node, (S.Atom, S.Equality)):
        return below + sum(not (isinstance(arg, S.Variable) and arg.name in bound) for arg in node.children())
    return below + len(node.children()) if isinstance(node, S.Function) else below


class _Evaluation:
    """Values are arrays with `axes` leading axes (size n where the value depends on that variable, else 1)."""

    def __init__(self, batch: Batch, axes: int) -> None:
        self.batch = batch
        self.n = batch.size
        self.axes = axes

    def formula(self, f: S.Formula, env: dict[str, int]) -> Words:
        match f:
            case S.Atom(name, args):
                return self.apply(self.batch.predicates[name, len(args)], args, env)
            case S.Not(operand):
                return ~self.formula(operand, env)
            case S.And(operands):
                return functools.reduce(np.bitwise_and, [self.formula(part, env) for part in operands])
            case S.Or(operands):
                return functools.reduce(np.bitwise_or, [self.formula(part, env) for part in operands])
            case S.Xor(operands):
                return functools.reduce(np.bitwise_xor, [self.formula(part, env) for part in operands])
            case S.Implies(left, right):
                return ~self.formula(left, env) | self.formula(right, env)
            case S.Iff(left, right):
                return ~(self.formula(left, env) ^ self.formula(right, env))
            case S.Quantified():
                return self.quantified(f, env)
            case S.Equality(left, right):
                return self.apply(_diagonal(self.n, self.batch.words), (left, right), env)
            case S.Truth(value):
                return np.full((1,) * self.axes + (self.batch.words,), _ALL if value else 0, dtype=np.uint64)
        raise UnsupportedError(f"{type(f).__name__} cannot be evaluated in plain structures")

    def quantified(self, f: S.Quantified, env: dict[str, int]) -> Words:
        axis = len(env) if f.variable.name not in env else max(env.values()) + 1
        axis = max([axis, *[place + 1 for place in env.values()]])
        value = self.formula(f.body, {**env, f.variable.name: axis})
        if isinstance(f, S.Forall):
            return np.bitwise_and.reduce(value, axis=axis, keepdims=True)
        if isinstance(f, S.Exists):
            return np.bitwise_or.reduce(value, axis=axis, keepdims=True)
        rows = np.moveaxis(np.broadcast_to(value, self.widened(value, axis)), axis, 0)
        once, twice = np.zeros_like(rows[0]), np.zeros_like(rows[0])
        for row in rows:
            twice = twice | (once & row)
            once = once | row
        return np.expand_dims(once & ~twice, axis)

    def widened(self, value: Words, axis: int) -> tuple[int, ...]:
        return (*value.shape[:axis], self.n, *value.shape[axis + 1 :])

    def apply(self, table: Words, args: tuple[S.Node, ...], env: dict[str, int]) -> Words:
        """A table at its arguments: variables become their axes; other terms get an axis that is summed out."""
        places: list[int] = []
        graphs: list[tuple[int, Words]] = []
        free = max([place + 1 for place in env.values()], default=0)
        for arg in args:
            if isinstance(arg, S.Variable) and arg.name in env:
                places.append(env[arg.name])
            else:
                graphs.append((free, self.graph(arg, env, free)))
                places.append(free)
                free += 1
        value = self.spread(table, places)
        for axis, graph in reversed(graphs):
            value = np.bitwise_or.reduce(value & graph, axis=axis, keepdims=True)
        return value

    def graph(self, term: S.Node, env: dict[str, int], axis: int) -> Words:
        """The bits of `term = element`, with the element on the given axis."""
        match term:
            case S.Variable(name) | S.Constant(name):
                return self.spread(self.batch.functions[name, 0], [axis])
            case S.Function(name, args):
                inner = {**env, "\0value": axis}
                return self.apply(self.batch.functions[name, len(args)], (*args, S.Variable("\0value")), inner)
        raise UnsupportedError(f"{type(term).__name__} cannot be evaluated in plain structures")

    def spread(self, table: Words, places: list[int]) -> Words:
        """The table with argument i on axis places[i]; a repeated place takes the diagonal."""
        if len(set(places)) < len(places):
            letters = {place: index for index, place in enumerate(dict.fromkeys(places))}
            table = np.einsum(table, [*[letters[place] for place in places], 25], [*letters.values(), 25])
            places = list(letters)
        order = sorted(range(len(places)), key=places.__getitem__)
        if order != list(range(len(places))):
            table = table.transpose(*order, len(places))
        shape = [1] * self.axes + [self.batch.words]
        for place in places:
            shape[place] = self.n
        return table.reshape(shape)


@functools.lru_cache(maxsize=64)
def _diagonal(n: int, words: int) -> Words:
    table = np.zeros((n, n, words), dtype=np.uint64)
    table[np.arange(n), np.arange(n)] = _ALL
    return table


# ---- sampled batches: deterministic, the same for a signature on every machine ---------------------------------------

WORDS = {1: 2, 2: 4, 3: 6, 4: 8}
"""Words in a sampled batch, by size of the universe."""


@functools.lru_cache(maxsize=256)
def _random_bits(slot: int, cells: int, words: int) -> Words:
    """Random words for one table: a third of the structures dense, a third sparse, a third even."""
    random = np.random.Generator(np.random.PCG64([_POOL_SEED, slot, cells, words]))
    a, b = random.integers(0, 1 << 64, size=(2, cells, words), dtype=np.uint64)
    dense, sparse = random.integers(0, 1 << 64, size=(2, words), dtype=np.uint64)
    return (a & ~sparse & ~dense) | (sparse & ~dense & a & b) | (dense & (a | b))


@functools.lru_cache(maxsize=256)
def _random_values(slot: int, size: int, cells: int, words: int) -> Words:
    """The graph (cells, size, words) of a random function: exactly one value a cell and structure."""
    random = np.random.Generator(np.random.PCG64([_POOL_SEED + 1, slot, size, cells, words]))
    values = random.integers(0, size, size=(cells, 1, words * 64))
    graph = values == np.arange(size)[None, :, None]
    return np.packbits(graph, axis=-1, bitorder="little").view(np.uint64)


def sampled_batches(signature: Signature, sizes: tuple[int, ...] = (1, 2, 3, 4)) -> Iterator[Batch]:
    """Batches of pseudo-random structures, small universes first, without sizes whose tables are too large."""
    widest = max([arity for _, arity in (*signature.predicates, *signature.functions)], default=0)
    for size in sizes:
        words = WORDS[size]
        if size ** (widest + 1) * words <= MAX_WORDS // 32:
            yield _batch(signature, size, words)


@functools.lru_cache(maxsize=256)
def _batch(signature: Signature, size: int, words: int) -> Batch:
    predicates = {
        (name, arity): _random_bits(slot, size**arity, words).reshape((size,) * arity + (words,))
        for slot, (name, arity) in enumerate(signature.predicates)
    }
    symbols = itertools.chain(signature.functions, ((name, 0) for name in signature.constants))
    functions = {
        (name, arity): _random_values(slot, size, size**arity, words).reshape((size,) * (arity + 1) + (words,))
        for slot, (name, arity) in enumerate(symbols)
    }
    return Batch(size, words, predicates, functions)


def first_bit(words: Words) -> int | None:
    """The index of the lowest set bit, or None."""
    nonzero = np.flatnonzero(words)
    if not nonzero.size:
        return None
    word = int(nonzero[0])
    value = int(words[word])
    return word * 64 + (value & -value).bit_length() - 1


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two formulas compare over the sampled structures of sizes 1 to 3.

    `models` and `countermodels` are Jaccard overlaps in [0, 1] of where both are true and where both are false;
    `constant` says that just one of them is true everywhere or false everywhere;
    `difference` is a structure that tells them apart, where a sample (of size 4 too) does.
    """

    models: float
    countermodels: float
    constant: bool
    difference: Structure | None


def agreement(left: S.Formula, right: S.Formula, signature: Signature) -> Agreement:
    """Compare two formulas over sampled structures; sizes too large to evaluate are left out."""
    both = either = left_true = right_true = total = 0
    found: Structure | None = None
    left_depth, right_depth = quantifier_depth(left), quantifier_depth(right)
    for batch in sampled_batches(signature):
        if batch.size == 4 and found is not None:
            break
        try:
            x, y = batch.truth(left, left_depth), batch.truth(right, right_depth)
        except UnsupportedError:
            break
        if found is None:
            index = first_bit(x ^ y)
            found = None if index is None else batch.structure(index)
        if batch.size < 4:
            both += _count(x & y)
            either += _count(x | y)
            left_true += _count(x)
            right_true += _count(y)
            total += 64 * batch.words
    return Agreement(
        models=both / either if either else 1.0,
        countermodels=(total - either) / (total - both) if total > both else 1.0,
        constant=(left_true in (0, total)) != (right_true in (0, total)),
        difference=found,
    )


def _count(words: Words) -> int:
    return int(np.bitwise_count(words).sum())

"""Sampled structures: deterministic, the same for a signature on every machine; and how two formulas compare there."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator

import numpy as np

from logic import syntax as S
from logic.deciding.finite import (
    MAX_WORDS,
    WORDS,
    Batch,
    Structure,
    Words,
    evaluable,
    first_bit,
    quantifier_depth,
)
from logic.deciding.verdict import Agreement
from logic.errors import UnsupportedError
from logic.symbols import Signature

_POOL_SEED = 20_240_601


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
    for size in sizes:
        if _tabulable(signature, size):
            yield batch(signature, (size,))


def sampled_model(
    formula: S.Formula, signature: Signature, sizes: tuple[int, ...] = (1, 2, 3, 4)
) -> Structure | None:
    """A sampled structure in which the formula is true, of the smallest size that has one; None where there is none."""
    for sample in sampled_batches(signature, sizes):
        try:
            index = first_bit(sample.truth(formula))
        except UnsupportedError:  # larger universes take more still
            return None
        if index is not None:
            return sample.structure(index)
    return None


def _tabulable(signature: Signature, size: int) -> bool:
    widest = max([arity for _, arity in (*signature.predicates, *signature.functions)], default=0)
    return size ** (widest + 1) * WORDS[size] <= MAX_WORDS // 32


@functools.lru_cache(maxsize=256)
def _sizes(signature: Signature, depth: int) -> tuple[int, ...]:
    """The sizes in which formulas of a quantifier depth can be evaluated."""
    return tuple([size for size in WORDS if _tabulable(signature, size) and evaluable(size, depth)])


@functools.lru_cache(maxsize=256)
def batch(signature: Signature, sizes: tuple[int, ...]) -> Batch:
    """Pseudo-random structures of all these sizes: those that a batch of each size has, in the same order."""
    symbols = itertools.chain(signature.functions, ((name, 0) for name in signature.constants))
    return Batch(
        sizes,
        {
            symbol: _predicate(slot, symbol[1], sizes)
            for slot, symbol in enumerate(signature.predicates)
        },
        {symbol: _function(slot, symbol[1], sizes) for slot, symbol in enumerate(symbols)},
    )


@functools.lru_cache(maxsize=256)
def _predicate(slot: int, arity: int, sizes: tuple[int, ...]) -> Words:
    """The table of a predicate, its structures of all sizes side by side."""
    return _side_by_side(
        [_random_bits(slot, n**arity, WORDS[n]).reshape((n,) * arity + (-1,)) for n in sizes],
        max(sizes),
    )


@functools.lru_cache(maxsize=256)
def _function(slot: int, arity: int, sizes: tuple[int, ...]) -> Words:
    """The same for the graph of a function."""
    return _side_by_side(
        [
            _random_values(slot, n, n**arity, WORDS[n]).reshape((n,) * (arity + 1) + (-1,))
            for n in sizes
        ],
        max(sizes),
    )


def _side_by_side(tables: list[Words], largest: int) -> Words:
    """Tables over universes of different sizes as one, with zeros for the elements that the smaller ones lack."""
    return np.concatenate(
        [np.pad(t, [(0, largest - t.shape[0])] * (t.ndim - 1) + [(0, 0)]) for t in tables], axis=-1
    )


def agreement(left: S.Formula, right: S.Formula, signature: Signature) -> Agreement:
    """Compare two formulas over sampled structures; sizes too large to evaluate are left out.

    The structures that the overlaps count are evaluated in one go; those of size 4 only where these agree.
    """
    sizes = _sizes(signature, max(quantifier_depth(left), quantifier_depth(right)))
    graded = batch(signature, tuple([size for size in sizes if size < 4]))
    x, y = _truth(graded, left), _truth(graded, right)
    found = _difference(graded, x, y)
    if found is None and 4 in sizes:
        larger = batch(signature, (4,))
        found = _difference(larger, _truth(larger, left), _truth(larger, right))
    both, either, left_true, right_true = [_count(words) for words in (x & y, x | y, x, y)]
    total = 64 * graded.words
    return Agreement(
        models=both / either if either else 1.0,
        countermodels=(total - either) / (total - both) if total > both else 1.0,
        constant=(left_true in (0, total)) != (right_true in (0, total)),
        difference=found,
    )


@functools.lru_cache(maxsize=256)
def _truth(sample: Batch, formula: S.Formula) -> Words:
    """Kept, since many candidates are compared with one reference."""
    return sample.truth(formula)


def _difference(sample: Batch, left: Words, right: Words) -> Structure | None:
    index = first_bit(left ^ right)
    return None if index is None else sample.structure(index)


def _count(words: Words) -> int:
    return int(np.bitwise_count(words).sum())

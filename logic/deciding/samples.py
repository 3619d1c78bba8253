"""Sampled structures, and how two formulas compare there.

They are deterministic: the same for a signature on every machine.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import NamedTuple

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
from logic.deciding.verdict import UNKNOWN_OVERLAP
from logic.errors import UnsupportedError
from logic.signatures.signature import Signature

SIZES = (1, 2, 3, 4)
"""Elements of the universes that are sampled."""
_GRADED = 3
"""The largest universe that counts for the overlaps; larger ones only tell apart."""
_POOL_SEED = 20_240_601
_MAX_TABLE = MAX_WORDS // 32
"""Words that one table may have, so that a few of them fit where one formula's values do."""


# ---- tables ----


@functools.lru_cache(maxsize=256)
def _random_bits(slot: int, cells: int, words: int) -> Words:
    """Random words for one table: a third of the structures dense, a third sparse, a third even."""
    random = np.random.Generator(np.random.PCG64([_POOL_SEED, slot, cells, words]))
    a, b = random.integers(
        0,
        1 << 64,
        size=(2, cells, words),
        dtype=np.uint64,
    )
    dense, sparse = random.integers(
        0,
        1 << 64,
        size=(2, words),
        dtype=np.uint64,
    )
    # A bit of a word stands for a structure: sparse ones have a cell in a quarter of the cases,
    # dense ones in three quarters, the others in half.
    even_tables = a & ~sparse & ~dense
    sparse_tables = sparse & ~dense & a & b
    dense_tables = dense & (a | b)
    return even_tables | sparse_tables | dense_tables


@functools.lru_cache(maxsize=256)
def _random_values(slot: int, size: int, cells: int, words: int) -> Words:
    """The graph (cells, size, words) of a random function: exactly one value a cell and structure."""
    random = np.random.Generator(np.random.PCG64([_POOL_SEED + 1, slot, size, cells, words]))
    values = random.integers(0, size, size=(cells, 1, words * 64))
    elements = np.arange(size)[None, :, None]
    bits = np.packbits(
        values == elements,
        axis=-1,
        bitorder="little",
    )
    return bits.view(np.uint64)


@functools.lru_cache(maxsize=256)
def _predicate(slot: int, arity: int, sizes: tuple[int, ...]) -> Words:
    """The table of a predicate, its structures of all sizes side by side."""
    tables = []
    for size in sizes:
        bits = _random_bits(slot, size**arity, WORDS[size])
        shape = (size,) * arity
        tables.append(bits.reshape((*shape, -1)))
    return _side_by_side(tables, max(sizes))


@functools.lru_cache(maxsize=256)
def _function(slot: int, arity: int, sizes: tuple[int, ...]) -> Words:
    """The same for the graph of a function."""
    tables = []
    for size in sizes:
        graph = _random_values(
            slot,
            size,
            size**arity,
            WORDS[size],
        )
        shape = (size,) * (arity + 1)
        tables.append(graph.reshape((*shape, -1)))
    return _side_by_side(tables, max(sizes))


def _side_by_side(tables: list[Words], largest: int) -> Words:
    """Tables over universes of different sizes as one.

    There are zeros for the elements that the smaller ones lack.
    """
    padded = []
    for table in tables:
        lacking = largest - table.shape[0]
        margins = [(0, lacking)] * (table.ndim - 1)
        padded.append(np.pad(table, [*margins, (0, 0)]))
    return np.concatenate(padded, axis=-1)


# ---- batches ----


@functools.lru_cache(maxsize=256)
def batch(signature: Signature, sizes: tuple[int, ...]) -> Batch:
    """Pseudo-random structures of all these sizes.

    They are those that a batch of each size has, in the same order.
    """
    predicates = {}
    for slot, (name, arity) in enumerate(signature.predicates):
        predicates[name, arity] = _predicate(slot, arity, sizes)
    symbols = [*signature.functions, *[(name, 0) for name in signature.constants]]
    functions = {}
    for slot, (name, arity) in enumerate(symbols):
        functions[name, arity] = _function(slot, arity, sizes)
    return Batch(sizes, predicates, functions)


def sampled_batches(signature: Signature, sizes: tuple[int, ...] = SIZES) -> Iterator[Batch]:
    """Batches of pseudo-random structures, small universes first.

    Sizes whose tables are too large are left out.
    """
    for size in sizes:
        if _tabulable(signature, size):
            yield batch(signature, (size,))


def sampled_model(
    formula: S.Formula, signature: Signature, sizes: tuple[int, ...] = SIZES
) -> Structure | None:
    """A sampled structure in which the formula is true, of the smallest size that has one.

    None where there is none.
    """
    for sample in sampled_batches(signature, sizes):
        try:
            index = first_bit(sample.truth(formula))
        except UnsupportedError:  # larger universes take more still
            return None
        if index is not None:
            return sample.structure(index)
    return None


def _tabulable(signature: Signature, size: int) -> bool:
    """Whether every table fits; a function's has one more place, for its value."""
    symbols = (*signature.predicates, *signature.functions)
    widest = max([arity for _, arity in symbols], default=0)
    words: int = size ** (widest + 1) * WORDS[size]
    return words <= _MAX_TABLE


# ---- how two formulas compare ----


@functools.lru_cache(maxsize=256)
def _sizes(signature: Signature, depth: int) -> tuple[int, ...]:
    """The sizes in which formulas of a quantifier depth can be evaluated."""
    sizes = [size for size in WORDS if _tabulable(signature, size)]
    return tuple([size for size in sizes if evaluable(size, depth)])


class Compared(NamedTuple):
    """How two formulas compare over sampled structures: the overlaps of `Agreement`, and what tells them apart."""

    models: float
    countermodels: float
    values: tuple[bool | None, bool | None]
    """The value that each has in all of the structures; None where it has both."""
    difference: Structure | None


def compared(left: S.Formula, right: S.Formula, signature: Signature) -> Compared:
    """Compare two formulas over sampled structures; sizes too large to evaluate are left out.

    The structures that the overlaps count are evaluated in one go; those of size 4 only where these
    agree.
    """
    depth = max(quantifier_depth(left), quantifier_depth(right))
    sizes = _sizes(signature, depth)
    graded = batch(signature, tuple([size for size in sizes if size <= _GRADED]))
    left_truth, right_truth = _truth(graded, left), _truth(graded, right)
    difference = _difference(graded, left_truth, right_truth)
    if difference is None:
        difference = _difference_in_larger(left, right, signature, sizes)
    total = 64 * graded.words
    both = _count(left_truth & right_truth)
    either = _count(left_truth | right_truth)
    either_false = total - both
    return Compared(
        models=both / either if either else UNKNOWN_OVERLAP,
        countermodels=(total - either) / either_false if either_false else UNKNOWN_OVERLAP,
        values=(_only_value(left_truth, total), _only_value(right_truth, total)),
        difference=difference,
    )


def _difference_in_larger(
    left: S.Formula, right: S.Formula, signature: Signature, sizes: tuple[int, ...]
) -> Structure | None:
    """A structure of size 4 that tells the formulas apart."""
    if SIZES[-1] not in sizes:
        return None
    larger = batch(signature, SIZES[-1:])
    return _difference(larger, _truth(larger, left), _truth(larger, right))


@functools.lru_cache(maxsize=256)
def _truth(sample: Batch, formula: S.Formula) -> Words:
    """Kept, since many candidates are compared with one reference."""
    return sample.truth(formula)


def _difference(sample: Batch, left: Words, right: Words) -> Structure | None:
    index = first_bit(left ^ right)
    return None if index is None else sample.structure(index)


def _only_value(truth: Words, total: int) -> bool | None:
    """The value that a formula has in all structures; None where it has both."""
    true = _count(truth)
    return true > 0 if true in (0, total) else None


def _count(words: Words) -> int:
    return int(np.bitwise_count(words).sum())

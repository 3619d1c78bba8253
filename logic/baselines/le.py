"""Logical equivalence (LE) as published: agreement of truth tables, whatever the quantifiers say.

Both scores give 1.0 to `∀x P(x)` against `∃x P(x)`; they are here to be compared with, not to train
on.
"""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence

from logic.baselines.flat import Flat, read_flat
from logic.baselines.similarity import Similarity, lexical

MAX_LITERALS = 16
"""Distinct literals that a truth table may have.

More would be over 65,536 rows, and the score is None.
"""
MAX_BINDINGS = 1_000
"""Bindings that LogicLLaMA's LE tries."""
MAX_CHARACTERS = 180
"""Characters a formula may have for S-GRPO's LE; longer ones score 0."""
MAX_CONNECTIVES = 5
"""Conjunction signs, and likewise disjunction signs, a formula may have for S-GRPO's LE.

More score 0.
"""
ALIGNMENT_THRESHOLD = 0.6
"""The similarity of two literals below which preference alignment throws a binding away."""

_FAR = 10_000
"""The distance of a literal from a dummy: any other is nearer."""


def le_logicllama(*, candidate: str, reference: str) -> float | None:
    """LE of LogicLLaMA (Yang et al. 2023, arXiv 2305.15541), in [0, 1].

    Literals are bound to literals, nearest in edit distance first; the best of up to `MAX_BINDINGS`
    bindings counts. An unreadable candidate is 0.0, an unreadable reference or one over
    `MAX_LITERALS` is None.
    """
    right = read_flat(reference)
    if right is None:
        return None
    left = read_flat(candidate)
    if left is None:
        return 0.0
    width = max(len(left.literals), len(right.literals))
    if width > MAX_LITERALS:
        return None
    table = _Table(width)
    target = right.column(table.inputs, table.ones)
    bindings = _nearest_first(right.literals, left.literals, width)
    agreements = []
    for binding in itertools.islice(bindings, MAX_BINDINGS):
        inputs = [table.inputs[row] for row in binding]
        agreements.append(table.agreement(left, inputs, target))
    return max(agreements)


def le_sgrpo(
    *,
    candidate: str,
    reference: str,
    similarity: Similarity = lexical,
    threshold: float | None = None,
) -> float | None:
    """LE as published with S-GRPO (Jian and Zhu 2025, arXiv 2512.14100), in [0, 1].

    Each reference literal takes the candidate literal most similar to it (the published similarity
    is the cosine of all-MiniLM-L6-v2, see `SentenceEmbedding`). Where several take the same one,
    each of them has it in turn and the others stand alone. With `threshold` a binding with a less
    similar pair is thrown away (`ALIGNMENT_THRESHOLD` for preference alignment).

    Formulas over `MAX_CHARACTERS` or `MAX_CONNECTIVES` score 0.0, and so does an unreadable
    candidate; an unreadable reference or more than `MAX_LITERALS` literals give None.
    """
    if _refused(candidate) or _refused(reference):
        return 0.0
    right = read_flat(reference, by_bracket=True)
    if right is None:
        return None
    left = read_flat(candidate, by_bracket=True)
    if left is None:
        return 0.0
    scores = similarity(right.literals, left.literals)
    return _best_agreement(left, right, scores, threshold)


def _best_agreement(
    left: Flat,
    right: Flat,
    scores: list[list[float]],
    threshold: float | None,
) -> float | None:
    """The highest agreement of any binding; None for a table that would be too large."""
    nearest = [max(range(len(row)), key=row.__getitem__) for row in scores]
    # Candidate literals that none is nearest to stand alone: each is an input of its own.
    alone = [index for index in range(len(left.literals)) if index not in nearest]
    width = len(right.literals) + len(alone)
    if width > MAX_LITERALS:
        return None
    table = _Table(width)
    target = right.column(table.inputs, table.ones)
    fresh = dict(
        zip(
            alone,
            table.inputs[len(right.literals) :],
            strict=True,
        )
    )
    best = 0.0
    for owners in _owners(nearest):
        if threshold is not None and _weakest(owners, scores) < threshold:
            continue
        columns = dict(fresh)
        for index, owner in owners.items():
            columns[index] = table.inputs[owner]
        inputs = [columns[index] for index in range(len(left.literals))]
        best = max(best, table.agreement(left, inputs, target))
    return best


def _refused(text: str) -> bool:
    """Whether S-GRPO's LE scores a text 0 for its length alone."""
    if len(text) > MAX_CHARACTERS:
        return True
    return max(text.count("∧"), text.count("∨")) > MAX_CONNECTIVES


def _weakest(owners: dict[int, int], scores: list[list[float]]) -> float:
    """The similarity of the least similar pair of a binding."""
    return min(scores[owner][index] for index, owner in owners.items())


class _Table:
    """A truth table over `width` inputs.

    Each column is one integer with a bit for each of the 2**width rows.
    """

    def __init__(self, width: int) -> None:
        self.rows = 1 << width
        self.ones = (1 << self.rows) - 1
        self.inputs = [_input_column(number, self.rows) for number in range(width)]

    def agreement(self, flat: Flat, inputs: Sequence[int], target: int) -> float:
        """Share of rows on which the proposition and the target column agree."""
        differing = flat.column(inputs, self.ones) ^ target
        return 1.0 - differing.bit_count() / self.rows


@functools.cache
def _input_column(number: int, rows: int) -> int:
    """Runs of 2**number zeros and ones by turns, `rows` bits in all."""
    run = 1 << number
    column = ((1 << run) - 1) << run
    length = 2 * run
    while length < rows:
        column |= column << length
        length *= 2
    return column


def _nearest_first(
    reference: Sequence[str], candidate: Sequence[str], width: int
) -> Iterator[list[int]]:
    """Every binding of candidate literals to rows, greedily the nearest first.

    Where one side has fewer literals, the missing ones are dummies.
    """
    orders = []
    for row in range(width):
        distances = []
        for index in range(width):
            if row < len(reference) and index < len(candidate):
                distances.append(edit_distance(reference[row], candidate[index]))
            else:
                distances.append(_FAR)
        orders.append(sorted(range(width), key=distances.__getitem__))
    binding = [0] * width

    def bind(row: int, used: int) -> Iterator[list[int]]:
        """All bindings of the rows from this one on; `used` has a bit for each bound literal."""
        if row == width:
            yield binding
            return
        for index in orders[row]:
            if not used >> index & 1:
                binding[index] = row
                yield from bind(row + 1, used | 1 << index)

    return bind(0, 0)


def _owners(nearest: Sequence[int]) -> Iterator[dict[int, int]]:
    """Candidate literal -> the reference literal that has it.

    One for every way to settle the literals that are nearest to several.
    """
    rivals: dict[int, list[int]] = defaultdict(list)
    for row, index in enumerate(nearest):
        rivals[index].append(row)
    for rows in itertools.product(*rivals.values()):
        yield dict(zip(rivals, rows, strict=True))


@functools.lru_cache(maxsize=65_536)
def edit_distance(left: str, right: str) -> int:
    """Levenshtein distance: insertions, deletions and substitutions of one character."""
    row = list(range(len(right) + 1))
    for i, first in enumerate(left, 1):
        diagonal, row[0] = row[0], i
        for j, second in enumerate(right, 1):
            cost = min(
                row[j] + 1,
                row[j - 1] + 1,
                diagonal + (first != second),
            )
            diagonal, row[j] = row[j], cost
    return row[-1]

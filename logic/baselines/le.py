"""Logical equivalence (LE) as published: agreement of truth tables over literals, whatever the quantifiers say.

Both scores give 1.0 to `∀x P(x)` against `∃x P(x)`; they are here to be compared with, not to train on.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence

from logic.baselines.flat import Flat, read_flat
from logic.baselines.similarity import Similarity, lexical

MAX_LITERALS = 16
"""Distinct literals that a truth table may have: more would be over 65,536 rows, and the score is None."""
MAX_BINDINGS = 1_000
"""Bindings that LogicLLaMA's LE tries."""
MAX_CHARACTERS = 180
"""Characters a formula may have for S-GRPO's LE; longer ones score 0."""
MAX_CONNECTIVES = 5
"""Conjunction signs, and likewise disjunction signs, a formula may have for S-GRPO's LE; more score 0."""
ALIGNMENT_THRESHOLD = 0.6
"""The similarity of two literals below which preference alignment throws a binding away."""


def le_logicllama(*, candidate: str, reference: str) -> float | None:
    """LE of LogicLLaMA (Yang et al. 2023, arXiv 2305.15541), in [0, 1].

    Literals are bound to literals, nearest in edit distance first; the best of up to `MAX_BINDINGS` bindings counts.
    An unreadable candidate is 0.0, an unreadable reference or one over `MAX_LITERALS` is None.
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
    bindings = itertools.islice(_nearest_first(right.literals, left.literals, width), MAX_BINDINGS)
    return max(
        table.agreement(left, [table.inputs[place] for place in binding], target)
        for binding in bindings
    )


def le_sgrpo(
    *,
    candidate: str,
    reference: str,
    similarity: Similarity = lexical,
    threshold: float | None = None,
) -> float | None:
    """LE as published with S-GRPO (Jian and Zhu 2025, arXiv 2512.14100), in [0, 1].

    Each reference literal takes the candidate literal most similar to it (the published similarity is the cosine of
    all-MiniLM-L6-v2, see `SentenceEmbedding`). Where several take the same one, each of them has it in turn and
    the others stand alone. With `threshold` a binding with a less similar pair is thrown away
    (`ALIGNMENT_THRESHOLD` for preference alignment).
    Formulas over `MAX_CHARACTERS` or `MAX_CONNECTIVES` score 0.0, and so does an unreadable candidate; an unreadable
    reference or more than `MAX_LITERALS` literals give None.
    """
    if any(_refused(text) for text in (candidate, reference)):
        return 0.0
    right = read_flat(reference, by_bracket=True)
    if right is None:
        return None
    left = read_flat(candidate, by_bracket=True)
    if left is None:
        return 0.0
    scores = similarity(right.literals, left.literals)
    nearest = [max(range(len(row)), key=row.__getitem__) for row in scores]
    unused = [place for place in range(len(left.literals)) if place not in nearest]
    width = len(right.literals) + len(unused)
    if width > MAX_LITERALS:
        return None
    table = _Table(width)
    target = right.column(table.inputs, table.ones)
    fresh = dict(zip(unused, table.inputs[len(right.literals) :], strict=True))
    best = 0.0
    for owners in _owners(nearest):
        if threshold is not None and any(
            scores[owner][place] < threshold for place, owner in owners.items()
        ):
            continue
        columns = fresh | {place: table.inputs[owner] for place, owner in owners.items()}
        best = max(
            best,
            table.agreement(left, [columns[place] for place in range(len(left.literals))], target),
        )
    return best


def _refused(text: str) -> bool:
    return len(text) > MAX_CHARACTERS or max(text.count("∧"), text.count("∨")) > MAX_CONNECTIVES


class _Table:
    """A truth table over `width` inputs, each column one integer with a bit for each of the 2**width rows."""

    def __init__(self, width: int) -> None:
        self.rows = 1 << width
        self.ones = (1 << self.rows) - 1
        self.inputs = [_input_column(place, self.rows) for place in range(width)]

    def agreement(self, flat: Flat, inputs: Sequence[int], target: int) -> float:
        """Share of rows on which the proposition and the target column agree."""
        return 1.0 - (flat.column(inputs, self.ones) ^ target).bit_count() / self.rows


@functools.cache
def _input_column(place: int, rows: int) -> int:
    """Runs of 2**place zeros and ones by turns, `rows` bits in all."""
    run = 1 << place
    column, length = ((1 << run) - 1) << run, 2 * run
    while length < rows:
        column |= column << length
        length *= 2
    return column


def _nearest_first(
    reference: Sequence[str], candidate: Sequence[str], width: int
) -> Iterator[list[int]]:
    """Every binding of candidate literals to columns, greedily the nearest first; missing literals are dummies."""
    far = 10_000
    orders = []
    for row in range(width):
        distances = [
            edit_distance(reference[row], candidate[place])
            if row < len(reference) and place < len(candidate)
            else far
            for place in range(width)
        ]
        orders.append(sorted(range(width), key=distances.__getitem__))
    binding = [0] * width

    def bind(row: int, used: int) -> Iterator[list[int]]:
        if row == width:
            yield binding
            return
        for place in orders[row]:
            if not used >> place & 1:
                binding[place] = row
                yield from bind(row + 1, used | 1 << place)

    return bind(0, 0)


def _owners(nearest: Sequence[int]) -> Iterator[dict[int, int]]:
    """Candidate literal -> the reference literal that has it, for every way to settle literals wanted by several."""
    wanted: dict[int, list[int]] = {}
    for row, place in enumerate(nearest):
        wanted.setdefault(place, []).append(row)
    for rows in itertools.product(*wanted.values()):
        yield dict(zip(wanted, rows, strict=True))


@functools.lru_cache(maxsize=65_536)
def edit_distance(left: str, right: str) -> int:
    """Levenshtein distance: insertions, deletions and substitutions of one character."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1]

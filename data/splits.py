"""Groups of rows that belong together, and subsets and splits that never divide one."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from random import Random
from typing import TypeVar

from data.records import DataError, Quarantined, Record

RecordT = TypeVar("RecordT", bound=Record)


def families(links: Sequence[Iterable[Hashable]]) -> list[int]:
    """For each item, the first item it is tied to: two items are tied where they share a link, or a third ties them.

    `links[i]` are the things (sentences, formulas, a story's name) that item i may share with another.
    """
    parent = list(range(len(links)))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    first: dict[Hashable, int] = {}
    for item, shared in enumerate(links):
        for link in shared:
            one, two = sorted((root(item), root(first.setdefault(link, item))))
            parent[two] = one
    return [root(item) for item in range(len(links))]


def squeeze(text: str) -> str:
    """The text without its blanks: two spellings of one sentence or formula that differ in blanks agree."""
    return "".join(text.split())


def _links(row: Record) -> list[tuple[str, str]]:
    return [(name, squeeze(text)) for name, text in row.parts().items()]


def tie(rows: Sequence[RecordT]) -> list[RecordT]:
    """The rows with their groups joined wherever two groups share a text (a sentence or a formula, say)."""
    roots = families([[("group of", row.group), *_links(row)] for row in rows])
    return [replace(row, group=rows[top].group) for row, top in zip(rows, roots, strict=True)]  # type: ignore[type-var]


def distinct(rows: Sequence[RecordT]) -> tuple[list[RecordT], list[Quarantined]]:
    """The rows without those that repeat an earlier one, and these with the reason."""
    first: dict[tuple[tuple[str, str], ...], RecordT] = {}
    faults: list[Quarantined] = []
    for row in rows:
        earlier = first.setdefault(
            (*_links(row), ("answer", row.answer()), *row.extras().items()), row
        )
        if earlier is not row:
            place = "" if earlier.source == row.source else f" of {earlier.source}"
            faults.append(Quarantined(row.source, row.row, f"repeats row {earlier.row}{place}"))
    return list(first.values()), faults


def unseen(
    rows: Sequence[RecordT], train: Iterable[Record]
) -> tuple[list[RecordT], list[Quarantined]]:
    """The rows that share no text with the training rows, and the others with the reason."""
    known = {link for row in train for link in _links(row)}
    kept: list[RecordT] = []
    faults: list[Quarantined] = []
    for row in rows:
        where = [name for name, text in _links(row) if (name, text) in known]
        if where:
            faults.append(Quarantined(row.source, row.row, f"{' and '.join(where)} also in train"))
        else:
            kept.append(row)
    return kept, faults


def take(rows: Sequence[RecordT], size: int | None, seed: int) -> list[RecordT]:
    """At most `size` rows as whole groups, drawn in an order that the seed decides; all rows for None.

    Raises DataError where every group is larger than that.
    """
    if size is None or size >= len(rows):
        return list(rows)
    groups: dict[str, list[RecordT]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    rng = Random(f"take/{seed}")
    taken: list[RecordT] = []
    for members in sorted(groups.values(), key=lambda _: rng.random()):
        if len(taken) + len(members) <= size:
            taken += members
    if not taken:
        smallest = min(map(len, groups.values()))
        raise DataError(f"size {size}: groups are kept whole, and the smallest has {smallest} rows")
    return taken


def share(group: str, percent: Mapping[str, int]) -> str:
    """The split a group falls into: the same for every seed and machine. `percent` adds up to 100."""
    point = int.from_bytes(blake2b(group.encode(), digest_size=4).digest(), "big") % 100
    for split, width in percent.items():
        if point < width:
            return split
        point -= width
    raise ValueError(f"shares add up to {sum(percent.values())}, not 100")

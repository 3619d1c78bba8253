"""Groups of rows that belong together, and subsets and splits that never divide one."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from random import Random

from data.records import DataError, Translation


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


def tie(rows: Sequence[Translation]) -> list[Translation]:
    """The rows with their groups joined wherever two groups share a sentence or a formula."""
    roots = families([("group " + r.group, "s" + squeeze(r.sentence), "f" + squeeze(r.formula)) for r in rows])
    return [replace(row, group=rows[top].group) for row, top in zip(rows, roots, strict=True)]


def take(rows: Sequence[Translation], size: int | None, seed: int) -> list[Translation]:
    """At most `size` rows as whole groups, drawn in an order that the seed decides; all rows for None.

    Raises DataError where every group is larger than that.
    """
    if size is None or size >= len(rows):
        return list(rows)
    groups: dict[str, list[Translation]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    rng = Random(f"take/{seed}")
    taken: list[Translation] = []
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

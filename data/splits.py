"""Groups of rows that belong together, and subsets and splits that never divide one."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from random import Random

from data.corpus import Quarantined, RecordT
from data.records import DataError, Record

SINGLE_FILE = {"train": 80, "validation": 10, "test": 10}
"""Percent of the groups in each split of a single file, which has no splits of its own."""


def families(links: Sequence[Iterable[Hashable]]) -> list[int]:
    """For each item, the first item it is tied to.

    `links[i]` are the things (sentences, formulas, a story's name) that item i may share with
    another. Two items are tied where they share a link, or a third ties them.
    """
    parents = list(range(len(links)))
    owners: dict[Hashable, int] = {}
    for item, item_links in enumerate(links):
        for link in item_links:
            owner = owners.setdefault(link, item)
            root = _root(parents, item)
            other = _root(parents, owner)
            # The lower item becomes the root, so that a family is named after its first item.
            parents[max(root, other)] = min(root, other)
    return [_root(parents, item) for item in range(len(links))]


def _root(parents: list[int], item: int) -> int:
    while parents[item] != item:
        # Halving the path as it is walked keeps the trees flat.
        parents[item] = parents[parents[item]]
        item = parents[item]
    return item


def squeeze(text: str) -> str:
    """The text without its blanks, so that two spellings which differ in blanks agree."""
    return "".join(text.split())


def _links(row: Record) -> list[tuple[str, str]]:
    parts = row.parts()
    return [(name, squeeze(text)) for name, text in parts.items()]


def tie(rows: Sequence[RecordT]) -> list[RecordT]:
    """The rows with their groups joined wherever two groups share a text."""
    links = [[("group of", row.group), *_links(row)] for row in rows]
    roots = families(links)
    tied: list[RecordT] = []
    for row, root in zip(rows, roots, strict=True):
        first = rows[root]
        tied.append(replace(row, group=first.group))
    return tied


def distinct(rows: Sequence[RecordT]) -> tuple[list[RecordT], list[Quarantined]]:
    """The rows without those that repeat an earlier one, and these with the reason."""
    first: dict[tuple[tuple[str, str], ...], RecordT] = {}
    faults: list[Quarantined] = []
    for row in rows:
        texts = (
            *_links(row),
            ("answer", row.answer()),
            *row.extras().items(),
        )
        earlier = first.setdefault(texts, row)
        if earlier is row:
            continue
        reason = f"repeats row {earlier.row}"
        if earlier.source != row.source:
            reason += f" of {earlier.source}"
        faults.append(Quarantined.of(row, reason))
    rows = list(first.values())
    return rows, faults


def unseen(
    rows: Sequence[RecordT], train: Iterable[Record]
) -> tuple[list[RecordT], list[Quarantined]]:
    """The rows that share no text with the training rows, and the others with the reason."""
    train_links: set[tuple[str, str]] = set()
    for record in train:
        train_links.update(_links(record))
    clean: list[RecordT] = []
    faults: list[Quarantined] = []
    for row in rows:
        leaks = [link for link in _links(row) if link in train_links]
        if leaks:
            parts = " and ".join(name for name, _ in leaks)
            reason = f"{parts} also in train"
            faults.append(Quarantined.of(row, reason))
        else:
            clean.append(row)
    return clean, faults


def take(rows: Sequence[RecordT], size: int | None, seed: int) -> list[RecordT]:
    """At most `size` rows as whole groups, in an order that the seed decides; all rows for None.

    Raises DataError where every group is larger than that.
    """
    if size is None or size >= len(rows):
        return list(rows)
    groups: dict[str, list[RecordT]] = {}
    for row in rows:
        members = groups.setdefault(row.group, [])
        members.append(row)
    rng = Random(f"take/{seed}")
    # Sorting by random() and not shuffle(): its stream is the same in every version of Python.
    order = sorted(groups.values(), key=lambda _: rng.random())
    subset: list[RecordT] = []
    for members in order:
        if len(subset) + len(members) <= size:
            subset += members
    if not subset:
        smallest = min(map(len, order))
        raise DataError(f"size {size}: groups are kept whole, and the smallest has {smallest} rows")
    return subset


def share(group: str, percent: Mapping[str, int]) -> str:
    """The split a group falls into: the same for every seed and machine.

    `percent` adds up to 100. Raises ValueError where it does not.
    """
    point = _digest(group) % 100
    for split, width in percent.items():
        if point < width:
            return split
        point -= width
    raise ValueError(f"shares add up to {sum(percent.values())}, not 100")


def _digest(group: str) -> int:
    return int.from_bytes(blake2b(group.encode(), digest_size=4).digest(), "big")


def shares_of_file(file: Path, split: str) -> Mapping[str, int] | None:
    """The shares a single file is divided by; None for its split "all", the whole file.

    Raises DataError for a split that a single file does not have.
    """
    if split == "all":
        return None
    if split not in SINGLE_FILE:
        splits = ", ".join(SINGLE_FILE)
        raise DataError(f"{file}: no split {split!r}; a single file has {splits} and all")
    return SINGLE_FILE


def portion(rows: Sequence[RecordT], shares: Mapping[str, int] | None, split: str) -> list[RecordT]:
    """The rows whose group falls into a split; all of them where nothing is divided."""
    if shares is None:
        return list(rows)
    division = _division([row.group for row in rows], shares)
    return [row for row in rows if division[row.group] == split]


def _division(groups: Sequence[str], shares: Mapping[str, int]) -> dict[str, str]:
    """The split of each group. Of few groups each split gets one, if there are enough."""
    division = {group: share(group, shares) for group in groups}
    is_whole = set(division.values()) == set(shares)
    if is_whole or len(division) < len(shares):
        return division
    order = sorted(division, key=_digest)
    largest = max(shares, key=shares.__getitem__)
    for split, width in shares.items():
        if split != largest:
            count = max(1, len(order) * width // 100)
            division |= dict.fromkeys(order[:count], split)
            order = order[count:]
    return division | dict.fromkeys(order, largest)


def require_split(name: str, split: str, splits: Collection[str]) -> None:
    """Raises DataError where a data set has no such split."""
    if split not in splits:
        listing = ", ".join(splits)
        raise DataError(f"{name} has no split {split!r}; it has {listing}")

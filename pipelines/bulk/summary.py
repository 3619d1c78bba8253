"""What a summary of judged rows counts; summaries of shards add up to that of all rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.table import Table

from data.files import Columns
from pipelines.bulk.judging import BROKEN

EQUIVALENT = "proved"
ALWAYS_SHOWN = ("rows", "equivalent")  # be it 0
MOST_FAULTS = 20
"""Broken rows that are named; all are counted, and kept with their reasons."""

Fault = tuple[str, int, str]
"""The source, the row's number in it, and what is wrong."""


@dataclass
class Summary:
    """Counts of verdicts, the sum of the scores, and the first rows that could not be judged."""

    rows: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    relations: Counter[str] = field(default_factory=Counter)
    """Of the refuted."""
    scored: int = 0
    total: float = 0.0
    faults: list[Fault] = field(default_factory=list)

    @classmethod
    def of(cls, rows: list[Columns], source: str) -> Summary:
        """Of the results of a source's rows."""
        summary = cls()
        for row in rows:
            summary._add(row, source)
        return summary

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Summary:
        """The summary that `to_dict` gave."""
        counts = {name: Counter(plain[name]) for name in ("verdicts", "relations")}
        faults: list[Fault] = [(source, row, why) for source, row, why in plain["faults"]]
        return cls(**{**plain, **counts, "faults": faults})

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        counts = {"verdicts": dict(self.verdicts), "relations": dict(self.relations)}
        return {**vars(self), **counts}

    def _add(self, row: Columns, source: str) -> None:
        self.rows += 1
        verdict, score = row["verdict"], row["score"]
        self.verdicts[verdict] += 1
        if verdict == "refuted" and row["relation"] is not None:
            self.relations[row["relation"]] += 1
        if score is not None:
            self.scored += 1
            self.total += score
        if verdict == BROKEN and len(self.faults) < MOST_FAULTS:
            self.faults.append((source, row["row"], row["error"]))

    def merge(self, other: Summary) -> None:
        """Add the counts of the rows that follow."""
        self.rows += other.rows
        self.verdicts += other.verdicts
        self.relations += other.relations
        self.scored += other.scored
        self.total += other.total
        self.faults = [*self.faults, *other.faults][:MOST_FAULTS]

    @property
    def broken(self) -> int:
        """How many rows could not be judged for what they are."""
        return self.verdicts[BROKEN]

    def figures(self) -> dict[str, Any]:
        """What the command prints."""
        return {
            "rows": self.rows,
            "equivalent": self.verdicts[EQUIVALENT],
            "refuted": self.verdicts["refuted"],
            "refuted_as": dict(self.relations),
            "unreadable": self.verdicts["unreadable"],
            "not_judged": self.verdicts["unknown"],
            "broken": self.broken,
            "mean_score": self.total / self.scored if self.scored else None,
        }


def total(summaries: Mapping[str, Summary]) -> Summary:
    """The sum of the summaries of shards, by their keys: in order, whatever order they came in."""
    whole = Summary()
    for key in sorted(summaries):
        whole.merge(summaries[key])
    return whole


def summary_table(figures: dict[str, Any]) -> Table:
    """The figures of a summary for a terminal."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    relations = sorted(figures["refuted_as"].items())
    for key in ("rows", "equivalent", "refuted", "unreadable", "not_judged", "broken"):
        count = figures[key]
        if not count and key not in ALWAYS_SHOWN:
            continue
        note = ""
        if key == "refuted":
            note = ", ".join(f"{number} {relation}" for relation, number in relations)
        table.add_row(
            key.replace("_", " "),
            f"{count:,}",
            note,
        )
    if figures["mean_score"] is not None:
        table.add_row("mean score", f"{figures['mean_score']:.3f}", "")
    return table

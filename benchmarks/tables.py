"""What the tables of benchmarks share: cells with their spread over seeds, tests, and how a table is written."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from rich.table import Table
from scipy import stats

from pipelines.judging.intervals import probability, sign_test


def table_of(title: str, head: tuple[str, ...], rows: list[list[str]]) -> Table:
    """A table whose rows begin with their names."""
    table = Table("", *head, title=title)
    for row in rows:
        table.add_row(*row)
    return table


def as_markdown(table: Table) -> str:
    """The table as Markdown, less its title."""
    columns = [list(column.cells) for column in table.columns]
    head = [str(column.header) for column in table.columns]
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *map(list, zip(*columns, strict=True))]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def deviating(values: list[float]) -> str:
    """Mean share ± standard deviation, in percent."""
    mean = f"{100 * statistics.mean(values):.1f}"
    if _are_one(values):
        return mean
    deviation = 100 * statistics.stdev(values)
    return f"{mean} ± {deviation:.1f}" if deviation >= 0.05 else f"{mean} ± {deviation:.2f}"


def t_test(leads: list[float]) -> str:
    """p of the leads of the seeds, in words; where they are all the same there is no test."""
    if _are_one(leads):
        return "no test"
    return probability(float(stats.ttest_1samp(leads, 0.0).pvalue))


def better_and_worse(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """Of how many items one of two gets more than the other, with p of the sign test.

    What several seeds get of an item is to be added up first: they hang together.
    """
    better = sum(one > two for one, two in zip(ours, theirs, strict=True))
    worse = sum(one < two for one, two in zip(ours, theirs, strict=True))
    return f"{better} / {worse} ({probability(sign_test(better, worse))})"


def _are_one(values: list[float]) -> bool:
    """Whether all are the same but for rounding: those of one seed, of one model for all, or by chance."""
    return len({round(value, 9) for value in values}) < 2

"""MALLS: sentences and formulas written by GPT-4.

Yang et al., "Harnessing the Power of Large Language Models for Natural Language to First-Order
Logic Translation", arXiv 2305.15541; CC-BY-NC-4.0; on the hub as yuan-yang/MALLS-v0. Version 0.1
has 27,000 pairs for training and 1,000 for testing, the latter checked by people. JSON lists; a
row (the layout is theirs, the words are made up):
    {"NL": "A kettle that is hot is not touched.",
     "FOL": "∀x (Kettle(x) ∧ Hot(x) → ¬Touched(x))"}
"""

from __future__ import annotations

from collections.abc import Iterator

from data.files import Columns, text_of
from data.published.source import Source
from data.records import Translation


def read(columns: Columns, source: str, row: int) -> Iterator[Translation]:
    """The pair of a row. Raises ValueError for a column that is missing or empty."""
    yield Translation(
        sentence=text_of(columns, "NL"),
        formula=text_of(columns, "FOL"),
        group=f"malls {source}:{row}",
        source=source,
        row=row,
    )


SOURCE = Source(
    name="malls",
    task="translate",
    licence="CC-BY-NC-4.0",
    hub="yuan-yang/MALLS-v0",
    read=read,
    files={"train": ("MALLS-v0.1-train.json",), "test": ("MALLS-v0.1-test.json",)},
    divided={"train": {"train": 90, "validation": 10}},
)

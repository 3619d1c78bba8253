"""WMT: sentences and their translations, both ways.

The test sets of the Conference on Machine Translation; free for research, see each year's page. The hub names are
those of ALMA (Xu et al., arXiv 2309.11674): haoranxu/ALMA-Human-Parallel has newstest 2017 to 2020 for training
(14,211 pairs of German and English) and 1,002 for validation, haoranxu/WMT22-Test the test set. wmt/wmt14 to
wmt/wmt19 have the same layout. A row (the layout is theirs, the words are made up):
    {"translation": {"de": "Die Eule schläft.", "en": "The owl sleeps."}}
In WMT22-Test the column is called after the direction, "de-en" or "en-de", and a row is used in that direction.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from data.files import text_of
from data.published.source import Source
from data.records import TextPair

COLUMN = "translation"


def read(columns: dict[str, Any], source: str, row: int) -> Iterator[TextPair]:
    """A record for each direction. Raises ValueError where the row is not a pair of two languages."""
    pairs = {name: value for name, value in columns.items() if isinstance(value, dict)}
    if not pairs:
        text_of(columns, COLUMN)
        raise ValueError(f"column {COLUMN!r} is not an object of two languages")
    for name, pair in pairs.items():
        if len(pair) != 2:
            raise ValueError(
                f"column {name!r} has {', '.join(pair) or 'nothing'}, not two languages"
            )
        stated = name.split("-")
        one, two = stated if sorted(stated) == sorted(pair) else sorted(pair)
        for source_language, target in ((one, two), (two, one))[: 2 if name == COLUMN else 1]:
            yield TextPair(
                text_of(pair, source_language), text_of(pair, target), source_language, target,
                f"wmt {source}:{row}", source, row,
            )  # fmt: skip


SOURCE = Source(
    name="wmt",
    task="mt",
    licence="free for research; see each year's page of the conference",
    hub="haoranxu/ALMA-Human-Parallel",
    read=read,
    files={
        "train": ("de-en/train-*.parquet",),
        "validation": ("de-en/validation-*.parquet",),
        "test": ("de-en/test-*.parquet", "en-de/test-*.parquet"),
    },
    hubs={"test": "haoranxu/WMT22-Test"},
)

"""WMT: sentences and their translations, both ways.

The test sets of the Conference on Machine Translation; free for research, see each year's page.
The hub names are those of ALMA (Xu et al., arXiv 2309.11674): haoranxu/ALMA-Human-Parallel has
newstest 2017 to 2020 for training (14,211 pairs of German and English) and 1,002 for validation,
haoranxu/WMT22-Test the test set. wmt/wmt14 to wmt/wmt19 have the same layout. A row (the layout is
theirs, the words are made up):
    {"translation": {"de": "Die Eule schläft.", "en": "The owl sleeps."}}
In WMT22-Test the column is called after the direction, "de-en" or "en-de", and a row is used in
that direction.
"""

from __future__ import annotations

from collections.abc import Iterator

from data.files import Columns, text_of
from data.published.source import Source
from data.records import TextPair

COLUMN = "translation"


def read(columns: Columns, source: str, row: int) -> Iterator[TextPair]:
    """A record for each direction. Raises ValueError: the row is not a pair of two languages."""
    pairs = {name: value for name, value in columns.items() if isinstance(value, dict)}
    if not pairs:
        text_of(columns, COLUMN)  # says that the column is missing, or what is in it
        raise ValueError(f"column {COLUMN!r} is not an object of two languages")
    for name, pair in pairs.items():
        for from_language, to_language in _directions(name, pair):
            yield TextPair(
                text=text_of(pair, from_language),
                translation=text_of(pair, to_language),
                from_language=from_language,
                to_language=to_language,
                group=f"wmt {source}:{row}",
                source=source,
                row=row,
            )


def _directions(column: str, pair: Columns) -> list[tuple[str, str]]:
    """Both directions of a pair, or the one that its column is called after."""
    if len(pair) != 2:
        raise ValueError(f"column {column!r} has {', '.join(pair) or 'nothing'}, not two languages")
    languages = column.split("-")
    if sorted(languages) != sorted(pair):
        languages = sorted(pair)
    first, second = languages
    return [(first, second), (second, first)] if column == COLUMN else [(first, second)]


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

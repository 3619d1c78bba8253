"""XSum-faithful: news articles, and the formula of a summary sentence that people found faithful.

Articles from XSum (Narayan et al., arXiv 1808.08745), judgements of summaries from Maynez et al.,
"On Faithfulness and Factuality in Abstractive Summarization", arXiv 2005.00661 (CC-BY-4.0; the
articles are the BBC's); joined on the hub as mtc/full_cleaned_xsum_faith. A row there (the layout
is theirs, the words are made up):
    {"document": "The zoo said on Monday ...", "claim": "An owl has left the zoo.",
     "label": "faithful"}
It has no formulas: a translator trained on FOLIO writes them, by
    folalign translate --model MODEL --input FILE --column claim --keep document claim label
Translated rows are JSON lines or
lists of
    {"document": "The zoo said on Monday ...", "target_fol": "∃x (Owl(x) ∧ Left(x, zoo))"}
with `claim` where it was kept (arXiv 2512.14100 drops it); `FOL` and `formula` are understood as
well. Rows with another label than "faithful", and rows that no formula was written for, are left
out and counted.
"""

from __future__ import annotations

from collections.abc import Iterator

from data.files import Columns, text_of
from data.published.source import Source
from data.records import Claim

FORMULA_COLUMNS = ("target_fol", "FOL", "formula")


def read(columns: Columns, source: str, row: int) -> Iterator[Claim]:
    """The article and the formula of its faithful summary.

    Raises ValueError for what the above leaves out.
    """
    document = text_of(columns, "document")
    label = columns.get("label", "faithful")
    if label != "faithful":
        raise ValueError(f"left out by rule: its claim is labelled {label!r}, not 'faithful'")
    formula_columns = [name for name in FORMULA_COLUMNS if name in columns]
    if not formula_columns:
        names = " or ".join(map(repr, FORMULA_COLUMNS))
        raise ValueError(f"no column {names}: translate the claims first")
    claim = text_of(columns, "claim") if columns.get("claim") else ""
    yield Claim(
        passage=document,
        formula=text_of(columns, formula_columns[0]),
        group=f"xsum {' '.join(document.split())}",
        source=source,
        row=row,
        claim=claim,
    )


SOURCE = Source(
    name="xsum-faithful",
    task="distill",
    licence="CC-BY-4.0 (judgements); the articles are the BBC's",
    hub="mtc/full_cleaned_xsum_faith",
    read=read,
    files={
        "train": ("train.json*", "data/train-*.parquet"),
        "validation": ("validation.json*", "data/validation-*.parquet"),
        "test": ("test.json*", "data/test-*.parquet"),
    },
)

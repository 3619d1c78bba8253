"""ProverQA: stories made by a language model and Prover9, each sentence with its formula.

Qi et al., "Large Language Models Meet Symbolic Provers for Logical Reasoning Evaluation", ICLR
2025 (arXiv 2502.06563); its card states no licence; on the hub as opendatalab/ProverQA. 500
stories of each of three difficulties, in dev/easy.json, dev/medium.json and dev/hard.json; its
training file holds chat instructions without formulas and is not used. A row (the layout is
theirs, the words are made up):
    {"id": 0, "options": ["A) True", "B) False", "C) Uncertain"], "answer": "B",
     "question": "Based on the above information, is the following statement true, false, or
      uncertain? Ana rests.",
     "reasoning": "...", "context": "Ana works. Ana either works or rests, but not both.",
     "nl2fol": {"Ana works.": "works(Ana)",
                "Ana either works or rests, but not both.": "works(Ana) ⊕ rests(Ana)"},
     "conclusion_fol": "rests(Ana)"}
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from data.files import Columns, text_of
from data.published.source import Source
from data.records import Label, Record, Story, Translation

_LABELS: dict[str, Label] = {"A": "True", "B": "False", "C": "Uncertain"}
_QUESTION = "uncertain?"


def read(columns: Columns, source: str, row: int) -> Iterator[Record]:
    """The pairs of a story: each premise, and the conclusion.

    Raises ValueError for a broken column.
    """
    story = _story(columns, source, row)
    sentences = (*story.premises, story.conclusion)
    formulas = (*story.premise_formulas, story.conclusion_formula)
    for sentence, formula in zip(sentences, formulas, strict=True):
        yield Translation(sentence, formula, story.group, source, row)


def read_story(columns: Columns, source: str, row: int) -> Iterator[Record]:
    """The story of a row. Raises ValueError for a broken column."""
    yield _story(columns, source, row)


def _story(columns: Columns, source: str, row: int) -> Story:
    pairs = columns.get("nl2fol")
    if not isinstance(pairs, dict):
        text_of(columns, "nl2fol")  # says that the column is missing, or what is in it
        raise ValueError("column 'nl2fol' is not an object of sentences and formulas")
    # Through `datasets` the sentences of all rows are one table, with null in other rows' cells.
    sentences = [sentence for sentence, formula in pairs.items() if formula is not None]
    formulas = [text_of(pairs, sentence) for sentence in sentences]
    answer = text_of(columns, "answer")[:1]
    if answer not in _LABELS:
        raise ValueError(f"column 'answer': {columns['answer']!r}; allowed: A, B, C")
    return Story(
        premises=tuple(sentences),
        premise_formulas=tuple(formulas),
        conclusion=text_of(columns, "question").rpartition(_QUESTION)[2].strip(),
        conclusion_formula=text_of(columns, "conclusion_fol"),
        label=_LABELS[answer],
        group=f"proverqa {source}:{row}",
        source=source,
        row=row,
    )


SOURCE = Source(
    name="proverqa",
    task="translate",
    licence="none stated on its card",
    hub="opendatalab/ProverQA",
    read=read,
    files={"dev": ("dev/easy.json", "dev/medium.json", "dev/hard.json")},
    divided={"dev": {"train": 60, "rl": 20, "validation": 10, "test": 10}},
)
STORIES = replace(SOURCE, task="entail", read=read_story)

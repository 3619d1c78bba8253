"""FOLIO: sentences of expert-written stories and their formulas.

Han et al., "FOLIO: Natural Language Reasoning with First-Order Logic", arXiv 2209.00840;
CC-BY-SA-4.0; on the hub as yale-nlp/FOLIO. A story, shortened:
    {"premises": ["All people who regularly drink coffee are dependent on caffeine.", ...],
     "premises-FOL": ["∀x (Drinks(x) → Dependent(x))", ...],
     "conclusion": "Rina ...", "label": "True"}
In the hub's later version the premises of a story are one text, a line each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from data.corpus import Corpus, Quarantined, first_fault
from data.files import Columns, Row, read_rows, text_of
from data.published.hub import HUB_NAME, hub_rows
from data.records import DataError, Record, Story, Translation, label_of
from data.splits import families, require_split, squeeze, take, tie, unseen

HUB = "yale-nlp/FOLIO"
LICENCE = "CC-BY-SA-4.0"
SPLITS = ("train", "validation")
# File names of v0.0 and of the later version.
FILES = ("folio-{}.jsonl", "folio_v2_{}.jsonl", "{}.jsonl")


def load(
    path: str | Path | None, split: str, size: int | None = None, seed: int = 0, domain: str = "fol"
) -> Corpus[Translation]:
    """The distinct (sentence, formula) pairs of a split; `group` is the story.

    `path` is a folder with the split files, or a name on the hub (the default). Stories that share
    a sentence or a formula are one group, and a subset of `size` keeps groups whole. Quarantined:
    stories whose premises and formulas differ in number, formulas that cannot be read, and
    validation pairs whose sentence or formula stands in train as well. Raises DataError where the
    data cannot be found, or no row of it can be used.
    """
    require_split("folio", split, SPLITS)
    source, stories = _stories(path, split)
    corpus = replace(pairs(stories, source, split), domain=domain).audit()
    faults = list(corpus.quarantined)
    _require_rows(source, corpus.rows, faults)
    rows = _distinct(corpus.rows)
    if split != "train" and _has_train(path):
        _, train_stories = _stories(path, "train")
        rows, leaks = unseen(rows, pairs(train_stories, "train", "train").rows)
        faults += leaks
    return Corpus("folio", split, take(rows, size, seed), faults, domain)


def load_stories(
    path: str | Path | None, split: str, size: int | None = None, seed: int = 0
) -> Corpus[Story]:
    """The stories of a split, one for each conclusion.

    Formulas are as annotated, and only the split validation has the conclusions'. Quarantined:
    stories that cannot be read or whose premises and formulas differ in number. Raises DataError
    as `load` does.
    """
    require_split("folio", split, SPLITS)
    source, stories = _stories(path, split)
    rows: list[Story] = []
    faults: list[Quarantined] = []
    for number, columns in stories:
        try:
            rows.append(_story(columns, source, number).checked())
        except ValueError as error:
            faults.append(Quarantined(source, number, str(error)))
    _require_rows(source, rows, faults)
    return Corpus("folio", split, take(tie(rows), size, seed), faults)


class _StoryPairs(NamedTuple):
    """The sentences of a story with their formulas, as they are written."""

    row: int
    name: str
    pairs: list[tuple[str, str]]

    def links(self) -> list[tuple[str, str]]:
        """What ties a story to others."""
        links = [("story", self.name)]
        for sentence, formula in self.pairs:
            links += [("sentence", squeeze(sentence)), ("formula", squeeze(formula))]
        return links


def pairs(stories: Iterable[Row], source: str, split: str) -> Corpus[Translation]:
    """The distinct pairs of the stories as they are written, formulas unread.

    Stories that cannot be read are quarantined.
    """
    readable: list[_StoryPairs] = []
    faults: list[Quarantined] = []
    for number, columns in stories:
        try:
            readable.append(_story_pairs(columns, number))
        except ValueError as error:
            faults.append(Quarantined(source, number, str(error)))
    roots = families([story.links() for story in readable])
    rows: dict[tuple[str, str], Translation] = {}
    for story, root in zip(readable, roots, strict=True):
        group = f"folio story {readable[root].name}"
        for sentence, formula in story.pairs:
            row = Translation(sentence.strip(), formula, group, source, story.row)
            rows.setdefault((sentence, formula), row)
    return Corpus("folio", split, list(rows.values()), faults)


def _story_pairs(columns: Columns | str, number: int) -> _StoryPairs:
    if isinstance(columns, str):
        raise ValueError(columns)
    sentences = _listed(columns, "premises")
    formulas = _listed(columns, "premises-FOL")
    if len(sentences) != len(formulas):
        raise ValueError(f"{len(sentences)} premises but {len(formulas)} formulas")
    if columns.get("conclusion-FOL"):
        sentences = [*sentences, text_of(columns, "conclusion")]
        formulas = [*formulas, text_of(columns, "conclusion-FOL")]
    return _StoryPairs(
        row=number,
        name=str(columns.get("story_id", f"row {number}")),
        pairs=list(zip(sentences, formulas, strict=True)),
    )


def _story(columns: Columns | str, source: str, number: int) -> Story:
    if isinstance(columns, str):
        raise ValueError(columns)
    has_formula = bool(columns.get("conclusion-FOL"))
    return Story(
        premises=tuple(premise.strip() for premise in _listed(columns, "premises")),
        premise_formulas=tuple(_listed(columns, "premises-FOL")),
        conclusion=text_of(columns, "conclusion"),
        conclusion_formula=text_of(columns, "conclusion-FOL") if has_formula else "",
        label=label_of(text_of(columns, "label")),
        group=f"folio story {columns.get('story_id', f'row {number}')}",
        source=source,
        row=number,
    )


def _listed(columns: Columns, column: str) -> list[str]:
    """A column's sentences or formulas, written as a list or as one text with a line each."""
    parts = columns.get(column)
    if isinstance(parts, str):
        parts = [line for line in parts.splitlines() if line.strip()]
    if not isinstance(parts, list):
        text_of(columns, column)  # says that the column is missing, or what is in it
        raise ValueError(f"column {column!r} is neither a list nor text")
    if not parts or not all(isinstance(part, str) for part in parts):
        raise ValueError(f"column {column!r} is empty, or has a part that is not text")
    return parts


def _distinct(rows: Iterable[Translation]) -> list[Translation]:
    """The rows without those that repeat a pair."""
    distinct: dict[tuple[str, str], Translation] = {}
    for row in rows:
        pair = (squeeze(row.sentence), row.formula)
        # The first of several stays, at the place of the last.
        distinct[pair] = distinct.pop(pair, row)
    return list(distinct.values())


def _require_rows(source: str, rows: Sequence[Record], faults: Sequence[Quarantined]) -> None:
    if not rows:
        raise DataError(f"{source}: none of its rows can be used{first_fault(faults)}")


def _stories(path: str | Path | None, split: str) -> tuple[str, Iterator[Row]]:
    """Where the stories of a split are, and their rows."""
    place = Path(path or HUB)
    if place.is_dir():
        file = _split_file(place, split)
        if file is None:
            names = " or ".join(name.format(split) for name in FILES)
            raise DataError(f"{place}: no file {names}")
        return str(file), read_rows(file)
    if place.is_file():
        example = FILES[0].format(split)
        raise DataError(f"{place}: a file, where the folder with {example} is needed")
    name = str(path or HUB)
    if not HUB_NAME.fullmatch(name):
        raise DataError(f"{place}: no such folder, and not a name on the hub such as {HUB}")
    return f"{name}/{split}", hub_rows(name, split)


def _split_file(folder: Path, split: str) -> Path | None:
    files = [folder / name.format(split) for name in FILES]
    return next((file for file in files if file.exists()), None)


def _has_train(path: str | Path | None) -> bool:
    """Whether there is a train split beside the one asked for."""
    folder = Path(path or HUB)
    return not folder.is_dir() or _split_file(folder, "train") is not None

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

from data.corpus import Corpus, Quarantined, first_fault, repaired_in
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
    path: str | Path | None,
    split: str,
    size: int | None = None,
    seed: int = 0,
    domain: str = "fol",
    dialect: str | None = None,
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
    corpus = replace(pairs(stories, source, split), domain=domain).audit(dialect)
    faults = list(corpus.quarantined)
    _require_rows(source, corpus.rows, faults)
    rows = _distinct(corpus.rows)
    if split != "train" and _has_train(path):
        _, train_stories = _stories(path, "train")
        train = pairs(train_stories, "train", "train")
        rows, leaks = unseen(rows, train.rows)
        faults += leaks
    subset = take(rows, size, seed)
    return Corpus("folio", split, subset, faults, domain, repaired_in(subset, corpus.repaired))


def load_stories(
    path: str | Path | None,
    split: str,
    size: int | None = None,
    seed: int = 0,
    dialect: str | None = None,
) -> Corpus[Story]:
    """The stories of a split, one for each conclusion.

    Formulas are as annotated (rewritten from a `dialect` that is named), and only the split
    validation has the conclusions'. Quarantined: stories that cannot be read or whose premises and
    formulas differ in number. Raises DataError as `load` does.
    """
    require_split("folio", split, SPLITS)
    source, stories = _stories(path, split)
    rows: list[Story] = []
    faults: list[Quarantined] = []
    for number, columns in stories:
        try:
            story = _story(columns, source, number)
            rows.append(story.checked(dialect=dialect))
        except ValueError as error:
            faults.append(Quarantined(source, number, str(error)))
    _require_rows(source, rows, faults)
    subset = take(tie(rows), size, seed)
    return Corpus("folio", split, subset, faults)


class _StoryPairs(NamedTuple):
    """The sentences of a story with their formulas, as they are written."""

    row: int
    name: str
    pairs: list[tuple[str, str]]

    def links(self) -> list[tuple[str, str]]:
        """What ties a story to others."""
        links = [("story", self.name)]
        for sentence, formula in self.pairs:
            links.append(("sentence", squeeze(sentence)))
            links.append(("formula", squeeze(formula)))
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
    links = [story.links() for story in readable]
    roots = families(links)
    rows: dict[tuple[str, str], Translation] = {}
    for story, root in zip(readable, roots, strict=True):
        family = readable[root].name
        for sentence, formula in story.pairs:
            row = Translation(
                sentence=sentence.strip(),
                formula=formula,
                group=f"folio story {family}",
                source=source,
                row=story.row,
            )
            rows.setdefault((sentence, formula), row)
    return Corpus("folio", split, list(rows.values()), faults)


def _story_pairs(columns: Columns | str, number: int) -> _StoryPairs:
    if isinstance(columns, str):
        raise ValueError(columns)
    sentences = _listed(columns, "premises")
    formulas = _listed(columns, "premises-FOL")
    if len(sentences) != len(formulas):
        raise ValueError(f"{len(sentences)} premises but {len(formulas)} formulas")
    pairs = list(zip(sentences, formulas, strict=True))
    if columns.get("conclusion-FOL"):
        conclusion = text_of(columns, "conclusion")
        pairs.append((conclusion, text_of(columns, "conclusion-FOL")))
    return _StoryPairs(
        row=number,
        name=_story_name(columns, number),
        pairs=pairs,
    )


def _story_name(columns: Columns, number: int) -> str:
    """The story's number in the data; stories without one are told apart by their rows."""
    name = columns.get("story_id", f"row {number}")
    return str(name)


def _story(columns: Columns | str, source: str, number: int) -> Story:
    if isinstance(columns, str):
        raise ValueError(columns)
    premises = _listed(columns, "premises")
    formulas = _listed(columns, "premises-FOL")
    conclusion = text_of(columns, "conclusion")
    conclusion_formula = ""
    if columns.get("conclusion-FOL"):
        conclusion_formula = text_of(columns, "conclusion-FOL")
    label = text_of(columns, "label")
    return Story(
        premises=tuple(premise.strip() for premise in premises),
        premise_formulas=tuple(formulas),
        conclusion=conclusion,
        conclusion_formula=conclusion_formula,
        label=label_of(label),
        group=f"folio story {_story_name(columns, number)}",
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
        reason = first_fault(faults)
        raise DataError(f"{source}: none of its rows can be used{reason}")


def _stories(path: str | Path | None, split: str) -> tuple[str, Iterator[Row]]:
    """Where the stories of a split are, and their rows."""
    name = str(path or HUB)
    place = Path(name)
    names = [pattern.format(split) for pattern in FILES]
    if place.is_dir():
        file = _first_file(place, names)
        if file is None:
            raise DataError(f"{place}: no file {' or '.join(names)}")
        return str(file), read_rows(file)
    if place.is_file():
        raise DataError(f"{place}: a file, where the folder with {names[0]} is needed")
    if not HUB_NAME.fullmatch(name):
        raise DataError(f"{place}: no such folder, and not a name on the hub such as {HUB}")
    return f"{name}/{split}", hub_rows(name, split)


def _first_file(folder: Path, names: Sequence[str]) -> Path | None:
    for name in names:
        file = folder / name
        if file.exists():
            return file
    return None


def _has_train(path: str | Path | None) -> bool:
    """Whether there is a train split beside the one asked for."""
    folder = Path(path or HUB)
    if not folder.is_dir():
        return True
    names = [pattern.format("train") for pattern in FILES]
    return _first_file(folder, names) is not None

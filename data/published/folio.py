"""FOLIO: sentences of expert-written stories and their formulas.

Han et al., "FOLIO: Natural Language Reasoning with First-Order Logic", arXiv 2209.00840; CC-BY-SA-4.0; on the
hub as yale-nlp/FOLIO. A story, shortened:
    {"premises": ["All people who regularly drink coffee are dependent on caffeine.", ...],
     "premises-FOL": ["∀x (Drinks(x) → Dependent(x))", ...], "conclusion": "Rina ...", "label": "True"}
In the hub's later version the premises of a story are one text, a line each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from data.files import Row, read_rows, text_of
from data.local import label_of
from data.published.source import HUB_NAME
from data.records import Corpus, DataError, Quarantined, Story, Translation
from data.splits import families, squeeze, take, tie, unseen

HUB = "yale-nlp/FOLIO"
LICENCE = "CC-BY-SA-4.0"
SPLITS = ("train", "validation")
# File names of v0.0 and of the later version.
FILES = ("folio-{}.jsonl", "folio_v2_{}.jsonl", "{}.jsonl")


def load(
    path: str | Path | None, split: str, size: int | None = None, seed: int = 0, domain: str = "fol"
) -> Corpus[Translation]:
    """The distinct (sentence, formula) pairs of a split; `group` is the story.

    `path` is a folder with the split files, or a name on the hub (the default). Stories that share a sentence
    or a formula are one group, and a subset of `size` keeps groups whole. Quarantined: stories whose premises
    and formulas differ in number, formulas that cannot be read, and validation pairs whose sentence or formula
    stands in train as well. Raises DataError where the data cannot be found, or no row of it can be used.
    """
    if split not in SPLITS:
        raise DataError(f"folio has no split {split!r}; it has {', '.join(SPLITS)}")
    source, stories = _stories(path, split)
    corpus = replace(pairs(stories, source, split), domain=domain).audit()
    if not corpus.rows:
        first = (
            f"; row {corpus.quarantined[0].row}: {corpus.quarantined[0].reason}"
            if corpus.quarantined
            else ""
        )
        raise DataError(f"{source}: none of its rows can be used{first}")
    rows = list(
        {(squeeze(row.sentence), row.formula): row for row in reversed(corpus.rows)}.values()
    )[::-1]
    faults = list(corpus.quarantined)
    if split != "train" and _has_train(path):
        train, told = _stories(path, "train")
        rows, leaked = unseen(rows, pairs(told, train, "train").rows)
        faults += leaked
    return Corpus("folio", split, take(rows, size, seed), faults, domain)


def stories(
    path: str | Path | None, split: str, size: int | None = None, seed: int = 0
) -> Corpus[Story]:
    """The stories of a split, one for each conclusion; formulas are as annotated, and only the split validation has
    the conclusions'. Quarantined: stories that cannot be read or whose premises and formulas differ in number.
    Raises DataError as `load` does.
    """
    if split not in SPLITS:
        raise DataError(f"folio has no split {split!r}; it has {', '.join(SPLITS)}")
    source, told = _stories(path, split)
    rows: list[Story] = []
    faults: list[Quarantined] = []
    for number, story in told:
        try:
            if isinstance(story, str):
                raise ValueError(story)
            group = f"folio story {story.get('story_id', f'row {number}')}"
            rows.append(
                Story(
                    tuple(part.strip() for part in _listed(story, "premises")),
                    tuple(_listed(story, "premises-FOL")),
                    text_of(story, "conclusion"),
                    text_of(story, "conclusion-FOL") if story.get("conclusion-FOL") else "",
                    label_of(text_of(story, "label")),
                    group,
                    source,
                    number,
                ).checked()
            )
        except ValueError as error:
            faults.append(Quarantined(source, number, str(error)))
    if not rows:
        first = f"; row {faults[0].row}: {faults[0].reason}" if faults else ""
        raise DataError(f"{source}: none of its rows can be used{first}")
    return Corpus("folio", split, take(tie(rows), size, seed), faults)


def pairs(stories: Iterable[Row], source: str, split: str) -> Corpus[Translation]:
    """The distinct pairs of the stories as they are written, formulas unread; broken stories are quarantined."""
    told: list[tuple[int, str, list[tuple[str, str]]]] = []
    faults: list[Quarantined] = []
    for number, story in stories:
        try:
            if isinstance(story, str):
                raise ValueError(story)
            told.append((number, str(story.get("story_id", f"row {number}")), _of_story(story)))
        except ValueError as error:
            faults.append(Quarantined(source, number, str(error)))
    links = [
        [
            ("story", name),
            *(part for s, f in listed for part in (("s", squeeze(s)), ("f", squeeze(f)))),
        ]
        for _, name, listed in told
    ]
    seen: dict[tuple[str, str], Translation] = {}
    for (number, _, listed), root in zip(told, families(links), strict=True):
        for sentence, formula in listed:
            row = Translation(
                sentence.strip(), formula, f"folio story {told[root][1]}", source, number
            )
            seen.setdefault((sentence, formula), row)
    return Corpus("folio", split, list(seen.values()), faults)


def _of_story(story: dict[str, Any]) -> list[tuple[str, str]]:
    sentences, formulas = _listed(story, "premises"), _listed(story, "premises-FOL")
    if len(sentences) != len(formulas):
        raise ValueError(f"{len(sentences)} premises but {len(formulas)} formulas")
    listed = list(zip(sentences, formulas, strict=True))
    if story.get("conclusion-FOL"):
        listed.append((text_of(story, "conclusion"), text_of(story, "conclusion-FOL")))
    return listed


def _listed(story: dict[str, Any], column: str) -> list[str]:
    """A column's sentences or formulas, given as a list or as one text with a line each."""
    value = story.get(column)
    if isinstance(value, str):
        value = [line for line in value.splitlines() if line.strip()]
    if not isinstance(value, list):
        text_of(story, column)  # says that the column is missing, or what is in it
        raise ValueError(f"column {column!r} is neither a list nor text")
    if not value or not all(isinstance(part, str) for part in value):
        raise ValueError(f"column {column!r} is empty, or has a part that is not text")
    return value


def _stories(path: str | Path | None, split: str) -> tuple[str, Iterator[Row]]:
    place = Path(path or HUB)
    if place.is_dir():
        for name in FILES:
            if (file := place / name.format(split)).exists():
                return str(file), read_rows(file)
        raise DataError(f"{place}: no file {' or '.join(name.format(split) for name in FILES)}")
    if place.is_file():
        raise DataError(
            f"{place}: a file, where the folder with {FILES[0].format(split)} is needed"
        )
    if not HUB_NAME.fullmatch(str(path or HUB)):
        raise DataError(f"{place}: no such folder, and not a name on the hub such as {HUB}")
    return f"{path or HUB}/{split}", _from_hub(str(path or HUB), split)


def _from_hub(name: str, split: str) -> Iterator[Row]:
    try:
        import datasets
    except ImportError as error:
        raise DataError(f"{name}: the hub needs pip install 'folalign[train]' ({error})") from error
    try:
        rows = datasets.load_dataset(name, split=split)
    except Exception as error:  # the hub's client raises many unrelated kinds
        raise DataError(
            f"{name}: neither a folder nor a data set that could be loaded: {error}"
        ) from error
    for number, row in enumerate(rows, start=1):
        yield number, dict(row)


def _has_train(path: str | Path | None) -> bool:
    """Whether there is a train split beside the one asked for."""
    folder = Path(path or HUB)
    return not folder.is_dir() or any((folder / name.format("train")).exists() for name in FILES)

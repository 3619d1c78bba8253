"""Which names of real answers are joined with the references', by their words and by their meaning, and which wrongly?

    python benchmarks/names.py [--data FOLDER]

LINC's answers of GPT-3.5 to FOLIO's validation stories, by sentence against FOLIO's formulas, with `names="match"`:
by words, by WordNet's synonyms where NLTK has WordNet, and by sentence embeddings (all-MiniLM-L6-v2) from two cosines
on. Counted are the distinct pairs of unlike names that a formula's matching joins, and the formulas proved equivalent
by them. `tests/fixtures/joins.tsv` has 200 joins judged by hand, by the place where they stand: 134 drawn from those by
words, and all that only meaning joins, among them all that only WordNet does.
Needs ../shared/data, and is skipped without it.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import peers
from rich.console import Console
from rich.progress import track
from rich.table import Table
from stories import SHARED, References, rows_of, said, validation

import logic
from logic import syntax as S
from logic.judging.embedding import ByEmbedding
from logic.judging.names import NameLikeness, by_words
from logic.judging.wordnet import ByWordNet
from logic.stories.answer import read_story_answer

JUDGED = Path(__file__).resolve().parents[1] / "tests" / "fixtures" / "joins.tsv"
COSINES = (0.6, 0.8)

Join = tuple[str, str]
"""Two unlike names, the candidate's and the reference's."""


@dataclass(frozen=True)
class Sentence:
    """What was answered for a sentence, and its reference."""

    candidate: S.Formula
    reference: S.Formula


def sentences(path: Path, references: References) -> Iterator[Sentence]:
    """The distinct formulas of the answers whose sentence has a reference."""
    seen: set[tuple[str, str]] = set()
    for row in rows_of(path, 1):
        for sentence, formula in formulas_of(row["text"]):
            key = (said(sentence), str(formula))
            if formula is not None and key[0] in references and key not in seen:
                seen.add(key)
                yield Sentence(formula, references[key[0]])


def formulas_of(text: str) -> list[tuple[str, S.Formula | None]]:
    """The sentences of an answer with their formulas; none where the counts differ."""
    lines = [line for line in text.splitlines() if line.startswith("TEXT:")]
    answer = read_story_answer(text)
    formulas = [*answer.premises, answer.conclusion]
    if len(lines) != len(formulas):
        return []
    return [(line.removeprefix("TEXT:"), each) for line, each in zip(lines, formulas, strict=True)]


def joins(sentence: Sentence, likeness: NameLikeness) -> tuple[set[Join], logic.Comparison]:
    """The unlike names that are joined, and what comes of it."""
    found = logic.compare(
        candidate=sentence.candidate,
        reference=sentence.reference,
        names="match",
        likeness=likeness,
    )
    matches = found.matching.matches if found.matching else ()
    pairs = {
        (match.candidate[1], match.reference[1])
        for match in matches
        if match.candidate and match.reference and match.likeness < 1.0
    }
    return {(one, other) for one, other in pairs if one.lower() != other.lower()}, found


def hashed(join: Join) -> str:
    """What stands for a join where its names are not to be written down."""
    return hashlib.sha256("\t".join(join).encode()).hexdigest()[:12]


def judgements() -> dict[str, bool]:
    """By hash, whether the two names stand for the same thing."""
    with JUDGED.open(encoding="utf-8") as stream:
        rows = csv.reader((line for line in stream if not line.startswith("#")), delimiter="\t")
        return {name: verdict == "same" for _, _, name, _, verdict in rows}


def row_of(title: str, found: Sequence[Sentence], likeness: NameLikeness) -> list[str]:
    """The figures of one way of comparing names."""
    judged = judgements()
    everything: set[Join] = set()
    proved = wrongly = 0
    highest = 0.0
    for sentence in track(found, title, transient=True):
        joined, comparison = joins(sentence, likeness)
        everything |= joined
        if comparison.verdict != "proved":
            continue
        proved += 1
        if any(judged.get(hashed(join)) is False for join in joined):
            wrongly += 1
            highest = max(highest, comparison.score or 0.0)
    told = [judged[hashed(join)] for join in everything if hashed(join) in judged]
    wrong = told.count(False)
    share = f"{wrong} of {len(told)}" if told else ""
    return [title, str(len(everything)), share, str(proved), str(wrongly), f"{highest:.2f}"]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=SHARED)
    options = parser.parse_args()
    console = Console(width=140, highlight=False)
    path = options.data / "outputs" / "linc-gpt-3.5.jsonl"
    if not path.is_file():
        console.print(f"skipped: {path} is not there")
        return
    references, *_ = validation(options.data / "folio")
    found = list(sentences(path, references))
    ways: dict[str, NameLikeness] = {"by words": by_words}
    try:
        ways["by WordNet"] = ByWordNet()
    except FileNotFoundError as error:
        console.print(f"left out: {error}")
    model = peers.embedding_folder()
    for cosine in COSINES if model else ():
        ways[f"by meaning, cosine {cosine}"] = ByEmbedding(model, threshold=cosine)
    if model is None:
        console.print(peers.EMBEDDING_HINT)
    table = Table(
        "names are compared",
        "unlike names joined",
        "judged, wrong",
        "formulas proved",
        "by a wrong join",
        "their highest score",
        title=f"{len(found):,} distinct answers of GPT-3.5 to sentences of FOLIO",
    )
    for title, likeness in ways.items():
        table.add_row(*row_of(title, found, likeness))
    console.print(table)


if __name__ == "__main__":
    main()

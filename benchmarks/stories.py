"""What formulas of whole stories prove: FOLIO's and ProntoQA's annotation, and what models have written.

    python benchmarks/stories.py [--data FOLDER] [--sample N] [--show]

FOLIO v2's train split and ProntoQA by their gold formulas: labels proved, stories whose premises contradict each other.
Then published answers to FOLIO's validation stories, of LINC (GPT-3.5, ten samples a story) and of Logic-LM (two
models): how many are read as a whole, and prove the label, and agree with the verdict that LINC published. Vocabulary
and logic are measured apart, against FOLIO's formulas: precision and recall of an answer's symbols, matched over the
whole story, and sentences that are equivalent once the vocabulary is given. Answers to one story hang together, so
intervals (95 %) are those of the mean over stories. `--sample N` takes every Nth row of each file. Needs
../shared/data (docs/stories.md says what is in it), and is skipped without it.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

import data
import logic
from data import entailment
from data.records import LABELS
from data.splits import squeeze
from logic import syntax as S
from logic.signatures.signature import Signature
from logic.signatures.vocabulary import equivalent_in_vocabulary, vocabulary
from logic.stories.answer import StoryAnswer, read_story_answer
from logic.stories.verdict import StoryVerdict, story_verdict
from pipelines.judging.intervals import margin_of_mean, margin_of_share

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
LABEL_OF = {"A": "True", "B": "False", "C": "Uncertain"}
NOT_READ = "not read"

References = Mapping[str, S.Formula]
"""The annotated formula of a sentence, by its words."""


@dataclass(frozen=True)
class Measured:
    """One answer to a story: the verdict, and the measures against references, where there are some."""

    story: str
    label: str
    finding: str
    published: str | None = None
    precision: float | None = None
    recall: float | None = None
    sentences: float | None = None


def rows_of(path: Path, sample: int) -> list[dict[str, Any]]:
    """Every so manieth row of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()[::sample]]


def said(sentence: str) -> str:
    """The words of a sentence, by which it is known again: full stop and capitals aside."""
    return squeeze(sentence).rstrip(".").lower()


# ---- gold formulas ----


def gold(folder: Path, sample: int) -> list[entailment.Judgement]:
    """FOLIO's stories of train by their annotation; what cannot be used is not judged."""
    corpus = data.load("folio", task="entail", split="train", path=folder)
    stories = corpus.rows[::sample]
    return [entailment.judge(story) for story in track(stories, "FOLIO v2", transient=True)]


def read_again(judgements: Sequence[entailment.Judgement]) -> list[entailment.Judgement]:
    """Those that were not judged once more, with formulas read as answers are: repaired, or closed."""
    again = []
    for judgement in judgements:
        story = judgement.story
        sentences = map(squeeze, (*story.premises, story.conclusion))
        formulas = (*story.premise_formulas, story.conclusion_formula)
        own = dict(zip(sentences, formulas, strict=True))
        again.append(judgement if judgement.judged else entailment.judge(story, own))
    return again


def joined(judgements: Sequence[entailment.Judgement]) -> list[entailment.Judgement]:
    """Those whose label is not proved once more, with names joined that differ in spelling alone."""
    again = []
    for judgement in track(judgements, "names joined", transient=True):
        story = judgement.story
        texts = (*story.premise_formulas, story.conclusion_formula)
        read = [logic.read_answer(text).formula for text in texts]
        formulas = [formula for formula in read if formula is not None]
        if judgement.right or len(formulas) < len(texts):
            again.append(judgement)
            continue
        *premises, conclusion = Signature().merge(formulas).formulas
        found = story_verdict(premises, conclusion, used=False)
        again.append(entailment.Judgement(story, found.finding, found.reason))
    return again


def contradictions(judgements: Sequence[entailment.Judgement]) -> list[str]:
    """The stories whose premises entail everything, each once, with the premises that do."""
    found: dict[str, str] = {}
    for judgement in judgements:
        story = judgement.story
        if judgement.finding == "Inconsistent" and story.group not in found:
            premises = [logic.parse(text) for text in story.premise_formulas]
            verdict = logic.entails(premises=premises, conclusion=S.Truth(False))
            numbers = ", ".join([str(place + 1) for place in verdict.used or ()])
            found[story.group] = f"{story.group}, row {story.row}: premises {numbers}"
    return list(found.values())


def prontoqa(path: Path, sample: int) -> tuple[int, int, list[str]]:
    """How many of how many conclusions follow, and the rows of which that cannot be said."""
    rows = rows_of(path, sample)
    proved = 0
    others = []
    for number, row in enumerate(track(rows, "ProntoQA", transient=True), start=1):
        premises = [logic.parse(text, dialect="nltk") for text in row["premises-FOL"]]
        conclusion = logic.parse(row["conclusion-FOL"], dialect="nltk")
        finding = story_verdict(premises, conclusion, used=False).finding
        proved += finding == "True"
        if finding != "True":
            others.append(f"row {number}: {finding}")
    return proved, len(rows), others


# ---- answers of models ----


def validation(folder: Path) -> tuple[References, list[References], list[str]]:
    """FOLIO's formulas by sentence: of all validation stories, and of each row; and the rows' labels."""
    everything: dict[str, S.Formula] = {}
    by_row: list[References] = []
    rows = rows_of(folder / "folio-validation.jsonl", 1)
    for row in rows:
        sentences = [*row["premises"], row["conclusion"]]
        formulas = [*row["premises-FOL"], row["conclusion-FOL"]]
        own: dict[str, S.Formula] = {}
        for sentence, text in zip(sentences, formulas, strict=False):
            formula = logic.read_answer(text).formula
            if formula is not None:
                own[said(sentence)] = formula
        is_whole = len(row["premises"]) == len(row["premises-FOL"]) and len(own) == len(sentences)
        by_row.append(own if is_whole else {})
        everything |= own
    return everything, by_row, [row["label"] for row in rows]


def linc(folder: Path, references: References, sample: int) -> list[Measured]:
    """LINC's answers; a sentence stands before each formula."""
    measured = []
    for row in track(rows_of(folder / "linc-gpt-3.5.jsonl", sample), "LINC", transient=True):
        lines = [line for line in row["text"].splitlines() if line.startswith("TEXT:")]
        sentences = [line.removeprefix("TEXT:") for line in lines]
        label, published = row["label"], row["prover9"]
        found = measure(row["text"], sentences, references)
        measured.append(Measured(str(row["story"]), label, published=published, **found))
    return measured


def logic_lm(
    folder: Path, model: str, references: Sequence[References], sample: int
) -> list[Measured]:
    """Logic-LM's programs of a model; the sentence is the gloss behind each formula."""
    measured = []
    rows = [row for row in rows_of(folder / "logic-lm.jsonl", 1) if row["model"] == model]
    for row in track(rows[::sample], model, transient=True):
        own = references[int(row["story"].rpartition("_")[2])]
        _, _, formulas = row["program"].partition("Premises:")
        lines = [line for line in formulas.splitlines() if ":::" in line]
        sentences = [line.partition(":::")[2] for line in lines]
        found = measure(row["program"], sentences, own)
        measured.append(Measured(row["story"], LABEL_OF[row["answer"]], **found))
    return measured


def cached(judge: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Samples of one story are often equal: each distinct answer is judged once."""
    known: dict[Any, dict[str, Any]] = {}

    def look(text: str, sentences: Sequence[str], references: References) -> dict[str, Any]:
        key = (text, id(references))
        if key not in known:
            known[key] = judge(text, sentences, references)
        return known[key]

    return look


@cached
def measure(text: str, sentences: Sequence[str], references: References) -> dict[str, Any]:
    """The finding of an answer; its vocabulary and logic, where each of its sentences has a reference."""
    answer = read_story_answer(text)
    formulas = [*answer.premises, answer.conclusion]
    found: dict[str, Any] = {"finding": finding_of(answer).finding}
    if len(formulas) != len(sentences) or not all(said(each) in references for each in sentences):
        return found
    own = [references[said(sentence)] for sentence in sentences]
    named = vocabulary([each for each in formulas if each is not None], own)
    equal = equivalent_in_vocabulary(formulas, own)
    return found | {
        "precision": named.precision,
        "recall": named.recall,
        "sentences": sum(equal) / len(equal),
    }


def finding_of(answer: StoryAnswer) -> StoryVerdict | Any:
    """What an answer proves; one that is not read as a whole proves nothing."""
    if answer.faults or answer.conclusion is None:
        return StoryVerdict(NOT_READ)  # type: ignore[arg-type]
    premises = [each for each in answer.premises if each is not None]
    try:
        return story_verdict(premises, answer.conclusion, used=False)
    except logic.LogicError:
        return StoryVerdict("not judged")


# ---- tables ----


def over_stories(
    answers: Iterable[Measured], value: Callable[[Measured], Any]
) -> tuple[float, float, int]:
    """The mean over stories of the mean over a story's answers, half its interval, how many stories."""
    by_story: dict[str, list[float]] = {}
    for answer in answers:
        found = value(answer)
        if found is not None:
            by_story.setdefault(answer.story, []).append(float(found))
    means = [sum(values) / len(values) for values in by_story.values()]
    if not means:
        return 0.0, 0.0, 0
    return sum(means) / len(means), margin_of_mean(means), len(means)


def share(part: int, whole: int) -> str:
    rate = part / whole if whole else 0.0
    return f"{part:,} of {whole:,} ({rate:.1%} ± {100 * margin_of_share(rate, max(1, whole)):.1f})"


def percent(found: tuple[float, float, int]) -> str:
    mean, margin, stories = found
    return f"{mean:.1%} ± {100 * margin:.1f}" if stories else ""


def gold_table(judgements: Sequence[entailment.Judgement]) -> Table:
    """Labels against findings: all, with formulas repaired, with names joined, and for each label."""
    table = Table(title="FOLIO v2, train: what the gold formulas prove")
    table.add_column("label")
    for head in ("stories", "label proved", "Inconsistent", "not judged", "another label"):
        table.add_column(head, justify="right")
    again = read_again(judgements)
    rows = {"all": judgements, "formulas repaired": again, "names joined too": joined(again)}
    for label in LABELS:
        rows[label] = [each for each in judgements if each.story.label == label]
    for name, found in rows.items():
        counts = Counter(each.finding for each in found)
        proved = sum(each.right for each in found)
        other = len(found) - proved - counts["Inconsistent"] - counts["not judged"]
        table.add_row(
            name,
            f"{len(found):,}",
            share(proved, len(found)),
            str(counts["Inconsistent"]),
            str(counts["not judged"]),
            str(other),
        )
    return table


def answers_table(groups: Mapping[str, Sequence[Measured]]) -> Table:
    """What the answers prove, and their vocabulary and logic apart."""
    table = Table(
        title="Answers of models to FOLIO's validation stories (means over stories ± 95 %)"
    )
    table.add_column("")
    for name in groups:
        table.add_column(name, justify="right")
    rows: dict[str, Callable[[Measured], Any]] = {
        "read as a whole": lambda one: one.finding != NOT_READ,
        "label proved": lambda one: one.finding == one.label,
        "of those read": lambda one: one.finding == one.label if one.finding != NOT_READ else None,
        "premises contradict": lambda one: one.finding == "Inconsistent",
        "not judged": lambda one: one.finding == "not judged",
        "vocabulary: precision": lambda one: one.precision,
        "vocabulary: recall": lambda one: one.recall,
        "logic: sentences equivalent": lambda one: one.sentences,
        "logic: whole stories": lambda one: None if one.sentences is None else one.sentences == 1.0,
    }
    table.add_row("answers", *[f"{len(answers):,}" for answers in groups.values()])
    for head, value in rows.items():
        table.add_row(head, *[percent(over_stories(each, value)) for each in groups.values()])
    compared = [sum(one.sentences is not None for one in answers) for answers in groups.values()]
    table.add_row("answers with references", *[f"{count:,}" for count in compared])
    return table


def against_published(answers: Sequence[Measured]) -> tuple[int, int, Counter[tuple[str, str]]]:
    """Verdicts that are LINC's own too, of those that both gave, and the pairs that differ."""
    both = [
        (one.finding, str(one.published))
        for one in answers
        if one.published != "Error" and one.finding not in (NOT_READ, "not judged")
    ]
    differ = Counter(pair for pair in both if pair[0] != pair[1])
    return len(both) - differ.total(), len(both), differ


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--data", type=Path, default=SHARED, help="folder with the data sets")
    arguments.add_argument("--sample", type=int, default=1, help="take every Nth row (default 1)")
    arguments.add_argument("--show", action="store_true", help="list what is not judged, and why")
    options = arguments.parse_args()
    console = Console(width=120)
    needed = ["folio/folio-validation.jsonl", "folio-v2/train.jsonl", "prontoqa/train.jsonl"]
    needed += ["outputs/linc-gpt-3.5.jsonl", "outputs/logic-lm.jsonl"]
    missing = [name for name in needed if not (options.data / name).is_file()]
    if missing:
        console.print(f"skipped: {options.data} has no {', '.join(missing)}")
        return
    start = time.perf_counter()
    report_gold(options, console)
    report_answers(options, console)
    console.print(f"{time.perf_counter() - start:.0f} seconds")


def report_gold(options: argparse.Namespace, console: Console) -> None:
    judgements = gold(options.data / "folio-v2", options.sample)
    console.print(gold_table(judgements))
    listed = contradictions(judgements)
    console.print(f"stories whose premises contradict each other: {len(listed)}")
    for line in listed:
        console.print(f"  {line}")
    if options.show:
        for judgement in judgements:
            if judgement.reason:
                console.print(f"  row {judgement.story.row}: {judgement.reason}", markup=False)
    proved, count, others = prontoqa(options.data / "prontoqa" / "train.jsonl", options.sample)
    console.print(f"ProntoQA: the conclusion follows in {share(proved, count)}")
    for line in others:
        console.print(f"  {line}")


def report_answers(options: argparse.Namespace, console: Console) -> None:
    everything, by_row, _ = validation(options.data / "folio")
    folder = options.data / "outputs"
    groups = {"LINC, GPT-3.5": linc(folder, everything, options.sample)}
    for model in ("gpt-3.5-turbo", "text-davinci-003"):
        groups[f"Logic-LM, {model}"] = logic_lm(folder, model, by_row, options.sample)
    console.print(answers_table(groups))
    same, both, differ = against_published(groups["LINC, GPT-3.5"])
    console.print(
        f"LINC's own verdict (Prover9), where both have one: the same in {share(same, both)}"
    )
    for (ours, theirs), count in differ.most_common():
        console.print(f"  ours {ours}, theirs {theirs}: {count}")


if __name__ == "__main__":
    main()

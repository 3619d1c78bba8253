"""Who calls different formulas equal, who misses equivalent ones, who cannot tell?

    python benchmarks/soundness.py [--pairs FILE] [--limit SECONDS] [--tools NAME ...] [--show]

FILE is a table with the columns candidate, reference, equivalent (yes/no) and kind (tests/fixtures/pairs.tsv).
Every tool judges every pair in a process of its own, which is stopped after the limit.

A second table is of reading: tests/fixtures/kinds.tsv has texts that models write around and instead of formulas, with
the formula that is meant, or none, and pairs that only a misreading makes equal. What a tool reads is compared with
its own reading of the formula that is meant, in plain notation.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import multiprocessing
import operator
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import peers
import reading
from peers import Judge
from rich.console import Console
from rich.table import Table

FIXTURES = Path(__file__).resolve().parents[1] / "tests" / "fixtures"
PAIRS = FIXTURES / "pairs.tsv"
KINDS = FIXTURES / "kinds.tsv"
INFINITE = "infinite countermodel only"
WARM_UP = ("∀x (Cat(x) → ∃y Chases(x, y))", "∃y ∀x (Cat(x) → Chases(x, y))")
START_LIMIT = 120.0
MISTAKES = ("false 1.0", "missed", "not judged")


def _ours() -> Judge:
    import logic

    def judge(*, candidate: str, reference: str) -> float | None:
        return logic.compare(
            candidate=logic.parse(candidate), reference=logic.parse(reference), names="exact"
        ).score

    return judge


def _baseline(name: str) -> Callable[[], Judge]:
    def make() -> Judge:
        from logic import baselines

        return baselines.BASELINES[name]

    return make


def _with_embedding(name: str) -> Callable[[], Judge | None]:
    def make() -> Judge | None:
        from logic import baselines

        folder = peers.embedding_folder()
        if folder is None:
            return None
        similarity = baselines.SentenceEmbedding(folder)
        return lambda **pair: baselines.BASELINES[name](**pair, similarity=similarity)

    return make


TOOLS: dict[str, tuple[Callable[[], Judge | None], str]] = {
    "folalign": (_ours, ""),
    "unicode-logic-kit": (peers.logic_kit, peers.LOGIC_KIT_HINT),
    "LE, LogicLLaMA": (_baseline("le_logicllama"), ""),
    "LE, S-GRPO, characters": (_baseline("le_sgrpo"), ""),
    "LE, S-GRPO, embedding": (_with_embedding("le_sgrpo"), peers.EMBEDDING_HINT),
    "S-GRPO reward (LE, BLEU)": (_with_embedding("le_bleu"), peers.EMBEDDING_HINT),
    "SMATCH++": (peers.smatchpp, peers.SMATCH_HINT),
    "BLEU": (_baseline("bleu"), ""),
    "canonical match": (_baseline("canonical_match"), ""),
    "exact match": (_baseline("exact_match"), ""),
}
"""What makes each tool's judge (None where it is not installed), and how to install it."""


def serve(tool: str, pipe: Connection) -> None:
    """Judge the pairs that come through the pipe: score (None: cannot tell) and seconds for each."""
    judge = TOOLS[tool][0]()
    if judge is not None:
        judge(candidate=WARM_UP[0], reference=WARM_UP[1])
    pipe.send(judge is not None)
    while judge is not None and (pair := pipe.recv()):
        start = time.perf_counter()
        try:
            score = judge(candidate=pair[0], reference=pair[1])
        except (
            Exception
        ) as error:  # a tool that fails on a pair has not judged it; the others go on
            print(f"{tool} failed on {pair}: {type(error).__name__}: {error}", file=sys.stderr)
            score = None
        pipe.send((score, time.perf_counter() - start))


class Worker:
    """A tool in a process that can be stopped."""

    def __init__(self, tool: str) -> None:
        self.tool = tool
        self.pipe, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("spawn").Process(
            target=serve, args=(tool, theirs), daemon=True
        )
        self.process.start()
        theirs.close()
        self.available = bool(self.pipe.poll(START_LIMIT) and self.pipe.recv())

    def judge(
        self, candidate: str, reference: str, limit: float
    ) -> tuple[float | None, float] | None:
        """Score and seconds; None where the limit passed (the process is then gone)."""
        self.pipe.send((candidate, reference))
        if self.pipe.poll(limit):
            return self.pipe.recv()
        self.process.kill()
        self.process.join()
        return None

    def stop(self) -> None:
        """End the process: politely while it answers, by force after five seconds."""
        if self.process.is_alive():
            with contextlib.suppress(BrokenPipeError):
                self.pipe.send(None)
            self.process.join(5)
        self.process.kill()


Answer = tuple[dict[str, str], float | None, float]


def run(tool: str, pairs: list[dict[str, str]], limit: float) -> list[Answer] | None:
    """Each pair with score and seconds; None where the tool is not installed."""
    worker = Worker(tool)
    answers: list[Answer] = []
    if worker.available:
        for pair in pairs:
            if not worker.process.is_alive():
                worker = Worker(tool)
            answers.append(
                (
                    pair,
                    *(worker.judge(pair["candidate"], pair["reference"], limit) or (None, limit)),
                )
            )
    worker.stop()
    return answers or None


def mistake(pair: dict[str, str], score: float | None) -> str | None:
    """What is wrong with the score of a pair: a heading of the table, or None."""
    if score is None:
        return "not judged"
    if pair["equivalent"] == "no":
        return "false 1.0" if score >= 1.0 - 1e-9 else None
    return "missed" if score < 1.0 - 1e-9 else None


def report(
    console: Console, title: str, results: dict[str, list[Answer]], keep: Callable[[str], bool]
) -> None:
    """A table of mistakes and times over the pairs of some kinds."""
    kept = {
        tool: [answer for answer in answers if keep(answer[0]["kind"])]
        for tool, answers in results.items()
    }
    pairs = [pair for pair, *_ in next(iter(kept.values()), [])]
    if not pairs:
        return
    equal = sum(pair["equivalent"] == "yes" for pair in pairs)
    table = Table(
        title=f"{title}: {len(pairs)} pairs, {equal} equivalent, {len(pairs) - equal} not"
    )
    table.add_column("tool", no_wrap=True)
    for heading in (*MISTAKES, "median ms", "slowest ms"):
        table.add_column(heading, justify="right")
    for tool, answers in kept.items():
        found = Counter(mistake(pair, score) for pair, score, _ in answers)
        seconds = [spent for *_, spent in answers]
        times = (f"{statistics.median(seconds) * 1000:.2f}", f"{max(seconds) * 1000:.1f}")
        table.add_row(tool, *[str(found[heading]) for heading in MISTAKES], *times)
    console.print(table)


class TextReader(NamedTuple):
    """A tool that reads texts; `read` raises `reading.Unread`, `same` compares what it reads."""

    read: Callable[[str], Any]
    same: Callable[[Any, Any], bool]


def _our_reader() -> TextReader:
    import logic

    def same(left: Any, right: Any) -> bool:
        return logic.equivalent(candidate=left, reference=right).status == "proved"

    return TextReader(reading.ours_repaired, same)


def _kit_reader() -> TextReader | None:
    read = reading.kit_reader()
    if read is None:
        return None
    from unicode_logic_kit import api

    return TextReader(read, lambda left, right: api.equivalent(left, right).equivalent is True)


def _nltk_reader() -> TextReader | None:
    read = reading.nltk_reader()
    # NLTK's expressions are equal where they differ in bound variables alone.
    return None if read is None else TextReader(read, operator.eq)


READERS: dict[str, tuple[Callable[[], TextReader | None], str]] = {
    "folalign": (_our_reader, ""),
    "unicode-logic-kit": (_kit_reader, peers.LOGIC_KIT_HINT),
    "NLTK LogicParser": (_nltk_reader, "no NLTK: pip install nltk"),
}


def kinds(*calls: str) -> list[list[str]]:
    """The rows of the table of kinds for some calls, line breaks put back."""
    rows = [line.replace("⏎", "\n").split("\t") for line in KINDS.read_text("utf-8").split("\n")]
    return [row[1:] for row in rows if row[0] in calls]


def _tried(reader: TextReader, text: str) -> Any:
    """What a tool reads; None where it reads nothing, or fails."""
    try:
        return reader.read(text)
    except Exception:  # a reader of another tool may raise anything on a text that is no formula
        return None


def read_well(reader: TextReader, text: str, meant: str) -> str:
    """How a tool reads a text: "right", "unread" or "wrong"."""
    found = _tried(reader, text)
    if found is None:
        return "right" if meant == "-" else "unread"
    target = None
    if meant != "-":
        target = _tried(reader, meant)
        if target is None:  # a bare word is a formula behind a label only
            target = _tried(reader, f"FOL: {meant}")
    return "right" if target is not None and reader.same(found, target) else "wrong"


def report_reading(console: Console, show: bool) -> None:
    """A table of what each tool makes of the texts, and of the pairs that it calls equal."""
    texts, pairs = kinds("READ"), kinds("OTHER")
    formulas = sum(meant != "-" for _, meant in texts)
    title = f"Reading: {len(texts)} texts, {formulas} with a formula; {len(pairs)} unequal pairs"
    table = Table("tool", "right", "unread", "wrong", "wrong 1.0 by reading", title=title)
    for tool, (make, hint) in READERS.items():
        reader = make()
        if reader is None:
            console.print(f"{tool} left out: {hint}", highlight=False)
            continue
        found = {(text, meant): read_well(reader, text, meant) for text, meant in texts}
        counts = Counter(found.values())
        equal = []
        for left, right in pairs:
            both = (_tried(reader, left), _tried(reader, right))
            if None not in both and reader.same(*both):
                equal.append((left, right))
        for pair in (
            [*[row for row, how in found.items() if how == "wrong"], *equal] if show else []
        ):
            console.print(f"{tool}, misread: {pair!r}", markup=False, soft_wrap=True)
        columns = [str(counts[how]) for how in ("right", "unread", "wrong")]
        table.add_row(tool, *columns, str(len(equal)))
    console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=Path, default=PAIRS)
    parser.add_argument("--limit", type=float, default=20.0, help="seconds a pair may take")
    parser.add_argument("--tools", nargs="+", choices=TOOLS, default=list(TOOLS), metavar="NAME")
    parser.add_argument(
        "--show", action="store_true", help="print the pairs a tool got wrong or left open"
    )
    options = parser.parse_args()
    with options.pairs.open(encoding="utf-8", newline="") as file:
        pairs = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    console = Console()
    results: dict[str, list[Answer]] = {}
    for tool in options.tools:
        answers = run(tool, pairs, options.limit)
        if answers is None:
            console.print(f"{tool} left out: {TOOLS[tool][1]}", highlight=False)
            continue
        results[tool] = answers
        for pair, score, _ in answers if options.show else []:
            if wrong := mistake(pair, score):
                console.print(
                    f"{tool}, {wrong}: {pair['candidate']}  |  {pair['reference']}",
                    highlight=False,
                    soft_wrap=True,
                )
    report(console, "Soundness", results, lambda kind: kind != INFINITE)
    report(console, "Refuted by infinite structures alone", results, lambda kind: kind == INFINITE)
    report_reading(console, options.show)


if __name__ == "__main__":
    main()

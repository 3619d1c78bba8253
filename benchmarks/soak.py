"""Does the judge hold out? A million pairs through workers, hostile ones among them.

    python benchmarks/soak.py [--pairs 1000000] [--workers 2] [--hostile 0.02] [--again 0.02]

Pairs (a synthetic reference and an edit of it; a share of the candidates hostile, as in tests/support) go through one
pool in batches of 10,000, as a long training run would send them. None may be lost: each comes back with a score, or
with a reason that is its own (a budget that is spent). A share of each batch is judged in this process too, and the
scores must be the same. Memory of this process and of its workers is noted after each batch, and must not grow.
Then a tenth as many, but at most 10,000, go through a pool of the same kind with a share that never returns: those must
come back as lost, and all others judged. Exit code 1 where anything of this does not hold.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

import hostile_candidates  # noqa: E402
import hostile_texts  # noqa: E402

import data  # noqa: E402
import logic  # noqa: E402
from data.perturb import edit  # noqa: E402
from logic.judging.batch import Task, score_task  # noqa: E402
from logic.judging.workers.lost import Lost  # noqa: E402
from logic.judging.workers.pool import Pool  # noqa: E402

BATCH = 10_000
BUDGET = logic.Budget(rlimit=500_000)
MAX_GROWTH = 1.15
"""Memory in the last quarter of the batches, as a multiple of that in the second."""
OWN_REASONS = ("budget spent", "reference not readable")


def batches(count: int, hostile: float, seed: int) -> Iterator[list[Task]]:
    """Pairs as tasks, made as they are needed."""
    source = random.Random(seed)
    rows = data.load("synthetic", split="train", size=min(count, 20_000), seed=seed).rows
    formulas = [logic.parse(row.formula) for row in rows]
    costly = list(hostile_candidates.candidates().values())
    for first in range(0, count, BATCH):
        yield [_task(source, formulas, costly, hostile) for _ in range(min(BATCH, count - first))]


def _task(
    source: random.Random,
    formulas: list[logic.Formula],
    costly: list[tuple[str, str]],
    hostile: float,
) -> Task:
    formula = source.choice(formulas)
    reference = str(formula)
    if source.random() < hostile:
        candidate = hostile_texts.text(source)
        if source.random() < 0.1:
            candidate, reference = source.choice(costly)
    else:
        for _ in range(source.randrange(3)):
            formula, _ = edit(formula, source)
        candidate = str(formula)
    return candidate, reference, "match", "fol", None, BUDGET


def megabytes() -> float:
    """Resident memory of this process and its children."""
    own = Path("/proc/self").resolve().name
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = [line for line in status.read_text().splitlines() if ":\t" in line]
        except OSError:  # ended meanwhile
            continue
        fields = dict(line.split(":\t", 1) for line in lines)
        is_own = own in (fields.get("Pid", "").strip(), fields.get("PPid", "").strip())
        if is_own and "VmRSS" in fields:
            total += int(fields["VmRSS"].split()[0])
    return total / 1024


def soak(options: argparse.Namespace, console: Console) -> bool:
    """The pairs through one pool; whether all that is asked of it holds."""
    start, judged, reasons = time.perf_counter(), 0, Counter[str]()
    source = random.Random(options.seed + 1)
    memory: list[float] = []
    again = differ = 0
    with Pool("logic.judging.batch:score_task", workers=options.workers, seconds=120.0) as pool:
        for tasks in batches(options.pairs, options.hostile, options.seed):
            results = pool.map(tasks)
            judged += len(results)
            reasons.update([one.reason.split(":")[0] for one in results if isinstance(one, Lost)])
            for task, result in zip(tasks, results, strict=True):
                if source.random() < options.again:
                    again += 1
                    differ += score_task(task) != result
            memory.append(megabytes())
            console.print(f"{judged:>10,} pairs  {memory[-1]:7.1f} MB", highlight=False)
        killed = pool.killed
    seconds = time.perf_counter() - start
    lost = {reason: n for reason, n in reasons.items() if not reason.startswith(OWN_REASONS)}
    quarter = max(1, len(memory) // 4)
    early = statistics.median(memory[quarter : 2 * quarter] or memory)
    growth = statistics.median(memory[-quarter:]) / early
    console.print(
        f"{judged:,} pairs of {options.pairs:,} in {seconds:,.0f} s "
        f"({judged / seconds:,.0f}/s with {options.workers} workers, the {again:,} judged again "
        f"in this process among them); not judged: {dict(reasons)}; lost: {lost or 'none'}; "
        f"workers killed: {killed}; other scores in process: {differ} of {again:,}; "
        f"memory at the end {growth:.2f} times that after a quarter ({early:.0f} MB)",
        highlight=False,
    )
    return judged == options.pairs and not lost and not differ and growth <= MAX_GROWTH


def hanging_task(item: tuple[Task, bool]) -> float | Lost:
    """`score_task`, or a hang."""
    task, hangs = item
    while hangs:
        time.sleep(1)
    return score_task(task)


def hang(options: argparse.Namespace, console: Console) -> bool:
    """Pairs of which some never return: those alone are lost."""
    source = random.Random(options.seed + 2)
    count = min(BATCH, max(1, options.pairs // 10))
    (tasks,) = batches(count, 0.0, options.seed + 3)
    items = [(task, source.random() < options.hanging) for task in tasks]
    with Pool("soak:hanging_task", workers=options.workers, seconds=2.0) as pool:
        results = pool.map(items)
    wrong = sum(
        isinstance(result, Lost) is not hangs
        for result, (_, hangs) in zip(results, items, strict=True)
    )
    hung = sum(hangs for _, hangs in items)
    console.print(f"{count:,} pairs, {hung} hang: {pool.killed} workers replaced, {wrong} wrong")
    return wrong == 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--hostile", type=float, default=0.02)
    parser.add_argument("--again", type=float, default=0.02)
    parser.add_argument("--hanging", type=float, default=0.002)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    console = Console(width=200)
    holds = soak(options, console)
    return 0 if hang(options, console) and holds else 1


if __name__ == "__main__":
    sys.exit(main())

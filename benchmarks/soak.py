"""Does the judge hold out? Many pairs through workers: memory, lost workers, and pairs that hang.

    python benchmarks/soak.py [--count 100000] [--workers 2] [--hanging 0.01]

First `--count` pairs (a synthetic reference and an edit of it) go through `logic.score` in batches of 10,000, as a long
training run would send them; memory of this process and its workers is printed as it goes. Then a tenth as many go
through a pool of the same kind with a share that never returns; those must come back as lost, and all others judged.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

from rich.console import Console
from rich.progress import track

import data
import logic
from data.perturb import edit
from logic.judging.batch import Task, score_task
from logic.judging.workers.lost import Lost
from logic.judging.workers.pool import Pool

BATCH = 10_000


def pairs(count: int, seed: int = 0) -> list[tuple[str, str]]:
    """Synthetic references, each with an edited candidate."""
    source = random.Random(seed)
    rows = data.load("synthetic", split="train", size=min(count, 20_000), seed=seed).rows
    formulas = [logic.parse(row.formula) for row in rows]
    found = []
    while len(found) < count:
        formula = source.choice(formulas)
        candidate = formula
        for _ in range(source.randrange(3)):
            candidate, _ = edit(candidate, source)
        found.append((str(candidate), str(formula)))
    return found


def megabytes() -> float:
    """Resident memory of this process and its children."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(
                line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line
            )
        except OSError:  # ended meanwhile
            continue
        mine = fields.get("Pid", "").strip() == str(_PID) or fields.get("PPid", "").strip() == str(
            _PID
        )
        if mine and "VmRSS" in fields:
            total += int(fields["VmRSS"].split()[0])
    return total / 1024


_PID = int(Path("/proc/self").resolve().name)


def hanging_task(item: tuple[Task, bool]) -> float | Lost:
    """`score_task`, or a hang."""
    task, hangs = item
    while hangs:
        time.sleep(1)
    return score_task(task)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--hanging", type=float, default=0.01)
    options = parser.parse_args()
    console = Console()
    made = pairs(options.count)
    start, none, settled = time.perf_counter(), 0, 0.0
    for first in track(range(0, options.count, BATCH), description="judging"):
        candidates, references = zip(*made[first : first + BATCH], strict=True)
        none += logic.score(
            candidates=candidates, references=references, workers=options.workers
        ).count(None)
        settled = settled or megabytes()
        console.print(f"{first + BATCH:>8} pairs  {megabytes():7.1f} MB")
    console.print(
        f"{options.count / (time.perf_counter() - start):,.0f} pairs/s with {options.workers} workers; not judged: "
        f"{none}; memory after {BATCH:,} pairs {settled:.1f} MB, at the end {megabytes():.1f} MB"
    )
    few = made[: options.count // 10]
    source = random.Random(1)
    items = [((c, r, "match", "fol", None), source.random() < options.hanging) for c, r in few]
    with Pool("soak:hanging_task", workers=options.workers, seconds=1.0) as pool:
        results = pool.map(items)
        wrong = sum(
            isinstance(result, Lost) is not hangs
            for result, (_, hangs) in zip(results, items, strict=True)
        )
        console.print(
            f"{len(items)} pairs, {sum(h for _, h in items)} hang: {pool.killed} workers replaced, {wrong} wrong"
        )


if __name__ == "__main__":
    main()

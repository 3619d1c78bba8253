"""How fast is the judge, in one process, beside the public peers on the same pairs?

    python benchmarks/speed.py [--pairs FILE] [--rounds 3] [--tools NAME ...]

FILE is JSONL with candidate and reference (../shared/reference/pairs.jsonl). Each tool sees every pair as text, one by
one; for ours the batch form is timed too, which reads each distinct reference once. Times are of the best round.
The last lines time `import logic` in fresh processes and name what it must not load.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import peers
from rich.console import Console
from rich.table import Table

import logic
from logic.baselines import bleu, le_logicllama, le_sgrpo
from logic.judging.batch import _reference

PAIRS = Path(__file__).resolve().parents[2] / "shared" / "reference" / "pairs.jsonl"
HEAVY = ("numpy", "torch", "transformers", "scipy.optimize", "z3", "nltk")
Judge = Callable[..., float | None]


def one_by_one(judge: Judge, pairs: list[tuple[str, str]], rounds: int) -> list[float]:
    """Seconds a pair, of the best round."""
    best: list[float] = []
    for _ in range(rounds):
        times = []
        for candidate, reference in pairs:
            start = time.perf_counter()
            judge(candidate=candidate, reference=reference)
            times.append(time.perf_counter() - start)
        if not best or sum(times) < sum(best):
            best = times
    return best


def batch(pairs: list[tuple[str, str]], rounds: int) -> float:
    """Seconds a pair through `logic.score`, with nothing remembered from the round before."""
    candidates, references = zip(*pairs, strict=True)
    best = float("inf")
    for _ in range(rounds):
        _reference.cache_clear()
        start = time.perf_counter()
        logic.score(candidates=candidates, references=references, workers=0)
        best = min(best, time.perf_counter() - start)
    return best / len(pairs)


def import_seconds(module: str, rounds: int) -> float:
    """Median wall-clock seconds to import a module in a fresh interpreter, less those of an empty one."""
    medians = []
    for code in (f"import {module}", "pass"):
        times = []
        for _ in range(rounds):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[1])
            times.append(time.perf_counter() - start)
        medians.append(statistics.median(times))
    return medians[0] - medians[1]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=Path, default=PAIRS)
    parser.add_argument("--rounds", type=int, default=3)
    tools: dict[str, tuple[Callable[[], Judge | None], str]] = {
        "unicode-logic-kit": (peers.logic_kit, peers.LOGIC_KIT_HINT),
        "LE, LogicLLaMA": (lambda: le_logicllama, ""),
        "LE, S-GRPO, characters": (lambda: le_sgrpo, ""),
        "BLEU": (lambda: bleu, ""),
    }
    parser.add_argument("--tools", nargs="*", choices=list(tools), default=list(tools))
    options = parser.parse_args()
    console = Console()
    if not options.pairs.is_file():
        console.print(f"no pairs at {options.pairs}: name them with --pairs; nothing timed")
        return
    rows = [json.loads(line) for line in options.pairs.read_text(encoding="utf-8").splitlines()]
    pairs = [(row["candidate"], row["reference"]) for row in rows]
    logic.score(
        candidates=["∀x (P(x) → Q(x))"], references=["∃x P(x)"], workers=0
    )  # load, outside the times

    table = Table(title=f"{len(pairs)} pairs, one process")
    for name in ("tool", "pairs/s", "median ms", "p99 ms", "worst ms", "ours is faster by"):
        table.add_column(name, justify="left" if name == "tool" else "right")
    ours = one_by_one(logic.compare, pairs, options.rounds)
    whole = batch(pairs, options.rounds)
    table.add_row("folalign, logic.score", f"{1 / whole:,.0f}", "", "", "", "")

    def add(tool: str, times: list[float]) -> None:
        ranked = sorted(times)
        cells = [ranked[len(ranked) // 2], ranked[int(0.99 * len(ranked))], ranked[-1]]
        table.add_row(
            tool, f"{len(times) / sum(times):,.0f}", *[f"{1000 * cell:.2f}" for cell in cells],
            f"{sum(times) / len(times) / whole:.1f}×",
        )  # fmt: skip

    add("folalign, logic.compare", ours)
    for tool in options.tools:
        make, hint = tools[tool]
        judge = make()
        if judge is None:
            console.print(hint)
            continue
        judge(candidate="∀x (P(x) → Q(x))", reference="∃x P(x)")
        add(tool, one_by_one(judge, pairs, 1))
    console.print(table)
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys, logic; print([m for m in {HEAVY} if m in sys.modules])"],
        check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    console.print(
        f"import logic: {import_seconds('logic', 7):.2f} s; of {', '.join(HEAVY)} it loads {loaded.stdout.strip()}"
    )


if __name__ == "__main__":
    main()

"""How fast is the judge, in one process, beside the public peers on the same pairs?

    python benchmarks/speed.py [--pairs FILE] [--data FOLDER] [--groups 100] [--rounds 3] [--tools NAME ...]

FILE is JSONL with candidate and reference (../shared/reference/pairs.jsonl). Each tool sees every pair as text, one by
one; for ours the batch form is timed too, which reads each distinct reference once. Times are of the best round; the
memory is the most that a process of its own had, which judged all pairs with that tool alone.

Then groups of 8 and of 64 samples with one reference each (FOLDER: ../shared/data), as a training step has them: ours
judges a group in one call, the peers sample by sample. References are forgotten before each round; what else ours keeps
from call to call is bounded and the same in every process: the tables of sampled structures, and words of names.
The last lines time `import logic` in fresh processes and name what it must not load.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import peers
from groups import Group, groups
from rich.console import Console
from rich.table import Table

import logic
from logic.baselines import bleu, le_logicllama, le_sgrpo
from logic.judging.batch import _reference

PAIRS = Path(__file__).resolve().parents[2] / "shared" / "reference" / "pairs.jsonl"
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SIZES = (8, 64)
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


def by_group(judge: Callable[[Group], object], drawn: list[Group], rounds: int) -> list[float]:
    """Seconds a group, of the best round; references are read anew in each."""
    best: list[float] = []
    for _ in range(rounds):
        _reference.cache_clear()
        times = []
        for group in drawn:
            start = time.perf_counter()
            judge(group)
            times.append(time.perf_counter() - start)
        if not best or sum(times) < sum(best):
            best = times
    return best


def together(group: Group) -> object:
    """A group in one call."""
    samples, reference = group
    return logic.score(candidates=samples, references=[reference] * len(samples), workers=0)


def apart(judge: Judge) -> Callable[[Group], object]:
    """A group sample by sample."""

    def judge_group(group: Group) -> object:
        return [judge(candidate=sample, reference=group[1]) for sample in group[0]]

    return judge_group


def group_table(
    kind: str, drawn: list[Group], judges: dict[str, Judge], rounds: int, console: Console
) -> None:
    """One kind of groups through all tools."""
    size = len(drawn[0][0])
    texts = sum(len(set(samples)) for samples, _ in drawn) / len(drawn)
    table = Table(
        title=f"{len(drawn)} groups of {size}, {kind}: {texts:.1f} different texts a group"
    )
    for name in ("tool", "samples/s", "median ms a group", "p99 ms", "ours is faster by"):
        table.add_column(name, justify="left" if name == "tool" else "right")
    ours = by_group(together, drawn, rounds)
    single = by_group(apart(logic.compare), drawn, rounds)
    rows = {"folalign, logic.score": ours, OURS: single}
    for tool, judge in judges.items():
        rows[tool] = by_group(apart(judge), drawn, 1)
    for tool, times in rows.items():
        ranked = sorted(times)
        cells = [ranked[len(ranked) // 2], ranked[int(0.99 * len(ranked))]]
        ratio = "" if times is ours else f"{sum(times) / sum(ours):.1f}×"
        table.add_row(
            tool, f"{size * len(times) / sum(times):,.0f}", *[f"{1000 * cell:.1f}" for cell in cells], ratio,
        )  # fmt: skip
    console.print(table)


def peak(tool: str, options: argparse.Namespace) -> str:
    """Megabytes that a process needs which judges all pairs with one tool."""
    words = [sys.executable, __file__, "--pairs", str(options.pairs), "--peak", tool]
    done = subprocess.run(words, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    return lines[-1] if done.returncode == 0 and lines else "?"


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


TOOLS: dict[str, tuple[Callable[[], Judge | None], str]] = {
    "unicode-logic-kit": (peers.logic_kit, peers.LOGIC_KIT_HINT),
    "LE, LogicLLaMA": (lambda: le_logicllama, ""),
    "LE, S-GRPO, characters": (lambda: le_sgrpo, ""),
    "BLEU": (lambda: bleu, ""),
}
OURS = "folalign, logic.compare"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=Path, default=PAIRS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--groups", type=int, default=100, help="of each size and kind")
    parser.add_argument("--tools", nargs="*", choices=list(TOOLS), default=list(TOOLS))
    parser.add_argument("--peak", help=argparse.SUPPRESS)
    options = parser.parse_args()
    console = Console()
    if not options.pairs.is_file():
        console.print(f"no pairs at {options.pairs}: name them with --pairs; nothing timed")
        return
    rows = [json.loads(line) for line in options.pairs.read_text(encoding="utf-8").splitlines()]
    pairs = [(row["candidate"], row["reference"]) for row in rows]
    if options.peak:
        judge = logic.compare if options.peak == OURS else TOOLS[options.peak][0]()
        assert judge is not None
        one_by_one(judge, pairs, 1)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
        return
    logic.score(
        candidates=["∀x (P(x) → Q(x))"], references=["∃x P(x)"], workers=0
    )  # load, outside the times

    table = Table(title=f"{len(pairs)} pairs, one process")
    for name in (
        "tool",
        "pairs/s",
        "median ms",
        "p99 ms",
        "worst ms",
        "peak MB",
        "ours is faster by",
    ):
        table.add_column(name, justify="left" if name == "tool" else "right")
    ours = one_by_one(logic.compare, pairs, options.rounds)
    whole = batch(pairs, options.rounds)
    table.add_row("folalign, logic.score", f"{1 / whole:,.0f}", "", "", "", "")

    def add(tool: str, times: list[float]) -> None:
        ranked = sorted(times)
        cells = [ranked[len(ranked) // 2], ranked[int(0.99 * len(ranked))], ranked[-1]]
        table.add_row(
            tool, f"{len(times) / sum(times):,.0f}", *[f"{1000 * cell:.2f}" for cell in cells],
            peak(tool, options), f"{sum(times) / len(times) / whole:.1f}×",
        )  # fmt: skip

    add(OURS, ours)
    judges: dict[str, Judge] = {}
    for tool in options.tools:
        make, hint = TOOLS[tool]
        judge = make()
        if judge is None:
            console.print(hint)
            continue
        judge(candidate="∀x (P(x) → Q(x))", reference="∃x P(x)")
        judges[tool] = judge
        add(tool, one_by_one(judge, pairs, 1))
    console.print(table)
    for size in SIZES if (options.data / "outputs").is_dir() else ():
        for kind, drawn in groups(options.data, size, options.groups).items():
            group_table(kind, drawn, judges, options.rounds, console)
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys, logic; print([m for m in {HEAVY} if m in sys.modules])"],
        check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    console.print(
        f"import logic: {import_seconds('logic', 7):.2f} s; of {', '.join(HEAVY)} it loads {loaded.stdout.strip()}"
    )


if __name__ == "__main__":
    main()

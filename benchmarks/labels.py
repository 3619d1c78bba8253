"""Where labels are all there is: stories in wordings that no formula shows.

    python benchmarks/labels.py [--seeds 5] [--minutes 60] [--output runs/labels]

A user has stories with formulas in the wordings of one source, and from another source stories of which the label
alone is known: True, False or Uncertain. SFT has nothing to learn from these, the reward `story` has. Here the first
are 12,000 stories of the corpus `proof-synthetic` whose rules begin with "every", "all", "if", "no" or "only" of
several, the second 1,600 with a rule that begins with "each", "none but", "only a" or "there is no"
(`labels_corpus.py`). One warm-up by SFT on the first is shared by all; from it go on, for as many updates of 8 prompts,

    S-GRPO      by the reward `story` on the 1,600 stories (half of it for the label, half for formulas that have the
                words of their sentences), and by the label term on 400 of the first kind
    GRPO        the same without the label term
    RAFT        SFT, in four rounds, on samples that earn 0.9 or more, of all 2,000 stories
    SFT         on the 400 stories with formulas: the control

Judged on 400 held-out stories in the new wordings, greedy and sampled: labels proved, and sentences equivalent to their
formulas; and on 200 in the old ones. The rate and its schedule were chosen with seed 0 on the validation split,
and seed 0 is none of those that are counted.

What is finished is kept: the same command goes on, and stops beginning anything after --minutes. The tables go to
standard output and, with all figures, into the output folder.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import labels_corpus  # noqa: E402
from methods import ONE_CORE, Method, as_words, folalign  # noqa: E402
from methods_table import _deviating, _markdown, _probability, _table  # noqa: E402
from rich.console import Console  # noqa: E402

from pipelines.judging.intervals import mcnemar, probability  # noqa: E402

CONFIGS = ROOT / "pipelines" / "configs"
WARM_UP, UPDATES = 600, 100
FIRST_SEED = 1
"""Seed 0 chose the rate."""

# What all trainings share; a method's own options come after.
TRAINING: dict[str, Any] = {
    "train_split": "rl", "train_size": labels_corpus.ROWS["rl"], "gold_rows": labels_corpus.GOLD,
    "max_steps": UPDATES, "learning_rate": 3e-4, "lr_scheduler_type": "linear", "warmup_steps": 10,
    "save_strategy": "no",
}  # fmt: skip
PAID: dict[str, Any] = {"rewards": "story", "backend": "transformers"}
ROLLOUTS = PAID | {"adam_beta2": 0.98, "max_completion_length": 96}


METHODS = {
    "sgrpo": Method("S-GRPO", "sgrpo", "tiny.yaml", "sgrpo", ROLLOUTS),
    "sft": Method(
        "SFT, 8 rows an update",
        "sft",
        "tiny.yaml",
        "control",
        {"per_device_train_batch_size": 8},
    ),
    "grpo": Method("GRPO", "sgrpo", "rivals/grpo.yaml", "grpo", ROLLOUTS | {"label_weight": 0.0}),
    "raft": Method(
        "RAFT",
        "raft",
        "rivals/raft.yaml",
        "raft",
        PAID | {"per_device_train_batch_size": 8, "threshold": 0.9},
    ),
    "sft-64": Method(
        "SFT, 64 rows an update",
        "sft",
        "tiny.yaml",
        "control",
        {"per_device_train_batch_size": 64},
    ),
}
SPLITS = {"test": {"samples": 1}, "old": {"samples": 0}}


@dataclass(frozen=True)
class Bench:
    """Where the runs lie."""

    output: Path

    @property
    def start(self) -> Path:
        return self.output / "shared" / "sft" / "model"

    def of(self, name: str, seed: int) -> Path:
        return self.output / f"seed-{seed}" / name

    def is_done(self, name: str, seed: int) -> bool:
        """Whether a method is trained and judged; the old wordings come last."""
        return (self.of(name, seed) / "old" / "evaluate" / "model" / "metrics.json").exists()


# ---- jobs -----------------------------------------------------------------------------------------------------------


def train(bench: Bench, name: str, seed: int) -> None:
    """Train one method from the warm-up, and judge it."""
    method, output = METHODS[name], bench.of(name, seed)
    model = output / method.section / "model"
    if not model.exists():
        options = TRAINING | method.options | {"model": bench.start}
        _stage(bench, method.stage, method.config, method.section, output, seed, options)
    judge(bench, output, model, seed)


def warm_up(bench: Bench) -> None:
    """The model that all methods start from."""
    labels_corpus.prepare(bench.output / "data")
    output = bench.output / "shared"
    if not bench.start.exists():
        options = {"train_size": labels_corpus.ROWS["train"], "max_steps": WARM_UP}
        _stage(bench, "sft", "tiny.yaml", "sft", output, 0, options | {"save_strategy": "no"})
    judge(bench, output, bench.start, 0)


def _stage(
    bench: Bench,
    stage: str,
    config: str,
    section: str,
    output: Path,
    seed: int,
    options: dict[str, Any],
) -> None:
    own = {"dataset": "jsonl", "dataset_path": bench.output / "data", "task": "story"}
    own |= {"output_dir": output, "seed": seed} | options
    words = ["--config", str(CONFIGS / config), "--section", section, *as_words(own)]
    folalign(output / "logs" / f"{section}.log", stage, *words)


def judge(bench: Bench, output: Path, model: Path, seed: int) -> None:
    """What `folalign evaluate` finds of a model on held-out stories."""
    for split, options in SPLITS.items():
        folder = output / split
        own = {"dataset": "jsonl", "dataset_path": bench.output / "data", "task": "story"}
        own |= {"split": split, "seed": seed, "output_dir": folder, "max_tokens": 96}
        own |= {"grammar": "none", "batch_size": 200} | options
        if not (folder / "evaluate" / "model" / "metrics.json").exists():
            log = output / "logs" / f"{split}.log"
            folalign(log, "evaluate", "--model", f"model={model}", *as_words(own))


# ---- the table ------------------------------------------------------------------------------------------------------


HEAD = (
    "seeds",
    "labels proved: greedy",
    "sampled",
    "sentences equivalent: greedy",
    "sampled",
    "old wordings",
)
TESTED = ("S-GRPO is ahead: labels", "sentences", "stories better / worse")
Judged = dict[int, dict[str, Any]]  # what evaluations of a method found, by seed


def read(output: Path) -> dict[str, Any]:
    """The figures of one model: shares, and for each story whether its label was proved."""
    found: dict[str, Any] = {}
    for split in SPLITS:
        folder = output / split / "evaluate" / "model"
        metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
        found[split] = {part: metrics[part] for part in ("greedy", "sampled") if part in metrics}
        lines = (folder / "samples.jsonl").read_text(encoding="utf-8").splitlines()
        samples = [json.loads(line) for line in lines]
        greedy = [sample for sample in samples if sample["part"] == "greedy"]
        found[split]["right"] = [float(sample["right"]) for sample in greedy]
        found[split]["wordings"] = _by_wording(greedy)
    return found


def _by_wording(samples: list[dict[str, Any]]) -> dict[str, float]:
    """The share of stories with each new wording of which all sentences are equivalent to their formulas."""
    whole: dict[str, list[bool]] = {}
    for sample in samples:
        for wording in labels_corpus.new_wordings(sample["sentence"]):
            whole.setdefault(wording, []).append(sample["score"] == 1.0)
    return {wording: sum(found) / len(found) for wording, found in sorted(whole.items())}


def report(bench: Bench, seeds: range, console: Console) -> None:
    """Print the table, and write it with its figures."""
    found: dict[str, Judged] = {}
    for name, method in METHODS.items():
        done = [seed for seed in seeds if bench.is_done(name, seed)]
        measured = {seed: read(bench.of(name, seed)) for seed in done}
        if measured:
            found[method.title] = measured
    ours = found.get("S-GRPO", {})
    everything = {"the warm-up": {0: read(bench.output / "shared")}} | found
    rows, whole = [], []
    for title, measured in everything.items():
        has_lead = title in found and measured is not ours
        rows.append([title, *_cells(measured), *(_lead(ours, measured) if has_lead else [""] * 3)])
        shares = [one["test"]["wordings"] for one in measured.values()]
        whole.append([title, *[_deviating([one[name] for one in shares]) for name in shares[0]]])
    wordings = tuple(everything["the warm-up"][0]["test"]["wordings"])
    tables = [
        _table(f"Held-out stories after {UPDATES} updates, in %", (*HEAD, *TESTED), rows),
        _table("Whole stories equivalent in greedy answers, by wording, in %", wordings, whole),
    ]
    for table in tables:
        console.print(table)
    text = "\n\n".join(_markdown(table) for table in tables)
    (bench.output / "results.json").write_text(json.dumps(everything), encoding="utf-8")
    (bench.output / "results.md").write_text(text + "\n", encoding="utf-8")


def _cells(measured: Judged) -> list[str]:
    cells = [str(len(measured))]
    for key in ("labels", "sentences"):
        for part in ("greedy", "sampled"):
            cells.append(_deviating([one["test"][part][key] for one in measured.values()]))
    return [*cells, _deviating([one["old"]["greedy"]["labels"] for one in measured.values()])]


def _lead(ours: Judged, theirs: Judged) -> list[str]:
    """How far S-GRPO is ahead in greedy answers: by the paired t-test over seeds, and by the sign test over stories."""
    both = [(ours[seed]["test"], theirs[seed]["test"]) for seed in ours if seed in theirs]
    cells = []
    for key in ("labels", "sentences"):
        leads = [a["greedy"][key] - b["greedy"][key] for a, b in both]
        cells.append(f"{_deviating(leads)} ({_probability(leads)})" if leads else "")
    # Story by story, in how many seeds it is right: the seeds of one story hang together.
    right = [sum(seeds) for seeds in zip(*[a["right"] for a, _ in both], strict=True)]
    other = [sum(seeds) for seeds in zip(*[b["right"] for _, b in both], strict=True)]
    better = sum(one > two for one, two in zip(right, other, strict=True))
    worse = sum(one < two for one, two in zip(right, other, strict=True))
    return [*cells, f"{better} / {worse} ({probability(mcnemar(right, other))})" if both else ""]


# ---- what is run ----------------------------------------------------------------------------------------------------


def run(bench: Bench, seeds: range, options: argparse.Namespace, console: Console) -> None:
    """All trainings that can be begun in time, so many at a time."""
    started = time.monotonic()
    warm_up(bench)

    def timed(name: str, seed: int) -> bool:
        if time.monotonic() - started > 60 * options.minutes:
            return bench.is_done(name, seed)
        train(bench, name, seed)
        return True

    with ThreadPoolExecutor(options.workers) as pool:
        asked = [(seed, name) for seed in seeds for name in METHODS]
        jobs = [pool.submit(partial(timed, name, seed)) for seed, name in asked]
        for (seed, name), job in zip(asked, jobs, strict=True):
            if job.result():
                minutes = (time.monotonic() - started) / 60
                console.print(f"{minutes:5.1f} min  seed {seed}: {METHODS[name].title}")
    left = sum(not job.result() for job in jobs)
    if left:
        console.print(f"{left} trainings are left: the same command goes on")
    report(bench, seeds, console)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--minutes", type=float, default=60.0, help="begin nothing after so many")
    parser.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        help="trainings at a time, one core each",
    )
    parser.add_argument("--output", type=Path, default=ROOT / "runs" / "labels")
    options = parser.parse_args()
    if options.seeds < 1 or options.workers < 1:
        parser.error(
            f"--seeds and --workers must be at least 1, got {options.seeds} and {options.workers}"
        )
    seeds = range(FIRST_SEED, FIRST_SEED + options.seeds)
    run(Bench(options.output.resolve()), seeds, options, Console(width=140, highlight=False))


if __name__ == "__main__":
    os.environ.update(ONE_CORE)
    main()

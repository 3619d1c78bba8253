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

and S-GRPO paid for the label alone, or for formulas, of which the label only chooses those that count.

Judged on 400 held-out stories in the new wordings, greedy, sampled, and under the grammar of the story's signature:
labels proved, and sentences equivalent to their formulas; and on 200 in the old ones. A model that SFT has taught as
many sentences, one at a time, translates the same stories sentence by sentence. The rate and its schedule were chosen
with seed 0 on the validation split, and seed 0 is none of those that are counted.

What is finished is kept: the same command goes on, and stops beginning anything after --minutes. The tables go to
standard output and, with all figures, into the output folder.
"""

from __future__ import annotations

import argparse
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
import labels_table  # noqa: E402
from methods import ONE_CORE, Method, as_words, folalign  # noqa: E402
from rich.console import Console  # noqa: E402

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
    "formulas": Method(
        "S-GRPO, mostly formulas",
        "sgrpo",
        "tiny.yaml",
        "sgrpo",
        ROLLOUTS | {"reward_settings": {"story": {"process": 1.0}}},
    ),
    "verdicts": Method(
        "S-GRPO, labels alone",
        "sgrpo",
        "tiny.yaml",
        "sgrpo",
        ROLLOUTS | {"reward_settings": {"story": {"process": 0.0}}},
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
SPLITS: dict[str, dict[str, Any]] = {
    "test": {"samples": 1, "grammar": "signature"},
    "old": {"samples": 0, "grammar": "signature"},
}
SENTENCES = {"train_size": 20_000, "max_steps": WARM_UP, "per_device_train_batch_size": 216}
"""How a model is taught sentences: all there are, and as many an update as the stories of the warm-up's have."""


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
        return labels_table.is_judged(self.of(name, seed) / "old")


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
    output = bench.output / "shared"
    if not bench.start.exists():
        options = {"train_size": labels_corpus.ROWS["train"], "max_steps": WARM_UP}
        _stage(bench, "sft", "tiny.yaml", "sft", output, 0, options | {"save_strategy": "no"})
    judge(bench, output, bench.start, 0)


def by_sentence(bench: Bench) -> None:
    """A model of single sentences, and what it proves of the stories."""
    output = bench.output / "sentences"
    trained = output / "sft" / "model"
    if not trained.exists():
        folder = bench.output / "data" / "sentences"
        options = SENTENCES | {"dataset_path": folder, "task": "translate"}
        _stage(bench, "sft", "tiny.yaml", "sft", output, 0, options | {"save_strategy": "no"})
    for split in SPLITS:
        if not (output / split / "entail" / "model" / "metrics.json").exists():
            own = {"dataset": "jsonl", "dataset_path": bench.output / "data", "split": split}
            own |= {"size": labels_corpus.ROWS[split], "max_tokens": 64, "batch_size": 200}
            own["output_dir"] = output / split
            log = output / "logs" / f"{split}.log"
            folalign(log, "entail", "--model", f"model={trained}", *as_words(own))
        target = output / split / "given-the-signature.jsonl"
        words = ["--story", "--grammar", "signature", "--model", str(trained), "--n", "1"]
        words += ["--input", str(bench.output / "data" / "signed" / f"{split}.jsonl")]
        words += ["--max_tokens", "64", "--output", str(target)]  # goes on where it stopped
        folalign(output / "logs" / f"{split}-signed.log", "translate", *words)


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
        own |= {"batch_size": 200} | options
        if not labels_table.is_judged(folder):
            log = output / "logs" / f"{split}.log"
            folalign(log, "evaluate", "--model", f"model={model}", *as_words(own))


# ---- what is run ----------------------------------------------------------------------------------------------------


def run(bench: Bench, seeds: range, options: argparse.Namespace, console: Console) -> None:
    """All trainings that can be begun in time, so many at a time."""
    started = time.monotonic()
    labels_corpus.prepare(bench.output / "data")

    def timed(name: str, seed: int) -> bool:
        if time.monotonic() - started > 60 * options.minutes:
            return bench.is_done(name, seed)
        train(bench, name, seed)
        return True

    with ThreadPoolExecutor(options.workers) as pool:
        beside = pool.submit(by_sentence, bench)
        pool.submit(warm_up, bench).result()
        asked = [(seed, name) for seed in seeds for name in METHODS]
        jobs = [pool.submit(partial(timed, name, seed)) for seed, name in asked]
        for (seed, name), job in zip(asked, jobs, strict=True):
            if job.result():
                minutes = (time.monotonic() - started) / 60
                console.print(f"{minutes:5.1f} min  seed {seed}: {METHODS[name].title}")
        beside.result()
    left = sum(not job.result() for job in jobs)
    if left:
        console.print(f"{left} trainings are left: the same command goes on")
    done = {
        method.title: {seed: bench.of(name, seed) for seed in seeds if bench.is_done(name, seed)}
        for name, method in METHODS.items()
    }
    labels_table.report(bench.output, done, UPDATES, console)


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

"""Which method trains best, and under which budget? Which reward trains S-GRPO best?

    python benchmarks/methods.py [--seeds 3] [--output runs/methods] [--methods NAME ...] [--workers 2]

The regime: a model that SFT has taught most of a language meets new constructions, of which only a
few labelled rows exist (`rl` of `methods_corpus.py`); and a sentence has several right formulas,
because the labels are written by several hands (equivalent rewritings of the corpus's formulas).
New are every fourth of the synthetic corpus's templates, whose parts the model knows, and all that
say "only", "neither" or exclusive "or", of which it has not seen one: some of what is new can be
found by sampling, some must be told.
For each seed there is one warm-up by SFT on the other templates; every method goes on from it with the same new rows
(`SFT for longer` has the old rows). All runs are the stages of `folalign`
with the configs of pipelines/configs/rivals and the options listed here, on one core each. Learning rates and the label
weight were chosen with seed 0, from two to four values each, and seed 0 is none of those that are counted; published,
RLSR and BLEUBERI have the rate of S-GRPO.
Each model is judged by equivalence on held-out sentences of the new constructions (the last column: of the old
ones), whatever its reward, under three budgets:

    updates    after `UPDATES` updates of 8 prompts (SFT with 64 rows an update sees eight times as many rows;
               those of RAFT are its first round, a quarter of the rows)
    rows       the same new rows as often as it helps: the checkpoint that is best on the validation split, of all the
               updates that are listed here
    time       the same among the checkpoints within the seconds that S-GRPO takes for `UPDATES` updates, or the first

The rewards, and some keys of the trainer, are compared after `UPDATES` updates of S-GRPO (nll), where only they differ;
graded, 0/1 and the published mix after `LONGEST` too. The published mix matches names by MiniLM, as it was published.

What is finished is kept: the same command goes on after an interruption. The table goes to standard output and, with
the plot and all figures, into the output folder.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import methods_corpus  # noqa: E402
import methods_policy  # noqa: E402
import methods_table  # noqa: E402
from rich.console import Console  # noqa: E402

from alignment.pretrained.fetch import fetch  # noqa: E402
from pipelines.processes import run_apart  # noqa: E402

CONFIGS = ROOT / "pipelines" / "configs"
ONE_CORE = {
    "OMP_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
    "CUDA_VISIBLE_DEVICES": "",
}
"""The environment of a training."""
WARM_UP, UPDATES, LONGEST, STEP = 600, 120, 180, 60
FIRST_SEED = 1
"""Seed 0 chose the rates."""

# What all trainings share; a method's own options come after.
TRAINING: dict[str, Any] = {
    "dataset": "jsonl", "train_split": "rl", "max_steps": UPDATES, "lr_scheduler_type": "constant_with_warmup",
    "warmup_steps": 10, "save_steps": STEP, "save_total_limit": 100, "learning_rate": 5e-4,
}  # fmt: skip
ROLLOUTS = {"backend": "transformers", "max_completion_length": 64, "adam_beta2": 0.99}
SAMPLES = {"backend": "transformers", "max_tokens": 64, "adam_beta2": 0.99}
LABEL: dict[str, Any] = {"label_weight": 1.0, "label_reward_weighted": True}


@dataclass(frozen=True)
class Method:
    """One row of the table: a stage with a section of a config, and what this benchmark sets otherwise."""

    title: str
    stage: str
    config: str
    section: str
    options: dict[str, Any] = field(default_factory=dict)
    compares: str = "methods"


def _sft(title: str, **options: Any) -> Method:
    return Method(title, "sft", "rivals/sft.yaml", "sft-new-rows", options)


def _rl(title: str, name: str, section: str = "", **options: Any) -> Method:
    return Method(title, "sgrpo", f"rivals/{name}.yaml", section or name, ROLLOUTS | options)


def _samples(title: str, name: str, stage: str, **options: Any) -> Method:
    return Method(title, stage, f"rivals/{name}.yaml", name, SAMPLES | options)


def _reward(title: str, *rewards: str, updates: int = UPDATES, **others: Any) -> Method:
    """S-GRPO (nll) with other rewards, or with something else of it changed."""
    changed = {"rewards": rewards, "reward_combination": "mean", "max_steps": updates}
    options = ROLLOUTS | LABEL | changed | others
    return Method(title, "sgrpo", "rivals/sgrpo-nll.yaml", "sgrpo-nll", options, compares="rewards")


METHODS = {
    "sgrpo-nll": _rl("S-GRPO (nll)", "sgrpo-nll", max_steps=LONGEST, **LABEL),
    "sgrpo-ratio": _rl("S-GRPO (ratio)", "sgrpo-ratio", label_weight=0.3, max_steps=LONGEST),
    "sgrpo-published": _rl("S-GRPO (published)", "sgrpo-published", label_weight=0.3),
    "grpo": _rl("GRPO", "grpo", max_steps=LONGEST),
    "sft-8": _sft(
        "SFT, 8 rows an update", per_device_train_batch_size=8, max_steps=720, save_steps=120
    ),
    "sft-64": _sft("SFT, 64 rows an update", per_device_train_batch_size=64, max_steps=240),
    "sft-longer": _sft(
        "SFT for longer, old rows", train_split="train", per_device_train_batch_size=64
    ),
    "dpo": _samples("DPO", "dpo", "dpo", learning_rate=5e-5, max_steps=300),
    "rpo": _samples("RPO (DPO + SFT)", "rpo", "dpo", max_steps=360),
    "raft": _samples("RAFT / SuperHF", "raft", "raft", learning_rate=2e-4, max_steps=480),
    "sft-rlsr": _rl("RLSR after SFT", "sft-rlsr", "rlsr"),
    "bleuberi": _rl("BLEUBERI", "bleuberi"),
    "reward-equivalence": _reward("equivalence (0/1)", "equivalence", updates=LONGEST),
    "reward-le": _reward("LE", "le"),
    "reward-bleu": _reward("BLEU", "bleu"),
    "reward-le-bleu": _reward("half LE, half BLEU", "le_bleu", updates=LONGEST),
    "reward-embedding": _reward("embedding cosine", "embedding", label_reward_weighted=False),
    "reward-both": _reward("graded + equivalence", "logic", "equivalence"),
    "key-par": _reward("reward_transform: par", "logic", reward_transform="par"),
    "key-log-sigmoid": _reward(
        "reward_transform: log_sigmoid",
        "logic",
        reward_transform="log_sigmoid",
        label_reward_weighted=False,
    ),
    "key-filter": _reward("filter_keep: 2", "logic", filter_keep=2),
    "key-difficulty": _reward("difficulty_power: 1", "logic", difficulty_power=1.0),
    "key-located": _reward("credit: located", "logic", credit="located"),
    "key-adaptive": _reward("label_schedule: adaptive", "logic", label_schedule="adaptive"),
}
BY_EMBEDDING = ("embedding", "le_bleu")
TEST = {"samples": 1, "grammar": "none"}


@dataclass(frozen=True)
class Bench:
    """Where the runs lie, and what was asked for."""

    output: Path
    seeds: range
    workers: int
    chosen: tuple[str, ...]

    def seed(self, seed: int) -> Path:
        return self.output / f"seed-{seed}"

    @property
    def data(self) -> Path:
        return self.output / "data"


# ---- jobs -----------------------------------------------------------------------------------------------------------


def folalign(log: Path, *words: str) -> None:
    """One command of the product in a process of its own, its output in a log file."""
    log.parent.mkdir(parents=True, exist_ok=True)
    code = run_apart(methods_policy.logged, [str(log), *words])
    if code:
        tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise RuntimeError(
            f"folalign {' '.join(words)} ended with {code}; the end of {log}:\n{tail}"
        )


def as_words(options: dict[str, Any]) -> list[str]:
    """Settings as options of the command line."""
    words: list[str] = []
    for key, value in options.items():
        values = value if isinstance(value, (list, tuple)) else [value]
        words += [
            f"--{key}",
            *(json.dumps(one) if isinstance(one, dict) else str(one) for one in values),
        ]
    return words


def warm_up(bench: Bench, seed: int) -> Path:
    """The model that every method of a seed starts from."""
    directory = bench.seed(seed)
    options = {
        "dataset": "jsonl", "dataset_path": bench.data, "output_dir": directory, "seed": seed, "max_steps": WARM_UP,
        "save_strategy": "no",
    }  # fmt: skip
    folalign(
        directory / "logs" / "warm-up.log",
        "sft",
        "--config",
        str(CONFIGS / "tiny.yaml"),
        *as_words(options),
    )
    return directory / "sft" / "model"


def train(bench: Bench, seed: int, name: str, start: Future[Path]) -> None:
    """Train one method, and judge its checkpoints on the validation split."""
    method, directory = METHODS[name], bench.seed(seed)
    model = start.result()
    run = directory / name
    if not (run / "started").exists():
        shutil.rmtree(run, ignore_errors=True)  # its times would not be those of one training
        options = (
            TRAINING
            | {"dataset_path": bench.data, "output_dir": run, "seed": seed}
            | method.options
        )
        options |= {"model": model}
        paid = ("embedding",) if name == "sft-rlsr" else options.get("rewards", ())
        if asked := [reward for reward in paid if reward in BY_EMBEDDING]:
            options["reward_settings"] = {one: {"model": embedding_model()} for one in asked}
        words = [
            "--config",
            str(CONFIGS / method.config),
            "--section",
            method.section,
            *as_words(options),
        ]
        started = time.time()
        folalign(directory / "logs" / f"{name}.log", method.stage, *words)
        (run / method.section).rename(run / "run")
        (run / "started").write_text(str(started), encoding="utf-8")
    if method.compares == "methods":
        named = [f"{name}-{step}={path}" for step, path in checkpoints(run)]
        judge(bench, seed, "validation", named, {"samples": 0, "grammar": "none"})


def embedding_model() -> str:
    """The folder of all-MiniLM-L6-v2, fetched where it is not there yet."""
    return str(fetch("minilm"))


def checkpoints(run: Path) -> list[tuple[int, Path]]:
    found = [
        (int(path.name.rpartition("-")[2]), path)
        for path in (run / "run" / "checkpoints").glob("checkpoint-*")
    ]
    return sorted(found)


def judge(bench: Bench, seed: int, split: str, named: list[str], options: dict[str, Any]) -> None:
    own = {
        "dataset": "jsonl",
        "dataset_path": bench.data,
        "split": split,
        "batch_size": 256,
        "max_tokens": 80,
    }
    directory = bench.seed(seed) / split
    words = as_words(own | {"output_dir": directory, "seed": seed, "task": "translate"} | options)
    log = bench.seed(seed) / "logs" / f"{split}-{named[0].partition('=')[0]}.log"
    folalign(log, "evaluate", "--model", *named, *words)


def held_out(bench: Bench, seed: int, name: str) -> None:
    """Judge on the test split the checkpoints that the budgets choose, and measure the policy."""
    place = bench.seed(seed) / name / "run" / "checkpoints"
    chosen = (
        methods_table.budgets(bench.output, seed, name, UPDATES)
        if METHODS[name].compares == "methods"
        else {}
    )
    steps = set(chosen.values())
    if METHODS[name].compares == "rewards" or name == methods_table.GRADED:
        steps |= {UPDATES, checkpoints(place.parent.parent)[-1][0]}
    judge(
        bench,
        seed,
        "test",
        [f"{name}-{step}={place / f'checkpoint-{step}'}" for step in sorted(steps)],
        TEST,
    )
    if chosen:
        step = chosen["updates"]
        after, model = f"{name}-{step}", str(place / f"checkpoint-{step}")
        judge(bench, seed, "old", [f"{after}={model}"], {"samples": 0, "grammar": "none"})
        measure_policy(bench, seed, after, model)


def measure_policy(bench: Bench, seed: int, name: str, model: str) -> None:
    target = bench.seed(seed) / "policy" / f"{name}.json"
    if not target.exists():
        start = bench.seed(seed) / "sft" / "model"
        code = run_apart(
            methods_policy.main,
            [model, str(start), str(bench.data / "validation.jsonl"), str(target)],
        )
        if code:
            raise RuntimeError(f"measuring the policy of {model} ended with {code}")


def at_start(bench: Bench, seed: int) -> None:
    """The warm-up itself, alone and with votes of eight samples: best-of-n at inference."""
    model = bench.seed(seed) / "sft" / "model"
    judge(bench, seed, "test", [f"warm-up-0={model}"], TEST)
    judge(bench, seed, "old", [f"warm-up-0={model}"], {"samples": 0, "grammar": "none"})
    measure_policy(bench, seed, "warm-up-0", str(model))
    for name, path in (
        ("warm-up", model),
        ("sgrpo-nll", bench.seed(seed) / "sgrpo-nll" / "run" / "model"),
    ):
        target = bench.seed(seed) / "votes" / f"{name}.json"
        if not target.exists() and path.exists():
            code = run_apart(
                methods_policy.vote, [str(path), str(bench.data / "test.jsonl"), str(target)]
            )
            if code:
                raise RuntimeError(f"votes of {path} ended with {code}")


def run(bench: Bench) -> None:
    """All trainings, two or so at a time; warm-ups come first in the queue, so none waits for one behind it."""
    methods_corpus.prepare(bench.data)
    console = Console(width=140, highlight=False)
    started = time.monotonic()
    with ThreadPoolExecutor(bench.workers) as pool:
        starts = {seed: pool.submit(warm_up, bench, seed) for seed in bench.seeds}
        jobs = {(seed, name): pool.submit(train, bench, seed, name, starts[seed])
                for seed in bench.seeds for name in bench.chosen}  # fmt: skip
        for number, ((seed, name), job) in enumerate(jobs.items(), 1):
            job.result()
            minutes = (time.monotonic() - started) / 60
            console.print(
                f"{minutes:5.1f} min  {number}/{len(jobs)}  seed {seed}: {METHODS[name].title}"
            )
        last = [pool.submit(held_out, bench, seed, name) for seed, name in jobs]
        last += [pool.submit(at_start, bench, seed) for seed in bench.seeds]
        for done in last:
            done.result()
    chosen = {name: METHODS[name] for name in bench.chosen}
    methods_table.report(bench.output, bench.seeds, chosen, (UPDATES, LONGEST), console)
    console.print(f"{(time.monotonic() - started) / 60:.1f} min in this call")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        help="trainings at a time, one core each",
    )
    parser.add_argument("--output", type=Path, default=ROOT / "runs" / "methods")
    parser.add_argument(
        "--methods", nargs="+", choices=METHODS, default=list(METHODS), metavar="NAME"
    )
    options = parser.parse_args()
    if options.seeds < 1 or options.workers < 1:
        parser.error(
            f"--seeds and --workers must be at least 1, got {options.seeds} and {options.workers}"
        )
    chosen = tuple(dict.fromkeys(["sgrpo-nll", *options.methods]))  # the budget of time is its time
    seeds = range(FIRST_SEED, FIRST_SEED + options.seeds)
    run(Bench(options.output.resolve(), seeds, options.workers, chosen))


if __name__ == "__main__":
    os.environ.update(ONE_CORE)
    main()

"""Is logic an alternative to a reward model? Every reward on the same pairs, as far as it can be optimised.

    python benchmarks/claim.py [--part best policies] [--seeds 5] [--minutes 90] [--workers 2] [--output runs/claim]

From the rows of `preference-synthetic`: one warm-up by SFT and one translator for all, and for each seed reward models
of the first 250, 1,000 and 8,000 preferences of the split `rl`. A learned reward sees their pairs, one that compares
sees their preferred answers, and every policy is trained on their prompts. All trainings are sections of
pipelines/configs/tasks/claim.yaml with the options listed here, on one core each. What is right, the data set's exact
reader says: it finds an answer to a held-out prompt equivalent to the preferred one, or not; no reward but `exact` has
seen it.

    best      the best of n samples of the warm-up, chosen by each reward
    policies  1,000 pairs: S-GRPO paid by each reward; GRPO and RLOO by logic and by the Bradley-Terry model; DPO, KTO,
              SFT. Checkpoints are measured: how far they have gone (root of KL to the warm-up, per answer), what their
              own reward says of their samples, and how many are right

What is finished is kept: the same command goes on, and stops beginning anything after --minutes. The tables go to
standard output and, with the plots and all figures, into the output folder.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import claim_policy  # noqa: E402
import claim_table  # noqa: E402
from methods import as_words, embedding_model, folalign  # noqa: E402
from rich.console import Console  # noqa: E402

from pipelines.processes import run_apart  # noqa: E402

CONFIG = ROOT / "pipelines" / "configs" / "tasks" / "claim.yaml"
PAIRS, ENSEMBLE = 1000, 4
UPDATES = 120


@dataclass(frozen=True)
class Arm:
    """A policy: its section, its reward, what is set otherwise, and how many seeds it has."""

    title: str
    section: str
    reward: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    seeds: int = 2


@dataclass(frozen=True)
class Setting:
    """One warm-up, one set of pairs."""

    folder: Path
    seed: int
    pairs: int = PAIRS

    @property
    def run(self) -> Path:
        """What depends on the pairs."""
        return self.folder / f"seed-{self.seed}" / f"pairs-{self.pairs}"

    @property
    def shared(self) -> Path:
        """The warm-up and the translator, which all seeds have."""
        return self.folder / "shared"

    @property
    def start(self) -> Path:
        return self.shared / "sft" / "model"


REWARDS = {
    "logic": "translator and judge",
    "exact": "gold oracle",
    "bt": "Bradley-Terry",
    "bt4-mean": "four Bradley-Terry, mean",
    "bt4-min": "four Bradley-Terry, min",
    "bt4-variance": "four Bradley-Terry, mean - variance",
    "reference": "Bradley-Terry with the preferred answer",
    "features": "weights of the judge's features",
    "rlsr": "RLSR: cosine of embeddings",
    "bleu": "BLEU",
}
WITHOUT_LABEL = {"label_weight": 0.0}


def _sgrpo(reward: str, seeds: int) -> Arm:
    return Arm(f"S-GRPO: {REWARDS[reward]}", "sgrpo", reward, seeds=seeds)


FIVE = ("logic", "bt")
ARMS = {f"sgrpo-{reward}": _sgrpo(reward, 5 if reward in FIVE else 2) for reward in REWARDS} | {
    "control": Arm("SFT on the preferred answers", "control", seeds=5),
    "grpo-logic": Arm("GRPO: logic", "sgrpo", "logic", WITHOUT_LABEL),
    "grpo-bt": Arm("GRPO: Bradley-Terry", "sgrpo", "bt", WITHOUT_LABEL),
    "rloo-logic": Arm("RLOO: logic", "rloo", "logic"),
    "rloo-bt": Arm("RLOO: Bradley-Terry", "rloo", "bt"),
    "dpo": Arm("DPO on the pairs", "dpo"),
    "kto": Arm("KTO on the pairs", "kto"),
}
SIZES = {PAIRS: 300, 250: 150, 8000: 900}
"""The updates of a reward model by its number of pairs."""
LEARNED_ONCE = ("bt-0", "reference", "features")
ENSEMBLES, LARGEST = 2, 1
"""How many seeds have ensembles, and reward models of the most pairs: these take longest."""


# ---- jobs -----------------------------------------------------------------------------------------------------------


def train(setting: Setting, output: Path, stage: str, section: str, **options: Any) -> Path:
    """Train a section of the config in a folder; the section's."""
    if not (output / section / "model").exists():
        own = {"output_dir": output, "seed": setting.seed} | options
        words = ["--config", str(CONFIG), "--section", section, *as_words(own)]
        folalign(output / "logs" / f"{section}.log", stage, *words)
    return output / section


def warm_up(setting: Setting, name: str) -> None:
    """The policy that all start from, or the translator."""
    train(setting, setting.shared, "sft", name, save_strategy="no")


def reward_model(setting: Setting, name: str) -> None:
    """One of the learned rewards."""
    section, _, number = name.partition("-")
    start = setting.shared / ("distill" if section == "features" else "sft") / "model"
    seed = 10 * setting.seed + int(number or 0)
    options = {"model": start, "train_size": setting.pairs, "seed": seed, "save_strategy": "no"}
    if section != "features":
        options["max_steps"] = SIZES[setting.pairs]
    place = setting.run / f"rewards-{number}" if number else setting.run
    train(setting, place, "reward", section, **options)


def settings_of(setting: Setting, reward: str) -> dict[str, Any]:
    """The reward of an arm as the keys `rewards` and `reward_settings`."""
    models = [str(setting.run / f"rewards-{number}" / "bt" / "model") for number in range(ENSEMBLE)]
    ensembles = {"mean": "mean", "min": "min", "variance": "mean_minus_variance"}
    if reward == "logic":
        translator = str(setting.shared / "distill" / "model")
        return _paid("preference", translator=translator, max_tokens=64)
    if reward == "exact":
        return _paid("exact")
    if reward.startswith("bt4"):
        return _paid("reward_model", models=models, ensemble=ensembles[reward.partition("-")[2]])
    if reward == "bt":
        return _paid("reward_model", models=models[:1])
    if reward == "rlsr":
        return _paid("embedding", model=embedding_model())
    if reward == "bleu":
        return _paid("mt", comet="none")
    return _paid("reward_model", models=[str(setting.run / reward / "model")])


def _paid(name: str, **settings: Any) -> dict[str, Any]:
    return {"rewards": [name], "reward_settings": {name: settings}}


def arm(setting: Setting, name: str) -> None:
    """Train a policy and measure its checkpoints."""
    chosen = ARMS[name]
    options: dict[str, Any] = {
        "model": setting.start,
        "train_size": setting.pairs,
        "max_steps": UPDATES,
    }
    options |= {"save_steps": UPDATES // 2, "save_total_limit": 100} | chosen.options
    if chosen.reward:
        options |= settings_of(setting, chosen.reward)
    stage = {"control": "sft"}.get(chosen.section, chosen.section)
    # A folder of its own, as several policies of one section are trained at a time.
    trained = train(setting, setting.run / name, stage, chosen.section, **options)
    checkpoints = sorted((trained / "checkpoints").glob("checkpoint-*"))
    models = {path.name.rpartition("-")[2]: str(path) for path in checkpoints}
    measure(setting, name, models, chosen.reward)


def measure(setting: Setting, name: str, models: dict[str, str], reward: str) -> None:
    """What `claim_policy.measure` finds of models, kept in a file."""
    target = setting.run / "measured" / f"{name}.json"
    if target.exists():
        return
    asked = {
        "start": str(setting.start),
        "models": models,
        "seed": setting.seed,
        "target": str(target),
        "pay": settings_of(setting, reward) if reward else None,
    }
    apart(claim_policy.measure, asked)


def best_of_n(setting: Setting) -> None:
    """The warm-up's samples, chosen by each reward."""
    target = setting.run / "measured" / "best-of-n.json"
    if target.exists():
        return
    paid = {name: settings_of(setting, name) for name in REWARDS if is_there(setting, name)}
    asked = {"start": str(setting.start), "seed": setting.seed, "target": str(target), "pay": paid}
    apart(claim_policy.best_of_n, asked)


def is_there(setting: Setting, reward: str) -> bool:
    """Whether what a reward needs has been trained for these pairs."""
    (values,) = settings_of(setting, reward)["reward_settings"].values()
    return all(Path(path).exists() for path in values.get("models", ()))


def apart(function: Any, asked: dict[str, Any]) -> None:
    """A function of `claim_policy` in a process of its own."""
    code = run_apart(function, [json.dumps(asked)])
    if code:
        raise RuntimeError(f"{function.__name__} of {asked['target']} ended with {code}")


# ---- what is run -----------------------------------------------------------------------------------------------------


Job = Callable[[], None]


def jobs_of(
    part: str, folder: Path, seeds: int, policies: Sequence[str]
) -> Iterator[list[tuple[str, Job]]]:
    """The jobs of a part, in lists: what is in a later one needs the ones before."""
    first = Setting(folder, 0)
    yield [(f"warm-up {name}", partial(warm_up, first, name)) for name in ("sft", "distill")]
    for pairs in SIZES if part == "best" else (PAIRS,):
        settings = [Setting(folder, seed, pairs) for seed in range(seeds)]
        yield [
            (
                f"seed {setting.seed}, {pairs} pairs: reward {name}",
                partial(reward_model, setting, name),
            )
            for setting in settings
            for name in _learned(setting)
        ]
        if part == "best":
            yield [
                (f"seed {setting.seed}, {pairs} pairs: best of n", partial(best_of_n, setting))
                for setting in settings
                if _learned(setting)
            ]
            continue
        yield [
            (f"seed {setting.seed}: {one.title}", partial(arm, setting, name))
            for setting in settings
            for name, one in ARMS.items()
            if name in policies and setting.seed < one.seeds
        ]


def _learned(setting: Setting) -> tuple[str, ...]:
    """The reward models that are trained for a seed and a number of pairs."""
    if setting.pairs > PAIRS and setting.seed >= LARGEST:
        return ()
    if setting.pairs == PAIRS and setting.seed < ENSEMBLES:
        return (*LEARNED_ONCE, *(f"bt-{number}" for number in range(1, ENSEMBLE)))
    return LEARNED_ONCE


def run(options: argparse.Namespace, console: Console) -> None:
    """All jobs that can be begun in time, so many at a time."""
    started = time.monotonic()

    def timed(job: Job) -> bool:
        if time.monotonic() - started > 60 * options.minutes:
            return False
        job()
        return True

    left = 0
    with ThreadPoolExecutor(options.workers) as pool:
        for part in options.part:
            for jobs in jobs_of(part, options.output.resolve(), options.seeds, options.policies):
                found = pool.map(timed, [job for _, job in jobs])
                for (title, _), done in zip(jobs, found, strict=True):
                    left += not done
                    minutes = (time.monotonic() - started) / 60
                    if done:
                        console.print(f"{minutes:5.1f} min  {title}")
    if left:
        console.print(f"{left} jobs are left: the same command goes on")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--part", nargs="+", choices=("best", "policies"), default=["best", "policies"]
    )
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--policies", nargs="+", choices=ARMS, default=list(ARMS), metavar="NAME")
    parser.add_argument("--minutes", type=float, default=90.0, help="begin nothing after so many")
    parser.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        help="trainings at a time, one core each",
    )
    parser.add_argument("--output", type=Path, default=ROOT / "runs" / "claim")
    options = parser.parse_args()
    if options.seeds < 1 or options.workers < 1:
        parser.error(
            f"--seeds and --workers must be at least 1, got {options.seeds} and {options.workers}"
        )
    console = Console(width=140, highlight=False)
    run(options, console)
    claim_table.report(options.output, {name: one.title for name, one in ARMS.items()}, console)


if __name__ == "__main__":
    os.environ.update(
        OMP_NUM_THREADS="1",
        TOKENIZERS_PARALLELISM="false",
        HF_HUB_OFFLINE="1",
        CUDA_VISIBLE_DEVICES="",
    )
    main()

"""Is logic an alternative to a reward model? Every reward on the same pairs, as far as it can be optimised.

    python benchmarks/claim.py [--part best noise policies long] [--seeds 5] [--minutes 90] [--output runs/claim]

From the rows of `preference-synthetic`: one warm-up by SFT and one translator for all, and for each seed 250, 1,000 and
8,000 preferences of its own from the split `rl`. A learned reward, be it one of four, sees their pairs, one that
compares sees their preferred answers, and every policy is trained on their prompts. All trainings are sections of
pipelines/configs/tasks/claim.yaml with the options listed here, on one core each. What is right, the data set's exact
reader says: it finds an answer to a held-out prompt equivalent to the preferred one, or not; no reward but `exact` has
seen it.

    best      the best of n samples of the warm-up, chosen by each reward, for each number of pairs
    noise     the same where in 10, 20 and 30 % of the 1,000 pairs the two answers are swapped, and for as many
              held-out prompts in what is shown to the rewards that compare
    policies  1,000 pairs, 120 updates: S-GRPO paid by each reward; GRPO and RLOO by logic and by the Bradley-Terry
              model; DPO, KTO, SFT. Checkpoints are measured: how far they have gone (root of KL to the warm-up, per
              answer), what their own reward says of their samples, and how many are right
    long      GRPO (no label term, no KL term) at three times the rate for twice as many updates, which is as far as
              most rewards can be pushed, and S-GRPO

What is finished is kept: the same command goes on, and stops beginning anything after --minutes. The tables go to
standard output and, with the plots and all figures, into the output folder.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import claim_policy  # noqa: E402
import claim_table  # noqa: E402
from methods import ONE_CORE, as_words, embedding_model, folalign  # noqa: E402
from rich.console import Console  # noqa: E402

from pipelines.processes import run_apart  # noqa: E402

CONFIG = ROOT / "pipelines" / "configs" / "tasks" / "claim.yaml"
PAIRS, ENSEMBLE = 1000, 4
UPDATES = 120
NOISE = (0.1, 0.2, 0.3)


@dataclass(frozen=True)
class Arm:
    """A policy: its section, its reward, what is set otherwise, and how many seeds it has."""

    title: str
    section: str
    reward: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    seeds: int = 2
    updates: int = UPDATES


@dataclass(frozen=True)
class Setting:
    """One warm-up, one set of pairs, of which a share is the wrong way round."""

    folder: Path
    seed: int
    pairs: int = PAIRS
    flipped: float = 0.0

    @property
    def run(self) -> Path:
        """What depends on the pairs."""
        noise = f"-flipped-{self.flipped:.0%}".rstrip("%") if self.flipped else ""
        return self.folder / f"seed-{self.seed}" / f"pairs-{self.pairs}{noise}"

    @property
    def shared(self) -> Path:
        """The warm-up and the translator, which all seeds have."""
        return self.folder / "shared"

    @property
    def start(self) -> Path:
        return self.shared / "sft" / "model"


REWARDS = {
    "logic": "translator and judge",
    "logic-01": "translator and judge, equivalence alone",
    "exact": "gold oracle",
    "exact-01": "gold oracle, equivalence alone",
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
FURTHER = {"learning_rate": 6e-4}
FURTHEST = FURTHER | WITHOUT_LABEL | {"beta": 0.0}


OFTENEST = ("logic", "exact", "bt", "bt4-mean", "reference")
"""The rewards that S-GRPO has with five seeds, the others with two."""


def _sgrpo(reward: str) -> Arm:
    seeds = 5 if reward in OFTENEST else 2
    return Arm(f"S-GRPO: {REWARDS[reward]}", "sgrpo", reward, seeds=seeds)


def _long(method: str, reward: str) -> Arm:
    options = FURTHER if method == "S-GRPO" else FURTHEST
    title = f"{method}, further: {REWARDS[reward]}"
    return Arm(title, "sgrpo", reward, options, updates=2 * UPDATES)


PUSHED = ("bt", "logic", "logic-01", "reference", "bt4-mean", "rlsr", "exact-01")
LONG = {f"long-grpo-{reward}": _long("GRPO", reward) for reward in PUSHED} | {
    f"long-sgrpo-{reward}": _long("S-GRPO", reward) for reward in ("logic", "bt")
}
ARMS = {
    "control": Arm("SFT on the preferred answers", "control", seeds=5),
    "grpo-logic": Arm("GRPO: logic", "sgrpo", "logic", WITHOUT_LABEL),
    "grpo-bt": Arm("GRPO: Bradley-Terry", "sgrpo", "bt", WITHOUT_LABEL),
    "rloo-logic": Arm("RLOO: logic", "rloo", "logic"),
    "rloo-bt": Arm("RLOO: Bradley-Terry", "rloo", "bt"),
    "dpo": Arm("DPO on the pairs", "dpo"),
    "kto": Arm("KTO on the pairs", "kto"),
} | {f"sgrpo-{reward}": _sgrpo(reward) for reward in REWARDS if not reward.endswith("-01")}
PARTS = {"policies": ARMS, "long": LONG}
TITLES = {part: {name: one.title for name, one in arms.items()} for part, arms in PARTS.items()}
SIZES = {PAIRS: 300, 250: 150, 8000: 900}
"""The updates of a reward model by its number of pairs."""
LEARNED = (*(f"bt-{number}" for number in range(ENSEMBLE)), "reference", "features")
LARGEST, NOISY = 1, 2
"""How many seeds have reward models of the most pairs, and of noisy ones: these take longest."""


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
    options = {"model": start, "train_size": setting.pairs, "save_strategy": "no"}
    # The policies' rows, and for each of an ensemble a head of its own.
    options |= {"data_seed": setting.seed, "seed": 10 * setting.seed + int(number or 0)}
    options["flipped"] = setting.flipped
    if section != "features":
        options["max_steps"] = SIZES[setting.pairs]
    place = setting.run / f"rewards-{number}" if number else setting.run
    train(setting, place, "reward", section, **options)


def settings_of(setting: Setting, reward: str) -> dict[str, Any]:
    """The reward of an arm as the keys `rewards` and `reward_settings`."""
    models = [str(setting.run / f"rewards-{number}" / "bt" / "model") for number in range(ENSEMBLE)]
    ensembles = {"mean": "mean", "min": "min", "variance": "mean_minus_variance"}
    name, _, only = reward.partition("-")
    pays = "equivalence" if only == "01" else "relations"
    if name == "logic":
        translator = str(setting.shared / "distill" / "model")
        return _paid("preference", translator=translator, max_tokens=64, pays=pays)
    if name == "exact":
        return _paid("exact", pays=pays)
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
    chosen = (ARMS | LONG)[name]
    options: dict[str, Any] = {
        "model": setting.start,
        "train_size": setting.pairs,
        "max_steps": chosen.updates,
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
    # By equivalence alone the same would be chosen: only wrong answers are ranked otherwise.
    names = [name for name in REWARDS if not name.endswith("-01") and is_there(setting, name)]
    paid = {name: settings_of(setting, name) for name in names}
    asked = {"start": str(setting.start), "seed": setting.seed, "target": str(target), "pay": paid}
    apart(claim_policy.best_of_n, asked | {"flipped": setting.flipped})


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


def jobs_of(part: str, folder: Path, seeds: int) -> Iterator[list[tuple[str, Job]]]:
    """The jobs of a part, in lists: what is in a later one needs the ones before."""
    first = Setting(folder, 0)
    yield [(f"warm-up {name}", partial(warm_up, first, name)) for name in ("sft", "distill")]
    for pairs, flipped in _sets_of_pairs(part):
        settings = [Setting(folder, seed, pairs, flipped) for seed in range(seeds)]
        named = [(_title(setting), setting) for setting in settings]
        yield [
            (f"{title}: reward {name}", partial(reward_model, setting, name))
            for title, setting in named
            for name in _learned(setting)
        ]
        yield [
            (f"{title}: best of n", partial(best_of_n, setting))
            for title, setting in named
            if part not in PARTS and _learned(setting)
        ]
        # Seed by seed, so that a call that ends early has some of each.
        yield [
            (f"{title}: {one.title}", partial(arm, setting, name))
            for title, setting in named
            for name, one in PARTS.get(part, {}).items()
            if setting.seed < one.seeds
        ]


def _sets_of_pairs(part: str) -> list[tuple[int, float]]:
    """Numbers of pairs, and the shares that are the wrong way round."""
    if part == "best":
        return [(pairs, 0.0) for pairs in SIZES]
    return [(PAIRS, share) for share in (NOISE if part == "noise" else (0.0,))]


def _title(setting: Setting) -> str:
    noise = f", {setting.flipped:.0%} swapped" if setting.flipped else ""
    return f"seed {setting.seed}, {setting.pairs} pairs{noise}"


def _learned(setting: Setting) -> tuple[str, ...]:
    """The reward models that are trained for a seed and a set of pairs."""
    most = NOISY if setting.flipped else LARGEST if setting.pairs > PAIRS else setting.seed + 1
    return LEARNED if setting.seed < most else ()


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
            for jobs in jobs_of(part, options.output.resolve(), options.seeds):
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
    parts = ("best", "noise", "policies", "long")
    parser.add_argument("--part", nargs="+", choices=parts, default=parts)
    parser.add_argument("--seeds", type=int, default=5)
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
    claim_table.report(options.output, TITLES, console)


if __name__ == "__main__":
    os.environ.update(ONE_CORE)
    main()

"""Where does the time of one S-GRPO step go, and what does the label term cost over GRPO?

    python benchmarks/step.py [--model PATH] [--backends vllm transformers] [--steps 60] [--groups 8] [--size 8]
                               [--credit located]

Without --model, the tiny model is built and warmed up by so many steps of SFT (--sft_steps; an earlier model repeats
itself less, so more of its answers must be judged). The settings are those of the default run: `groups` prompts with
`size` completions each. In one run, every other step goes without the label term, so both kinds see the same policy;
times are medians over the steps after the first few. What a part calls is not counted in it: "policy update" is
forward, backward and optimizer of all terms but the label's forward pass, whose backward pass is in the difference
between the two columns. Of judging the processor's time is told too: beside other work, the parts that wait for all of
their threads take longer by far more than it does, and only idle cores tell its share.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets
from rich.console import Console
from rich.table import Table
from transformers import PrinterCallback, TrainerCallback
from transformers.utils import logging

import data
from alignment import SGRPOConfig, SGRPOTrainer, models, rewards

WARM_UP = 4
PARTS = {
    "generation": ("_generate",),
    "weight sync": ("sync_weights",),
    "judging": ("_calculate_rewards",),
    "locating what is wrong": ("_locate_credit",),
    "log-probabilities of samples": ("_generate_and_score_completions",),
    "label term, forward": ("_label_tensors", "_reference_log_probs", "_label_loss"),
}
UPDATE = "policy update"


class Clock(TrainerCallback):
    """Seconds of each part of each step; every other step is plain GRPO."""

    def __init__(self, trainer: SGRPOTrainer) -> None:
        self.trainer = trainer
        self.steps: dict[bool, list[dict[str, float]]] = {True: [], False: []}
        self.judging: list[float] = []
        """Seconds of the processor that judging took in each step."""
        self._seconds: dict[str, float] = {}
        self._running: list[str] = []
        self._since = 0.0
        for part, names in PARTS.items():
            for name in names:
                for owner in (trainer, getattr(trainer, "vllm_generation", None)):
                    if hasattr(owner, name):
                        setattr(owner, name, self._timed(getattr(owner, name), part))
        trainer.add_callback(self)

    def _timed(self, function: Any, part: str) -> Any:
        def call(*args: Any, **named: Any) -> Any:
            start = time.thread_time()
            with self._in(part):
                found = function(*args, **named)
            if part == "judging":
                self.judging.append(time.thread_time() - start)
            return found

        return call

    @contextlib.contextmanager
    def _in(self, part: str) -> Iterator[None]:
        self._turn()
        self._running.append(part)
        yield
        self._turn()
        self._running.pop()

    def _turn(self) -> None:
        """Give the time since the last turn to the part that was running."""
        now = time.perf_counter()
        if self._running:
            self._seconds[self._running[-1]] += now - self._since
        self._since = now

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.trainer.args.label_weight = float(state.global_step % 2)
        self._seconds = defaultdict(float)
        self._running = [UPDATE]
        self._since = time.perf_counter()

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._turn()
        if state.global_step > WARM_UP:
            self.steps[self.trainer.args.label_weight > 0.0].append(self._seconds)

    def median(self, labelled: bool, *parts: str) -> float:
        """Median seconds of a step, or of some parts of it."""
        return statistics.median(
            sum(step[part] for part in parts or step) for step in self.steps[labelled]
        )


def warm_up(folder: Path, steps: int) -> Path:
    """The tiny model after so many steps of the default run's SFT."""
    from trl import SFTConfig, SFTTrainer

    rows = data.load("synthetic", split="train", size=64 * steps).to_dataset(data.PROMPT)
    texts = [
        prompt + answer for prompt, answer in zip(rows["prompt"], rows["completion"], strict=True)
    ]
    start = models.build(models.TinyModel(), texts, folder / "start")
    args = SFTConfig(
        output_dir=str(folder / "sft"), max_steps=steps, per_device_train_batch_size=64, learning_rate=4e-3,
        lr_scheduler_type="linear", warmup_steps=20, adam_beta2=0.98, max_length=256, bf16=False, save_strategy="no",
        gradient_checkpointing=False, report_to=[], disable_tqdm=True, logging_steps=20,
    )  # fmt: skip
    trainer = SFTTrainer(
        model=str(start),
        args=args,
        train_dataset=rows.select_columns(["prompt", "completion"]),
        processing_class=models.load_tokenizer(start),
    )
    trainer.train()
    trainer.save_model(str(folder / "model"))
    return folder / "model"


def run(
    model: Path, folder: Path, backend: str, options: argparse.Namespace
) -> tuple[Clock, float]:
    """Train with one backend; the times, and the mean reward of the run."""
    rows = data.load(
        "synthetic", split="rl", size=options.groups * (options.steps + WARM_UP)
    ).to_dataset(data.PROMPT)
    args = SGRPOConfig(
        output_dir=str(folder / backend), use_vllm=backend == "vllm", vllm_mode="colocate",
        vllm_gpu_memory_utilization=0.1, max_steps=options.steps + WARM_UP, num_generations=options.size,
        per_device_train_batch_size=options.groups * options.size, learning_rate=1e-3, warmup_steps=20,
        max_completion_length=96, label_weight=1.0, beta=0.01, credit=options.credit, bf16=False,
        gradient_checkpointing=False, save_strategy="no", report_to=[], disable_tqdm=True, logging_steps=20,
    )  # fmt: skip
    trainer = SGRPOTrainer(
        str(model),
        [rewards.get("logic")],
        args=args,
        train_dataset=rows,
        processing_class=models.load_tokenizer(model),
    )
    trainer.remove_callback(PrinterCallback)
    clock = Clock(trainer)
    try:
        trainer.train()
    finally:
        trainer.close()
    logs = [row for row in trainer.state.log_history if "reward" in row]
    return clock, statistics.mean(row["reward"] for row in logs)


def report(
    clock: Clock, reward: float, backend: str, options: argparse.Namespace, console: Console
) -> None:
    steps = {kind: clock.median(kind) for kind in (False, True)}
    table = Table(
        title=f"{backend}: {options.groups} prompts with {options.size} completions, "
        f"{len(clock.steps[True])} steps of each kind, mean reward {reward:.2f}"
    )
    table.add_column("part")
    for name in ("GRPO, ms", "share", "S-GRPO, ms", "share"):
        table.add_column(name, justify="right")
    for part in (*PARTS, UPDATE):
        cells = [clock.median(kind, part) for kind in (False, True)]
        if any(cells):
            shares = [
                f"{cell / steps[kind]:.1%}" for cell, kind in zip(cells, (False, True), strict=True)
            ]
            table.add_row(
                part, f"{1000 * cells[0]:.1f}", shares[0], f"{1000 * cells[1]:.1f}", shares[1]
            )
    table.add_row(
        "whole step",
        f"{1000 * steps[False]:.1f}",
        "",
        f"{1000 * steps[True]:.1f}",
        "",
        style="bold",
    )
    console.print(table)
    label = ("label term, forward", UPDATE)
    cost = clock.median(True, *label) - clock.median(False, *label)
    processor = 1000 * statistics.median(clock.judging[WARM_UP:])
    console.print(
        f"judging: {clock.median(True, 'judging') / steps[True]:.1%} of a step (bound 5 %), "
        f"{processor:.1f} ms of the processor; label term: "
        f"{1000 * cost:.1f} ms, {cost / steps[False]:.1%} over a GRPO step (bound 25 %), "
        f"{cost / clock.median(False, UPDATE):.1%} over its policy update"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, help="a trained model; without it one is trained")
    parser.add_argument("--sft_steps", type=int, default=200, help="steps of SFT (default 200)")
    parser.add_argument(
        "--backends", nargs="+", choices=("vllm", "transformers"), default=["vllm", "transformers"]
    )
    parser.add_argument(
        "--steps", type=int, default=60, help="steps timed, half of each kind (default 60)"
    )
    parser.add_argument("--groups", type=int, default=8, help="prompts of a step (default 8)")
    parser.add_argument(
        "--credit", choices=("sequence", "located"), default="sequence", help="default: sequence"
    )
    parser.add_argument("--size", type=int, default=8, help="completions of a group (default 8)")
    options = parser.parse_args()
    datasets.disable_progress_bars()
    logging.disable_progress_bar()
    console = Console(width=120, highlight=False)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = options.model or warm_up(folder, options.sft_steps)
        for backend in options.backends:
            clock, reward = run(model, folder, backend, options)
            report(clock, reward, backend, options, console)
    console.print(f"{os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()

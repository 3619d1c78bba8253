"""Do the configs for GPUs run, and what do they take: time of an update, of sampling, memory, tokens a second?

    python benchmarks/gpu.py [--model PATH] [--dataset_path DIR] [--steps 20] [--backend vllm] [--only full LoRA]

Without --model, one of Qwen3-1.7B's shape with random weights is made: its answers say nothing and end nowhere, so
every completion has `--tokens` tokens, the most there can be; what they cost is what it would cost of a trained one.
Each case is a process of its own on one card; memory is the card's, asked of nvidia-smi twice a second. `--tiny` tries
the cases with the tiny model, on the CPU where there is no card.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table
from transformers import Qwen3Config, Qwen3ForCausalLM

import data
from alignment import models

CONFIGS = Path(__file__).resolve().parent.parent / "pipelines" / "configs"
VOCABULARY = 151_936
LENGTH = "completions/mean_length"


@dataclass(frozen=True)
class Case:
    """A section of a config, and how it is launched."""

    name: str
    section: str
    config: str = "qwen3-1.7b-folio"
    launch: str | None = None


CASES = (
    Case("full, SFT", "sft"),
    Case("full", "sgrpo"),
    Case("LoRA", "sgrpo", config="qwen3-1.7b-folio-lora"),
    Case("FSDP 2", "sgrpo", launch="fsdp"),
    Case("ZeRO 2", "sgrpo", launch="deepspeed-zero2"),
    Case("ZeRO 3", "sgrpo", launch="deepspeed-zero3"),
)


@dataclass
class Outcome:
    """What one case gave; `failure` is the end of what it wrote where it did not end well."""

    seconds: float = 0.0
    memory: float = 0.0
    updates: list[float] = field(default_factory=list)
    """Seconds between one update and the next."""
    first: float = 0.0
    """Seconds up to the first update, with whatever is sampled before it."""
    tokens: float = 0.0
    failure: str = ""


class CardMemory:
    """The most GPU memory in use (GiB) while the block runs; 0 where there is no card."""

    def __enter__(self) -> CardMemory:
        self.peak = 0.0
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._poll, daemon=True)
        if torch.cuda.is_available():
            self._watch.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()

    def _poll(self) -> None:
        ask = ["nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits", "--id=0"]
        while not self._over.wait(0.5):
            found = subprocess.run(ask, capture_output=True, text=True, check=False)
            if found.stdout.strip().isdigit():
                self.peak = max(self.peak, int(found.stdout) / 1024)


def random_model(folder: Path, texts: list[str]) -> Path:
    """A model of Qwen3-1.7B's shape with random weights, and a tokenizer of these texts."""
    tokenizer = models.train_tokenizer(texts, vocab_size=8000, context=4096)
    shape = Qwen3Config(
        vocab_size=VOCABULARY,
        hidden_size=2048,
        num_hidden_layers=28,
        num_attention_heads=16,
        num_key_value_heads=8,
        head_dim=128,
        intermediate_size=6144,
        max_position_embeddings=40_960,
        tie_word_embeddings=True,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
    )
    with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
        torch.manual_seed(0)
        model = Qwen3ForCausalLM(shape).to(torch.bfloat16)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def command(case: Case, model: Path, folder: Path, options: argparse.Namespace) -> list[str]:
    """What runs a case."""
    start = [sys.executable, "-m"]
    if case.launch:
        file = CONFIGS / "accelerate" / f"{case.launch}.yaml"
        start += ["accelerate.commands.launch", "--config_file", str(file), "--num_processes", "1"]
        start += ["-m"]
    told = {
        "config": CONFIGS / f"{case.config}.yaml",
        "model": model,
        "output_dir": folder,
        "dataset_path": options.dataset_path,
        "max_steps": options.steps,
        "logging_steps": 1,
        "save_strategy": "no",
    }
    if case.section == "sgrpo":
        told |= {"backend": options.backend, "max_completion_length": options.tokens}
    if options.tiny:
        told |= {"max_length": 256} if case.section == "sft" else {"generation_batch_size": 16}
        if not torch.cuda.is_available():
            told |= {"bf16": "false"}
    words = [word for key, value in told.items() for word in (f"--{key}", str(value))]
    return [*start, "pipelines.cli", case.section, *words]


def run(case: Case, model: Path, folder: Path, options: argparse.Namespace) -> Outcome:
    """Run a case, and read what it logged."""
    outcome = Outcome()
    started = time.monotonic()
    with CardMemory() as card:
        try:
            done = subprocess.run(
                command(case, model, folder, options),
                capture_output=True,
                text=True,
                timeout=options.limit,
                check=False,
            )
            failed, said = done.returncode != 0, done.stdout + done.stderr
        except subprocess.TimeoutExpired:
            failed, said = True, f"not ended after {options.limit:.0f} s"
    outcome.seconds = time.monotonic() - started
    outcome.memory = card.peak
    if failed:
        outcome.failure = said[-3000:]
    log = folder / case.section / "metrics.jsonl"
    if log.is_file():
        lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
        _read(outcome, [line for line in lines if "loss" in line])
    return outcome


def _read(outcome: Outcome, lines: list[dict[str, float]]) -> None:
    """Times and tokens of a log's lines, one for each update."""
    times = [line["seconds"] for line in lines]
    outcome.first = times[0] if times else 0.0
    outcome.updates = [after - before for before, after in itertools.pairwise(times)]
    # Of several updates on one batch of completions only the first tells of it.
    lengths = [line[LENGTH] for line in lines if LENGTH in line]
    outcome.tokens = statistics.fmean(lengths) if lengths else 0.0


def precision(model: Path) -> tuple[float, float]:
    """Mean and largest difference of a token's log-probability between bfloat16 and float32."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    found = []
    generator = torch.Generator().manual_seed(0)
    vocabulary = len(models.load_tokenizer(model))
    tokens = torch.randint(0, vocabulary, (8, 128), generator=generator).to(device)
    for dtype in ("float32", "bfloat16"):
        loaded, _ = models.load(model, dtype)
        with torch.no_grad():
            logits = loaded.to(device)(tokens).logits.float()
        logged = logits.log_softmax(-1)[:, :-1].gather(-1, tokens[:, 1:, None])
        found.append(logged.cpu())
    difference = (found[0] - found[1]).abs()
    return float(difference.mean()), float(difference.max())


def table(outcomes: dict[str, Outcome], options: argparse.Namespace) -> Table:
    """What each case took; the rate is of an update's own time, over completions of so many tokens."""
    table = Table(title=f"{options.steps} updates each, {options.backend}, {device_name()}")
    for column in ("case", "updates", "first", "median update", "card's memory", "tokens", "whole"):
        table.add_column(column, justify="left" if column == "case" else "right")
    for name, outcome in outcomes.items():
        if not outcome.updates:
            table.add_row(
                name, "failed", "", "", f"{outcome.memory:.1f} GiB", "", f"{outcome.seconds:.0f} s"
            )
            continue
        table.add_row(
            name,
            str(len(outcome.updates) + 1),
            f"{outcome.first:.1f} s",
            f"{statistics.median(outcome.updates):.3f} s",
            f"{outcome.memory:.1f} GiB",
            f"{outcome.tokens:.0f}",
            f"{outcome.seconds:.0f} s",
        )
    return table


def device_name() -> str:
    return torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="a model's folder; random weights where absent")
    parser.add_argument("--dataset_path", default="yale-nlp/FOLIO")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--tokens", type=int, default=512)
    parser.add_argument("--backend", choices=("vllm", "transformers"), default="vllm")
    parser.add_argument("--only", nargs="+", choices=[case.name for case in CASES])
    parser.add_argument("--limit", type=float, default=600.0, help="seconds for a case")
    parser.add_argument("--tiny", action="store_true")
    options = parser.parse_args()
    console = Console(width=120)
    outcomes = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = options.model or make(folder / "model", options)
        console.print(
            "log-probabilities, bfloat16 against float32: mean {:.4f}, most {:.4f}".format(
                *precision(model)
            )
        )
        for place, case in enumerate(CASES):
            if options.only and case.name not in options.only:
                continue
            outcome = run(case, model, folder / str(place), options)
            outcomes[case.name] = outcome
            told = f"{case.name}: {outcome.seconds:.0f} s, {outcome.memory:.1f} GiB"
            console.print(told, outcome.failure, markup=False)
            console.print(table(outcomes, options))  # after each: the next may be stopped


def make(folder: Path, options: argparse.Namespace) -> Path:
    """The model of random weights, or the tiny one."""
    rows = data.load("folio", split="train", path=options.dataset_path).to_dataset()
    texts = [f"{row['prompt']}{row['completion']}" for row in rows]
    if options.tiny:
        return models.build(models.TinyModel(), texts, folder)
    return random_model(folder, texts)


if __name__ == "__main__":
    main()

"""Metrics and samples on disk, and the progress bar."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace

import pytest
from alignment_tiny import build_tiny, config, trainer
from rich.console import Console
from transformers import TrainerControl, TrainerState
from transformers.trainer_callback import PrinterCallback

from alignment.watching import MetricsLog, ProgressBar, SamplesLog


def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_run_leaves_metrics_samples_and_a_readable_trace(tmp_path):
    console = Console(file=io.StringIO(), width=120)
    callbacks = [MetricsLog(tmp_path / "metrics.jsonl"), ProgressBar("S-GRPO", console)]
    run = trainer(
        build_tiny(tmp_path / "model"), config(tmp_path, max_steps=4), callbacks=callbacks
    )
    run.remove_callback(PrinterCallback)
    SamplesLog(
        tmp_path / "samples.jsonl", every=2, count=2, verdict=lambda text, reference: "refuted"
    ).follow(run)
    run.train()

    logged = rows(tmp_path / "metrics.jsonl")
    assert [row["step"] for row in logged] == [1, 2, 3, 4, 4]  # each step, and the summary
    assert {"seconds", "loss", "reward", "label/loss", "label/weight"} <= logged[0].keys()
    samples = rows(tmp_path / "samples.jsonl")
    assert [row["step"] for row in samples] == [1, 1, 3, 3]
    assert samples[0]["prompt"] != samples[1]["prompt"]  # of different groups
    assert set(samples[0]["rewards"]) == {"likeness"}
    references = {row["prompt"]: row["reference"] for row in run.train_dataset}
    assert samples[0]["reference"] == references[samples[0]["prompt"]]
    assert samples[0]["verdict"] == "refuted"
    assert "S-GRPO 4/4" in console.file.getvalue() and "reward" in console.file.getvalue()


def test_a_resumed_run_drops_what_came_after_its_checkpoint(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text(
        '{"step": 2, "seconds": 70.5, "loss": 1}\n{"step": 4, "seconds": 90, "loss": 1}\n{"step": 6, "lo'
    )
    args, control = config(tmp_path), TrainerControl()
    log = MetricsLog(path)
    state = TrainerState(global_step=2, is_world_process_zero=True)
    log.on_train_begin(args, state, control)
    state.global_step = 4
    log.on_log(args, state, control, logs={"loss": 0.5, "bad": float("nan")})
    assert [(row["step"], row["loss"]) for row in rows(path)] == [(2, 1), (4, 0.5)]
    assert 70.5 <= rows(path)[1]["seconds"] < 100.0  # they go on, too
    assert rows(path)[1]["bad"] is None
    state.global_step = 0
    log.on_train_begin(args, state, control)
    assert rows(path) == []


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85"])
def test_a_sign_that_divides_lines_elsewhere_costs_no_sample(tmp_path, sign):
    path = tmp_path / "samples.jsonl"
    samples = [{"step": step, "completion": f"a{sign}b"} for step in (1, 2, 3)]
    lines = [json.dumps(sample, ensure_ascii=False) + "\n" for sample in samples]
    path.write_text("".join(lines), encoding="utf-8")
    state = TrainerState(global_step=2, is_world_process_zero=True)
    SamplesLog(path).on_train_begin(config(tmp_path), state, TrainerControl())
    assert path.read_text(encoding="utf-8") == "".join(lines[:2])


def test_samples_log_refuses_zero():
    with pytest.raises(ValueError, match="at least 1"):
        SamplesLog("x", every=0)


def test_samples_of_conversations_are_texts_and_are_judged(tmp_path):
    path = tmp_path / "samples.jsonl"
    log = SamplesLog(
        path, every=1, count=1, verdict=lambda text, reference: f"{text} ? {reference}"
    )
    turns = [{"role": "system", "content": "Translate."}, {"role": "user", "content": "Tom is."}]
    trainer = SimpleNamespace(
        _logs={
            "prompt": [turns],
            "completion": [[{"role": "assistant", "content": "Is(tom)"}]],
            "rewards": {},
            "extra": {"reference": ["Is(tom)"]},
            "advantages": [0.0],
        },
        add_callback=lambda callback: None,
    )
    log.follow(trainer)
    log.on_step_end(None, TrainerState(global_step=1, is_world_process_zero=True), TrainerControl())
    (row,) = [json.loads(line) for line in path.read_text().splitlines()]
    assert row["prompt"] == "system: Translate.\nuser: Tom is."
    assert (row["completion"], row["verdict"]) == ("Is(tom)", "Is(tom) ? Is(tom)")

"""An update whose gradients are no finite numbers is left out, counted and told."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from alignment_tiny import build_tiny, config
from alignment_tiny import trainer as sampling_trainer
from torch import nn
from transformers import Trainer, TrainerState, TrainingArguments

from alignment.trainers.gradients import FiniteUpdates, GradientError
from pipelines.errors import UsageError
from pipelines.training.trainer import final_metrics, fit


class Spoilt(torch.autograd.Function):
    """The identity, with a gradient of NaN: a loss that is finite, as from a faulty kernel."""

    @staticmethod
    def forward(context: Any, value: torch.Tensor) -> torch.Tensor:
        return value.clone()

    @staticmethod
    def backward(context: Any, *gradients: torch.Tensor) -> torch.Tensor:
        return gradients[0] * float("nan")


class Line(nn.Module):
    """A model whose gradients are NaN in the given forward passes."""

    def __init__(self, spoilt: set[int]) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(2))
        self.spoilt, self.passes = spoilt, 0
        self.seen: list[torch.Tensor] = []

    def forward(self, x: torch.Tensor, labels: torch.Tensor) -> dict[str, torch.Tensor]:
        self.passes += 1
        self.seen.append(self.weight.detach().clone())
        found = (x * self.weight).sum(-1)
        loss = ((found - labels) ** 2).mean()
        return {"loss": Spoilt.apply(loss) if self.passes in self.spoilt else loss}


def trainer_of(folder: Path, model: Line, updates: int) -> Trainer:
    rows = [{"x": torch.tensor([1.0, 2.0]), "labels": torch.tensor(3.0)}] * 2 * updates
    arguments = TrainingArguments(
        output_dir=str(folder),
        per_device_train_batch_size=2,
        max_steps=updates,
        learning_rate=0.1,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        use_cpu=True,
        disable_tqdm=True,
    )
    return Trainer(model, arguments, train_dataset=rows, callbacks=[FiniteUpdates()])


def test_an_update_of_nan_is_left_out_and_training_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = Line({3, 4})
    trainer = trainer_of(tmp_path, model, 6)
    with caplog.at_level(logging.WARNING):
        trainer.train()
    assert model.seen[2].equal(model.seen[3]) and model.seen[3].equal(model.seen[4])
    assert not model.seen[4].equal(model.seen[5]) and bool(model.weight.isfinite().all())
    counted = {entry["step"]: entry.get("updates/left_out") for entry in trainer.state.log_history}
    assert counted[3] == counted[4] == 1 and counted[2] is None and counted[5] is None
    told = [record.getMessage() for record in caplog.records if "left out" in record.getMessage()]
    assert [words.split(":")[0] for words in told] == ["step 3", "step 4"]


def test_ten_in_a_row_end_the_training_with_an_error(tmp_path: Path) -> None:
    model = Line(set(range(2, 100)))
    with pytest.raises(GradientError, match=r"step 11: the gradients of 10 updates in a row"):
        trainer_of(tmp_path, model, 30).train()
    assert bool(model.weight.isfinite().all())


def test_attention_through_cudnn_is_off_while_a_model_trains(tmp_path: Path) -> None:
    torch.backends.cuda.enable_cudnn_sdp(True)
    trainer_of(tmp_path, Line(set()), 1).train()
    assert not torch.backends.cuda.cudnn_sdp_enabled()


def test_the_trainer_that_samples_leaves_it_out_without_a_stage(tmp_path: Path) -> None:
    args = config(tmp_path, max_steps=3)
    trainer = sampling_trainer(build_tiny(tmp_path / "tiny"), args)
    weight = next(trainer.model.parameters())
    weight.register_hook(
        lambda gradient: gradient * float("nan") if trainer.state.global_step == 1 else gradient
    )
    trainer.train()
    left_out = {row["step"]: row.get("updates/left_out") for row in trainer.state.log_history}
    assert (left_out[1], left_out[2]) == (None, 1)
    assert all(bool(weight.isfinite().all()) for weight in trainer.model.parameters())


def test_a_stage_leaves_it_out_and_ends_after_ten_with_its_own_error(tmp_path: Path) -> None:
    run: Any = SimpleNamespace(stage="sft", path=tmp_path, checkpoints=tmp_path / "checkpoints")
    trainer = trainer_of(tmp_path, Line({2, *range(4, 40)}), 30)
    trainer.remove_callback(FiniteUpdates)
    with pytest.raises(UsageError, match=r"sft: step 13: the gradients of 10 updates in a row"):
        fit(trainer, run)
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").open()]
    assert [line["step"] for line in lines if line.get("updates/left_out")][:2] == [2, 4]


def test_a_stage_counts_what_it_has_left_out() -> None:
    state = TrainerState(global_step=20)
    state.log_history = [{"loss": 1.0, "step": step} for step in range(1, 21)]
    state.log_history[2]["updates/left_out"] = 2
    state.log_history.append({"train_loss": 1.0, "updates/left_out": 1})
    found = final_metrics(state)
    assert (found["updates"], found["updates_left_out"]) == (20, 3)
    assert "updates/left_out" not in found
    state.log_history = [{"loss": 1.0}]
    assert "updates_left_out" not in final_metrics(state)

"""Updates whose gradients are no finite numbers: a known cause is avoided, and the rest are left out."""

from __future__ import annotations

import logging
from typing import Any

import torch
from torch import nn
from torch.distributed.tensor import DTensor
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

logger = logging.getLogger(__name__)

MOST_IN_A_ROW = 10
UPDATES_LEFT_OUT = "updates/left_out"


class GradientError(ArithmeticError):
    """No update can be made any more: gradients are not finite, update after update."""


class FiniteUpdates(TrainerCallback):
    """Leave out an update whose gradients hold an infinity or NaN: one of them spoils every weight.

    Each is warned of, and counted in the log as `updates/left_out`. Attention through cuDNN is
    turned off in this process: of a sequence whose length is 64 more than a multiple of 128 its
    backward pass can give NaN (torch 2.11 to 2.13 on an H100 or H200, where it is the default;
    pytorch issue 196678). With float16 the scaler of gradients leaves such updates out, untold;
    DeepSpeed makes its updates itself, and nothing is looked at.

    Raises GradientError after ten such updates in a row.
    """

    def __init__(self) -> None:
        self._in_a_row = 0
        self._since_log = 0

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        torch.backends.cuda.enable_cudnn_sdp(False)

    def on_pre_optimizer_step(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        model: nn.Module | None = None,
        **kwargs: Any,
    ) -> None:
        if model is None or args.fp16 or _finite(model):
            self._in_a_row = 0
            return
        model.zero_grad(set_to_none=True)  # the optimiser passes over what has no gradient
        self._in_a_row += 1
        self._since_log += 1
        step = state.global_step + 1
        if self._in_a_row == MOST_IN_A_ROW:
            raise GradientError(
                f"step {step}: the gradients of {MOST_IN_A_ROW} updates in a row hold infinities or "
                "NaN. Start again with a lower learning_rate (a stage with --overwrite), or find the "
                "operation with torch.autograd.set_detect_anomaly"
            )
        if state.is_world_process_zero:
            logger.warning(
                "step %d: its gradients are not finite numbers; the update is left out", step
            )

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        if logs is None or not self._since_log:
            return
        logs[UPDATES_LEFT_OUT] = self._since_log
        if state.log_history:  # it holds a copy of the log, and is saved with checkpoints
            state.log_history[-1][UPDATES_LEFT_OUT] = self._since_log
        self._since_log = 0


def _finite(model: nn.Module) -> bool:
    """Whether all gradients of a model are finite; also where none is kept here, as by DeepSpeed."""
    gradients = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
    sharded = [gradient for gradient in gradients if isinstance(gradient, DTensor)]
    whole = [gradient for gradient in gradients if not isinstance(gradient, DTensor)]
    norm: Any = nn.utils.get_total_norm(sharded)  # a DTensor, unless the list is empty
    if isinstance(norm, DTensor):
        norm = norm.full_tensor()
    return bool(torch.isfinite(norm)) and bool(torch.isfinite(nn.utils.get_total_norm(whole)))

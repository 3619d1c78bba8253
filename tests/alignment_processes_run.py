"""Run by test_alignment_processes, under torchrun or alone: train on the label term only and save what came out.

Usage: alignment_processes_run.py MODEL OUTPUT_DIR ROWS_PER_PROCESS
"""

import json
import sys
from pathlib import Path

from alignment_tiny import config, dataset

from alignment.sgrpo import SGRPOTrainer


def flat(completions, **columns):
    """No spread, no advantage: what the model learns comes from the label term alone."""
    return [1.0] * len(completions)


def main(model: str, output_dir: str, rows: int) -> None:
    args = config(
        output_dir, per_device_train_batch_size=rows, gradient_accumulation_steps=2, max_steps=3, num_generations=8
    )
    run = SGRPOTrainer(model, [flat], args=args, train_dataset=dataset())
    run.train()
    run.save_model(output_dir)
    if run.accelerator.is_main_process:
        losses = [row["label/loss"] for row in run.state.log_history if "label/loss" in row]
        (Path(output_dir) / "losses.json").write_text(json.dumps(losses))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))

"""Run by test_alignment_resume: train, dying by SIGKILL after a step if told so, resuming if a checkpoint is there.

The label weight depends on all rewards and entropies so far, so its course must be in the checkpoints too.

Usage: alignment_resume_run.py MODEL OUTPUT_DIR [STEP_TO_DIE_AFTER]
"""

import os
import signal
import sys
from pathlib import Path

from alignment_tiny import config, trainer
from transformers import TrainerCallback

from alignment.trainers.resume import last_checkpoint
from alignment.watching import MetricsLog


class Die(TrainerCallback):
    def __init__(self, step: int) -> None:
        self.step = step

    def on_log(self, args, state, control, **kwargs):
        if state.global_step == self.step:
            os.kill(os.getpid(), signal.SIGKILL)


def main(model: str, output_dir: str, die_after: int = -1, max_steps: int = 32) -> None:
    # A generation batch of 4 prompts serves 4 updates, logs come every 4 updates and checkpoints every 3: checkpoints
    # fall amid both. The 24 rows make 6 such batches, so an epoch ends at step 24.
    args = config(
        output_dir,
        max_steps=max_steps,
        num_train_epochs=10,
        steps_per_generation=2,
        num_iterations=2,
        beta=0.05,
        label_schedule="adaptive",
        label_reward_weighted=True,
        lr_scheduler_type="linear",
        logging_steps=4,
        save_strategy="steps",
        save_steps=3,
        save_total_limit=2,
    )
    log = MetricsLog(Path(output_dir) / "metrics.jsonl")
    run = trainer(Path(model), args, callbacks=[log, Die(die_after)])
    run._adaptive.collapse = 0.99
    checkpoint = last_checkpoint(output_dir)
    run.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    run.save_model(str(Path(output_dir) / "final"))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else -1)

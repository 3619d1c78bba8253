"""Run by test_alignment_processes, under torchrun or alone: train on given completions and save what came out.

Usage: alignment_processes_run.py MODEL OUTPUT_DIR ROWS_PER_PROCESS
"""

import json
import sys
from pathlib import Path

from alignment_tiny import ROWS, config, dataset, likeness

from alignment.trainers.sgrpo import SGRPOTrainer

ANSWERS = {row["prompt"]: row["completion"] for row in ROWS}


def beginnings(prompts, trainer):
    """Completions that depend on the place in the group alone, as processes that sample would sample differently."""
    tokenizer = trainer.processing_class
    first = trainer.accelerator.process_index * len(prompts)
    places = [(first + index) % trainer.num_generations for index in range(len(prompts))]
    answers = [tokenizer(ANSWERS[prompt])["input_ids"] for prompt in prompts]
    return {
        "prompt_ids": [tokenizer(prompt)["input_ids"] for prompt in prompts],
        "completion_ids": [
            answer[place:] + answer[:place] for answer, place in zip(answers, places, strict=True)
        ],
        "logprobs": None,
    }


def main(model: str, output_dir: str, rows: int) -> None:
    args = config(
        output_dir,
        per_device_train_batch_size=rows,
        gradient_accumulation_steps=2,
        max_steps=4,
        num_generations=8,
        beta=0.05,
        label_loss="ratio",
        label_reward_weighted=True,
        label_schedule="adaptive",
        filter_keep=3,
        difficulty_power=1.0,
    )
    run = SGRPOTrainer(
        model, [likeness], args=args, train_dataset=dataset(), rollout_func=beginnings
    )
    run._adaptive.rate = 0.5
    run.train()
    run.save_model(output_dir)
    if run.accelerator.is_main_process:
        (Path(output_dir) / "logs.json").write_text(json.dumps(run.state.log_history))
    run.accelerator.end_training()  # without it torch aborts at times when the process exits


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))

"""Run by test_remote_training under torchrun: train with the reward `logic`, then with `remote`.

Usage: remote_training_run.py MODEL OUTPUT_DIR ADDRESS
"""

import json
import sys
from pathlib import Path

from alignment_tiny import ROWS, config, dataset

from alignment import rewards
from alignment.trainers.sgrpo import SGRPOTrainer

PLACES = {row["prompt"]: place for place, row in enumerate(ROWS)}


def neighbours(prompts, trainer):
    """The answers to rows nearby in place of sampled ones: from right to far off, and one unreadable."""
    tokenizer = trainer.processing_class
    first = trainer.accelerator.process_index * len(prompts)
    answers = []
    for index, prompt in enumerate(prompts):
        step = (first + index) % trainer.num_generations
        answer = ROWS[(PLACES[prompt] + step) % len(ROWS)]["completion"]
        answers.append(tokenizer(answer if step < 3 else answer[:-4])["input_ids"])
    prompt_ids = [tokenizer(prompt)["input_ids"] for prompt in prompts]
    return {"prompt_ids": prompt_ids, "completion_ids": answers, "logprobs": None}


def train(model: str, folder: Path, reward: rewards.Reward) -> None:
    args = config(
        folder,
        per_device_train_batch_size=8,
        max_steps=3,
        num_generations=4,
        max_completion_length=48,
    )
    run = SGRPOTrainer(model, reward, args=args, train_dataset=dataset(), rollout_func=neighbours)
    run.train()
    run.save_model(str(folder))
    if run.accelerator.is_main_process:
        (folder / "logs.json").write_text(json.dumps(run.state.log_history))
    run.accelerator.wait_for_everyone()


def main(model: str, output_dir: str, address: str) -> None:
    train(model, Path(output_dir, "logic"), rewards.get("logic"))
    train(model, Path(output_dir, "remote"), rewards.get("remote", urls=[address], batch_size=3))


if __name__ == "__main__":
    main(*sys.argv[1:])

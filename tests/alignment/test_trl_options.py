"""S-GRPO with every option of TRL's trainer beside the label term: each trains, and logs its loss.

What TRL does with an option is TRL's to test; here it is that the label term does not stand in its
way, and that what TRL takes is taken.
"""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from alignment_tiny import ROWS, build_tiny, config, dataset, likeness, trainer
from datasets import Dataset, IterableDataset
from trl import GRPOConfig, GRPOTrainer

from alignment import models
from alignment.trainers import sgrpo
from alignment.trainers.sgrpo import SGRPOConfig, SGRPOTrainer

QUICK: dict[str, dict[str, Any]] = {
    "masked": {"mask_truncated_completions": True},
    "two-sided clip": {"delta": 3.0, "epsilon_high": 0.3},
    "batch scale": {"scale_rewards": "batch"},
    "several passes": {"num_iterations": 2, "gradient_accumulation_steps": 2},
}
SLOW: dict[str, dict[str, Any]] = {
    "no scale": {"scale_rewards": "none"},
    "normalised sum": {"multi_objective_aggregation": "normalize_then_sum"},
    "sequences": {"importance_sampling_level": "sequence"},
    "entropy mask": {"top_entropy_quantile": 0.2},
    "entropy bonus": {"entropy_coef": 0.01},
    "adaptive entropy": {"use_adaptive_entropy": True, "entropy_coef": 0.01},
    "entropy held": {
        "use_adaptive_entropy": True,
        "entropy_coef": 0.01,
        "entropy_target": 0.5,
        "entropy_coef_delta": 0.005,
        "entropy_coef_min": 0.0,
        "entropy_coef_max": 0.02,
    },
    "soft gates": {
        "loss_type": "sapo",
        "sapo_temperature_pos": 0.9,
        "sapo_temperature_neg": 1.2,
    },
    "gamma weights": {
        "loss_type": "vespo",
        "vespo_k_pos": 1.5,
        "vespo_k_neg": 2.5,
        "vespo_lambda_pos": 2.5,
        "vespo_lambda_neg": 1.5,
    },
    "reference mixed": {
        "sync_ref_model": True,
        "beta": 0.1,
        "ref_model_sync_steps": 1,
        "ref_model_mixup_alpha": 0.5,
    },
    "reference synced": {"sync_ref_model": True, "beta": 0.1, "ref_model_sync_steps": 1},
    "plain KL": {"beta": 0.1, "use_bias_correction_kl": False},
    "off-policy mask": {"off_policy_mask_threshold": 0.5, "num_iterations": 2},
    "fp32 head": {"cast_lm_head_to_fp32": False},
    "given order": {"shuffle_dataset": False},
    "padded": {"pad_to_multiple_of": 8},
    "nucleus": {"top_p": 0.9, "top_k": 5, "min_p": 0.05, "repetition_penalty": 1.1},
    "continuous batching": {"use_transformers_continuous_batching": True},
    "generation settings": {"generation_kwargs": {"length_penalty": 1.0}},
    "static cache": {"cache_implementation": "static"},
    "no dropout": {"disable_dropout": True},
    "larger generation": {"generation_batch_size": 16},
    "one step a generation": {"steps_per_generation": 1},
    "evaluated": {"eval_strategy": "steps", "eval_steps": 1, "per_device_eval_batch_size": 8},
    "fewer in evaluation": {
        "eval_strategy": "steps",
        "eval_steps": 1,
        "per_device_eval_batch_size": 2,
        "num_generations_eval": 1,
    },
    "completions logged": {"log_completions": True, "num_completions_to_print": 1},
    "unique prompts logged": {"log_completions": True, "log_unique_prompts": True},
    "checkpointing": {"gradient_checkpointing": True},
    "weights": {"reward_weights": [0.5]},
}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return build_tiny(tmp_path_factory.mktemp("tiny"))


def check_trains(run: SGRPOTrainer) -> None:
    before = [parameter.detach().clone() for parameter in run.model.parameters()]
    run.train()
    losses = [row["loss"] for row in run.state.log_history if "loss" in row]
    assert losses and all(math.isfinite(loss) for loss in losses)
    after = list(run.model.parameters())
    assert any(not torch.equal(old, new) for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize(
    "name",
    [*QUICK, *[pytest.param(name, marks=pytest.mark.slow) for name in SLOW]],
)
def test_an_option_of_trl_beside_the_label_term(tiny, tmp_path, name):
    options = (QUICK | SLOW)[name]
    rows = {"eval_dataset": dataset().select(range(4))} if "eval_strategy" in options else {}
    run = trainer(tiny, config(tmp_path, **options), **rows)
    check_trains(run)
    assert any("label/loss" in row for row in run.state.log_history)


@pytest.mark.parametrize(
    ("options", "given"),
    [({"grammar": "formula"}, {}), ({}, {"stop": ["\n"]})],
    ids=["grammar", "stop"],
)
def test_continuous_batching_is_refused_where_it_would_not_keep_to_what_is_asked(
    tiny, tmp_path, options, given
):
    args = config(tmp_path, use_transformers_continuous_batching=True, **options)
    with pytest.raises(ValueError, match=r"set stop to \[\] and grammar to 'none'"):
        trainer(tiny, args, **given)


# What is given to the trainer ------------------------------------------------------------------


def test_a_run_without_settings_is_called_after_its_model(tiny, tmp_path, monkeypatch):
    """As TRL calls its own: the last part of the model's name, and the method's."""
    folders = []

    def made(output_dir):
        folders.append(output_dir)
        return config(tmp_path)

    monkeypatch.setattr(sgrpo, "SGRPOConfig", made)
    for model in (str(tiny), models.load(tiny)[0]):
        with pytest.raises(ValueError, match="no label column"):
            SGRPOTrainer(model, likeness, None, Dataset.from_list([{"prompt": "a"}]))
    assert folders == [f"{tiny.name}-SGRPO"] * 2


def test_rows_that_are_streamed(tiny, tmp_path):
    def draw():
        yield from ROWS

    rows = IterableDataset.from_generator(draw)
    args = config(tmp_path, shuffle_dataset=False, accelerator_config={"dispatch_batches": False})
    check_trains(SGRPOTrainer(str(tiny), likeness, args, rows))


def test_an_awaited_reward_beside_a_plain_one(tiny, tmp_path):
    async def awaited(completions, **columns):
        return [0.5 * len(text) / 40 for text in completions]

    run = SGRPOTrainer(str(tiny), [likeness, awaited], config(tmp_path), dataset())
    check_trains(run)
    log = run.state.log_history[0]
    assert "rewards/awaited/mean" in log and "rewards/likeness/mean" in log


@pytest.mark.parametrize("label_weight", [0.0, 1.0])
def test_rewards_that_each_judge_prompts_of_their_own(tiny, tmp_path, label_weight):
    """One reward for one kind of prompt and one for the other: no completion has both, and the
    label term makes none of them unjudged."""

    def of(word):
        def reward(prompts, completions, reference, **columns):
            paid = likeness(prompts, completions, reference)
            return [paid[n] if word in prompt else None for n, prompt in enumerate(prompts)]

        reward.__name__ = word
        return reward

    args = config(tmp_path, label_weight=label_weight, max_steps=3)
    run = SGRPOTrainer(str(tiny), [of("Every"), of("Some")], args, dataset())
    check_trains(run)
    logs = [row for row in run.state.log_history if "reward" in row]
    assert all(row["reward/not_judged"] == 0.0 for row in logs)
    assert all(row["reward_std"] > 0.0 for row in logs)


# Environments ----------------------------------------------------------------------------------

TEMPLATE = (
    "{% for turn in messages %}{{ turn['role'] + ': ' + (turn['content'] or '') }}"
    "{% for call in turn['tool_calls'] or [] %}{{ call['function']['name'] }}"
    "{{ call['function']['arguments'] | tojson }}{% endfor %}{{ '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}"
)


class Task:
    """An environment that writes the prompt and pays for the answer's brevity."""

    def reset(self, **row: Any) -> str:
        self.row = row
        return f"Sentence: {row.get('subject', 'a cat')} sleeps.\nFOL:"

    def get_reward(self) -> float:
        return float(id(self) % 7)


@pytest.mark.parametrize("column", ["prompt", "subject"])
def test_an_environment_writes_the_prompts(tiny, tmp_path, column):
    """Rows without a prompt have the one that the environment's reset returns."""
    tokenizer = models.load_tokenizer(tiny)
    tokenizer.chat_template = TEMPLATE
    start = [{"role": "user", "content": "Translate. "}]
    rows = [
        {
            column: start if column == "prompt" else row["prompt"][16:22],
            "completion": row["reference"],
        }
        for row in ROWS[:8]
    ]
    args = config(tmp_path, max_steps=2, max_completion_length=8)
    run = SGRPOTrainer(
        str(tiny),
        args=args,
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        environment_factory=Task,
    )
    check_trains(run)
    log = run.state.log_history[0]
    assert "rewards/Task/mean" in log and log["label/loss"] > 0.0


# Images ----------------------------------------------------------------------------------------


def test_prompts_with_images_are_refused_in_a_sentence_by_the_label_term(
    tiny, tmp_path, monkeypatch
):
    generate = GRPOTrainer._generate_and_score_completions

    def with_pixels(self, inputs):
        return generate(self, inputs) | {"pixel_values": torch.zeros(len(inputs), 3)}

    monkeypatch.setattr(GRPOTrainer, "_generate_and_score_completions", with_pixels)
    with pytest.raises(ValueError, match="these have images: set label_weight to 0"):
        trainer(tiny, config(tmp_path)).train()


def test_no_option_of_trl_is_left_out_of_our_settings():
    ours, theirs = SGRPOConfig.__dataclass_fields__, GRPOConfig.__dataclass_fields__
    assert set(theirs) <= set(ours)
    changed = [name for name in theirs if ours[name].default != theirs[name].default]
    assert changed == []

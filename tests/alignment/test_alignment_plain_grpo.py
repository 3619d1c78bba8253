"""S-GRPO's trainer in the place of TRL's: without a label term, with its arguments and config."""

from __future__ import annotations

import inspect

import pytest
import torch
from alignment_tiny import build_tiny, config, dataset, likeness
from transformers import TrainerCallback
from trl import GRPOConfig, GRPOTrainer

from alignment.models import load_tokenizer
from alignment.trainers.sgrpo import SGRPOTrainer


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return build_tiny(tmp_path_factory.mktemp("tiny"))


def applies_to(word):
    """A reward for the prompts that have a word, None for the others."""

    def reward(prompts, completions, **columns):
        paid = likeness(prompts, completions, **columns)
        return [
            value if word in prompt else None for prompt, value in zip(prompts, paid, strict=True)
        ]

    reward.__name__ = word
    return reward


@pytest.mark.parametrize("word", ["Some", "fox"])  # some rows have both, some none
def test_rewards_that_do_not_apply_everywhere_train_as_in_trl(tiny, tmp_path, word):
    runs = []
    for kind in (SGRPOTrainer, GRPOTrainer):
        args = config(tmp_path, label_weight=0.0, max_steps=4)
        rewards = [applies_to("Every"), applies_to(word)]
        runs.append(kind(str(tiny), rewards, args=args, train_dataset=dataset()))
        runs[-1].train()
    ours, theirs = (
        [(row["loss"], row["grad_norm"], row["reward"]) for row in run.state.log_history[:4]]
        for run in runs
    )
    assert ours == theirs and any(norm > 0.0 for _, norm, _ in ours)
    weights = zip(*(run.model.parameters() for run in runs), strict=True)
    assert all(torch.equal(one, other) for one, other in weights)


def test_what_one_of_several_rewards_judges_can_be_kept_of_its_group(tiny, tmp_path):
    args = config(tmp_path, label_weight=0.0, filter_keep=1)
    rewards = [applies_to("Every"), applies_to("Some")]
    run = SGRPOTrainer(str(tiny), rewards, args=args, train_dataset=dataset())
    run.train()
    for row in run.state.log_history[:2]:
        assert row["advantages/zero"] == 0.5 and row["reward/not_judged"] == 0.0


def test_arguments_are_taken_in_the_order_of_trl(tiny, tmp_path):
    class Seen(TrainerCallback):
        steps = 0

        def on_step_end(self, *words, **columns):
            self.steps += 1

    callback = Seen()
    args = config(tmp_path, max_steps=1, per_device_eval_batch_size=8)
    rows = dataset()
    tokenizer = load_tokenizer(tiny)
    optimizers = (None, None)
    run = SGRPOTrainer(
        str(tiny),
        likeness,
        args,
        rows,
        rows.select([0, 1]),
        tokenizer,
        None,
        [callback],
        optimizers,
    )
    run.train()
    assert callback.steps == 1 and len(run.eval_dataset) == 2
    assert run.processing_class is tokenizer
    ours, theirs = (
        list(inspect.signature(kind).parameters.values()) for kind in (SGRPOTrainer, GRPOTrainer)
    )
    count = len(theirs)
    assert [(p.name, p.kind, p.default) for p in ours[:count]] == [
        (p.name, p.kind, p.default) for p in theirs
    ]
    further = [p for p in ours[count:] if p.kind is inspect.Parameter.KEYWORD_ONLY]
    assert [p.name for p in further] == ["domain", "stop"] and len(ours) == count + 2


def test_a_config_without_the_label_term_is_refused_in_a_sentence(tiny, tmp_path):
    args = GRPOConfig(str(tmp_path), use_cpu=True, bf16=False)
    with pytest.raises(TypeError) as error:
        SGRPOTrainer(str(tiny), likeness, args, dataset())
    assert str(error.value) == (
        "SGRPOTrainer takes an SGRPOConfig, which has all settings of GRPOConfig, not GRPOConfig; "
        "label_weight=0 trains as TRL does"
    )

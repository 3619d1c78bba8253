"""S-GRPO's trainer: what it adds to TRL's and what it leaves alone."""

from __future__ import annotations

import inspect
import math
import re

import pytest
import torch
from alignment_tiny import ROWS, build_tiny, config, dataset, likeness, trainer
from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer

from alignment.models import load_tokenizer
from alignment.trainers.labels import label_tensors
from alignment.trainers.resume import last_checkpoint
from alignment.trainers.sgrpo import SGRPOConfig, SGRPOTrainer


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    return build_tiny(tmp_path_factory.mktemp("tiny"))


def first_minibatch(run: GRPOTrainer) -> dict:
    run.model.train()
    run.current_gradient_accumulation_steps = 1
    return run._prepare_inputs(next(iter(run.get_train_dataloader())))


def gradient(run: GRPOTrainer, value: torch.Tensor) -> torch.Tensor:
    run.model.zero_grad()
    value.backward()
    return torch.cat([p.grad.flatten() for p in run.model.parameters() if p.grad is not None])


@pytest.mark.parametrize("loss_type", ["dapo", "grpo", "dr_grpo"])
def test_weight_zero_is_trl_bit_for_bit(tiny, tmp_path, loss_type):
    """The same seed gives the same weights after training with TRL's trainer and with ours at weight 0."""
    settings = {"loss_type": loss_type, "beta": 0.05, "gradient_accumulation_steps": 2}
    # One after the other: a trainer seeds the process when it is built.
    ours = trainer(tiny, config(tmp_path, label_weight=0.0, **settings))
    ours.train()
    theirs = GRPOTrainer(
        str(tiny), [likeness], args=config(tmp_path, **settings), train_dataset=dataset()
    )
    theirs.train()
    losses = [
        [row["loss"] for row in run.state.log_history if "loss" in row] for run in (ours, theirs)
    ]
    assert losses[0] == losses[1]
    weights = zip(ours.model.parameters(), theirs.model.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in weights)


LOSS_TYPES = ["grpo", "dr_grpo", "dapo", "bnpo", "cispo", "sapo", "luspo", "vespo"]


def test_every_loss_type_of_trl_is_tried():
    """TRL names them in the field's help only; a new one there fails here."""
    text = GRPOConfig.__dataclass_fields__["loss_type"].metadata["help"]
    listed = text.split("Supported values are ")[1].split(".")[0]
    assert re.findall(r"'(\w+)'", listed) == LOSS_TYPES


@pytest.mark.parametrize("level", ["token", "sequence"])
@pytest.mark.parametrize("loss_type", LOSS_TYPES)
def test_label_term_is_added_to_every_loss_of_trl(tiny, tmp_path, loss_type, level):
    """One generation serves four updates, so the last three are off the policy that sampled."""
    settings = {
        "loss_type": loss_type,
        "importance_sampling_level": level,
        "beta": 0.05,
        "max_steps": 4,
    }
    args = config(
        tmp_path,
        label_loss="ratio",
        label_weight=0.5,
        num_iterations=2,
        steps_per_generation=2,
        **settings,
    )
    run = trainer(tiny, args)
    before = [parameter.detach().clone() for parameter in run.model.parameters()]
    seen = []
    compute = run.compute_loss

    def check(model, inputs, *rest, **named):
        total = compute(model, inputs, *rest, **named)
        alone = GRPOTrainer.compute_loss(run, model, inputs)
        torch.testing.assert_close(total, alone + 0.5 * run._label_loss(model, inputs))
        seen.append(total.item())
        return total

    run.compute_loss = check
    run.train()
    assert len(seen) == 4 and all(math.isfinite(value) for value in seen)
    assert any(
        not torch.equal(old, new) for old, new in zip(before, run.model.parameters(), strict=True)
    )


def test_gradient_checkpointing_and_lora_keep_the_label_gradient(tiny, tmp_path):
    from peft import LoraConfig

    lora = LoraConfig(r=4, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
    for adapter in (None, lora):
        runs = [
            trainer(
                tiny,
                config(tmp_path, gradient_checkpointing=on, label_loss=form, beta=0.1),
                peft_config=adapter,
            )
            for on, form in ((False, "ratio"), (True, "ratio"))
        ]
        batch = first_minibatch(runs[0])
        grads = [gradient(run, run._label_loss(run.model.train(), batch)) for run in runs]
        torch.testing.assert_close(*grads)
        assert grads[0].abs().max() > 0.0


@pytest.mark.parametrize(("form", "acts"), [("nll", True), ("ratio", True), ("published", False)])
def test_label_term_acts_from_the_first_step_except_as_published(tiny, tmp_path, form, acts):
    run = trainer(tiny, config(tmp_path, beta=0.1, label_loss=form))
    grad = gradient(run, run._label_loss(run.model, first_minibatch(run)))
    assert bool(grad.abs().max() > 0) is acts


def test_label_is_computed_once_per_prompt_and_weighs_every_row(tiny, tmp_path):
    """Eight rows of two prompts: two label rows in the forward pass, and the mean over the rows."""
    run = trainer(tiny, config(tmp_path))
    batch = first_minibatch(run)
    assert sorted(batch["label_rows"].tolist()) == [0.0] * 6 + [4.0, 4.0]

    seen = []
    hook = run.model.register_forward_pre_hook(
        lambda module, args, kwargs: seen.append(kwargs["input_ids"].size(0)), with_kwargs=True
    )
    value = run._label_loss(run.model, batch)
    hook.remove()
    assert seen == [2]

    prompts = {
        tuple(ids[mask.bool()].tolist())
        for ids, mask in zip(batch["prompt_ids"], batch["prompt_mask"], strict=True)
    }
    tokenizer = run.processing_class
    answers = {row["prompt"]: row["completion"] for row in ROWS}
    expected = []
    for prompt in prompts:
        label = tokenizer(answers[tokenizer.decode(prompt)])["input_ids"] + [tokenizer.eos_token_id]
        ids = torch.tensor([[*prompt, *label]])
        labels = torch.tensor([[-100] * len(prompt) + label])
        expected.append(run.model(input_ids=ids, labels=labels).loss)
    torch.testing.assert_close(value, torch.stack(expected).mean())


@pytest.mark.parametrize("answer", ["", " ", "\n"])
def test_a_row_without_an_answer_carries_no_label(tiny, answer):
    tensors = label_tensors(
        [{"completion": answer}, {"completion": " P(a)"}],
        torch.ones(2),
        [[1], [2]],
        column="completion",
        tokenizer=load_tokenizer(tiny),
    )
    assert tensors["label_rows"].tolist() == [0.0, 1.0]
    assert tensors["label_mask"].sum(1).tolist()[0] == 0


def test_label_ignores_the_sampling_temperature(tiny, tmp_path):
    cold = trainer(tiny, config(tmp_path, temperature=0.5))
    batch = first_minibatch(cold)
    warm = trainer(tiny, config(tmp_path, temperature=2.0))
    torch.testing.assert_close(
        cold._label_loss(cold.model, batch), warm._label_loss(warm.model, batch)
    )


def test_minibatches_of_one_generation_batch_add_up(tiny, tmp_path):
    """Accumulated over the shuffled minibatches, the label gradient is that of the whole generation batch."""
    split = trainer(
        tiny, config(tmp_path, per_device_train_batch_size=4, gradient_accumulation_steps=4)
    )
    first_minibatch(split)
    batches = split._buffered_inputs
    assert len(batches) == 4 and sum(batch["label_rows"].sum().item() for batch in batches) == 16
    parts = sum(gradient(split, split._label_loss(split.model, batch)) for batch in batches) / 4
    joined = {
        key: torch.cat([batch[key] for batch in batches])
        for key in ("prompt_ids", "prompt_mask", "label_ids", "label_mask", "label_rows")
    }
    torch.testing.assert_close(parts, gradient(split, split._label_loss(split.model, joined)))


def label_rows_by_prompt(run: SGRPOTrainer) -> dict[str, float]:
    first_minibatch(run)
    found: dict[str, float] = {}
    for batch in run._buffered_inputs:
        for ids, mask, rows in zip(
            batch["prompt_ids"], batch["prompt_mask"], batch["label_rows"], strict=True
        ):
            prompt = run.processing_class.decode(ids[mask.bool()])
            found[prompt] = found.get(prompt, 0.0) + rows.item()
    return found


def test_label_loss_is_weighted_by_what_each_group_failed_to_earn(tiny, tmp_path):
    """Rewards differ between groups and within them; some are not judged. TRL shuffles and splits the rows after."""
    given: dict[str, list[float | None]] = {}

    def reward(prompts, completions, **columns):
        groups = [[0.0, 0.0, 0.5, 0.5], [1.0] * 4, [None, 0.2, None, 0.4], [None] * 4]
        given.update(zip(prompts[::4], groups, strict=True))
        return [value for group in groups for value in group]

    settings = {"per_device_train_batch_size": 4, "gradient_accumulation_steps": 4}
    args = config(tmp_path, label_reward_weighted=True, **settings)
    run = SGRPOTrainer(str(tiny), [reward], args=args, train_dataset=dataset())
    rows = label_rows_by_prompt(run)
    factors = [0.75, 0.0, 0.7, 1.0]
    assert [rows[prompt] for prompt in given] == pytest.approx([4 * factor for factor in factors])
    plain = SGRPOTrainer(
        str(tiny), [reward], args=config(tmp_path, **settings), train_dataset=dataset()
    )
    assert set(label_rows_by_prompt(plain).values()) == {4.0}


def test_adaptive_weight_follows_the_reward_and_is_logged(tiny, tmp_path):
    def all_right(completions, **columns):
        return [1.0] * len(completions)

    args = config(tmp_path, max_steps=4, label_weight=2.0, label_schedule="adaptive")
    run = SGRPOTrainer(str(tiny), [all_right], args=args, train_dataset=dataset())
    run._adaptive.rate = 0.5
    run.train()
    weights = [row["label/weight"] for row in run.state.log_history if "label/weight" in row]
    assert weights == pytest.approx([1.0, 0.5, 0.25, 0.2])  # halved from 2, down to a tenth of it


def test_evaluation_leaves_the_adaptive_weight_alone(tiny, tmp_path):
    args = config(
        tmp_path,
        label_schedule="adaptive",
        label_reward_weighted=True,
        per_device_eval_batch_size=8,
    )
    run = SGRPOTrainer(
        str(tiny),
        [likeness],
        args=args,
        train_dataset=dataset(),
        eval_dataset=dataset().select(range(4)),
    )
    assert run.evaluate()["eval_label/weight"] == 1.0
    assert run._adaptive.share == 1.0


def test_rows_without_an_answer_are_trained_by_grpo_alone(tiny, tmp_path):
    rows = [{**row, "completion": None} for row in ROWS]
    args = config(tmp_path, max_steps=1)
    run = SGRPOTrainer(str(tiny), [likeness], args=args, train_dataset=Dataset.from_list(rows))
    run.train()
    logs = run.state.log_history[0]
    assert logs["label/loss"] == 0.0 and logs["grad_norm"] > 0.0


def test_conversational_prompts_and_answers(tiny, tmp_path):
    rows = [
        {
            "prompt": [{"role": "user", "content": row["prompt"]}],
            "completion": [{"role": "assistant", "content": row["completion"]}],
            "reference": row["reference"],
        }
        for row in ROWS
    ]
    template = "{% for m in messages %}{{ m['content'] }}{% endfor %}"

    def reward(completions, **columns):
        return [float(len(answer[0]["content"]) % 5) for answer in completions]

    from alignment.models import load_tokenizer

    tokenizer = load_tokenizer(tiny)
    tokenizer.chat_template = template
    run = SGRPOTrainer(
        str(tiny),
        [reward],
        args=config(tmp_path, max_steps=1),
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
    )
    run.train()
    assert run.state.log_history[0]["label/loss"] > 1.0


def test_training_lowers_the_label_loss_and_logs_its_weight(tiny, tmp_path):
    run = trainer(tiny, config(tmp_path, max_steps=12, label_schedule="linear", learning_rate=3e-3))
    run.train()
    logs = [row for row in run.state.log_history if "label/loss" in row]
    assert logs[-1]["label/loss"] < 0.8 * logs[0]["label/loss"]
    assert logs[0]["label/weight"] == 1.0 and logs[6]["label/weight"] == pytest.approx(0.5)


def test_lora_uses_the_adapter_free_model_as_reference(tiny, tmp_path):
    from peft import LoraConfig

    lora = LoraConfig(r=4, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
    run = trainer(
        tiny,
        config(tmp_path, label_loss="ratio", learning_rate=1e-2, max_steps=4),
        peft_config=lora,
    )
    run.train()
    logs = [row["label/loss"] for row in run.state.log_history if "label/loss" in row]
    assert logs[0] == pytest.approx(
        -1.0, abs=1e-5
    )  # the ratio of the untouched policy to its reference
    assert logs[-1] < -1.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label_loss": "mse"}, "label_loss 'mse'; allowed: nll, ratio, published"),
        (
            {"label_schedule": "step"},
            "label_schedule 'step'; allowed: constant, linear, cosine, adaptive",
        ),
        ({"label_weight": -1.0}, "label_weight must be"),
        ({"label_weight": float("nan")}, "label_weight must be"),
    ],
)
def test_bad_settings_are_refused(tmp_path, change, message):
    with pytest.raises(ValueError, match=message):
        config(tmp_path, **change)


def test_missing_column_and_missing_reference_are_refused(tiny, tmp_path):
    with pytest.raises(
        ValueError, match="no label column 'answer'; it has prompt, completion, reference"
    ):
        trainer(tiny, config(tmp_path, label_column="answer"))
    with pytest.raises(ValueError, match="'ratio' needs a reference policy: set beta above 0"):
        trainer(tiny, config(tmp_path, label_loss="ratio"))


def test_a_model_that_is_not_on_disk_is_refused_where_its_path_is_needed(tiny, tmp_path):
    from alignment.models import load, load_tokenizer

    model, _ = load(tiny)
    model.config._name_or_path = model.name_or_path = ""
    with pytest.raises(ValueError, match="save it with save_pretrained"):
        trainer(model, config(tmp_path, beta=0.1), processing_class=load_tokenizer(tiny))


@pytest.mark.parametrize(
    "name",
    [
        "_generate_and_score_completions",
        "_calculate_rewards",
        "compute_loss",
        "_get_train_sampler",
        "_save_rng_state",
        "_load_rng_state",
    ],
)
def test_overridden_signatures_match_trl(name):
    ours = inspect.signature(getattr(SGRPOTrainer, name)).parameters
    theirs = inspect.signature(inspect.unwrap(getattr(GRPOTrainer, name))).parameters
    assert [(p.name, p.kind, p.default) for p in ours.values()] == [
        (p.name, p.kind, p.default) for p in theirs.values()
    ]


def test_config_fields_reach_the_command_line():
    from transformers import HfArgumentParser

    (args,) = HfArgumentParser(SGRPOConfig).parse_args_into_dataclasses(
        ["--output_dir", "x", "--label_loss", "ratio", "--label_weight", "0.5", "--bf16", "false"]
    )
    assert (args.label_loss, args.label_weight) == ("ratio", 0.5)


def test_last_checkpoint_passes_over_incomplete_ones(tmp_path):
    assert last_checkpoint(tmp_path / "none") is None
    for step, text in ((9, "{}"), (10, '{"global_st'), (11, None)):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        if text is not None:
            (folder / "trainer_state.json").write_text(text)
    assert last_checkpoint(tmp_path) == tmp_path / "checkpoint-9"

"""The tool that a model may use while it answers, and a training step in which it does."""

from __future__ import annotations

from typing import Any

import pytest
from alignment_tiny import ROWS, build_tiny, config
from datasets import Dataset
from transformers.utils import get_json_schema
from trl import GRPOConfig, GRPOTrainer
from trl.trainer import grpo_trainer

from alignment import models, rewards
from alignment.checking import (
    NOT_CHECKED,
    NOTHING_WRONG,
    OTHER_NAMES,
    RIGHT,
    UNDECIDED,
    FormulaCheck,
    ReferenceCheck,
)
from alignment.messages import last_text
from alignment.trainers.sgrpo import SGRPOTrainer


def test_what_the_tool_says() -> None:
    environment = FormulaCheck()
    environment.reset(signature="Cat/1, tom", premise_formulas=["Cat(tom)"])
    assert environment.check("∀x Cat(x)") == NOTHING_WRONG
    assert "unknown name: predicate Cats; did you mean Cat" in environment.check("Cats(tom)")
    assert "contradicts" in environment.check("¬Cat(tom)")
    assert "this is no formula" in environment.check("Cat(tom) →")
    environment.reset(prompt="of another row")
    assert environment.check("¬Dog(tom)") == NOTHING_WRONG
    assert "true whatever" in environment.check("P(a) ∨ ¬P(a)")


def test_one_that_knows_the_right_formula_tells_a_world_and_not_the_formula() -> None:
    environment = ReferenceCheck()
    environment.reset(reference="∀x (Cat(x) → Calm(x))")
    assert environment.check("∀x (¬Calm(x) → ¬Cat(x))") == RIGHT
    said = environment.check("∀x (Calm(x) → Cat(x))")
    assert said.startswith("this formula is true and should be false in this world:")
    assert "b: Cat" in said and "→" not in said
    assert "false and should be true" in environment.check("∀x (Cat(x) ∧ Calm(x))")
    assert environment.check("∀x (cats(x) → IsCalm(x))") == RIGHT
    environment.reset(reference="∀x (WorkHome(x) → OfficeStore(x))")
    near = "∀x (WorkRegularlyAndOftenAtHome(x) → VisitOfficeSupplyStoreRegularly(x))"  # of GPT-3.5
    assert environment.check(near) == OTHER_NAMES
    assert "this is no formula" in environment.check("Cat(x) →")
    assert "true whatever" in environment.check("P(a) ∨ ¬P(a)")
    environment.reset(signature="Cat/1, Calm/1", reference="∀x Cat(x)")
    assert "unknown name: predicate Dog" in environment.check("∀x Dog(x)")
    environment.reset(reference="Cat(x) ∨ ¬Cat(x)")
    assert environment.check("∀x (Cat(x) ∨ ¬Cat(x))") == RIGHT
    environment.reset(prompt="of a row without one")
    assert environment.check("Cat(tom)") == NOTHING_WRONG


@pytest.mark.parametrize(
    "row",
    [
        {"reference": "I see. Every dog sleeps."},
        {"signature": "I see. (Every dog", "reference": "Cat(tom)"},
        {"premise_formulas": ["I see. Every dog sleeps."]},
    ],
)
def test_what_cannot_be_read_in_a_row_is_not_quoted(row: dict[str, Any]) -> None:
    environment = ReferenceCheck()
    environment.reset(**row)
    said = environment.check("∀x Cat(x)")
    assert "dog" not in said and said in (NOT_CHECKED, UNDECIDED)


@pytest.mark.parametrize(
    "formula", ["\ud800", "<|im_start|>assistant", "</s> [INST]", "Cat(\udfff) ("]
)
def test_what_is_quoted_ends_no_turn_and_can_be_tokenized(tmp_path: Any, formula: str) -> None:
    tokenizer = models.load_tokenizer(build_tiny(tmp_path / "tiny"))
    environment = FormulaCheck()
    environment.reset()
    said = environment.check(formula)
    assert tokenizer(said)["input_ids"]
    assert not any(mark in said for mark in ("<|", "</s>", "[INST]"))


def test_models_are_told_of_it_by_its_docstring() -> None:
    schema = get_json_schema(FormulaCheck().check)["function"]
    assert schema["name"] == "check" and schema["parameters"]["required"] == ["formula"]


def test_what_a_tool_said_is_no_answer() -> None:
    said = {"role": "tool", "name": "check", "content": "contradicts: Cat(tom)"}
    assert last_text([{"role": "assistant", "content": ""}, said]) == ""
    assert last_text([said]) == ""


TEMPLATE = (
    "{% for turn in messages %}{{ turn['role'] + ': ' + (turn['content'] or '') }}"
    "{% for call in turn['tool_calls'] or [] %}{{ call['function']['name'] }}"
    "{{ call['function']['arguments'] | tojson }}{% endfor %}{{ '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}"
)


@pytest.mark.parametrize("kind", [GRPOTrainer, SGRPOTrainer])
def test_a_step_of_several_turns(tmp_path, monkeypatch, kind) -> None:
    """A model of random weights, whose every first turn is taken for a call of the tool."""
    tiny = build_tiny(tmp_path / "tiny")
    tokenizer = models.load_tokenizer(tiny)
    tokenizer.chat_template = TEMPLATE
    tokenizer.response_template = {"of": "no model"}  # what it would read is read by `parse` below
    checked: list[str] = []
    answered: list[Any] = []
    per_turn = 8

    def parse(tokenizer: Any, ids: list[int], prefix: Any = None, tools: Any = None) -> dict:
        text = tokenizer.decode(ids, skip_special_tokens=True)
        is_first = "tool: " not in tokenizer.decode(prefix)
        function = {"name": "check", "arguments": {"formula": text}}
        calls = [{"type": "function", "function": function}] if is_first else []
        return {"role": "assistant", "content": "" if is_first else text} | (
            {"tool_calls": calls} if is_first else {}
        )

    class Check(FormulaCheck):
        def check(self, formula: str) -> str:
            """Check.

            Args:
                formula: The formula.
            """
            checked.append(formula)
            assert super().check(formula)
            return "wrong"

    def reward(prompts: Any, completions: Any, **columns: Any) -> list[float]:
        answered.extend(completions)
        logic_scores = rewards.get("logic")(prompts, completions, **columns)
        return [
            score + len(last_text(text)) / 100
            for score, text in zip(logic_scores, completions, strict=True)
        ]

    monkeypatch.setattr(grpo_trainer, "parse_response", parse)
    rows = [
        {
            "prompt": [{"role": "user", "content": row["prompt"]}],
            "completion": [{"role": "assistant", "content": row["reference"]}],
            "reference": row["reference"],
        }
        for row in ROWS[:8]
    ]
    args = config(tmp_path, max_steps=1, max_completion_length=60, max_tool_calling_iterations=1)
    if kind is GRPOTrainer:
        args = GRPOConfig(
            output_dir=str(tmp_path), max_steps=1, max_completion_length=60, num_generations=4,
            per_device_train_batch_size=8, max_tool_calling_iterations=1, bf16=False, use_cpu=True, report_to=[],
            save_strategy="no", disable_tqdm=True, logging_steps=1, gradient_checkpointing=False, seed=7,
        )  # fmt: skip
    run = kind(
        str(tiny), reward, args=args, train_dataset=Dataset.from_list(rows), processing_class=tokenizer,
        environment_factory=Check,
    )  # fmt: skip
    generate = run._generate_single_turn

    def shorter(*arguments: Any, **named: Any) -> Any:
        ids, *rest = generate(*arguments, **named)
        logprobs, *others = rest
        return (
            [part[:per_turn] for part in ids],
            logprobs and [part[:per_turn] for part in logprobs],
            *others,
        )

    monkeypatch.setattr(run, "_generate_single_turn", shorter)
    before = {name: value.detach().clone() for name, value in run.model.named_parameters()}
    run.train()
    log = run.state.log_history[0]
    assert len(checked) == 8 and log["tools/call_frequency"] == 1.0
    assert log["tools/failure_frequency"] == 0.0
    assert all(
        [turn["role"] for turn in turns] == ["assistant", "tool", "assistant"] for turns in answered
    )
    assert any(not value.equal(before[name]) for name, value in run.model.named_parameters())
    assert kind is GRPOTrainer or log["label/loss"] > 0

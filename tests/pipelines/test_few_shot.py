"""Solved examples before a prompt, and the texts that end an answer, as keys of every stage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl")

from alignment_tiny import build_tiny

from data import prompts
from data.records import DataError
from pipelines.cli import main
from pipelines.config.arguments import EntailArguments, EvaluateArguments, SFTArguments
from pipelines.config.corpus import answer_ends, load_rows
from pipelines.config.load import load_stage
from pipelines.errors import UsageError
from pipelines.judging.answerer import Answerer

ROWS = [
    {"sentence": "Every cat sleeps.", "formula": "∀x (Cat(x) → Sleeps(x))"},
    {"sentence": "Some dog barks.", "formula": "∃x (Dog(x) ∧ Barks(x))"},
]


@pytest.fixture
def solved(tmp_path: Path) -> Path:
    """A file of two solved examples."""
    path = tmp_path / "solved.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    return path


def rows_of(arguments: Any, split: str, size: int | None = 3) -> Any:
    return load_rows(arguments, split=split, size=size, seed=0, quiet=True)


@pytest.mark.parametrize(
    ("template", "stops"),
    [
        (prompts.BASE["translate"], ("\nSentence:",)),
        (prompts.BASE["correct"], ("\nSentence:",)),
        (prompts.BASE["distill"], ("\nPassage:",)),
        (prompts.BASE["preference"], ("\nUser:",)),
        (prompts.BASE["mt"], ()),
        ("Logic, please.\n\nEnglish: {sentence}\nLogic:", ("\nEnglish:",)),
        ("{sentence}\n", ()),
    ],
)
def test_an_answer_ends_where_the_next_prompt_would_begin(template, stops):
    assert prompts.stops(template) == stops
    assert prompts.stops(template, examples=True) == (*stops, "\n\n")


def test_examples_are_drawn_from_train_by_the_seed_for_training_and_evaluation():
    evaluated = rows_of(EvaluateArguments(examples="2"), "test")["prompt"]
    trained = rows_of(SFTArguments(examples="2"), "train")["prompt"]
    plain = rows_of(EvaluateArguments(), "test")["prompt"]
    head = evaluated[0].removesuffix(plain[0])
    assert head.count("Sentence:") == head.count("FOL:") == 2 and head.endswith(")\n\n")
    assert [text.removeprefix(head) for text in evaluated] == list(plain)
    assert all(text.startswith(head) for text in trained)
    other = load_rows(EvaluateArguments(examples="2"), split="test", size=3, seed=1, quiet=True)
    assert not other["prompt"][0].startswith(head)


def test_no_row_is_asked_whose_answer_is_among_the_examples():
    arguments = SFTArguments(examples="2")
    with_examples = rows_of(arguments, "train", None)
    without = rows_of(SFTArguments(), "train", None)
    asked = [text.rpartition("\n\n")[2] for text in with_examples["prompt"]]
    head = with_examples["prompt"][0]
    assert 0 < len(without) - len(with_examples) < 20
    assert not any(f"{text} " in head for text in asked)


def test_a_file_has_the_examples_and_chat_models_get_them_as_turns(solved):
    (prompt, *_) = rows_of(EvaluateArguments(examples=str(solved)), "test")["prompt"]
    assert prompt.startswith(
        "Sentence: Every cat sleeps.\nFOL: ∀x (Cat(x) → Sleeps(x))\n\n"
        "Sentence: Some dog barks.\nFOL: ∃x (Dog(x) ∧ Barks(x))\n\nSentence: "
    )
    arguments = EvaluateArguments(examples=str(solved), chat=True)
    (turns, *_) = rows_of(arguments, "test")["prompt"]
    assert [turn["role"] for turn in turns] == ["user", "assistant"] * 2 + ["user"]
    assert turns[1]["content"] == ROWS[0]["formula"]
    assert answer_ends(arguments, [turns]) == ()
    with pytest.raises(DataError, match="some prompts are text and others messages"):
        prompts.after_examples({"prompt": "a"}, [{"prompt": turns, "completion": turns}])


def test_the_names_of_the_reference_are_given_for_examples_too(solved):
    arguments = EvaluateArguments(examples=str(solved), signature=True)
    (prompt, *_) = rows_of(arguments, "test")["prompt"]
    assert "Sentence: Some dog barks.\nSymbols: Barks/1 Dog/1\nFOL: ∃x" in prompt


def test_what_ends_answers_can_be_named_and_left_out():
    asked = rows_of(EvaluateArguments(), "test")["prompt"]
    assert answer_ends(EvaluateArguments(), asked) == ("\nSentence:",)
    assert answer_ends(EvaluateArguments(examples="1"), asked) == ("\nSentence:", "\n\n")
    assert answer_ends(EvaluateArguments(stop=["\\n", "#"]), asked) == ("\n", "#")
    assert answer_ends(EvaluateArguments(stop=[]), asked) == ()
    assert answer_ends(EvaluateArguments(), ["a prompt of its own"]) == ()
    assert answer_ends(EntailArguments(), asked, task="translate") == ("\nSentence:",)
    for wrong in ({"stop": [""]}, {"examples": "0"}):
        with pytest.raises(ValueError, match=r"empty text|at least 1"):
            EvaluateArguments(**wrong)


def test_the_keys_stand_at_the_top_of_a_run_and_in_its_sections(tmp_path, solved):
    config = tmp_path / "run.yaml"
    config.write_text(
        f"examples: {solved}\nstop: ['\\n']\nsft: {{model: tiny}}\nevaluate: {{stop: []}}\n"
    )
    for stage, stop in (("sft", ["\n"]), ("evaluate", [])):
        resolved = load_stage(stage, ["--config", str(config)]).resolved
        assert (resolved["examples"], resolved["stop"]) == (str(solved), stop)
    number = load_stage("sgrpo", ["--model", "m", "--examples", "3"]).arguments.options.examples
    assert number == "3"
    assert main(["sft", "--model", "tiny", "--examples", str(tmp_path / "none.jsonl")]) == 2


def test_too_few_rows_to_draw_examples_from(tmp_path, solved):
    arguments = EvaluateArguments(dataset=str(solved), task="translate", examples="40")
    with pytest.raises(UsageError, match="examples: train has"):
        rows_of(arguments, "all")


@pytest.mark.parametrize("chat", [False, True])
def test_translate_asks_with_examples(tmp_path, solved, monkeypatch, capsys, chat):
    model = build_tiny(tmp_path / "model")
    source = tmp_path / "in.txt"
    source.write_text("Every fox runs.\n", encoding="utf-8")
    seen: list[Any] = []

    def answers(self: Answerer, asked: list[str], **settings: Any) -> list[list[str]]:
        seen.append((list(asked), self._stop))
        return [["P(a)"] for _ in asked]

    monkeypatch.setattr(Answerer, "answers", answers)
    options = ["--model", str(model), "--input", str(source), "--examples", str(solved)]
    options += ["--dtype", "bfloat16", *(["--chat"] if chat else [])]
    assert main(["translate", *options]) == 0
    assert json.loads(capsys.readouterr().out)["formula"] == "P(a)"
    ((asked, stop),) = seen
    if chat:
        assert asked[0].count("User:\n") == 3 and asked[0].endswith("Assistant:\n")
        assert stop == ()
    else:
        assert asked[0].startswith("Sentence: Every cat") and asked[0].endswith("runs.\nFOL:")
        assert stop == ("\nSentence:", "\n\n")
    assert main(["translate", *options, "--stop", ""]) == 2
    assert "stop has an empty text" in capsys.readouterr().err

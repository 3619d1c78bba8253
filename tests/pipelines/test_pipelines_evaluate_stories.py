"""`folalign evaluate` on the task `story`: labels proved, vocabulary and logic apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from alignment_tiny import build_tiny
from datasets import Dataset

import data
from pipelines import cli
from pipelines.judging.reasons import is_right, is_story, reasons
from pipelines.judging.stories import (
    COLUMNS,
    are_stories,
    cells,
    grammar_of,
    judge_stories,
    measure_stories,
)

TRAINED = """\
output_dir: OUTPUT
backend: transformers
dataset: entail-synthetic
task: story
sft:
  model: tiny
  hidden_size: 64
  heads: 2
  kv_heads: 1
  layers: 1
  ffn_size: 96
  train_size: 60
  max_steps: 4
  per_device_train_batch_size: 8
  bf16: false
  gradient_checkpointing: false
  logging_steps: 2
  save_strategy: "no"
"""


@pytest.fixture(scope="module")
def rows() -> Dataset:
    return data.load("entail-synthetic", task="story", split="test", size=3).to_dataset()


def test_right_answers_get_all_and_others_their_share(rows: Dataset) -> None:
    right, renamed, wrong = rows["completion"]
    renamed = renamed.replace("Conclusion:", "Conclusion :")  # a heading all the same
    answers = judge_stories("greedy", rows, [[right], [renamed], [wrong, "nothing"]], "fol")
    assert [answer["score"] for answer in answers] == [1.0, 1.0, 1.0, 0.0]
    assert [answer["formula"] is None for answer in answers] == [False, False, False, True]
    measured = measure_stories(answers)
    assert measured["labels"] == measured["sentences"] == 0.75
    assert 0.5 < measured["recall"] < 1.0
    told = cells({"greedy": measured, "sampled": measured})
    margin = f"{100 * measured['sentences_margin']:.1f}"
    assert told[3] == told[4] == f"75.0% ± {margin}" and told[2].startswith("75.0% ± ")
    assert told[1] == "" and len(told) == len(COLUMNS)


def test_a_row_with_its_label_alone_is_judged_by_it(rows: Dataset) -> None:
    bare = Dataset.from_list([{**rows[0], "formulas": [], "reference": ""}])
    answers = judge_stories("greedy", bare, [[rows[0]["completion"]]], "fol")
    measured = measure_stories(answers)
    assert measured["labels"] == 1.0 and "sentences" not in measured
    told = cells({"greedy": measured})
    assert told[0].startswith("100.0%") and told[1:6] == [""] * 5


@pytest.mark.parametrize(
    ("wrong", "kinds"),
    [
        (("Calm(tom)", "∀ → )("), ["unreadable formula"]),
        (("Cat(tom)\n", ""), ["number of formulas"]),
        (("Conclusion:\nCalm(tom)", "Conclusion:\nOdd(tom)"), ["vocabulary"]),
        (("Cat(tom)", "Cat(tom) ∨ ¬Cat(tom)"), ["says nothing"]),
        (("Conclusion:\nCalm(tom)", "Conclusion:\n¬Calm(tom)"), ["another verdict"]),
    ],
)
def test_why_a_label_is_not_proved(wrong: tuple[str, str], kinds: list[str]) -> None:
    story = (
        "Predicates: Calm/1, Cat/1\nConstants: tom\nPremises:\n∀x (Cat(x) → Calm(x))\nCat(tom)\n"
    )
    story += "Conclusion:\nCalm(tom)"
    texts = {"premises": ["Every cat is calm.", "Tom is a cat."], "conclusion": "Tom is calm."}
    row = {**texts, "label": "True", "formulas": [], "reference": ""}
    right, other = judge_stories(
        "greedy", Dataset.from_list([row]), [[story, story.replace(*wrong)]], "fol"
    )
    assert is_story(right) and is_right(right) and reasons(right) == []
    assert story != story.replace(*wrong) and reasons(other) == kinds


def test_the_grammar_declares_names_or_has_the_references(rows: Dataset) -> None:
    assert are_stories(rows) and not are_stories(Dataset.from_list([{"premises": [], "label": ""}]))
    free = grammar_of("formula", rows, "fol")
    assert free.signatures is None
    assert free.premises == [len(premises) for premises in rows["premises"]]
    given = grammar_of("signature", rows, "fol").signatures
    assert given is not None and all(signature is not None for signature in given)


def test_models_are_evaluated_free_and_under_both_grammars(tmp_path: Path, capsys: Any) -> None:
    pytest.importorskip("llguidance")
    model = build_tiny(tmp_path / "tiny")
    for grammar in ("formula", "signature"):
        options = ["--dataset", "entail-synthetic", "--task", "story", "--model", f"tiny={model}"]
        options += ["--size", "2", "--samples", "0", "--max_tokens", "20", "--grammar", grammar]
        assert cli.main(["evaluate", *options, "--output_dir", str(tmp_path / grammar)]) == 0
        told = " ".join(capsys.readouterr().out.split())
        assert "labels proved: greedy 0.0%, constrained" in told and "of 2 stories" in told
        kept = (tmp_path / grammar / "evaluate" / "tiny" / "samples.jsonl").read_text("utf-8")
        parts = [json.loads(line)["part"] for line in kept.splitlines()]
        assert parts == ["greedy", "greedy", "constrained", "constrained"]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_tiny_model_trained_on_stories_translates_one(tmp_path: Path) -> None:
    pytest.importorskip("llguidance")
    config, story, output = tmp_path / "c.yaml", tmp_path / "s.txt", tmp_path / "o.jsonl"
    config.write_text(TRAINED.replace("OUTPUT", str(tmp_path / "run")), "utf-8")
    story.write_text("Every cat is calm.\nTom is a cat.\nTom is calm.\n", "utf-8")
    assert cli.main(["sft", "--config", str(config)]) == 0
    command = ["translate", "--model", str(tmp_path / "run" / "sft" / "model"), "--story"]
    command += ["--input", str(story), "--max_tokens", "60", "--n", "2"]
    for number, options in enumerate(([], ["--whole"])):
        path = output.with_suffix(f".{number}.jsonl")
        assert cli.main([*command, *options, "--output", str(path)]) == 0
        (row,) = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        assert [part["sentence"] for part in row["premises"]] == [
            "Every cat is calm.",
            "Tom is a cat.",
        ]
        assert row["verdict"] in ("True", "False", "Uncertain", "Inconsistent", "not judged")

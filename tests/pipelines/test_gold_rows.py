"""`gold_rows`: of whole stories some keep their formulas, and of the others the label alone is known."""

import json

import pytest

pytest.importorskip("trl")

import data
from pipelines.cli import main
from pipelines.config.arguments import SFTArguments
from pipelines.config.corpus import load_rows
from pipelines.errors import UsageError
from pipelines.stages.sft import answered


def rows(task: str = "story", gold: int | None = 2, gold_split: str | None = None, size: int = 5):
    return load_rows(
        SFTArguments(dataset="proof-synthetic", task=task),
        split="train" if gold_split is None else "validation",
        size=size,
        seed=0,
        gold=gold,
        gold_split=gold_split,
        quiet=True,
    )


def test_the_first_rows_keep_their_formulas_and_all_their_labels() -> None:
    mixed, whole = rows(), rows(gold=None)
    assert [bool(formulas) for formulas in mixed["formulas"]] == [True, True, False, False, False]
    assert mixed["completion"][:2] == whole["completion"][:2] and all(whole["completion"])
    assert mixed["label"] == whole["label"] and mixed["prompt"] == whole["prompt"]
    assert len(answered(mixed, "sft")) == 2


def test_those_with_formulas_come_from_a_split_of_their_own() -> None:
    mixed = rows(gold=2, gold_split="train")
    assert mixed["completion"][:2] == rows(gold=None)["completion"][:2]
    assert [bool(formulas) for formulas in mixed["formulas"]] == [True, True, False, False, False]
    assert not set(mixed["prompt"][2:]) & set(rows()["prompt"])
    # Named as it is already, it changes nothing; and of none it takes none.
    named = load_rows(
        SFTArguments(dataset="proof-synthetic", task="story"),
        split="train",
        size=5,
        seed=0,
        gold=2,
        gold_split="train",
        quiet=True,
    )
    assert named["prompt"] == rows()["prompt"] and named["formulas"] == rows()["formulas"]
    assert not any(rows(gold=0, gold_split="train")["formulas"])


def test_fewer_with_formulas_than_asked_for_are_told(tmp_path, capsys) -> None:
    for split, size in (("train", 3), ("validation", 20)):
        corpus = data.load("proof-synthetic", split=split, size=size, settings={"depth": 1})
        lines = [json.dumps(columns(story)) for story in corpus.rows]
        (tmp_path / f"{split}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    arguments = SFTArguments(dataset="own", dataset_path=str(tmp_path), task="story")
    mixed = load_rows(
        arguments, split="validation", size=8, seed=0, gold=5, gold_split="train", quiet=True
    )
    assert [bool(formulas) for formulas in mixed["formulas"]] == [True] * 3 + [False] * 5
    assert "gold_rows: train has 3 of 5" in capsys.readouterr().out


def columns(story) -> dict:
    names = ("premises", "premise_formulas", "conclusion", "conclusion_formula", "label")
    return {name: getattr(story, name) for name in names}


@pytest.mark.parametrize(
    ("gold", "size", "said"),
    [(None, 5, "gold_rows says how many"), (5, 5, "gold_rows is 5; allowed with gold_split: less")],
)
def test_a_split_of_their_own_needs_a_number(gold: int | None, size: int, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        rows(gold=gold, gold_split="train", size=size)


@pytest.mark.parametrize(
    ("task", "gold", "said"),
    [
        ("entail", 1, "gold_rows applies to the task story, not to entail"),
        ("story", -1, "0 or more"),
    ],
)
def test_what_makes_no_sense_is_refused(task: str, gold: int, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        rows(task, gold)


def test_a_command_that_is_refused_leaves_nothing(tmp_path, capsys) -> None:
    words = ["sft", "--dataset", "proof-synthetic", "--task", "story", "--model", "tiny"]
    words += ["--gold_split", "validation", "--use_cpu", "true", "--max_steps", "1"]
    assert main([*words, "--output_dir", str(tmp_path / "run")]) != 0
    assert "gold_rows says how many" in capsys.readouterr().err
    assert not (tmp_path / "run" / "base").exists()

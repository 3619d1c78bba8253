"""The reward `story`, as TRL calls it."""

import pytest

import data
from alignment import rewards


def columns_of(row: dict) -> dict:
    return {name: [row[name]] for name in ("premises", "conclusion", "label", "formulas")}


def test_an_answer_is_paid_by_the_label_and_by_its_formulas() -> None:
    row = data.load("entail-synthetic", task="story", split="train", size=2).to_dataset()[1]
    columns = columns_of(row)
    whole = rewards.get("story")
    assert whole(["p"], [row["completion"]], **columns) == [1.0]
    messages = [[{"role": "assistant", "content": row["completion"]}]]
    assert whole(["p"], messages, **columns) == [1.0]
    other = {**columns, "label": ["True" if row["label"] != "True" else "False"]}
    assert whole(["p"], [row["completion"]], **other) == [0.5]
    assert rewards.get("story", process=0.0)(["p"], [row["completion"]], **other) == [0.0]
    assert whole(["p"], ["no story"], **columns) == [0.0]
    del columns["formulas"]  # then its words grade a formula
    assert whole(["p"], [row["completion"]], **columns) == [1.0]


def test_mistakes_are_told() -> None:
    with pytest.raises(rewards.RewardSettingError, match="premises"):
        rewards.get("story")(["p"], ["c"], label=["True"])
    with pytest.raises(ValueError, match="share from 0 to 1"):
        rewards.get("story", process=2.0)

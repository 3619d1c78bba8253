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


NAN = float("nan")


@pytest.mark.parametrize(
    ("column", "odd"),
    [
        ("premises", NAN),
        ("premises", "Every cat sleeps."),
        ("premises", ["Every cat sleeps.", 5]),
        ("premises", None),
        ("conclusion", 5),
        ("label", NAN),
        ("label", "Perhaps"),
        ("formulas", NAN),
        ("formulas", ["Cat(tom)"]),
        ("formulas", [5, 5, 5]),
    ],
)
def test_a_row_that_is_no_story_costs_itself_alone(column: str, odd: object) -> None:
    row = data.load("entail-synthetic", task="story", split="train", size=2).to_dataset()[1]
    columns = {name: values * 3 for name, values in columns_of(row).items()}
    columns[column] = [columns[column][0], odd, columns[column][0]]
    reward = rewards.get("story")
    assert reward(["p"] * 3, [row["completion"]] * 3, **columns) == [1.0, None, 1.0]
    columns = {name: values[:1] * 2 for name, values in columns.items()}
    assert reward(["p"] * 2, [5, row["completion"]], **columns) == [None, 1.0]
    assert reward.failures == 0


def test_a_formula_of_the_row_that_cannot_be_read_costs_its_row_alone() -> None:
    row = data.load("entail-synthetic", task="story", split="train", size=2).to_dataset()[1]
    columns = {name: values * 2 for name, values in columns_of(row).items()}
    columns["formulas"] = [["∀x (Cat(x"] * len(row["formulas"]), row["formulas"]]
    reward = rewards.get("story")
    assert reward(["p"] * 2, [row["completion"]] * 2, **columns) == [None, 1.0]


def test_a_label_may_be_a_truth_value_or_unknown() -> None:
    rows = data.load("entail-synthetic", task="story", split="train", size=40).to_dataset()
    same = {"True": True, "False": False, "Uncertain": "Unknown"}
    reward = rewards.get("story")
    for label in same:
        row = next(row for row in rows if row["label"] == label)
        columns = {**columns_of(row), "label": [same[label]]}
        assert reward(["p"], [row["completion"]], **columns) == [1.0]


def test_mistakes_are_told() -> None:
    with pytest.raises(rewards.RewardSettingError, match="premises"):
        rewards.get("story")(["p"], ["c"], label=["True"])
    with pytest.raises(ValueError, match="share from 0 to 1"):
        rewards.get("story", process=2.0)

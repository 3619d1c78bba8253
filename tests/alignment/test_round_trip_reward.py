"""The reward of a round trip: what comes back, whose words it has, and what it does not fall for."""

from __future__ import annotations

import pytest

from alignment import rewards
from logic import read_signature
from logic.english.reading import read_english

SENTENCE = "Every cat is calm."
NAMES = read_signature("Cat/1, Dog/1, Odd/1, Calm/1")
RIGHT = "∀x (Cat(x) → Calm(x))"


class Exact:
    """A translator that reads what `verbalise` writes, but for one word."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def answers(self, passages: list[str]) -> list[str]:
        self.asked += passages
        return ["no idea" if "odd" in text else str(read_english(text, NAMES)) for text in passages]


def paid(*completions: str, sentence: str | None = SENTENCE) -> list[float | None]:
    reward = rewards.get("round_trip", translator="none")
    reward._function.reader = Exact()
    return reward(
        ["p"] * len(completions), list(completions), sentence=[sentence] * len(completions)
    )


def test_a_formula_that_comes_back_with_the_words_of_its_sentence_is_paid() -> None:
    assert paid(RIGHT, f"FOL: {RIGHT}") == [1.0, 1.0]
    # What nothing but the reference could tell.
    assert paid("∀x (Calm(x) → Cat(x))") == [1.0]


def test_what_is_paid_less() -> None:
    other, odd = paid("∀x (Dog(x) → Calm(x))", "∀x (Odd(x) → Calm(x))")
    assert other is not None and 0.0 < other < 1.0  # another word than the sentence has
    assert odd == 0.0  # what does not come back
    assert paid("Every cat is calm.", "", "∀x (Cat(x) ∨ ¬Cat(x))", "Cat(x) ∧ ¬Cat(x)") == [0.0] * 4


def test_equal_formulas_are_translated_once() -> None:
    reward = rewards.get("round_trip", translator="none")
    reader = reward._function.reader = Exact()
    reward(["p"] * 3, [RIGHT, RIGHT, f"Answer: {RIGHT}"], sentence=[SENTENCE] * 3)
    assert len(reader.asked) == 1


def test_rows_without_a_sentence_and_wrong_settings() -> None:
    assert paid(RIGHT, sentence=None) == [None]
    with pytest.raises(rewards.RewardSettingError, match="needs the column 'sentence'"):
        rewards.get("round_trip", translator="none")(["p"], [RIGHT], reference=[RIGHT])
    with pytest.raises(rewards.RewardSettingError, match="translator names the model"):
        rewards.get("round_trip")
    with pytest.raises(rewards.RewardSettingError, match=r"cannot load its translator.*/none/such"):
        rewards.get("round_trip", translator="/none/such")(["p"], [RIGHT], sentence=[SENTENCE])

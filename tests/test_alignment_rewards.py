"""Rewards: the registry, what each one pays, and that none can end a run."""

from __future__ import annotations

import logging
import pickle

import pytest

from alignment import rewards
from alignment.rewards import registry

REFERENCE = "∀x (Cat(x) → Animal(x))"
SAME = "¬∃x (Cat(x) ∧ ¬Animal(x))"
OTHER = "∃x (Cat(x) ∧ Animal(x))"
NONSENSE = "I cannot say."


def pay(name: str, *completions, reference: str = REFERENCE) -> list[float | None]:
    return rewards.get(name)(
        prompts=["p"] * len(completions),
        completions=list(completions),
        completion_ids=[[0]] * len(completions),
        reference=[reference] * len(completions),
        trainer_state=None,
    )


@pytest.fixture
def registered():
    """Register rewards for one test."""
    before = dict(registry._REGISTRY)
    yield rewards.register
    registry._REGISTRY.clear()
    registry._REGISTRY.update(before)


def test_names_and_unknown_name():
    assert {"logic", "equivalence", "readable", "bleu", "le_bleu"} <= set(rewards.names())
    with pytest.raises(
        rewards.RewardSettingError, match="'lgic'; allowed: bleu, .*equivalence, .*logic, .*readable"
    ):
        rewards.get("lgic")


def test_a_name_is_taken_once(registered):
    registered("mine")(len)
    registered("mine")(len)  # the same function again, as when a module is imported twice
    with pytest.raises(rewards.RewardSettingError, match="'mine' is taken by len"):
        registered("mine")(max)


def test_logic_grades_and_equivalence_decides():
    same, other, nonsense = pay("logic", SAME, OTHER, NONSENSE)
    assert same == 1.0 and nonsense == 0.0 and 0.0 <= other < 1.0
    assert pay("equivalence", SAME, OTHER, NONSENSE) == [1.0, 0.0, 0.0]


def test_a_bad_reference_is_not_judged():
    assert pay("logic", SAME, reference="∀x (Cat(x") == [None]
    assert pay("equivalence", SAME, reference="∀x (Cat(x") == [None]


def test_readable():
    assert pay("readable", " " + SAME, NONSENSE) == [1.0, 0.0]


def test_bleu_orders_by_likeness():
    exact, near, far, empty = pay("bleu", REFERENCE, OTHER, "Dog", "")
    assert exact == pytest.approx(1.0) and 1.0 > near > far >= 0.0 and empty == 0.0


def test_messages_are_read_as_their_last_answer():
    message = [{"role": "assistant", "content": REFERENCE}]
    assert pay("readable", message) == [1.0]
    assert pay("bleu", message) == [pytest.approx(1.0)]


def test_a_missing_column_is_an_error_that_names_it():
    with pytest.raises(rewards.RewardSettingError, match="'logic' needs the column 'reference'; columns given: x"):
        rewards.get("logic")(prompts=["p"], completions=[SAME], x=[1])


def test_a_failing_reward_is_counted_and_not_judged(registered, caplog):
    @registered("broken")
    def broken(prompts, completions, **columns):
        raise ZeroDivisionError("boom")

    @registered("short")
    def short(prompts, completions, **columns):
        return [1.0]

    logged = []
    reward = rewards.get("broken")
    with caplog.at_level(logging.ERROR):
        for _ in range(2):
            assert reward(["p"] * 2, ["a", "b"], log_metric=lambda *pair: logged.append(pair)) == [None, None]
    assert reward.failures == 2 and "boom" in caplog.text and "not judged" in caplog.text
    assert ("rewards/broken/not_judged", 1.0) in logged and ("rewards/broken/failures", 2.0) in logged
    assert rewards.get("short")(["p"] * 2, ["a", "b"]) == [None, None]


def test_rewards_travel_to_other_processes():
    assert pickle.loads(pickle.dumps(rewards.get("readable"))).__name__ == "readable"

"""The adaptive label weight: where it goes with reward and entropy, and that a checkpoint keeps it."""

from __future__ import annotations

import pytest

from alignment.objective.adaptive import AdaptiveShare


def controller(**changes: float) -> AdaptiveShare:
    return AdaptiveShare(**({"floor": 0.1, "rate": 0.5, "collapse": 0.5} | changes))


def after(
    share: AdaptiveShare, reward: float | None, updates: int = 30, entropy: float | None = 1.0
) -> float:
    for _ in range(updates):
        if entropy is not None:
            share.observe(entropy)
        share.update(reward)
    return share.share


def test_one_update_goes_a_part_of_the_way():
    assert controller().update(0.4) == pytest.approx(1.0 + 0.5 * (0.6 - 1.0))


def test_share_falls_as_reward_rises_and_comes_back_when_it_falls():
    share = controller()
    course = [after(share, reward) for reward in (0.0, 0.3, 0.8, 0.5, 0.2)]
    assert course == pytest.approx([1.0, 0.7, 0.2, 0.5, 0.8], abs=1e-6)


def test_share_stays_within_its_bounds():
    assert after(controller(), 1.0) == 0.1
    assert after(controller(), 0.0) == 1.0
    assert after(controller(floor=0.0, rate=1.0), 1.0, updates=1) == 0.0


def test_collapsed_entropy_brings_the_label_back_whatever_the_reward():
    share = controller()
    assert after(share, 0.8, entropy=2.0) == pytest.approx(0.2, abs=1e-6)
    assert after(share, 0.8, entropy=1.0) == pytest.approx(
        0.2, abs=1e-6
    )  # half of the first: not yet collapsed
    assert after(share, 0.8, entropy=0.5) == pytest.approx(0.6, abs=1e-6)
    assert after(share, 0.8, entropy=0.0) == pytest.approx(1.0, abs=1e-6)
    assert after(share, 0.8, entropy=2.0) == pytest.approx(0.2, abs=1e-6)


def test_entropy_is_the_mean_since_the_last_update_and_may_be_switched_off():
    split, joined = controller(), controller()
    after(split, 0.5, entropy=4.0)
    after(joined, 0.5, entropy=4.0)
    for entropy in (0.5, 1.5):
        split.observe(entropy)
    joined.observe(1.0)
    assert split.update(0.5) == joined.update(0.5) > 0.5
    ignoring = controller(collapse=0.0)
    after(ignoring, 0.8, entropy=2.0)
    assert after(ignoring, 0.8, entropy=0.0) == pytest.approx(0.2, abs=1e-6)


def test_a_batch_that_was_not_judged_moves_nothing():
    share = controller()
    before = after(share, 0.7)
    assert after(share, None) == before


def test_state_goes_through_a_checkpoint():
    share, other = controller(), controller()
    after(share, 0.6, updates=3, entropy=2.0)
    share.observe(0.3)
    other.load_state_dict(share.state_dict())
    assert other == share
    assert other.update(0.6) == share.update(0.6)

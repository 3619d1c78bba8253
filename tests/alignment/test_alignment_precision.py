"""What a stage says of the precision that it trains in, before it trains."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from trl import SFTConfig

from alignment.trainers.precision import COARSE, LARGE, lost_updates, precision


def settings(folder: Path, rate: float = 1e-5, **keys: object) -> SFTConfig:
    keys = {"bf16": False, "use_cpu": True, "learning_rate": rate} | keys
    return SFTConfig(output_dir=str(folder), **keys)


def test_it_tells_what_is_computed_from_what_is_kept(tmp_path: Path) -> None:
    assert precision(settings(tmp_path)) == "trains in float32, on the CPU"
    mixed = precision(settings(tmp_path, bf16=True))
    assert mixed == "trains in bfloat16, weights in float32, on the CPU"
    coarse = settings(tmp_path, model_init_kwargs={"dtype": "bfloat16"})
    assert precision(coarse) == "trains in bfloat16, on the CPU"


@pytest.mark.parametrize("dtype", sorted(COARSE))
def test_updates_that_are_said_to_be_lost_are_lost(tmp_path: Path, dtype: str) -> None:
    keys = {"model_init_kwargs": {"dtype": dtype}}
    weight = torch.tensor(LARGE, dtype=COARSE[dtype])
    largest_lost = 0.0
    for exponent in range(-80, -20):
        rate = 2.0 ** (exponent / 5)
        if lost_updates(settings(tmp_path, rate, **keys)) is not None:
            assert weight + torch.tensor(rate).to(weight.dtype) == weight
            largest_lost = rate
    assert largest_lost > 1e-5
    # 2.5 times as much moves the weight: the limit is no looser than it need be.
    assert weight + torch.tensor(2.5 * largest_lost).to(weight.dtype) != weight


def test_weights_that_take_every_update_are_not_spoken_of(tmp_path: Path) -> None:
    assert lost_updates(settings(tmp_path)) is None
    assert lost_updates(settings(tmp_path, bf16=True)) is None
    coarse = settings(tmp_path, model_init_kwargs={"dtype": "bfloat16"})
    assert lost_updates(coarse, lora_rank=8) is None
    found = lost_updates(coarse)
    assert found is not None
    assert "bfloat16" in found and "1e-05" in found and "bf16: true" in found

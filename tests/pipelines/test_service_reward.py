"""The reward `remote` in a stage: by name in a config, in the stage's domain, with its references."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import service

from pipelines.config.parser import stage_config
from pipelines.config.settings import Setting
from pipelines.errors import UsageError
from pipelines.training.rewards import build_reward

REFERENCE = "∃≥2 x (Cat(x) ∧ Sleeps(x))"
PROLOG = "cat(tom)"


def options(settings: dict[str, Any], **keys: str) -> Any:
    given = {name: Setting(value, "") for name, value in keys.items()}
    given |= {
        "rewards": Setting(["remote"], ""),
        "reward_settings": Setting({"remote": settings}, ""),
        "bf16": Setting(False, ""),
    }
    return stage_config("sgrpo", given).arguments.options


def test_a_stage_asks_in_its_domain_and_in_the_dialect_of_the_answers() -> None:
    with service.served("--workers", "1", "--domain", str(service.TRAP)) as address:
        urls = {"urls": [address]}
        counting = build_reward(options(urls, domain="counting"))
        answers = ["∃x ∃y (x ≠ y ∧ Cat(x) ∧ Sleeps(x) ∧ Cat(y) ∧ Sleeps(y))", "∃≥3 x Cat(x)"]
        paid = counting(["p"] * 2, answers, reference=[REFERENCE] * 2)
        assert paid[0] == 1.0 and 0.0 < paid[1] < 1.0
        # A domain in a file goes by the name that the service knows it under.
        trap = build_reward(options(urls | {"retries": 0}, domain=str(service.TRAP)))
        assert trap(["p"] * 2, ["P(a)", "Dies(a)"], reference=["P(a)"] * 2) == [1.0, None]
        prolog = build_reward(options(urls | {"dialect": "prolog"}))
        assert prolog(["p"], [PROLOG], reference=["cat(Tom)"]) == [1.0]


def test_a_wrong_setting_is_told_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FOLALIGN_URLS", raising=False)
    for settings, message in (
        ({}, "FOLALIGN_URLS"),
        ({"url": ["http://judge"]}, "unknown setting 'url'"),
        ({"urls": ["judge"]}, "is no address"),
    ):
        with pytest.raises(UsageError, match=message):
            build_reward(options(settings))
    assert json.dumps(options({"urls": ["http://judge"]}).settings_by_reward())

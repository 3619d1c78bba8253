"""SkyRL: the environment, made by skyrl-gym where it is installed, else upon a stand-in of its base class."""

import importlib
from types import ModuleType
from typing import Any, TypedDict

import pytest
from plugged import ANSWERS, REFERENCE, UNREADABLE, expected, is_installed, stand_in


class BaseTextEnv:
    """That of skyrl-gym 0.4.0, as far as an environment of one turn meets it."""

    def __init__(self) -> None:
        self.turns = 0
        self.max_turns = 1

    def init(self, prompt: list[dict[str, str]]) -> tuple[list[dict[str, str]], dict[str, Any]]:
        return prompt, {}


class BaseTextEnvStepOutput(TypedDict):
    observations: list[dict[str, str]]
    reward: float
    done: bool
    metadata: dict[str, Any]


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    if not is_installed("skyrl_gym"):
        parts = {"BaseTextEnv": BaseTextEnv, "BaseTextEnvStepOutput": BaseTextEnvStepOutput}
        stand_in(monkeypatch, "skyrl_gym.envs.base_text_env", **parts)
    return importlib.import_module("alignment.plugins.skyrl_env")


def _extras(reference: str) -> dict[str, Any]:
    return {"reward_spec": {"method": "rule", "ground_truth": reference}, "max_turns": 1}


def test_an_episode_is_one_answer(plugin: ModuleType) -> None:
    for answer, score in zip(ANSWERS, expected(), strict=True):
        environment = plugin.FolEnv(env_config={}, extras=_extras(REFERENCE))
        prompt = [{"role": "user", "content": "Every cat is an animal."}]
        assert environment.init(prompt) == (prompt, {})
        step = environment.step(answer)
        assert step["reward"] == score and step["done"] and step["observations"] == []
        assert environment.get_metrics() == {"equivalent": float(score == 1.0), "judged": 1.0}


def test_what_is_not_judged_is_told(plugin: ModuleType) -> None:
    step = plugin.FolEnv(extras=_extras(UNREADABLE)).step("Cat(tom)")
    assert step["reward"] == 0.0 and step["metadata"]["judged"] == 0.0
    no_text = {"reward_spec": {"method": "rule", "ground_truth": [REFERENCE]}}
    step = plugin.FolEnv(extras=no_text).step(REFERENCE)
    assert step["reward"] == 0.0 and step["metadata"]["judged"] == 0.0


def test_settings_come_from_the_environments_config(plugin: ModuleType) -> None:
    environment = plugin.FolEnv({"names": "exact"}, _extras(REFERENCE))
    assert environment.step("∀x (Kitty(x) → Animal(x))")["reward"] < 1.0


def test_rows(plugin: ModuleType) -> None:
    row = plugin.rows(split="test", size=1)[0]
    assert set(row) == {"data_source", "prompt", "env_class", "reward_spec"}
    step = plugin.FolEnv({}, row).step(row["reward_spec"]["ground_truth"])
    assert step["reward"] == 1.0


def test_skyrl_gym_makes_it_by_name() -> None:
    skyrl_gym = pytest.importorskip("skyrl_gym", reason="`make plugins-test` has skyrl-gym")
    config = pytest.importorskip("omegaconf").OmegaConf.create({"names": "exact"})
    skyrl_gym.register(id="fol-made-here", entry_point="alignment.plugins.skyrl_env:FolEnv")
    environment = skyrl_gym.make("fol-made-here", env_config=config, extras=_extras(REFERENCE))
    assert environment.step(ANSWERS[0])["reward"] == 1.0
    metrics = [environment.get_metrics()] * 2
    assert environment.aggregate_metrics(metrics) == {"equivalent": 1.0, "judged": 1.0}

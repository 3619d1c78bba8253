"""verl, slime and OpenRLHF: reward functions, loaded and called as these trainers do it.

The calls are those of verl 0.9.1 (`get_custom_reward_fn`, the reward managers naive and batch), slime
(`async_rm`, `batched_async_rm`) and OpenRLHF 0.11.2 (`SingleTurnAgentExecutor`), which need torch, Ray
and more.
"""

import asyncio
import importlib
import importlib.util
import inspect
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from plugged import ANSWERS, REFERENCE, UNREADABLE, expected

from alignment.plugins import openrlhf_reward, slime_reward, verl_reward
from logic.errors import installs

NO_TEXTS: list[Any] = [float("nan"), [REFERENCE], 5, 1.5, True, {"formula": REFERENCE}]


def test_importing_one_loads_no_torch() -> None:
    code = "import sys\nfrom alignment.plugins import openrlhf_reward, slime_reward, verl_reward\n"
    code += "print({'torch', 'trl', 'datasets'} & {*sys.modules})"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stdout == "set()\n", found.stderr


# ---- verl -------------------------------------------------------------------------------------


def test_verl_scores_one_answer() -> None:
    # `pkg://MODULE` is imported; what is no coroutine function runs in a thread.
    function = importlib.import_module("alignment.plugins.verl_reward").compute_score
    assert not inspect.iscoroutinefunction(function)
    for answer, score in zip(ANSWERS, expected(), strict=True):
        result = function(
            data_source="fol",
            solution_str=answer,
            ground_truth=REFERENCE,
            extra_info={"num_turns": None, "rollout_reward_scores": {}},
            reward_router_address="127.0.0.1:1",
            reward_model_tokenizer=None,
        )
        assert result == {"score": score, "acc": float(score == 1.0), "judged": 1.0}
    assert function("fol", ANSWERS[0], REFERENCE)["score"] == 1.0


def test_verl_scores_a_batch() -> None:
    # numpy arrays of objects, in verl
    results = verl_reward.compute_scores(
        data_sources=["fol"] * 4,
        solution_strs=list(ANSWERS),
        ground_truths=[REFERENCE] * 4,
        extra_infos=[{}] * 4,
    )
    assert [result["score"] for result in results] == expected()


def test_verl_takes_settings_and_is_told_what_is_not_judged() -> None:
    lost = verl_reward.compute_score("fol", "Cat(tom)", UNREADABLE, {}, not_judged=0.5)
    assert lost == {"score": 0.5, "acc": 0.0, "judged": 0.0}
    renamed = verl_reward.compute_score(
        "fol", "∀x (Kitty(x) → Animal(x))", REFERENCE, names="exact"
    )
    assert renamed["acc"] == 0.0


@pytest.mark.parametrize("truth", NO_TEXTS, ids=repr)
def test_verl_is_told_of_a_reference_that_is_no_text(truth: object) -> None:
    lost = {"score": 0.0, "acc": 0.0, "judged": 0.0}
    right = {"score": 1.0, "acc": 1.0, "judged": 1.0}
    assert verl_reward.compute_score("fol", REFERENCE, truth, {}) == lost
    batch = (["fol"] * 2, [REFERENCE] * 2, [truth, REFERENCE], [{}] * 2)
    assert verl_reward.compute_scores(*batch) == [lost, right]
    assert verl_reward.compute_score("fol", truth, REFERENCE, {}) == lost


def test_verl_is_given_one_reference_for_each_answer() -> None:
    with pytest.raises(ValueError, match="2 answers but 1 references; one reference for each"):
        verl_reward.compute_scores(["fol"] * 2, ["Cat(tom)"] * 2, ["Cat(tom)"], [{}] * 2)


def test_the_page_names_functions_that_are_there() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "plugins.md").read_text("utf-8")
    (path,) = set(re.findall(r"pkg://([\w.]+)", page))
    names = set(re.findall(r"name[:=] ?(compute_\w+)", page))
    assert all(hasattr(importlib.import_module(path), name) for name in names) and names
    module, _, name = re.findall(r"--custom-rm-path ([\w.]+)`", page)[0].rpartition(".")
    assert hasattr(importlib.import_module(module), name)


def test_verl_rows() -> None:
    row = verl_reward.rows(split="test", size=1)[0]
    assert set(row) == {"data_source", "prompt", "ability", "reward_model", "extra_info"}
    assert row["prompt"][0]["role"] == "user"
    truth = row["reward_model"]["ground_truth"]
    assert (
        verl_reward.compute_score(row["data_source"], truth, truth, row["extra_info"])["acc"] == 1
    )


# ---- slime ------------------------------------------------------------------------------------


@dataclass
class Sample:
    """The fields of slime's that matter here."""

    response: str = ""
    label: str | None = None
    metadata: dict[str, Any] | None = field(default_factory=dict)
    remove_sample: bool = False


def test_slime_scores_one_sample() -> None:
    assert inspect.iscoroutinefunction(slime_reward.reward)
    for answer, score in zip(ANSWERS, expected(), strict=True):
        sample = Sample(answer, REFERENCE)
        assert asyncio.run(slime_reward.reward(None, sample)) == score
        assert not sample.remove_sample


def test_slime_scores_a_group_and_takes_what_is_not_judged_out_of_the_loss() -> None:
    group = [*(Sample(answer, REFERENCE) for answer in ANSWERS), Sample("Cat(tom)", UNREADABLE)]
    *rewards, neutral = asyncio.run(slime_reward.reward(None, group, evaluation=False))
    assert rewards == expected()
    assert neutral == sum(rewards) / len(rewards)
    assert [sample.remove_sample for sample in group] == [False] * 4 + [True]
    assert asyncio.run(slime_reward.reward(None, [])) == []
    lone = Sample("Cat(tom)", None, metadata=None)
    assert asyncio.run(slime_reward.reward(None, lone)) == 0.0 and lone.remove_sample


def test_slime_takes_settings_from_the_row() -> None:
    sample = Sample("∀x (Kitty(x) → Animal(x))", REFERENCE, {"names": "exact"})
    assert asyncio.run(slime_reward.reward(None, sample)) < 1.0


def test_slime_is_told_of_a_label_that_is_no_text() -> None:
    group = [Sample(REFERENCE, REFERENCE), *(Sample(REFERENCE, label) for label in NO_TEXTS)]
    assert asyncio.run(slime_reward.reward(None, group)) == [1.0] * len(group)
    assert [sample.remove_sample for sample in group] == [False] + [True] * len(NO_TEXTS)


def test_slime_refuses_a_setting_that_is_none() -> None:
    for metadata in ({"domain": 3}, {"names": 3}, {"dialect": ["nltk"]}):
        with pytest.raises(ValueError, match="allowed"):
            asyncio.run(slime_reward.reward(None, Sample(REFERENCE, REFERENCE, metadata)))


def test_slime_rows() -> None:
    row = slime_reward.rows(split="test", size=1)[0]
    assert set(row) == {"prompt", "label", "metadata"}
    sample = Sample(row["label"], row["label"], row["metadata"])
    assert asyncio.run(slime_reward.reward(None, sample)) == 1.0


# ---- OpenRLHF ---------------------------------------------------------------------------------


@pytest.fixture
def openrlhf_file() -> ModuleType:
    """The module as OpenRLHF loads it: from its file, under another name."""
    pytest.importorskip("torch", reason="OpenRLHF's rewards are tensors")
    spec = importlib.util.spec_from_file_location("reward_func", str(openrlhf_reward.__file__))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_openrlhf_scores_what_follows_the_prompt(openrlhf_file: ModuleType) -> None:
    import torch

    prompt = "Translate: every cat is an animal. Cat(tom)"
    queries = [prompt + answer for answer in ANSWERS]
    found = openrlhf_file.reward_func(queries, [prompt] * 4, [REFERENCE] * 4)
    assert found["rewards"].shape == (4,) and found["rewards"].dtype == torch.float32
    assert torch.equal(found["rewards"], torch.tensor(expected()))
    assert torch.equal(found["scores"], found["rewards"])
    assert found["extra_logs"]["equivalent"].tolist() == [1.0, 0.0, 0.0, 0.0]


def test_openrlhf_logs_what_is_not_judged(openrlhf_file: ModuleType) -> None:
    found = openrlhf_file.reward_func(["?Cat(tom)"], ["?"], [UNREADABLE])
    assert found["rewards"].tolist() == [0.0]
    # OpenRLHF takes the first of each log.
    assert {name: log.flatten()[0].item() for name, log in found["extra_logs"].items()} == {
        "judged": 0.0,
        "equivalent": 0.0,
    }


def test_openrlhf_is_told_of_a_label_that_is_no_text(openrlhf_file: ModuleType) -> None:
    labels = [*NO_TEXTS, REFERENCE]
    found = openrlhf_file.reward_func([f"?{REFERENCE}"] * len(labels), ["?"] * len(labels), labels)
    assert found["extra_logs"]["judged"].tolist() == [0.0] * len(NO_TEXTS) + [1.0]
    assert found["rewards"].tolist() == [0.0] * len(NO_TEXTS) + [1.0]


def test_openrlhf_is_given_one_of_each(openrlhf_file: ModuleType) -> None:
    with pytest.raises(ValueError, match="2 queries but 1 prompts; one for each"):
        openrlhf_file.reward_func(["?Cat(tom)"] * 2, ["?"], ["Cat(tom)"] * 2)
    with pytest.raises(ValueError, match="2 answers but 1 references; one reference for each"):
        openrlhf_file.reward_func(["?Cat(tom)"] * 2, ["?"] * 2, ["Cat(tom)"])


def test_openrlhf_rows() -> None:
    assert set(openrlhf_reward.rows(split="test", size=1)[0]) == {"prompt", "label"}


STACKS = {
    "evaluate_metric": ("evaluate", installs("evaluate")),
    "inspect_task": ("inspect_ai", installs("inspect")),
    "mcp_server": ("mcp", installs("mcp")),
    "nemo_gym_server": ("nemo_gym", "pip install nemo-gym"),
    "openenv_server": ("openenv", installs("openenv")),
    "reasoning_gym_dataset": ("reasoning_gym", installs("reasoning-gym")),
    "skyrl_env": ("skyrl_gym", installs("skyrl")),
    "verifiers_taskset": ("verifiers", installs("verifiers")),
}


@pytest.mark.parametrize("module", STACKS)
def test_a_stack_that_is_not_installed_is_told_with_what_brings_it(
    monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    stack, packages = STACKS[module]
    for name in [name for name in sys.modules if name.split(".")[0] == stack]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, stack, None)
    monkeypatch.delitem(sys.modules, f"alignment.plugins.{module}", raising=False)
    with pytest.raises(ModuleNotFoundError, match=re.escape(f"needs {packages}")):
        importlib.import_module(f"alignment.plugins.{module}")

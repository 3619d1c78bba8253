"""verifiers: the taskset by its id, its reward on traces, and an evaluation by `vf-eval` against a made-up endpoint."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from plugged import ANSWERS, REFERENCE, UNREADABLE, expected, need

need("verifiers", "verifiers")

import verifiers.v1 as vf  # noqa: E402
from verifiers.v1.errors import TaskError  # noqa: E402
from verifiers.v1.trace import AgentInfo, Trace, TraceTask  # noqa: E402
from verifiers.v1.utils import loaders  # noqa: E402

from alignment.plugins.verifiers_taskset import FolData, FolTask, FolTaskset  # noqa: E402
from alignment.questions import questions  # noqa: E402

SUPPORT = Path(__file__).parents[1] / "support"
MODULE = "from alignment.plugins.verifiers_taskset import FolTaskset, __all__\n"


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the path with the module by which verifiers finds the taskset."""
    (tmp_path / "fol_taskset.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    sys.modules.pop("fol_taskset", None)


def _trace(task: FolTask, answer: str) -> Any:
    said = TraceTask(type=type(task).__name__, data=task.data, key=task.key, hash=task.hash)
    agent = AgentInfo(config=vf.AgentConfig(), name="agent", trainable=False)
    return Trace(task=said, agent=agent, root_reply=answer)


def test_it_is_found_by_its_id_and_loads_rows(module: Path) -> None:
    config = loaders.taskset_config_type("fol-taskset")(id="fol-taskset", split="test", size=3)
    taskset = loaders.load_taskset(config)
    assert isinstance(taskset, FolTaskset) and loaders.task_type("fol-taskset") is FolTask
    asked = [(row.prompt, row.reference) for row in questions(split="test", size=3)]
    assert [(task.data.prompt, task.data.reference) for task in taskset] == asked
    assert len({task.key for task in taskset.shuffle(seed=1).take(2)}) == 2


def test_rewards_are_the_scores_of_the_judge() -> None:
    task = FolTask(FolData(prompt="Every cat is an animal.", reference=REFERENCE))
    for answer, score in zip(ANSWERS, expected(), strict=True):
        trace = _trace(task, answer)
        asyncio.run(task.score(trace))
        assert trace.reward == score
        assert trace.metrics == {"equivalent": float(score == 1.0)}


def test_what_is_not_judged_fails_the_rollout_and_is_no_zero() -> None:
    task = FolTask(FolData(prompt="?", reference=UNREADABLE))
    trace = _trace(task, "Cat(tom)")
    with pytest.raises(TaskError, match="NotJudged"):
        asyncio.run(task.score(trace))
    assert trace.rewards == {"logic_score": None}


class OtherData(vf.TaskData):
    """A row of somebody else's taskset."""

    reference: str


class OtherTask(vf.Task[OtherData]):
    """It has no reward of its own."""


def test_the_reward_plugs_into_another_taskset() -> None:
    plugged = {"fn": "alignment.plugins.verifiers_taskset:fol_reward", "weight": 0.5}
    config = vf.TaskConfig.model_validate({"rewards": {"fol": plugged}})
    task = OtherTask(OtherData(prompt="?", reference=REFERENCE), config)
    trace = _trace(task, ANSWERS[0])
    asyncio.run(task.score(trace))
    assert trace.reward == 0.5


PAGE = Path(__file__).resolve().parents[2] / "docs" / "plugins.md"


def test_the_configs_of_the_page_are_valid(module: Path) -> None:
    blocks = re.findall(r"^```toml\n(.*?)^```", PAGE.read_text("utf-8"), flags=re.M | re.S)
    trainer, plugged = [tomllib.loads(block) for block in blocks]
    (source,) = trainer["orchestrator"]["train"]["source"]
    config = loaders.resolve_env_config(source["env"])
    assert isinstance(loaders.load_taskset(config.taskset), FolTaskset)
    assert config.agent.timeout.scoring == 300
    task = vf.TaskConfig.model_validate(plugged["env"]["taskset"]["task"])
    assert task.rewards["fol"].weight == 0.5


@pytest.fixture
def endpoint() -> Iterator[str]:
    command = [sys.executable, str(SUPPORT / "fake_model.py"), f"FOL: {REFERENCE}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as model:
        assert model.stdout is not None
        yield f"http://127.0.0.1:{model.stdout.readline().strip()}/v1"
        model.kill()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_vf_eval_scores_a_models_answers(module: Path, endpoint: str) -> None:
    # The harness `null` runs its chat loop as a script of uv's, which fetches what it needs.
    own = Path(sys.executable).parents[3] / ".venv" / "uv" / "bin"
    path = os.pathsep.join([os.environ["PATH"], str(own)])
    if shutil.which("uv", path=path) is None:
        pytest.skip("verifiers' harnesses are started by uv, which is not on the path")
    (module / "rows.csv").write_text(f'sentence,formula\nEvery cat is an animal.,"{REFERENCE}"\n')
    rows = ["--env.taskset.data", "csv", "--env.taskset.path", "rows.csv"]
    client = ["--client.base-url", endpoint, "--client.api-key-var", "FAKE_KEY"]
    agent = ["--env.agent.harness.id", "null", "--env.agent.runtime.type", "subprocess"]
    command = [str(Path(sys.executable).with_name("vf-eval")), "fol-taskset", *rows]
    command += ["--env.taskset.split", "all", *client, *agent, "--no-rich", "--no-push"]
    variables = {"FAKE_KEY": "none", "PYTHONPATH": str(module), "PATH": path}
    found = subprocess.run(
        command, cwd=module, env=os.environ | variables, capture_output=True, text=True
    )
    (file,) = module.glob("outputs/*/traces.jsonl")
    (episode,) = [json.loads(line) for line in file.read_text().splitlines()]
    (trace,) = episode.get("traces", [episode])
    assert trace["ok"], found.stdout[-2000:] + found.stderr[-2000:]
    assert trace["rewards"]["logic_score"]["score"] == 1.0
    assert trace["metrics"]["equivalent"] == 1.0

"""OpenEnv: the server on a loopback port, stepped by OpenEnv's own client."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from plugged import UNREADABLE, need

need("openenv", "openenv")

import uvicorn  # noqa: E402
from openenv.core.generic_client import GenericEnvClient  # noqa: E402

import logic  # noqa: E402
from alignment.judging import Judge  # noqa: E402
from alignment.plugins.openenv_server import (  # noqa: E402
    FolAction,
    FolEnvironment,
    app,
    make_app,
)
from alignment.questions import Question, questions  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / "examples" / "openenv"


@contextmanager
def served(application: Any) -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(make_app(split="test", size=4, turns=2)) as found:
        yield found


def test_an_episode_of_two_turns(address: str) -> None:
    asked = questions(split="test", size=4)[1]
    with GenericEnvClient(base_url=address).sync() as client:
        first = client.reset(index=1)
        assert first.observation["prompt"] == asked.prompt and not first.done
        wrong = client.step({"answer": "∃x (Cat(x) ∧ Dog(x))"})
        assert [wrong.reward] == logic.score(
            candidates=["∃x (Cat(x) ∧ Dog(x))"], references=[asked.reference]
        )
        assert not wrong.done and wrong.observation["verdict"] == "refuted"
        assert "in this world" in wrong.observation["feedback"]
        right = client.step({"answer": f"FOL: {asked.reference}"})
        assert (right.reward, right.done) == (1.0, True)
        assert right.observation["formula"] == asked.reference
        assert client.state()["step_count"] == 2


def test_a_seed_draws_the_same_row_again(address: str) -> None:
    with GenericEnvClient(base_url=address).sync() as client:
        drawn = [client.reset(seed=seed).observation["prompt"] for seed in (5, 5, 6, 7, 8)]
    assert drawn[0] == drawn[1] and len(set(drawn)) > 1


def test_sessions_run_side_by_side(address: str) -> None:
    rows = questions(split="test", size=4)

    def play(index: int) -> float | None:
        with GenericEnvClient(base_url=address).sync() as client:
            client.reset(index=index)
            return client.step({"answer": rows[index].reference}).reward

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(play, range(4))) == [1.0] * 4


def _environment(reference: str) -> FolEnvironment:
    rows = [Question("?", reference, {})]
    environment = FolEnvironment(lambda: rows, Judge())
    environment.reset()
    return environment


def test_what_is_not_judged_has_no_reward() -> None:
    environment = _environment(UNREADABLE)
    step = environment.step(FolAction(answer="Cat(tom)"))
    assert step.reward is None and step.done and step.verdict == "not judged"


def test_the_rubric_can_be_looked_at() -> None:
    environment = _environment("Cat(tom)")
    environment.step(FolAction(answer="Cat(tom)"))
    assert environment.rubric is not None and environment.rubric.last_score == 1.0


def test_the_feedback_never_shows_the_reference() -> None:
    rows = questions(split="test", size=20)
    environment = FolEnvironment(lambda: rows, Judge(), turns=2)
    for index, row in enumerate(rows):
        environment.reset(index=index)
        told = environment.step(FolAction(answer="∃x (Cat(x) ∧ Dog(x))")).feedback
        assert told and row.reference not in told


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_openenv_validates_the_server_and_the_manifest(address: str) -> None:
    command = str(Path(sys.executable).with_name("openenv"))
    for target in ([address], [str(MANIFEST), "--level", "static", "--skip-build"]):
        found = subprocess.run(
            [command, "validate", *target], capture_output=True, text=True, timeout=180
        )
        said = found.stdout + found.stderr
        assert "FAIL" not in said and "Verdict: " in said, said


def test_the_manifest_names_the_server() -> None:
    text = (MANIFEST / "openenv.yaml").read_text()
    assert "app: alignment.plugins.openenv_server:app" in text
    assert {"/reset", "/step", "/state", "/schema"} <= {getattr(r, "path", "") for r in app.routes}

"""NeMo-Gym: the server, upon the real package where it is installed (Python 3.13.14 or newer), else a stand-in."""

import asyncio
import importlib
import sys
from enum import StrEnum
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from plugged import ANSWERS, REFERENCE, UNREADABLE, expected, is_installed, stand_in

pydantic = pytest.importorskip("pydantic")


class Text(pydantic.BaseModel):  # type: ignore[name-defined,misc]
    """A response, of which `output_text` is the text of all messages."""

    output_text: str


class BaseVerifyRequest(pydantic.BaseModel):  # type: ignore[name-defined,misc]
    """That of NeMo-Gym 0.7.0: a row's fields, and what the model made of them."""

    responses_create_params: dict[str, Any]
    response: Text


class BaseVerifyResponse(BaseVerifyRequest):
    reward: float


class BaseResourcesServerConfig(pydantic.BaseModel):  # type: ignore[name-defined,misc]
    name: str = "fol"


class ReverifyMode(StrEnum):
    STATELESS = "stateless"
    UNKNOWN = "unknown"


class SimpleResourcesServer:
    def __init__(self, config: Any, server_client: Any) -> None:
        self.config = config


class JudgeError(Exception):
    """The row is set aside, and no wrong answer."""


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    if is_installed("nemo_gym"):
        pytest.skip("the real package is tested below")
    base = (BaseResourcesServerConfig, BaseVerifyRequest, BaseVerifyResponse, ReverifyMode)
    parts = {part.__name__: part for part in (*base, SimpleResourcesServer)}
    stand_in(monkeypatch, "nemo_gym.base_resources_server", **parts)
    stand_in(monkeypatch, "nemo_gym.judge", JudgeError=JudgeError)
    monkeypatch.delitem(sys.modules, "alignment.plugins.nemo_gym_server", raising=False)
    return importlib.import_module("alignment.plugins.nemo_gym_server")


def _verify(plugin: ModuleType, answer: str, reference: str, **settings: Any) -> Any:
    server = plugin.FolServer(config=plugin.FolServerConfig(**settings), server_client=None)
    body = plugin.FolVerifyRequest(
        responses_create_params={"input": []},
        response=Text(output_text=answer),
        reference=reference,
    )
    return asyncio.run(server.verify(body))


def test_it_verifies_answers(plugin: ModuleType) -> None:
    for answer, score in zip(ANSWERS, expected(), strict=True):
        found = _verify(plugin, answer, REFERENCE)
        assert found.reward == score and found.equivalent == float(score == 1.0)
        assert found.reference == REFERENCE and found.response.output_text == answer
    assert _verify(plugin, "∀x (Kitty(x) → Animal(x))", REFERENCE, names="exact").reward < 1.0


def test_what_is_not_judged_is_set_aside(plugin: ModuleType) -> None:
    with pytest.raises(JudgeError, match="not readable"):
        _verify(plugin, "Cat(tom)", UNREADABLE)


def test_stored_rollouts_can_be_scored_again(plugin: ModuleType) -> None:
    assert plugin.FolServerConfig.REVERIFY_MODE is ReverifyMode.STATELESS


def test_rows(plugin: ModuleType) -> None:
    row = plugin.rows(split="test", size=1)[0]
    assert set(row) == {"responses_create_params", "reference"}
    assert _verify(plugin, row["reference"], row["reference"]).reward == 1.0


def test_the_real_server_answers_over_http() -> None:
    if not is_installed("nemo_gym"):
        pytest.skip("NeMo-Gym needs Python 3.13.14 or newer; the tests above hold its shape")
    from fastapi.testclient import TestClient

    from alignment.plugins import nemo_gym_server

    settings = {"host": "127.0.0.1", "port": 1, "entrypoint": "app.py", "name": "fol"}
    config = nemo_gym_server.FolServerConfig(**settings, domain="fol")
    client = SimpleNamespace()
    server = nemo_gym_server.FolServer.model_construct(config=config, server_client=client)
    web = TestClient(server.setup_webserver())
    for answer, score in zip(ANSWERS, expected(), strict=True):
        found = web.post("/verify", json=_body(answer, REFERENCE)).json()
        assert found["reward"] == pytest.approx(score)
    lost = web.post("/verify", json=_body("Cat(tom)", UNREADABLE)).json()
    assert lost["mask_sample"] is True and "not readable" in lost["failure_reason"]


def _body(answer: str, reference: str) -> dict[str, Any]:
    part = {"type": "output_text", "text": answer, "annotations": []}
    message = {"id": "m", "type": "message", "role": "assistant", "status": "completed"}
    response = {
        "id": "r",
        "created_at": 1.0,
        "model": "m",
        "object": "response",
        "output": [message | {"content": [part]}],
        "parallel_tool_calls": False,
        "tool_choice": "auto",
        "tools": [],
    }
    row = {"responses_create_params": {"input": []}, "reference": reference}
    return row | {"response": response}

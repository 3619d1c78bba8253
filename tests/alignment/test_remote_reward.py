"""The reward `remote`: as `logic` pays, over the network, and None where nobody answers."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import service

from alignment import rewards
from alignment.rewards import remote

REFERENCE = "∀x (Cat(x) → Animal(x))"
ANSWERS = [
    "¬∃x (Cat(x) ∧ ¬Animal(x))",
    "∃x (Cat(x) ∧ Animal(x))",
    "no formula",
    "half \ud83d",
    "",
] * 30
COLUMNS = {"reference": [REFERENCE] * 149 + ["(("]}
PROMPTS = ["p"] * 150
TOKEN = "a-token-of-the-tests"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with service.served(
        "--workers",
        "2",
        token=TOKEN,
    ) as found:
        yield found


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLALIGN_TOKEN", TOKEN)
    monkeypatch.delenv("FOLALIGN_URLS", raising=False)
    monkeypatch.setattr(remote, "FIRST_WAIT", 0.01)


class Scripted(ThreadingHTTPServer):
    """A service that answers with a script of (status, body, headers), then with nothing but 503."""

    def __init__(self, *script: tuple[int, bytes, dict[str, str]]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = list(script)
        self.asked: list[dict[str, Any]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Scripted

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append({**body, "token": self.headers.get("Authorization")})
        status, content, headers = (
            self.server.script.pop(0) if self.server.script else (503, b"", {})
        )
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def scripted(*script: Any) -> Scripted:
    return Scripted(
        *(
            (one if isinstance(one, tuple) else (200, json.dumps(one).encode(), {}))
            for one in script
        )
    )


@pytest.mark.parametrize("pays", ["logic", "equivalence"])
def test_it_pays_what_the_judge_here_pays(address: str, pays: str) -> None:
    here = rewards.get(pays)(PROMPTS, ANSWERS, **COLUMNS)
    there = rewards.get("remote", urls=[address, f"{address}/"], pays=pays, batch_size=7)
    assert there(PROMPTS, ANSWERS, **COLUMNS) == here
    assert there.failures == 0 and None in here and 1.0 in here


def test_in_a_dialect_and_in_messages(address: str) -> None:
    answers = [[{"role": "assistant", "content": "cat(tom)"}]]
    settings = {"dialect": "prolog", "canonical_references": True}
    for columns in (
        {"reference": ["cat(tom)"]},
        {"reference": ["cat(Tom)"]},
        {"reference": [None]},
    ):
        here = rewards.get("logic", **settings)(["p"], answers, **columns)
        assert rewards.get("remote", urls=[address], **settings)(["p"], answers, **columns) == here


def test_the_next_address_is_asked_where_one_does_not_answer(address: str) -> None:
    reward = rewards.get("remote", urls=[NOWHERE, address])
    assert reward(["p"], [REFERENCE], reference=[REFERENCE]) == [1.0]
    assert reward(["p"], [REFERENCE], reference=[REFERENCE]) == [1.0]


def test_addresses_from_the_environment(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(rewards.RewardSettingError, match="FOLALIGN_URLS"):
        rewards.get("remote")
    monkeypatch.setenv("FOLALIGN_URLS", f"{NOWHERE} {address}")
    reward = pickle.loads(pickle.dumps(rewards.get("remote")))
    assert reward(["p"], [REFERENCE], reference=[REFERENCE]) == [1.0]


def test_what_is_passing_is_tried_again_and_told(caplog: pytest.LogCaptureFixture) -> None:
    busy = (429, b"", {"Retry-After": "0"})
    right = {"scores": [0.5]}
    served = scripted(
        busy, (500, b"oops", {}), (200, b"no JSON", {}), {"scores": []}, {"scores": ["1"]}, right
    )
    reward = rewards.get("remote", urls=[served.address])
    with caplog.at_level(logging.WARNING):
        assert reward(["p"], ["x"], reference=["y"]) == [0.5]
    assert len(served.asked) == 6 and served.asked[0]["token"] == f"Bearer {TOKEN}"
    assert "HTTP 429" in caplog.text and TOKEN not in caplog.text


def test_no_answer_is_none_and_counted() -> None:
    logged: dict[str, float] = {}
    served = scripted({"scores": [0.5, 0.5]})
    reward = rewards.get("remote", urls=[served.address], retries=1, batch_size=2)
    columns = {"reference": ["y"] * 4, "log_metric": logged.__setitem__}
    found = reward(["p"] * 4, ["x"] * 4, **columns)
    assert sorted(found, key=str) == [0.5, 0.5, None, None]
    assert logged["rewards/remote/unanswered"] == 2.0 and logged["rewards/remote/not_judged"] == 0.5
    assert reward.failures == 0


def test_a_refusal_ends_a_run_at_its_start_and_not_later(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("FOLALIGN_TOKEN", "another-token-0123")
    with pytest.raises(rewards.RewardSettingError, match="HTTP 401") as refused:
        rewards.get("remote", urls=[address])(["p"], ["x"], reference=["y"])
    assert "another-token" not in str(refused.value)
    served = scripted({"scores": [0.5]}, (404, b"", {}), (404, b"", {}))
    reward = rewards.get("remote", urls=[served.address], retries=1)
    assert reward(["p"], ["x"], reference=["y"]) == [0.5]
    assert reward(["p"], ["x"], reference=["y"]) == [None]


def test_a_redirect_is_not_followed() -> None:
    """The token goes to the address that was named alone."""
    other = scripted({"scores": [1.0]})
    served = scripted((307, b"", {"Location": f"{other.address}/score"}))
    with pytest.raises(rewards.RewardSettingError, match="HTTP 307"):
        rewards.get("remote", urls=[served.address])(["p"], ["x"], reference=["y"])
    assert other.asked == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"urls": []}, "name a service"),
        ({"urls": ["judge:8321"]}, "is no address"),
        ({"urls": ["http://user:secret@judge"]}, "no user or password"),
        ({"urls": ["http://judge"], "batch_size": 0}, "must be above 0"),
        ({"urls": ["http://judge"], "pays": "bleu"}, "'pays'"),
        ({"urls": "http://judge"}, "'urls'"),
    ],
)
def test_settings_that_cannot_be(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(rewards.RewardSettingError, match=message) as refused:
        rewards.get("remote", **settings)
    assert "secret" not in str(refused.value)


def test_a_coroutine_for_trl(address: str) -> None:
    reward = rewards.AsyncReward(rewards.get("remote", urls=[address]))
    assert reward.__name__ == "remote"
    found = asyncio.run(reward(PROMPTS, ANSWERS, **COLUMNS))
    assert found == rewards.get("logic")(PROMPTS, ANSWERS, **COLUMNS)
    again = pickle.loads(pickle.dumps(reward))
    assert asyncio.run(again(["p"], [REFERENCE], reference=[REFERENCE])) == [1.0]

"""`folalign serve` under attack: what is hostile is refused or costs itself alone, and others are answered."""

from __future__ import annotations

import concurrent.futures
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
import service

import logic

PAIR = {"candidates": ["P(a)"], "references": ["P(a)"]}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def process() -> Iterator[tuple[subprocess.Popen[str], str]]:
    started, address = service.start(
        "--workers", "2", "--domain", str(service.TRAP), "--seconds", "2", "--max_bytes", "100000",
        "--max_items", "500", "--max_waiting", "600",
    )  # fmt: skip
    yield started, address
    assert service.stop(started) == 0


@pytest.fixture
def address(process: tuple[subprocess.Popen[str], str]) -> Iterator[str]:
    yield process[1]
    # Whatever was done to it, the next one is answered.
    assert httpx.post(f"{process[1]}/score", json=PAIR, timeout=30).json()["scores"] == [1.0]


def raw(address: str, *pieces: bytes, wait: float = 5.0) -> bytes:
    """What comes back for bytes on a socket, until the other side closes it or says no more."""
    url = httpx.URL(address)
    with socket.create_connection((url.host, url.port), timeout=wait) as opened:
        found = b""
        try:
            for piece in pieces:
                opened.sendall(piece)
            while chunk := opened.recv(65536):
                found += chunk
        except (TimeoutError, ConnectionError):
            pass
        return found


DEEP = "[" * 20_000 + "]" * 20_000


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"null", 422),
        (b"[]", 422),
        (b"{", 422),
        (b"\xff\xfe{}", (400, 422)),
        (b'{"candidates": ["\xff"], "references": ["P(a)"]}', (400, 422)),
        (DEEP.encode(), (400, 422)),
        (b'{"candidates": ' + DEEP.encode() + b', "references": []}', (400, 422)),
        (b'{"candidates": NaN, "references": Infinity}', 422),
        (b'{"candidates": [1e999], "references": [' + b"9" * 5000 + b"]}", (400, 422)),
        (b'{"candidates": "P(a)", "references": ["P(a)"]}', 422),
        (b'{"candidates": ["P(a)"], "references": [{"a": NaN}]}', 422),
        (b'{"candidates": ["P(a)"], "references": []}', 422),
        (b'{"candidates": ["P(a)"], "references": ["P(a)"], "workers": 9}', 422),
        (b'{"candidates": ["P(a)"], "references": ["P(a)"], "names": "guess"}', 422),
        (b'{"candidates": ["P(a)"], "references": ["P(a)"], "dialect": "klingon"}', 422),
        (json.dumps({key: values * 501 for key, values in PAIR.items()} | {
            "candidates": [f"P(a{index})" for index in range(501)]}).encode(), 413),
        (json.dumps({key: values * 501 for key, values in PAIR.items()}).encode(), 413),
        (b"{" + b" " * 200_000 + b"}", 413),
    ],
)  # fmt: skip
def test_bodies(address: str, content: bytes, status: int | tuple[int, ...]) -> None:
    answer = httpx.post(f"{address}/score", content=content, headers=JSON, timeout=30)
    allowed = status if isinstance(status, tuple) else (status,)
    assert answer.status_code in allowed, answer.text
    assert answer.json().keys() == {"error"} and len(answer.text) < 2000


@pytest.mark.parametrize(
    "domain",
    [str(service.TRAP), "../trap.py", "trap.py", "/etc/passwd", "fol+/tmp/x.py", "", "+", "os", "x" * 5000,
     "folalign.domains", "<b>", "trap+nothing"],
)  # fmt: skip
def test_a_domain_is_a_name_that_the_operator_gave(address: str, domain: str) -> None:
    for path, asked in (
        ("/score", PAIR),
        ("/parse", {"text": "P(a)"}),
        ("/compare", {"candidate": "P(a)", "reference": "P(a)"}),
        ("/entails", {"premises": ["P(a)"], "conclusion": "P(a)"}),
    ):
        answer = httpx.post(f"{address}{path}", json={**asked, "domain": domain}, timeout=30)
        assert answer.status_code == 422 and "unknown domain" in answer.json()["error"]
        assert len(answer.text) < 1000
    answer = httpx.post(
        f"{address}/slime", params={"domain": domain or "/"}, json={"response": "", "label": "P(a)"}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "/../pyproject.toml",
        "/page/../api.py",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/static/x",
        "//etc/passwd",
    ],
)
def test_paths_lead_nowhere(address: str, path: str) -> None:
    found = raw(address, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert found.startswith(b"HTTP/1.1 404") and b"root:" not in found


def test_requests_from_other_pages_are_not_taken(address: str) -> None:
    """A form or a script of another site can send text without asking, but no JSON."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        headers = {"Content-Type": kind} if kind else {}
        answer = httpx.post(f"{address}/score", content=json.dumps(PAIR), headers=headers)
        assert answer.status_code == 422
    asked = httpx.options(
        f"{address}/score",
        headers={"Origin": "http://elsewhere", "Access-Control-Request-Method": "POST"},
    )
    assert asked.status_code == 405 and "access-control-allow-origin" not in asked.headers


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * 100_000,
        b"GET / HTTP/1.1\r\nHost: x\r\na: " + b"b" * 1_000_000,
        b"GET /" + b"a" * 1_000_000,
        b"\x16\x03\x01\x02\x00" + b"\x00" * 1000,
        b"POST /score HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /score HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST /score HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"POST /score HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n",
        b"POST /score HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nConnection: close\r\n\r\n",
    ],
)
def test_heads(address: str, head: bytes) -> None:
    found = raw(address, head)
    assert b"500 Internal" not in found
    assert found == b"" or found.startswith(b"HTTP/1.1 ")


def test_a_body_without_end_is_cut_off(address: str) -> None:
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    head = b"POST /score HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n"
    found = raw(address, head, *[chunk] * 200)
    assert found == b"" or found.startswith(b"HTTP/1.1 413")


def test_halves_of_surrogate_pairs_are_judged(address: str) -> None:
    half = '{"candidates": ["P(a) \\ud83d", "\\udc00", "P(a)"], "references": ["P(a)", "P(a)", "P(a)"]}'
    answer = httpx.post(f"{address}/score", content=half, headers=JSON)
    expected = logic.score(candidates=["P(a) \ud83d", "\udc00", "P(a)"], references=["P(a)"] * 3)
    assert answer.json()["scores"] == expected
    told = httpx.post(
        f"{address}/compare",
        content='{"candidate": "P(\\ud83d", "reference": "P(a)"}',
        headers=JSON,
    )
    assert told.status_code == 200 and told.json()["verdict"] == "unreadable"


def test_html_in_names_stays_text(address: str) -> None:
    asked = {
        "candidate": "'<script>x</script>'(a)",
        "reference": "'<b>'(b)",
        "dialect": "tptp",
        "write": "latex",
    }
    answer = httpx.post(f"{address}/compare", json=asked)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()["verdict"] == "refuted"
    drawn = answer.json()["world"]["svg"]
    assert "&lt;b&gt;" in drawn and "<b>" not in drawn and "<script" not in drawn


def test_honest_requests_are_answered_among_hostile_ones(address: str) -> None:
    """Two requests of many slow items hold the two workers; one of a quick item has its turn."""
    slow = {"candidates": [f"Dawdles(a{index})" for index in range(100)], "references": ["P(a)"] * 100,
            "domain": "trap"}  # fmt: skip
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        # They go away after a while, and what they have asked for with them.
        hostile = [threads.submit(_impatient, f"{address}/score", slow, 6.0) for _ in range(2)]
        time.sleep(1.0)
        for _ in range(3):
            begun = time.monotonic()
            assert httpx.post(f"{address}/score", json=PAIR, timeout=30).json()["scores"] == [1.0]
            assert time.monotonic() - begun < 5.0
        for one in hostile:
            one.result()
    for _ in range(100):
        if not httpx.get(f"{address}/health").json()["waiting"]:
            break
        time.sleep(0.1)
    assert httpx.get(f"{address}/health").json()["waiting"] == 0


def _impatient(url: str, asked: dict[str, object], seconds: float) -> None:
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(url, json=asked, timeout=seconds)


def test_seconds_count_from_the_start_of_work_and_a_hang_costs_its_item(address: str) -> None:
    """Twenty items of 0.4 s wait longer than the 2 s of one; only what hangs is lost."""
    candidates = [f"Dawdles(a{index})" for index in range(20)] + ["Hangs(a)", "P(a)"]
    asked = {"candidates": candidates, "references": ["P(a)"] * 22, "domain": "trap"}
    found = httpx.post(f"{address}/score", json=asked, timeout=60).json()
    assert found["scores"].index(None) == 20 and found["scores"].count(None) == 1
    assert found["reasons"][20] == "no result after 2 s" and found["scores"][21] == 1.0


def test_a_full_queue_says_when_to_come_again(address: str) -> None:
    slow = {"candidates": [f"Dawdles(a{index})" for index in range(490)], "references": ["P(a)"] * 490,
            "domain": "trap"}  # fmt: skip
    with concurrent.futures.ThreadPoolExecutor(1) as threads:
        first = threads.submit(_impatient, f"{address}/score", slow, 3.0)
        time.sleep(1.0)
        refused = httpx.post(f"{address}/score", json=slow, timeout=30)
        assert refused.status_code == 429 and 1 <= int(refused.headers["retry-after"]) <= 60
        first.result()


def test_clients_that_never_speak_are_cut_off_and_keep_nobody_out() -> None:
    process, address = service.start("--workers", "1", "--patience", "1", "--connections", "40")
    try:
        url = httpx.URL(address)
        with ExitStack() as taken:
            for _ in range(40):
                opened = socket.create_connection((url.host, url.port))
                taken.enter_context(opened).sendall(b"GET / HTT")
            refused = httpx.get(f"{address}/health")
        assert refused.status_code == 503 and refused.headers["Retry-After"] == "1"
        assert "all 40 connections are taken" in refused.json()["error"]
        begun = time.monotonic()
        idle = [socket.create_connection((url.host, url.port)) for _ in range(30)]
        for number, opened in enumerate(idle):
            opened.sendall(
                [b"", b"GET / HTT", b"POST /score HTTP/1.1\r\nContent-Length: 9\r\n\r\n{"][
                    number % 3
                ]
            )
        assert httpx.get(f"{address}/health").status_code == 200
        for opened in idle:
            opened.settimeout(20)
            assert (opened.recv(65536) or b"HTTP/1.1 408").startswith(
                (b"HTTP/1.1 408", b"HTTP/1.1 400")
            )
        assert time.monotonic() - begun < 15
        # One that asks and asks, and reads nothing.
        asking = socket.create_connection((url.host, url.port), timeout=20)
        with pytest.raises(ConnectionError):
            while True:
                asking.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 100)
                assert time.monotonic() - begun < 60
        assert httpx.get(f"{address}/health").status_code == 200
    finally:
        assert service.stop(process) == 0


def test_requests_sent_ahead_are_all_answered() -> None:
    """The second takes longer than a client may be silent, and was there when the first was done."""
    process, address = service.start(
        "--workers", "1", "--patience", "1", "--domain", str(service.TRAP)
    )
    slow = {"candidates": [f"Dawdles(a{index})" for index in range(6)], "references": ["P(a)"] * 6,
            "domain": "trap"}  # fmt: skip
    body = json.dumps(slow).encode()
    head = b"POST /score HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    ahead = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n" + head % len(body) + body
    try:
        httpx.post(f"{address}/score", json=PAIR, timeout=60)  # until the worker has started
        found = raw(address, ahead, wait=30.0)
        assert found.count(b"HTTP/1.1 200") == 2 and b'"scores":[' in found
    finally:
        assert service.stop(process) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_peace_as_soon_as_it_can_be_asked(number: signal.Signals) -> None:
    process, _ = service.start("--workers", "1")
    process.send_signal(number)
    assert process.wait(60) == 0


def test_what_was_taken_is_finished_after_sigterm() -> None:
    process, address = service.start("--workers", "1", "--domain", str(service.TRAP))
    slow = {"candidates": [f"Dawdles(a{index})" for index in range(8)], "references": ["P(a)"] * 8,
            "domain": "trap"}  # fmt: skip
    with concurrent.futures.ThreadPoolExecutor(1) as threads:
        taken = threads.submit(httpx.post, f"{address}/score", json=slow, timeout=60)
        time.sleep(1.5)
        process.terminate()
        assert None not in taken.result().json()["scores"]
    assert process.wait(30) == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/health")


def test_workers_killed_from_outside_cost_nothing(
    process: tuple[subprocess.Popen[str], str],
) -> None:
    started, address = process
    asked = {"candidates": [f"P(a{index}) ∧ Dawdles(a)" for index in range(12)], "references": ["P(a)"] * 12,
             "domain": "trap"}  # fmt: skip
    with concurrent.futures.ThreadPoolExecutor(1) as threads:
        taken = threads.submit(httpx.post, f"{address}/score", json=asked, timeout=60)
        time.sleep(1.0)
        for worker in service.workers(started):
            os.kill(worker, signal.SIGKILL)
        assert None not in taken.result().json()["scores"]

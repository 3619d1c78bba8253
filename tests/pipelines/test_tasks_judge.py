"""The judge endpoint: both orders, ties, failures, resumption and cost, against a server that the tests start."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from alignment import rewards
from pipelines.errors import UsageError
from pipelines.judging import pairwise
from pipelines.judging.pairwise import Pair, compare_all
from pipelines.judging.remote import endpoint
from pipelines.judging.remote.endpoint import Endpoint, EndpointError
from pipelines.training import rewards as _registered  # noqa: F401


def completion(content: Any, **usage: Any) -> bytes:
    """What an endpoint sends for a reply."""
    tokens = {"prompt_tokens": 100, "completion_tokens": 2} | usage
    return json.dumps(
        {"choices": [{"message": {"role": "assistant", "content": content}}], "usage": tokens}
    ).encode()


class Judge:
    """A chat model that prefers the longer answer; `reply` may be replaced: by a text, (status, text), or raw bytes."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.reply: Callable[[str], Any] = self.longer
        self.pause = 0.0  # seconds between the bytes of a reply
        judge = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                judge.asked.append(body)
                judge.headers.append(dict(self.headers))
                answer = judge.reply(body["messages"][0]["content"])
                status, text = answer if isinstance(answer, tuple) else (200, answer)
                raw = (
                    text
                    if isinstance(text, bytes)
                    else text.encode()
                    if status != 200
                    else completion(text)
                )
                self.send_response(status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                with contextlib.suppress(
                    BrokenPipeError, ConnectionResetError
                ):  # who asked has given up
                    for piece in (
                        (raw[i : i + 1] for i in range(len(raw))) if judge.pause else (raw,)
                    ):
                        self.wfile.write(piece)
                        time.sleep(judge.pause)

            def log_message(self, *words: Any) -> None:
                """Keep the tests' output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @staticmethod
    def longer(question: str) -> str:
        first, second = question.split("[Answer A]\n")[1].split("\n\n[Answer B]\n")
        second = second.split("\n\nReply with")[0]
        return (
            "A"
            if len(first) > len(second)
            else "Answer B is better."
            if len(first) < len(second)
            else "T"
        )


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    monkeypatch.setattr(endpoint, "MAX_WAIT", 0.01)
    made = Judge()
    yield made
    made.server.shutdown()
    made.server.server_close()


def ask(judge: Judge, **settings: Any) -> Endpoint:
    return Endpoint(judge.url, "judge-1", **({"timeout": 5.0, "retries": 1} | settings))


PAIRS = [
    Pair("User: Who sleeps?", "Anna sleeps all day.", "Bob."),
    Pair("User: Who sleeps?", "Bob.", "Anna sleeps all day."),
    Pair("User: Who sleeps?", "Anna.", "Maria"[:5]),
    Pair("User: {braces}?", "the same", "the same"),
]


def test_both_orders_are_asked_and_the_cost_is_counted(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUDGE_KEY", "secret-1")
    found = compare_all(ask(judge, key_variable="JUDGE_KEY"), PAIRS, tmp_path / "j.jsonl")
    assert (found["win"], found["lose"], found["tie"], found["failed"], found["unclear"]) == (
        1,
        1,
        2,
        0,
        0,
    )
    assert (
        found["win_rate"] == 0.25
        and found["prompt_tokens"] == 600
        and found["completion_tokens"] == 12
    )
    assert len(judge.asked) == 6  # equal answers are a tie without a question
    one, two = (body["messages"][0]["content"] for body in judge.asked[:2])
    assert one.index("Anna sleeps") < one.index("Bob.") and two.index("Bob.") < two.index(
        "Anna sleeps"
    )
    assert all(body["temperature"] == 0 and body["model"] == "judge-1" for body in judge.asked)
    assert judge.headers[0]["Authorization"] == "Bearer secret-1"
    assert "secret-1" not in (tmp_path / "j.jsonl").read_text()


def test_a_judge_that_prefers_a_place_gives_ties(judge: Judge, tmp_path: Path) -> None:
    judge.reply = lambda question: "A"
    found = compare_all(ask(judge), PAIRS, tmp_path / "j.jsonl")
    assert (found["win"], found["lose"], found["tie"]) == (0, 0, 4)


@pytest.mark.parametrize(
    ("said", "letter"),
    [
        ("A", "A"), ("**B**", "B"), ("Answer: B", "B"), ("T", "T"), ("<think>A or B?</think>B", "B"),
        ("B. Answer A is wrong.", "B"), ("Both A and B are fine", ""), ("neither", ""), ("", ""), ("a better one", ""),
    ],
)  # fmt: skip
def test_replies_are_read_strictly(said: str, letter: str) -> None:
    assert pairwise._letter(said) == letter


def test_it_goes_on_where_it_stopped_and_asks_failed_pairs_again(
    judge: Judge, tmp_path: Path
) -> None:
    path = tmp_path / "j.jsonl"
    judge.reply = lambda question: (
        (400, "bad request") if "Maria" in question else Judge.longer(question)
    )
    first = compare_all(ask(judge), PAIRS, path)
    assert first["failed"] == 1 and first["win_rate"] == pytest.approx(1 / 3)
    assert "HTTP 400: bad request" in path.read_text()
    path.write_text(path.read_text() + '{"pair": 3, "verd')  # killed while it wrote
    judge.asked.clear()
    judge.reply = Judge.longer
    second = compare_all(ask(judge), PAIRS, path)
    assert len(judge.asked) == 2 and second["failed"] == 0 and second["tie"] == 2
    judge.asked.clear()
    assert compare_all(ask(judge), PAIRS, path) == second and not judge.asked


def test_passing_failures_are_tried_again_within_bounds(judge: Judge) -> None:
    replies = iter([(503, "busy"), b"garbage", "B"])
    judge.reply = lambda question: next(replies)
    assert ask(judge, retries=2).ask("?").text == "B"
    judge.reply = lambda question: (429, "slow down")
    judge.asked.clear()
    with pytest.raises(EndpointError, match=r"HTTP 429: slow down \(after 3 attempts\)"):
        ask(judge, retries=2).ask("?")
    assert len(judge.asked) == 3
    judge.asked.clear()
    judge.reply = lambda question: (401, "no key")
    with pytest.raises(EndpointError, match="HTTP 401: no key"):
        ask(judge, retries=2).ask("?")
    assert len(judge.asked) == 1  # another attempt would not mend it


def test_a_judge_that_hangs_or_is_gone_ends_the_comparison(judge: Judge, tmp_path: Path) -> None:
    def hang(question: str) -> str:
        time.sleep(1.0)
        return "A"

    judge.reply = hang
    began = time.monotonic()
    with pytest.raises(EndpointError, match="timed out"):
        ask(judge, timeout=0.1, retries=1).ask("?")
    assert time.monotonic() - began < 2.0
    many = [Pair("?", f"answer {i}", "other") for i in range(50)]
    gone = Endpoint("http://127.0.0.1:9/v1", "judge-1", timeout=1.0, retries=0)
    with pytest.raises(
        UsageError, match=r"did not answer 5 questions in a row.*goes on from there"
    ):
        compare_all(gone, many, tmp_path / "j.jsonl")
    assert len((tmp_path / "j.jsonl").read_text().splitlines()) == 5


def test_a_reply_that_drips_is_over_after_the_time_of_one_attempt(judge: Judge) -> None:
    judge.reply, judge.pause = (lambda question: "A"), 0.05
    began = time.monotonic()
    with pytest.raises(EndpointError, match="timed out"):
        ask(judge, timeout=0.3, retries=0).ask("?")
    assert time.monotonic() - began < 2.0


@pytest.mark.parametrize(
    "reply",
    [
        b"<html>", b"", b"[" * 100_000, b"{}", completion(["A"]), completion([{"type": "text", "text": "A"}]),
        completion(5), completion("A", prompt_tokens=float("inf")), completion("A", prompt_tokens="many"),
    ],
)  # fmt: skip
def test_what_is_no_completion_is_a_counted_failure(
    judge: Judge, tmp_path: Path, reply: bytes
) -> None:
    judge.reply = lambda question: reply
    found = compare_all(ask(judge, retries=0), PAIRS[:1], tmp_path / "j.jsonl")
    assert found["failed"] == 1 and "no chat completion but" in (tmp_path / "j.jsonl").read_text()


def test_any_text_a_judge_says_is_kept_and_read_again(judge: Judge, tmp_path: Path) -> None:
    for said in ("A \ud800", "A\u2028\x85.", "A \x00"):
        judge.reply = lambda question, said=said: said  # type: ignore[misc]
        path = tmp_path / f"{len(said)}{ord(said[-1])}.jsonl"
        assert compare_all(ask(judge), PAIRS[:1], path)["tie"] == 1
        judge.asked.clear()
        assert compare_all(ask(judge), PAIRS[:1], path)["tie"] == 1 and not judge.asked
    judge.reply = lambda question: (400, "<p>\n\x1b[31mno\n</p>")
    with pytest.raises(EndpointError, match=r"HTTP 400: <p> \[31mno </p>$"):
        ask(judge).ask("?")


def test_a_key_that_no_header_can_hold_is_not_shown(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge.reply = lambda question: "A"
    monkeypatch.setenv("JUDGE_KEY", "secret-1\n")
    assert ask(judge, key_variable="JUDGE_KEY").ask("?")
    assert judge.headers[0]["Authorization"] == "Bearer secret-1"
    for key in ("secret\n-1", "secret-ключ"):
        monkeypatch.setenv("JUDGE_KEY", key)
        with pytest.raises(UsageError, match="the key in JUDGE_KEY has characters") as error:
            ask(judge, key_variable="JUDGE_KEY")
        assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"url": "judge:80", "model": "m"},
            "judge_url must begin with http:// or https://, got 'judge:80'",
        ),
        (
            {"url": "http://", "model": "m"},
            "judge_url must be an address in ASCII with a host, got 'http://'",
        ),
        ({"url": "http://[x", "model": "m"}, "with a host"),
        ({"url": "http://x:port", "model": "m"}, "with a host"),
        ({"url": "http://x y", "model": "m"}, "with a host"),
        ({"url": "http://ключ.org", "model": "m"}, "in ASCII"),
        ({"url": "http://x", "model": ""}, "judge_model: name the model"),
        ({"url": "http://x", "model": "m", "timeout": 0.0}, "judge_timeout must be above 0"),
        ({"url": "http://x", "model": "m", "retries": -1}, "judge_retries at least 0"),
    ],
)
def test_settings_that_cannot_work(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Endpoint(**settings)


KEY = "sk-a/b+c&1234567890"


@pytest.mark.parametrize("status", [200, 401, 500])
@pytest.mark.parametrize("escape", ["plain", "json", "url", "split"])
def test_the_key_is_shown_nowhere(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, escape: str
) -> None:
    monkeypatch.setenv("JUDGE_KEY", KEY)
    spelt = {
        "plain": KEY,
        "json": KEY.replace("/", "\\/"),
        "url": urllib.parse.quote(KEY, safe=""),
        "split": KEY,
    }[escape]
    # Where the text is cut to size, half of a key is a key too.
    filler = "x" * (290 if status != 200 else 110) if escape == "split" else ""
    judge.reply = lambda question: (status, f"{filler}Bearer {spelt} is wrong".encode())
    with contextlib.suppress(UsageError):
        compare_all(ask(judge, key_variable="JUDGE_KEY"), PAIRS, tmp_path / "j.jsonl")
    written = (tmp_path / "j.jsonl").read_text()
    assert written.count("\n") >= 3
    assert "sk-a" not in written and "567890" not in written


def test_the_key_is_not_in_a_reply_nor_in_a_line_of_the_protocol(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUDGE_KEY", KEY)
    judge.reply = lambda question: f"A {KEY}"
    assert ask(judge, key_variable="JUDGE_KEY").ask("?").text == "A [key]"
    with _raw_server([f"Bearer {KEY}\r\n\r\n".encode()], 0.0) as url:
        with pytest.raises(EndpointError) as caught:
            Endpoint(url, "j", key_variable="JUDGE_KEY", timeout=2.0, retries=0).ask("?")
        assert "sk-a" not in str(caught.value)
    with pytest.raises(UsageError, match="no user or password"):
        Endpoint("http://me:secret@localhost/v1", "j")


@contextlib.contextmanager
def _raw_server(pieces: list[bytes], pause: float) -> Iterator[str]:
    """Sends pieces whatever it is asked, and pauses between them."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=talk, args=(connection,), daemon=True).start()

    def talk(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.recv(1 << 16)
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause)

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    listener.close()


DRIPPED = {
    "headers": b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 200,
    "status": b"HTTP/1.1 " + b"2" * 200,
    "body": b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b"y" * 500,
    "error": b"HTTP/1.1 400 Bad\r\nContent-Length: 500\r\n\r\n" + b"y" * 500,
    "nothing": b"",
}


@pytest.mark.parametrize("part", DRIPPED)
def test_the_time_limit_bounds_all_of_an_attempt(part: str) -> None:
    head, _, tail = DRIPPED[part].partition(b"\r\n\r\n")
    drips = [bytes([byte]) for byte in (tail or head)]
    pieces = [head + b"\r\n\r\n", *drips] if tail else drips or [b""] * 100
    threads = threading.active_count()
    with _raw_server(pieces, 0.1) as url:
        start = time.monotonic()
        with pytest.raises(EndpointError, match=r"timed out|HTTP 400"):
            Endpoint(url, "j", timeout=0.6, retries=0).ask("?")
        assert time.monotonic() - start < 1.5
    deadline = time.monotonic() + 5
    while threading.active_count() > threads + 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert threading.active_count() <= threads + 2  # those of the server that the test runs


def test_a_judge_pays_marks_once_for_each_question_and_counts_what_it_costs(judge: Judge) -> None:
    marks = {"Anna.": "8", "Bob.": "I would say 3/10.", "Clara.": "good", "David.": "11"}
    judge.reply = lambda question: marks[question.split("[Answer]\n")[1].split("\n")[0]]
    logged: dict[str, float] = {}
    paid_by = rewards.get("llm_judge", url=judge.url, model="j", retries=0)
    paid = paid_by(
        ["Who?"] * 5, [*marks, "Anna."], log_metric=lambda name, value: logged.update({name: value})
    )
    assert paid == [0.8, 0.3, None, None, 0.8]
    assert len(judge.asked) == 4 and logged["rewards/llm_judge/prompt_tokens"] == 400
    assert logged["rewards/llm_judge/unclear"] == 0.5
    judge.reply = lambda question: (500, "down")
    assert paid_by(["Who?"] * 2, ["Anna.", "Emma."]) == [0.8, None]
    judge.reply = lambda question: "10"
    shown = rewards.get("llm_judge", url=judge.url, model="j", with_reference=True)
    assert shown([[{"role": "user", "content": "Who?"}]], ["Bob."], reference=["Anna."]) == [1.0]
    assert "known to be good]\nAnna." in judge.asked[-1]["messages"][0]["content"]
    references = [None, float("nan"), "Bob."]
    assert shown(["Who?"] * 3, ["Bob."] * 3, reference=references) == [None, None, 1.0]
    with pytest.raises(rewards.RewardSettingError, match="url must begin with http"):
        rewards.get("llm_judge", url="ftp://x", model="j")
    with pytest.raises(rewards.RewardSettingError, match="needs the column 'reference'"):
        shown(["Who?"], ["Bob."])

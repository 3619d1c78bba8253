"""Models behind an OpenAI-compatible endpoint: as translator, and to be evaluated."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl")

from pipelines.cli import main
from pipelines.judging.remote import endpoint as endpoint_module

ANSWERS = {
    "All cats sleep.": "`∀x (Cat(x) → Sleeps(x))`",
    "Some dog barks.": "∀x (Dog(x) → Barks(x))",
    "Too long.": None,
}


class Model:
    """Answers by the sentence that the last message ends with; None is refused."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.code = 400
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                model.asked.append(body)
                sentence = body["messages"][-1]["content"].rpartition("\n")[2]
                text = ANSWERS.get(sentence)
                message = {"content": text}
                reply = json.dumps({"choices": [{"message": message}]}).encode()
                self.send_response(200 if text else model.code)
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *words: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Model]:
    monkeypatch.setattr(endpoint_module, "MAX_WAIT", 0.01)
    monkeypatch.chdir(tmp_path)
    made = Model()
    yield made
    made.server.shutdown()
    made.server.server_close()


def rows(path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]


def test_translate_asks_an_endpoint(model: Model) -> None:
    Path("in.txt").write_text("All cats sleep.\nToo long.\n")
    words = ["--endpoint", model.url, "--model", "cat-1", "--n", "3", "--temperature", "0.5"]
    assert main(["translate", *words, "--input", "in.txt", "--output", "out.jsonl"]) == 0
    first, second = rows("out.jsonl")
    assert (first["formula"], first["confidence"]) == ("∀x (Cat(x) → Sleeps(x))", 1.0)
    assert (second["formula"], second["model"]) == (None, "cat-1")
    sampled = [body["temperature"] for body in model.asked if "seed" in body]
    assert sampled == [0.5, 0.5] and model.asked[0]["model"] == "cat-1"
    assert "Translate the sentence" in model.asked[0]["messages"][0]["content"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--grammar", "formula"], "--endpoint takes no grammar"),
        (["--signature", "Cat/1"], "--endpoint takes no grammar"),
    ],
)
def test_an_endpoint_takes_no_grammar(
    model: Model, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["translate", "--endpoint", model.url, "--model", "m", *words]) == 2
    assert message in capsys.readouterr().err


def test_an_endpoint_that_answers_nothing_is_told(
    model: Model, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("in.txt").write_text("Too long.\n")
    words = ["translate", "--endpoint", model.url, "--model", "m", "--n", "1", "--input", "in.txt"]
    assert main(words) == 2
    assert "every prompt was refused: HTTP 400" in capsys.readouterr().err
    model.code = 401
    assert main(words) == 2
    told = capsys.readouterr().err
    assert "endpoint: HTTP 401" in told and "goes on from here" not in told
    words[2] = "localhost"
    assert main(words) == 2
    assert "endpoint must begin with http://" in capsys.readouterr().err


def test_evaluate_asks_an_endpoint(model: Model, capsys: pytest.CaptureFixture[str]) -> None:
    Path("test.jsonl").write_text(
        '{"sentence": "All cats sleep.", "formula": "∀x (Cat(x) → Sleeps(x))"}\n'
        '{"sentence": "Some dog barks.", "formula": "∃x (Dog(x) ∧ Barks(x))"}\n'
    )
    words = ["--endpoint", model.url, "--model", "cats/cat-1", "--dataset", "test.jsonl"]
    command = ["evaluate", *words, "--split", "all", "--samples", "1", "--output_dir", "run"]
    assert main(command) == 0
    metrics = json.loads(Path("run/evaluate/cat-1/metrics.json").read_text())
    assert metrics["greedy"]["equivalent"] == metrics["sampled"]["equivalent"] == 0.5
    assert "constrained" not in metrics
    found = rows("run/evaluate/cat-1/samples.jsonl")
    assert found[0]["sentence"] == "All cats sleep." and found[0]["score"] == 1.0
    asked = len(model.asked)
    assert main(command) == 0  # finished: nothing is asked again
    assert len(model.asked) == asked


def test_evaluate_says_what_is_open(model: Model, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--endpoint", model.url]) == 2
    assert "endpoint: name the models there with --model" in capsys.readouterr().err
    Path("c.yaml").write_text(f"sft: {{}}\nevaluate: {{endpoint: '{model.url}', model: [m]}}\n")
    assert main(["run", "--config", "c.yaml"]) == 2
    assert "c.yaml:2: endpoint: a run judges what it trains" in capsys.readouterr().err

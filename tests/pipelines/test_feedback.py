"""The key `feedback` of S-GRPO: a tool that checks a formula before it is the answer."""

from __future__ import annotations

import importlib.resources
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl")

from alignment import models
from pipelines.cli import main

CONFIG = """
output_dir: {output_dir}
dataset: synthetic
chat: true
sgrpo:
  model: {model}
  train_size: 4
  max_steps: 1
  per_device_train_batch_size: 4
  num_generations: 2
  max_completion_length: 16
  max_tool_calling_iterations: 1
  backend: transformers
  logging_steps: 1
  gradient_checkpointing: false
  bf16: false
  save_strategy: "no"
"""


def place(tmp_path: Path, chat_template: str | None) -> Path:
    """A model of random weights, by default one whose template knows no tools; and a config."""
    model = models.build(
        models.TinyModel(context=2048), ["Every cat is calm: ∀x (Cat(x) → Calm(x))"], tmp_path / "m"
    )
    if chat_template is not None:
        tokenizer = models.load_tokenizer(str(model))
        tokenizer.chat_template = chat_template
        tokenizer.save_pretrained(model)
    (tmp_path / "run.yaml").write_text(CONFIG.format(output_dir=tmp_path / "run", model=model))
    return tmp_path / "run.yaml"


@pytest.mark.parametrize("feedback", ["solver", "reference"])
def test_a_model_that_calls_tools_may_check_its_formula(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, feedback: str
) -> None:
    """Told of the tool by its template; one of random weights does not call it."""
    templates = importlib.resources.files("trl") / "chat_templates"
    config = place(tmp_path, (templates / "qwen3.jinja").read_text(encoding="utf-8"))
    seen: list[Any] = []
    apply = models.PreTrainedTokenizerFast.apply_chat_template

    def told(self: Any, conversation: Any, *words: Any, **named: Any) -> Any:
        seen.extend(named.get("tools") or ())
        return apply(self, conversation, *words, **named)

    monkeypatch.setattr(models.PreTrainedTokenizerFast, "apply_chat_template", told)
    assert main(["sgrpo", "--config", str(config), "--feedback", feedback]) == 0
    (log, *_) = [
        json.loads(line)
        for line in (tmp_path / "run" / "sgrpo" / "metrics.jsonl").read_text().splitlines()
    ]
    assert log["tools/call_frequency"] == 0.0
    assert {tool.__name__ for tool in seen if callable(tool)} == {"check"}
    words = "small world" if feedback == "reference" else "contradicts"
    assert any(words in (tool.__doc__ or "") for tool in seen if callable(tool))


def test_others_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["sgrpo", "--config", str(place(tmp_path, None)), "--feedback", "solver"]
    assert main(command) == 2
    assert "feedback: the model's chat template knows no tools" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--chat", "false"], "feedback: solver needs chat: true"),
        (["--grammar", "formula"], "needs grammar: none"),
        (["--stop", "x"], "needs stop to be left out"),
        (["--task", "preference", "--dataset", "preference-synthetic"], "answers are formulas"),
        (["--max_tool_calling_iterations", "null"], "needs max_tool_calling_iterations"),
    ],
)
def test_what_goes_ill_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    config = str(place(tmp_path, None))
    assert main(["sgrpo", "--config", config, "--feedback", "solver", *options]) == 2
    assert message in capsys.readouterr().err

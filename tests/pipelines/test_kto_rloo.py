"""KTO and RLOO: what they learn from, killed and continued, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl")

import torch

from alignment import rewards
from pipelines.cli import main
from pipelines.commands import run
from pipelines.stages import kto

CONFIG = """\
output_dir: {output_dir}
seed: 3
backend: transformers
dataset: preference-synthetic
task: preference
sft:
  model: tiny
  train_size: 24
  hidden_size: 64
  heads: 2
  kv_heads: 1
  layers: 1
  ffn_size: 64
  vocab_size: 300
  max_steps: 2
  per_device_train_batch_size: 8
  learning_rate: 5.0e-3
  use_cpu: true
  gradient_checkpointing: false
  logging_steps: 1
kto:
  like: sft
  start: sft
  pairs: dataset
  train_split: rl
  train_size: 12
  max_steps: 4
  per_device_train_batch_size: 4
  save_steps: 2
sampled:
  stage: kto
  like: kto
  start: sft
  pairs: sampled
  rewards: [capitals]
  threshold: 0.5
  samples: 3
  batch_size: 4
  max_tokens: 8
rloo:
  like: sft
  start: sft
  rewards: [capitals]
  train_size: 12
  max_steps: 4
  num_generations: 2
  max_completion_length: 8
  save_steps: 2
  stop: [" a"]
par:
  stage: rloo
  like: rloo
  start: sft
  reward_transform: par
constrained:
  stage: sgrpo
  like: rloo
  start: sft
  rewards: [capitals, length]
  reward_settings: {{length: {{maximum: 3}}}}
  reward_transform: log_sigmoid
  reward_constraints: [lower_case, readable=0.9]
answers: {{}}
"""


@rewards.register("capitals")
def capitals(prompts: Any, completions: list[str], **columns: Any) -> list[float | None]:
    """A reward that tells apart what an untrained model writes: None where it writes nothing."""
    return [float(len(text) % 2) if text.strip() else None for text in completions]


@rewards.register("lower_case")
def lower_case(prompts: Any, completions: list[str], **columns: Any) -> list[float | None]:
    return [float(text == text.lower()) for text in completions]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run directory with the config beside it, in which SFT is done."""
    folder = tmp_path_factory.mktemp("rivals")
    (folder / "run.yaml").write_text(CONFIG.format(output_dir=folder / "run"))
    assert folalign("sft", folder) == 0
    return folder


def folalign(stage: str, folder: Path, *options: str) -> int:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return main([stage, "--config", str(folder / "run.yaml"), *options])
    finally:
        torch.set_num_threads(threads)


def metrics(folder: Path, section: str) -> dict[str, Any]:
    return json.loads((folder / "run" / section / "metrics.json").read_text())


def test_kto_learns_from_the_answers_of_preferences(place: Path) -> None:
    assert folalign("kto", place) == 0
    found = metrics(place, "kto")
    assert (found["updates"], found["good"], found["bad"]) == (4, 12, 12)
    assert "KTO on good and bad answers" in (place / "run/kto/model/README.md").read_text()
    start = (place / "run/sft/model/model.safetensors").read_bytes()
    assert (place / "run/kto/model/model.safetensors").read_bytes() != start


def test_kto_learns_from_judged_samples_and_leaves_out_the_others(place: Path) -> None:
    assert folalign("kto", place, "--section", "sampled") == 0
    found = metrics(place, "sampled")
    rows = [
        json.loads(line) for line in (place / "run/sampled/samples.jsonl").read_text().splitlines()
    ]
    scores = [score for row in rows for score in row["scores"]]
    assert found["good"] == scores.count(1.0) and found["bad"] == scores.count(0.0)
    assert found["good"] + found["bad"] == len(scores) - scores.count(None)


def test_rloo_trains_on_judged_samples_that_end_at_stop_texts(place: Path) -> None:
    assert folalign("rloo", place) == 0
    logs = [
        json.loads(line) for line in (place / "run/rloo/metrics.jsonl").read_text().splitlines()
    ]
    assert sum("completions/stopped_ratio" in row for row in logs) == 4
    rows = [
        json.loads(line) for line in (place / "run/rloo/samples.jsonl").read_text().splitlines()
    ]
    assert all(" a" not in row["completion"] and row["reference"] for row in rows)
    assert {name for row in rows for name in row["rewards"]} == {"capitals"}
    assert "RLOO: sampled answers" in (place / "run/rloo/model/README.md").read_text()


@pytest.mark.parametrize(
    ("section", "stage", "parts"), [("par", "rloo", 1), ("constrained", "sgrpo", 2)]
)
def test_rewards_are_compared_with_those_of_the_start_models_samples(
    place: Path, section: str, stage: str, parts: int
) -> None:
    assert folalign(stage, place, "--section", section) == 0
    folder = place / "run" / section
    drawn = [json.loads(line) for line in (folder / "start_samples.jsonl").read_text().splitlines()]
    assert len(drawn) == 12
    for row in drawn:
        assert len(row["completions"]) == 4
        assert [len(scores) for scores in row["scores"]] == [parts] * 4
    logs = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    paid = [row["reward"] for row in logs if "reward" in row]
    # The mean of logistic functions; the sum of their logarithms.
    assert len(paid) == 4 and all(0 < one < 1 if section == "par" else one < 0 for one in paid)
    samples = [json.loads(line) for line in (folder / "samples.jsonl").read_text().splitlines()]
    names = {name for row in samples for name in row["rewards"]}
    assert names >= ({"capitals"} if section == "par" else {"capitals", "length", "lower_case"})


@pytest.mark.parametrize("section", ["kto", "rloo", "par", "constrained"])
def test_killed_it_goes_on_from_its_checkpoint_to_the_same_end(
    place: Path, tmp_path: Path, section: str
) -> None:
    options = ("--output_dir", str(tmp_path), "--model", str(place / "run/sft/model"))
    stage = {"par": "rloo", "constrained": "sgrpo"}.get(section, section)
    options += ("--section", section)
    assert folalign(stage, place, *options) == 0
    folder = tmp_path / section
    (folder / "model").rename(tmp_path / "model")
    expected = (folder / "metrics.json").read_text()
    record = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(record | {"status": "running"}))
    last = folder / "checkpoints" / "checkpoint-4"
    last.rename(tmp_path / "checkpoint-4")
    assert folalign(stage, place, *options) == 0
    assert (folder / "metrics.json").read_text() == expected
    weights = "model/model.safetensors"
    assert (folder / weights).read_bytes() == (tmp_path / weights).read_bytes()
    if section == "constrained":
        kept = [torch.load(path / "sgrpo_state_0.pt") for path in (last, tmp_path / "checkpoint-4")]
        (costs,) = kept[0]["own"]["costs"]
        assert costs["readable"] > 0 and kept[1]["own"]["costs"] == [costs]


def test_answers_of_preferences_are_good_or_bad_each_by_itself() -> None:
    row = {"prompt": "Who is calm?", "completion": " Anna.", "rejected": "Bob."}
    assert kto.unpaired([row]) == [
        {"prompt": "Who is calm?", "completion": " Anna.", "label": True},
        {"prompt": "Who is calm?", "completion": " Bob.", "label": False},
    ]


def test_answers_to_one_prompt_do_not_follow_each_other() -> None:
    rows = [{"prompt": name, "completion": "right", "rejected": "wrong"} for name in "abc"]
    given = kto.unpaired(rows)
    assert "".join(answer["prompt"] for answer in given) == "abcabc"
    assert {(answer["prompt"], answer["label"]) for answer in given} == {
        (name, label) for name in "abc" for label in (True, False)
    }
    samples = [
        {"completions": ["1", "2", "3"], "scores": scores}
        for scores in ([1.0, 0.0, None], [None, 1.0, 0.5], [0.0, 1.0, 1.0])
    ]
    answers = kto.judged(rows, samples, 1.0)
    assert [(answer["prompt"], answer["completion"], answer["label"]) for answer in answers] == [
        ("a", "1", True),
        ("b", "2", True),
        ("c", "1", False),
        ("a", "2", False),
        ("b", "3", False),
        ("c", "2", True),
        ("c", "3", True),
    ]


@pytest.mark.parametrize("count", [8, 9])
def test_good_and_bad_answers_are_in_every_batch(count: int) -> None:
    rows = [{"prompt": f"{n}", "completion": "right", "rejected": "wrong"} for n in range(count)]
    labels = [answer["label"] for answer in kto.unpaired(rows)]
    batches = [labels[at : at + 4] for at in range(0, len(labels) - 3, 4)]
    assert all(1 <= sum(batch) <= 3 for batch in batches)


def test_kto_without_a_good_sample_says_so(place: Path, capsys: Any, tmp_path: Path) -> None:
    options = ("--section", "sampled", "--threshold", "2", "--output_dir", str(tmp_path))
    assert folalign("kto", place, *options, "--model", str(place / "run/sft/model")) == 2
    assert "0 good answers" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("section", "options", "message"),
    [
        ("kto", {"pairs": "given"}, "pairs must be sampled or dataset, got 'given'"),
        ("kto", {"task": "distill"}, "pairs: those of the dataset need task: preference"),
        (
            "kto",
            {"per_device_train_batch_size": 1},
            "per_device_train_batch_size must be at least 2",
        ),
        ("kto", {"loss_type": "sigmoid"}, "sigmoid"),
        ("kto", {"threshold": 0.5}, "threshold has no effect on pairs of the dataset"),
        ("sampled", {"threshold": "nan"}, "threshold must be a finite number, got nan"),
        ("sampled", {"samples": 0}, "samples must be at least 1, got 0"),
        ("sampled", {"reward_transform": "par"}, "par compares with samples of the start model"),
        ("sampled", {"reward_constraints": "[lower_case=0.9]"}, "a weight that moves in training"),
        ("rloo", {"reward_constraints": "{lower_case: 0.9}"}, "reward_constraints is a list"),
        ("rloo", {"reward_constraints": "[correct=0.9]"}, "correct cannot be a constraint"),
        ("rloo", {"reward_constraints": "[lower]"}, "unknown reward 'lower'"),
        (
            "rloo",
            {"reward_constraints": "[lower_case=most]"},
            "'lower_case=most' ends in no number",
        ),
        ("rloo", {"reward_constraints": "[lower_case=2]"}, "above 0 and at most 1, got 2.0"),
        ("rloo", {"rewards": "[logik]"}, "unknown reward 'logik'"),
        ("rloo", {"label_weight": 1.0}, "label_weight"),
        ("rloo", {"mask_truncated_completions": True}, "set it to false, or stop to []"),
        ("rloo", {"use_transformers_continuous_batching": True}, "set stop to [] and grammar to"),
        ("rloo", {"num_generations": 1}, "at least 2"),
    ],
)
def test_wrong_values_are_refused_before_any_work(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    section: str,
    options: dict[str, Any],
    message: str,
) -> None:
    (tmp_path / "run.yaml").write_text(CONFIG.format(output_dir=tmp_path / "run"))
    words = [word for key, value in options.items() for word in (f"--{section}.{key}", str(value))]
    assert run.check(["--config", str(tmp_path / "run.yaml"), *words]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "run").exists()

"""DPO, RPO, RAFT and SuperHF: what they learn from, killed and continued, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

pytest.importorskip("trl")

import torch
from datasets import Dataset

from alignment import rewards
from alignment.objective.divergence import kl_divergence
from pipelines.cli import main
from pipelines.commands import run
from pipelines.config.load import load_run
from pipelines.config.resolve import section_config
from pipelines.rundir.files import read_jsonl
from pipelines.stages import dpo, raft, sgrpo
from pipelines.training import rollouts

CONFIG = """\
output_dir: {output_dir}
seed: 3
backend: transformers
sft:
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
  bf16: false
  gradient_checkpointing: false
  logging_steps: 1
dpo:
  like: sft
  start: sft
  rewards: [letters]
  train_size: 10
  samples: 3
  batch_size: 4
  max_tokens: 8
  max_steps: 4
  per_device_train_batch_size: 4
  save_steps: 2
rpo:
  stage: dpo
  like: dpo
  start: sft
  rewards: [logic]
  threshold: 0.5
  loss_type: [sigmoid, sft]
  loss_weights: [1.0, 0.5]
  lora_r: 4
raft:
  like: dpo
  start: sft
  rounds: 2
  kl_weight: 0.1
online:
  stage: dpo
  like: dpo
  start: sft
  rounds: 2
hardest:
  stage: sgrpo
  like: dpo
  start: sft
  num_generations: 2
  max_completion_length: 8
  max_steps: 1
  order: hard_first
  shuffle_dataset: false
evaluate:
  size: 4
  samples: 0
  grammar: none
  max_tokens: 4
"""


@rewards.register("letters")
def letters(prompts: Any, completions: list[str], **columns: Any) -> list[float | None]:
    """A reward that tells apart what an untrained model writes: how many different characters there are."""
    return [len(set(text)) / 100 for text in completions]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run directory with the config beside it, in which SFT is done."""
    place = tmp_path_factory.mktemp("rivals")
    (place / "run.yaml").write_text(CONFIG.format(output_dir=place / "run"))
    assert folalign("sft", place) == 0
    return place


def folalign(stage: str, folder: Path, *options: str) -> int:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return main([stage, "--config", str(folder / "run.yaml"), *options])
    finally:
        torch.set_num_threads(threads)


def result(folder: Path, section: str) -> dict[str, Any]:
    return json.loads((folder / "run" / section / "metrics.json").read_text())


def killed_after(monkeypatch: pytest.MonkeyPatch, batches: int) -> None:
    """Let sampling end with an interrupt after some batches have been written."""
    from alignment.sampling import TransformersSampler

    sample, calls = TransformersSampler.sample, iter(range(batches))

    def broken(self: Any, *words: Any, **settings: Any) -> list[list[str]]:
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return sample(self, *words, **settings)

    monkeypatch.setattr(TransformersSampler, "sample", broken)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("section", "batches"), [("dpo", 2), ("raft", 3), ("online", 3)])
def test_killed_while_sampling_ends_with_the_same_result(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, section: str, batches: int
) -> None:
    stage = "raft" if section == "raft" else "dpo"
    assert folalign(stage, folder, "--section", section) == 0
    (folder / "run" / section).rename(tmp_path / "peace")
    with monkeypatch.context() as patch:
        killed_after(patch, batches)
        assert folalign(stage, folder, "--section", section) == 130
    again = folder / "run" / section
    if (
        section != "dpo"
    ):  # the second round was cut off: its rows as far as they were sampled, the first one's model
        assert len(read_jsonl(again / "rounds" / "1.jsonl")) == 5
        assert len(read_jsonl(again / "rounds" / "2.jsonl")) == 4
        assert [path.name for path in (again / "checkpoints").glob("checkpoint-*")] == [
            "checkpoint-2"
        ]
    else:
        with (again / "samples.jsonl").open("a") as stream:
            stream.write('{"completions": ["cut o')
        assert len(read_jsonl(again / "samples.jsonl")) == 8
    assert folalign(stage, folder, "--section", section) == 0
    assert result(folder, section) == json.loads((tmp_path / "peace" / "metrics.json").read_text())
    weights = "model/model.safetensors"
    assert (again / weights).read_bytes() == (tmp_path / "peace" / weights).read_bytes()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_before_the_model_is_written_makes_no_further_step(
    folder: Path, tmp_path: Path
) -> None:
    options = ("--section", "rpo", "--output_dir", str(tmp_path))
    options += ("--model", str(folder / "run" / "sft" / "model"))
    assert folalign("dpo", folder, *options) == 0
    section = tmp_path / "rpo"
    (section / "model").rename(tmp_path / "model")
    expected = (section / "metrics.json").read_text()
    record = json.loads((section / "manifest.json").read_text())
    (section / "manifest.json").write_text(json.dumps(record | {"status": "running"}))
    assert folalign("dpo", folder, *options) == 0
    assert (section / "metrics.json").read_text() == expected
    weights = "model/model.safetensors"
    assert (section / weights).read_bytes() == (tmp_path / weights).read_bytes()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_rpo_with_lora_learns_the_reference_where_no_sample_is_good(folder: Path) -> None:
    assert folalign("dpo", folder, "--section", "rpo") == 0
    found = result(folder, "rpo")
    assert (found["pairs"], found["reference_chosen"], found["without_a_gap"]) == (10, 10, 0)
    model = folder / "run" / "rpo" / "model"
    assert (model / "model.safetensors").exists() and not list(model.glob("adapter*"))
    adapter = folder / "run" / "rpo" / "adapter"
    assert {file.name for file in adapter.iterdir()} == {
        "adapter_config.json",
        "adapter_model.safetensors",
    }
    assert (model / "model.safetensors").read_bytes() != (
        folder / "run" / "sft" / "model" / "model.safetensors"
    ).read_bytes()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_hardest_prompts_first(folder: Path) -> None:
    assert folalign("sgrpo", folder, "--section", "hardest") == 0
    scores = [
        row["scores"][0] for row in read_jsonl(folder / "run" / "hardest" / "difficulty.jsonl")
    ]
    assert len(scores) == 10 and all(0 <= score <= 1 for score in scores)
    first = json.loads((folder / "run" / "hardest" / "samples.jsonl").read_text().splitlines()[0])[
        "prompt"
    ]
    from pipelines.config.corpus import load_training_rows

    rows = load_training_rows(
        section_config(load_run(["--config", str(folder / "run.yaml")]), "hardest"), quiet=True
    )
    assert scores[list(rows["prompt"]).index(first)] == min(scores)


ROWS = [{"prompt": f"p{i}", "completion": f"right {i}"} for i in range(4)]
SAMPLES = [
    {"completions": ["a", "b", "c"], "scores": [0.2, None, 1.0]},
    {"completions": ["a", "b"], "scores": [0.5, 0.5]},
    {"completions": ["a", "b"], "scores": [None, None]},
    {"completions": [], "scores": []},
]


def test_pairs_are_the_best_against_the_worst() -> None:
    pairs, counts = dpo.preferences(ROWS, SAMPLES, None)
    assert pairs == [{"prompt": "p0", "chosen": "c", "rejected": "a"}]
    assert counts == {"pairs": 1, "reference_chosen": 0, "without_a_gap": 1, "not_judged": 2}
    pairs, counts = dpo.preferences(ROWS, SAMPLES, 0.6)
    assert pairs[1] == {"prompt": "p1", "chosen": "right 1", "rejected": "a"}
    assert counts["reference_chosen"] == 1


def test_soft_labels_turn_a_pair_round_as_often_as_its_gap_says() -> None:
    samples = [{"completions": ["a", "c"], "scores": [0.2, 0.6]}] * 2000
    rows = Dataset.from_list([{"prompt": "p", "completion": "right"}] * 2000)
    pairs, counts = dpo.preferences(rows, samples, None, Random(0))
    assert counts["turned_round"] == sum(pair["chosen"] == "a" for pair in pairs)
    assert 0.27 < counts["turned_round"] / 2000 < 0.33  # (1 - 0.4) / 2
    sure = [{"completions": ["a", "c"], "scores": [0.0, 1.0]}] * 2000
    assert dpo.preferences(rows, sure, None, Random(0))[1]["turned_round"] == 0


def test_rewards_are_handed_messages_where_prompts_are_messages() -> None:
    def seen(prompts: Any, completions: Any, **columns: Any) -> list[float | None]:
        assert prompts == [[{"role": "user", "content": "Who is calm?"}]] * 2
        assert completions == [[{"role": "assistant", "content": text}] for text in ("a", "b")]
        return [0.0, 1.0]

    rows = Dataset.from_list(
        [
            {
                "prompt": [{"role": "user", "content": "Who is calm?"}],
                "completion": [{"role": "assistant", "content": "Anna is calm."}],
                "reference": "Anna is calm.",
            }
        ]
    )
    assert rollouts.score(seen, rows, [["a", "b"]]) == [0.0, 1.0]


def test_rows_that_were_not_judged_are_not_taken_for_the_hardest() -> None:
    scores: list[list[float | None]] = [[None], [0.3], [], [0.1]]
    assert sorted(range(4), key=lambda row: sgrpo.ease_of(scores[row])) == [3, 1, 0, 2]


def test_the_best_samples_are_kept() -> None:
    kept = [row["completion"] for row in raft.best(ROWS, SAMPLES, None)]
    assert kept == ["c", "a"]
    assert [row["completion"] for row in raft.best(ROWS, SAMPLES, 0.6)] == ["c"]


def test_kl_divergence_is_exact() -> None:
    policy, anchor = torch.randn(2, 3, 5), torch.randn(2, 3, 5)
    expected = torch.distributions.kl_divergence(
        torch.distributions.Categorical(logits=policy),
        torch.distributions.Categorical(logits=anchor),
    )
    assert torch.allclose(kl_divergence(policy, anchor), expected, atol=1e-6)
    assert kl_divergence(policy, policy).abs().max() == 0


@pytest.mark.parametrize(
    ("section", "options", "message"),
    [
        ("dpo", {"samples": 1}, "samples must be at least 2 to make a pair, got 1"),
        ("dpo", {"temperature": 0}, "temperature must be above 0 and finite, got 0"),
        ("dpo", {"top_p": 0}, "top_p must be above 0 and at most 1, got 0"),
        ("dpo", {"rewards": "[logik]"}, "unknown reward 'logik'"),
        ("dpo", {"batch_size": 0}, "batch_size must be at least 1, got 0"),
        ("online", {"rounds": 5}, "max_steps at least rounds, got 5 and 4"),
        (
            "online",
            {"soft_labels": True, "rewards": "[logic, readable]"},
            "soft_labels needs rewards",
        ),
        (
            "online",
            {"pairs": "dataset", "rounds": 1, "soft_labels": True},
            "soft_labels has no effect on pairs of the dataset",
        ),
        ("online", {"lora_r": 4}, "lora_r: rounds train all weights"),
        ("online", {"pairs": "dataset"}, "rounds have no effect on pairs of the dataset"),
        (
            "online",
            {"pairs": "dataset", "rounds": 1},
            "need task: preference, got none",
        ),
        ("dpo", {"pairs": "given"}, "pairs must be sampled or dataset, got 'given'"),
        ("dpo", {"loss_type": "[sigmoit]"}, "sigmoit"),
        ("raft", {"rounds": 5}, "max_steps at least rounds, got 5 and 4"),
        ("raft", {"kl_weight": -1}, "kl_weight must be a finite number of at least 0, got -1.0"),
        ("raft", {"lora_r": 4}, "lora_r: rounds train all weights"),
        ("hardest", {"shuffle_dataset": "true"}, "order: hard_first needs shuffle_dataset: false"),
        (
            "rpo",
            {"loss_weights": "[1.0]"},
            "`loss_weights` must have the same length as `loss_type`",
        ),
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

"""Every task's stages on a very small model: preference from its own translator on, correction, mt, entailment."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from test_tasks_judge import Judge

pytest.importorskip("trl")

import torch

import data
from alignment.preference import counts
from alignment.preference.translator import Translator
from alignment.rewards.preference import PreferenceReward
from pipelines.cli import main
from pipelines.stages.answers import STAGE as ANSWERS
from pipelines.stages.evaluate import STAGE as EVALUATE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
TRAINED = """\
  max_steps: {steps}
  per_device_train_batch_size: 8
  learning_rate: 1.0e-2
  lr_scheduler_type: linear
  bf16: false
  gradient_checkpointing: false
  logging_steps: 1
  save_steps: 2
  save_total_limit: 2
"""
TINY = "  model: tiny\n  hidden_size: 64\n  heads: 2\n  kv_heads: 1\n  layers: 1\n  ffn_size: 96\n  vocab_size: 400\n"
GRPO = "  num_generations: 4\n  max_completion_length: 16\n  beta: 0.01\n  temperature: 1.0\n"
CONFIG = f"""\
output_dir: OUTPUT
seed: 3
backend: transformers
distill:
  stage: sft
  dataset: jsonl
  dataset_path: FOLDER/distill
  task: distill
  base: base-translator
{TINY}{TRAINED.format(steps=60)}
sft:
  dataset: jsonl
  dataset_path: FOLDER/preference
  task: preference
  chat: true
{TINY}{TRAINED.format(steps=12)}
sgrpo:
  start: sft
  dataset: jsonl
  dataset_path: FOLDER/preference
  task: preference
  chat: true
  train_split: train
  rewards: [preference]
  reward_settings: {{preference: {{translator: distill, max_tokens: 24}}}}
{GRPO}{TRAINED.format(steps=4)}
answers:
  dataset: jsonl
  dataset_path: FOLDER/preference
  task: preference
  chat: true
  split: train
  sections: [sft, sgrpo]
  translator: distill
  formula_tokens: 24
  baseline: sft
  max_tokens: 16
correction:
  stage: sft
  dataset: synthetic
  task: correct
  train_size: 16
  base: base-correction
{TINY}{TRAINED.format(steps=2)}
corrected:
  stage: sgrpo
  start: correction
  dataset: synthetic
  task: correct
  train_size: 8
  rewards: [correct]
{GRPO}{TRAINED.format(steps=2)}
speak:
  stage: sft
  dataset: mt-synthetic
  task: mt
  train_size: 16
  base: base-mt
{TINY}{TRAINED.format(steps=2)}
spoken:
  stage: sgrpo
  start: speak
  dataset: mt-synthetic
  task: mt
  train_size: 8
  rewards: [mt]
{GRPO}{TRAINED.format(steps=2)}
mt:
  size: 12
  max_tokens: 16
entail:
  size: 6
  max_tokens: 24
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run directory with the translator, an SFT model and an S-GRPO model of eight conversations."""
    place = tmp_path_factory.mktemp("tasks")
    rows = data.load("preference-synthetic", split="train", size=8).rows
    assert {len(row.prompt) for row in rows} == {1, 3}  # single turns and several
    known = [(row.chosen, row.chosen_formula) for row in rows] + [
        (row.rejected, row.rejected_formula) for row in rows
    ]
    files = {
        "preference": [row.to_dict() for row in rows],
        "distill": [{"passage": a, "formula": b} for a, b in known],
    }
    for name, lines in files.items():
        (place / name).mkdir()
        (place / name / "train.jsonl").write_text(
            "".join(json.dumps(line) + "\n" for line in lines)
        )
    (place / "run.yaml").write_text(
        CONFIG.replace("OUTPUT", str(place / "run")).replace("FOLDER", str(place))
    )
    for section in ("distill", "sft", "sgrpo"):
        assert stage(place, "sgrpo" if section == "sgrpo" else "sft", section) == 0
    return place


def stage(folder: Path, name: str, section: str, *options: str) -> int:
    """One section in this process; importing takes longer than training."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return main([name, "--config", str(folder / "run.yaml"), "--section", section, *options])
    finally:
        torch.set_num_threads(threads)


def metrics(folder: Path, *parts: str) -> dict[str, Any]:
    return json.loads(folder.joinpath("run", *parts, "metrics.json").read_text())


def test_the_translator_is_frozen_cheap_and_the_same_every_time(folder: Path) -> None:
    passages = [
        row["passage"] for row in map(json.loads, (folder / "distill" / "train.jsonl").open())
    ]
    before = torch.random.get_rng_state()
    translator = Translator(folder / "run" / "distill" / "model", max_tokens=24, batch_size=5)
    first = translator.answers([*passages, "", "  ", "word " * 600, passages[0]])
    assert torch.equal(before, torch.random.get_rng_state())
    assert first[-1] == first[0] and first[-4:-1] == ["", "", ""]
    assert translator.asked == len(set(passages))
    assert translator.answers(passages) == first[: len(passages)] and translator.asked == len(
        set(passages)
    )
    model = translator._sampler._model
    assert not model.training and not any(
        parameter.requires_grad for parameter in model.parameters()
    )
    other = Translator(folder / "run" / "distill" / "model", max_tokens=24, cache=2)
    assert other.answers(passages) == first[: len(passages)] and len(other._known) == 2
    assert sum(answer.formula is not None for answer in other.read(passages)) > len(passages) // 2
    with pytest.raises(ValueError, match="no field"):
        Translator(folder / "run" / "distill" / "model", prompt="no field")
    translator.close()


def test_preference_trains_with_the_translator_and_resumes_to_the_same_result(folder: Path) -> None:
    found = metrics(folder, "sgrpo")
    shares = [
        found[f"rewards/preference/{name}"]
        for name in ("equivalent", "wrong", "unreadable", "no_answer")
    ]
    assert sum(shares) + found["rewards/preference/not_judged"] == pytest.approx(1.0)
    manifest = json.loads((folder / "run" / "sgrpo" / "manifest.json").read_text())
    assert "translator of preference" in manifest["inputs"]
    again = folder / "again"
    for section in ("distill", "sft", "sgrpo"):
        shutil.copytree(folder / "run" / section, again / section)
    own = again / "sgrpo"
    (own / "manifest.json").write_text(json.dumps(manifest | {"status": "running"}))
    shutil.rmtree(own / "checkpoints" / "checkpoint-4")
    shutil.rmtree(own / "model")
    assert stage(folder, "sgrpo", "sgrpo", "--output_dir", str(again)) == 0
    assert json.loads((own / "metrics.json").read_text()) == found


def test_answers_are_judged_by_logic_by_bleu_and_by_a_judge(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judge = Judge()
    models = [f"{name}={folder / 'run' / name / 'model'}" for name in ("sgrpo", "sft")]
    options = ("--judge_url", judge.url, "--judge_model", "j", "--samples", "2", "--model", *models)
    assert stage(folder, "answers", "answers", *options) == 0
    sft, sgrpo = (metrics(folder, "answers", name) for name in ("sft", "sgrpo"))
    assert sft["judged_by"] == "translator"
    assert sgrpo["judged_by"] == "the translator that paid the reward"
    assert "by_score" not in sft and "by_judge" not in sft
    for kind in ("by_score", "by_judge"):
        assert sum(sgrpo[kind][name] for name in ("win", "lose", "tie")) == 8
    assert sgrpo["by_judge"]["prompt_tokens"] == 100 * len(judge.asked)
    for found in (sft, sgrpo):
        for part in (found, found["sampled"]):
            assert sum(part[name] for name in counts([])) == pytest.approx(1.0)
        assert (found["items"], found["sampled"]["items"]) == (8, 16)
        assert 0.0 <= found["bleu"] <= 1.0 and found["translator"] > 0.4
    assert all(
        len(json.loads(line)["sampled"]) == 2
        for line in (folder / "run/answers/sft/answers.jsonl").open()
    )
    assert "logically equivalent to the preferred answer" in capsys.readouterr().out
    rows = [json.loads(line) for line in (folder / "run/answers/sgrpo/samples.jsonl").open()]
    assert [row["prompt"] for row in rows] == [
        json.loads(line)["prompt"][-1]["content"]
        for line in (folder / "preference/train.jsonl").open()
    ]
    ANSWERS.table({"sft": sft, "sgrpo": sgrpo})
    judge.asked.clear()
    assert stage(folder, "answers", "answers", *options) == 0 and not judge.asked  # finished
    assert (
        stage(
            folder,
            "answers",
            "answers",
            "--baseline",
            "nobody",
            "--output_dir",
            str(folder / "x"),
            *options,
        )
        == 2
    )
    assert "judge the model 'nobody' in this section first" in capsys.readouterr().err
    judge.server.shutdown()
    judge.server.server_close()


def test_probes_do_not_pay_with_a_trained_translator(folder: Path) -> None:
    rows = data.load("preference-synthetic", split="train", size=8).rows
    reward = PreferenceReward(str(folder / "run" / "distill" / "model"), max_tokens=24)
    prompts = [
        [{"role": turn.role, "content": turn.content} for turn in row.prompt] for row in rows
    ]
    chosen = [row.chosen for row in rows]
    paid = [value for value in reward(prompts, chosen, reference=chosen) if value is not None]
    assert paid and set(paid) == {1.0}
    for probe in ([""] * 8, [row.prompt[-1].content for row in rows], [f"{text} " * 30 for text in chosen],
                  [row.chosen_formula for row in rows]):  # fmt: skip
        assert {
            value for value in reward(prompts, probe, reference=chosen) if value is not None
        } == {-0.5}


def test_correction_mt_and_entailment_run_through_their_stages(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, section in (
        ("sft", "correction"),
        ("sgrpo", "corrected"),
        ("sft", "speak"),
        ("sgrpo", "spoken"),
    ):
        assert stage(folder, name, section) == 0
    assert -1.0 <= metrics(folder, "corrected")["rewards/correct/mean"] <= 1.0
    assert 0.0 <= metrics(folder, "spoken")["rewards/mt/mean"] <= 1.0
    model = str(folder / "run" / "correction" / "model")
    evaluate = [
        "--dataset",
        "synthetic",
        "--task",
        "correct",
        "--size",
        "4",
        "--samples",
        "0",
        "--grammar",
        "none",
    ]
    assert (
        main(
            [
                "evaluate",
                "--model",
                model,
                "--output_dir",
                str(folder / "run"),
                "--max_tokens",
                "8",
                *evaluate,
            ]
        )
        == 0
    )
    corrected = metrics(folder, "evaluate", "correction")
    before = corrected["score_of_wrong"]
    assert 0.0 < before < 1.0
    assert f"of the wrong formulas {before:.3f}" in " ".join(capsys.readouterr().out.split())
    assert f"mean score of the wrong formulas {before:.3f}" in str(
        EVALUATE.table({"correction": corrected}).title
    )
    assert stage(folder, "mt", "mt", "--model", str(folder / "run" / "spoken" / "model")) == 0
    found = metrics(folder, "mt", "spoken")
    assert set(found["directions"]) == {"en-qfo", "qfo-en"} and found["items"] == 12
    assert stage(folder, "entail", "entail", "--model", model) == 0
    found = metrics(folder, "entail", "correction")
    assert found["items"] == 6 and found["gold_accuracy"] == 1.0
    assert found["judged"] + found["not_judged"] == 6
    assert "labels proved" in capsys.readouterr().out
    answers_file = str(folder / "run" / "entail" / "correction" / "samples.jsonl")
    options = ["--split", "test", "--size", "6", "--predictions", answers_file, "--json"]
    assert main(["data", "entail", "entail-synthetic", *options]) == 0
    again = json.loads(capsys.readouterr().out)["test"]
    assert (again["judged"], again["accuracy"]) == (found["judged"], found["accuracy"])

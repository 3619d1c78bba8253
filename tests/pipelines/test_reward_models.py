"""Reward models: trained on pairs, used as rewards, alone and as ensembles, and kept out of where policies belong."""

from __future__ import annotations

import json
import pickle
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl")

import torch
from alignment_tiny import build_tiny
from datasets import Dataset
from safetensors.torch import load_file, save_file

import data
from alignment import rewards
from alignment.preference import ExactReader
from alignment.preference.features import NAMES
from alignment.rewards.learned.inputs import answered, encoded, with_preferred
from pipelines.cli import main
from pipelines.config.arguments import AnswersArguments
from pipelines.config.corpus import load_training_rows
from pipelines.config.light.reward import RewardModelArguments
from pipelines.config.load import load_run, load_stage
from pipelines.config.resolve import section_settings
from pipelines.config.sections import models_to_judge
from pipelines.errors import UsageError
from pipelines.judging.models import _writes, models_of
from pipelines.stages import reward

CONFIG = """\
output_dir: {place}/run
dataset: preference-synthetic
task: preference
reward:
  train_size: 24
  model: tiny
  hidden_size: 64
  heads: 2
  kv_heads: 1
  layers: 1
  ffn_size: 64
  vocab_size: 300
  max_steps: 3
  per_device_train_batch_size: 8
  learning_rate: 5.0e-3
  use_cpu: true
  gradient_checkpointing: false
  logging_steps: 1
  save_steps: 2
other:
  stage: reward
  like: reward
  start: base
  seed: 5
  with_reference: true
  flipped: 0.25
weights:
  stage: reward
  like: reward
  train_size: 160
  start: base
  features: true
sgrpo:
  rewards: [reward_model]
  reward_settings: {{reward_model: {{models: [reward, other], ensemble: min}}}}
dpo:
  start: base
  like: reward
  pairs: dataset
answers: {{}}
"""
PROMPTS = ["Who is calm?", "Who is calm?", "Who sleeps?"]
ANSWERS = [" Anna is calm.", " Bob is calm.", " Anna sleeps and Bob is not a cat."]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reward")
    (folder / "run.yaml").write_text(CONFIG.format(place=folder))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    for stage, section in (("reward", "reward"), ("reward", "other"), ("dpo", "dpo")):
        assert main([stage, "--config", str(folder / "run.yaml"), "--section", section]) == 0
    torch.set_num_threads(threads)
    return folder


def model(place: Path, section: str = "reward") -> str:
    return str(place / "run" / section / "model")


def test_a_reward_model_is_trained_by_pairs(place: Path) -> None:
    metrics = json.loads((place / "run" / "other" / "metrics.json").read_text())
    assert (metrics["updates"], metrics["pairs"], metrics["flipped_pairs"]) == (3, 24, 6)
    assert 0.0 <= metrics["accuracy"] <= 1.0
    config = json.loads((place / "run" / "other" / "model" / "config.json").read_text())
    assert config["architectures"] == ["Qwen3ForSequenceClassification"]
    assert config["reads_reference"] is True


def test_it_is_a_reward_and_batches_do_not_matter(place: Path) -> None:
    one = rewards.get("reward_model", models=[model(place)], batch_size=1)
    before = torch.random.get_rng_state()
    paid = one(PROMPTS, ANSWERS)
    assert torch.equal(before, torch.random.get_rng_state())
    assert paid == pytest.approx(
        rewards.get("reward_model", models=[model(place)])(PROMPTS, ANSWERS), abs=1e-5
    )
    assert len(set(paid)) == 3
    assert pickle.loads(pickle.dumps(one))(PROMPTS, ANSWERS) == pytest.approx(paid, abs=1e-5)
    chat = [[{"role": "user", "content": prompt}] for prompt in PROMPTS]
    texts = [[{"role": "assistant", "content": text}] for text in ANSWERS]
    assert None not in one(chat, texts)
    assert not rewards.is_rate("reward_model")


def test_ensembles(place: Path) -> None:
    models = [model(place), model(place, "other")]
    reference = ["Anna is calm."] * 3
    each = [
        rewards.get("reward_model", models=[name])(PROMPTS, ANSWERS, reference=reference)
        for name in models
    ]

    def together(**settings: Any) -> list[float | None]:
        ensemble = rewards.get("reward_model", models=models, **settings)
        return ensemble(PROMPTS, ANSWERS, reference=reference)

    pairs = list(zip(*each, strict=True))
    assert together() == pytest.approx([(a + b) / 2 for a, b in pairs], abs=1e-5)
    assert together(ensemble="min") == pytest.approx([min(pair) for pair in pairs], abs=1e-5)
    careful = [(a + b) / 2 - 2.0 * ((a - b) / 2) ** 2 for a, b in pairs]
    found = together(ensemble="mean_minus_variance", variance_weight=2.0)
    assert found == pytest.approx(careful, abs=1e-5)
    mixed = [0.25 * (a + b) / 2 + 0.75 * min(a, b) for a, b in pairs]
    assert together(ensemble="mean_and_min", mean_share=0.25) == pytest.approx(mixed, abs=1e-5)


def test_models_of_an_ensemble_vote_in_the_ranking(place: Path, tmp_path: Path) -> None:
    settings = {"both": {"models": [model(place), model(place, "other")]}}
    command = ["rank", "--scorers", "longest", "both=reward_model", "--size", "12"]
    words = ["--settings", json.dumps(settings), "--output", str(tmp_path)]
    assert main([*command, *words]) == 0
    votes = json.loads((tmp_path / "rank.json").read_text())["votes"]
    assert set(votes) == {"both"} and 0.0 <= votes["both"]["brier"] <= 1.0


def test_one_that_reads_the_preferred_answer_needs_it(place: Path) -> None:
    judge = rewards.get("reward_model", models=[model(place, "other")])
    with pytest.raises(rewards.RewardSettingError, match="there is no column 'reference'"):
        judge(PROMPTS, ANSWERS)
    paid = [judge(PROMPTS[:1], ANSWERS[:1], reference=[text]) for text in ("Bob.", "Anna is calm.")]
    assert paid[0] != paid[1]


def test_a_row_without_a_preferred_answer_is_not_judged_by_one_that_reads_it(place: Path) -> None:
    both = rewards.get("reward_model", models=[model(place), model(place, "other")])
    paid = both(PROMPTS[:2], ANSWERS[:2], reference=["Anna is calm.", None])
    assert paid[0] is not None and paid[1] is None
    alone = rewards.get("reward_model", models=[model(place)])
    assert None not in alone(PROMPTS[:1], ANSWERS[:1], reference=[None])


def test_what_is_no_reward_model_scores_nothing(place: Path, tmp_path: Path) -> None:
    """A model that writes has no head, and random numbers would score in its place."""
    headless, short = tmp_path / "headless", tmp_path / "short"
    for folder in (headless, short):
        shutil.copytree(model(place), folder)
    weights = load_file(headless / "model.safetensors")
    del weights["score.weight"]
    save_file(weights, headless / "model.safetensors", {"format": "pt"})
    file = short / "model.safetensors"
    file.write_bytes(file.read_bytes()[:2000])
    for folder, message in (
        (headless, "is no reward model: it lacks score.weight"),
        (short, "cannot be loaded"),
        (place / "run" / "base" / "model", "lacks score.weight"),
    ):
        with pytest.raises(rewards.RewardSettingError, match=message):
            rewards.get("reward_model", models=[str(folder)])(["p"], ["a"])
    with pytest.raises(rewards.RewardSettingError, match="device 'gpuu'"):
        rewards.get("reward_model", models=[model(place)], device="gpuu")(["p"], ["a"])


def test_a_tokenizer_without_an_end_of_text() -> None:
    class Bare:
        eos_token = None

        def __call__(self, text: str) -> dict[str, list[int]]:
            return {"input_ids": list(text.encode())}

    assert encoded(Bare(), "Yes.") == list(b"Yes.")


def test_policies_neither_start_from_nor_are_judged_beside_it(place: Path) -> None:
    run = load_run(["--config", str(place / "run.yaml")])
    settings = section_settings(run, "sgrpo")
    assert settings["model"].value == "tiny" and "start" not in settings
    assert set(models_to_judge(run, "answers")) == {"base", "sgrpo", "dpo"}

    assert set(models_of(AnswersArguments(output_dir=str(place / "run")))) == {"base", "dpo"}


def test_models_of_one_data_seed_have_the_same_rows(place: Path) -> None:
    def prompts(*options: str) -> list[Any]:
        argv = ["--config", str(place / "run.yaml"), "--section", "reward", *options]
        return load_training_rows(load_stage("reward", argv), quiet=True)["prompt"][:]

    first = prompts("--seed", "1")
    assert prompts("--seed", "2") != first  # a made data set draws its rows by the seed
    assert prompts("--seed", "2", "--data_seed", "1") == first


def test_pairs_margins_and_flips() -> None:
    rows = data.load("preference-synthetic", split="train", size=20).to_dataset()
    options = RewardModelArguments(all_rejected=True)
    pairs = list(reward.pairs_of(rows, options))
    assert len(pairs) == 20 + sum(map(len, rows["more_rejected"]))
    pairs = list(reward.pairs_of(rows, RewardModelArguments(margins=True)))
    assert all(0.0 < pair["margin"] <= 1.0 for pair in pairs)
    chosen = [pair["chosen"] for pair in pairs]
    assert reward.flip(pairs, 0.3, seed=1) == 6
    assert sum(pair["chosen"] != text for pair, text in zip(pairs, chosen, strict=True)) == 6
    shown = next(reward.pairs_of(rows, RewardModelArguments(with_reference=True)))
    assert shown["prompt"] == with_preferred(rows[0]["prompt"], rows[0]["chosen"])
    bare = Dataset.from_list([dict(rows[0]) | {"chosen_formula": ""}])
    with pytest.raises(UsageError, match="no formulas"):
        list(reward.pairs_of(bare, RewardModelArguments(margins=True)))
    assert answered("Who?", "Anna.") == answered("Who?", " Anna.") == "Who? Anna."


def test_dpo_on_given_pairs_and_the_reward_that_it_implies(
    place: Path, capsys: Any, tmp_path: Path
) -> None:
    metrics = json.loads((place / "run" / "dpo" / "metrics.json").read_text())
    assert (metrics["updates"], metrics["pairs"]) == (3, 24)
    assert not (place / "run" / "dpo" / "samples.jsonl").exists()

    start = str(place / "run" / "base" / "model")
    judge = rewards.get("implicit", model=model(place, "dpo"), start=start)
    paid = judge(PROMPTS, ANSWERS)
    assert len(set(paid)) == 3 and all(abs(value) > 1e-6 for value in paid)
    assert rewards.get("implicit", model=start, start=start)(PROMPTS, ANSWERS) == [0.0] * 3
    alone = rewards.get("implicit", model=model(place, "dpo"), start=start, batch_size=1)
    assert alone(PROMPTS, ANSWERS) == pytest.approx(paid, abs=1e-5)
    twice = rewards.get("implicit", model=model(place, "dpo"), start=start, beta=0.2)
    assert twice(PROMPTS, ANSWERS) == pytest.approx([2 * value for value in paid], abs=1e-5)
    rows = data.load("preference-synthetic", split="train", size=24).to_dataset()
    leads = [
        one - two
        for one, two in zip(
            judge(rows["prompt"], rows["chosen"]),
            judge(rows["prompt"], rows["rejected"]),
            strict=True,
        )
    ]
    assert any(lead > 0 for lead in leads)
    assert judge(["Who? " * 2000], ["Anna."]) == [None]
    other = build_tiny(tmp_path / "other")
    for settings, message in (
        ({"beta": 0.0}, "beta must be above 0"),
        ({"start": "/no"}, "/no"),
        ({"start": str(other)}, "have other tokens"),
    ):
        with pytest.raises(rewards.RewardSettingError, match=message):
            rewards.get("implicit", **{"model": start, "start": start} | settings)(["p"], ["a"])

    command = ["dpo", "--config", str(place / "run.yaml"), "--section", "dpo"]
    for options, message in (
        (["--pairs", "none"], "pairs must be sampled or dataset"),
        (["--threshold", "0.5"], "threshold has no effect on pairs of the dataset"),
        (["--task", "distill"], "need task: preference, got distill"),
    ):
        assert main([*command, *options]) == 2
        assert message in capsys.readouterr().err


class Exact(ExactReader):
    """In the place of a translator, which a test has no time to train."""

    def __init__(self, model: str, **settings: Any) -> None:
        read = data.exact_reader("preference-synthetic")
        assert read is not None
        super().__init__(read)


def test_weights_of_the_judges_features(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alignment.preference.translator.Translator", Exact)
    command = ["reward", "--config", str(place / "run.yaml"), "--section", "weights"]
    assert main(command) == 0
    metrics = json.loads((place / "run" / "weights" / "metrics.json").read_text())
    assert metrics["pairs"] == metrics["pairs_judged"] == 160 and metrics["accuracy"] == 1.0
    assert not _writes(place / "run" / "weights" / "model")

    saved = json.loads((place / "run" / "weights" / "model" / "features.json").read_text())
    assert saved["translator"] == "../../base/model"  # so that a run can be moved
    assert list(saved["weights"]) == list(NAMES)
    assert saved["weights"]["equivalent"] > 0 > saved["weights"]["contradictory"]

    rows = data.load("preference-synthetic", split="test", size=24).to_dataset()
    judge = rewards.get("reward_model", models=[model(place, "weights")])
    columns = {"reference": rows["chosen"]}
    ours = judge(rows["prompt"], rows["chosen"], **columns)
    theirs = judge(rows["prompt"], rows["rejected"], **columns)
    assert all(one > two for one, two in zip(ours, theirs, strict=True))
    unread = judge(PROMPTS[:1], ["Anna."], reference=["Nothing at all."])
    assert unread == [None]
    both = rewards.get("reward_model", models=[model(place, "weights"), model(place)])
    assert both(PROMPTS[:1], ["Anna."], reference=["Nothing at all."]) == [None]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"weights": {}}', "no weights of the judge's features"),
        ("[" * 100_000, "no weights of the judge's features"),
        ({"weight": float("nan")}, "weights must be finite numbers"),
        ({"weight": 10**400}, "no weights of the judge's features"),
        ({"translator": ""}, "translator must name a model, got ''"),
        ({"translator": None}, "translator must name a model, got None"),
        ({"translator": "../../gone"}, "its translator ../../gone is not there"),
    ],
)
def test_weights_that_are_damaged_are_refused(tmp_path: Path, content: Any, message: str) -> None:
    if isinstance(content, dict):
        weights = dict.fromkeys(NAMES, content.get("weight", 0.0))
        content = json.dumps({"weights": weights, "translator": content.get("translator", "tiny")})
    (tmp_path / "features.json").write_text(content)
    with pytest.raises(rewards.RewardSettingError, match=re.escape(message)):
        rewards.get("reward_model", models=[str(tmp_path)])(["p"], ["a"], reference=["b"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--features", "true", "--margins", "true"], "margins has no effect on features"),
        (["--features", "true"], "features: start (or model) names the translator"),
        (["--flipped", "2"], "flipped must be between 0 and 1"),
        (["--task", "distill"], "task: a reward model learns from preferences"),
        (["--lora_r", "4"], "lora_r: the reward stage trains all weights"),
    ],
)
def test_wrong_options(place: Path, capsys: Any, options: list[str], message: str) -> None:
    command = ["reward", "--config", str(place / "run.yaml"), "--section", "reward"]
    assert main([*command, "--output_dir", str(place / "x"), *options]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"models": []}, "models names at least one model"),
        ({"models": ["x"], "mean_share": 2.0}, "mean_share must be between 0 and 1"),
        ({"models": ["x"], "variance_weight": -1.0}, "variance_weight must be a finite number"),
        ({"models": ["x"], "ensemble": "max"}, "'ensemble' of the reward 'reward_model'"),
    ],
)
def test_wrong_settings(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(rewards.RewardSettingError, match=message):
        rewards.get("reward_model", **settings)
    with pytest.raises(rewards.RewardSettingError, match="/none/such"):
        rewards.get("reward_model", models=["/none/such"])(["p"], ["a"])

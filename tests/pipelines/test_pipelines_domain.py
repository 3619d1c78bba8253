"""Training in a domain: rows, rewards, rollouts, evaluation and report in the counting domain, and the errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl")

import data
import logic
from alignment import rewards
from data.records import DataError
from pipelines import report
from pipelines.cli import main
from pipelines.config.corpus import load_rows, load_training_rows
from pipelines.config.load import load_run
from pipelines.config.parser import stage_config
from pipelines.config.resolve import section_config
from pipelines.config.settings import Setting
from pipelines.errors import UsageError
from pipelines.report.judge import Judge
from pipelines.rundir.directory import RunDir
from pipelines.training.rewards import build_reward

REFERENCE = "∃≥2 x (Cat(x) ∧ Sleeps(x))"
COUNTING = {"domain": Setting("counting", ""), "bf16": Setting(False, "")}
TRAINED = """\
  per_device_train_batch_size: 8
  learning_rate: 1.0e-2
  bf16: false
  gradient_checkpointing: false
  logging_steps: 1
  save_strategy: "no"
"""
CONFIG = f"""\
output_dir: run
seed: 3
backend: transformers
dataset: jsonl
dataset_path: corpus
domain: counting
sft:
{TRAINED}\
  hidden_size: 64
  heads: 2
  kv_heads: 1
  layers: 1
  ffn_size: 64
  vocab_size: 320
  max_steps: 40
sgrpo:
{TRAINED}\
  train_split: train
  rewards: [logic, readable]
  grammar: formula
  max_steps: 2
  num_generations: 4
  max_completion_length: 24
  beta: 0.0
evaluate:
  size: 8
  samples: 0
  max_tokens: 32
  grammar: signature
"""


@pytest.fixture
def corpus(in_temporary_folder: Path) -> Path:
    """A folder with 40 sentences in counting: 32 to train on, 8 to test; and the config beside it."""
    rows = [
        {
            "sentence": f"{words} {noun}s {verb}.",
            "formula": f"∃{sign} x ({noun.title()}(x) ∧ {verb.title()}s(x))",
        }
        for words, sign in (("At least 2", "≥2"), ("Exactly 3", "=3"))
        for noun in ("cat", "dog", "fox", "cow", "hen")
        for verb in ("sleep", "run", "bark", "eat")
    ]
    folder = in_temporary_folder / "corpus"
    folder.mkdir()
    for name, part in {
        "train": [row for i, row in enumerate(rows) if i % 5],
        "test": rows[::5],
    }.items():
        (folder / f"{name}.jsonl").write_text(
            "".join(json.dumps(row) + "\n" for row in part), encoding="utf-8"
        )
    Path("config.yaml").write_text(CONFIG, encoding="utf-8")
    return folder


def test_rows_load_and_are_audited_in_their_domain(corpus: Path) -> None:
    found = data.load("jsonl", split="train", path=corpus, domain="counting")
    assert (len(found), found.quarantined, found.domain) == (32, [], "counting")
    (row, *_) = found.to_dataset("{sentence} [{signature}]")
    assert row["prompt"].startswith("At least 2 cats run. [Cat/1 Runs/1]")
    with pytest.raises(DataError, match="none of its 32 rows can be used"):
        data.load("jsonl", split="train", path=corpus)
    made = data.load("jsonl", split="train", path=corpus, domain="counting", task="correct", size=6)
    assert made.domain == "counting" and len(made) > 0
    for pair in made:
        assert (
            logic.compare(candidate=pair.wrong, reference=pair.formula, domain="counting").verdict
            != "equivalent"
        )
    assert len(data.load("synthetic", split="test", size=4, domain="counting")) == 4


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_stages_train_and_judge_in_the_domain(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for stage in ("sft", "sgrpo", "evaluate"):
        assert (
            main(
                [
                    stage,
                    "--config",
                    "config.yaml",
                    *(["--start", "sft"] if stage == "sgrpo" else []),
                ]
            )
            == 0
        )
    samples = [
        json.loads(line) for line in Path("run/sgrpo/samples.jsonl").read_text("utf-8").splitlines()
    ]
    written = [str(sample["completion"]) for sample in samples]
    whole = [
        text for text in written if logic.read_answer(text, domain="counting").formula is not None
    ]
    assert whole and any(
        "∃≥" in text or "∃=" in text for text in whole
    )  # the grammar and the judge know counting

    answers = [
        json.loads(line)
        for line in Path("run/evaluate/sgrpo/samples.jsonl").read_text("utf-8").splitlines()
    ]
    assert {answer["domain"] for answer in answers} == {"counting"}
    assert {answer["part"] for answer in answers} == {"greedy", "constrained"}
    assert all(
        answer["score"] is not None for answer in answers
    )  # every reference could be judged against
    assert any("∃" in answer["formula"] for answer in answers if answer["part"] == "constrained")
    found = Judge().compare(answers[0] | {"completion": answers[0]["reference"]})
    assert found is not None and found.score == 1.0
    assert report.write(Path("run")).is_file()

    capsys.readouterr()
    assert main(["evaluate", "--config", "config.yaml", "--domain", "fol"]) == 2
    assert "content of domain: 'counting' -> None" in capsys.readouterr().err


def test_a_row_cannot_name_a_domain_to_load(in_temporary_folder: Path) -> None:
    """Only commands, configs and calls do; a row's own column `domain` is as any other."""
    code = Path("own.py").resolve()
    code.write_text(f"from pathlib import Path\nPath({str(code.with_suffix('.ran'))!r}).touch()\n")
    row = {"sentence": "Tom is a cat.", "formula": "Cat(tom)", "candidate": "Cat(tom)",
           "reference": "Cat(tom)", "domain": str(code)}  # fmt: skip
    rows = Path("rows.jsonl")
    rows.write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert main(["verify", "--pairs", str(rows)]) == 0
    assert len(data.load("jsonl", split="all", path=rows)) == 1
    RunDir("run", stage="sft", config={"seed": 0}).path.mkdir()
    manifest = {"stage": "sft", "status": "running", "config": row, "inputs": row}
    Path("run/manifest.json").write_text(json.dumps(manifest))
    assert RunDir("run", stage="sft", config={"seed": 0}).changes()
    assert not code.with_suffix(".ran").exists()


def _sgrpo(reward: str) -> Any:
    return stage_config("sgrpo", COUNTING | {"rewards": Setting([reward], "")}).arguments[0]


@pytest.mark.parametrize(
    ("name", "candidate", "paid"),
    [
        ("logic", REFERENCE, 1.0),
        ("equivalence", "∃≥3 x (Cat(x) ∧ Sleeps(x))", 0.0),
        ("readable", REFERENCE, 1.0),
    ],
)
def test_rewards_judge_in_the_domain_of_the_stage(name: str, candidate: str, paid: float) -> None:
    own = _sgrpo(name)
    columns = {"reference": [REFERENCE]}
    assert build_reward(own)(["p"], [f" {candidate}"], **columns) == [paid]
    if name == "logic":
        assert rewards.get(name)(["p"], [f" {candidate}"], **columns) == [
            None
        ]  # the reference is no core formula


def test_a_bad_domain_is_one_clear_error_before_any_work(corpus: Path) -> None:
    for stage in ("sft", "sgrpo", "dpo", "raft", "evaluate"):
        with pytest.raises(
            UsageError, match=f"folalign {stage}: domain: unknown domain 'countin'; allowed: fol"
        ):
            stage_config(stage, {"domain": Setting("countin", "config.yaml:6")})
    Path("broken.py").write_text("1 / 0\n")
    for name, said in (
        ("none.py", "there is no such file"),
        ("broken.py", "ZeroDivisionError"),
        ("fol+", "different"),
    ):
        with pytest.raises(UsageError, match=said):
            section_config(load_run(["--config", "config.yaml", "--domain", name]), "sft")
    for name in ("le", "le_bleu"):
        own = _sgrpo(name)
        with pytest.raises(
            UsageError, match="LE is defined for the core language, not for the domain counting"
        ):
            build_reward(own)
    with pytest.raises(rewards.RewardSettingError, match="unknown domain 'countin'"):
        rewards.get("logic", domain="countin")
    mt = COUNTING | {"dataset": Setting("mt-synthetic", ""), "train_size": Setting(4, "")}
    with pytest.raises(
        UsageError, match="domain applies to the tasks translate, correct, distill, not to mt"
    ):
        load_training_rows(stage_config("sft", mt))


def test_a_prompt_may_say_how_the_domain_is_written(corpus: Path) -> None:
    run = load_run(["--config", "config.yaml", "--prompt", "{domain}\n{sentence}\nFOL:"])
    assert "∃≥" in load_training_rows(section_config(run, "sft"), quiet=True)[0]["prompt"]


NLTK = "all y.(-exists x.H(x,y) -> E(y)) & P(a)"


def test_a_dialect_of_the_data_and_one_of_the_rewards(in_temporary_folder: Path) -> None:
    row = {"sentence": "Both.", "formula": NLTK}
    Path("rows.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    keys = {
        "dataset": Setting("jsonl", ""),
        "dataset_path": Setting("rows.jsonl", ""),
        "dialect": Setting("nltk", ""),
        "rewards": Setting(["logic"], ""),
        "reward_settings": Setting({"logic": {"dialect": "nltk"}}, ""),
        "bf16": Setting(False, ""),
    }
    options = stage_config("sgrpo", keys).arguments.options
    rows = load_rows(options, split="all", size=None, seed=0, quiet=True)
    assert rows["reference"] == ["∀y (¬∃x H(x, y) → E(y)) ∧ P(a)"]
    assert build_reward(options)(["p"], [NLTK], reference=list(rows["reference"])) == [1.0]


def test_a_dialect_at_the_top_is_that_of_all_sections(corpus: Path) -> None:
    run = load_run(["--config", "config.yaml", "--dialect", "nltk"])
    assert section_config(run, "sft").arguments.options.dialect == "nltk"
    with pytest.raises(UsageError, match="folalign sft: no dialect 'klingon'; allowed: unicode"):
        stage_config("sft", {"dialect": Setting("klingon", "config.yaml:6")})


def test_answers_are_judged_in_the_notation_that_is_named(in_temporary_folder: Path) -> None:
    from datasets import Dataset

    from pipelines.stages.evaluate import _judge

    keys = {"answer_dialect": Setting("nltk", ""), "model": Setting(["m"], "")}
    options = stage_config("evaluate", keys).arguments.options
    rows = Dataset.from_list([{"sentence": "s", "reference": "∃x P(x) → Q(a)"}])
    answers = [["exists x.P(x) -> Q(a)"]]
    (found,) = _judge("greedy", rows, ["p"], answers, "fol", options.answer_dialect)
    assert found["formula"] == "∃x P(x) → Q(a)"
    assert (found["score"], found["dialect"]) == (1.0, "nltk")
    (unnamed,) = _judge("greedy", rows, ["p"], answers, "fol")
    assert unnamed["score"] < 1.0 and "dialect" not in unnamed
    # The report judges it again.
    compared = Judge().compare(found), Judge().compare(unnamed)
    assert [one.score == 1.0 for one in compared if one is not None] == [True, False]
    with pytest.raises(UsageError, match="no answer_dialect 'klingon'; allowed: unicode"):
        stage_config("evaluate", {"answer_dialect": Setting("klingon", "c.yaml:6")})

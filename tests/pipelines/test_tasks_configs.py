"""The configs of the tasks: each loads, fits its data, and passes the checks that a run makes before any work."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("trl")

import data
from data.made.sentences.wordings import new_wordings
from pipelines.commands import run
from pipelines.config.load import load_run
from pipelines.config.resolve import section_config
from pipelines.config.sections import models_to_judge, sections
from pipelines.errors import UsageError
from pipelines.registry import STAGES

FOLDER = Path(__file__).parents[2] / "pipelines" / "configs" / "tasks"
TASKS = ("translate", "correct", "preference", "distill", "mt", "entail")
# transformers refuses bf16 where there is no GPU, unless told to use the CPU.
ANYWHERE = {"sft": "true", "sgrpo": "true", "distill": "true"}


def translator(name: str) -> list[str]:
    return ["--sgrpo.reward_settings", f"{{preference: {{translator: {name}}}}}"]


def load(path: Path, *options: str) -> dict:
    found = load_run(["--config", str(path), *options])
    words = [
        word
        for name in ANYWHERE
        if name in sections(found)
        for word in (f"--{name}.use_cpu", "true")
    ]
    return load_run(["--config", str(path), *options, *words])


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("model", ["", "qwen3-1.7b-"])
def test_every_tasks_config_loads(task: str, model: str) -> None:
    settings = load(FOLDER / f"{model}{task}.yaml")
    for name in sections(settings):
        config = section_config(settings, name)
        own = config.arguments[0]
        assert own.dataset in data.NAMES and (own.task or data.tasks(own.dataset)[0]) in data.tasks(
            own.dataset
        )
        if model and STAGES[config.stage].trains:
            assert own.chat and config.arguments[1].bf16
        if more := getattr(STAGES[config.stage].stage(), "check", None):
            try:
                more(config)
            except UsageError as error:  # an extra that this environment may lack
                assert "not installed" in str(error) or "is missing" in str(error), error
        if not STAGES[config.stage].trains:
            assert models_to_judge(settings, name)
    assert (
        sum(not STAGES[section_config(settings, name).stage].trains for name in sections(settings))
        >= 1
    )


def test_no_config_is_left_out() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == {
        "reward",  # judges reward models, and has no stage that judges policies
        "claim",  # of one size only
        "qwen3-1.7b-feedback",  # only for a model that calls tools
        *[f"{model}{task}" for task in TASKS for model in ("", "qwen3-1.7b-")],
    }


def test_every_section_of_the_claim_loads_and_is_checked() -> None:
    names = ("sft", "distill", "bt", "reference", "features", "sgrpo", "sgrpo-bt", "rloo", "dpo")
    words = [word for name in (*names, "kto", "control") for word in (f"--{name}.use_cpu", "true")]
    settings = load_run(["--config", str(FOLDER / "claim.yaml"), *words])
    assert {*names, "kto", "control", "answers"} == set(sections(settings))
    for name in sections(settings):
        config = section_config(settings, name)
        if check := getattr(STAGES[config.stage].stage(), "check", None):
            check(config)
    judged = models_to_judge(settings, "answers")
    assert {"sft", "sgrpo", "sgrpo-bt", "rloo", "dpo", "kto", "control"} == set(judged)


def test_feedback_is_asked_for_before_the_last_answer() -> None:
    run = load(FOLDER / "qwen3-1.7b-feedback.yaml")
    options, trainer, *_ = section_config(run, "sgrpo").arguments
    assert (options.feedback, trainer.max_tool_calling_iterations, options.chat) == (
        "solver",
        2,
        True,
    )


def test_stories_teach_by_their_label_alone_where_no_formula_is_known() -> None:
    run = load(FOLDER.parent / "stories.yaml")
    found = {name: section_config(run, name) for name in ("sgrpo", "control", "grpo", "raft")}
    options = {name: config.arguments[0] for name, config in found.items()}
    assert all(options[name].rewards == ["story"] for name in ("sgrpo", "grpo", "raft"))
    # All learn from the same stories.
    assert len({(one.gold_split, one.gold_rows, one.train_size) for one in options.values()}) == 1
    taught, met, held_out = [
        data.load(
            "proof-synthetic",
            task="story",
            split=split,
            size=40,
            settings=options["sgrpo"].dataset_settings,
        )
        for split in (options["sgrpo"].gold_split, options["sgrpo"].train_split, "test")
    ]
    is_new = [
        [bool(new_wordings(row.premises)) for row in rows] for rows in (taught, met, held_out)
    ]
    assert is_new == [[False] * 40, [True] * 40, [True] * 40]


def small(task: str) -> list[str]:
    """Options with which a task's tiny config reads few rows."""
    settings = load(FOLDER / f"{task}.yaml")
    keys = {name: "train_size" if STAGES[section_config(settings, name).stage].trains else "size"
            for name in sections(settings)}  # fmt: skip
    return [word for name, key in keys.items() for word in (f"--{name}.{key}", "20")]


@pytest.mark.parametrize("task", TASKS)
def test_the_tiny_configs_pass_the_checks_of_a_run(
    task: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = [
        "--config",
        str(FOLDER / f"{task}.yaml"),
        "--output_dir",
        str(tmp_path / "run"),
        *small(task),
    ]
    assert run.check(argv) == 0, capsys.readouterr().err


def test_published_hyper_parameters_of_the_tasks() -> None:
    for task in ("translate", "preference", "mt"):
        _, trainer, *_ = section_config(load(FOLDER / f"qwen3-1.7b-{task}.yaml"), "sgrpo").arguments
        assert (trainer.num_generations, trainer.generation_batch_size, trainer.beta) == (
            8,
            128,
            0.12,
        )
        assert (trainer.temperature, trainer.top_p, trainer.top_k, trainer.learning_rate) == (
            1.5,
            0.7,
            50,
            1e-6,
        )


@pytest.mark.parametrize(
    ("task", "options", "message"),
    [
        (
            "preference",
            ["--sgrpo.reward_settings", "{preference: {translatr: distill}}"],
            "unknown setting 'translatr'",
        ),
        ("preference", ["--sgrpo.reward_settings", "{}"], "needs the setting 'translator'"),
        (
            "preference",
            translator("distil"),
            "no section or folder 'distil'; did you mean distill?",
        ),
        (
            "preference",
            translator("sgrpo"),
            "'sgrpo' has no model by then; sections trained before: distill, sft",
        ),
        ("preference", translator("answers"), "'answers' has no model by then"),
        ("preference", ["--answers.translator", "control"], "'control' has no model by then"),
        ("preference", ["--answers.translator", "distil"], "did you mean distill?"),
        ("preference", ["--answers.threshold", "1.5"], "threshold must be between 0 and 1"),
        ("preference", ["--answers.samples", "-1"], "samples must be at least 0"),
        ("preference", ["--answers.temperature", "0"], "temperature must be above 0"),
        ("preference", ["--answers.judge_url", "localhost"], "judge_url must begin with http"),
        ("preference", ["--answers.judge_url", "http://localhost"], "judge_model: name the model"),
        ("entail", ["--entail.prompt", "{premises}"], "the only fields allowed are {sentence}"),
        ("entail", ["--entail.dataset", "mt-synthetic"], "mt-synthetic is for mt, not entail"),
        ("correct", ["--sft.predictions", "nowhere.jsonl"], "nowhere.jsonl: no such file"),
        ("translate", ["--sft.predictions", "x.jsonl"], "predictions apply to the task correct"),
        ("mt", ["--sgrpo.dataset", "synthetic"], "synthetic is for translate, correct, not mt"),
    ],
)
def test_mistakes_are_named_before_any_work(
    task: str, options: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = [
        "--config",
        str(FOLDER / f"{task}.yaml"),
        "--output_dir",
        str(tmp_path / "run"),
        *small(task),
        *options,
    ]
    assert run.check(argv) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "run").exists()

"""Configs: the shipped ones load, overrides win, and every mistake is named with its place and what is allowed."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("trl")

from pipelines.cli import main
from pipelines.config.load import load_run, load_stage
from pipelines.config.resolve import prompts_per_update, section_config, section_settings
from pipelines.config.sections import (
    Settings,
    left_out_models,
    models_to_judge,
    training_sections,
    wanted_sections,
)
from pipelines.config.settings import Setting
from pipelines.errors import UsageError

ROOT = Path(__file__).parents[2]
CONFIGS = sorted(
    path
    for path in (ROOT / "pipelines" / "configs").glob("**/*.yaml")
    if path.parent.name != "accelerate"
)
TINY = str(ROOT / "pipelines" / "configs" / "tiny.yaml")
# transformers refuses bf16 where there is no GPU, unless told to use the CPU.
ANYWHERE = ["--sft.use_cpu", "true", "--sgrpo.use_cpu", "true"]


def folalign(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=110,
    )


def refused(*words: str) -> str:
    """The message of a command that must end with exit code 2 and no traceback."""
    done = folalign(*words)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_shipped_config_loads(path: Path) -> None:
    trained = training_sections(load_run(["--config", str(path)]))
    run = load_run(["--config", str(path), *(f"--{section}.use_cpu=true" for section in trained)])
    for section in wanted_sections(run):
        seed = run[section].value.get("seed", Setting(0, "")).value
        assert section_config(run, section).resolved["seed"] == seed
    assert trained


def test_rivals_have_the_budget_of_sgrpo() -> None:
    rivals = [path for path in CONFIGS if path.parent.name == "rivals"]
    assert len(rivals) == 11
    ours, trained, _ = section_config(load_run(["--config", TINY]), "sgrpo").arguments
    assert ours.train_size == 8 * trained.max_steps  # every row once
    for path in rivals:
        run = load_run(["--config", str(path)])
        section = training_sections(run)[-1]
        own, trainer, _ = section_config(run, section).arguments
        assert prompts_per_update(trainer) == 8, path
        assert (trainer.max_steps, own.start) == (trained.max_steps, "sft"), path
        if path.stem != "sft-longer":
            assert (own.train_split, own.train_size) == ("rl", ours.train_size), path


def test_published_hyper_parameters() -> None:
    run = load_run(["--config", str(ROOT / "pipelines/configs/qwen3-1.7b-folio.yaml"), *ANYWHERE])
    own, trainer, _ = section_config(run, "sgrpo").arguments
    assert (trainer.num_generations, trainer.generation_batch_size) == (8, 128)
    assert (trainer.temperature, trainer.top_p, trainer.top_k) == (1.5, 0.7, 50)
    assert (trainer.beta, trainer.learning_rate, trainer.max_completion_length) == (0.12, 1e-6, 512)
    assert own.order == "short_first" and not trainer.shuffle_dataset and trainer.bf16


def test_command_line_wins_over_section_over_shared_key() -> None:
    run = load_run(
        [
            "--config",
            TINY,
            "--seed",
            "7",
            "--sgrpo.learning_rate",
            "1e-6",
            "--sgrpo.rewards",
            "logic",
            "bleu",
        ]
    )
    sgrpo = section_config(run, "sgrpo")
    assert sgrpo.resolved["seed"] == 7
    assert sgrpo.resolved["learning_rate"] == 1e-6
    assert sgrpo.resolved["rewards"] == ["logic", "bleu"]
    assert section_config(run, "sft").resolved["learning_rate"] > 1e-4
    assert load_stage("sft", ["--config", TINY, "--max_steps=3"]).resolved["max_steps"] == 3


def test_a_negative_seed_is_refused_before_any_work() -> None:
    with pytest.raises(UsageError, match="seed must be between 0 and 4294967295, got -1"):
        load_stage("sft", ["--config", TINY, "--seed", "-1"])


def test_control_sees_as_many_prompts_and_updates_as_sgrpo() -> None:
    run = load_run(
        ["--config", TINY, "--sgrpo.max_steps", "50", "--sgrpo.per_device_train_batch_size", "32"]
    )
    control = section_config(run, "control").resolved
    assert (control["max_steps"], control["per_device_train_batch_size"]) == (50, 4)
    rows = section_config(run, "sgrpo").resolved
    assert (control["train_split"], control["train_size"]) == (
        rows["train_split"],
        rows["train_size"],
    )
    assert (control["start"], control["model"]) == ("sft", None)


def test_resolved_config_loads_again_to_the_same(tmp_path: Path) -> None:
    from pipelines.rundir.yaml_files import write_yaml

    first = load_stage("sgrpo", ["--config", TINY])
    write_yaml(tmp_path / "config.yaml", first.resolved)
    assert (
        load_stage("sgrpo", ["--config", str(tmp_path / "config.yaml")]).resolved == first.resolved
    )


@pytest.mark.parametrize(
    ("text", "stage", "message"),
    [
        (
            "max_step: 3",
            "sft",
            "c.yaml:1: unknown key 'max_step' for the sft stage; did you mean max_steps",
        ),
        ("seed: 1\nseed: 2", "evaluate", "c.yaml:2: the key 'seed' is given twice (first at"),
        ("seed: soon", "evaluate", "c.yaml:1: argument --seed: invalid int value: 'soon'"),
        ("seed: null", "evaluate", "c.yaml:1: 'seed' needs a value, not null"),
        ("seed: [1, 2]", "evaluate", "c.yaml:1: 'seed' takes one value, not [1, 2]"),
        (
            "backend: magic",
            "evaluate",
            "invalid choice: 'magic' (choose from 'vllm', 'transformers')",
        ),
        (
            "sft:\n  max_steps: 1\nseeed: 1",
            "sft",
            "c.yaml:3: unknown key 'seeed' for a run; did you mean seed?",
        ),
        ("sft: 3\nevaluate:\n  size: 3", "sft", "c.yaml:1: 'sft' is a section"),
        ("- a\n- b", "evaluate", "a config is a mapping of keys to values, not a sequence"),
        ("sft:\n  stage: sfd", "sft", "c.yaml:2: unknown stage 'sfd'; allowed: sft, sgrpo, "),
        (
            "more:\n  max_steps: 1\nsft: {}",
            "sft",
            "c.yaml:1: the section 'more' is not called after a stage and says",
        ),
        (
            "sft:\n  start: warm",
            "sft",
            "start: 'warm' names no section that can be meant here; allowed: none, as no",
        ),
        ("sft:\n  model: tiny\n  start: base", "sft", "c.yaml:3: say model or start, not both"),
        (
            "sft: {}\nfurther:\n  stage: sft\n  base: other",
            "further",
            "c.yaml:4: base: 'other' is the folder of a tiny model, and the section 'further' starts from 'sft'",
        ),
        (
            "sft: {}\nsgrpo:\n  like: evaluate\nevaluate: {}",
            "sgrpo",
            "c.yaml:3: like: 'evaluate' names no section",
        ),
        ("sft: {}\nsgrpo:\n  budget: sft", "sgrpo", "c.yaml:3: the sgrpo stage counts completions"),
        (
            "sft: {}\nevaluate:\n  like: sft",
            "evaluate",
            "c.yaml:3: unknown key 'like' for the evaluate stage",
        ),
        ("only: [sgrpo]\nsft: {}", "sft", "c.yaml:1: only: no section 'sgrpo'; it has sft"),
        (
            "only: [sgrpo]\nsft: {}\nsgrpo:\n  start: sft",
            "sgrpo",
            "c.yaml:4: start: 'sft' is not among the sections of `only` (sgrpo); name it too",
        ),
        ("extends: no.yaml", "sft", "c.yaml:1: 'extends' names no file"),
        ("extends: c.yaml", "sft", "c.yaml extends itself"),
        ("label_loss: sum", "sgrpo", "unknown label_loss 'sum'; allowed: nll, ratio, published"),
        ("num_generations: 7\nuse_cpu: true", "sgrpo", "divisible by"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, stage: str, message: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(text)
    with pytest.raises(UsageError) as error:
        load_stage(stage, ["--config", str(path)])
    assert message in str(error.value)


ONLY = """\
sft: {}
tuned: {stage: sft, model: tiny, base: other}
rm: {stage: reward}
sgrpo: {start: sft, max_steps: 3}
grpo: {stage: sgrpo, start: tuned, max_steps: 7}
control: {stage: sft, start: sft, budget: grpo}
evaluate: {sections: [SECTIONS]}
"""


def run_of(folder: Path, only: str, sections: str = "sgrpo, grpo, other") -> Settings:
    path = folder / "c.yaml"
    path.write_text(ONLY.replace("SECTIONS", sections))
    return load_run(["--config", str(path), "--only", f"[{only}]"])


def test_models_of_sections_that_only_leaves_out_are_not_judged(tmp_path: Path) -> None:
    def judged(only: str, sections: str = "sgrpo, grpo, other") -> tuple[list[str], list[str]]:
        run = run_of(tmp_path, only, sections)
        return list(models_to_judge(run, "evaluate")), left_out_models(run, "evaluate")

    assert judged("sft, sgrpo, evaluate") == (["sgrpo"], ["grpo", "other"])
    assert judged("sft, tuned, sgrpo, grpo, evaluate") == (["sgrpo", "grpo", "other"], [])
    assert judged("sft, evaluate", "") == ([], [])
    for only, sections, message in (
        ("sft, evaluate", "sgrpo, grpo", "`only` leaves out all of sgrpo, grpo; name one of them"),
        ("sft, evaluate", "sft, srgpo", "sections: unknown 'srgpo'; allowed: base, sft"),
        ("sft, evaluate", "sft, rm", "sections: unknown 'rm'"),
        ("sft, evaluate", "[sft]", "is no name of a section"),
    ):
        with pytest.raises(UsageError, match=message):
            judged(only, sections)


def test_what_only_leaves_out_can_be_referred_to_but_not_started_from(tmp_path: Path) -> None:
    run = run_of(tmp_path, "sft, control, evaluate")
    budget = section_settings(run, "grpo", with_budget=False)
    assert budget["start"].value == "tuned"  # left out itself, as a stage's own command takes it
    assert section_settings(run, "control")["max_steps"].value == 7
    with pytest.raises(UsageError, match=r"'sft' is not among the sections of `only` \(control\)"):
        section_settings(run_of(tmp_path, "control"), "control")


def test_a_baseline_that_is_not_judged_is_refused_before_any_training(tmp_path: Path) -> None:
    words = ["--config", "tasks/preference", "--only", "[distill, sft, answers]"]
    words += ["--output_dir", str(tmp_path / "run"), "--answers.baseline", "sgrpo"]
    words += ["--answers.sections", "[sft, sgrpo]"]
    words += ["--distill.use_cpu", "true", "--sft.use_cpu", "true"]
    message = refused("run", *words)
    assert (
        "baseline: 'sgrpo' is none of the models that it judges (`only` leaves it out)" in message
    )
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "needs --config"),
        (["--config", TINY, "--sgrop.seed", "1"], "has no section 'sgrop'"),
        (["--config", TINY, "--max_steps", "1"], "unknown key 'max_steps' for a run"),
        (["--config", TINY, "seed"], "unexpected argument 'seed'"),
    ],
)
def test_mistakes_in_a_run_are_named(options: list[str], message: str) -> None:
    with pytest.raises(UsageError) as error:
        load_run(options)
    assert message in str(error.value)


def test_command_line_mistakes_end_with_code_2(tmp_path: Path) -> None:
    assert "unknown command 'train'; allowed: verify, " in refused("train")
    assert "cannot read the config nowhere.yaml" in refused("run", "--config", "nowhere.yaml")
    broken = tmp_path / "broken.yaml"
    broken.write_text("seed: 1\nsft: {max_steps: 3\nevaluate: 1\n")
    assert f"{broken}:3:9: malformed YAML" in refused("run", "--config", str(broken))
    assert "did you mean samples" in refused("evaluate", "--sample", "3")
    assert "no data set 'wiki'; allowed: synthetic, folio, malls, " in refused(
        "evaluate", "--dataset", "wiki", "--model", "m", "--output_dir", str(tmp_path)
    )
    assert "no model to evaluate" in refused("evaluate", "--output_dir", str(tmp_path / "none"))


def test_unknown_reward_is_refused_before_any_training(tmp_path: Path) -> None:
    message = refused(
        "run", "--config", TINY, "--output_dir", str(tmp_path / "run"), "--sgrpo.rewards", "logik"
    )
    assert "unknown reward 'logik'; allowed: bleu, " in message
    assert not (tmp_path / "run").exists()


def test_help_and_version_need_no_torch() -> None:
    code = "import sys; from pipelines.cli import main; main(['--help']); print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.splitlines()[0].startswith("usage: folalign")
    assert done.stdout.splitlines()[-1] == "False"


# Rewards


def reward_of(tmp_path: Path, text: str, *options: str) -> object:
    from pipelines.stages.sgrpo import STAGE

    path = tmp_path / "c.yaml"
    path.write_text("use_cpu: true\nbackend: transformers\n" + text)
    return STAGE.check(load_stage("sgrpo", ["--config", str(path), *options]))


def test_rewards_with_settings_from_file_and_command_line(tmp_path: Path) -> None:
    settings = "rewards: [logic, length]\nreward_settings:\n  length: {maximum: 2}\nreward_weights: [1.0, 0.5]\n"
    pay = {
        "prompts": ["p", "p"],
        "completions": ["Cat(tom)", ""],
        "reference": ["Cat(tom)", "Cat(tom)"],
    }
    long = 2.0 - 4 / 2  # four words and signs where two are allowed
    assert reward_of(tmp_path, settings)(**pay) == [1.0 + 0.5 * long, 0.0]  # type: ignore[operator]
    typed = reward_of(tmp_path, settings, "--reward_settings", '{"length": {"maximum": 4}}')
    assert typed(**pay) == [1.5, 0.0]  # type: ignore[operator]
    alone = reward_of(tmp_path, "rewards: [readable]")
    assert alone.__name__ == "readable"  # type: ignore[attr-defined]
    worst = reward_of(tmp_path, "rewards: [logic, readable]\nreward_combination: min")
    assert worst(**pay) == [1.0, 0.0]  # type: ignore[operator]
    reward_of(
        tmp_path,
        "rewards: [logic, readable]\nreward_combination: mean\nlabel_reward_weighted: true",
    )
    reward_of(tmp_path, "rewards: [correct]\nreward_transform: par\nlabel_reward_weighted: true")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rewards: []", "rewards: name at least one; allowed: bleu, "),
        ("rewards: [lgic]", "rewards: unknown reward 'lgic'; allowed: bleu, "),
        (
            "rewards: [length]",
            "the reward 'length' needs the setting 'maximum'; allowed: maximum: int, minimum: int = 1",
        ),
        (
            "rewards: [logic]\nreward_settings: {logik: {}}",
            "'logik' is none of the rewards of this stage; did you mean",
        ),
        (
            "rewards: [logic]\nreward_settings: {logic: 3}",
            "reward_settings maps names of rewards to their settings",
        ),
        ("rewards: [logic]\nreward_settings: '{'", "reward_settings is a mapping such as"),
        (
            "rewards: [length]\nreward_settings: {length: {max: 3}}",
            "unknown setting 'max' of the reward 'length'",
        ),
        (
            "rewards: [length]\nreward_settings: {length: {maximum: x}}",
            "'maximum' of the reward 'length' is of type int",
        ),
        ("rewards: [logic, bleu]\nreward_weights: [1.0]", "1 weights for 2 rewards (logic, bleu)"),
        ("rewards: [logic]\nreward_combination: max", "invalid choice: 'max'"),
        (
            "rewards: [logic]\nreward_transform: log_sigmoid\ndifficulty_power: 1.0",
            "difficulty_power needs rewards from",
        ),
        (
            "rewards: [logic, bleu]\nlabel_reward_weighted: true",
            "label_reward_weighted needs rewards from 0 to 1: take",
        ),
        (
            "rewards: [embedding]\nreward_settings: {embedding: {model: x}}\ndifficulty_power: 1.0",
            "difficulty_power needs rewards from 0 to 1, and embedding is none",
        ),
        (
            "rewards: [preference]\nreward_settings: {preference: {translator: x}}\n"
            "label_schedule: adaptive",
            "label_schedule: adaptive needs rewards from 0 to 1, and preference is none",
        ),
        (
            "rewards: [correct]\nlabel_reward_weighted: true",
            "label_reward_weighted needs rewards from 0 to 1, and correct is none",
        ),
        (
            "rewards: [logic, bleu]\nreward_combination: mean_minus_variance\n"
            "difficulty_power: 1.0",
            "and reward_combination mean_minus_variance may make them negative",
        ),
    ],
)
def test_mistakes_in_rewards_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        reward_of(tmp_path, text)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sft: " + "[" * 5000, "nested more than 50 levels deep"),
        ("sft: " + "{a: " * 5000, "nested more than 50 levels deep"),
        ("\n".join(" " * level + "a:" for level in range(3000)), "nested more than 50 levels deep"),
        ("sft: &a [*a]", "a value contains itself"),
        (
            "a: &a [x, x, x, x, x, x, x, x, x]\n"
            + "".join(
                f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
                for old, new in itertools.pairwise("abcdefgh")
            ),
            "more than 100,000 values",
        ),
        ("sft: \0", "malformed YAML"),
        ("sft: !!python/object/apply:os.system [id]", "malformed YAML"),
    ],
    ids=["lists", "mappings", "blocks", "itself", "aliases", "nul", "tag"],
)
def test_hostile_yaml_is_refused_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    path = tmp_path / "run.yaml"
    path.write_text(text)
    for command in ("run", "sft"):
        assert main([command, "--config", str(path)]) == 2
        assert message in capsys.readouterr().err


def test_help_of_a_stage_has_our_keys_first_and_the_library_behind_help_all(
    capsys: pytest.CaptureFixture[str],
) -> None:
    texts = {}
    for option in ("--help", "--help-all"):
        with pytest.raises(SystemExit) as ended:
            main(["sft", option])
        assert ended.value.code == 0
        texts[option] = capsys.readouterr().out
    ours, everything = texts.values()
    assert len(ours.splitlines()) < 150 < len(everything.splitlines())
    assert "--dataset DATASET" in ours and "Which sentences a stage reads:" in ours
    assert "--train-size" not in ours and "--adam_beta1" not in ours
    assert "keys of the library's trainer (learning_rate," in ours and "--help-all" in ours
    assert "--adam_beta1" in everything and "--dataset DATASET" in everything


@pytest.mark.parametrize("model", ["tiny", "some/model"])
def test_a_model_may_be_put_for_the_tiny_one_and_its_folder_left_there(model: str) -> None:
    words = [
        "--config",
        str(ROOT / "pipelines/configs/tasks/preference.yaml"),
        "--distill.model",
        model,
    ]
    settings = section_settings(load_run(words), "distill", with_budget=False)
    assert (settings["model"].value, settings["base"].value) == (model, "base-translator")

"""The configs of pretrained models: what can be checked of them without the model and the published data."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.config.load import load_run, load_stage
from pipelines.config.resolve import section_settings
from pipelines.config.sections import models_to_judge, sections, stage_of
from pipelines.registry import STAGES

FOLDER = Path(__file__).parents[2] / "pipelines" / "configs" / "real"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_each_begins_with_the_fetched_model_and_judges_what_it_trains(path: Path) -> None:
    run = load_run(["--config", str(path)])
    trained = [name for name in sections(run) if STAGES[stage_of(run, name)].trains]
    firsts = [
        name
        for name in trained
        if section_settings(run, name, with_budget=False).get("model") is not None
        and section_settings(run, name, with_budget=False)["model"].value == "smollm2"
    ]
    assert trained[0] in firsts
    judged = set()
    for name in set(sections(run)) - set(trained):
        judged |= set(models_to_judge(run, name))
    assert judged - {"base"} == set(trained)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_further_seeds_differ_by_the_seed_alone(path: Path) -> None:
    run = load_run(["--config", str(path)])
    for name in sections(run):
        if "-seed-" not in name:
            continue
        first, number = name.split("-seed-")
        of_first, further = section_settings(run, first), section_settings(run, name)
        assert of_first.keys() == further.keys(), name
        different = {key for key in further if further[key].value != of_first[key].value}
        assert different == {"section", "seed"}, name
        assert further["seed"].value == int(number)


def test_a_judging_section_run_alone_judges_the_models_that_it_names(tmp_path: Path) -> None:
    words = ["--config", str(FOLDER / "smollm2-malls.yaml"), "--section", "given-names"]
    words += ["--output_dir", str(tmp_path)]
    named = load_stage("evaluate", words).arguments.options.model
    assert named == [f"{name}={tmp_path}/{name}/model" for name in ("sft", "sgrpo", "control")]
    words[-2:] = [f"--output-dir={tmp_path}"]
    assert load_stage("evaluate", words).arguments.options.model == named
    assert load_stage("evaluate", [*words, "--model", "m"]).arguments.options.model == ["m"]

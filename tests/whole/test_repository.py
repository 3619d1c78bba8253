"""What the public host and tools around the repository read."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
YAML_FILES = [
    *sorted(ROOT.glob(".github/**/*.yml")),
    ROOT / ".pre-commit-config.yaml",
    ROOT / "CITATION.cff",
]


@pytest.mark.parametrize("path", YAML_FILES, ids=lambda path: path.name)
def test_it_is_yaml(path: Path) -> None:
    assert isinstance(yaml.safe_load(path.read_text(encoding="utf-8")), dict)


def test_the_citation_has_the_version_and_the_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"]


def test_the_workflow_runs_what_every_change_must_pass() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    steps = [step.get("run") for job in workflow["jobs"].values() for step in job["steps"]]
    assert ".ci/run" in steps
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    tested = workflow["jobs"]["judge"]["strategy"]["matrix"]["python"]
    prefix = "Programming Language :: Python :: 3."
    assert [
        f"3.{each.removeprefix(prefix)}"
        for each in declared["classifiers"]
        if each.startswith(prefix)
    ] == tested


def test_an_issue_says_what_was_run_and_what_came_out() -> None:
    for path in ROOT.glob(".github/ISSUE_TEMPLATE/*.yml"):
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        if "body" in form:
            asked = {part["id"] for part in form["body"]}
            assert {"command", "output", "expected"} <= asked, path.name


@pytest.mark.parametrize("place", ["service", "training"])
def test_what_an_image_copies_is_there(place: str) -> None:
    lines = (ROOT / "examples" / place / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [word for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]]
    assert [word for word in copied if not (ROOT / word).exists()] == []
    assert {"pyproject.toml", "README.md", "LICENSE", "pipelines"} <= set(copied)  # a wheel's needs
    if place == "training":
        assert {"Makefile", "scripts", "requirements"} <= set(copied)  # those of `make install`
        assert "not built" in " ".join(lines).lower()

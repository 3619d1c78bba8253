"""The stories of `make stories`: what has formulas to learn from, and what has its label alone."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

import data


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Path]:
    """The benchmark's module, with few rows, and the folder that it has written."""
    path = Path(__file__).parents[2] / "benchmarks" / "labels_corpus.py"
    specification = importlib.util.spec_from_file_location("labels_corpus", path)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    monkeypatch.setattr(module, "GOLD", 5)
    monkeypatch.setattr(module, "LABELLED", 10)
    rows = {"train": 20, "rl": 15, "validation": 10, "test": 10, "old": 10}
    monkeypatch.setattr(module, "ROWS", rows)
    module.prepare(tmp_path)
    return module, tmp_path


def test_no_formula_shows_a_new_wording(corpus: tuple[Any, Path]) -> None:
    module, folder = corpus
    has_new: dict[str, list[bool]] = {}
    for name, size in module.ROWS.items():
        lines = (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        stories = [json.loads(line) for line in lines]
        texts = ["\n".join([*story["premises"], story["conclusion"]]) for story in stories]
        has_new[name] = [bool(module.new_wordings(text)) for text in texts]
        assert len(stories) == size
    assert not any(has_new["train"] + has_new["old"] + has_new["rl"][: module.GOLD])
    assert all(has_new["rl"][module.GOLD :] + has_new["validation"] + has_new["test"])


def test_the_trainers_read_it(corpus: tuple[Any, Path]) -> None:
    module, folder = corpus
    rows = data.load("jsonl", path=folder, task="story", split="rl").rows
    assert len(rows) == module.GOLD + module.LABELLED
    assert not rows[-1].without_formulas().answer().strip()


def test_single_sentences_are_those_of_the_warm_up(corpus: tuple[Any, Path]) -> None:
    _, folder = corpus
    lines = (folder / "sentences" / "train.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    stories = data.load("jsonl", path=folder, task="entail", split="train").rows
    said = {text for story in stories for text in (*story.premises, story.conclusion)}
    assert {row["sentence"] for row in rows} == said and len(rows) == len(said)

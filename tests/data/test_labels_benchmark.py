"""`make stories`: its stories, with formulas to learn from or with their label alone, and its tables."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import data
import logic
from data.made.sentences.wordings import new_wordings


def benchmark(name: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A module of the benchmarks, which are scripts and no package."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks"))
    return importlib.import_module(name)


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Path]:
    """The benchmark's module, with few rows, and the folder that it has written."""
    module = benchmark("labels_corpus", monkeypatch)
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
        texts = [[*story["premises"], story["conclusion"]] for story in stories]
        has_new[name] = [bool(new_wordings(sentences)) for sentences in texts]
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


def test_stories_bring_the_names_of_their_formulas(corpus: tuple[Any, Path]) -> None:
    _, folder = corpus
    lines = (folder / "signed" / "test.jsonl").read_text(encoding="utf-8").splitlines()
    for line, story in zip(
        lines, data.load("jsonl", path=folder, task="entail", split="test"), strict=True
    ):
        row = json.loads(line)
        names = logic.read_signature(row["signature"])
        formulas = [*story.premise_formulas, story.conclusion_formula]
        assert names == logic.read_signature([logic.parse(formula) for formula in formulas])
        assert "premise_formulas" not in row and row["label"] == story.label


# ---- tables ----

STORIES = [("Each cat is calm.", "True"), ("Tom is a cat.", "False"), ("Rex is calm.", "Uncertain")]


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


def evaluation(folder: Path, greedy: list[bool], given: list[bool]) -> None:
    """What `folalign evaluate` would write of three stories in both splits."""
    for split in ("test", "old"):
        rows = []
        for part, right in (("greedy", greedy), ("constrained", given)):
            for (text, label), is_right in zip(STORIES, right, strict=True):
                finding = label if is_right else "not judged"
                row = {"part": part, "sentence": f"{text}\n{text}", "right": is_right}
                rows.append(row | {"finding": finding, "score": float(is_right)})
        share = {"labels": sum(greedy) / 3, "sentences": sum(greedy) / 3}
        metrics = {"greedy": share, "sampled": share, "constrained": {"labels": sum(given) / 3}}
        write(folder / split / "evaluate" / "model" / "samples.jsonl", rows)
        write(folder / split / "evaluate" / "model" / "metrics.json", [metrics])


def test_the_tables_say_who_is_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = benchmark("labels_table", monkeypatch)
    stories = [{"premises": [text], "conclusion": text, "label": label} for text, label in STORIES]
    for split in ("test", "old"):
        write(tmp_path / "data" / f"{split}.jsonl", stories)
        folder = tmp_path / "sentences" / split
        found = [
            {"row": row, "finding": "Uncertain", "label": stories[row - 1]["label"]}
            for row in (3, 1, 2)
        ]
        write(folder / "entail" / "model" / "judgements.jsonl", found)
        signed = [
            {"story": f"{text}\n{text}", "verdict": "True", "label": label}
            for text, label in STORIES
        ]
        write(folder / "given-the-signature.jsonl", signed)
    evaluation(tmp_path / "shared", [False, False, True], [True, False, True])
    done: dict[str, dict[int, Path]] = {"S-GRPO": {}, "SFT": {}}
    for seed, (ours, theirs) in enumerate(
        [([True, True, True], [False, False, True]), ([True, False, True], [False, False, True])]
    ):
        for title, right in (("S-GRPO", ours), ("SFT", theirs)):
            done[title][seed] = tmp_path / f"seed-{seed}" / title
            evaluation(done[title][seed], right, right)
    table.report(tmp_path, done, 100, Console(quiet=True))
    lines = (tmp_path / "results.md").read_text(encoding="utf-8").splitlines()
    cells = {line.split(" | ")[0]: line.split(" | ") for line in lines[2:5]}
    assert cells["| S-GRPO"][2] == "83.3 ± 23.6"
    assert cells["| SFT"][8:] == [
        "50.0 ± 23.6 (p 0.20)",
        "50.0 ± 23.6 (p 0.20)",
        "2 / 0 (p 0.50) |",
    ]
    ways = {line.split(" | ")[0]: line.split(" | ") for line in lines[-4:]}
    assert ways["| sentence by sentence"][1:5] == ["0.0", "100.0", "33.3", "1 / 0 (p 1.00)"]
    assert ways["| sentence by sentence, given the signature"][1:4] == ["50.0", "0.0", "33.3"]
    assert ways["| whole, given the signature"][1:4] == ["50.0", "100.0", "66.7"]
    assert table.is_judged(tmp_path / "shared" / "test")
    assert not table.is_judged(tmp_path / "nowhere")


def test_leads_that_differ_by_rounding_alone_are_no_test(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = benchmark("tables", monkeypatch)
    same = [0.3 - 0.2, 0.1]
    assert same[0] != same[1]
    assert (tables.deviating(same), tables.t_test(same)) == ("10.0", "no test")
    assert tables.t_test([0.1, 0.2, 0.15]) == "p 0.04"

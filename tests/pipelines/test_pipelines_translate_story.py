"""`folalign translate --story`: formulas of a story over one vocabulary, and what they prove."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from alignment_tiny import build_tiny

import logic
from pipelines import cli
from pipelines.commands.stories import StoryText, read_stories, translated
from pipelines.errors import UsageError

STORY = StoryText(1, ("Every cat is calm.", "Tom is a cat."), "Tom is calm.")


def choices(*formulas: str | None) -> list[dict[str, Any]]:
    return [{"formula": formula, "confidence": 1.0} for formula in formulas]


def told(*formulas: str | None, **settings: Any) -> dict[str, Any]:
    return translated(STORY, choices(*formulas), **{"signature": None, "domain": "fol"} | settings)


def test_names_are_joined_and_the_verdict_says_what_it_needs() -> None:
    row = told("∀x (Cat(x) → Calm(x))", "IsCat(tom)", "IsCalm(tom)")
    assert row["verdict"] == "True"
    assert row["used"] == [1, 2]
    assert row["renamed"] == {"IsCat": "Cat", "IsCalm": "Calm"}
    assert row["conclusion"]["formula"] == "Calm(tom)"
    assert logic.read_signature(row["signature"]) == logic.read_signature("Cat/1 Calm/1 tom")


def test_what_is_named_otherwise_is_not_joined() -> None:
    row = told("∀x (Cat(x) → Calm(x))", "Feline(tom)", "Calm(tom)")
    assert (row["verdict"], row["used"], row["renamed"]) == ("Uncertain", [], {})
    assert told("∀x (Cat(x) → ¬Calm(x))", "Cat(tom)", "Calm(tom)")["verdict"] == "False"
    assert told("Cat(tom)", "¬Cat(tom)", "Calm(tom)")["verdict"] == "Inconsistent"


def test_a_given_signature_names_what_is_spelled_otherwise() -> None:
    given = logic.read_signature("Predicates: IsACat(x), Calm(x)\nConstants: tom")
    row = told("∀x (Cat(x) → Calm(x))", "Cat(tom)", "Calm(tom)", signature=given)
    assert row["premises"][1]["formula"] == "IsACat(tom)"


def test_a_sentence_without_a_formula_leaves_the_story_unjudged() -> None:
    row = told("∀x (Cat(x) → Calm(x))", None, "Calm(tom)")
    assert (row["verdict"], row["reason"]) == ("not judged", "no formula for sentence 2")
    assert row["premises"][1]["formula"] is None


def test_stories_are_read_from_text_and_files(tmp_path: Path) -> None:
    text = tmp_path / "stories.txt"
    text.write_text("Every cat is calm.\nTom is a cat.\nTom is calm.\n\nA.\n\nB.\nC.\n", "utf-8")
    stories, broken = read_stories(str(text))
    assert stories[0] == STORY
    assert stories[1] == StoryText(3, ("B.",), "C.")
    assert broken == [(2, "no premises")]
    lines = tmp_path / "stories.jsonl"
    row = {"premises": list(STORY.premises), "conclusion": STORY.conclusion, "label": "Unknown"}
    wrong = [{"premises": 3, "conclusion": "C."}, {"premises": ["A."]}, {**row, "label": "maybe"}]
    lines.write_text("\n".join(map(json.dumps, [row, *wrong])), "utf-8")
    stories, broken = read_stories(str(lines))
    assert [story.label for story in stories] == ["Uncertain"]
    assert [number for number, _ in broken] == [2, 3, 4]
    with pytest.raises(UsageError, match=r"nowhere\.txt"):
        read_stories(str(tmp_path / "nowhere.txt"))


def test_the_command_goes_on_where_it_stopped(tmp_path: Path, capsys: Any) -> None:
    pytest.importorskip("llguidance")
    model = build_tiny(tmp_path / "tiny")
    source, output = tmp_path / "in.txt", tmp_path / "out.jsonl"
    source.write_text(
        "Every cat sees a dog.\nTom is a cat.\nTom sees a dog.\n\nA fox.\nA dog.\n", "utf-8"
    )
    options = ["--model", str(model), "--max_tokens", "12", "--n", "2", "--story"]
    command = ["translate", *options, "--input", str(source), "--output", str(output)]
    assert cli.main(command) == 0
    whole = output.read_text(encoding="utf-8")
    rows = [json.loads(line) for line in whole.splitlines()]
    assert [len(row["premises"]) for row in rows] == [2, 1]
    output.write_text(whole.splitlines()[0] + "\n", encoding="utf-8")
    assert cli.main(command) == 0
    assert output.read_text(encoding="utf-8") == whole
    assert cli.main(["translate", *options, "--grammar", "signature", "--input", str(source)]) == 2
    assert "stories bring none" in capsys.readouterr().err

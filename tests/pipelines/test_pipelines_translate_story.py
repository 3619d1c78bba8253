"""`folalign translate --story`: formulas of a story over one vocabulary, and what they prove."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alignment_tiny import build_tiny

import logic
from pipelines import cli
from pipelines.commands.translating.sentences import signature_of
from pipelines.commands.translating.stories import StoryText, read_stories, translated
from pipelines.commands.translating.whole import whole_story
from pipelines.errors import UsageError

STORY = StoryText(1, ("Every cat is calm.", "Tom is a cat."), "Tom is calm.")


def choices(*formulas: str | None) -> list[dict[str, Any]]:
    return [{"formula": formula, "confidence": 1.0} for formula in formulas]


def told(*formulas: str | None, signature: logic.Signature | None = None) -> dict[str, Any]:
    return translated(replace(STORY, signature=signature), choices(*formulas), domain="fol")


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
    assert "no column 'signature'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ("", "names no predicate"),
        ([], "names no predicate"),
        ({"constants": ["tom"]}, "names no predicate"),
        ({"predicates": {"": 1}}, "the name ''"),
        ({"predicates": {"Cat\n": 1}}, "the name 'Cat\\n'"),
        ({"predicates": {"Cat": 100_000}}, "'Cat' has 100,000 arguments; at most 32"),
        ({"predicates": {f"P{place}": 1 for place in range(5_000)}}, "5,000 names; at most 1,000"),
    ],
)
def test_a_signature_that_no_formula_can_use_leaves_its_row_out(names: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        signature_of({"signature": names}, None, per_row=True)


def told_by(capsys: Any) -> str:
    return " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("whole", [[], ["--whole"]])
def test_each_story_may_bring_its_own_names(tmp_path: Path, capsys: Any, whole: list[str]) -> None:
    pytest.importorskip("llguidance")
    model = build_tiny(tmp_path / "tiny")
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    story = {"premises": ["Tom is a cat."], "conclusion": "Tom is calm."}
    names = ["Cat/1 Calm/1 tom", {"predicates": {"Feline": 1}, "constants": ["thomas"]}, None, 7]
    lines = [json.dumps(story | {"signature": one}) for one in names]
    source.write_text("\n".join(lines), encoding="utf-8")
    command = ["translate", "--model", str(model), "--max_tokens", "80", "--story", *whole]
    command += ["--grammar", "signature", "--input", str(source), "--output", str(output)]
    assert cli.main(command) == 0
    said = told_by(capsys)
    assert "row 3: no column 'signature'" in said and "2 of 4 rows are left out" in said
    rows = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    allowed = [{"Cat", "Calm", "tom"}, {"Feline", "thomas"}]
    for row, own in zip(rows, allowed, strict=True):
        for part in (*row["premises"], row["conclusion"]):
            if part["formula"] is not None:
                named = logic.read_signature(logic.parse(part["formula"]))
                assert {name for _, name, *_ in named.symbols} <= own
    assert [row["names"] for row in rows] == ["Calm/1 Cat/1 tom", "Feline/1 thomas"]
    source.write_text(lines[0].replace("tom", "rex"), encoding="utf-8")
    assert cli.main(command) == 2
    assert "row 1: names is 'Calm/1 Cat/1 tom', here 'Calm/1 Cat/1 rex'" in told_by(capsys)
    found = [part["formula"] for row in rows for part in row["premises"]]
    assert any(found) or whole  # an untrained model seldom ends a whole answer


# ---- whole answers ----

HONEST = (
    "Predicates: Calm/1, Cat/1\nConstants: tom\nPremises:\n∀x (Cat(x) → Calm(x))\nCat(tom)\n"
    "Conclusion:\nCalm(tom)"
)


def test_of_whole_answers_the_verdict_counts_that_most_share() -> None:
    denied = HONEST.replace("→ Calm", "→ ¬Calm")
    contradictory = HONEST.replace("∀x (Cat(x) → Calm(x))", "¬Cat(tom)")
    undeclared = HONEST.replace("Calm/1, ", "")
    answers = [denied, HONEST, contradictory, contradictory, contradictory, HONEST, undeclared, ""]
    row = whole_story(STORY, answers, domain="fol")
    assert (row["verdict"], row["used"], row["confidence"]) == ("True", [1, 2], 0.25)
    assert row["premises"][1] == {"sentence": "Tom is a cat.", "formula": "Cat(tom)"}
    assert row["conclusion"]["formula"] == "Calm(tom)"
    assert logic.read_signature(row["signature"]) == logic.read_signature("Cat/1 Calm/1 tom")
    assert row["alternatives"] == [
        {"verdict": "False", "count": 1},
        {"verdict": "Inconsistent", "count": 3},
    ]
    assert row["unreadable"] == 2


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([], "no answer: too long"),
        ([""], "0 conclusions where one is needed"),
        ([HONEST.replace("Cat(tom)\n", "")], "1 premises for 2 sentences"),
        ([HONEST.replace("Calm/1, ", "")], "unknown name: Calm"),
    ],
)
def test_a_story_without_a_usable_answer_is_not_judged(answers: list[str], reason: str) -> None:
    row = whole_story(STORY, answers, domain="fol")
    assert (row["verdict"], row["reason"], row["confidence"]) == ("not judged", reason, 0.0)
    assert [part["formula"] for part in row["premises"]] == [None, None]


def test_broken_stories_are_counted_and_told(tmp_path: Path, capsys: Any) -> None:
    source = tmp_path / "stories.jsonl"
    good = {"premises": ["A cat."], "conclusion": "B."}
    broken: list[Any] = [
        {"premises": ["A cat."]},
        {"premises": [], "conclusion": "B."},
        {"premises": ["", " "], "conclusion": "B."},
        {"premises": ["A."] * 5_000, "conclusion": "B."},
        {"premises": ["A."], "conclusion": " "},
        {"premises": None, "conclusion": "B."},
        [],
    ]
    lines = [*map(json.dumps, [good, *broken]), "{", ""]
    source.write_text("\n".join(lines), "utf-8")
    stories, left_out = read_stories(str(source))
    assert [story.row for story in stories] == [1]
    assert [number for number, _ in left_out] == [2, 3, 4, 5, 6, 7, 8, 9]
    assert dict(left_out)[5] == "5,000 premises, where at most 200 are taken"
    text = tmp_path / "stories.txt"
    text.write_text("\n".join(["A cat."] * 3_000), "utf-8")
    assert cli.main(["translate", "--model", "x", "--story", "--input", str(text)]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "row 1: 2,999 premises" in said
    assert "1 of 1 rows are left out" in said
    text.write_text("\n\n", "utf-8")
    assert cli.main(["translate", "--model", "x", "--story", "--input", str(text)]) == 2
    assert "no row to translate, of 0" in capsys.readouterr().err


def test_options_of_whole_answers_go_together(tmp_path: Path, capsys: Any) -> None:
    assert cli.main(["translate", "--model", "x", "--whole", "A cat."]) == 2
    assert "--whole is for stories" in capsys.readouterr().err
    options = ["--model", "x", "--story", "--whole", "--input", str(tmp_path / "in.txt")]
    assert cli.main(["translate", *options, "--wrapper", "FOL:"]) == 2
    assert "--wrapper is for sentences" in capsys.readouterr().err
    assert cli.main(["translate", *options, "--prompt", "{sentence}"]) == 2
    assert "the only fields allowed are {conclusion}, {premises}" in capsys.readouterr().err


def test_whole_answers_go_on_where_they_stopped_and_keep_to_a_signature(
    tmp_path: Path, capsys: Any
) -> None:
    pytest.importorskip("llguidance")
    model = build_tiny(tmp_path / "tiny")
    source, output = tmp_path / "in.txt", tmp_path / "out.jsonl"
    source.write_text("A cat.\nA dog.\n\nOnly one.\n\nA fox.\nA pig.\n", "utf-8")
    options = ["--model", str(model), "--max_tokens", "30", "--n", "2", "--story", "--whole"]
    command = ["translate", *options, "--input", str(source), "--output", str(output)]
    assert cli.main([*command, "--signature", "Fox/1, tom"]) == 0
    assert "1 of 3 rows are left out" in " ".join(capsys.readouterr().err.split())
    whole = output.read_text(encoding="utf-8")
    rows = [json.loads(line) for line in whole.splitlines()]
    assert [row["row"] for row in rows] == [1, 3]
    for row in rows:
        named = logic.read_signature(row["signature"])
        assert set(named.predicates) <= {("Fox", 1)}
        assert row["unreadable"] < 2 or row["verdict"] == "not judged"
    output.write_text(whole.splitlines()[0] + "\n", encoding="utf-8")
    assert cli.main([*command, "--signature", "Fox/1, tom"]) == 0
    assert output.read_text(encoding="utf-8") == whole
    # Sentence by sentence is another output.
    sentences = [each for each in command if each != "--whole"]
    assert cli.main([*sentences, "--signature", "Fox/1, tom"]) == 2

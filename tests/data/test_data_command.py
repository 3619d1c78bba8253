"""`folalign data`: inspect, build and entail, as a person runs them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import data
from data import inspection
from pipelines.cli import main

ROWS = [
    {"NL": f"Number {i} is odd.", "FOL": f"Odd(n{i})" if i % 50 else "Odd(", "doc": f"d{i // 4}"}
    for i in range(200)
]
OWN = ["--column", "sentence=NL", "--column", "formula=FOL", "--column", "group=doc"]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def said(capsys: pytest.CaptureFixture[str], *argv: str) -> Any:
    capsys.readouterr()
    assert main(["data", *argv]) == 0
    return json.loads(capsys.readouterr().out)


def test_inspect_says_size_licence_examples_audit_and_vocabulary(
    own: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = said(capsys, "inspect", "jsonl", "--path", str(own), *OWN, "--json")
    assert found["task"] == "translate" and found["licence"] == "your own" and found["shared"] == 0
    assert set(found["splits"]) == {"train", "validation", "test"}
    assert sum(part["rows"] for part in found["splits"].values()) == 196
    whole, train = found["undivided"], found["splits"]["train"]
    assert whole["left_out"] == 4 and train["left_out"] == 0
    [(reason, count)] = whole["reasons"].items()
    assert reason.startswith(f"{own}, row 1: formula, column") and count == 4
    assert whole["first_left_out"][0] == reason
    assert train["examples"][0]["prompt"].startswith("Sentence: Number")
    assert (
        found["vocabulary"]["frequent_predicates"] == {"Odd/1": 196}
        and found["vocabulary"]["constants"] == 196
    )
    monkeypatch.setenv("COLUMNS", "100")
    assert main(["data", "inspect", "preference-synthetic", "--size", "20"]) == 0
    text = capsys.readouterr().out
    assert "Apache-2.0" in text and "Assistant:" in text and "texts in two splits: 0" in text


@pytest.mark.parametrize(
    ("name", "task"),
    [("synthetic", "translate"), ("synthetic", "correct"), ("preference-synthetic", "distill")],
)
def test_build_writes_what_load_reads_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, task: str
) -> None:
    card = said(
        capsys,
        "build",
        name,
        "--task",
        task,
        "--size",
        "30",
        "--output",
        str(tmp_path / "deep" / "out"),
        "--json",
    )
    folder = tmp_path / "deep" / "out"
    assert {path.name for path in folder.iterdir()} == {
        *(f"{s}.jsonl" for s in card["splits"]),
        "prepared.json",
    }
    for split in card["splits"]:
        made = data.load(name, task=task, split=split, size=30).rows
        again = data.load("jsonl", task=task, split=split, path=folder).rows
        assert [row.answer() for row in again] == [row.answer() for row in made]
        assert [row.prompt_fields() for row in again] == [row.prompt_fields() for row in made]
    assert card == json.loads((folder / "prepared.json").read_text())


def test_build_keeps_what_was_left_out_and_what_was_there(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "out"
    build = ["data", "build", "jsonl", "--path", str(own), *OWN, "--output", str(output)]
    assert main(build) == 0
    assert "left out" in capsys.readouterr().out
    assert json.loads((output / "quarantined.jsonl").read_text().splitlines()[0])["row"] == 1
    before = sorted(tmp_path.rglob("*"))
    assert main(build) == 2 and "exists already" in capsys.readouterr().err
    assert main([*build, "--overwrite"]) == 0 and sorted(tmp_path.rglob("*")) == before
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("all of it")
    assert main([*build[:-1], str(mine), "--overwrite"]) == 2
    assert (
        "not a folder of prepared data" in capsys.readouterr().err
        and (mine / "thesis.txt").exists()
    )


def test_a_row_that_is_left_out_of_a_file_is_counted_once(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "out"
    build = ["data", "build", "jsonl", "--path", str(own), *OWN, "--output", str(output)]
    assert main(build) == 0
    assert capsys.readouterr().out.endswith("rows; 4 left out\n")
    kept = [json.loads(line) for line in (output / "quarantined.jsonl").read_text().splitlines()]
    assert [(row["split"], row["row"]) for row in kept] == [
        ("all", number) for number in (1, 51, 101, 151)
    ]
    card = json.loads((output / "prepared.json").read_text())
    assert card["undivided"]["left_out"] == 4
    assert sum(part["rows"] for part in card["splits"].values()) + 4 == len(ROWS)


def test_a_row_that_is_left_out_of_one_split_is_told_of_it(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "train.jsonl").write_bytes(own.read_bytes())
    (folder / "test.jsonl").write_text('{"NL": "Hot.", "FOL": "Hot(a)"}\n{"NL": "Cold."}\n')
    for arguments, counts in (
        ([str(folder)], {"train": 4, "test": 1, "all": 0}),
        ([str(own), "--split", "train"], {"train": 4, "all": 0}),
        ([str(own), "--split", "all"], {"all": 4}),
        ([str(own), "--split", "all", "--split", "test"], {"all": 4, "test": 0}),
    ):
        found = said(capsys, "inspect", *arguments, *OWN[:4], "--json")
        parts = {"all": found["undivided"], **found["splits"]}
        assert {name: part["left_out"] for name, part in parts.items()} == counts


def test_inspect_tells_the_first_row_of_each_kind_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "own.jsonl"
    good = [{"sentence": f"Number {i}.", "formula": f"Odd(n{i})"} for i in range(30)]
    bad = [{"text": "Hot.", "logic": "Hot(a)"}, {"text": "Cold."}, {"sentence": 5, "formula": "A"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in [*good, *bad]))
    for arguments, split in (([], "all"), (["--split", "test"], "test")):
        assert main(["data", "inspect", str(path), *arguments]) == 0
        lines = capsys.readouterr().out.splitlines()
        for told in (
            f"{path}, row 31: no column 'sentence'; it has 'text', 'logic'",
            f"{path}, row 32: no column 'sentence'; it has 'text'",
            f"{path}, row 33: column 'sentence': 5 is not text",
        ):
            assert f"{split}, left out: {told}" in lines
    path.write_text("".join(json.dumps(row) + "\n" for row in [*good, bad[0], bad[0]]))
    assert main(["data", "inspect", str(path)]) == 0
    assert f"all, left out: 2 like {path}, row 31: no column" in capsys.readouterr().out


def test_a_build_that_fails_leaves_nothing(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    build = ["data", "build", "jsonl", "--path", str(own), *OWN, "--output", str(tmp_path / "out")]
    assert main(build) == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def full(path: Path, rows: Any) -> None:
        path.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(inspection, "_write", full)
    for argv in ([*build, "--overwrite"], [*build[:-1], str(tmp_path / "new")]):
        assert main(argv) == 2
        assert "cannot be written (No space left on device)" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "own.jsonl"]


def test_a_build_that_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    output = tmp_path / "out"
    command = ["data", "build", "synthetic", "--size", "20000", "--split", "train", "--split", "rl"]
    process = subprocess.Popen(
        [sys.executable, "-c", "import sys; from pipelines.cli import main; sys.exit(main())", *command, "--output",
         str(output)],
        cwd=Path(__file__).parent.parent.parent, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    # Fast machines may have finished; then the folder is whole.
    assert process.returncode in (0, 130), errors
    assert [path.name for path in tmp_path.iterdir()] == (
        ["out"] if process.returncode == 0 else []
    )


def test_entail_on_stories_and_on_predictions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def story(number: int, fact: str, conclusion: str, label: str) -> dict[str, Any]:
        return {
            "story_id": number, "premises": ["Cats sleep.", f"Fact {number}."],
            "premises-FOL": ["∀x (Cat(x) → Sleeps(x))", fact], "conclusion": f"Conclusion {number}.",
            "conclusion-FOL": conclusion, "label": label,
        }  # fmt: skip

    stories = [
        story(1, "Cat(tom)", "Sleeps(tom)", "True"),
        story(2, "¬Sleeps(tom)", "Cat(tom)", "Uncertain"),
        story(3, "Cat(tom) ∧ ¬Sleeps(tom)", "Cat(tom)", "True"),
        story(4, "Cat(tom", "Cat(tom)", "True"),
        story(5, "Cat(tom)", "Cat(tom)", "True") | {"premises": ["One."]},
    ]
    (tmp_path / "folio-validation.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in stories)
    )
    asked = ("entail", "folio", "--path", str(tmp_path), "--split", "validation")
    found = said(capsys, *asked, "--json", "--output", str(tmp_path / "judged.jsonl"))["validation"]
    assert (found["stories"], found["proved_labels"], found["judged"], found["not_judged"]) == (
        5,
        1,
        3,
        2,
    )
    assert found["inconsistent_premises"] == ["row 3 (folio story 3)"] and found["accuracy"] == 0.2
    assert [line.split(":")[1] for line in found["disagreeing"]] == [
        " label Uncertain, formulas False", " label True, formulas Inconsistent",
    ]  # fmt: skip
    judged = [json.loads(line) for line in (tmp_path / "judged.jsonl").read_text().splitlines()]
    assert [row["finding"] for row in judged] == ["True", "False", "Inconsistent", "not judged"]
    answers = [
        ("Cats sleep.", "∀x (Cat(x) → Sleeps(x))"),
        ("Fact 1.", "Cat(tom)"),
        ("Conclusion 1.", "Sleeps(tom)"),
    ]
    file = tmp_path / "answers.jsonl"
    file.write_text(
        "".join(json.dumps({"sentence": s, "completion": f}) + "\n" for s, f in answers)
    )
    found = said(capsys, *asked, "--predictions", str(file), "--json")["validation"]
    assert (found["proved_labels"], found["judged"], found["not_judged"]) == (1, 1, 4)
    assert main(["data", *asked]) == 0
    assert "1 labels proved: 20.0% of all stories" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["inspect", "nope"], "no data set 'nope'; allowed: synthetic, folio"),
        (["inspect", "jsonl"], "a path is needed"),
        (["inspect", "folio", "--path", "/nowhere/at/all"], "/nowhere/at/all: no such folder"),
        (["inspect", "synthetic", "--split", "dev"], "no split 'dev'; it has train"),
        (["inspect", "synthetic", "--size", "0"], "size is 0"),
        (["inspect", "synthetic", "--size", "9" * 20], "at most 100,000,000 are made at a time"),
        (["inspect", "jsonl", "--path", "x.jsonl", "--column", "NL"], "write OURS=THEIRS"),
        (
            ["inspect", "csv", "--column", "a=b", "--column", "a=c"],
            "--column a is given twice: b, c",
        ),
        (["inspect", "synthetic", "--task", "mt"], "synthetic is for translate, correct, not mt"),
        (["entail", "synthetic"], "synthetic is for translate, correct, not entail"),
        (["build", "synthetic"], "--output"),
        (["clean"], "invalid choice: 'clean'"),
        ([], "required: command"),
    ],
)
def test_bad_usage_exits_2_with_what_is_allowed(
    argv: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["data", *argv]) == 2
    assert message in capsys.readouterr().err


def test_a_bad_file_exits_2_with_file_and_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.json"
    file.write_text('[{"sentence": "Hot.", "formula": "Hot(a)"}, {"sentence": "Co')
    assert (
        main(["data", "build", "json", "--path", str(file), "--output", str(tmp_path / "out")]) == 2
    )
    assert "own.json, row 2: not valid JSON" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["own.json"]


def test_the_dialect_of_the_formulas_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "own.jsonl"
    formula = "all y.(-exists x.H(x,y) -> E(y)) & P(a)"
    path.write_text(json.dumps({"sentence": "Both.", "formula": formula}) + "\n")
    source = ["inspect", "jsonl", "--path", str(path), "--split", "all", "--json"]
    found = said(capsys, *source, "--dialect", "nltk")
    (example,) = found["splits"]["all"]["examples"]
    assert example["reference"] == "∀y (¬∃x H(x, y) → E(y)) ∧ P(a)"

"""`folalign verify --class`: a row for each student, what went wrong how often, a page; every kind of table."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from pipelines.cli import main

ALL = "∀x (Cat(x) → Animal(x))"
ANSWERS = {
    "Ann": ALL,
    "Bob": "∃x (Cat(x) ∧ Animal(x))",
    "Cyd": "∀x (Cat(x) ∧ Animal(x))",
    "Dan": "∀x Cat(x) →",
    "Eve": "∀x (Cat(x) → Animal(x)",
}
ROWS = [{"student": name, "candidate": text, "group": "A"} for name, text in ANSWERS.items()]


def separated(delimiter: str) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(ROWS[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(ROWS)
    return text.getvalue()


def verify(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main(["verify", "--reference", ALL, *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a class, its grades and its page."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "logic1.csv").write_text(separated(";"), encoding="utf-8")
    words = ["--class", "logic1.csv", "--output", "grades.jsonl", "--html", "class.html"]
    paths = [str(folder / word) if "." in word else word for word in words]
    assert main(["verify", "--reference", ALL, *paths]) == 1
    return folder


def test_a_row_for_each_student_keeps_the_other_columns(graded: Path) -> None:
    lines = (graded / "grades.jsonl").read_text(encoding="utf-8").splitlines()
    rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
    assert [(row["student"], row["group"], row["candidate"]) for row in rows] == [
        (name, "A", text) for name, text in ANSWERS.items()
    ]
    verdicts = ["proved", "refuted", "refuted", "unreadable", "proved"]
    assert [row["verdict"] for row in rows] == verdicts
    assert rows[1]["mistakes"] == ["quantifier", "connective"]
    assert "quantifier: ∃x in place of ∀x" in rows[1]["explanation"]
    assert rows[2]["relation"] == "stronger"
    assert rows[3]["error"] == "the text ends in the middle of a formula"
    assert (rows[0]["repairs"], rows[4]["repairs"]) == ([], ["closing bracket added"])


def test_the_page_has_the_mistakes_and_every_answer(graded: Path) -> None:
    page = (graded / "class.html").read_text(encoding="utf-8")
    assert "5 answers: 2 equivalent, 2 not, 1 unreadable" in page
    assert page.count("<details") == 5 and "<svg" in page
    assert "<td>connective</td><td>2</td>" in page
    for name in ANSWERS:
        assert f"<b>{name}</b>" in page
    assert "<script" not in page and "http" not in page.replace("http-equiv", "").replace(
        "http://www.w3.org/2000/svg", ""
    )


def test_the_summary_counts_kinds_of_mistake(
    capsys: pytest.CaptureFixture[str], graded: Path
) -> None:
    code, out, _ = verify(capsys, "--class", graded / "logic1.csv")
    assert code == 1
    assert "5 answers: 2 equivalent, 2 not, 1 unreadable; mean score" in out
    assert [line.split() for line in out.splitlines()[3:]] == [
        ["connective", "2"],
        ["quantifier", "1"],
        ["unreadable", "1"],
    ]
    _, out, _ = verify(capsys, "--class", graded / "logic1.csv", "--json", "--strict")
    assert json.loads(out)["verdicts"] == {"proved": 1, "refuted": 2, "unreadable": 2}


def test_every_kind_of_table_is_read(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "commas.csv").write_text(separated(","), encoding="utf-8")
    (tmp_path / "tabs.tsv").write_text(separated("\t"), encoding="utf-8")
    book = Workbook()
    book.active.append(list(ROWS[0]))
    for row in ROWS:
        book.active.append(list(row.values()))
    book.save(tmp_path / "sheet.xlsx")
    told = {verify(capsys, "--class", path) for path in tmp_path.iterdir()}
    monkeypatch.setattr("sys.stdin", io.StringIO(separated(";")))
    told.add(verify(capsys, "--class", "-"))
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(map(json.dumps, ROWS))))
    told.add(verify(capsys, "--class", "-"))
    assert len(told) == 1


@pytest.mark.parametrize("option", ["--output", "--html"])
def test_the_answers_are_never_overwritten(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, option: str
) -> None:
    answers, link = tmp_path / "class.csv", tmp_path / "link.csv"
    answers.write_text(separated(","), encoding="utf-8")
    content = answers.read_bytes()
    link.hardlink_to(answers)
    for path in (answers, link, tmp_path / "." / ".." / tmp_path.name / "class.csv"):
        code, _, err = verify(capsys, "--class", answers, option, path, "--overwrite")
        assert code == 2 and "is the file with the answers; name another" in err
    assert answers.read_bytes() == content
    other = tmp_path / "other.csv"
    other.write_text("old", encoding="utf-8")
    assert verify(capsys, "--class", answers, option, other, "--overwrite")[0] == 1
    assert other.read_text(encoding="utf-8") != "old"


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".xlsx"])
def test_every_kind_of_table_is_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, graded: Path, ending: str
) -> None:
    output = tmp_path / f"out{ending}"
    verify(capsys, "--class", graded / "logic1.csv", "--output", output)
    if ending == ".xlsx":
        rows = list(load_workbook(output).active.iter_rows(values_only=True))
    else:
        text = output.read_text(encoding="utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), delimiter="," if ending == ".csv" else "\t"))
    assert len(rows) == 6 and tuple(rows[0][:4]) == ("student", "candidate", "group", "score")
    assert rows[2][6] == "quantifier; connective"


def test_an_answer_left_empty_is_no_lost_column(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    book = Workbook()
    for row in [("student", "candidate"), ("Ann", None), (None, None), ("Bob", ALL)]:
        book.active.append(row)
    book.save(tmp_path / "sheet.xlsx")
    _, out, err = verify(capsys, "--class", tmp_path / "sheet.xlsx", "--json")
    assert json.loads(out)["verdicts"] == {"unreadable": 1, "proved": 1} and not err
    (tmp_path / "other.csv").write_text("student;answer\nAnn;P(a)\n")
    code, _, err = verify(capsys, "--class", tmp_path / "other.csv")
    assert code == 2 and "--column candidate=NAME names another" in err


def test_a_broken_reference_is_told_once_and_refused_where_strict(
    capsys: pytest.CaptureFixture[str], graded: Path
) -> None:
    words = ["verify", "--class", str(graded / "logic1.csv"), "--reference", ALL[:-1]]
    assert main(words) == 1
    assert capsys.readouterr().err.count("was repaired (closing bracket added)") == 1
    assert main([*words, "--strict"]) == 2
    assert "the reference is not a formula" in capsys.readouterr().err


def test_references_of_the_rows_and_columns_by_other_names(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "two.csv"
    file.write_text("name,said,meant,score\nAnn,P(a),P(a),9\nBob,P(a),,\n", encoding="utf-8")
    output = tmp_path / "out.jsonl"
    words = ["--class", file, "--column", "candidate=said", "--column", "reference=meant"]
    code = main(["verify", *map(str, words), "--output", str(output)])
    assert code == 1
    rows = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert (rows[0]["score"], rows[0]["judged_score"]) == ("9", 1.0)
    assert rows[1]["verdict"] == "broken" and "the reference is not a formula" in rows[1]["error"]
    assert "row 3: the reference is not a formula" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--class", "nowhere.csv"], "nowhere.csv: no such file"),
        (["--class", "x.csv", "--candidate", "P(a)"], "give either --class or --candidate"),
        (["--class", "x.csv", "--workers", "2"], "--workers goes with --pairs"),
        (["--candidate", "P(a)", "--html", "x.html"], "--html goes with --class"),
        (["--class", "x.csv", "--output", "out.doc"], "is written to .csv, .tsv, .jsonl, .xlsx"),
        (["--class", "x.csv", "--output", "a.csv", "--html", "./a.csv"], "both name a.csv"),
    ],
)
def test_bad_usage_of_a_class(
    capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    code, _, err = verify(capsys, *words)
    assert code == 2 and told in err


def test_grades_are_not_replaced_by_their_page(
    capsys: pytest.CaptureFixture[str], graded: Path, tmp_path: Path
) -> None:
    output, link = tmp_path / "grades.csv", tmp_path / "link.csv"
    output.write_text("mine")
    link.symlink_to(output)
    words = ["--class", graded / "logic1.csv", "--output", output, "--html", link, "--overwrite"]
    code, _, err = verify(capsys, *words)
    assert code == 2 and "one would replace the other" in err
    assert output.read_text() == "mine"
    code, _, _ = verify(capsys, *words[:4], "--html", tmp_path / "grades.html", "--overwrite")
    assert code == 1 and output.read_text(encoding="utf-8-sig").startswith("student,candidate")


def test_what_is_no_text_is_told_as_with_pairs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """And an answer that is empty stays one that cannot be read."""
    values = [5, ["P(a)"], None, "", "P(a)"]
    rows = [{"candidate": value, "reference": "P(a)"} for value in values]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    found = {}
    for kind in ("--class", "--pairs"):
        output = tmp_path / f"out{kind}.jsonl"
        assert main(["verify", kind, str(file), "--output", str(output)]) == 1
        told = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
        found[kind] = [(row["verdict"], row["score"]) for row in told]
        assert told[2]["error"] == "column 'candidate': None is not text"
    assert found["--class"] == found["--pairs"]
    assert found["--class"] == [*[("broken", None)] * 3, ("unreadable", 0.0), ("proved", 1.0)]
    capsys.readouterr()


def test_a_class_and_pairs_are_two_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--pairs", "a.jsonl", "--class", "b.csv"]) == 2
    assert "give either --pairs or --class" in capsys.readouterr().err

"""`folalign verify`: verdicts a person can read, files with broken rows, exit codes; without torch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import logic
from pipelines.cli import main

ROOT = Path(__file__).parents[2]
ALL = "∀x (Cat(x) → Sleeps(x))"


def verify(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["verify", *words])
    out, err = capsys.readouterr()
    return code, out, err


def test_equivalent_pair(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = verify(capsys, "--candidate", "¬∃x (Cat(x) ∧ ¬Sleeps(x))", "--reference", ALL)
    assert code == 0
    assert "equivalent, proved" in out and "1.000" in out
    assert "∀x (Cat(x) → Sleeps(x))" in out


def test_refuted_pair_shows_countermodel_and_relation(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = verify(capsys, "--candidate", "∃x (Cat(x) ∧ Sleeps(x))", "--reference", ALL)
    assert code == 1
    assert "not equivalent, refuted" in out
    assert "countermodel" in out and "elements" in out
    assert "quantifier: ∃x in place of ∀x" in out and "the reference is false" in out


def test_unreadable_candidate_says_where(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = verify(capsys, "--candidate", "∀x (Cat(x) → ", "--reference", ALL)
    assert code == 1
    assert "no formula can be read" in out
    assert "line 1" in out or ":" in out


def test_json_of_one_pair(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = verify(capsys, "--candidate", ALL, "--reference", ALL, "--json")
    result = json.loads(out)
    assert code == 0
    assert (result["verdict"], result["score"], result["relation"]) == ("proved", 1.0, "equivalent")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "give --candidate and --reference, or --pairs FILE"),
        (("--candidate", "P(a)"), "give --candidate and --reference"),
        (("--candidate", "P(a)", "--reference", "P(a ∧"), "the reference is not a formula"),
        (
            ("--candidate", "P(a)", "--reference", "P(a)", "--pairs", "x.jsonl"),
            "give either --pairs, or",
        ),
        (
            ("--candidate", "P(a)", "--reference", "P(a)", "--names", "any"),
            "choose from 'match', 'exact'",
        ),
        (
            ("--candidate", "P(a)", "--reference", "P(a)", "--output", "o"),
            "--output goes with --pairs",
        ),
        (("--pairs", "nowhere.jsonl"), "nowhere.jsonl: no such file"),
        (("--pairs", "pairs.txt"), "files that can be read end in .jsonl, .csv"),
    ],
)
def test_bad_usage(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str
) -> None:
    code, _, err = verify(capsys, *words)
    assert code == 2
    assert message in err


def test_pairs_file_counts_each_kind_and_names_broken_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"candidate": "∀y (Cat(y) → Sleeps(y))", "reference": ALL},
        {"candidate": "∃y (Cat(y) ∧ Sleeps(y))", "reference": ALL},
        {"candidate": "", "reference": ALL},
        {"candidate": "P(a)", "reference": "P(a ∧"},
        {"candidate": "P(a)"},
    ]
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{broken\n")
    output = tmp_path / "results.jsonl"
    code, out, err = verify(capsys, "--pairs", str(pairs), "--output", str(output), "--json")
    summary = json.loads(out)
    assert code == 1
    assert {key: summary[key] for key in ("rows", "equivalent", "refuted", "unreadable", "not_judged", "broken")} == {
        "rows": 6, "equivalent": 1, "refuted": 1, "unreadable": 1, "not_judged": 0, "broken": 3,
    }  # fmt: skip
    for row, reason in (
        (4, "the reference is not a formula"),
        (5, "no column 'reference'"),
        (6, "not valid JSON"),
    ):
        assert any(f"row {row}:" in line and reason in line for line in err.splitlines())
    results = [json.loads(line) for line in output.read_text().splitlines()]
    assert [(result["row"], result["verdict"]) for result in results] == [
        (1, "proved"), (2, "refuted"), (3, "unreadable"), (4, "broken"), (5, "broken"), (6, "broken"),
    ]  # fmt: skip
    assert [result["score"] for result in results[3:]] == [None] * 3
    assert "not valid JSON" in results[5]["error"]


def test_csv_of_equivalent_pairs_ends_with_code_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text('candidate,reference\n"P(a) ∧ Q(a)","Q(a) ∧ P(a)"\n')
    code, out, _ = verify(capsys, "--pairs", str(pairs))
    assert code == 0
    assert "equivalent" in out and "mean score" in out


def test_file_without_usable_rows_is_bad_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text('{"a": 1}\n')
    code, _, err = verify(capsys, "--pairs", str(pairs))
    assert code == 2
    assert "no column 'candidate'; it has 'a'; --column candidate=NAME names another" in err


def test_verify_loads_no_training_package() -> None:
    code = (
        "import sys; from pipelines.cli import main\n"
        "try: main(['verify', '--help'])\n"
        "except SystemExit: print(sorted({'rich', 'z3', 'numpy'} & set(sys.modules)))\n"
        f"main(['verify', '--candidate', {ALL!r}, '--reference', {ALL!r}]); "
        "print(sorted({'torch', 'transformers', 'trl', 'datasets', 'yaml'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr
    # Help is there in 0.3 s: it loads none of what takes long and only an answer needs.
    assert done.stdout.splitlines().count("[]") == 2, done.stdout


def test_a_lone_surrogate_costs_no_results(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs, results = tmp_path / "pairs.jsonl", tmp_path / "results.jsonl"
    rows = [
        '{"candidate": "P(a)\\ud800", "reference": "P(a)"}',
        '{"candidate": "P(a)", "reference": "P(a)"}',
    ]
    pairs.write_text("\n".join(rows) + "\n")
    verify(capsys, "--pairs", str(pairs), "--output", str(results))
    written = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    assert written[-1]["score"] == 1.0


def test_the_pairs_are_never_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text('{"candidate": "P(a)", "reference": "P(a)"}\n')
    code, _, err = verify(capsys, "--pairs", str(pairs), "--output", str(pairs))
    assert code == 2 and "is the file with the pairs" in err
    assert pairs.read_text() == '{"candidate": "P(a)", "reference": "P(a)"}\n'


def test_what_the_terminal_cannot_show_is_escaped() -> None:
    """A sign outside the terminal's encoding, or a byte that is no text."""
    code = (
        "import sys; from pipelines.cli import main; "
        "sys.exit(main(['verify', '--candidate', 'P(\\udcff)', '--reference', '∀x Q(x)']))"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env={**os.environ, "PYTHONIOENCODING": "ascii:strict"},
    )  # fmt: skip
    assert done.returncode == 1 and "\\udcff" in done.stdout and "\\u2200x Q(x)" in done.stdout, (
        done.stderr
    )


def test_a_formula_on_the_command_line_may_begin_with_a_dash(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["verify", "--candidate", "-P(a)", "--reference", "¬P(a)"]) == 0
    assert main(["verify", "--candidate", "- P(a)", "--reference", "P(a)"]) == 1
    assert "proved" in capsys.readouterr().out


def test_a_dialect_holds_its_conventions() -> None:
    pair = ["verify", "--candidate", "all x.P(x) -> Q(a)", "--reference", "(∀x P(x)) → Q(a)"]
    assert main([*pair, "--dialect", "nltk"]) == 0
    assert main(pair) == 1


def test_a_row_that_the_judge_fails_on_costs_no_other_row(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = logic.compare

    def compare(**sides: Any) -> logic.Comparison:
        if sides["candidate"] == "Bad(a)":
            raise RecursionError("too deep")
        return honest(**sides)

    monkeypatch.setattr(logic, "compare", compare)
    texts = [ALL, "Bad(a)", "ForAll([xor], P(xor))", "(forall ((|a b| U)) (P |a b|))"]
    rows = [{"candidate": text, "reference": "∀x P(x)"} for text in texts]
    pairs, output = tmp_path / "pairs.jsonl", tmp_path / "out.jsonl"
    pairs.write_text("".join(json.dumps(row) + "\n" for row in rows))
    code, _, err = verify(capsys, "--pairs", str(pairs), "--output", str(output), "--workers", "0")
    judged = [json.loads(line) for line in output.read_text().splitlines()]
    assert code == 1
    assert [row["row"] for row in judged] == [1, 2, 3, 4]
    assert [row["verdict"] for row in judged[1:]] == ["broken", "proved", "proved"]
    assert judged[1]["score"] is None
    assert "row 2: cannot be judged: RecursionError: too deep" in err


def test_a_fault_of_the_program_is_not_the_code_of_formulas_that_differ(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def compare(**sides: Any) -> logic.Comparison:
        raise AssertionError("a fault")

    monkeypatch.setattr(logic, "compare", compare)
    code, _, err = verify(capsys, "--candidate", ALL, "--reference", ALL)
    assert code == 3
    assert "AssertionError: a fault" in err

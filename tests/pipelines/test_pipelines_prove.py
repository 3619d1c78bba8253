"""`folalign prove`, `models` and `holds`: what they print, exit codes, and words for what is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pipelines.cli import main

ROOT = Path(__file__).parents[2]
CATS = "∀x (Cat(x) → Animal(x))"


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(list(words))
    out, err = capsys.readouterr()
    return code, out, err


def prove(
    capsys: pytest.CaptureFixture[str], premises: list[str], *words: str
) -> tuple[int, str, str]:
    options = [option for premise in premises for option in ("--premise", premise)]
    return run(capsys, "prove", *options, *words)


def test_a_proof(capsys: pytest.CaptureFixture[str]) -> None:
    premises = [CATS, "Dog(rex)", "Cat(tom)"]
    code, out, _ = prove(capsys, premises, "--conclusion", "Animal(tom)")
    assert code == 0
    assert "follows from premises 1 and 3" in out
    assert "from 2, 3, as was to be shown" in out and "Dog(rex)" not in out


def test_a_countermodel(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    code, out, _ = prove(
        capsys, [CATS, "Animal(tom)"], "--conclusion", "Cat(tom)", "--html", str(page)
    )
    assert code == 1
    assert "not valid" in out and "tom: Animal" in out
    assert (
        "premise 2 is true: Animal(tom)" in out and "the conclusion is false: not Cat(tom)" in out
    )
    assert "<svg" in page.read_text(encoding="utf-8")


def test_consistency(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = prove(capsys, ["P(a)", "Q(b)", "∀x ¬P(x)"])
    assert code == 1 and "premises 1 and 3 contradict each other (the fewest that do)" in out
    code, out, _ = prove(capsys, ["P(a)", "Q(b)"])
    assert code == 0 and "consistent: all can be true together" in out


def test_json_and_latex(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    premises = ["Cat(tom)", CATS]
    code, out, _ = prove(capsys, premises, "--conclusion", "Animal(tom)", "--json")
    values = json.loads(out)
    assert code == 0 and values["status"] == "proved" and values["used"] == [0, 1]
    code, out, _ = prove(capsys, premises, "--conclusion", "Animal(tom)", "--latex")
    assert code == 0 and out.startswith("\\begin{array}")
    code, out, _ = prove(capsys, premises, "--conclusion", "Cat(rex)", "--json")
    path = tmp_path / "countermodel.json"
    path.write_text(json.dumps(json.loads(out)["countermodel"]), encoding="utf-8")
    assert run(capsys, "holds", CATS, "--model", str(path))[:2] == (0, "true\n")
    assert run(capsys, "holds", "Cat(rex)", "--model", str(path))[:2] == (1, "false\n")


def test_premises_of_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "premises.txt"
    path.write_text(f"# what is known\n{CATS}\n\nCat(tom)\n", encoding="utf-8")
    code, out, _ = run(capsys, "prove", "--premises", str(path), "--conclusion", "Animal(tom)")
    assert code == 0 and "premises 1 and 2" in out


def test_a_formula_may_begin_with_a_dash(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = prove(capsys, ["-P(a)"], "--conclusion", "-P(a)")
    assert code == 0 and "follows from premise 1" in out
    code, out, _ = run(capsys, "models", "--size", "1", "--", "-P(a)")
    assert code == 0


@pytest.mark.parametrize(
    ("notation", "premise", "conclusion"),
    [
        ("smtlib", "(forall ((x U)) (=> (Cat x) (Animal x)))", "(=> (Cat tom) (Animal tom))"),
        ("tptp", "fof(a, axiom, ! [X] : (cat(X) => animal(X))).", "cat(tom) => animal(tom)"),
        ("prover9", "all x (Cat(x) -> Animal(x)).", "Cat(tom) -> Animal(tom)."),
        ("nltk", "all x.(Cat(x) -> Animal(x))", "Cat(tom) -> Animal(tom)"),
        ("latex", r"\forall x (Cat(x) \to Animal(x))", r"Cat(tom) \to Animal(tom)"),
        ("z3py", "ForAll([x], Implies(Cat(x), Animal(x)))", "Implies(Cat(tom), Animal(tom))"),
        ("prolog", "animal(X) :- cat(X).", "animal(tom) :- cat(tom)."),
    ],
)
def test_every_notation(
    capsys: pytest.CaptureFixture[str], notation: str, premise: str, conclusion: str
) -> None:
    words = ("--conclusion", conclusion, "--dialect", notation)
    code, out, _ = prove(capsys, [premise], *words)
    assert code == 0 and "follows from premise 1" in out


def test_a_domain(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--conclusion", "∃≥2x Animal(x)", "--domain", "counting")
    code, out, _ = prove(capsys, [CATS, "∃≥3x Cat(x)"], *words)
    assert code == 0 and "premises 1 and 2" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "give --premise and --conclusion"),
        (("--premise", "P(a", "--conclusion", "P(a)"), "premise 1 is not a formula: line 1"),
        (("--premise", "P(a)", "--conclusion", "∀x"), "the conclusion is not a formula"),
        (("--premise", "P(a)", "--conclusion", "P(b)", "--latex"), "there is no proof to print"),
        (("--premises", "nowhere.txt", "--conclusion", "P(b)"), "nowhere.txt"),
        (("--premise", "P(a)", "--domain", "weather"), "--domain"),
    ],
)
def test_bad_usage_of_prove(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str
) -> None:
    code, _, err = run(capsys, "prove", *words)
    assert code == 2 and message in err


def test_models(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "models", "∀x ∃y R(x, y)", "--size", "2")
    assert code == 0
    assert out.startswith("6 models with 2 elements, up to renaming the elements")
    assert "model 6" in out and "R: a → a" in out
    code, out, _ = run(capsys, "models", "P(a) ∧ ¬P(b)", "--size", "1")
    assert code == 1 and out.startswith("0 models with 1 element")
    code, out, _ = run(capsys, "models", "∃x P(x)", "--size", "3", "--limit", "2", "--json")
    values = json.loads(out)
    assert (values["count"], values["is_complete"]) == (2, False)
    assert values["models"][0]["size"] == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("P(a)", "--size", "0"), "size must be above 0, got 0"),
        (("P(a)",), "--size"),
        (("P(a", "--size", "2"), "line 1"),
        (("P(a)", "--size", "9"), "9 elements are too many to list"),
    ],
)
def test_bad_usage_of_models(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str
) -> None:
    code, _, err = run(capsys, "models", *words)
    assert code == 2 and message in err


@pytest.mark.parametrize(
    ("content", "formula", "message"),
    [
        ('{"size": 0}', "P(a)", "at least one element"),
        ('{"elements": ["a"]}', "Dog(a)", "says nothing of the predicate Dog/1"),
        ('{"elements": ["a"]', "P(a)", "is not JSON"),
        ('{"elements": ["a"]}', "P(a", "line 1"),
        ("[]", "P(a)", "a structure is an object"),
    ],
)
def test_bad_usage_of_holds(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str, formula: str, message: str
) -> None:
    path = tmp_path / "model.json"
    path.write_text(content, encoding="utf-8")
    code, _, err = run(capsys, "holds", formula, "--model", str(path))
    assert code == 2 and message in err


def test_a_missing_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, err = run(capsys, "holds", "P(a)", "--model", str(tmp_path / "none.json"))
    assert code == 2 and "none.json" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["convert", "f.txt"], "'f.txt' is a file, not a formula; give --file f.txt"),
        (["convert", "-"], "give --file -"),
        (["models", "f.txt", "--size", "1"], "'f.txt' is a file, not a formula"),
        (["holds", "f.txt", "--model", "f.txt"], "'f.txt' is a file, not a formula"),
        (["prove", "P(a)", "P(b)"], "a formula goes behind --premise or --conclusion"),
        (["verify", "P(a)", "P(b)"], "a formula goes behind --candidate or --reference"),
    ],
)
def test_words_that_are_no_options(
    capsys: pytest.CaptureFixture[str],
    in_temporary_folder: Path,
    words: list[str],
    message: str,
) -> None:
    (in_temporary_folder / "f.txt").write_text("P(a)\n")
    code, _, err = run(capsys, *words)
    assert code == 2 and message in err


def test_without_the_training_packages(tmp_path: Path) -> None:
    """The commands run where torch cannot be imported, as in the base install."""
    (tmp_path / "torch.py").write_text("raise ModuleNotFoundError('torch')")
    (tmp_path / "trl.py").write_text("raise ModuleNotFoundError('trl')")
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "pipelines.cli", "prove", "--conclusion", "P(a) ∨ ¬P(a)"]
    found = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert found.returncode == 0, found.stderr
    assert "valid: true in every structure" in found.stdout


def test_pictures(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    picture = tmp_path / "models.svg"
    run(capsys, "models", "∀x ∃y R(x, y)", "--size", "2", "--svg", str(picture))
    root = ElementTree.fromstring(picture.read_text(encoding="utf-8"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(root.findall("{http://www.w3.org/2000/svg}svg")) == 6
    prove(capsys, ["P(a)"], "--conclusion", "P(b)", "--svg", str(picture))
    root = ElementTree.fromstring(picture.read_text(encoding="utf-8"))
    assert len(root.findall("{http://www.w3.org/2000/svg}svg")) == 1

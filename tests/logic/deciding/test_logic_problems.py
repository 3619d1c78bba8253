"""Published problems: what is decided, by which step, and that none is decided wrong."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

import logic
from logic import syntax as S
from logic.deciding.ladder import Limits
from logic.deciding.normal import negate, normal_form
from logic.deciding.provers import eprover
from logic.deciding.provers.cases import MAX_CASES, cases, enough
from logic.deciding.provers.tptp import tptp

ROOT = Path(__file__).resolve().parents[3]
PROBLEMS = ROOT / "benchmarks" / "problems"
ALONE = logic.Budget(prover=0)
HAS_E = eprover.program() is not None
needs_e = pytest.mark.skipif(not HAS_E, reason="the extra `prover` is not installed")


def problems(name: str) -> dict[str, tuple[str, str]]:
    """What each problem of a file is, and its formula."""
    rows = {}
    for line in (PROBLEMS / f"{name}.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            number, kind, formula = line.split("\t")
            rows[number] = (kind, formula)
    return rows


def _script(name: str) -> Any:
    """A script of benchmarks/ as a module."""
    path = ROOT / "benchmarks" / f"{name}.py"
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


random_formulas = _script("random_formulas")
RIGHT = {"valid": "proved", "invalid": "refuted"}


def decide(formula: str, budget: logic.Budget | None = None) -> logic.Verdict:
    return logic.entails(premises=[], conclusion=formula, budget=budget, used=False)


def test_the_suites_are_whole() -> None:
    assert list(problems("pelletier")) == [str(number) for number in range(1, 61)]
    assert len(problems("pelletier")) + len(problems("handbook")) >= 185


@pytest.mark.parametrize("number", ["34", "37", "38", "47", "51", "52", "53", "54"])
def test_the_hard_ones_of_pelletier_are_proved_without_an_extra_prover(number: str) -> None:
    kind, formula = problems("pelletier")[number]
    assert kind == "valid"
    assert decide(formula, ALONE).status == "proved"


@pytest.mark.parametrize(
    "name",
    ["exactly-3", "exactly-4-none-other", "exactly-4-same-set", "unique-4-5", "unique-5-4"],
)
def test_what_is_said_in_two_usual_ways_is_proved_in_both_directions(name: str) -> None:
    formula = logic.parse(problems("pairs")[name][1])
    assert isinstance(formula, S.Iff)
    for one, other in ((formula.left, formula.right), (formula.right, formula.left)):
        assert logic.equivalent(candidate=one, reference=other, budget=ALONE).status == "proved"


def test_group_axioms_are_left_open_soon_without_an_extra_prover() -> None:
    """Work ends it, after about a second of the processor."""
    verdict = decide(problems("pairs")["group-left-right"][1], ALONE)
    assert (verdict.status, verdict.reason) == ("unknown", "rlimit")


@pytest.mark.slow
@pytest.mark.parametrize(("suite", "open_at_most"), [("pelletier", 0), ("handbook", 10)])
def test_a_suite_without_an_extra_prover(suite: str, open_at_most: int) -> None:
    _check_suite(suite, ALONE, open_at_most)


@pytest.mark.slow
@needs_e
@pytest.mark.parametrize(
    ("suite", "open_at_most"), [("pelletier", 0), ("handbook", 3), ("pairs", 0)]
)
def test_a_suite_with_e(suite: str, open_at_most: int) -> None:
    _check_suite(suite, logic.Budget(), open_at_most)


def _check_suite(suite: str, budget: logic.Budget, open_at_most: int) -> None:
    left = []
    for name, (kind, formula) in problems(suite).items():
        verdict = decide(formula, budget)
        if verdict.status == "unknown":
            assert verdict.reason != "wall", name
            left.append(name)
        else:
            assert verdict.status == RIGHT.get(kind, "refuted"), name
    assert len(left) <= open_at_most, left


# ---- under load ----


@pytest.mark.slow
def test_verdicts_are_the_same_while_ten_processes_work() -> None:
    hard = {
        name: formula
        for suite, names in {
            "pelletier": ("37", "38", "53", "54"),
            "handbook": ("decidable-11", "lcffol-33", "meson-7"),
            "pairs": ("exactly-4-none-other", "group-left-right"),
        }.items()
        for name, (_, formula) in problems(suite).items()
        if name in names
    }

    def verdicts() -> dict[str, Any]:
        found = {name: decide(formula, ALONE) for name, formula in hard.items()}
        return {name: (each.status, each.method, each.reason) for name, each in found.items()}

    idle = verdicts()
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(10)]
    try:
        loaded = verdicts()
    finally:
        for process in busy:
            process.kill()
            process.wait()
    assert loaded == idle
    assert not any(reason == "wall" for _, _, reason in idle.values())


# ---- E ----


def test_e_is_not_started_where_it_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("E was started")

    monkeypatch.setattr("logic.deciding.provers.eprover.subprocess.run", refuse)
    _, formula = problems("pairs")["group-left-right"]
    assert decide(formula, ALONE).status == "unknown"
    assert decide(problems("pelletier")["38"][1]).status == "proved"


def test_without_the_extra_all_steps_go_on_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logic.deciding.provers.eprover.program", lambda: None)
    verdict = decide(problems("pairs")["group-left-right"][1])
    assert (verdict.status, verdict.reason) == ("unknown", "rlimit")


@needs_e
@pytest.mark.parametrize("name", ["group-left-right", "group-left-right-some"])
def test_e_decides_what_z3_does_not(name: str) -> None:
    verdict = decide(problems("pairs")[name][1])
    assert (verdict.status, verdict.method) == ("proved", "e")


@needs_e
def test_e_refutes_by_a_saturated_set() -> None:
    (case,) = cases(negate(normal_form(logic.parse("∀x (P(x) → P(f(x))) → ∀x P(x)"))))
    derivation = eprover.derive(case, 100_000, Limits.starting_now(logic.Budget()))
    assert derivation.status == "refuted" and "cnf(" in derivation.steps


@needs_e
def test_e_ends_at_its_limit_of_work() -> None:
    _, formula = problems("handbook")["decidable-11"]
    (case,) = cases(negate(normal_form(logic.parse(formula))))
    limits = Limits.starting_now(logic.Budget())
    assert eprover.derive(case, 20_000, limits).status == "unknown"
    assert limits.reached == ["clauses", "clauses"]


@pytest.mark.parametrize(
    ("output", "status"),
    [
        ("# SZS status Unsatisfiable\n", "unknown"),  # says so, and shows nothing
        (
            "# SZS status Unsatisfiable\n# SZS output start CNFRefutation\ncnf(c, plain, ($false)).\n"
            "# SZS output end CNFRefutation\n",
            "proved",
        ),
        (
            "# SZS status Unsatisfiable\n# SZS output start CNFRefutation\ncnf(c, plain, (p)).\n"
            "# SZS output end CNFRefutation\n",
            "unknown",
        ),
        ("# SZS status Satisfiable\n", "unknown"),
        (
            "# SZS status Satisfiable\n# SZS output start Saturation\ncnf(c, plain, (p)).\n"
            "# SZS output end Saturation\n",
            "refuted",
        ),
        ("# SZS status GaveUp\n", "unknown"),
        ("# SZS status ResourceOut\n", "unknown"),
        ("", "unknown"),
    ],
)
def test_e_is_believed_where_it_shows_why(
    monkeypatch: pytest.MonkeyPatch, output: str, status: str
) -> None:
    monkeypatch.setattr("logic.deciding.provers.eprover.program", lambda: Path("/none"))
    monkeypatch.setattr("logic.deciding.provers.eprover._run", lambda *_: output)
    (case,) = cases(normal_form(logic.parse("P(a)")))
    limits = Limits.starting_now(logic.Budget())
    assert eprover.derive(case, 1000, limits).status == status


def test_a_program_that_cannot_be_started_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logic.deciding.provers.eprover.program", lambda: Path("/no/such/program"))
    (case,) = cases(normal_form(logic.parse("P(a)")))
    assert eprover.derive(case, 1000, Limits.starting_now(logic.Budget())).status == "unknown"


def test_no_name_of_a_text_reaches_a_prover() -> None:
    atom = S.Atom("include('a').", (S.Function("f", (S.Constant("a b"),)),))
    (case,) = cases(normal_form(atom))
    text = tptp(case)
    assert text == "fof(a0, axiom, p0(f1(c2))).\n"
    assert "include" not in text and "a b" not in text


# ---- random formulas ----


def test_random_formulas_and_their_rewritings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["random_formulas.py", "--number", "300"])
    assert random_formulas.main() == 0
    assert capsys.readouterr().out.endswith("; 0 failures\n")


@pytest.mark.parametrize(
    "text",
    [
        "∃x ∃y ∃z ((P(x) ∨ P(y)) ∧ (P(y) ∨ P(z)) ∧ (P(x) ∨ P(z)))",
        "∀x ∀y ∀z ((P(x) ↔ P(y)) ∧ (P(y) ↔ P(z)) → (P(x) ↔ P(z)))",
        "∃x ∃y ∃z ∃w ((P(x) ∨ P(y)) ∧ (P(y) ∨ P(z)) ∧ (P(z) ∨ P(w)) ∧ (P(x) ∨ P(w)))",
        "∀x ∀y ∀z ∀w (R(x, y) ∧ R(y, z) ∧ R(z, w) → R(w, x) ∨ R(x, z))",
    ],
)
def test_variables_that_could_change_places_for_ever_do_not(text: str) -> None:
    assert decide(f"({text}) ↔ ({text})", ALONE).status == "proved"
    assert logic.compare(candidate=text, reference=text).score == 1.0


# ---- cases ----


def test_two_formulas_differ_in_two_cases() -> None:
    different = S.Not(S.Iff(logic.parse("∀x P(x)"), logic.parse("∃x ∀y R(x, y)")))
    found = cases(normal_form(different))
    assert len(found) == 2
    assert [len(case) for case in found] == [2, 2]


def test_a_form_has_few_cases() -> None:
    parts = tuple([logic.parse(f"∀x P{number}(x)") for number in range(30)])
    for formula in (S.Or(parts), S.Xor(parts), S.And(tuple([S.Or(parts)] * 5))):
        assert 1 <= len(cases(normal_form(formula))) <= MAX_CASES
    assert cases(normal_form(S.Truth(False))) == []
    assert cases(normal_form(S.Truth(True))) == [()]


def test_cases_together_say_what_the_form_says() -> None:
    for seed in range(60):
        formula = random_formulas.random_formula(Random(seed), 14)
        found = [_formula_of(case) for case in cases(normal_form(formula))]
        together = S.Or(tuple(found)) if len(found) > 1 else (found or [S.Truth(False)])[0]
        verdict = logic.equivalent(candidate=together, reference=formula, budget=ALONE)
        assert verdict.status != "refuted", str(formula)


def _formula_of(case: Any) -> S.Formula:
    """A case as a formula: the elements that have a name there exist."""
    names: set[str] = set()
    parts = []
    for part in case:
        names |= set(part.names.values())
        variables = {number: _variable(name) for number, name in part.names.items()}
        parts.append(_plain(part.form, variables))
    formula: S.Formula = S.And(tuple(parts)) if len(parts) > 1 else (parts or [S.Truth(True)])[0]
    for name in sorted(names):
        formula = S.Exists(_variable(name), formula)
    return formula


def _variable(name: str) -> S.Variable:
    return S.Variable("w" + name.strip("\0"))


def _plain(form: Any, variables: dict[int, S.Variable]) -> S.Formula:
    match form:
        case ("lit", _, sign, predicate, args):
            terms = tuple([_term(arg, variables) for arg in args])
            atom = S.Equality(*terms) if predicate == "=" else S.Atom(predicate, terms)
            return atom if sign else S.Not(atom)
        case ("and", _, parts):
            return S.And(tuple([_plain(part, variables) for part in parts]))
        case ("or", _, parts):
            return S.Or(tuple([_plain(part, variables) for part in parts]))
        case ("xor", _, sign, parts):
            whole = S.Xor(tuple([_plain(part, variables) for part in parts]))
            return whole if sign else S.Not(whole)
        case ("all" | "some" as tag, _, number, body):
            variable = S.Variable(f"v{number}")
            inside = _plain(body, {**variables, number: variable})
            return (S.Forall if tag == "all" else S.Exists)(variable, inside)
    return S.Truth(form[0] == "true")


def _term(term: Any, variables: dict[int, S.Variable]) -> S.Term:
    if isinstance(term, int):
        return variables[term]
    if isinstance(term, str):
        return S.Constant(term)
    return S.Function(term[0], tuple([_term(arg, variables) for arg in term[1:]]))


@pytest.mark.parametrize(
    ("formula", "size"),
    [
        ("∃x ∃y ∀z (z = x ∨ z = y) ∧ ∀x ∃y R(x, f(y))", 2),
        ("∀x ∀y x = y ∧ ∀x P(f(x))", 1),
        ("∀x ∀y ∀z (x = y ∨ x = z ∨ y = z) ∧ ∀x P(f(x))", 2),
        ("∀x ∀y (x = y ∨ x = a) ∧ ∀x P(f(x))", 2),
        ("∃x ∃y (R(x, y) ∧ ∀z R(z, a))", 3),
        ("∀x ∃y R(x, y)", None),
        ("∀x P(f(x))", None),
        ("∀z (z = f(z) ∨ z = a)", None),
        ("∀z (z = a ∨ P(z)) ∧ ∀x P(f(x))", None),
        ("∀z (z = a ∨ z = f(a)) ∧ ∀x P(f(x))", None),
    ],
)
def test_how_many_elements_are_enough(formula: str, size: int | None) -> None:
    (case,) = cases(normal_form(logic.parse(formula)))
    assert enough(case) == size


def test_a_search_of_all_sizes_that_matter_proves() -> None:
    kind, problem = problems("pelletier")["53"]
    verdict = decide(problem, ALONE)
    assert (kind, verdict.status, verdict.method) == ("valid", "proved", "search")

"""Work is counted before it is done: short candidates cost little, whatever they say."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import z3

import logic
from logic import syntax as S
from logic.deciding import search
from logic.deciding.ladder import Limits
from logic.deciding.normal import normal_form
from logic.deciding.plain import Entailment
from logic.deciding.provers.cases import cases
from logic.deciding.search import ask_z3, check
from logic.deciding.z3_lowering import Grounding
from logic.errors import DomainError, UnsupportedError
from logic.signatures.signature import signature

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 2.0
OFTEN = 14
"""Arguments for which the cases of an atom take all memory over four elements."""


@pytest.fixture(scope="module")
def judged() -> dict[str, dict[str, Any]]:
    """What the script says of each candidate; each has two seconds and a gibibyte."""
    script = ROOT / "tests" / "support" / "hostile_candidates.py"
    done = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        timeout=170,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    last = rows[-1]["name"] if rows else "nothing"
    assert done.returncode == 0, f"ended after {last}: {done.stderr[-2000:]}"
    return {row["name"]: row for row in rows}


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_short_candidate_takes_two_seconds_at_most(judged: dict[str, dict[str, Any]]) -> None:
    slow = {name: row["seconds"] for name, row in judged.items() if row["seconds"] > SECONDS}
    assert not slow


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_what_is_read_is_printed_and_read_again(judged: dict[str, dict[str, Any]]) -> None:
    assert [name for name, row in judged.items() if not row["printed"]] == []


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_only_what_passes_a_limit_is_unreadable(judged: dict[str, dict[str, Any]]) -> None:
    reasons = ("arguments; 32 are allowed", "nested more than 150 levels", "more than 5000 parts",
               "of the domain's signs within each other")  # fmt: skip
    for name, row in judged.items():
        if row["verdict"] == "unreadable":
            assert row["score"] == 0.0
            assert any(reason in row["error"] for reason in reasons), (name, row["error"])
        else:
            assert (row["score"] is None) is (row["verdict"] == "unknown"), name
    refused = {name for name, row in judged.items() if row["verdict"] == "unreadable"}
    assert {"arity 33: constants", "151 variables: one quantifier", "16 counted"} <= refused
    assert "arity 32: constants" not in refused
    assert "140 variables: many quantifiers" not in refused


# ---- each limit by itself ----


@pytest.mark.parametrize(
    "text",
    [
        f"∀{', '.join([f'x{index}' for index in range(1000)])} P(x0)",
        f"(forall ({' '.join([f'(x{index} U)' for index in range(151)])}) (P x0))",
        f"ForAll([{', '.join([f'x{index}' for index in range(151)])}], P(x0))",
        f"p({', '.join([f'X{index}' for index in range(16)])}) :- "
        + ", ".join([f"q(X{index}, X{index + 1})" for index in range(150)])
        + ".",
    ],
)
def test_each_variable_is_a_level(text: str) -> None:
    with pytest.raises(logic.ParseError, match="nested more than 150 levels deep"):
        logic.parse(text)


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("P({})", None),
        ("P(f({}))", None),
        ("(P {})", "smtlib"),
        ("Not(P({}))", "z3py"),
    ],
)
def test_arguments_are_limited_in_every_notation(text: str, dialect: str | None) -> None:
    separator = " " if dialect == "smtlib" else ", "
    assert logic.parse(text.format(separator.join(["a"] * 32)), dialect=dialect)
    with pytest.raises(logic.ParseError, match=r"has 33 arguments; 32 are allowed"):
        logic.parse(text.format(separator.join(["a"] * 33)), dialect=dialect)


@pytest.mark.parametrize(
    ("binder", "body"),
    [
        ("∀{}", " P(x0)"),
        ("∄{}", " P(x0)"),
        ("∀{} ∈ S", " P(x0)"),
        ("∃{} ∈ S", " P(x0)"),
        ("∀x, {}", " Px"),
    ],
)
def test_what_is_read_at_the_limit_is_printed_and_read_again(binder: str, body: str) -> None:
    deepest = 0
    for count in range(130, 155):
        variables = ", ".join([f"x{index}" for index in range(count)])
        try:
            formula = logic.parse(binder.format(variables) + body)
        except logic.ParseError as error:
            assert error.reason.startswith("nested more than 150 levels deep")
            continue
        deepest = count
        assert logic.parse(str(formula)) == formula
    assert 140 < deepest < 150


def test_unique_existence_is_counted_as_it_is_written_out() -> None:
    assert logic.parse("∃!x " * 8 + "P(x)")
    with pytest.raises(logic.ParseError, match="more than 5000 parts, where ∃! counts"):
        logic.parse("∃!x " * 20 + "P(x)")
    with pytest.raises(logic.ParseError, match="more than 5000 parts"):
        logic.parse("∃=2 x " * 20 + "P(x)", domain="counting")


def test_a_formula_that_is_built_is_not_written_out_for_ever() -> None:
    formula: S.Formula = S.Atom("P", (S.Variable("x"),))
    for index in range(40):
        variable = S.Variable(f"x{index}")
        formula = S.ExistsUnique(variable, S.And((S.Atom("Q", (variable,)), formula)))
    with pytest.raises(UnsupportedError, match="more than 5000 quantifiers"):
        normal_form(S.ExistsUnique(S.Variable("x"), formula))
    start = time.process_time()
    verdict = logic.equivalent(candidate=formula, reference=S.Not(S.Not(formula)))
    assert (verdict.status, verdict.reason) == ("unknown", "nodes")
    assert time.process_time() - start < SECONDS


def test_lowering_a_domain_counts_what_it_makes() -> None:
    from logic.domains import get
    from logic.domains.counting import Exactly

    counting = get("counting")
    formula: S.Formula = S.Atom("P", (S.Variable("x"),))
    for _ in range(35):
        formula = Exactly(2, S.Variable("x"), formula)
    with pytest.raises(DomainError, match="more than 5000 parts"):
        counting.lower(formula)


def test_grounding_is_refused_before_it_is_made() -> None:
    formula = logic.parse(f"R({', '.join(['a'] * OFTEN)})")
    context = z3.Context()
    grounding = Grounding(signature(formula), 4, context, max_nodes=20_000)
    with pytest.raises(UnsupportedError, match="20000 are allowed"):
        grounding.formula(formula)
    assert grounding.axioms() == []


def test_the_table_of_a_countermodel_has_the_rows_that_were_asked_for() -> None:
    arguments = ", ".join(["x", "y"] * 7)
    candidate = logic.parse(f"∃x ∃y (x ≠ y ∧ R({arguments}))")
    reference = logic.parse("∃x ∃y x ≠ y")
    verdict = logic.equivalent(candidate=candidate, reference=reference)
    assert verdict.status == "refuted"
    countermodel = verdict.countermodel
    assert countermodel is not None and countermodel.size == 2
    assert len(countermodel.predicates["R", OFTEN]) < 5
    assert countermodel.holds(candidate) is not countermodel.holds(reference)


def test_a_countermodel_of_many_variables_is_found_and_told_without_plain_evaluation() -> None:
    variables = ", ".join([f"x{index}" for index in range(16)])
    chain = " ∨ ".join([f"R(x{index}, x{index + 1})" for index in range(15)])
    start = time.process_time()
    comparison = logic.compare(candidate=f"∀{variables} ({chain})", reference="∀x R(x, x)")
    assert comparison.verdict == "refuted" and comparison.decided_by == "structures"
    assert time.process_time() - start < SECONDS
    explanation = logic.explain(comparison)
    assert explanation.world is None
    assert "countermodel  universe: {0, 1}" in str(explanation)
    assert time.process_time() - start < 3 * SECONDS


def test_z3_is_stopped_where_it_takes_much_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logic.deciding.search.MAX_MEGABYTES", 100)
    variables = [f"x{index}" for index in range(31)]
    sum_of_all = " ⊕ ".join([f"P({name})" for name in variables])
    candidate = logic.parse(f"∃{', '.join(variables)} ({sum_of_all} ⊕ Q)")
    against = S.Not(S.Iff(candidate, logic.parse("∃x (P(x) ⊕ Q)")))
    limits = Limits.starting_now(logic.Budget())
    assert ask_z3(against, signature(against), 4_000_000, limits) == "unknown"
    assert limits.reached == ["memory"]
    assert z3.get_param("memory_high_watermark_mb") == "0"
    assert check(z3.SimpleSolver(), Limits.starting_now(logic.Budget())) == z3.sat


ENDLESS = "∀x ∃y R(x, y) ∧ ∀x ¬R(x, x) ∧ ∀x ∀y ∀z (R(x, y) ∧ R(y, z) → R(x, z))"
"""Has models, all of them infinite."""


@pytest.mark.parametrize(
    ("budget", "reason"),
    [
        (logic.Budget(rlimit=20_000, prover=0), "rlimit"),
        (logic.Budget(rlimit=400_000_000, seconds=0.05), "wall"),
    ],
)
def test_an_open_question_says_which_limit_ended_it(budget: logic.Budget, reason: str) -> None:
    verdict = logic.equivalent(candidate=ENDLESS, reference="P ∧ ¬P", budget=budget)
    assert (verdict.status, verdict.reason) == ("unknown", reason)


def test_a_decided_question_has_no_reason() -> None:
    assert logic.equivalent(candidate="P(a)", reference="P(a)").reason is None
    assert logic.equivalent(candidate="P(a)", reference="Q(a)").reason is None


# ---- the time of a question ----


def pigeons(holes: int) -> str:
    """That each pigeon is in a hole of its own, with one hole too few."""
    pigeons = range(holes + 1)
    somewhere = [
        "(" + " ∨ ".join([f"H{one}_{hole}" for hole in range(holes)]) + ")" for one in pigeons
    ]
    alone = [
        f"¬(H{one}_{hole} ∧ H{other}_{hole})"
        for hole in range(holes)
        for one in pigeons
        for other in range(one)
    ]
    return " ∧ ".join([*somewhere, *alone])


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[z3.Solver]:
    """The solvers that are asked, all of them in vain."""
    asked: list[z3.Solver] = []

    def in_vain(solver: z3.Solver, limits: Limits) -> z3.CheckSatResult:
        asked.append(solver)
        solver.set("rlimit", 1)
        solver.check()
        return z3.unknown

    monkeypatch.setattr(search, "check", in_vain)
    return asked


@pytest.mark.parametrize("reference", ["P(a) ∧ ¬P(a)", "∀x ∃y R(x, y) ∧ ∀x ¬R(x, x)"])
def test_no_step_is_begun_once_the_time_is_up(checks: list[z3.Solver], reference: str) -> None:
    budget = logic.Budget(seconds=1e-9)
    verdict = logic.equivalent(pigeons(3), f"({reference}) ∧ {pigeons(4)}", budget=budget)
    assert (verdict.status, verdict.reason, len(checks)) == ("unknown", "wall", 0)


def test_what_the_first_step_decides_needs_no_time() -> None:
    budget = logic.Budget(seconds=1e-9)
    assert logic.equivalent("P(a) ∧ Q", "Q ∧ P(a)", budget=budget).status == "proved"


def test_no_size_and_no_case_is_searched_once_the_time_is_up(
    checks: list[z3.Solver], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Limits, "is_over", lambda self: len(checks) > 0)
    formula = logic.parse(ENDLESS)
    limits = Limits.starting_now(logic.Budget())
    assert search.small_model(formula, signature(formula), 4, limits) == (None, 0)
    assert (len(checks), limits.reached) == (1, ["wall"])
    checks.clear()
    two = cases(normal_form(logic.parse(f"∃x (P(x) ∧ Q(x)) ∨ ∃x R(x, x) ∧ {ENDLESS}")))
    answer = search.ask_cases(two, 4_000_000, limits, {})
    assert (answer.status, answer.left, len(checks)) == ("unknown", two, 1)


def test_all_sizes_share_the_limit_of_work(monkeypatch: pytest.MonkeyPatch) -> None:
    given = []
    new_solver = search.new_solver

    def recorded(context: z3.Context, rlimit: int) -> z3.Solver:
        given.append(rlimit)
        return new_solver(context, rlimit)

    monkeypatch.setattr(search, "new_solver", recorded)
    formula = logic.parse(ENDLESS)
    search.small_model(formula, signature(formula), 4, Limits.starting_now(logic.Budget()))
    assert len(given) == 4 and sorted(set(given), reverse=True) == given


@pytest.mark.parametrize(
    ("premises", "conclusion", "sizes"),
    [
        ([pigeons(3)], "P(a) ∧ ¬P(a)", 1),
        (["P(a)", "∀x (P(x) → Q(x))"], "P(b)", 2),
        (["P(a)", "∀x (P(x) → Q(x))"], "Q(f(a))", 4),
        ([ENDLESS], "⊥", 4),
    ],
)
def test_no_size_is_searched_beyond_what_a_countermodel_needs(
    checks: list[z3.Solver], premises: list[str], conclusion: str, sizes: int
) -> None:
    question = Entailment([logic.parse(text) for text in premises], logic.parse(conclusion))
    assert question.small_countermodel(Limits.starting_now(logic.Budget())) is None
    assert len(checks) == sizes


def test_the_countermodel_has_the_size_that_it_needs() -> None:
    for premises, conclusion, size in (
        (["P(a)"], "P(b)", 2),
        (["P(a) ∧ ¬P(b) ∧ a ≠ c", "∀x (P(x) ↔ x = a)"], "b = c", 3),
        (["∃x P(x)", "∃x ¬P(x)"], "⊥", 2),
    ):
        question = Entailment([logic.parse(text) for text in premises], logic.parse(conclusion))
        limits = Limits.starting_now(logic.Budget())
        found = question.small_countermodel(limits)
        assert found is not None and found.size == size
        assert question.ask_z3(4_000_000, limits) == "refuted"
        again = question.small_countermodel(limits)
        assert again is not None and again.size == size


def test_z3_is_given_the_time_that_is_left_when_it_is_asked() -> None:
    class Asked:
        def __init__(self) -> None:
            self.given: dict[str, int] = {}

        def set(self, name: str, value: int) -> None:
            self.given[name] = value

        def check(self) -> z3.CheckSatResult:
            return z3.unsat

    solver: Any = Asked()
    check(solver, Limits.starting_now(logic.Budget(seconds=30)))
    assert 29_000 < solver.given["timeout"] < 30_000


@pytest.mark.parametrize("name", ["seconds", "rlimit", "prover"])
def test_a_limit_is_a_number(name: str) -> None:
    limits: dict[str, Any] = {name: float("nan")}
    with pytest.raises(ValueError, match=rf"Budget\.{name} must be .*got nan"):
        logic.Budget(**limits)

"""Which premises a proof needs, and which contradict each other: minimal, smallest, and shown."""

from __future__ import annotations

import itertools
import random
import statistics
import subprocess
import sys
import time
from typing import Any

import pytest

import logic
from logic import syntax as S
from logic.deciding.ladder import Limits
from logic.proving.cores import Premises, minimal, smallest

DOMAINS = [
    ("fol", ["∀x (Cat(x) → Animal(x))", "Dog(rex)", "Cat(tom)"], "Animal(tom)", (0, 2)),
    ("counting", ["R(a)", "∃≥2x P(x)", "∀x (P(x) → Q(x))"], "∃≥2x Q(x)", (1, 2)),
    (
        "arithmetic",
        ["∀x (Age(x) ≥ 18 → Adult(x))", "Age(tom) = 20", "Age(ann) = 3"],
        "Adult(tom)",
        (0, 1),
    ),
    ("temporal", ["Sleeps(bob)", "always (Asks(a) ∧ Waits(a))"], "eventually Asks(a)", (1,)),
    ("deontic", ["Obligatory Stops(tom)", "Obligatory Pays(tom)"], "Permitted Stops(tom)", (0,)),
    ("sorted", ["∀x:Person Mortal(x)", "Person(s)", "Person(t)"], "Mortal(s)", (0, 1)),
]


@pytest.mark.parametrize(("domain", "premises", "conclusion", "used"), DOMAINS)
def test_used_in_every_domain(
    domain: str, premises: list[str], conclusion: str, used: tuple[int, ...]
) -> None:
    verdict = logic.entails(premises=premises, conclusion=conclusion, domain=domain)
    assert (verdict.status, verdict.used) == ("proved", used)


def test_what_needs_no_premise_uses_none() -> None:
    verdict = logic.entails(premises=["P(a)", "Q(b)"], conclusion="R(c) ∨ ¬R(c)")
    assert verdict.used == ()


class _Slow:
    """A language that is asked what follows, and never proves anything."""

    def __init__(self) -> None:
        self.budgets: list[logic.Budget] = []

    def contradiction(self, formulas: list[S.Formula], budget: logic.Budget) -> None:
        self.budgets.append(budget)

    def entails(
        self, premises: list[S.Formula], conclusion: S.Formula, budget: logic.Budget
    ) -> logic.Verdict:
        self.budgets.append(budget)
        return logic.Verdict("unknown", "budget", reason="wall")


def test_all_questions_about_premises_share_the_time() -> None:
    slow: Any = _Slow()
    premises = [logic.parse(text) for text in ("P(a)", "Q(a)", "R(a)")]
    asked = Premises(slow, premises, logic.parse("P(a)"), logic.Budget(seconds=30))
    assert asked.needed() == (0, 1, 2)
    seconds = [budget.seconds for budget in slow.budgets]
    assert len(seconds) == 4 and all(each < 30 for each in seconds)
    assert asked.has_open


def test_no_question_about_premises_is_asked_once_the_time_is_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow: Any = _Slow()
    monkeypatch.setattr(Limits, "is_over", lambda self: len(slow.budgets) > 1)
    premises = [logic.parse(text) for text in ("P(a)", "Q(a)", "R(a)")]
    asked = Premises(slow, premises, logic.parse("P(a)"), logic.Budget())
    assert smallest(asked, 3) == ((0, 1, 2), False)
    assert len(slow.budgets) == 2


def test_only_a_proof_has_used_premises() -> None:
    assert logic.entails(premises=["P(a)"], conclusion="P(b)").used is None
    assert logic.entails(premises=["P(a)"], conclusion="P(a)", used=False).used is None
    assert logic.equivalent(candidate="P(a)", reference="P(a)").used is None


def random_premises(source: random.Random, count: int) -> list[S.Formula]:
    names = [f"P{number}" for number in range(5)]
    formulas = []
    for _ in range(count):
        one, other, third = (source.choice(names) for _ in range(3))
        text = source.choice(
            [
                f"∀x ({one}(x) → {other}(x))",
                f"∀x ({one}(x) ∧ {third}(x) → {other}(x))",
                f"{one}({source.choice('abc')})",
                f"∃x ({one}(x) ∧ ¬{other}(x))",
                f"∀x ({one}(x) ∨ {other}(x))",
                f"{one}(a) ∨ {other}(b)",
            ]
        )
        formulas.append(logic.parse(text))
    return formulas


def test_none_of_the_used_premises_can_be_left_out() -> None:
    """The premises used prove the conclusion, and without any one of them it is refuted."""
    source = random.Random(5)
    proved = 0
    while proved < 40:
        premises = random_premises(source, 8)
        conclusion = random_premises(source, 1)[0]
        verdict = logic.entails(premises=premises, conclusion=conclusion)
        if verdict.status != "proved":
            continue
        proved += 1
        assert verdict.used is not None
        used = [premises[place] for place in verdict.used]
        assert logic.entails(premises=used, conclusion=conclusion, used=False).status == "proved"
        for place in range(len(used)):
            others = used[:place] + used[place + 1 :]
            without = logic.entails(premises=others, conclusion=conclusion, used=False)
            assert without.status == "refuted"


def test_the_contradiction_is_the_smallest() -> None:
    """As brute force over all sets of premises finds it."""
    source = random.Random(8)
    contradictory = 0
    while contradictory < 15:
        premises = [*random_premises(source, 6), logic.parse("∀x ¬P0(x)")]
        found = logic.consistent(premises)
        status = logic.entails(premises=premises, conclusion=S.Truth(False)).status
        assert found.status == {"proved": "contradictory", "refuted": "consistent"}[status]
        if status == "refuted":
            assert found.witness is not None
            assert all(logic.holds(premise, found.witness) for premise in premises)
            continue
        contradictory += 1
        assert found.is_smallest and found.proof is not None
        assert set(found.proof.used) <= set(found.contradictory)
        for size in range(len(found.contradictory)):
            for chosen in itertools.combinations(premises, size):
                verdict = logic.entails(premises=chosen, conclusion=S.Truth(False), used=False)
                assert verdict.status == "refuted"


def test_the_fewest_and_not_the_first() -> None:
    premises = ["P(a)", "∀x (P(x) → Q(x))", "¬Q(a)", "R(b)", "∀x ¬R(x)"]
    found = logic.consistent(premises)
    assert found.contradictory == (3, 4) and found.is_smallest
    assert "premises 4 and 5 contradict each other" in str(found)


def test_a_single_contradiction() -> None:
    found = logic.consistent(["P(a)", "Q(b) ∧ ¬Q(b)"])
    assert found.contradictory == (1,)


def test_consistent_premises_have_a_witness() -> None:
    found = logic.consistent(["∃x Cat(x)", "∃x ¬Cat(x)"])
    assert found.status == "consistent" and found.witness is not None
    assert found.witness.size == 2
    assert "2 elements" in str(found) and "<svg" in found._repr_html_()
    assert logic.consistent([]).status == "consistent"


def test_consistency_in_a_domain() -> None:
    found = logic.consistent(
        ["Forbidden Lies(anna)", "Tall(bob)", "Obligatory Lies(anna)"], domain="deontic"
    )
    assert found.contradictory == (0, 2)


def test_a_consistency_is_no_truth_value() -> None:
    with pytest.raises(TypeError):
        bool(logic.consistent(["P(a)"]))


def test_minimal_takes_away_what_it_can() -> None:
    assert minimal((0, 1, 2, 3), lambda places: {1, 3} <= set(places)) == (1, 3)
    assert minimal((0, 1), lambda places: True) == ()


def test_twenty_premises_are_quick() -> None:
    source = random.Random(1)
    seconds = []
    for _ in range(15):
        premises = [*random_premises(source, 17), logic.parse("A(a)")]
        premises += [logic.parse("∀x (A(x) → B(x))"), logic.parse("∀x (B(x) → C(x))")]
        start = time.perf_counter()
        verdict = logic.entails(premises=premises, conclusion="C(a)")
        seconds.append(time.perf_counter() - start)
        assert verdict.status == "proved"
    # 0.07 s on an idle core; the bound is for a busy machine.
    assert statistics.median(seconds) < 0.5


def test_import_logic_loads_no_prover() -> None:
    code = (
        "import sys, logic\n"
        "assert 'z3' not in sys.modules\n"
        "assert 'logic.proving.questions' not in sys.modules\n"
        "assert {'prove', 'models', 'holds', 'consistent'} <= set(dir(logic))\n"
        "assert logic.holds('P(a)', {'size': 1, 'constants': {'a': 0}, 'predicates': {'P': [0]}})\n"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
    with pytest.raises(AttributeError, match="no attribute 'proofs'"):
        logic.proofs  # noqa: B018

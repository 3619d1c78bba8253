"""The score: its five demands, the batch form, and workers that can be killed."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import formulas

import logic
from data.perturb import edit, rewrite
from logic import syntax as S
from logic.judging.workers.lost import Lost
from logic.judging.workers.pool import DIED, Pool

REFERENCE = "∀x (Student(x) ∧ Diligent(x) → ∃y (Exam(y) ∧ Passes(x, y)))"


def score(candidate: str, reference: str = REFERENCE) -> float:
    found = logic.compare(candidate=candidate, reference=reference).score
    assert found is not None
    return found


@pytest.mark.parametrize(
    "rewriting",
    [
        "∀y (Student(y) ∧ Diligent(y) → ∃z (Exam(z) ∧ Passes(y, z)))",
        "∀x (Diligent(x) → (Student(x) → ∃y (Passes(x, y) ∧ Exam(y))))",
        "¬∃x (Student(x) ∧ Diligent(x) ∧ ∀y (Exam(y) → ¬Passes(x, y)))",
        "∀x ∃y (¬Student(x) ∨ ¬Diligent(x) ∨ (Exam(y) ∧ Passes(x, y)))",
        "all x.(Student(x) & Diligent(x) -> exists y.(Exam(y) & Passes(x, y)))",
    ],
)
def test_complete_on_what_people_write(rewriting: str) -> None:
    assert score(rewriting) == 1.0


def test_every_kind_of_mistake_costs_and_not_all_the_same() -> None:
    wrong = [
        "∃x (Student(x) ∧ Diligent(x) → ∃y (Exam(y) ∧ Passes(x, y)))",
        "∀x (Student(x) ∧ Diligent(x) → ∀y (Exam(y) ∧ Passes(x, y)))",
        "∃y ∀x (Student(x) ∧ Diligent(x) → Exam(y) ∧ Passes(x, y))",
        "∀x (Student(x) ∧ Diligent(x) → ∃y (Exam(y) ∧ Passes(y, x)))",
        "∀x (Student(x) ∨ Diligent(x) → ∃y (Exam(y) ∧ Passes(x, y)))",
        "∀x (Student(x) → ∃y (Exam(y) ∧ Passes(x, y)))",
        "∀x (Student(x) ∧ Diligent(x) → ∃y (Exam(y) ∧ ¬Passes(x, y)))",
        "∀x (∃y (Exam(y) ∧ Passes(x, y)) → Student(x) ∧ Diligent(x))",
    ]
    scores = [score(candidate) for candidate in wrong]
    assert all(0.1 < found < 1.0 for found in scores)
    assert len({round(found, 3) for found in scores}) >= 7


def test_more_mistakes_score_lower() -> None:
    chain = [
        REFERENCE,
        "∀x (Student(x) → ∃y (Exam(y) ∧ Passes(x, y)))",
        "∀x (Student(x) → ∃y (Exam(y) ∧ Passes(y, x)))",
        "∃x (Student(x) ∧ ∃y (Exam(y) ∧ Passes(y, x)))",
    ]
    scores = [score(candidate) for candidate in chain]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


@pytest.mark.parametrize(
    "worthless",
    [
        "",
        "Every diligent student passes an exam.",
        "∀x (Student(x) → Student(x))",
        "∃x (Student(x) ∧ ¬Student(x))",
        "⊤",
        "Student ∨ ¬Student",
        f"¬({REFERENCE}) ∧ ({REFERENCE})",
    ],
)
def test_no_credit_without_a_claim(worthless: str) -> None:
    assert score(worthless) <= 0.02


FACTS = [f"{name}(a)" for name in "Red Blunt Cold Dark Eager Fat Green Hot Icy Jolly".split()]
ANY, ALL = " ∨ ".join(FACTS), " ∧ ".join(FACTS)
FOUR = "∃x ∃y ∃z ∃w (P(x) ∧ P(y) ∧ P(z) ∧ P(w) ∧ x≠y ∧ x≠z ∧ x≠w ∧ y≠z ∧ y≠w ∧ z≠w)"
THREE = "∃x ∃y ∃z (P(x) ∧ P(y) ∧ P(z) ∧ x≠y ∧ x≠z ∧ y≠z)"


@pytest.mark.parametrize(
    ("candidate", "reference"),
    [
        (f"{ANY} ∨ ¬Red(a)", ANY),
        (f"{ALL} ∧ ¬Red(a)", ALL),
        (f"{FOUR[:-1]} ∧ ¬P(x))", FOUR),
        ("a≠b ∧ a≠c ∧ a≠d ∧ b≠c ∧ b≠d ∧ c≠d ∧ a = b", "a≠b ∧ a≠c ∧ a≠d ∧ b≠c ∧ b≠d ∧ c≠d"),
    ],
)
def test_no_credit_without_a_claim_where_the_reference_is_rarely_true_or_false(
    candidate: str, reference: str
) -> None:
    """Of them no sampled structure tells that they say something."""
    assert score(candidate, reference) <= 0.02


@pytest.mark.parametrize(
    ("near", "far", "reference"),
    [
        (FOUR.replace(" ∧ z≠w", ""), f"¬{FOUR}", FOUR),
        (THREE, "∀x ¬P(x)", FOUR),
        (FOUR, "∀x ¬P(x)", THREE),
        (f"({ANY}) ∨ Zork(q)", f"¬({ANY})", ANY),
        (ALL.replace("Red", "¬Red"), f"¬({ALL})", ALL),
        (ANY.replace("Hot", "¬Hot"), f"¬({ANY})", ANY),
    ],
)
def test_what_is_rarely_true_or_false_is_no_contradiction_and_no_tautology(
    near: str, far: str, reference: str
) -> None:
    assert score(near, reference) > max(0.3, score(far, reference))


@pytest.mark.parametrize("names", ["exact", "match"])
def test_one_name_of_two_arities_is_two_symbols(names: str) -> None:
    for one, other in (
        ("∀y Q(y) ∨ P(b, b) ∨ ∀y P(y, a)", "P(b, b) ⊕ Q(b) → ∀y P(y)"),
        ("P(a) ∧ P(a, b)", "P(a, b)"),
        ("P(a) → P(a, b)", "P(a, b) → P(a)"),
    ):
        found = logic.compare(one, other, names=names).score
        assert found == logic.compare(other, one, names=names).score
        assert found is not None and 0 < found < 1


def test_everything_at_once_gets_little() -> None:
    names = ["Student", "Diligent", "Exam", "Happy", "Tall", "Old", "Rich", "Kind"]
    everything = (
        " ∧ ".join(f"∀x {name}(x) ∧ ∃x {name}(x)" for name in names) + " ∧ ∀x ∀y Passes(x, y)"
    )
    assert score(everything) < 0.3


def test_the_negation_is_below_every_weakening() -> None:
    for reference, weaker in [
        ("∀x (Cat(x) → Animal(x))", "∃x (Cat(x) → Animal(x))"),
        ("Cat(tom) ∧ Dog(rex)", "Cat(tom)"),
        ("Cat(tom) ∧ Dog(rex)", "Cat(tom) ∨ Dog(rex)"),
        ("∃x (Cat(x) ∧ Black(x))", "∃x Cat(x)"),
    ]:
        assert score(f"¬({reference})", reference) < score(weaker, reference)
        assert logic.compare(candidate=weaker, reference=reference).relation() == "weaker"
        assert (
            logic.compare(candidate=f"¬({reference})", reference=reference).relation()
            == "contradictory"
        )


@settings(max_examples=100, deadline=None)
@given(formulas(names=["P", "Q", "R", "a"], variables=["x", "y"], depth=3), st.integers(0, 1 << 30))
def test_score_of_edits_is_symmetric_sound_and_blind_to_rewriting(
    formula: S.Formula, seed: int
) -> None:
    source = random.Random(seed)
    try:
        other, _ = edit(formula, source)
        again = rewrite(other, source, steps=2)
    except ValueError:
        return
    budget = logic.Budget(rlimit=200_000)
    found = logic.compare(candidate=other, reference=formula, names="exact", budget=budget)
    back = logic.compare(candidate=formula, reference=other, names="exact", budget=budget)
    moved = logic.compare(candidate=again, reference=formula, names="exact", budget=budget)
    if found.score is None or back.score is None or moved.score is None:
        return
    assert found.score == pytest.approx(back.score, abs=1e-9)
    assert (found.score == 1.0) == (found.verdict == "proved")
    assert abs(found.score - moved.score) <= 0.2


def test_batch_keeps_order_length_and_counts_what_it_cannot_judge(
    caplog: pytest.LogCaptureFixture,
) -> None:
    candidates = [REFERENCE, "nonsense (", "Student(anna)", REFERENCE, REFERENCE]
    references = [REFERENCE, REFERENCE, REFERENCE, "broken ∧", REFERENCE]
    scores = logic.score(candidates=candidates, references=references)
    assert scores[0] == scores[4] == 1.0
    assert scores[1] == 0.0
    assert scores[2] is not None and 0.0 < scores[2] < 0.5
    assert scores[3] is None
    assert "not judged: 1 of 4 distinct pairs: reference not readable" in caplog.text
    assert logic.score(candidates=[], references=[]) == []
    with pytest.raises(ValueError, match="2 candidates but 1 references"):
        logic.score(candidates=["P", "Q"], references=["P"])


def test_workers_give_the_same_scores() -> None:
    source = random.Random(5)
    candidates = [str(edit(logic.parse(REFERENCE), source)[0]) for _ in range(40)] + [
        "(",
        REFERENCE,
    ]
    references = [REFERENCE] * len(candidates)
    alone = logic.score(candidates=candidates, references=references, workers=0)
    assert logic.score(candidates=candidates, references=references, workers=2) == alone


def sometimes_hangs(item: int) -> int:
    """A task for the pool: hangs, dies, fails or eats memory, as the number says; else squares."""
    if item == 13:
        time.sleep(600)
    if item == 21:
        os._exit(3)
    if item == 34:
        return len(bytearray(8 << 30))
    if item == 55:
        raise ValueError("no such item")
    return item * item


def test_a_hanging_dying_or_failing_task_costs_only_itself() -> None:
    with Pool("test_logic_score:sometimes_hangs", workers=2, seconds=1.0, lifetime=50) as pool:
        for _ in range(2):
            results = pool.map(list(range(100)))
            lost = {
                index: result.reason
                for index, result in enumerate(results)
                if isinstance(result, Lost)
            }
            assert set(lost) == {13, 21, 34, 55}
            assert lost[13] == "no result after 1 s"
            assert lost[21] == "the worker died"
            assert "MemoryError" in lost[34]
            assert lost[55] == "ValueError: no such item"
            assert all(result == i * i for i, result in enumerate(results) if i not in lost)
    with pytest.raises(ValueError, match="workers must be at least 1"):
        Pool("test_logic_score:sometimes_hangs", workers=0)


@pytest.mark.parametrize("text", ["Rains", "⊤", "Rains → Wet"])
def test_a_reference_may_be_a_lone_proposition(text: str) -> None:
    assert logic.compare(candidate=text, reference=text).score == 1.0


def test_a_reference_that_is_no_formula_says_where() -> None:
    with pytest.raises(logic.ParseError, match="line 1, column 6"):
        logic.compare(candidate="P(a)", reference="P(a) Q(b)")


ORPHANS = """\
import threading, time
from logic.judging.workers.pool import DIED, Pool
pool = Pool("time:sleep", workers=1, seconds=600)
threading.Thread(target=pool.map, args=([600],)).start()
while pool._workers[0]._process is None or not pool._workers[0].pending:
    time.sleep(0.05)
print(pool._workers[0]._process.pid, flush=True)
"""


def test_a_worker_ends_with_its_parent() -> None:
    """Also amid a task, and where the parent is killed; there is nothing to tell of it."""
    parent = subprocess.Popen(
        [sys.executable, "-c", ORPHANS], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    worker = Path(f"/proc/{int(parent.stdout.readline())}")
    time.sleep(1)
    assert worker.exists()
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 20
    while _runs(worker) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _runs(worker)
    assert parent.stderr is not None
    assert parent.stderr.read() == ""


def unlike_others(item: int) -> int:
    """A task whose worker someone kills while it is at 4 or 5, but not at a third try; 7 kills it."""
    tries = Path(os.environ["TRIES"])
    with tries.open("a") as stream:
        stream.write(f"{item}\n")
    count = tries.read_text().split().count(str(item))
    if item == 7 or (item in (4, 5) and count < 3):
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def test_an_item_is_given_up_when_it_alone_ended_two_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIES", str(tmp_path / "tries"))
    with Pool("test_logic_score:unlike_others", workers=1) as pool:
        found = pool.map(list(range(20)))
    assert found == [Lost(DIED) if item == 7 else item for item in range(20)]
    counts = Counter(map(int, (tmp_path / "tries").read_text().split()))
    assert [counts[item] for item in (4, 5, 7)] == [3, 3, 3]
    assert all(counts[item] == 1 for item in range(20) if item not in (4, 5, 7))


def _runs(process: Path) -> bool:
    try:
        return process.joinpath("stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False

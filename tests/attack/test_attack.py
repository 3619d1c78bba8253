"""Hostile texts through every public function, in processes with limits: nothing raises, hangs or lies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import attack
import brute
import pytest

import logic

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tests" / "support" / "attack.py"
FOUND = ROOT / "tests" / "fixtures" / "attack.jsonl"
COUNT = 20_000
PROCESSES = 2
RESTARTS = 5
"""So often a process that a limit ended is started again, behind the input at which it ended."""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_hostile_texts_are_told_counted_and_survived(tmp_path: Path) -> None:
    share = COUNT // PROCESSES
    running = [_Part(number * share, share, tmp_path / str(number)) for number in range(PROCESSES)]
    faults = [fault for part in running for fault in part.faults()]
    assert not faults, json.dumps(faults[:5], indent=1)


class _Part:
    """Some of the inputs, in a process of their own."""

    def __init__(self, first: int, count: int, place: Path) -> None:
        self.first = first
        self.end = first + count
        self.place = place
        self.process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        words = ["--first", str(self.first), "--count", str(self.end - self.first)]
        return subprocess.Popen(
            [sys.executable, str(SCRIPT), *words, "--place", str(self.place)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        )

    def faults(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for _ in range(RESTARTS):
            out, _ = self.process.communicate()
            rows = [json.loads(line) for line in out.splitlines()]
            found += [row for row in rows if "fault" in row]
            if rows and "done" in rows[-1]:
                return found
            at = int(self.place.read_text()) if self.place.exists() else self.first
            check, text = attack.input_of(0, at)
            reason = f"ended with {self.process.returncode}"
            found.append({"index": at, "check": check, "text": text, "fault": reason})
            self.first = at + 1
            self.process = self._start()
        return found


def found_before() -> list[dict[str, str]]:
    return [json.loads(line) for line in FOUND.read_text(encoding="utf-8").split("\n")[:-1]]


@pytest.mark.parametrize(
    "row", found_before(), ids=lambda row: f"{row['check']} {row['text'][:30]!r}"
)
def test_what_was_found_once(row: dict[str, str]) -> None:
    for check in {row["check"], "read", "parse", "compare", "explain", "reference", "data"}:
        fault = attack.fault_of(check, row["text"])
        assert fault is None, fault


@pytest.mark.parametrize("check", attack.CHECKS)
def test_a_check_can_fail(check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them meets what it is there for, at least once in some hundred inputs."""
    broken = {
        "parse": "parse",
        "write": "to_text",
        "reference": "score",
        "questions": "equivalent",
        "story": "read_story",
        "names": "decoding_grammar",
        "explain": "explain",
        "compare": "compare",
    }

    def fail(*_: object, **__: object) -> None:
        raise RecursionError("broken")

    if check in broken:
        monkeypatch.setattr(logic, broken[check], fail)
    elif check == "vote":
        monkeypatch.setattr(attack, "equivalence_classes", fail)
    elif check == "data":
        monkeypatch.setattr(attack, "canonical", fail)
    elif check == "baselines":
        monkeypatch.setattr(attack.baselines, "score", fail)
    else:
        monkeypatch.setattr(logic, "read_answer", fail)
    assert "RecursionError: broken" in (attack.fault_of(check, "∀x (P(x) → Q(x))") or "")


def test_a_false_proof_and_a_wrong_countermodel_are_seen() -> None:
    import dataclasses
    import random

    found = logic.compare(candidate="∃x P(x)", reference="∀x P(x)")
    assert found.verdict == "refuted" and found.countermodel is not None
    attack.check_verdict(found, random.Random(0))
    lie = dataclasses.replace(found, verdict="proved", countermodel=None)
    with pytest.raises(AssertionError, match="a false proof"):
        attack.check_verdict(lie, random.Random(0))
    model = dataclasses.replace(found.countermodel, predicates={("P", 1): frozenset([(0,), (1,)])})
    lie = dataclasses.replace(found, countermodel=model)
    with pytest.raises(AssertionError, match="a wrong countermodel"):
        attack.check_verdict(lie, random.Random(0))


def test_what_takes_too_long_is_ended() -> None:
    """In a process of its own: limits of processor time would be those of all tests of this one."""
    code = """
import attack

def loop(text, source):
    while True:
        pass

attack.SECONDS = 1
attack.prepare()
attack.CHECKS["read"] = (loop, 1)
print(attack.fault_of("read", "P(a)"))
"""
    path = os.pathsep.join([str(SCRIPT.parent), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": path, "PYTHONUTF8": "1"},
        check=True,
    )
    assert "more than 1 s" in done.stdout


def test_the_evaluator_knows_the_definition() -> None:
    import random

    for left, right, differ in [
        ("∀x P(x)", "¬∃x ¬P(x)", False),
        ("∃!x P(x)", "∃x (P(x) ∧ ∀y (P(y) → x = y))", False),
        ("P(a) ⊕ Q(a) ⊕ R(a)", "(P(a) ↔ Q(a)) ↔ R(a)", False),
        ("∃x ∀y R(x, y)", "∀y ∃x R(x, y)", True),
        ("f(a) = a", "∀x f(x) = x", True),
        ("∃!x P(x)", "∃x P(x)", True),
    ]:
        world = brute.difference(logic.parse(left), logic.parse(right), random.Random(0))
        assert (world is not None) is differ, (left, right)

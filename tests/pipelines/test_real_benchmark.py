"""The tables of `benchmarks/real.py`, on answers whose judgement is plain."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "real.py"
REFERENCE = "∀x (Cat(x) → Sleeps(x))"
WRONG = "∃x (Cat(x) ∧ ¬Sleeps(x))"


def put(run: Path, model: str, right: int, unread: int = 0, sampled: int = 0) -> None:
    """Answers to eight sentences: the first `right` are the reference, the last `unread` no formula.

    Of each sentence there are two samples besides where the first of them are right for `sampled`.
    """
    folder = run / "evaluate" / model
    folder.mkdir(parents=True)
    lines = []
    for place in range(8):
        written = REFERENCE if place < right else WRONG
        formula = None if place >= 8 - unread else written
        answer = {
            "part": "greedy",
            "sentence": f"Cats sleep ({place}).",
            "reference": REFERENCE,
            "completion": formula or "none",
            "formula": formula,
            "score": 1.0 if formula == REFERENCE else 0.0,
        }
        lines.append(json.dumps(answer, ensure_ascii=False))
        for score in (float(place < sampled), 0.0) if sampled else ():
            sample = answer | {"part": "sampled", "formula": WRONG, "completion": WRONG}
            sample |= {"score": score}
            lines.append(json.dumps(sample, ensure_ascii=False))
    (folder / "samples.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def tables(run: Path) -> dict[str, list[str]]:
    """The cells of each row of RUN/real.md, by the row's name; a row of the second table ends in `lead`."""
    subprocess.run(
        [sys.executable, str(SCRIPT), str(run)], check=True, capture_output=True, timeout=120
    )
    figures, leads = (run / "real.md").read_text(encoding="utf-8").split("lead of S-GRPO")
    found = {}
    for text, end in ((figures, ""), (leads, " lead")):
        for line in text.splitlines():
            if line.startswith("| "):
                name, *cells = (cell.strip() for cell in line.strip("| ").split(" | "))
                found[name + end] = cells
    return found


def test_seeds_are_one_method_whose_mean_is_compared(tmp_path: Path) -> None:
    put(tmp_path, "sft", 2, unread=1)
    put(tmp_path, "sgrpo", 4)
    put(tmp_path, "sgrpo-seed-1", 6)
    found = tables(tmp_path)
    assert found["sft, free"][0].startswith("87.5 ±")  # readable
    assert found["sft, free"][1].startswith("25.0 ±")  # equivalent
    assert found["sgrpo (2 seeds), free"][1].startswith("62.5 ±")
    lead, pairs, _ = found["sft, free lead"]
    assert lead.startswith("+37.5 (p ") and pairs == "4 / 0"
    assert not any(name.startswith("sgrpo") and name.endswith("lead") for name in found)


def test_one_seed_each_is_tested_over_the_sentences(tmp_path: Path) -> None:
    put(tmp_path, "sft", 2)
    put(tmp_path, "sgrpo", 5)
    assert tables(tmp_path)["sft, free lead"][:2] == ["+37.5 (p 0.25)", "3 / 0"]


def test_samples_of_a_sentence_count_as_their_mean(tmp_path: Path) -> None:
    put(tmp_path, "sft", 2, sampled=2)
    put(tmp_path, "sgrpo", 2, sampled=6)
    found = tables(tmp_path)
    assert found["sft, sampled"][1].startswith("12.5 ±")  # 2 of 16 samples
    assert found["sgrpo, sampled"][1].startswith("37.5 ±")
    lead, pairs, _ = found["sft, sampled lead"]
    assert lead.startswith("+25.0 (p ") and pairs == "4 / 0"


def test_models_that_were_asked_other_sentences_are_not_paired(tmp_path: Path) -> None:
    put(tmp_path, "sft", 2)
    put(tmp_path, "sgrpo", 5)
    samples = tmp_path / "evaluate" / "sft" / "samples.jsonl"
    samples.write_text(samples.read_text(encoding="utf-8").replace("(3)", "(9)"), encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError) as error:
        tables(tmp_path)
    assert b"was asked other sentences than" in error.value.stderr


def test_a_run_without_evaluations_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        tables(tmp_path)

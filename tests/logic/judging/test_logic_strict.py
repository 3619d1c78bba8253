"""What was repaired is told of the reference too; `strict` repairs nothing."""

from __future__ import annotations

import pytest

import logic

BROKEN = "∀x (P(x) → Q(x)"
WHOLE = "∀x (P(x) → Q(x))"


def test_a_broken_reference_is_told() -> None:
    comparison = logic.compare(WHOLE, BROKEN)
    assert comparison.score == 1.0
    assert comparison.reference_repairs == ("closing bracket added",)
    assert comparison.to_dict()["reference_repairs"] == ["closing bracket added"]
    lines = logic.explain(comparison).lines()
    place = lines.index(("reference", WHOLE))
    assert lines[place + 1] == ("repaired", "closing bracket added")
    assert logic.compare("no formula", BROKEN).reference_repairs == ("closing bracket added",)


def test_strict_repairs_nothing() -> None:
    assert logic.compare(WHOLE, WHOLE, strict=True).score == 1.0
    assert logic.compare(f"FOL: {WHOLE}", WHOLE, strict=True).score == 1.0
    assert logic.compare(BROKEN, WHOLE).score == 1.0
    comparison = logic.compare(BROKEN, WHOLE, strict=True)
    assert (comparison.verdict, comparison.score) == ("unreadable", 0.0)
    assert "only with a repair: closing bracket added" in str(comparison.answer.error)
    with pytest.raises(logic.ParseError, match="only with a repair"):
        logic.compare(WHOLE, BROKEN, strict=True)


def test_json_has_the_countermodel_of_the_text() -> None:
    told = logic.explain(candidate="∃x (P(x) ∧ Q(x))", reference=WHOLE)
    values = told.comparison.to_dict() | told.to_dict()
    shown = [line for _, line in told.lines()]
    assert values["world"] and all(line in shown for line in values["world"])
    assert values["there"] and all(line in shown for line in values["there"])
    assert values["countermodel"] == str(told.structure)

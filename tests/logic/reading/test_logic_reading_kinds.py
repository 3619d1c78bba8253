"""Every kind of text that was once misread, with inputs enough to show that the kind is mended."""

from __future__ import annotations

from pathlib import Path

import pytest

import logic

FIXTURE = Path(__file__).parents[2] / "fixtures" / "kinds.tsv"
LEAST_OF_A_KIND = 4


def rows() -> dict[str, list[list[str]]]:
    """The rows of each kind, line breaks put back."""
    kinds: dict[str, list[list[str]]] = {}
    kind = ""
    for line in FIXTURE.read_text("utf-8").split("\n"):
        if line.startswith("## "):
            kind = line.removeprefix("## ")
        elif line and not line.startswith("# "):
            kinds.setdefault(kind, []).append(line.replace("⏎", "\n").split("\t"))
    return kinds


def of(*calls: str) -> list[list[str]]:
    """The rows of all kinds for some calls, without the calls."""
    found = [row for kind in rows().values() for row in kind]
    return [row[1:] for row in found if row[0] in calls]


@pytest.mark.parametrize(("text", "formula"), of("READ"))
def test_an_answer_is_read_as_it_is_meant_or_not_at_all(text: str, formula: str) -> None:
    answer = logic.read_answer(text)
    assert ("-" if answer.formula is None else str(answer.formula)) == formula
    assert (answer.error is None) == (answer.formula is not None)


@pytest.mark.parametrize(("dialect", "text", "formula"), of("PARSE"))
def test_a_formula_is_read_by_the_rules_of_its_notation(
    dialect: str, text: str, formula: str
) -> None:
    named = None if dialect == "-" else dialect
    if formula != "-":
        assert str(logic.parse(text, dialect=named)) == formula
        return
    with pytest.raises(logic.ParseError) as error:
        logic.parse(text, dialect=named)
    assert error.value.hint


@pytest.mark.parametrize(("candidate", "reference"), of("EQUAL"))
def test_what_is_the_same_is_proved(candidate: str, reference: str) -> None:
    assert logic.compare(candidate=candidate, reference=reference).score == 1.0


@pytest.mark.parametrize(("candidate", "reference"), of("OTHER"))
def test_what_is_not_the_same_never_scores_one(candidate: str, reference: str) -> None:
    # A reference that is no formula is not judged: None.
    (score,) = logic.score(candidates=[candidate], references=[reference], workers=0)
    assert score is None or score < 1.0


def test_every_kind_has_rows_enough() -> None:
    counts = {kind: len(kept) for kind, kept in rows().items()}
    assert len(counts) >= 25
    assert min(counts.values()) >= LEAST_OF_A_KIND, counts

"""Where the wrong parts of a formula stand in the text that it was read from."""

from collections import Counter
from itertools import islice
from pathlib import Path
from random import Random
from statistics import mean

import pytest

import data
import logic
from data.perturb import edit
from logic import syntax as S
from logic.explaining.explanation import located_spans
from logic.explaining.spans import _blamed, _numbered, _words

FOLIO = Path(__file__).resolve().parents[4] / "shared" / "data" / "folio"


def wrong(candidate: str, reference: str) -> list[str]:
    explanation = logic.explain(candidate=candidate, reference=reference)
    text = explanation.comparison.answer.text
    assert "".join([piece for piece, _ in explanation.pieces()]) == text
    return [text[span.start : span.end] for span in explanation.spans]


@pytest.mark.parametrize(
    ("candidate", "reference", "parts"),
    [
        ("∃x (Cat(x) → Runs(x))", "∀x (Cat(x) → Runs(x))", ["∃"]),
        ("∀x (Cat(x) ∧ Runs(x))", "∀x (Cat(x) → Runs(x))", ["∧"]),
        ("∀x (Cat(x) → ¬Runs(x))", "∀x (Cat(x) → Runs(x))", ["¬"]),
        ("∀x (Cat(x) → Runs(x, tom))", "∀x (Cat(x) → Runs(tom, x))", ["x, tom"]),
        ("∃x (Cat(x) ∧ Sees(x, tom))", "∃x (Cat(x) ∧ Sees(x, rex))", ["tom"]),
        ("∀x (Cat(x) ∧ Dog(x) → Runs(x))", "∀x (Cat(x) → Runs(x))", ["∧ Dog(x)"]),
        ("∀x (Cat(x) → Runs(x))", "∀x (Cat(x) ∧ Dog(x) → Runs(x))", ["→"]),
        ("Cat(tom) ∧ Dog(rex)", "Cat(tom) ∧ Dog(rex)", []),
        ("Cat(tom) ∧ Cat(rex) ∧ Cat(bob)", "Cat(tom) ∧ Dog(rex) ∧ Cat(bob)", ["Cat"]),
    ],
)  # fmt: skip
def test_kinds_of_difference(candidate: str, reference: str, parts: list[str]) -> None:
    assert wrong(candidate, reference) == parts


@pytest.mark.parametrize(
    ("candidate", "parts"),
    [
        ("exists x (Cat(x) & Sees(x, tom))", ["tom"]),
        ("FOL: \\exists x (Cat(x) \\land Sees(x, tom))", ["tom"]),
        ("The formula is `there exists x such that Cat(x) and Sees(x, tom)`.", ["tom"]),
        ("∃z (Cat(z) ∧ Sees(z, tom)", ["tom"]),  # a bracket is missing
        ("∃x (IsCat(x) ∧ sees(x, tom))", ["tom"]),  # other names
        ("(exists ((x U)) (and (Cat x) (Sees x tom)))", ["tom"]),
    ],
)
def test_other_notations_repairs_and_names(candidate: str, parts: list[str]) -> None:
    assert wrong(candidate, "∃x (Cat(x) ∧ Sees(x, rex))") == parts


def test_the_text_is_shown_with_its_wrong_part_underlined() -> None:
    told = logic.explain(
        candidate="exists x (Cat(x) & Sees(x, tom))", reference="∃x (Cat(x) ∧ Sees(x, rex))"
    )
    assert (
        "written       exists x (Cat(x) & Sees(x, tom))\n"
        "                                         ^^^\n"
    ) in str(told)
    assert "Sees(x, <u>tom</u>)" in told._repr_html_()
    assert told.to_dict()["spans"] == [{"start": 27, "end": 30, "kind": "arguments"}]


def test_nothing_is_located_beyond_the_work_that_is_allowed() -> None:
    comparison = logic.compare(candidate="Cat(tom) ∧ Dog(rex)", reference="Cat(tom) ∧ Dog(max)")
    assert [span.kind for span in located_spans(comparison)] == ["arguments"]
    assert located_spans(comparison, 0) == ()


def test_nothing_is_underlined_where_nothing_is_wrong_or_read() -> None:
    assert wrong("no formula", "Cat(tom)") == []
    assert wrong("¬¬Cat(tom)", "Cat(tom)") == []


def shares(formulas: list[S.Formula], count: int) -> tuple[float, float]:
    """Of edited formulas: the share whose edit is within the spans, and of right words that are blamed."""
    rng = Random(0)
    inside: list[bool] = []
    blame: list[float] = []
    for formula in formulas:
        try:
            edited, kind = edit(formula, rng)
        except ValueError:  # nothing to edit
            continue
        candidate, reference = str(edited), str(formula)
        explanation = logic.explain(candidate=candidate, reference=reference)
        if explanation.comparison.verdict != "refuted":
            continue
        words = _words(candidate)
        places = {
            place
            for place, word in enumerate(words)
            for span in explanation.spans
            if span.start <= word.start and word.end <= span.end
        }
        touched = _edited(candidate, reference)
        # By their texts: of `A ∧ A` either may be the one that was added.
        inside.append(_texts(words, touched, kind) <= _texts(words, places, kind))
        blame.append(len(places - touched) / max(1, len(words) - len(touched)))
        if len(inside) == count:
            break
    assert len(inside) == count
    return mean(inside), mean(blame)


def _edited(candidate: str, reference: str) -> set[int]:
    """The places of the candidate's words that the edit touched, by comparing words."""
    sides = [_numbered(_words(text)) for text in (candidate, reference)]
    found = _blamed(*sides)
    last = len(sides[0]) - 1
    return {*found.words, *[min(place, last) for place in found.missing.values()]}


def _texts(words: list, places: set[int], kind: str) -> Counter[str]:
    """The words at these places; of a conditional that was turned round, the arrow."""
    texts = Counter(words[place].text for place in places)
    return Counter({"→": texts["→"]}) if kind == "converse" else texts


def test_the_edit_is_within_the_spans_and_little_else() -> None:
    rows = data.load("synthetic", split="test", size=150).rows
    inside, blame = shares([logic.parse(row.formula) for row in rows], 100)
    assert inside >= 0.9
    assert blame <= 0.2


@pytest.mark.slow
@pytest.mark.skipif(not FOLIO.is_dir(), reason="FOLIO is not here")
def test_of_folio() -> None:
    rows = data.load("folio", split="validation", path=FOLIO).rows
    formulas = list(islice((logic.parse(row.formula) for row in rows), 500))
    inside, blame = shares(formulas, 300)
    assert inside >= 0.9
    assert blame <= 0.2

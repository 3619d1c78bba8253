"""What evaluations report beside equivalence: the scores that others report, and subsets."""

from __future__ import annotations

import pytest

from alignment.metrics.bleu import bleu_margin
from alignment.preference import Finding
from pipelines.judging.translations import measure_direction
from pipelines.stages import answers, evaluate

pytest.importorskip("nltk")
ROW = {"reference": "∀x (Cat(x) → Animal(x))"}


def test_le_and_bleu_stand_beside_equivalence() -> None:
    right = ROW | {"completion": ROW["reference"]}
    blind = ROW | {"completion": "∃x (Cat(x) → Animal(x))"}
    scores = evaluate.published_scores([right, blind], "fol")
    assert scores["le"] == 1.0  # LE cannot tell the quantifiers apart
    assert 0.5 < scores["bleu"] < 1.0
    assert set(evaluate.published_scores([right], "arithmetic")) == {"bleu"}


def test_subsets_are_measured_apart() -> None:
    from datasets import Dataset

    rows = Dataset.from_dict({"subset": ["helpful-base", "harmless-base", "helpful-base"]})
    findings = [Finding(1.0, "P(a)"), Finding(0.0, "P(a)"), Finding(0.5, "P(a)")]
    subsets = answers.by_subset(rows, findings)["subsets"]
    assert [subsets[name]["items"] for name in ("harmless-base", "helpful-base")] == [1, 2]
    assert subsets["helpful-base"]["equivalent"] == 0.5
    assert answers.by_subset(Dataset.from_dict({"subset": [""]}), findings[:1]) == {}


def test_every_column_has_its_interval_and_wins_their_test() -> None:
    scores = [Finding(score, "P(a)") for score in (1.0, 0.0, 0.5, 0.5)]
    measured = answers.measure(scores)
    metrics = measured | {"bleu": 0.5, "bleu_margin": 0.04, "same_words": 0.0, "split": "test"}
    metrics |= {"by_score": {"win": 12, "lose": 2, "tie": 5}, "sampled": measured}
    cells = [
        str(cell) for column in answers.STAGE.table({"a": metrics}).columns for cell in column.cells
    ]
    assert cells[1:4] == ["25.0% ± 42.4", "25.0% ± 42.4", "0.500 ± 0.400"]
    assert "50.0 ± 4.0" in cells and "12/2 [60, 96 %] p 0.01" in cells
    assert answers._wins({"win": 0, "lose": 0}) == "0/0"

    rows = [
        {"sentence": str(n), "reference": "P(a)", "score": 1.0, "formula": "P(a)"} for n in range(9)
    ]
    part = evaluate.measure(rows)
    assert part["margin"] > 0.05 and part["score_margin"] > 0.05  # never of no width
    table = evaluate.STAGE.table({"a": {"items": 9, "greedy": part, "sampled": part}})
    cells = [str(cell) for column in table.columns for cell in column.cells]
    # Nothing was asked under the grammar, so there is no column of it.
    assert cells[1] == cells[2] == "100.0% ± 15.0" and cells[3] == "1.000 ± 0.150"


def test_bleu_has_an_interval_by_the_bootstrap() -> None:
    same, other = "Anna is calm and Bob sleeps.", "Anna is calm and Clara sleeps."
    texts, references = [same] * 30, [same] * 15 + [other] * 15
    margin = bleu_margin(texts, references)
    assert 0.02 < margin < 0.15 and margin == bleu_margin(texts, references)
    assert bleu_margin(texts[:10], references[:10]) > 0.1  # all alike: that of a share
    direction = measure_direction(
        "en-qfo", [{"completion": same, "reference": other, "comet": None}] * 12
    )
    assert direction["same_words"] == 0.0 and direction["same_words_margin"] > 0.1

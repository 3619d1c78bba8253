"""What evaluations report beside equivalence: the scores that others report, and subsets."""

from __future__ import annotations

import pytest

from alignment.preference import Finding
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

"""Hugging Face evaluate: the metric, loaded from its file as users load it."""

import math
from pathlib import Path
from typing import Any

import pytest
from plugged import ANSWERS, REFERENCE, UNREADABLE, expected, need

need("evaluate", "evaluate")

import evaluate  # noqa: E402

import alignment.plugins  # noqa: E402

FILE = Path(str(alignment.plugins.__file__)).with_name("evaluate_metric.py")


@pytest.fixture(scope="module")
def metric(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return evaluate.load(str(FILE), cache_dir=str(tmp_path_factory.mktemp("evaluate")))


def test_it_computes_what_the_judge_says(metric: Any) -> None:
    scores = expected()
    found = metric.compute(predictions=list(ANSWERS), references=[REFERENCE] * 4)
    assert found["scores"] == scores
    assert found["logic"] == pytest.approx(sum(scores) / 4)
    assert (found["equivalent"], found["judged"]) == (0.25, 1.0)


def test_what_is_not_judged_is_no_part_of_the_means(metric: Any) -> None:
    found = metric.compute(predictions=["Cat(tom)"] * 2, references=["Cat(tom)", UNREADABLE])
    assert found == {"logic": 1.0, "equivalent": 1.0, "judged": 0.5, "scores": [1.0, None]}
    nothing = metric.compute(predictions=["Cat(tom)"], references=[UNREADABLE])
    assert math.isnan(nothing["logic"]) and nothing["judged"] == 0


def test_of_nothing_nothing_is_known(metric: Any) -> None:
    found = metric.compute(predictions=[], references=[])
    assert found.pop("scores") == [] and set(found) == {"logic", "equivalent", "judged"}
    assert all(map(math.isnan, found.values()))


def test_it_takes_the_settings_of_the_judge_and_batches(metric: Any) -> None:
    metric.add_batch(predictions=["∀x (Kitty(x) → Animal(x))"], references=[REFERENCE])
    metric.add(prediction=REFERENCE, reference=REFERENCE)
    exact = metric.compute(names="exact")
    assert exact["equivalent"] == 0.5

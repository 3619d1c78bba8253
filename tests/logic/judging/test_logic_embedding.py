"""Names by embedding: synonyms match, opposites do not, whatever the model says."""

import os

import pytest

import logic
from logic.judging import embedding


@pytest.fixture
def by_embedding(monkeypatch: pytest.MonkeyPatch) -> embedding.ByEmbedding:
    """The real class over the model in FOLALIGN_TEST_EMBEDDING, or over one that calls all names alike."""
    if folder := os.environ.get("FOLALIGN_TEST_EMBEDDING"):
        return embedding.ByEmbedding(folder, threshold=0.4)

    class CallsAllAlike:
        def __init__(self, model: str, device: str) -> None:
            self.model = model

        def __call__(self, references: list[str], candidates: list[str]) -> list[list[float]]:
            return [[0.99] * len(candidates) for _ in references]

    monkeypatch.setattr(embedding, "SentenceEmbedding", CallsAllAlike)
    return embedding.ByEmbedding("any")


def test_synonyms_match_and_still_cost(by_embedding: embedding.ByEmbedding) -> None:
    pair = {"candidate": "∀x (Physician(x) → Kind(x))", "reference": "∀x (Doctor(x) → Kind(x))"}
    assert logic.compare(**pair).verdict == "refuted"
    found = logic.compare(**pair, likeness=by_embedding)
    assert found.verdict == "proved"
    assert found.score is not None and 0.5 < found.score < 1.0


@pytest.mark.parametrize(
    ("left", "right"), [("Happy", "Unhappy"), ("Legal", "Illegal"), ("NotHome", "Home")]
)
def test_opposites_stay_opposites(
    by_embedding: embedding.ByEmbedding, left: str, right: str
) -> None:
    found = logic.compare(
        candidate=f"∀x (Dog(x) → {left}(x))",
        reference=f"∀x (Dog(x) → {right}(x))",
        likeness=by_embedding,
    )
    assert found.verdict == "refuted"


def test_a_bad_threshold_is_refused() -> None:
    with pytest.raises(ValueError, match=r"threshold must be between 0 and 1, got 1\.5"):
        embedding.ByEmbedding("any", threshold=1.5)

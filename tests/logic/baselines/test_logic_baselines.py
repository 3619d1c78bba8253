"""The published scores: what they give, and the faults that make them what they are."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from logic import baselines
from logic.baselines import (
    bleu,
    canonical_match,
    exact_match,
    le_bleu,
    le_logicllama,
    le_sgrpo,
    parses,
)
from logic.baselines.le import MAX_LITERALS, edit_distance

SUBSET = "∀x (Cat(x) → Pet(x))"
BOTH_LE = pytest.mark.parametrize("le", [le_logicllama, le_sgrpo], ids=lambda le: le.__name__)


@BOTH_LE
@pytest.mark.parametrize(
    ("candidate", "reference", "expected"),
    [
        (SUBSET, SUBSET, 1.0),
        ("∃x (Cat(x) → Pet(x))", SUBSET, 1.0),  # quantifiers do not count
        ("∃y ∀x Loves(x, y)", "∀x ∃y Loves(x, y)", 1.0),  # nor their order
        ("Loves(ben, anna)", "Loves(anna, ben)", 1.0),  # nor arguments, where literals match anyhow
        ("∀x (Cat(x) ∧ Pet(x))", SUBSET, 0.5),
        ("∀x (Cat(x) ↔ Pet(x))", SUBSET, 0.75),
        ("∀x (Cat(x) ⊕ Pet(x))", "∀x (Cat(x) ∨ Pet(x))", 0.75),
        ("¬Cat(tom)", "Cat(tom)", 0.0),
        ("Cat(tom)", "Cat(tom) ∧ Black(tom)", 0.75),  # a literal without a partner is a fresh one
        ("A(x) → B(x) ∧ C(x)", "(A(x) → B(x)) ∧ C(x)", 1.0),  # chains fold from the left
        ("Cat(", SUBSET, 0.0),
        ("¬¬Cat(tom)", "Cat(tom)", 0.0),
        ("tom = tim", "Cat(tom)", 0.0),
        ("Cat(father(tom))", "Cat(tom)", 0.0),
        (
            "∀x Cat(x) ∧ ∀x Pet(x)",
            "∀x (Cat(x) ∧ Pet(x))",
            0.0,
        ),  # one quantifier, the same variable twice
        ("", SUBSET, 0.0),
        (SUBSET, "Cat(", None),
        (SUBSET, "", None),
    ],
)
def test_le_as_published(le, candidate: str, reference: str, expected: float | None) -> None:
    assert le(candidate=candidate, reference=reference) == expected


def test_sgrpo_loses_a_negation_before_a_bracket() -> None:
    pair = {"candidate": "¬(Cat(tom) ∧ Dog(tom))", "reference": "Cat(tom) ∧ Dog(tom)"}
    assert le_sgrpo(**pair) == 1.0
    assert le_logicllama(**pair) == 0.0
    pair = {"candidate": "¬(Cat(tom) ∧ Dog(tom))", "reference": "¬Cat(tom) ∨ ¬Dog(tom)"}
    assert le_sgrpo(**pair) == 0.0
    assert le_logicllama(**pair) == 1.0


def test_sgrpo_reads_brackets_apart() -> None:
    inner = "∀x (Cat(x) → ∃y Chases(x, y))"  # a quantifier in a bracket that has no bracket inside
    assert le_sgrpo(candidate=inner, reference="∀x ∃y (Cat(x) → Chases(x, y))") == 0.0
    assert le_logicllama(candidate=inner, reference="∀x ∃y (Cat(x) → Chases(x, y))") == 1.0
    chain = "(∃x (Cat(x) ∧ Pet(x))) → Rich(anna)"  # only the last part of such a chain is left
    assert le_sgrpo(candidate=chain, reference="(Cat(x) ∧ Pet(x)) → Rich(anna)") == pytest.approx(
        1 - 0.375
    )


def test_sgrpo_refuses_long_and_crowded_formulas() -> None:
    crowded = " ∧ ".join(f"P{i}(a)" for i in range(7))
    assert le_sgrpo(candidate=crowded, reference=crowded) == 0.0
    long = "Cat(" + "t" * 180 + ")"
    assert le_sgrpo(candidate=long, reference=long) == 0.0
    assert le_logicllama(candidate=crowded, reference=crowded) == 1.0


def test_sgrpo_settles_a_literal_wanted_twice() -> None:
    def all_to_the_first(references, candidates):
        return [[1.0 - place / 10 for place in range(len(candidates))] for _ in references]

    # Both reference literals want Dog(a): either one has it and the other stands alone, Big(a) is fresh.
    score = le_sgrpo(
        candidate="Dog(a) ∧ Big(a)", reference="Cat(a) ∧ Pet(a)", similarity=all_to_the_first
    )
    assert score == 0.75


def test_threshold_throws_bindings_away() -> None:
    pair = {"candidate": "Cat(tom)", "reference": "Zebra(ulla)"}
    assert le_sgrpo(**pair) == 1.0
    assert le_sgrpo(**pair, threshold=baselines.ALIGNMENT_THRESHOLD) == 0.0
    near = {"candidate": "Cats(tom)", "reference": "Cat(tom)"}
    assert le_sgrpo(**near, threshold=baselines.ALIGNMENT_THRESHOLD) == 1.0


@BOTH_LE
def test_le_is_bounded_on_large_and_hostile_texts(le) -> None:
    wide = " → ".join(f"P{i}(a)" for i in range(MAX_LITERALS + 1))
    texts = [
        wide,
        "(" * 10_000,
        "¬" * 10_000,
        "∀x" * 10_000,
        "Cat(a) ∧ " * 2_000 + "Cat(a)",
        "word " * 200_000,
    ]
    start = time.perf_counter()
    for text in texts:
        score = le(candidate=text, reference=SUBSET)
        assert score is None or 0.0 <= score <= 1.0
    assert le_logicllama(candidate=SUBSET, reference=wide) is None
    assert time.perf_counter() - start < 5


def test_le_tries_no_more_bindings_than_the_published_one() -> None:
    start = time.perf_counter()
    left = " ⊕ ".join(f"P{i}(a)" for i in range(10)) + " → Q(a)"
    right = " ∧ ".join(f"R{i}(b)" for i in range(10)) + " → S(b)"
    score = le_logicllama(candidate=left, reference=right)
    assert score is not None
    assert 0.0 < score < 1.0
    assert time.perf_counter() - start < 5


def test_edit_distance() -> None:
    assert [
        edit_distance(*pair) for pair in [("", "abc"), ("kitten", "sitting"), ("cat", "cat")]
    ] == [3, 3, 0]


def test_bleu_counts_logic_tokens() -> None:
    assert bleu(candidate="∀x(Cat(x)→Pet(x))", reference=SUBSET) == pytest.approx(1.0)
    near = bleu(candidate="∀x (Cat(x) → Dog(x))", reference=SUBSET)
    far = bleu(candidate="∃y Dog(y)", reference=SUBSET)
    assert 0.0 < far < near < 1.0
    assert bleu(candidate="", reference=SUBSET) == 0.0
    assert bleu(candidate="Rains", reference="Rains") == pytest.approx(
        1.0
    )  # one token: unigrams alone


def test_the_mix_is_half_le_half_bleu() -> None:
    pair = {"candidate": "∃x (Cat(x) → Pet(x))", "reference": SUBSET}
    assert le_bleu(**pair) == pytest.approx(0.5 * (1.0 + bleu(**pair)))
    assert le_bleu(candidate=SUBSET, reference="Cat(") is None


def test_matches_of_text_and_of_form() -> None:
    reordered = "∀y (Cat(y) → Pet(y))"
    assert exact_match(candidate="∀x  (Cat(x)→Pet(x))", reference=SUBSET) == 1.0
    assert exact_match(candidate=reordered, reference=SUBSET) == 0.0
    assert canonical_match(candidate=reordered, reference=SUBSET) == 1.0
    assert canonical_match(candidate="∃x (Cat(x) → Pet(x))", reference=SUBSET) == 0.0
    assert canonical_match(candidate="Cat(", reference=SUBSET) == 0.0
    assert canonical_match(candidate=SUBSET, reference="Cat(") is None
    assert [parses(candidate=text) for text in (SUBSET, "Cat(", "∀x Cat(y)")] == [1.0, 0.0, 0.0]


def test_batch_form_keeps_order_and_names_what_is_allowed() -> None:
    scores = baselines.score(
        "le_logicllama", candidates=[SUBSET, "Cat("], references=[SUBSET, SUBSET]
    )
    assert scores == [1.0, 0.0]
    with pytest.raises(ValueError, match=r"'rouge'.*le_sgrpo"):
        baselines.score("rouge", candidates=[], references=[])
    with pytest.raises(ValueError, match="1 candidates for 0 references"):
        baselines.score("bleu", candidates=[SUBSET], references=[])


@pytest.mark.parametrize(
    ("module", "call", "extra"),
    [
        ("nltk", "baselines.bleu(candidate='P', reference='P')", ".[train]"),
        (
            "sentence_transformers",
            "baselines.SentenceEmbedding('all-MiniLM-L6-v2')",
            ".[embed]",
        ),
    ],
)
def test_a_missing_library_is_named_with_its_extra(module: str, call: str, extra: str) -> None:
    code = f"import sys; sys.modules[{module!r}] = None; from logic import baselines; {call}"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert extra in result.stderr


def test_agreement_with_scores_of_the_published_implementations(repository: Path) -> None:
    path = repository.parent / "shared" / "reference" / "pairs.jsonl"
    if not path.is_file():
        pytest.skip("no reference scores beside the repository")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    # Where names are the same the similarity of S-GRPO's LE hardly matters: characters stand in for the embedding.
    same = [row for row in rows if not row["kind"].startswith("rename")]
    for name, chosen in (("le_logicllama", rows), ("le_sgrpo", same)):
        ours = baselines.score(
            name,
            candidates=[row["candidate"] for row in chosen],
            references=[row["reference"] for row in chosen],
        )
        agreed = sum(
            abs((a or 0.0) - (row[name] or 0.0)) < 1e-3 for a, row in zip(ours, chosen, strict=True)
        )
        assert agreed >= 0.95 * len(chosen)

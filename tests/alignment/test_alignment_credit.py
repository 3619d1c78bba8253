"""Located credit: tokens of wrong parts are blamed, and no others."""

from pathlib import Path

import pytest
import torch
from alignment_tiny import build_tiny, config, dataset, trainer

from alignment import judging, models, rewards
from alignment.objective.credit import (
    located_credit,
    token_advantages,
    wrong_places,
    wrong_tokens,
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_tiny(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module", autouse=True)
def _workers() -> object:
    yield
    judging.close()


def test_only_what_is_negative_and_located_is_narrowed() -> None:
    wrong = torch.tensor([[True, False], [True, False], [False, False]])
    spread = token_advantages(
        torch.tensor([-1.0, 2.0, -3.0]), wrong, located=torch.tensor([True, True, False])
    )
    assert spread.tolist() == [[-1.0, 0.0], [2.0, 2.0], [-3.0, -3.0]]


def test_places_are_those_of_the_completion() -> None:
    text = "FOL: ∃x (Cat(x) ∧ Sees(x, tom))"
    pairs = [
        (text, "∃x (Cat(x) ∧ Sees(x, rex))"),
        ("nothing", "Cat(tom)"),
        ("Cat(tom)", "Cat(tom)"),
    ]
    found = wrong_places([*pairs, pairs[0]])
    assert found[1] == found[2] == ()
    ((start, end),) = found[0]
    assert text[start:end] == "tom"
    assert found[3] == found[0]


def test_tokens_of_a_part(model: Path) -> None:
    tokenizer = models.load_tokenizer(model)
    text = " ∃x (Cat(x) ∧ Sees(x, tom))"
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    start = text.index("∧")
    wrong = wrong_tokens(tokenizer, [*ids, tokenizer.eos_token_id], text, ((start, start + 1),))
    assert wrong is not None
    blamed = tokenizer.decode(
        [token for token, is_wrong in zip(ids, wrong, strict=False) if is_wrong]
    )
    assert "∧" in blamed
    assert len(blamed) <= 3
    assert wrong_tokens(tokenizer, ids[::-1], text, ((0, 1),)) is None


def test_a_batch(model: Path) -> None:
    tokenizer = models.load_tokenizer(model)
    texts = [" ∀x (Cat(x) ∧ Sees(x))", " ∀x (Cat(x) → Sees(x))", " nothing"]
    rows = [tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts]
    width = max(map(len, rows))
    ids = torch.tensor([row + [0] * (width - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
    output = {
        "advantages": torch.tensor([-1.0, 1.0, -1.0]),
        "completion_ids": ids,
        "completion_mask": mask,
    }
    reference = "∀x (Cat(x) → Sees(x))"
    spread, share = located_credit(output, [reference] * 3, tokenizer, "fol")
    assert share == 0.5
    assert 0 < (spread[0] < 0).sum() <= 3
    assert (spread[0] <= 0).all()
    assert (spread[1] == 1.0).all()
    assert (spread[2] == -1.0).all()


def test_a_step_of_training(model: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unknown credit 'all'; allowed: sequence, located"):
        config(tmp_path, credit="all")
    run = trainer(model, config(tmp_path, credit="located"))
    run.train()
    (first, *_) = [row for row in run.state.log_history if "credit/located" in row]
    assert 0.0 <= first["credit/located"] <= 1.0
    assert torch.isfinite(torch.tensor(first["loss"]))


def test_references_are_needed(model: Path, tmp_path: Path) -> None:
    rows = dataset().remove_columns("reference")
    args = config(tmp_path, credit="located", label_column="completion")
    with pytest.raises(ValueError, match="credit='located' needs the column 'reference'"):
        from alignment import SGRPOTrainer

        SGRPOTrainer(str(model), [rewards.get("readable")], args=args, train_dataset=rows)

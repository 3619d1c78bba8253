"""S-GRPO with a model that sees: images reach the policy, and the label term refuses them."""

from __future__ import annotations

import math

import pytest
from alignment_tiny import ROWS, config, likeness
from datasets import Dataset

pytest.importorskip("PIL")

from PIL import Image
from tiny_vision import SIDE, build_vision

from alignment.trainers.sgrpo import SGRPOTrainer

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def seeing(tmp_path_factory):
    return build_vision(tmp_path_factory.mktemp("seeing"))


def rows() -> Dataset:
    """Prompts with a grey square each, as messages."""
    return Dataset.from_list(
        [
            {
                "prompt": [{"role": "user", "content": row["prompt"]}],
                "completion": [{"role": "assistant", "content": row["completion"]}],
                "reference": row["reference"],
                "image": Image.new("RGB", (SIDE, SIDE), (shade, shade, shade)),
            }
            for shade, row in enumerate(ROWS)
        ]
    )


def of_texts(prompts, completions, reference, **columns):
    return likeness(prompts, [turns[-1]["content"] for turns in completions], reference)


def trainer(seeing, tmp_path, data: Dataset, **options) -> SGRPOTrainer:
    args = config(tmp_path, **options)
    return SGRPOTrainer(str(seeing), [of_texts], args=args, train_dataset=data)


def test_images_train_by_rewards_alone(seeing, tmp_path):
    run = trainer(seeing, tmp_path, rows(), label_weight=0.0)
    sight = {name: one.detach().clone() for name, one in run.model.named_parameters()}
    run.train()
    losses = [row["loss"] for row in run.state.log_history if "loss" in row]
    assert losses and all(math.isfinite(loss) for loss in losses)
    changed = [name for name, one in run.model.named_parameters() if not one.equal(sight[name])]
    assert any("vision" in name for name in changed)  # the image took part in the loss


def test_the_label_term_refuses_images(seeing, tmp_path):
    with pytest.raises(ValueError, match="these have images: set label_weight to 0"):
        trainer(seeing, tmp_path, rows(), label_weight=1.0).train()


def test_the_label_term_teaches_a_model_that_sees_by_prompts_of_text(seeing, tmp_path):
    run = trainer(seeing, tmp_path, rows().remove_columns("image"), label_weight=1.0)
    run.train()
    labels = [row["label/loss"] for row in run.state.log_history if "label/loss" in row]
    assert labels and all(math.isfinite(loss) and loss > 0.0 for loss in labels)

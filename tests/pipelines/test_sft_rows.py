"""What SFT trains on: rows that have an answer, in what order."""

from pathlib import Path

import pytest

pytest.importorskip("trl")

from datasets import Dataset
from transformers.trainer_pt_utils import get_length_grouped_indices
from trl import SFTConfig

from pipelines.errors import UsageError
from pipelines.stages.sft import answered, tell_of_order


def test_rows_of_which_only_a_label_is_known_are_left_out_and_counted(capsys) -> None:
    rows = Dataset.from_dict({"prompt": ["a", "b", "c"], "completion": [" P(a)", "", " "]})
    assert answered(rows, "sft")["prompt"] == ["a"]
    assert "2 rows have no answer" in capsys.readouterr().out
    turns = [[{"role": "assistant", "content": text}] for text in ("P(a)", "")]
    assert len(answered(Dataset.from_dict({"completion": turns}), "sft")) == 1


def test_rows_without_any_answer_are_an_error() -> None:
    with pytest.raises(UsageError, match="no row has an answer"):
        answered(Dataset.from_dict({"completion": ["", " "]}), "sft")


@pytest.mark.parametrize(
    ("steps", "rows", "told"),
    [(48, 9682, True), (50, 9682, True), (60, 9682, False), (40, 80, False), (-1, 9682, False)],
)
def test_few_updates_by_length_are_said_to_go_from_long_rows_to_short(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, steps: int, rows: int, told: bool
) -> None:
    arguments = SFTConfig(
        output_dir=str(tmp_path),
        max_steps=steps,
        per_device_train_batch_size=2,
        train_sampling_strategy="group_by_length",
        use_cpu=True,
        bf16=False,
    )
    tell_of_order(arguments, rows, "control")
    words = " ".join(capsys.readouterr().out.split())
    assert ("from the longest rows towards the shortest" in words) is told


def test_the_order_that_is_told_of_is_that_of_transformers() -> None:
    lengths = list(range(400))
    order = [lengths[row] for row in get_length_grouped_indices(lengths, batch_size=2)]
    turn = order[2:100]  # the first 50 updates but for the longest row of all, which stands first
    assert turn == sorted(turn, reverse=True)
    assert order[100] > order[99]

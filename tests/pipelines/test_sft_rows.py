"""What SFT trains on: rows that have an answer."""

import pytest

pytest.importorskip("trl")

from datasets import Dataset

from pipelines.errors import UsageError
from pipelines.stages.sft import answered


def test_rows_of_which_only_a_label_is_known_are_left_out_and_counted(capsys) -> None:
    rows = Dataset.from_dict({"prompt": ["a", "b", "c"], "completion": [" P(a)", "", " "]})
    assert answered(rows, "sft")["prompt"] == ["a"]
    assert "2 rows have no answer" in capsys.readouterr().out
    turns = [[{"role": "assistant", "content": text}] for text in ("P(a)", "")]
    assert len(answered(Dataset.from_dict({"completion": turns}), "sft")) == 1


def test_rows_without_any_answer_are_an_error() -> None:
    with pytest.raises(UsageError, match="no row has an answer"):
        answered(Dataset.from_dict({"completion": ["", " "]}), "sft")

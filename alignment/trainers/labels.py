"""Reference answers as tokens beside the rows of a generation batch, for the label term.

TRL shuffles the rows of a generation batch and splits them into minibatches, so what the label term
needs must travel with the rows. Each distinct label stands on one row, its carrier, which also
carries the weight of the rows that share it: the minibatches together weigh every prompt as if each
row had its own label, while the forward pass runs once per prompt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from trl.trainer.utils import pad

from alignment.messages import last_text


def label_tensors(
    rows: Sequence[Mapping[str, Any]],
    factors: torch.Tensor,
    asked: Sequence[Sequence[int]],
    *,
    column: str,
    tokenizer: Any,
) -> dict[str, torch.Tensor]:
    """Label tokens for the rows of a generation batch, in its order, each label on one row only.

    Args:
        rows: B rows of the data set, with the reference answer in `column`.
        factors: (B,) what each row's label counts.
        asked: the tokens of each row's prompt, which an environment may have written.
        tokenizer: the policy's; its end-of-text token ends each label.

    Returns:
        label_ids, label_mask: (B, L), right-padded; label_rows: (B,) float, the sum of the factors
            of the rows that share a label, 0 on rows that carry none.
    """
    ids: list[list[int]] = [[] for _ in rows]
    weights = torch.zeros(len(rows))
    carriers: dict[tuple[tuple[int, ...], str], int] = {}
    for index, row in enumerate(rows):
        text = last_text(row.get(column))
        if not text or text.isspace():  # no answer, and no lesson to give none
            continue
        key = (tuple(asked[index]), text)
        carrier = carriers.setdefault(key, index)
        weights[carrier] += factors[index]
        if carrier == index:
            encoding = tokenizer(text, add_special_tokens=False)
            ids[index] = [*encoding["input_ids"], tokenizer.eos_token_id]
    tokens = [torch.tensor(row_ids, dtype=torch.long) for row_ids in ids]
    masks = [torch.ones_like(row_tokens) for row_tokens in tokens]
    return {
        "label_ids": pad(tokens, padding_value=tokenizer.pad_token_id, padding_side="right"),
        "label_mask": pad(masks, padding_side="right"),
        "label_rows": weights,
    }


def label_carriers(inputs: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """Indices of the rows that carry a label.

    Row 0 where none does, as every process must run the same forwards.
    """
    carriers = inputs["label_rows"].nonzero().squeeze(1)
    return carriers if carriers.numel() else carriers.new_zeros(1)


def check_columns(args: Any, dataset: Any) -> None:
    """Raises ValueError where a training set lacks a column that the settings read."""
    columns = getattr(dataset, "column_names", None)
    if columns is None:
        return
    has = ", ".join(columns)
    if args.label_weight > 0.0 and args.label_column not in columns:
        raise ValueError(
            f"the training set has no label column {args.label_column!r}; it has {has} "
            "(set label_column, or label_weight to 0)"
        )
    if args.credit == "located" and "reference" not in columns:
        raise ValueError(
            f"credit='located' needs the column 'reference'; the training set has {has}"
        )

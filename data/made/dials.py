"""The dials of made stories: how deep, how much beside the point, which labels, which words."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from random import Random
from typing import Any, Literal, get_args

from data.records import LABELS, DataError, Label

Range = tuple[int, int]
"""The least and the greatest of a dial that is drawn for each story."""

Wording = Literal["all", "known", "new"]
"""Which wordings of rules a split has (`data.made.sentences.wordings`)."""

SPLITS = {"train": 60, "validation": 20, "test": 20}
"""The splits of made stories, and their shares."""

_LIMITS: dict[str, Range] = {"depth": (1, 8), "distractors": (0, 40), "proofs": (1, 4)}


@dataclass(frozen=True)
class Dials:
    """How stories are made.

    A range is drawn from for each story. `depth` is the number of rules that the shortest proof
    applies, `distractors` the number of premises that no proof needs, `proofs` the number of
    proofs, which share no premise. `labels` are the weights of the labels, `negation` is how often
    what a rule speaks of is denied where its wording allows that. With `nonce` every name, noun,
    adjective and verb is made up. `wordings` says for splits how their rules are worded; a split
    that it does not name has all wordings.
    """

    depth: Range = (1, 4)
    distractors: Range = (3, 8)
    proofs: Range = (1, 1)
    labels: Mapping[Label, float] = field(default_factory=lambda: dict.fromkeys(LABELS, 1.0))
    negation: float = 0.25
    nonce: bool = True
    wordings: Mapping[str, Wording] = field(default_factory=dict)

    def draw_label(self, rng: Random) -> Label:
        """A label, by the weights."""
        point = rng.random() * sum(self.labels.values())
        for label, weight in self.labels.items():
            if point < weight:
                return label
            point -= weight
        return next(label for label, weight in self.labels.items() if weight)


def draw_from(limits: Range, rng: Random) -> int:
    """A whole number of the range, both ends included."""
    low, high = limits
    count = high - low + 1
    return low + int(rng.random() * count)


def dials_of(settings: Mapping[str, Any] | None) -> Dials:
    """The dials that settings name, the others as they are by default.

    Raises DataError for an unknown setting or a value that is not allowed.
    """
    values = dict(settings or {})
    names = [each.name for each in fields(Dials)]
    for name in values:
        if name not in names:
            close = difflib.get_close_matches(str(name), names, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise DataError(f"no setting {name!r} of stories; allowed: {', '.join(names)}{hint}")
    for name in _LIMITS.keys() & values.keys():
        values[name] = _range(name, values[name])
    if "labels" in values:
        values["labels"] = _labels(values["labels"])
    if "negation" in values:
        values["negation"] = _share("negation", values["negation"])
    if "wordings" in values:
        values["wordings"] = _wordings(values["wordings"])
    if not isinstance(values.get("nonce", True), bool):
        raise DataError(f"nonce is {values['nonce']!r}; allowed: true, false")
    return Dials(**values)


def _range(name: str, value: Any) -> Range:
    """A number for every story, or two to draw between."""
    low, high = _LIMITS[name]
    ends = [value, value] if isinstance(value, int) else value
    if (
        isinstance(ends, list | tuple)
        and len(ends) == 2
        and all(type(end) is int for end in ends)
        and low <= ends[0] <= ends[1] <= high
    ):
        return ends[0], ends[1]
    raise DataError(
        f"{name} is {value!r}; allowed: a whole number from {low} to {high}, or [least, greatest]"
    )


def _labels(value: Any) -> dict[Label, float]:
    """The weight of each label; one that is not named has none."""
    # YAML reads the keys True and False as truth values, whose names are those of the labels.
    weights = {str(name): value[name] for name in value} if isinstance(value, Mapping) else None
    if (
        weights is None
        or not weights.keys() <= set(LABELS)
        or not all(_is_number(weight) and weight >= 0 for weight in weights.values())
        or not any(weights.values())
    ):
        raise DataError(
            f"labels is {value!r}; allowed: a weight for each of {', '.join(LABELS)}, "
            "as in {True: 2, False: 1}"
        )
    return {label: float(weights.get(label, 0)) for label in LABELS}


def _wordings(value: Any) -> dict[str, Wording]:
    """The wordings of each split; one name holds for all splits."""
    allowed = get_args(Wording)
    named = value if isinstance(value, Mapping) else dict.fromkeys(SPLITS, value)
    if not named.keys() <= SPLITS.keys() or not all(each in allowed for each in named.values()):
        raise DataError(
            f"wordings is {value!r}; allowed: one of {', '.join(allowed)}, or one for each of "
            f"{', '.join(SPLITS)}, as in {{train: known, test: new}}"
        )
    return dict(named)


def _share(name: str, value: Any) -> float:
    if not _is_number(value) or not 0 <= value <= 1:
        raise DataError(f"{name} is {value!r}; allowed: a share from 0 to 1")
    return float(value)


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int | float)

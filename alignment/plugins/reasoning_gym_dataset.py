"""reasoning-gym: translation into first-order logic as one of its data sets.

Importing this module registers it: `reasoning_gym.create_dataset("first_order_logic", size=100)`.
NeMo-Gym and OpenEnv serve the data sets of reasoning-gym by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from alignment.judging import Judge
from alignment.plugins import needs
from alignment.questions import Question, questions
from logic.errors import installs
from logic.judging.compare import Names, check_names

with needs(installs("reasoning-gym")):
    from reasoning_gym.dataset import ProceduralDataset
    from reasoning_gym.factory import register_dataset

NAME = "first_order_logic"


@dataclass
class FolDatasetConfig:
    """Which rows (the arguments of `data.load`), and how answers are judged.

    `size` is how many there are to be: where a data set has fewer, they begin again.
    """

    data: str = "synthetic"
    split: str = "train"
    path: str | None = None
    names: Names = "match"
    domain: str = "fol"
    dialect: str | None = None
    seed: int | None = None
    size: int = 500

    def validate(self) -> None:
        """Raises ValueError for what cannot be."""
        check_names(self.names)
        if self.size < 1:
            raise ValueError(f"size is {self.size}; allowed: a whole number from 1")


class FolDataset(ProceduralDataset):
    """Sentences and their formulas. Rows are loaded when the first is asked for: scoring needs none."""

    category = "logic"

    def __init__(self, config: FolDatasetConfig) -> None:
        super().__init__(config, seed=config.seed, size=config.size)
        self._judge = Judge(config.names, config.domain, config.dialect)

    @cached_property
    def _questions(self) -> list[Question]:
        config = self.config
        return questions(
            config.data,
            split=config.split,
            path=config.path,
            size=config.size,
            seed=self.seed,
            domain=config.domain,
            dialect=config.dialect,
        )

    def __getitem__(self, idx: int) -> dict[str, Any]:
        if not 0 <= idx < self.size:
            raise IndexError(f"row {idx} of {self.size}")
        question = self._questions[idx % len(self._questions)]
        metadata = {"source_dataset": NAME, "source_index": idx, **question.fields}
        return {"question": question.prompt, "answer": question.reference, "metadata": metadata}

    def score_answer(self, answer: str | None, entry: dict[str, Any]) -> float:
        """The score of an answer.

        reasoning-gym takes no missing score: what is not judged is 0.0, counted in
        `alignment.judging.unjudged` and logged.
        """
        return self._judge.score(answer, entry["answer"]) or 0.0


register_dataset(NAME, FolDataset, FolDatasetConfig)

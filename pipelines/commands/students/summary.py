"""A class as a whole: how many are right, and how often each kind of mistake was made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from pipelines.commands.students.grading import BROKEN, Graded


@dataclass(frozen=True)
class Summary:
    """Counts of answers by verdict, and of answers with each kind of mistake, the most frequent first."""

    answers: int
    verdicts: Counter[str]
    mistakes: Counter[str]
    mean_score: float | None

    def figures(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "answers": self.answers,
            "verdicts": dict(self.verdicts),
            "mistakes": dict(self.mistakes.most_common()),
            "mean_score": self.mean_score,
        }

    def line(self) -> str:
        """The verdicts in a sentence."""
        words = {
            "proved": "equivalent",
            "refuted": "not",
            "unreadable": "unreadable",
            "unknown": "undecided",
            BROKEN: "not judged",
        }
        parts = [
            f"{self.verdicts[name]} {word}" for name, word in words.items() if self.verdicts[name]
        ]
        score = "" if self.mean_score is None else f"; mean score {self.mean_score:.3f}"
        return f"{self.answers} answers: {', '.join(parts)}{score}"

    def table(self) -> Table:
        """How many answers have each kind of mistake."""
        table = Table(box=None, padding=(0, 2, 0, 0))
        table.add_column("mistake")
        table.add_column("answers", justify="right")
        for kind, count in self.mistakes.most_common():
            table.add_row(kind, str(count))
        return table


def summary_of(rows: Sequence[Graded]) -> Summary:
    """The summary of graded rows."""
    scores = []
    for row in rows:
        score = None if row.explanation is None else row.explanation.comparison.score
        if score is not None:
            scores.append(score)
    return Summary(
        answers=len(rows),
        verdicts=Counter(row.verdict for row in rows),
        mistakes=Counter(kind for row in rows for kind in row.mistakes),
        mean_score=sum(scores) / len(scores) if scores else None,
    )

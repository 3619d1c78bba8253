"""A reader of answers in a controlled English: exact where a trained translator is a guess.

By it results are judged, so that the translator that pays a reward never judges what it has paid.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from logic.errors import ParseError
from logic.reading.answers.answer import Answer
from logic.syntax import Formula


class ExactReader:
    """Reads passages by a function that raises ValueError for what it cannot read.

    `data.exact_reader` has one for each data set whose English is made by a grammar.
    """

    def __init__(self, read: Callable[[str], Formula]) -> None:
        self._read = read

    def read(self, passages: Sequence[str]) -> list[Answer]:
        """The answer for each passage, in order."""
        return [self._answer(passage) for passage in passages]

    def _answer(self, passage: str) -> Answer:
        try:
            return Answer(passage, self._read(passage))
        except ValueError as error:
            return Answer(passage, error=ParseError(str(error), text=passage))

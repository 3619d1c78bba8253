"""Raw model output to the formula in it."""

from __future__ import annotations

from dataclasses import dataclass

from logic.errors import ParseError
from logic.parser import parse_open
from logic.syntax import Formula


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found in a model's output: the text taken for the formula, the formula, repairs, or the error."""

    text: str
    formula: Formula | None = None
    repairs: tuple[str, ...] = ()
    error: ParseError | None = None


def read_answer(text: str, *, domain: str = "fol") -> Answer:
    """Find the formula in raw model output; never raises on any str."""
    line = text.strip()
    try:
        formula, free = parse_open(line, domain=domain, free=True)
    except ParseError as error:
        return Answer(line, error=error)
    return Answer(line, formula, tuple(f"free variable {name}" for name in free))

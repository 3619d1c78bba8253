"""The formula that most answers agree on."""

from __future__ import annotations

from typing import Any

import logic
from logic.judging.vote import equivalence_classes

Choice = dict[str, Any]
"""What is said of a sentence: its formula, confidence, alternatives and unreadable answers."""


def choose(answers: list[str], domain: str = "fol") -> Choice:
    """The formula that most answers agree on, the share that does, and the others with counts."""
    formulas = [logic.read_answer(answer, domain=domain).formula for answer in answers]
    classes = equivalence_classes(formulas, domain=domain)
    if not classes:
        return choice(None, 0.0, [], formulas.count(None))
    largest, *others = classes
    alternatives = [{"formula": str(other.formula), "count": len(other)} for other in others]
    confidence = round(len(largest) / len(answers), 4)
    return choice(
        str(largest.formula),
        confidence,
        alternatives,
        formulas.count(None),
    )


def choice(
    formula: str | None,
    confidence: float,
    alternatives: list[dict[str, Any]],
    unreadable: int,
) -> Choice:
    """What is said of a sentence."""
    return {
        "formula": formula,
        "confidence": confidence,
        "alternatives": alternatives,
        "unreadable": unreadable,
    }

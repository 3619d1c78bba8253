"""Is a reference fit to train and judge on?"""

from __future__ import annotations

import logic


class Fault(ValueError):
    """Why a formula cannot serve as a reference, in one line."""


def canonical(formula: str, domain: str = "fol") -> str:
    """The reference in the canonical notation of its domain. Raises Fault for one that cannot be read or judged.

    References are read strictly: a formula that would have to be mended first is a fault of the data, to be
    counted, and not a guess to train on.
    """
    if not formula.strip():
        raise Fault("empty formula")
    try:
        text = logic.to_text(logic.parse(formula, domain=domain), domain=domain)
        itself = logic.compare(candidate=text, reference=formula, domain=domain)
    except logic.ParseError as error:
        raise Fault(f"formula, column {error.column}: {error.reason}") from error
    if itself.score != 1.0:
        raise Fault(
            f"formula does not score 1 against itself but {itself.score} ({itself.verdict})"
        )
    return text


def audit(formula: str, domain: str = "fol") -> str | None:
    """Why the formula cannot serve as a reference; None where it can."""
    try:
        canonical(formula, domain)
    except Fault as fault:
        return str(fault)
    return None

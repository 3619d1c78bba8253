"""Is a reference fit to train and judge on?"""

from __future__ import annotations

from collections.abc import Sequence

import logic


class Fault(ValueError):
    """Why a row cannot be used, in one line."""


def meant(
    formula: str,
    domain: str = "fol",
    repairs: list[str] | None = None,
    dialect: str | None = None,
) -> str:
    """`canonical`, with the scope of a quantifier widened to a variable that stands behind it.

    Two to three of a hundred published references are written so, and mean the wide scope; what was
    widened is added to `repairs`. Raises Fault for any other formula that cannot be read as it is.
    """
    try:
        return canonical(formula, domain, dialect)
    except Fault:
        answer = logic.read_answer(formula, domain=domain, dialect=dialect)
        is_whole = answer.formula is not None and answer.text.strip() == formula.strip()
        if not is_whole or not all(repair.startswith("scope of ") for repair in answer.repairs):
            raise
    if repairs is not None:
        repairs.extend(answer.repairs)
    return canonical(str(answer.formula), domain)


def canonical(formula: str, domain: str = "fol", dialect: str | None = None) -> str:
    """The reference, written in a dialect where one is named, in the canonical notation of its domain.

    References are read strictly: a formula that would have to be mended first is a fault of the
    data, to be counted, and not a guess to train on. Raises Fault for one that cannot be read, or
    that the judge does not score 1 against itself.
    """
    if not formula.strip():
        raise Fault("empty formula")
    try:
        parsed = logic.parse(formula, domain=domain, dialect=dialect)
        text = logic.to_text(parsed, domain=domain)
        # A text of a named notation is no text of the canonical one: its formula is compared.
        reference = formula if dialect is None else parsed
        comparison = logic.compare(candidate=text, reference=reference, domain=domain)
    except logic.ParseError as error:
        raise Fault(f"formula, column {error.column}: {error.reason}") from error
    except (
        Exception,
        SystemExit,
    ) as error:  # one row, whatever is wrong with it, must not end the loading
        raise Fault(f"formula cannot be judged: {type(error).__name__}: {error}") from error
    if comparison.score != 1.0:
        raise Fault(
            f"formula does not score 1 against itself but {comparison.score} ({comparison.verdict})"
        )
    return text


def from_canonical(formula: str, domain: str = "fol") -> logic.Formula | str:
    """The formula of a text in the canonical notation, as `data.load` gives; the text where it is none.

    For those who judge what is in another notation against it.
    """
    try:
        return logic.parse(formula, domain=domain)
    except logic.ParseError:
        return formula


def require_text(**texts: str) -> None:
    """Raises Fault where one of the texts is blank."""
    for name, text in texts.items():
        if not text.strip():
            raise Fault(f"empty {name}")


def require_apart(right: Sequence[str], wrong: Sequence[str]) -> None:
    """Raises Fault where an answer is blank, or both right and wrong; blanks around it do not count."""
    good, bad = ({answer.strip() for answer in answers} for answers in (right, wrong))
    if not good.isdisjoint(bad):
        raise Fault("a chosen answer is among the rejected ones")
    if "" in good | bad:
        raise Fault("an answer is empty")


def require_turns(roles: Sequence[str]) -> None:
    """User and assistant take turns, the user first and last; a system message may come before."""
    if unknown := sorted(set(roles) - {"system", "user", "assistant"}):
        raise Fault(f"role {unknown[0]!r}; allowed: system, user, assistant")
    turns = list(roles[1:] if roles[:1] == ["system"] else roles)
    # An odd number of turns begins and ends with the user; none at all is even.
    alternating = [("user", "assistant")[i % 2] for i in range(len(turns))]
    if turns != alternating or len(turns) % 2 == 0:
        raise Fault(
            f"turns {', '.join(roles) or 'none'}: "
            "user and assistant must alternate, user first and last"
        )

"""What a solver says of a formula without the right one: as a tool that a model may use, or of many.

For TRL's `environment_factory`, in `GRPOTrainer` and in `SGRPOTrainer`: the model writes a formula,
asks `check`, reads what is wrong, and writes another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import logic
from alignment.judging import pool_for
from logic.judging.workers.lost import Lost

NOTHING_WRONG = "Nothing is wrong with this formula that can be told without knowing the answer."


class FormulaCheck:
    """An environment of one rollout.

    Its one tool is `check`. Columns of a row that it reads: `signature`, the names that a formula
    may use, as `logic.read_signature` reads them; `premise_formulas`, formulas that hold beside it.
    What is checked is judged in worker processes, which are killed where a formula takes too long.
    """

    def __init__(self, domain: str = "fol") -> None:
        self._domain = domain
        self._signature: Any = None
        self._premises: Sequence[str] = ()

    def reset(self, **row: Any) -> None:
        """Begin a rollout of this row."""
        self._signature = row.get("signature")
        self._premises = tuple(row.get("premise_formulas") or ())

    def check(self, formula: str) -> str:
        """Check a formula of first-order logic before you give it as your answer.

        Args:
            formula: The formula, such as ∀x (Cat(x) → Sleeps(x)).

        Returns:
            What is wrong with it: where it cannot be read, which names are not allowed, that it is
            true or false whatever the facts are, or that it contradicts what is known.
        """
        question = (str(formula), self._signature, self._premises, self._domain)
        found = pool_for(_TASK).ask(question)
        if isinstance(found, Lost):
            return f"This formula could not be checked: {found.reason}."
        return found or NOTHING_WRONG


def remarked(
    formulas: Sequence[str],
    signatures: Sequence[Any],
    premises: Sequence[Sequence[str] | None],
    *,
    domain: str = "fol",
) -> list[str | None]:
    """What `FormulaCheck` remarks of each formula: "" where nothing is wrong, None where it is lost.

    Args:
        formulas: N answers.
        signatures: N, the names each may use, as `logic.read_signature` reads them; None for any.
        premises: N, the formulas that hold beside each; None for none.
        domain: what the formulas are of.
    """
    questions = [
        (formula, signature, tuple(beside or ()), domain)
        for formula, signature, beside in zip(formulas, signatures, premises, strict=True)
    ]
    # Samples of one prompt are often equal; a signature may be no key.
    distinct = {repr(question): question for question in questions}
    pool = pool_for(_TASK)
    begun = {key: pool.submit(question) for key, question in distinct.items()}
    found = [begun[repr(question)].result() for question in questions]
    return [None if isinstance(one, Lost) else one for one in found]


def told(item: tuple[str, Any, Sequence[str], str]) -> str:
    """The task of a worker: what is to be remarked of a formula."""
    from logic.stories.remarks import remarks  # here: in a worker, not with every reward

    text, names, premises, domain = item
    found = remarks(
        text,
        signature=None if names is None else logic.read_signature(names),
        premises=[logic.parse(premise, domain=domain) for premise in premises],
        domain=domain,
    )
    return str(found)


_TASK = f"{__name__}:{told.__name__}"

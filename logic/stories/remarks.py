"""What a solver can say of an answer without knowing the right one.

Whether it can be read, keeps to the names it may use, says anything at all, and agrees with what is
said beside it. Nothing of this shows that an answer is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from logic import syntax as S
from logic.deciding.verdict import Budget
from logic.errors import ParseError
from logic.judging.questions import entails
from logic.judging.vote import VOTE_BUDGET
from logic.nodes import shown_name
from logic.reading.answers.answer import read_answer
from logic.signatures.signature import Signature
from logic.stories.verdict import is_trivial

FALSEHOOD = S.Truth(False)


@dataclass(frozen=True, slots=True)
class Remarks:
    """What an answer says, None where it says nothing, and what is to be remarked of it."""

    formula: S.Formula | None
    told: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join(self.told)


def remarks(
    text: str,
    *,
    signature: Signature | None = None,
    premises: Sequence[S.Formula] = (),
    domain: str = "fol",
    budget: Budget = VOTE_BUDGET,
) -> Remarks:
    """What can be said of an answer without a reference; nothing where nothing is wrong with it.

    Args:
        text: the answer, as a model wrote it.
        signature: the names that it may use; any where absent.
        premises: formulas that hold beside it, as those of a story do.
    """
    answer = read_answer(text, domain=domain)
    if answer.formula is None:
        return Remarks(None, (_unreadable(answer.error),))
    told: list[str] = []
    if signature is not None:
        told += _beyond(signature, answer.formula)
    told += _worthless(
        answer.formula,
        premises,
        domain,
        budget,
    )
    return Remarks(answer.formula, tuple(told))


def _unreadable(error: ParseError | None) -> str:
    if error is None:
        return "there is no formula"
    return f"this is no formula: {error}"


def _beyond(signature: Signature, formula: S.Formula) -> list[str]:
    """The names that are not declared, each with what may be meant."""
    told: list[str] = []
    for problem in signature.check(formula):
        kind, name, _ = problem.symbol
        text = f"{problem.kind}: {kind} {shown_name(name)}"
        if problem.hint:
            text = f"{text}; {problem.hint}"
        told.append(text)
    return told


def _worthless(
    formula: S.Formula, premises: Sequence[S.Formula], domain: str, budget: Budget
) -> list[str]:
    """That it is true or false whatever the facts are, or contradicts what holds beside it."""

    def proves(assumed: Sequence[S.Formula], goal: S.Formula) -> bool:
        verdict = entails(
            assumed,
            goal,
            domain=domain,
            budget=budget,
            used=False,
        )
        return verdict.status == "proved"

    if is_trivial(formula, domain=domain, budget=budget):
        always = "false" if proves([formula], FALSEHOOD) else "true"
        return [f"this says nothing: it is {always} whatever the facts are"]
    if not premises or not proves([*premises, formula], FALSEHOOD):
        return []
    verdict = entails(
        premises,
        S.Not(formula),
        domain=domain,
        budget=budget,
    )
    against = [f"  {premises[place]}" for place in verdict.used or ()]
    return ["\n".join(["this contradicts what holds beside it:", *against])]

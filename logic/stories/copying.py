"""Premises that say the conclusion instead of their own sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from logic import syntax as S
from logic.deciding.verdict import Budget
from logic.errors import LogicError, UnsupportedError
from logic.judging.questions import entails
from logic.languages import language
from logic.stories.essential import essential_symbols
from logic.stories.grounding import grounding, is_borrowed, is_said_elsewhere, is_same_sentence
from logic.stories.story import Story
from logic.stories.verdict import StoryVerdict
from logic.symbols import symbols

FAITHFUL = 0.8
"""Grounding from which a formula counts as one of its sentence."""

_BUDGET = Budget(rlimit=1_000_000, seconds=5.0, prover=0)
"""For a premise that is to be found out: it is asked for only where one alone proves the label."""


def copies(
    premises: Sequence[S.Formula], conclusion: S.Formula, verdict: StoryVerdict, story: Story
) -> Iterator[str]:
    """The faults of premises that copy the conclusion, or its negation where the story is False.

    Such a premise has it as a part, is equivalent to it, or proves it alone, and does not speak of
    its own sentence. Many stories have one premise from which the conclusion follows by right: it
    has the words for that in its sentence, or its reference proves the reference of the conclusion.
    """
    goals = {"the conclusion copies a premise": conclusion}
    if story.label == "False":
        goals["a premise copies the negated conclusion"] = S.Not(conclusion)
    alone = verdict.used[0] if verdict.finding == story.label and len(verdict.used) == 1 else None
    for fault, goal in goals.items():
        for place, premise in enumerate(premises):
            is_proof = place == alone and (goal is conclusion) == (story.label == "True")
            extent = _extent(premise, goal, is_proof, story.domain)
            if extent is None or not _is_of_another(premise, goal, extent, place, story):
                continue
            if not _is_by_right(place, story):
                yield fault


def _extent(premise: S.Formula, goal: S.Formula, is_proof: bool, domain: str) -> str | None:
    """How much of a premise is the goal: the "whole", a "part", or None. A proof has it as a part at least."""
    if not is_proof and not set(essential_symbols(goal)).issubset(symbols(premise)):
        return None
    wanted = _key(goal, domain)
    if _key(premise, domain) == wanted:
        return "whole"
    if not is_proof:
        parts = [_key(part, domain) for part in _conjuncts(premise)]
        return "part" if wanted in parts else None
    back = entails([goal], premise, domain=domain, budget=_BUDGET, used=False)
    return "whole" if back.status == "proved" else "part"


def _key(formula: S.Formula, domain: str) -> str:
    """A text that only equivalent formulas share."""
    try:
        return language(domain, formula).vote_key(formula)
    except UnsupportedError:  # too large for a normal form
        return str(formula)


def _conjuncts(formula: S.Formula) -> Iterator[S.Formula]:
    """What a formula says one by one, as far as its connectives show that."""
    match formula:
        case S.And(operands):
            parts: Sequence[S.Formula] = operands
        case S.Not(S.Not(operand)):
            parts = [operand]
        case S.Not(S.Or(operands)):
            parts = [S.Not(operand) for operand in operands]
        case S.Not(S.Implies(left, right)):
            parts = [left, S.Not(right)]
        case _:
            yield formula
            return
    for part in parts:
        yield from _conjuncts(part)


def _is_of_another(
    premise: S.Formula, goal: S.Formula, extent: str, place: int, story: Story
) -> bool:
    """Whether a premise that has the goal in it is no formula of its sentence."""
    sentence = story.premises[place]
    if is_same_sentence(sentence, story.conclusion):
        return False
    is_denial = isinstance(goal, S.Not) and story.label == "False"
    if extent == "whole" and not is_denial and grounding(premise, sentence) < FAITHFUL:
        return True
    occurring = set(essential_symbols(premise))
    shared = [symbol for symbol in essential_symbols(goal) if symbol in occurring]
    if is_said_elsewhere(shared, sentence, story.conclusion):
        return True
    return is_borrowed(shared, story.conclusion, sentence)


def _is_by_right(place: int, story: Story) -> bool:
    """Whether the reference of a premise alone proves the label of the reference of the conclusion."""
    references = story.references()
    if not references:
        return False
    conclusion = references[-1]
    goal = S.Not(conclusion) if story.label == "False" else conclusion
    try:
        verdict = entails(
            [references[place]],
            goal,
            domain=story.domain,
            budget=_BUDGET,
            used=False,
        )
    except LogicError:
        return False
    return verdict.status == "proved"

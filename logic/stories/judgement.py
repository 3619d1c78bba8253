"""An answer to a story, judged by its label: does it prove it, and honestly?

A label is easy to meet by formulas that say nothing of the story: premises that contradict each
other prove anything, and premises that have nothing to do with the conclusion leave it open. So an
answer is paid only where nothing of that kind is found, and each formula also by its sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from logic import syntax as S
from logic.deciding.verdict import Budget
from logic.judging.compare import compare
from logic.stories.answer import StoryAnswer, read_story_answer
from logic.stories.copying import FAITHFUL, copies
from logic.stories.essential import essential_symbols
from logic.stories.grounding import grounding
from logic.stories.respelling import respellings, split_arities
from logic.stories.story import Story
from logic.stories.verdict import Finding, StoryVerdict, is_trivial, story_verdict
from logic.symbols import symbols


@dataclass(frozen=True, slots=True)
class StoryJudgement:
    """What is found of an answer to a story.

    `faults` say why it is paid nothing, whatever it proves; empty for an honest one. `finding` is
    what its formulas prove ("not judged" where they cannot be read), `used` the places of the
    premises that the proof needs. `faithful` grades each premise and then the conclusion by its
    sentence, or by its reference where there is one, in [0, 1].
    """

    finding: Finding
    right: bool
    faults: tuple[str, ...] = ()
    used: tuple[int, ...] = ()
    faithful: tuple[float, ...] = ()

    @property
    def for_the_wrong_reason(self) -> bool:
        """Whether the label is met by a formula that the proof needs and that is not its sentence's."""
        needed = (*self.used, -1) if self.faithful else ()
        return self.right and any(self.faithful[place] < FAITHFUL for place in needed)

    def score(self, process: float = 0.5) -> float:
        """What it is paid, in [0, 1]: 0 for faults, else a share for its formulas and the rest for the label.

        `process` is that share: the mean grade of what the proof needs, or of all formulas where
        nothing is proved. Only a right answer of which every needed formula is faithful gets 1.0.
        """
        if self.faults or self.finding == "not judged":
            return 0.0
        grades = self.faithful
        if self.used and self.right:
            grades = tuple([self.faithful[place] for place in (*self.used, -1)])
        said = sum(grades) / len(grades) if grades else 0.0
        return process * said + (1.0 - process) * float(self.right)


def judge_story(
    text: str,
    *,
    premises: Sequence[str],
    conclusion: str,
    label: str,
    formulas: Sequence[str] = (),
    domain: str = "fol",
    budget: Budget | None = None,
) -> StoryJudgement:
    """Judge a whole answer to a story by its sentences and its label.

    `formulas` are the references of the premises and the conclusion, where they are known. Never
    raises on any text; raises ValueError for a label other than True, False and Uncertain, and
    where some of the references are missing.
    """
    story = Story(tuple(premises), conclusion, label, tuple(formulas), domain, budget)
    answer = read_story_answer(text, domain=domain)
    read = [formula for formula in answer.premises if formula is not None]
    faults = list(_faults(answer, len(premises)))
    if faults or answer.conclusion is None:
        return StoryJudgement("not judged", False, tuple(faults))
    said = [*read, answer.conclusion]
    faults += _empty(said, domain, budget)
    verdict = story_verdict(
        read,
        answer.conclusion,
        domain=domain,
        budget=budget,
        used=label in ("True", "False"),
    )
    faults += _dishonest(said, verdict, story)
    return StoryJudgement(
        verdict.finding,
        verdict.finding == label,
        tuple(faults),
        _used(verdict),
        tuple(_grades(said, story)),
    )


def _faults(answer: StoryAnswer, count: int) -> Iterator[str]:
    """Why an answer is no translation of a story of so many premises."""
    yield from answer.faults
    if len(answer.premises) != count:
        yield f"{len(answer.premises)} premises for {count} sentences"
    for problem in answer.problems():
        yield str(problem)
    if answer.signature is not None:
        said = [formula for formula in (*answer.premises, answer.conclusion) if formula is not None]
        named = {symbol for formula in said for symbol in symbols(formula)}
        for symbol in answer.signature.symbols:
            if symbol not in named:
                yield f"{symbol[1]} is declared and not used"


def _empty(said: Sequence[S.Formula], domain: str, budget: Budget | None) -> Iterator[str]:
    """Formulas that say nothing, or everything."""
    for place, formula in enumerate(said):
        if is_trivial(formula, domain=domain, budget=budget):
            part = "the conclusion" if place == len(said) - 1 else f"premise {place + 1}"
            yield f"{part} is valid or unsatisfiable"


def _dishonest(said: Sequence[S.Formula], verdict: StoryVerdict, story: Story) -> Iterator[str]:
    """How a label is met, or could be, without a translation of the story."""
    *premises, conclusion = said
    yield from copies(premises, conclusion, verdict, story)
    if verdict.finding == "Inconsistent":
        yield "the premises contradict each other"
    if verdict.finding != "Uncertain":
        return
    if _is_apart(conclusion, premises):
        yield "the premises name nothing of the conclusion"
    if story.label == "Uncertain":
        yield from respellings(said, story)
        yield from split_arities(said, story)


def _is_apart(conclusion: S.Formula, premises: Sequence[S.Formula]) -> bool:
    """Whether no symbol of the conclusion matters in a premise."""
    named = {symbol for premise in premises for symbol in essential_symbols(premise)}
    return named.isdisjoint(essential_symbols(conclusion))


def _used(verdict: StoryVerdict) -> tuple[int, ...]:
    return verdict.used if verdict.finding in ("True", "False") else ()


def _grades(said: Sequence[S.Formula], story: Story) -> Iterator[float]:
    for place, (formula, sentence) in enumerate(zip(said, story.sentences, strict=True)):
        if not story.formulas:
            yield grounding(formula, sentence)
            continue
        found = compare(
            candidate=formula,
            reference=story.formulas[place],
            domain=story.domain,
            budget=story.budget,
        )
        yield found.score or 0.0

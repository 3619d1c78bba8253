"""An answer that translates a whole story, as one thing: its signature, premises and conclusion."""

from __future__ import annotations

from dataclasses import dataclass

from logic import syntax as S
from logic.reading.answers.story import read_story
from logic.signatures.checking import Problem
from logic.signatures.declarations import has_section
from logic.signatures.reading import read_signature
from logic.signatures.signature import Signature


@dataclass(frozen=True, slots=True)
class StoryAnswer:
    """What was read of an answer to a story.

    `signature` is what it declares, None where it declares nothing. `premises` and `conclusion` are
    None where they cannot be read; `faults` says why, one text for each part that cannot be used:
    also of a second conclusion, and of a declaration that cannot be read.
    """

    signature: Signature | None
    premises: tuple[S.Formula | None, ...]
    conclusion: S.Formula | None
    faults: tuple[str, ...] = ()

    def problems(self) -> tuple[Problem, ...]:
        """What the formulas say beyond the declared signature; nothing where there is none.

        Of an answer that declares predicates alone, as Logic-LM's do, constants are no problem.
        """
        if self.signature is None:
            return ()
        found: dict[Problem, None] = {}
        for formula in (*self.premises, self.conclusion):
            if formula is not None:
                found |= dict.fromkeys(self.signature.check(formula))
        if self.signature.constants:
            return tuple(found)
        return tuple([problem for problem in found if problem.symbol[0] != "constant"])


def read_story_answer(text: str, *, domain: str = "fol", dialect: str | None = None) -> StoryAnswer:
    """The parts of an answer to a story, by `logic.read_story` and `logic.read_signature`.

    Never raises on any str; raises `ValueError` for an unknown domain or dialect.
    """
    premises: list[S.Formula | None] = []
    conclusions: list[S.Formula | None] = []
    faults: list[str] = []
    for part in read_story(text, domain=domain, dialect=dialect):
        parts = premises if part.role == "premise" else conclusions
        parts.append(part.answer.formula)
        if part.answer.error is not None:
            number = f" {len(premises)}" if part.role == "premise" else ""
            faults.append(f"{part.role}{number}: {part.answer.error.reason}")
    if len(conclusions) != 1:
        faults.append(f"{len(conclusions)} conclusions where one is needed")
    signature, fault = _declared(text)
    if fault:
        faults.append(fault)
    conclusion = conclusions[0] if len(conclusions) == 1 else None
    return StoryAnswer(
        signature,
        tuple(premises),
        conclusion,
        tuple(faults),
    )


def _declared(text: str) -> tuple[Signature | None, str]:
    """The signature that an answer declares, or why it cannot be read; neither where it has none."""
    if not has_section(text):
        return None, ""
    try:
        signature = read_signature(text)
    except ValueError as error:
        return None, str(error)
    return (signature if signature.symbols else None), ""

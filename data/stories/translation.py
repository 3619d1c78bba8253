"""The task `story`: a whole story in words, and one answer with its signature and its formulas.

A row whose formulas are not known, or are held back, has its label alone: an answer can still be
judged, by what it proves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import logic
from data.audit import Fault, meant
from data.corpus import Corpus, Quarantined
from data.records import Story, require_text
from logic.signatures.signature import in_order
from logic.symbols import symbols
from logic.syntax import Formula


@dataclass(frozen=True, slots=True)
class StoryTranslation(Story):
    """A story, its label, and the formulas of its sentences, none of which are there without the others."""

    task: ClassVar[str] = "story"

    @classmethod
    def of(cls, story: Story) -> StoryTranslation:
        """The row of a story; without its formulas where one of them is missing."""
        formulas = (*story.premise_formulas, story.conclusion_formula)
        has_formulas = all(formulas) and len(formulas) == len(story.premises) + 1
        return cls(
            premises=story.premises,
            premise_formulas=story.premise_formulas if has_formulas else (),
            conclusion=story.conclusion,
            conclusion_formula=story.conclusion_formula if has_formulas else "",
            label=story.label,
            group=story.group,
            source=story.source,
            row=story.row,
        )

    def checked(
        self, domain: str = "fol", repairs: list[str] | None = None, dialect: str | None = None
    ) -> StoryTranslation:
        """As in `Record`; formulas of which one cannot be read are left out, all of them."""
        require_text(conclusion=self.conclusion)
        if not self.premises:
            raise Fault("no premises")
        if not self.has_formulas:
            return self
        try:
            formulas = [meant(text, domain, repairs, dialect) for text in self.formulas]
        except Fault:
            return self.without_formulas()
        return replace(
            self,
            premise_formulas=tuple(formulas[:-1]),
            conclusion_formula=formulas[-1],
        )

    @property
    def has_formulas(self) -> bool:
        """Whether the row has more than its label."""
        return bool(self.conclusion_formula)

    @property
    def formulas(self) -> tuple[str, ...]:
        """Those of the premises and the conclusion; none where only the label is known."""
        return (*self.premise_formulas, self.conclusion_formula) if self.has_formulas else ()

    def without_formulas(self) -> StoryTranslation:
        """The row with its label alone."""
        return replace(self, premise_formulas=(), conclusion_formula="")

    def answer(self) -> str:
        """The whole answer; "" where only the label is known."""
        if not self.has_formulas:
            return ""
        return story_text(self.premise_formulas, self.conclusion_formula)

    def extras(self) -> dict[str, Any]:
        return {
            "premises": list(self.premises),
            "conclusion": self.conclusion,
            "label": self.label,
            "formulas": list(self.formulas),
        }


def story_text(premises: tuple[str, ...], conclusion: str) -> str:
    """An answer to a story as `logic.read_story` reads it: what is named first, then what is said."""
    formulas = [logic.parse(text) for text in (*premises, conclusion)]
    lines = [_declarations(formulas), "Premises:", *premises, "Conclusion:", conclusion]
    return "\n".join(lines)


def _declarations(formulas: list[Formula]) -> str:
    """What the formulas name, in the order that it occurs in.

    Sorted, it could not be written down word after word as the story goes.
    """
    occurring = [symbol for formula in formulas for symbol in symbols(formula)]
    return in_order(dict.fromkeys(occurring)).to_text()


def as_translations(stories: Corpus[Story]) -> Corpus[StoryTranslation]:
    """The stories of a corpus as rows of the task `story`, audited."""
    rows = [StoryTranslation.of(story) for story in stories]
    faults: list[Quarantined] = list(stories.quarantined)
    corpus = Corpus(stories.name, stories.split, rows, faults, stories.domain)
    return corpus.audit()

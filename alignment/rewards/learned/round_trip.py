"""The reward of a round trip: a formula said in words, and translated back by a frozen translator."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import logic
from alignment.checking import remarked
from alignment.rewards.fol import InDomain
from alignment.rewards.preference import load_translator
from alignment.rewards.registry import column, register
from logic.errors import LogicError
from logic.stories.grounding import grounding

if TYPE_CHECKING:
    from alignment.preference.translator import Translator


@register("round_trip")
@dataclass(eq=False)
class RoundTrip(InDomain):
    """How far a formula comes back from its own words, and has those of its sentence, in [0, 1].

    No reference is needed. The completion's formula is said in controlled English
    (`logic.verbalise`), which a frozen translator reads back: `translator` is its path or hub name,
    `prompt`, `chat`, `max_tokens` and `batch_size` how it is asked, `dtype` the precision of its
    weights. Paid is the judge's score of what comes back, times how far the formula's names are the
    words of the column `sentence`. A formula that is true or false whatever the facts are gets 0,
    as it says nothing; one that has no words (of some domains) is not judged.

    That a formula comes back shows that the translator knows its kind, and not that it says what
    its sentence says: a check beside other rewards, no judge.
    """

    text_columns: ClassVar[tuple[str, ...]] = ("sentence",)

    translator: str = ""
    prompt: str | None = None
    chat: bool = False
    max_tokens: int = 96
    batch_size: int = 64
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.translator:
            raise ValueError("translator names the model that reads words back, got nothing")

    @functools.cached_property
    def reader(self) -> Translator:
        """The translator, loaded when it is first asked for."""
        return load_translator("round_trip", self)

    def __call__(
        self, prompts: Sequence[Any], completions: Sequence[str], **columns: Any
    ) -> list[float | None]:
        sentences = column(columns, "sentence", "round_trip")
        said = [
            logic.read_answer(text, domain=self.domain, dialect=self.dialect).formula
            for text in completions
        ]
        distinct = list(dict.fromkeys(formula for formula in said if formula is not None))
        scores = dict(zip(distinct, self._scores_of(distinct), strict=True))
        paid: list[float | None] = []
        for formula, sentence in zip(said, sentences, strict=True):
            if formula is None:
                paid.append(0.0)
                continue
            score = scores[formula]
            paid.append(None if score is None else score * grounding(formula, sentence))
        return paid

    def _scores_of(self, formulas: Sequence[logic.Formula]) -> list[float | None]:
        """What comes back of each formula; 0 for one that says nothing, None where nobody can tell."""
        nothing = [None] * len(formulas)
        # In workers, which are killed where a formula takes too long.
        found = remarked(list(map(str, formulas)), nothing, nothing, domain=self.domain)
        words = [_words(formula) for formula in formulas]
        told = {
            formula: text
            for formula, text, remark in zip(formulas, words, found, strict=True)
            if remark == "" and text is not None
        }
        back = dict(zip(told, self._scores(told), strict=True))
        return [
            0.0 if remark else back.get(formula)
            for formula, remark in zip(formulas, found, strict=True)
        ]

    def _scores(self, told: dict[logic.Formula, str]) -> list[float | None]:
        """What comes back from the words of each formula, against the formula."""
        return logic.score(
            candidates=self.reader.answers(list(told.values())),
            references=list(told),
            names="match",
            domain=self.domain,
            workers=0,
        )


def _words(formula: logic.Formula) -> str | None:
    try:
        return logic.verbalise(formula)
    except LogicError:
        return None

"""How near the logic of an answer is to that of a preferred answer.

A translator turns both into formulas, the judge compares them. After Jian and Zhu, arXiv 2512.14100: names matched
below a cosine of 0.6 are no match. What is no answer in words is not translated at all, since a translator would find
a formula in anything.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import logic
from alignment.messages import last_text, whole_text
from logic.judging.names import NameLikeness, by_words
from logic.reading.answers.answer import Answer

THRESHOLD = 0.6
"""Likeness of names below which they are no match, as published."""
_WORD = re.compile(r"\w+")
_SLACK = 8
_SHORT_PROMPT = 5
_RUN = 8
# What formulas have and prose has not, and what prose seldom has: as in "answer(s)", which is no formula.
_SIGNS = re.compile(r"[∀∃¬∧∨⊕↔]|\\\\?(forall|exists)\b")
_RARE_SIGNS = re.compile(r"→|->|\w\(")
_ATOM = re.compile(
    r"\b\w+\([^()]*\)"
)  # \b: a long word is tried once, not from each of its letters


class Reads(Protocol):
    """What turns passages into formulas; `alignment.translator.Translator` does."""

    def read(self, passages: Sequence[str]) -> list[Answer]:
        """The answer for each passage, in order."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer: its formula, its score against the preferred one's, and why it has none, "" where it has."""

    score: float | None
    formula: str = ""
    fault: str = ""

    @property
    def equivalent(self) -> bool:
        """Whether it is proved to say the same as the preferred answer."""
        return self.score == 1.0


class PreferenceJudge:
    """Compares answers with preferred answers.

    Args:
        translator: what turns both into formulas.
        threshold: likeness of names below which they are no match.
        likeness: how alike two names are: by their words, or `logic.judging.embedding.ByEmbedding`.

    Raises ValueError for a threshold outside [0, 1].
    """

    def __init__(
        self, translator: Reads, *, threshold: float = THRESHOLD, likeness: NameLikeness = by_words
    ) -> None:
        if not 0.0 <= threshold <= 1.0:
            raise ValueError(f"threshold must be between 0 and 1, got {threshold}")
        self._translator = translator
        self._likeness = _above(threshold, likeness)

    def compare(
        self,
        prompts: Sequence[Any],
        answers: Sequence[str],
        preferred: Sequence[str],
        formulas: Sequence[str] | None = None,
    ) -> list[Finding]:
        """What is found about each answer; one with a fault has score 0, or None where it cannot be judged.

        `formulas` are those of the preferred answers where they are known; "" is left to the translator.
        """
        faults = [fault(*row) for row in zip(prompts, answers, preferred, strict=True)]
        asked = [answer for answer, wrong in zip(answers, faults, strict=True) if not wrong]
        read = self._translator.read([*preferred, *asked])
        references, candidates = read[: len(preferred)], iter(read[len(preferred) :])
        if formulas is not None:
            known = zip(formulas, references, strict=True)
            references = [
                logic.read_answer(formula) if formula else answer for formula, answer in known
            ]
        return [
            self._judge(None if wrong else next(candidates), reference, wrong)
            for reference, wrong in zip(references, faults, strict=True)
        ]

    def _judge(self, answer: Answer | None, reference: Answer, wrong: str) -> Finding:
        formula = "" if answer is None or answer.formula is None else str(answer.formula)
        if reference.formula is None:
            return Finding(None, formula, "the preferred answer has no formula")
        if not formula:
            return Finding(0.0, fault=wrong or UNREAD)
        found = logic.compare(
            candidate=formula, reference=_reference(str(reference.formula)), likeness=self._likeness
        )
        return Finding(found.score, formula)


UNREAD = "no formula can be read from its translation"


def counts(findings: Sequence[Finding]) -> dict[str, int]:
    """How many answers are equivalent to the preferred one, wrong, unreadable, no answer in words, and not judged."""
    found: Counter[str] = Counter()
    for one in findings:
        if one.score is None:
            found["not_judged"] += 1
        elif one.fault:
            found["unreadable" if one.fault == UNREAD else "no_answer"] += 1
        else:
            found["equivalent" if one.equivalent else "wrong"] += 1
    return {
        name: found[name]
        for name in ("equivalent", "wrong", "unreadable", "no_answer", "not_judged")
    }


def fault(prompt: Any, answer: str, preferred: str) -> str:
    """Why a text is no answer in words; "" for one that is.

    Empty; more than twice as long as the preferred answer (in words, and some more); a copy of the prompt's last
    message, of a question, or of 8 words in a row (up to 16 where the preferred answer is long) that the preferred
    answer does not have; or a formula. A translator reads some formula out of each.
    """
    words, wanted = _words(answer), _words(preferred)
    if not words:
        return "empty"
    if len(words) > 2 * len(wanted) + _SLACK:
        return "too long"
    if _is_copy(prompt, words, wanted, question=answer.rstrip().endswith("?")):
        return "copies the prompt"
    return "a formula" if _is_formula(answer) and not _is_formula(preferred) else ""


def _is_formula(text: str) -> bool:
    """Whether a text is written in signs, whole or broken, or is one formula or several and no word beside them."""
    if _SIGNS.search(text):
        return True
    if not _RARE_SIGNS.search(text):
        return False
    rest = text
    while (shorter := _ATOM.sub(" ", rest)) != rest:  # the inner terms first
        rest = shorter
    return not _WORD.search(rest) or logic.read_answer(text).formula is not None


def _is_copy(prompt: Any, words: list[str], wanted: list[str], *, question: bool) -> bool:
    asked = _words(whole_text(prompt))
    last = _words(last_text(prompt))
    run = min(_RUN + len(wanted) // 10, 2 * _RUN)
    if _runs(words, run) & _runs(asked, run) - _runs(wanted, run):
        return True
    if words != wanted and (
        words == last or (question and _runs(words, len(words)) <= _runs(asked, len(words)))
    ):
        return True
    return len(last) >= _SHORT_PROMPT and _runs(last, len(last)) <= _runs(words, len(last))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _runs(words: list[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}


@functools.lru_cache(maxsize=4096)
def _reference(formula: str) -> logic.Reference:
    return logic.Reference(formula)


def _above(threshold: float, likeness: NameLikeness) -> NameLikeness:
    """The likeness, 0 where it is below the threshold: such names are not matched."""

    def graded(candidates: list[str], references: list[str]) -> list[list[float]]:
        return [
            [value if value >= threshold else 0.0 for value in row]
            for row in likeness(candidates, references)
        ]

    return graded

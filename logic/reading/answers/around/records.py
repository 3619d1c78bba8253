"""Records that hold a formula: which of their entries it is, and whether the others leave it as it is."""

from __future__ import annotations

from typing import Any

from logic.reading.answers.around.definitions import redefining_entry
from logic.reading.answers.around.entries import (
    FORMULA_KEY,
    agrees,
    holds_thoughts,
    is_neutral_entry,
)
from logic.reading.answers.around.leads import denies_ahead
from logic.reading.answers.around.sentences import is_neutral
from logic.reading.answers.around.words import Taken
from logic.reading.answers.signs import is_formula


def chosen_formula(formulas: dict[str, str], others: dict[str, Any]) -> str | None:
    """The formula of a record, by its keys; None where several may be, or another entry changes it."""
    last = [text for key, text in formulas.items() if _takes_the_place(key)]
    texts = dict.fromkeys(last or [text for text in formulas.values() if is_formula(text)])
    if not texts and len(formulas) == 1:
        texts = dict.fromkeys(formulas.values())
    if len(texts) != 1:
        return None
    (chosen,) = texts
    in_words = [text for text in formulas.values() if text != chosen and not is_formula(text)]
    if not all(_leaves(text, Taken(chosen)) for text in in_words):
        return None
    return chosen if neutral_entries(others, chosen) else None


def _leaves(answer: str, taken: Taken) -> bool:
    """Whether an answer in words beside the formula repeats it or agrees: "Every cat is an animal.", "yes"."""
    return agrees(answer) or is_neutral(answer, taken)


def _takes_the_place(key: str) -> bool:
    found = FORMULA_KEY.fullmatch(key)
    return found is not None and bool(found["last"] or found["alone"])


def neutral_entries(entries: dict[str, Any], formula: str) -> bool:
    """Whether all entries beside a formula are known to leave it as it is."""
    taken = Taken(formula)
    return all(
        is_neutral_entry(
            key,
            value,
            lambda prose: is_neutral(prose, taken),
        )
        and not redefining_entry(value, taken)
        and not (holds_thoughts(key) and denies_ahead(str(value).split("\n")))
        for key, value in entries.items()
    )

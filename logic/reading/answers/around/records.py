"""Records that hold a formula: which of their entries it is, and whether the others leave it as it is."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from logic.reading.answers.around.definitions import redefining_entry
from logic.reading.answers.around.entries import (
    FORMULA_KEY,
    agrees,
    holds_thoughts,
    is_beside,
    is_known_key,
    is_neutral_entry,
    is_source_key,
    is_term,
    may_remark,
    restricts_variables,
    said_in,
)
from logic.reading.answers.around.leads import denies_or_goes_on
from logic.reading.answers.around.sentences import is_neutral
from logic.reading.answers.around.surroundings import is_neutral_line
from logic.reading.answers.around.words import Taken
from logic.reading.answers.signs import is_formula
from logic.reading.escapes import with_commands

_DEEPEST = 3
"""Levels of a record that are searched."""
_MOST_LEVELS = 24
"""Levels of what stands beside a formula, so that no depth of nesting is too much to look through."""


def record_answers(value: Any, depth: int = 0, *, is_latex: bool) -> Iterator[str]:
    """The formulas that a record and those inside it hold; `is_latex` as for `with_commands`."""
    if not isinstance(value, dict) or depth > _DEEPEST or _is_too_deep(value):
        return
    formulas, inner, others = _divided(value, is_latex=is_latex)
    chosen = chosen_formula(formulas, others)
    found = [] if chosen is None else [chosen]
    held: list[list[str]] = []
    for _, item in inner:
        answers = record_answers(
            item,
            depth + 1,
            is_latex=is_latex,
        )
        held.append(list(dict.fromkeys(answers)))
    if not formulas and neutral_entries(others, ""):
        found = list(dict.fromkeys(itertools.chain(*held)))
    if len(found) != 1:
        return  # of several, nothing tells which
    (formula,) = found
    beside = [item for _, item in inner] + list(others.values())
    if redefining_entry(beside, Taken(formula)):
        return
    for (name, item), answers_inside in zip(
        inner,
        held,
        strict=True,
    ):
        if answers_inside == found:
            continue
        if not _leaves_record(
            name,
            item,
            answers_inside,
            formula,
        ):
            return
    yield formula


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_MOST_LEVELS):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below += item.values()
            elif isinstance(item, list):
                below += item
        if not below:
            return False
        level = below
    return True


def _divided(
    record: dict[Any, Any], *, is_latex: bool
) -> tuple[dict[str, str], list[tuple[str, dict[Any, Any]]], dict[str, Any]]:
    """The formulas of a record by their keys, the records inside it by theirs, and its other entries."""
    formulas: dict[str, str] = {}
    inner: list[tuple[str, dict[Any, Any]]] = []
    others: dict[str, Any] = {}
    for key, item in record.items():
        name = str(key).strip()
        single = item[0] if isinstance(item, list) and len(item) == 1 else item
        is_formula = _is_formula_key(name)
        if isinstance(single, str) and is_formula:
            formulas[name] = with_commands(single, is_latex=is_latex)
        elif isinstance(single, dict) and (is_formula or is_known_key(name)):
            inner.append((name, single))
        else:
            others[name] = item
    return formulas, inner, others


def _is_formula_key(name: str) -> bool:
    """Whether a key names a formula, or a list of formulas that may have one item."""
    return any(map(FORMULA_KEY.fullmatch, (name, name.rstrip("s"))))


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


def changing_entry(record: Any, reads: Callable[[str], bool]) -> str | None:
    """The first entry beside the one formula of a record that is not known to leave it as it is.

    `reads` tells whether a text is a formula.
    """
    if not isinstance(record, dict) or _is_too_deep(record):
        return None
    formulas, inner, others = _divided(record, is_latex=False)
    chosen = chosen_formula(formulas, {})
    if chosen is None or not reads(chosen):
        return None
    for key, value in others.items():
        if not neutral_entries({key: value}, chosen):
            return key
    for key, inside in inner:
        answers = list(record_answers(inside, 1, is_latex=False))
        if not _leaves_record(key, inside, answers, chosen):
            return key
    return None


def neutral_entries(entries: dict[str, Any], formula: str) -> bool:
    """Whether all entries beside a formula are known to leave it as it is."""
    if _is_too_deep(entries):
        return False
    taken = Taken(formula)
    return all(
        is_neutral_entry(
            key,
            value,
            lambda prose: is_neutral(prose, taken),
        )
        and not redefining_entry(value, taken)
        and not (holds_thoughts(key) and denies_or_goes_on("\n".join(said_in(value))))
        for key, value in entries.items()
    )


def _leaves_record(key: str, record: dict[Any, Any], answers: list[str], formula: str) -> bool:
    """Whether a record under a key beside a formula leaves it as it is; `answers` are its own formulas."""
    if is_beside(key):
        return neutral_entries(
            {key: record},
            formula,
        )
    if answers:
        return answers == [formula]
    return _leaves_part(key, record, Taken(formula))


def _leaves_part(key: str, part: Any, taken: Taken) -> bool:
    """The same for a part of a record without a formula: it counts as a line below the formula does."""
    if restricts_variables(key, part):
        return False
    if isinstance(part, dict | list) and not is_beside(key):
        entries = [(key, each) for each in part]
        if isinstance(part, dict):
            entries = list(part.items())
        return all(
            _leaves_part(
                str(name),
                each,
                taken,
            )
            for name, each in entries
        )
    if isinstance(part, str) and is_source_key(key):
        return is_neutral(part, taken)
    if isinstance(part, str) and may_remark(key) and _is_remark(key, part, taken):
        return True
    return neutral_entries({key: part}, taken.text)


def _is_remark(key: str, value: str, taken: Taken) -> bool:
    """Whether a value in an explanation, or all its lines behind their key, explain the formula."""
    if is_term(value) or is_neutral(value, taken):
        return True
    lines = f"{key}: {value}".split("\n")
    return all(
        is_neutral_line(
            line,
            taken,
        )
        for line in lines
    )

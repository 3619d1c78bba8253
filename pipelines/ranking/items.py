"""What scorers are asked: answers to a prompt, of which some are right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from alignment.messages import whole_text
from data.corpus import Corpus
from data.records import Preference

BEST_OF = 4
TIES = "ties"
ALIKE = 0.5
"""The share of their words that the prompts of two worlds have in common, at least."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_SYMBOL = re.compile(r"\w{2,}")


@dataclass(frozen=True)
class Item:
    """Right and wrong answers to a prompt, the preferred answer, and the parts they count for.

    One with an `other_world` is told rightly only where that is too. One with another `story` asks
    whether its one right answer is worth more here than there, where nothing supports it.
    """

    parts: tuple[str, ...]
    prompt: Any
    reference: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    other_world: Item | None = None
    story: Any = None


def items_of(rows: Sequence[dict[str, Any]]) -> Iterator[Item]:
    """The items of preference rows, part by part.

    `pairs`, and `pairs: KIND` where kinds are known; `best of 4` and `best of all` where there are
    more rejected answers; in these the right answer is another wording of the preferred one where
    rows have one. `rewordings`: all right ones against the rejected one; `ties`: all right ones
    among themselves. `other world`: two rows of which each rejects what the other prefers, with prompts
    that have most of their words in common. `story`: rows with another prompt of that name.
    """
    twins: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        twins.setdefault((row["chosen"], row["rejected"]), []).append(row)
    for row in rows:
        chosen, rejected = row["chosen"], row["rejected"]
        wrong = (rejected, *(row.get("more_rejected") or ()))
        kind = row.get("kind") or ""
        parts = ("pairs", f"pairs: {kind}") if kind else ("pairs",)
        place = (row["prompt"], chosen)
        others = tuple(row.get("also_chosen") or ())
        # Who is shown the preferred answer must do more than find the same text again.
        right = (others or (chosen,))[:1]
        yield Item(parts, *place, right, (rejected,))
        if len(wrong) >= BEST_OF - 1:
            yield Item((f"best of {BEST_OF}",), *place, right, wrong[: BEST_OF - 1])
        if len(wrong) > 1:
            yield Item(("best of all",), *place, right, wrong)
        if others:
            yield Item(("rewordings",), *place, (chosen, *others), (rejected,))
            yield Item((TIES,), *place, (chosen, *others), ())
        if row.get("story"):
            yield Item(("unanswered",), *place, (chosen,), (), story=row["story"])
        twin = _other_world(row, twins.get((rejected, chosen), ()))
        if twin is not None and chosen < rejected:  # each two of them once
            there = Item((), twin["prompt"], rejected, (rejected,), (chosen,))
            yield Item(("other world",), *place, (chosen,), (rejected,), other_world=there)


def _other_world(row: dict[str, Any], others: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Of rows with the answers the other way round the one whose prompt is most like a row's.

    None where none has most words of it; two raters who disagree about one prompt are no two worlds.
    """
    own = _words(row)
    found = [
        (len(own & words) / len(own | words), other)
        for other in others
        if other["prompt"] != row["prompt"] and (words := _words(other))
    ]
    likeness, twin = max(found, key=lambda pair: pair[0], default=(0.0, None))
    return twin if likeness >= ALIKE else None


def _words(row: dict[str, Any]) -> set[str]:
    return set(_SYMBOL.findall(whole_text(row["prompt"]).casefold()))


def preference_rows(corpus: Corpus[Preference], *, chat: bool = False) -> list[dict[str, Any]]:
    """The rows of preferences, some with `story`: the prompt with the story of another row.

    It is one that lacks a word of the preferred answer's formula, so that it cannot support it.
    """
    swapped = [_elsewhere(row, corpus.rows[place + 1 :]) for place, row in enumerate(corpus.rows)]
    prompts = replace(
        corpus, rows=[other or row for other, row in zip(swapped, corpus.rows, strict=True)]
    )
    rows = [dict(row) for row in corpus.to_dataset(chat=chat)]
    for row, other, prompt in zip(
        rows, swapped, prompts.to_dataset(chat=chat)["prompt"], strict=True
    ):
        row["story"] = prompt if other else None
    return rows


def _elsewhere(row: Preference, others: Sequence[Preference]) -> Preference | None:
    """The row with the story of the first of the others that cannot support its answer."""
    first, *rest = row.prompt
    _, _, question = _parted(first.content)
    symbols = [name.casefold().removesuffix("s") for name in _SYMBOL.findall(row.chosen_formula)]
    for other in others if question and symbols and not rest else ():
        story, _, own = _parted(other.prompt[0].content)
        if own and not all(name in story.casefold() for name in symbols):
            return replace(row, prompt=(replace(first, content=f"{story} {question}"),))
    return None


def _parted(text: str) -> tuple[str, str, str]:
    """A story and the question at its end; "" for both where there is no story with one."""
    *story, question = _SENTENCE.split(text)
    if len(story) < 2 or not question.endswith("?"):
        return "", "", ""
    return " ".join(story), " ", question

"""What scorers are asked: answers to a prompt, of which some are right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

BEST_OF = 4
_NAME = re.compile(r"\b[A-Z]\w*\b")
# Where the two answers differ in who it is about, the world with both exchanged makes the other right.
_EXCHANGES = ("role", "converse")


@dataclass(frozen=True)
class Item:
    """Right and wrong answers to a prompt, the preferred answer, and the parts they count for.

    One with an `other_world` is told rightly only where that is too.
    """

    parts: tuple[str, ...]
    prompt: Any
    reference: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    other_world: Item | None = None


def items_of(rows: Sequence[dict[str, Any]]) -> Iterator[Item]:
    """The items of preference rows, part by part.

    `pairs`, and `pairs: KIND` where kinds are known; `best of 4` and `best of all` where there are
    more rejected answers; in these the right answer is another wording of the preferred one where
    rows have one. `rewordings`: all right ones against the rejected one. `other world`: two prompts
    that differ in two names exchanged, of which each answer is right in one.
    """
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
        turned = _other_world(row, kind)
        if turned is not None:
            yield Item(("other world",), *place, (chosen,), (rejected,), other_world=turned)


def _other_world(row: dict[str, Any], kind: str) -> Item | None:
    """The prompt with two names exchanged, where that makes the rejected answer the right one."""
    names = _exchanged(row["chosen"], row["rejected"]) if kind in _EXCHANGES else None
    if names is None:
        return None
    prompt = _swapped(row["prompt"], *names)
    return Item(
        (), prompt, reference=row["rejected"], right=(row["rejected"],), wrong=(row["chosen"],)
    )


def _exchanged(chosen: str, rejected: str) -> tuple[str, str] | None:
    """The two names by whose exchange one answer becomes the other."""
    names = dict.fromkeys(_NAME.findall(f"{chosen} {rejected}"))
    for one in names:
        for two in names:
            if one < two and _swapped(chosen, one, two) == rejected:
                return one, two
    return None


def _swapped(text: Any, one: str, two: str) -> Any:
    """A text, or messages, with two words in each other's place."""
    if not isinstance(text, str):
        return [turn | {"content": _swapped(turn["content"], one, two)} for turn in text]
    other = {one: two, two: one}
    return re.sub(rf"\b(?:{one}|{two})\b", lambda found: other[found.group()], text)

"""What was thought before an answer: thinking blocks, and the channels of a chat."""

from __future__ import annotations

import re

from logic.reading.answers.around.leads import denies_or_goes_on
from logic.reading.answers.around.words import Taken, presents, words
from logic.reading.answers.neighbours import takes_back
from logic.reading.answers.prose import OPEN_END
from logic.reading.answers.signs import EMBEDDED, begins_with_formula

_NEAR = 80
"""Characters before thinking in which it is looked for what it interrupts."""

_THINK = re.compile(
    r"<(/?)(?:think|thinking|thought|thoughts|reason|reasoning|reflection|analysis|scratchpad)>",
    re.IGNORECASE,
)
_CHANNEL = re.compile(r"<\|channel\|>\s*(\w+)[^<]*<\|message\|>")
_SPEAKER = re.compile(
    r"<\|[\w ]*\|>|\b(?:assistant|model|ai|bot|thoughts?|think(?:ing)?|reasoning)\b", re.IGNORECASE
)
_CHANNEL_END = re.compile(r"<\|(?:end|return|start|call)\|>")


def without_thinking(text: str) -> str:
    """The text after the last thinking block; what was thought and never closed is dropped too.

    Of a chat with channels only the final one is left. A text before the thinking that a formula
    must follow, and thoughts behind an answer that take it back, make nothing readable.
    """
    text = _final_channel(text)
    tags = list(_THINK.finditer(text))
    if not tags:
        return text
    first, last = tags[0], tags[-1]
    before = text[: first.start()]
    if OPEN_END.search(before.rstrip()[-_NEAR:]) or denies_or_goes_on(before):
        return ""
    is_closed = last[1] == "/"
    if is_closed:
        if text[last.end() :].strip():
            return _behind(_said_before(text, tags), text[last.end() :])
        thoughts = text[first.end() : last.start()].split("\n")
        return "" if any(map(takes_back, thoughts)) else before
    # Opened and not closed: what stands between the last two tags was not thought.
    start = tags[-2].end() if len(tags) > 1 else 0
    said = _said_before(text, tags[:-1])
    return _behind(said, text[start : last.start()])


def _said_before(text: str, tags: list[re.Match[str]]) -> list[str]:
    """What stands before each opening of thoughts, outside the earlier ones."""
    said: list[str] = []
    start = 0
    for tag in tags:
        if not tag[1] and start >= 0:
            said.append(text[start : tag.start()])
        start = tag.end() if tag[1] else -1
    return said


def _behind(said: list[str], answer: str) -> str:
    """The answer behind thoughts; with what was said before them where that has a formula.

    Nothing is read where a sentence may go on in the answer.
    """
    for part in said:
        if OPEN_END.search(part.rstrip()[-_NEAR:]) or denies_or_goes_on(part) or _breaks_off(part):
            return ""
    formulas = [part for part in said if _has_formula(part)]
    return "\n\n".join([*formulas, answer])


def _breaks_off(said: str) -> bool:
    """Whether what is said before thoughts is no end of a line or a sentence, and no title of an answer."""
    last = said.rstrip().rpartition("\n")[2].strip(" \t*_#`")
    is_ended = last.endswith((".", "!", "?", "…")) or (
        said.endswith("\n") and last[-1:] not in ":："
    )
    opening = _SPEAKER.sub(" ", last)
    return not is_ended and bool(words(opening)) and not presents(opening, Taken(""))


def _has_formula(said: str) -> bool:
    if EMBEDDED.search(said) is not None:
        return True
    return any(
        map(
            begins_with_formula,
            said.split("\n"),
        )
    )


def _final_channel(text: str) -> str:
    """What a chat with channels says in its last one, if that is the final one."""
    channels = list(_CHANNEL.finditer(text))
    if not channels:
        return text
    last = channels[-1]
    if last[1].lower() != "final":
        return ""
    end = _CHANNEL_END.search(text, last.end())
    said = text[: channels[0].start()]
    return _behind([said], text[last.end() : end.start() if end else len(text)])

"""How rules are worded: as a model may have been taught, or in ways that it has not met.

"Every cat is calm", "All cats …", "If a cat is calm, then …", "No cat is …" and "Only cats are …" are
known; "Each cat is …", "None but cats are …", "Only a cat is …" and "There is no cat that …" are new.
They mean the same, so the second kind can stand for another source of texts, of which labels are known
and no formulas.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from data.records import Story

_NEW = re.compile(r"(Each|None but|Only an?|There is no) ")


def new_wordings(sentences: Iterable[str]) -> set[str]:
    """The new wordings that sentences begin with, as "None but"."""
    found = {match[1] for text in sentences if (match := _NEW.match(text))}
    return {"Only a" if wording == "Only an" else wording for wording in found}


def is_new(story: Story) -> bool:
    """Whether a rule of the story has a new wording."""
    return bool(new_wordings((*story.premises, story.conclusion)))

"""Small stories with a conclusion that follows, is refuted, or is left open: made by the project.

Apache-2.0, as the project. Seeded and without end; the worlds are those of the preference corpus. A row, shortened:
    premises    Every owl is calm. Anna is an owl. Bob helps Anna.
    conclusion  Anna is calm.        True
A conclusion that is true is the right answer to a question about the world, a false one denies it, and one that is
uncertain is a wrong answer that Z3 finds left open. The three labels take turns.

Splits hold out worlds: all stories about one set of facts fall into one split, whatever the seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from random import Random
from typing import cast

from data.entailment import LABELS, judge
from data.made.sentences.english import sentence
from data.made.sentences.meaning import Clause, Deny, Holds, Lacks, Named, formula
from data.made.worlds import Question, world
from data.records import Corpus, DataError, Label, Story
from data.splits import share

NAME = "entail-synthetic"
SPLITS = {"train": 60, "validation": 20, "test": 20}
SIZES = {"train": 1000, "validation": 200, "test": 200}


def load(split: str, size: int | None = None, seed: int = 0) -> Corpus[Story]:
    """`size` stories of a split, as many with each label. Raises DataError for another split."""
    if split not in SPLITS:
        raise DataError(f"{NAME} has no split {split!r}; it has {', '.join(SPLITS)}")
    return Corpus(
        NAME, split, list(islice(stories(split, seed), SIZES[split] if size is None else size))
    )


def stories(split: str, seed: int = 0) -> Iterator[Story]:
    """Distinct stories of a split, without end; a longer draw begins with the shorter one."""
    rng = Random(f"{NAME}/{split}/{seed}")
    seen: set[tuple[str, str]] = set()
    while True:
        made = world(rng)
        facts = [formula(fact) for fact in made.facts]
        group = " | ".join(sorted(facts))
        if share(group, SPLITS) != split:
            continue
        label = LABELS[len(seen) % len(LABELS)]
        conclusion = _conclusion(
            made.questions[int(rng.random() * len(made.questions))], label, rng
        )
        story = Story(
            tuple(sentence(fact, rng) for fact in made.facts), tuple(facts), sentence(conclusion, rng),
            formula(conclusion), cast(Label, label), group, f"{NAME}/{split}", len(seen) + 1,
        )  # fmt: skip
        if label == "Uncertain" and judge(story).finding != label:
            continue
        if (group, story.conclusion_formula) not in seen:
            seen.add((group, story.conclusion_formula))
            yield story


def _conclusion(question: Question, label: str, rng: Random) -> Clause:
    if label == "True":
        return question.right
    if label == "Uncertain":
        return question.wrong[int(rng.random() * len(question.wrong))]
    match question.right:
        case Holds(Named() as name, Lacks(prop)):
            return Holds(name, prop)
        case Holds(Named() as name, prop):
            return Holds(name, Lacks(prop))
    return Deny(question.right)

"""Small stories with a conclusion that follows, is refuted, or is left open: made by the project.

Apache-2.0, as the project. Seeded and without end; the worlds are those of the preference corpus.
A row, shortened:
    premises    Every owl is calm. Anna is an owl. Bob helps Clara.
    conclusion  Anna is calm.        True
A conclusion that is true is the right answer to a question about the world, a false one denies it,
and one that is uncertain is a wrong answer that Z3 finds left open. The three labels take turns.

Splits hold out worlds: all stories about one set of facts fall into one split, whatever the seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from data.entailment import judge
from data.made.sentences.draw import pick
from data.made.sentences.english import sentence
from data.made.sentences.formulas import formula
from data.made.sentences.meaning import Clause, Deny, Holds, Lacks, Named
from data.made.worlds import Question, draw_world
from data.records import LABELS, Label, Story
from data.splits import share

NAME = "entail-synthetic"
SPLITS = {"train": 60, "validation": 20, "test": 20}
SIZES = {"train": 1000, "validation": 200, "test": 200}


def stories(split: str, seed: int = 0) -> Iterator[Story]:
    """Distinct stories of a split, without end; a longer draw begins with the shorter one."""
    rng = Random(f"{NAME}/{split}/{seed}")
    keys: set[tuple[str, str]] = set()
    while True:
        world = draw_world(rng)
        if share(world.key, SPLITS) != split:
            continue
        label = LABELS[len(keys) % len(LABELS)]
        conclusion = _conclusion(pick(rng, world.questions), label, rng)
        story = Story(
            premises=tuple(sentence(fact, rng) for fact in world.facts),
            premise_formulas=tuple(formula(fact) for fact in world.facts),
            conclusion=sentence(conclusion, rng),
            conclusion_formula=formula(conclusion),
            label=label,
            group=world.key,
            source=f"{NAME}/{split}",
            row=len(keys) + 1,
        )
        # A wrong answer may be refuted by the facts, and is then no open one.
        if label == "Uncertain" and judge(story).finding != label:
            continue
        key = (story.group, story.conclusion_formula)
        if key not in keys:
            keys.add(key)
            yield story


def _conclusion(question: Question, label: Label, rng: Random) -> Clause:
    if label == "True":
        return question.right
    if label == "Uncertain":
        return pick(rng, question.wrong).meaning
    match question.right:
        case Holds(Named() as name, Lacks(prop)):
            return Holds(name, prop)
        case Holds(Named() as name, prop):
            return Holds(name, Lacks(prop))
    return Deny(question.right)

"""Synthetic sentences and their formulas, drawn from templates and a lexicon.

Seeded, endless, unambiguous. A row, as `data.load("synthetic", split="train")` gives it:
    Every cat that chases some dog is happy.
    ∀x (Cat(x) ∧ ∃y (Dog(y) ∧ Chases(x, y)) → Happy(x))

Splits hold out combinations: the template and the first two of its words (the noun and the verb,
say) fall into one split, whatever the seed, so no sentence, no formula and no such pairing of a
test split occurs in training, while every template and every word does.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from data.made.sentences.draw import Draw, shuffle
from data.made.sentences.english import sentence
from data.made.sentences.formulas import formula
from data.made.sentences.templates import TEMPLATES, full_deck
from data.records import Translation
from data.splits import share

NAME = "synthetic"
# Percent of the combinations in each split, and the number of pairs drawn unless told otherwise.
SPLITS = {"train": 40, "rl": 30, "validation": 15, "test": 15}
SIZES = {"train": 6000, "rl": 3000, "validation": 500, "test": 500}
# Draws without a new pair after which a template is dry: small ones are, in very large corpora.
_PATIENCE = 400


def generate(split: str, seed: int = 0) -> Iterator[Translation]:
    """Distinct pairs of a split, one after another; a longer draw begins with the shorter one.

    Templates come in shuffled decks that hold each as often as its weight says. Ends when no
    template has a new pair to give.
    """
    rng = Random(f"{NAME}/{split}/{seed}")
    deck = full_deck()
    sentences: set[str] = set()
    dry: set[str] = set()
    while deck:
        for template in shuffle(rng, deck):
            # A template may run dry in the middle of a deck that holds it several times.
            if template in dry:
                continue
            row = _draw(template, split, rng, sentences)
            if row is None:
                dry.add(template)
            else:
                sentences.add(row.sentence)
                yield row
        deck = [template for template in deck if template not in dry]


def _draw(template: str, split: str, rng: Random, sentences: set[str]) -> Translation | None:
    """A pair of the template whose sentence is new; None where it has none to give."""
    _, build = TEMPLATES[template]
    for _ in range(_PATIENCE):
        draw = Draw(rng)
        meaning = build(draw)
        group = "|".join((template, *draw.key))
        if share(group, SPLITS) != split:
            continue
        text = sentence(meaning, rng)
        if text in sentences:
            continue
        return Translation(
            sentence=text,
            formula=formula(meaning),
            group=group,
            source=f"{NAME}/{split}",
            row=len(sentences) + 1,
        )
    return None

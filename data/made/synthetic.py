"""Synthetic sentences and their formulas, drawn from templates and a lexicon: seeded, endless, unambiguous.

A row, as `load("synthetic", split="train")` gives it:
    Every cat that chases some dog is happy.
    ∀x (Cat(x) ∧ ∃y (Dog(y) ∧ Chases(x, y)) → Happy(x))

Splits hold out combinations: the template and the first two of its words (the noun and the verb, say) fall
into one split, whatever the seed, so no sentence, no formula and no such pairing of a test split occurs in
training, while every template and every word does.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from random import Random

from data.made.sentences.english import sentence
from data.made.sentences.meaning import formula
from data.made.sentences.templates import TEMPLATES, Draw
from data.records import Corpus, DataError, Translation
from data.splits import share

# Percent of the combinations in each split, and the number of pairs drawn unless told otherwise.
SPLITS = {"train": 40, "rl": 30, "validation": 15, "test": 15}
SIZES = {"train": 6000, "rl": 3000, "validation": 500, "test": 500}
# Draws without a new pair after which a template counts as dry: the small ones run dry in very large corpora.
_PATIENCE = 400


def generate(split: str, seed: int = 0) -> Iterator[Translation]:
    """Distinct pairs of a split, one after another; a longer draw begins with the shorter one.

    Templates come in shuffled decks that hold each as often as its weight says. Ends when no template has a
    new pair to give.
    """
    rng = Random(f"synthetic/{split}/{seed}")
    deck = [name for name, (weight, _) in TEMPLATES.items() for _ in range(weight)]
    seen: set[str] = set()
    dry: set[str] = set()
    while deck := [template for template in deck if template not in dry]:
        for template in sorted(deck, key=lambda _: rng.random()):
            row = None if template in dry else _draw(template, split, rng, seen)
            if row is None:
                dry.add(template)
            else:
                seen.add(row.sentence)
                yield row


def _draw(template: str, split: str, rng: Random, seen: set[str]) -> Translation | None:
    build = TEMPLATES[template][1]
    for _ in range(_PATIENCE):
        draw = Draw(rng)
        meaning = build(draw)
        group = "|".join((template, *draw.key))
        if share(group, SPLITS) != split:
            continue
        text = sentence(meaning, rng)
        if text not in seen:
            return Translation(text, formula(meaning), group, f"synthetic/{split}", len(seen) + 1)
    return None


def load(split: str, size: int | None = None, seed: int = 0) -> Corpus[Translation]:
    """`size` distinct pairs of a split. Raises DataError where the split does not exist or holds fewer."""
    if split not in SPLITS:
        raise DataError(f"synthetic has no split {split!r}; it has {', '.join(SPLITS)}")
    wanted = SIZES[split] if size is None else size
    rows = list(islice(generate(split, seed), wanted))
    if len(rows) < wanted:
        raise DataError(f"synthetic split {split!r} has {len(rows)} pairs; {wanted} were asked for")
    return Corpus("synthetic", split, rows)

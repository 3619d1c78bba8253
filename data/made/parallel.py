"""Sentences of the synthetic corpus and their translations into Folan: made by the project.

Apache-2.0, as the project. Seeded and without end. Both sentences of a pair are written from one
meaning. A pair gives a row for each direction:
    Every cat that chases some dog is happy.    Omni qed ki ul tuk qheziz ku hebby.

Splits hold out combinations of template and words, as those of the synthetic corpus do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from data.made.sentences.draw import Draw, pick
from data.made.sentences.english import sentence
from data.made.sentences.folan import translate
from data.made.sentences.templates import TEMPLATES, full_deck
from data.records import TextPair
from data.splits import share

NAME = "mt-synthetic"
SPLITS = {"train": 40, "rl": 30, "validation": 15, "test": 15}
SIZES = {"train": 6000, "rl": 2000, "validation": 300, "test": 300}
ENGLISH = "en"
FOLAN = "qfo"


def pairs(split: str, seed: int = 0) -> Iterator[TextPair]:
    """Distinct pairs of a split, both directions of each side by side, without end.

    A longer draw begins with the shorter one.
    """
    rng = Random(f"{NAME}/{split}/{seed}")
    deck = full_deck()
    translations: set[str] = set()
    while True:
        template = pick(rng, deck)
        _, build = TEMPLATES[template]
        draw = Draw(rng)
        meaning = build(draw)
        group = "|".join((template, *draw.key))
        if share(group, SPLITS) != split:
            continue
        english = sentence(meaning, rng)
        folan = translate(meaning)
        if folan in translations:
            continue
        translations.add(folan)
        there = TextPair(
            text=english,
            translation=folan,
            from_language=ENGLISH,
            to_language=FOLAN,
            group=group,
            source=f"{NAME}/{split}",
            row=2 * len(translations) - 1,
        )
        yield there
        yield _turned(there)


def _turned(pair: TextPair) -> TextPair:
    """The other direction of a pair, in the next row."""
    return replace(
        pair,
        text=pair.translation,
        translation=pair.text,
        from_language=pair.to_language,
        to_language=pair.from_language,
        row=pair.row + 1,
    )

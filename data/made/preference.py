"""Preferences about small worlds, and passages with the formula of their core claim.

Made by the project; Apache-2.0, as the project. Seeded and without end. A row of the task
`preference`, as `data.load` gives it, shortened:
    prompt    user: Every owl is calm. Anna is an owl. Bob helps Clara. What follows for Anna ...?
    chosen    Anna is calm.          Calm(anna)
    rejected  Anna is not calm.      ¬Calm(anna)          kind  contradicting
    more_rejected                                         up to 8 more, each with its kind
One conversation in three has a second question. A row of the task `distill`, from which a
translator of such answers is learned:
    Let me think. Anna is calm.      Calm(anna)

**Nothing but logic tells the two answers apart**: what is chosen here is rejected in another world
(`data.made.pieces`), and as many rejected answers are sentences of the story as it takes for the
chosen one to be more like a sentence of it as often as less.

Splits hold out worlds and answers: all rows about one set of facts fall into one split, and so do
all answers and all passages with the same names, nouns, adjectives and verbs, for both tasks and
whatever the seed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from data.made.pieces import KINDS, Piece, Question, Wrong, makers_of
from data.made.sentences.draw import Draw, pick
from data.made.sentences.english import sentence
from data.made.sentences.formulas import formula
from data.made.sentences.meaning import Clause
from data.made.sentences.reader import ENDINGS, OPENINGS
from data.made.worlds import World, content, draw_piece, draw_world, join
from data.preference.tells import overlap
from data.records import Claim, Message, Preference
from data.splits import share

NAME = "preference-synthetic"
SPLITS = {"train": 40, "rl": 30, "validation": 15, "test": 15}
SIZES = {"train": 4000, "rl": 2000, "validation": 300, "test": 300}
MOST_REJECTED = 9
# Attempts to word a right answer differently.
_WORDINGS = 6
EVADING = "evading"
# An evading answer is a sentence of the story, where the right one is inferred; the others are less
# like the story than the right one, or as like.
_OTHER_KINDS = tuple(kind for kind in KINDS if kind != EVADING)


def preferences(split: str, seed: int = 0) -> Iterator[Preference]:
    """Distinct preferences of a split, one after another, without end.

    A longer draw begins with the shorter one.
    """
    rng = Random(f"preference/{split}/{seed}")
    prompts: set[tuple[Message, ...]] = set()
    lead = 0  # of the chosen answers in likeness to the story
    while True:
        # Chosen by what came before and not by the row's own words: these stay even.
        kind = EVADING if lead > 0 else pick(rng, _OTHER_KINDS)
        row = _preference(kind, split, rng, len(prompts) + 1)
        if row.prompt not in prompts:
            prompts.add(row.prompt)
            lead += overlap(row)
            yield row


def claims(split: str, seed: int = 0) -> Iterator[Claim]:
    """Distinct passages of a split with the formulas of their claims, right and wrong ones alike.

    Without end; a longer draw begins with the shorter one.
    """
    rng = Random(f"distill/{split}/{seed}")
    passages: set[str] = set()
    while True:
        question = pick(rng, draw_world(rng).questions)
        claim = pick(rng, (question.right, *(wrong.meaning for wrong in question.wrong)))
        if not _belongs(claim, split):
            continue
        text = formula(claim)
        opening, ending = _frame(rng)
        passage = opening + sentence(claim, rng) + ending
        if passage not in passages:
            passages.add(passage)
            yield Claim(
                passage=passage,
                formula=text,
                group=content(claim),
                source=f"{NAME}/{split}",
                row=len(passages),
            )


def _belongs(answer: object, split: str) -> bool:
    return share(content(answer), SPLITS) == split


def _preference(kind: str, split: str, rng: Random, number: int) -> Preference:
    """A conversation about a world of the split, its rejected answer wrong in one way."""
    makers = makers_of(kind)
    while True:
        draw = Draw(rng)
        asked = pick(rng, makers)(draw, rng)
        question = pick(rng, asked.questions)
        wrong = [answer for answer in question.wrong if _belongs(answer.meaning, split)]
        fit = [answer for answer in wrong if answer.mirrored and answer.kind == kind]
        if fit and _belongs(question.right, split):
            rejected = pick(rng, fit)
            others = [answer for answer in wrong if answer.meaning != rejected.meaning]
            row = _about(asked, question, (rejected, *others), draw, rng, split, number)
            if row is not None:
                return row


def _about(
    asked: Piece,
    question: Question,
    wrong: Sequence[Wrong],
    draw: Draw,
    rng: Random,
    split: str,
    number: int,
) -> Preference | None:
    """The row of a question in a world of the split."""
    while True:
        beside = draw_piece(draw.copy(), rng)
        world = join(rng, asked, beside)
        if share(world.key, SPLITS) == split:
            return _row(world, question, wrong, beside, rng, f"{NAME}/{split}", number)


def _row(
    world: World,
    question: Question,
    wrong: Sequence[Wrong],
    beside: Piece,
    rng: Random,
    source: str,
    number: int,
) -> Preference | None:
    """The row of a question; None where its two answers have one wording."""
    facts = " ".join(sentence(fact, rng) for fact in world.facts)
    turns = [Message("user", f"{facts} {question.text}")]
    if rng.random() < 1 / 3:
        first = pick(rng, beside.questions)
        turns = [
            Message("user", f"{facts} {first.text}"),
            Message("assistant", sentence(first.right, rng)),
            Message("user", question.text),
        ]
    # The same stream of choices words all answers alike.
    key = f"{rng.random()}"
    opening, ending = _frame(rng)
    chosen = opening + sentence(question.right, Random(key)) + ending
    texts = {chosen}
    answers: list[tuple[str, Wrong]] = []
    for answer in wrong:
        text = opening + sentence(answer.meaning, Random(key)) + ending
        if text not in texts and len(answers) < MOST_REJECTED:
            texts.add(text)
            answers.append((text, answer))
    (rejected, first_wrong), *others = answers
    if first_wrong is not wrong[0]:
        return None
    return Preference(
        prompt=tuple(turns),
        chosen=chosen,
        rejected=rejected,
        group=world.key,
        source=source,
        row=number,
        chosen_formula=formula(question.right),
        rejected_formula=formula(first_wrong.meaning),
        kind=first_wrong.kind,
        more_rejected=tuple([text for text, _ in others]),
        more_kinds=tuple([answer.kind for _, answer in others]),
        also_chosen=tuple(
            [
                opening + text + ending
                for text in _other_wordings(question.right, key)
                if opening + text + ending != chosen
            ]
        ),
    )


def _other_wordings(right: Clause, key: str) -> list[str]:
    """Wordings of the right answer; what stands around it would tell it from the wrong ones."""
    return list(
        dict.fromkeys([sentence(right, Random(f"{key}/{attempt}")) for attempt in range(_WORDINGS)])
    )


def _frame(rng: Random) -> tuple[str, str]:
    """What stands around an answer; mostly nothing."""
    opening = f"{pick(rng, OPENINGS)} " if rng.random() < 0.25 else ""
    ending = f" {pick(rng, ENDINGS)}" if rng.random() < 0.1 else ""
    return opening, ending

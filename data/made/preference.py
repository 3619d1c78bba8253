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

**Nothing but logic tells the two answers apart.** Rows come in twos: what is chosen in one is
rejected in the other, whose world differs in the fact at stake and whose answers have the same
words (`data.made.pieces`). So whatever looks at the answers alone is right about half of the rows,
however few there are. And while the chosen answers have been more like a sentence of the story than
the rejected ones, stories also say what would be if the one answer held, and if the other did; as
what would be is stated anyway, that adds nothing to what follows. An `evading` answer is stated
where the chosen one is inferred: there the likeness is the other way round, and nothing is added.

Splits hold out worlds and answers: all rows about facts in the same words fall into one split, and
so do all answers and all passages with the same names, nouns, adjectives and verbs, for both tasks
and whatever the seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from random import Random

from data.made.pieces import KINDS, Piece, Question, Wrong
from data.made.sentences.draw import Draw, pick
from data.made.sentences.english import sentence
from data.made.sentences.formulas import formula
from data.made.sentences.lexicon import NAMES
from data.made.sentences.meaning import Clause
from data.made.sentences.reader import ENDINGS, OPENINGS
from data.made.worlds import ALL, Makers, content, draw_piece, draw_world, join, makers_of
from data.preference.tells import overlap
from data.records import Claim, Message, Preference
from data.splits import share

NAME = "preference-synthetic"
SPLITS = {"train": 40, "rl": 30, "validation": 15, "test": 15}
SIZES = {"train": 4000, "rl": 2000, "validation": 300, "test": 300}
MOST_REJECTED = 9
# Attempts to word a right answer differently.
_WORDINGS = 6
_EVADING = "evading"


@dataclass(frozen=True)
class _Setting:
    """What the two rows of a pair have in common; `key` seeds their wordings."""

    split: str
    beside: Piece
    echoes: bool
    key: str


def preferences(split: str, seed: int = 0, makers: Makers = ALL) -> Iterator[Preference]:
    """Distinct preferences of a split, two by two, without end; the kinds take turns.

    Their worlds have pieces by the makers alone. A longer draw begins with the shorter one.
    """
    rng = Random(f"preference/{split}/{seed}")
    prompts: set[tuple[Message, ...]] = set()
    lead = 0  # of the chosen answers in likeness to the story
    for kind in cycle([kind for kind in KINDS if makers_of(kind, makers)]):
        rows: list[Preference] = []
        while len({row.prompt for row in rows} - prompts) < 2:
            # Decided by what came before and not by the row's own words: these stay even.
            echoes = lead > 0 and kind != _EVADING
            rows = _twins(kind, makers, split, rng, echoes, len(prompts) + 1)
        for row in rows:
            prompts.add(row.prompt)
            lead += overlap(row)
            yield row


def claims(split: str, seed: int = 0, makers: Makers = ALL) -> Iterator[Claim]:
    """Distinct passages of a split with the formulas of their claims, right and wrong ones alike.

    Without end; a longer draw begins with the shorter one.
    """
    rng = Random(f"distill/{split}/{seed}")
    passages: set[str] = set()
    while True:
        question = pick(rng, draw_world(rng, makers).questions)
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


def _twins(
    kind: str, makers: Makers, split: str, rng: Random, echoes: bool, number: int
) -> list[Preference]:
    """A conversation about a world of the split, its answer wrong in one way, and its twin.

    None where the two answers have one wording.
    """
    asking = makers_of(kind, makers)
    while True:
        draw = Draw(rng)
        asked = pick(rng, asking)(draw, rng)
        place = int(rng.random() * len(asked.questions))
        question = asked.questions[place]
        wrong = [answer for answer in question.wrong if _belongs(answer.meaning, split)]
        fit = [answer for answer in wrong if answer.mirror is not None and answer.kind == kind]
        if fit and _belongs(question.right, split):
            break
    rejected = pick(rng, fit)
    assert rejected.mirror is not None
    mirror = rejected.mirror()
    turned = mirror.questions[place]
    (back,) = [answer for answer in turned.wrong if answer.meaning == question.right]
    setting = _Setting(split, _beside(asked, draw, rng, split, makers), echoes, f"{rng.random()}")
    rows = [
        _row(asked, question, rejected, setting, number),
        _row(mirror, turned, back, setting, number + 1),
    ]
    return [row for row in rows if row.chosen != row.rejected]


def _beside(asked: Piece, draw: Draw, rng: Random, split: str, makers: Makers) -> Piece:
    """Another piece, so that a world of both is one of the split."""
    while True:
        beside = draw_piece(draw.copy(), rng, makers)
        if _belongs((asked.facts, beside.facts), split):
            return beside


def _row(
    asked: Piece, question: Question, first: Wrong, setting: _Setting, number: int
) -> Preference:
    """The row of a question whose rejected answer is `first`."""

    def said(meaning: Clause, attempt: int = 0) -> str:
        # The same stream of choices words all answers alike, and those of the twin.
        return sentence(meaning, Random(f"{setting.key}/{attempt}"))

    chosen, rejected = said(question.right), said(first.meaning)
    others: dict[str, str] = {}
    for answer in question.wrong:
        text = said(answer.meaning)
        is_new = text not in (chosen, rejected) and len(others) < MOST_REJECTED - 1
        if is_new and _belongs(answer.meaning, setting.split):
            others.setdefault(text, answer.kind)
    wordings = dict.fromkeys(said(question.right, attempt) for attempt in range(1, _WORDINGS + 1))
    wordings.pop(chosen, None)
    # What stands around an answer would tell it from one without.
    opening, ending = _frame(Random(f"{setting.key}/frame"))
    framed = f"{opening}{{}}{ending}".format
    return Preference(
        prompt=_conversation(asked, question, (chosen, rejected), setting),
        chosen=framed(chosen),
        rejected=framed(rejected),
        group=content((asked.facts, setting.beside.facts)),
        source=f"{NAME}/{setting.split}",
        row=number,
        chosen_formula=formula(question.right),
        rejected_formula=formula(first.meaning),
        kind=first.kind,
        more_rejected=tuple(map(framed, others)),
        more_kinds=tuple(others.values()),
        also_chosen=tuple(map(framed, wordings)),
    )


def _conversation(
    asked: Piece, question: Question, answers: tuple[str, str], setting: _Setting
) -> tuple[Message, ...]:
    """The story with the question, or with one about its other piece before it."""
    rng = Random(setting.key)
    facts = join(rng, asked, setting.beside).facts
    # What is stated and asked for is one text: a right answer in other words is then no copy.
    told = [answers[0] if fact == question.right else sentence(fact, rng) for fact in facts]
    if setting.echoes:
        for answer in answers:
            fact = sentence(pick(rng, setting.beside.facts), rng)
            idle = f"If {_inside(answer)}, then {_inside(fact)}."
            told.insert(int(rng.random() * (len(told) + 1)), idle)
    story = " ".join(told)
    if rng.random() >= 1 / 3:
        return (Message("user", f"{story} {question.text}"),)
    earlier = pick(rng, setting.beside.questions)
    return (
        Message("user", f"{story} {earlier.text}"),
        Message("assistant", sentence(earlier.right, rng)),
        Message("user", question.text),
    )


def _inside(text: str) -> str:
    """A sentence as it stands inside another one."""
    bare = text.removesuffix(".")
    if bare.partition(" ")[0] in NAMES:
        return bare
    return bare[0].lower() + bare[1:]


def _frame(rng: Random) -> tuple[str, str]:
    """What stands around an answer; mostly nothing."""
    opening = f"{pick(rng, OPENINGS)} " if rng.random() < 0.25 else ""
    ending = f" {pick(rng, ENDINGS)}" if rng.random() < 0.1 else ""
    return opening, ending

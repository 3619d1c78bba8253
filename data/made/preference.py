"""Preferences about small worlds, and passages with the formula of their core claim.

Made by the project; Apache-2.0, as the project. Seeded and without end. A row of the task
`preference`, as `data.load` gives it, shortened:
    prompt    user: Every owl is calm. Anna is an owl. Bob helps Anna. What follows for Anna?
    chosen    Anna is calm.          Calm(anna)
    rejected  Bob is calm.           Calm(bob)
The two answers have equally many words and one wording; they differ in logic alone. One
conversation in three has a second question. A row of the task `distill`, from which a translator
of such answers is learned:
    Let me think. Anna is calm.      Calm(anna)

Splits hold out worlds: all rows about one set of facts fall into one split, whatever the seed; for
`distill` all passages with one claim.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from data.made.sentences.draw import pick, shuffle
from data.made.sentences.english import sentence
from data.made.sentences.formulas import formula
from data.made.worlds import Question, World, draw_world
from data.records import Claim, Message, Preference
from data.splits import share

NAME = "preference-synthetic"
SPLITS = {"train": 40, "rl": 30, "validation": 15, "test": 15}
SIZES = {"train": 4000, "rl": 2000, "validation": 300, "test": 300}

_OPENINGS = ("I see. ", "Let me think. ", "That is easy. ", "Good question. ")
_ENDINGS = (" That is all.", " I am sure.")
# Attempts to word two answers with equally many words.
_WORDINGS = 12


def preferences(split: str, seed: int = 0) -> Iterator[Preference]:
    """Distinct preferences of a split, one after another, without end.

    A longer draw begins with the shorter one.
    """
    rng = Random(f"preference/{split}/{seed}")
    prompts: set[tuple[Message, ...]] = set()
    while True:
        world = draw_world(rng)
        if share(world.key, SPLITS) != split:
            continue
        row = _preference(world, rng, f"{NAME}/{split}", len(prompts) + 1)
        if row is not None and row.prompt not in prompts:
            prompts.add(row.prompt)
            yield row


def claims(split: str, seed: int = 0) -> Iterator[Claim]:
    """Distinct passages of a split with the formulas of their claims, right and wrong ones alike.

    Without end; a longer draw begins with the shorter one.
    """
    rng = Random(f"distill/{split}/{seed}")
    passages: set[str] = set()
    while True:
        question = pick(rng, draw_world(rng).questions)
        claim = pick(rng, (question.right, *question.wrong))
        text = formula(claim)
        if share(text, SPLITS) != split:
            continue
        opening, ending = _frame(rng)
        passage = opening + sentence(claim, rng) + ending
        if passage not in passages:
            passages.add(passage)
            yield Claim(
                passage=passage,
                formula=text,
                group=text,
                source=f"{NAME}/{split}",
                row=len(passages),
            )


def _preference(world: World, rng: Random, source: str, row: int) -> Preference | None:
    """A conversation about the world; None where its two answers find no common wording."""
    first, *others = shuffle(rng, world.questions)
    facts = " ".join(sentence(fact, rng) for fact in world.facts)
    turns = [Message("user", f"{facts} {first.text}")]
    question = first
    if others and rng.random() < 1 / 3:
        question = others[0]
        turns += [
            Message("assistant", sentence(first.right, rng)),
            Message("user", question.text),
        ]
    answers = _answers(question, rng)
    if answers is None:
        return None
    (chosen, chosen_formula), (rejected, rejected_formula) = answers
    opening, ending = _frame(rng)
    return Preference(
        prompt=tuple(turns),
        chosen=opening + chosen + ending,
        rejected=opening + rejected + ending,
        group=world.key,
        source=source,
        row=row,
        chosen_formula=chosen_formula,
        rejected_formula=rejected_formula,
    )


def _answers(question: Question, rng: Random) -> tuple[tuple[str, str], tuple[str, str]] | None:
    """The right and a wrong answer, each with its formula, in one wording and of one length."""
    for attempt in range(_WORDINGS):
        wrong = pick(rng, question.wrong)
        # The same stream of choices words both answers alike.
        key = f"{rng.random()}/{attempt}"
        right_text = sentence(question.right, Random(key))
        wrong_text = sentence(wrong, Random(key))
        if len(right_text.split()) == len(wrong_text.split()):
            return (right_text, formula(question.right)), (wrong_text, formula(wrong))
    return None


def _frame(rng: Random) -> tuple[str, str]:
    """What stands around an answer; mostly nothing."""
    opening = pick(rng, _OPENINGS) if rng.random() < 0.25 else ""
    ending = pick(rng, _ENDINGS) if rng.random() < 0.1 else ""
    return opening, ending

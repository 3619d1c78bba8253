"""Preferences about small worlds, and passages with the formula of their core claim: made by the project.

Apache-2.0, as the project. Seeded and without end. A row of the task `preference`, as `load` gives it, shortened:
    prompt    user: Every owl is calm. Anna is an owl. Bob helps Anna. What follows for Anna?
    chosen    Anna is calm.          Calm(anna)
    rejected  Bob is calm.           Calm(bob)
The two answers have equally many words and one wording; they differ in logic alone. One conversation in three has a
second question. A row of the task `distill`, from which a translator of such answers is learned:
    Let me think. Anna is calm.      Calm(anna)

Splits hold out worlds: all rows about one set of facts fall into one split, whatever the seed; for `distill` all
passages with one claim.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from random import Random

from data.made.sentences.english import sentence
from data.made.sentences.meaning import Clause, formula
from data.made.worlds import Question, World, world
from data.records import Claim, Corpus, DataError, Message, Preference
from data.splits import share

NAME = "preference-synthetic"
LICENCE = "Apache-2.0"
SPLITS = {"train": 40, "rl": 30, "validation": 15, "test": 15}
SIZES = {"train": 4000, "rl": 2000, "validation": 300, "test": 300}

_OPENINGS = ("I see. ", "Let me think. ", "That is easy. ", "Good question. ")
_ENDINGS = (" That is all.", " I am sure.")
_WORDINGS = 12


def load(
    task: str, split: str, size: int | None = None, seed: int = 0
) -> Corpus[Preference] | Corpus[Claim]:
    """`size` rows of a split of `preference` or `distill`. Raises DataError for another split or task."""
    if split not in SPLITS:
        raise DataError(f"{NAME} has no split {split!r}; it has {', '.join(SPLITS)}")
    wanted = SIZES[split] if size is None else size
    if task == "preference":
        return Corpus(NAME, split, list(islice(preferences(split, seed), wanted)))
    if task == "distill":
        return Corpus(NAME, split, list(islice(claims(split, seed), wanted)))
    raise DataError(f"{NAME} is for the tasks preference and distill, not {task}")


def preferences(split: str, seed: int = 0) -> Iterator[Preference]:
    """Distinct preferences of a split, one after another, without end; a longer draw begins with the shorter one."""
    rng = Random(f"preference/{split}/{seed}")
    seen: set[tuple[Message, ...]] = set()
    while True:
        made = world(rng)
        group = _key(made)
        if share(group, SPLITS) != split:
            continue
        row = _preference(made, rng, group, f"{NAME}/{split}", len(seen) + 1)
        if row is not None and row.prompt not in seen:
            seen.add(row.prompt)
            yield row


def claims(split: str, seed: int = 0) -> Iterator[Claim]:
    """Distinct passages of a split with the formulas of their claims: right answers and wrong ones alike."""
    rng = Random(f"distill/{split}/{seed}")
    seen: set[str] = set()
    while True:
        questions = world(rng).questions
        question = questions[int(rng.random() * len(questions))]
        claim = _pick(rng, (question.right, *question.wrong))
        text = formula(claim)
        if share(text, SPLITS) != split:
            continue
        opening, ending = _frame(rng)
        passage = opening + sentence(claim, rng) + ending
        if passage not in seen:
            seen.add(passage)
            yield Claim(passage, text, text, f"{NAME}/{split}", len(seen))


def _key(made: World) -> str:
    """The world itself: its facts in whatever order they are told."""
    return " | ".join(sorted(formula(fact) for fact in made.facts))


def _preference(made: World, rng: Random, group: str, source: str, row: int) -> Preference | None:
    asked = sorted(made.questions, key=lambda _: rng.random())
    story = " ".join(sentence(fact, rng) for fact in made.facts)
    turns = [Message("user", f"{story} {asked[0].text}")]
    if len(asked) > 1 and rng.random() < 1 / 3:
        turns += [
            Message("assistant", sentence(asked[0].right, rng)),
            Message("user", asked[1].text),
        ]
        asked = asked[1:]
    answers = _answers(asked[0], rng)
    if answers is None:
        return None
    (chosen, right), (rejected, wrong) = answers
    opening, ending = _frame(rng)
    return Preference(
        tuple(turns),
        opening + chosen + ending,
        opening + rejected + ending,
        group,
        source,
        row,
        right,
        wrong,
    )


def _answers(question: Question, rng: Random) -> tuple[tuple[str, str], tuple[str, str]] | None:
    """The right and a wrong answer, in one wording and of one length in words, each with its formula."""
    for attempt in range(_WORDINGS):
        wrong = _pick(rng, question.wrong)
        # The same stream of choices words both answers alike.
        key = f"{rng.random()}/{attempt}"
        one, two = sentence(question.right, Random(key)), sentence(wrong, Random(key))
        if len(one.split()) == len(two.split()):
            return (one, formula(question.right)), (two, formula(wrong))
    return None


def _frame(rng: Random) -> tuple[str, str]:
    """What stands around an answer; mostly nothing."""
    opening = _OPENINGS[int(rng.random() * len(_OPENINGS))] if rng.random() < 0.25 else ""
    return opening, _ENDINGS[int(rng.random() * len(_ENDINGS))] if rng.random() < 0.1 else ""


def _pick(rng: Random, options: tuple[Clause, ...]) -> Clause:
    return options[int(rng.random() * len(options))]

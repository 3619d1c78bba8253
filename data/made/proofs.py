"""Stories made to order: how deep the proof is, what is beside the point, which label, which words.

Apache-2.0, as the project. Seeded and without end. A row of depth 2, shortened:
    premises    Every dax is a wug. Dravu is a dax. No blicket is grolish. Only wugs are grolish ...
    conclusion  Dravu is grolish.        Uncertain

A True story has a whole chain of rules to its conclusion and, as far as there is room for what is
beside the point, a broken one to the opposite; a False one has them the other way round; of an
Uncertain one both are broken. A broken chain has the words of a whole one, so no word and no count
of words tells the label: what follows from what does.

Splits hold out stories, and with made-up words those words too, whatever the seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from data.made.chains import Chain, ChainMaker, Literal
from data.made.checking import confirmed
from data.made.dials import SPLITS, Dials, draw_from
from data.made.sentences.draw import pick, shuffle
from data.made.sentences.english import sentence
from data.made.sentences.formulas import formula, tree
from data.made.sentences.meaning import Clause, Holds, Named
from data.made.sentences.nonce import Words
from data.made.sentences.wordings import is_new
from data.records import DataError, Label, Story, Translation
from data.splits import share
from logic.stories.verdict import Finding

NAME = "proof-synthetic"
MOST_MISSES = 500
"""Stories in a row that may have other wordings than those asked for."""
SIZES = {"train": 1000, "validation": 200, "test": 200}


@dataclass(frozen=True)
class Plan:
    """A story before it is worded.

    `proofs` has for each proof the places of the premises that it needs, counted from 0; there is
    none of an Uncertain story. `depth` is the number of rules of the shortest, or of the chain that
    is broken.
    """

    premises: tuple[Clause, ...]
    conclusion: Clause
    label: Label
    depth: int
    proofs: tuple[tuple[int, ...], ...]

    @property
    def key(self) -> str:
        """The story itself: its premises in whatever order they are told."""
        formulas = [formula(premise) for premise in self.premises]
        formulas.sort()
        return " | ".join(formulas)


def stories(split: str, seed: int = 0, dials: Dials | None = None) -> Iterator[Story]:
    """Distinct stories of a split, without end; a longer draw begins with the shorter one.

    Raises DataError where the lexicon has too few words for what the dials ask for.
    """
    dials = dials or Dials()
    rng = Random(f"{NAME}/{split}/{seed}")
    wanted = dials.wordings.get(split, "all")
    keys: set[tuple[str, str]] = set()
    misses = 0
    while True:
        plan = draw_plan(
            rng,
            dials,
            split,
        )
        story = told(
            plan,
            rng,
            source=f"{NAME}/{split}",
            row=len(keys) + 1,
        )
        key = (story.group, story.conclusion_formula)
        if key in keys:
            continue
        keys.add(key)
        if wanted not in ("all", "new" if is_new(story) else "known"):
            misses += 1
            if misses > MOST_MISSES:
                raise DataError(
                    f"wordings: none of {MOST_MISSES:,} stories in a row is {wanted}; fewer rules "
                    "(depth, distractors) make one likelier"
                )
            continue
        misses = 0
        # The judge has the last word on every label; no plan of another finding is known.
        if _finding(plan) == plan.label:
            yield story


def sentences(split: str, seed: int = 0, dials: Dials | None = None) -> Iterator[Translation]:
    """The sentences of the stories with their formulas, one by one."""
    row = 0
    for story in stories(
        split,
        seed,
        dials,
    ):
        texts = zip(
            (*story.premises, story.conclusion),
            (*story.premise_formulas, story.conclusion_formula),
            strict=True,
        )
        for text, annotated in texts:
            row += 1
            yield Translation(
                text,
                annotated,
                story.group,
                story.source,
                row,
            )


def told(plan: Plan, rng: Random, *, source: str, row: int) -> Story:
    """A planned story in words and formulas."""
    return Story(
        premises=tuple(sentence(premise, rng) for premise in plan.premises),
        premise_formulas=tuple(formula(premise) for premise in plan.premises),
        conclusion=sentence(
            plan.conclusion,
            rng,
        ),
        conclusion_formula=formula(plan.conclusion),
        label=plan.label,
        group=plan.key,
        source=source,
        row=row,
    )


def _finding(plan: Plan) -> Finding:
    premises = [tree(premise) for premise in plan.premises]
    needed = plan.proofs[0] if plan.proofs else ()
    proof = [premises[place] for place in needed]
    return confirmed(
        premises,
        tree(plan.conclusion),
        proof,
    )


def draw_plan(rng: Random, dials: Dials, split: str) -> Plan:
    """One story of the split."""
    while True:
        words = Words(
            rng,
            nonce=dials.nonce,
            split=split,
            shares=SPLITS if dials.nonce else None,
        )
        plan = _Drawing(
            rng,
            dials,
            words,
        ).plan()
        # Of made-up words each is of the split, and so is what is made of them.
        if (
            dials.nonce
            or share(
                plan.key,
                SPLITS,
            )
            == split
        ):
            return plan


class _Drawing:
    """The parts of one story."""

    def __init__(self, rng: Random, dials: Dials, words: Words) -> None:
        self.rng = rng
        self.label = dials.draw_label(rng)
        self.depth = draw_from(
            dials.depth,
            rng,
        )
        self.distractors = draw_from(
            dials.distractors,
            rng,
        )
        self.proofs = draw_from(
            dials.proofs,
            rng,
        )
        self.subject = Named(words.name())
        self.other = Named(words.name())
        self.maker = ChainMaker(
            words,
            rng,
            negation=dials.negation,
            other=self.other,
        )
        self.conclusion = self.maker.goal()

    def plan(self) -> Plan:
        # An Uncertain story is as a True or a False one, and what leads to its goal is broken too.
        goal = self.conclusion
        is_denied = self.label == "False"
        if self.label == "Uncertain":
            is_denied = self.rng.random() < 0.5
        if is_denied:
            goal = goal.opposite
        leading = [self.maker.chain(goal, self.depth) for _ in range(self.proofs)]
        opposed = self._opposed(goal.opposite)
        proofs, beside = self._told(
            leading,
            opposed,
        )
        links: list[Literal] = []
        for chain in leading:
            links += [rule.body for rule in chain.rules]
        while len(beside) < self.distractors:
            beside.append(self.maker.aside(links))
        return self._shuffled(
            proofs,
            beside[: self.distractors],
        )

    def _opposed(self, goal: Literal) -> list[Chain]:
        """Chains to the opposite, as many as lead to the goal and there is room for; one at least."""
        chains: list[Chain] = []
        room = self.distractors
        while room > 0 and len(chains) < self.proofs:
            chains.append(
                self.maker.chain(
                    goal,
                    self.depth,
                )
            )
            room -= len(chains[-1])
        return chains

    def _told(
        self, leading: list[Chain], opposed: list[Chain]
    ) -> tuple[list[list[Clause]], list[Clause]]:
        """The premises of the chains that lead to the goal, and of those that oppose them.

        Of one side the facts are of the subject, of the other they may be of somebody else: of an
        Uncertain story too, so that their number does not tell it.
        """
        staying = (
            self._staying(
                leading,
                opposed,
            )
            if self.label == "Uncertain"
            else leading
        )
        proofs = []
        for chain in leading:
            is_whole = self.label != "Uncertain"
            proofs.append(
                self._premises(
                    chain,
                    is_whole,
                    stays=chain in staying,
                )
            )
        beside: list[Clause] = []
        for chain in opposed:
            told = self._premises(
                chain,
                False,
                stays=chain in staying,
            )
            # The rules that are nearest to the goal come first, should there be no room for all.
            beside += reversed(told)
        return proofs, beside

    def _staying(self, leading: list[Chain], opposed: list[Chain]) -> list[Chain]:
        """The chains of an Uncertain story whose facts are of the subject, come what may.

        All of one side, as in other stories: facts of both sides would have somebody else be both.
        """
        room = self.distractors - sum(
            map(
                len,
                opposed,
            )
        )
        if room < 0 or len(opposed) < len(leading):  # some of their facts are not told
            return leading
        return pick(
            self.rng,
            (leading, opposed),
        )

    def _premises(self, chain: Chain, is_whole: bool, *, stays: bool) -> list[Clause]:
        if is_whole:
            return chain.premises(
                self.subject,
                self.rng,
            )
        if stays or self.rng.random() < 0.5:
            return chain.turned(
                self.subject,
                self.rng,
            )
        return chain.moved(
            self.subject,
            self.other,
            self.rng,
        )

    def _shuffled(self, proofs: list[list[Clause]], beside: list[Clause]) -> Plan:
        told = [clause for proof in proofs for clause in proof] + beside
        order = shuffle(
            self.rng,
            range(len(told)),
        )
        places = {number: place for place, number in enumerate(order)}
        needed: list[tuple[int, ...]] = []
        first = 0
        for proof in proofs:
            numbers = range(first, first + len(proof))
            needed.append(tuple(sorted(places[number] for number in numbers)))
            first += len(proof)
        return Plan(
            premises=tuple(told[number] for number in order),
            conclusion=Holds(
                self.subject,
                self.conclusion.property,
            ),
            label=self.label,
            depth=self.depth,
            proofs=() if self.label == "Uncertain" else tuple(needed),
        )

"""Stories made to order: depth, labels, mix, distractors, words, and no shortcut to the label."""

from __future__ import annotations

import math
import time
from collections import Counter
from functools import cache
from itertools import islice, pairwise
from random import Random

import brute
import pytest

import data
import logic
from data.entailment import judge
from data.inspection import shared
from data.made import proofs
from data.made.checking import is_derived
from data.made.dials import dials_of
from data.made.sentences.formulas import tree
from data.made.sentences.meaning import Holds, Named
from data.made.sentences.wordings import is_new
from data.records import LABELS, DataError, Story
from logic.stories.verdict import story_verdict
from logic.syntax import Not
from pipelines.cli import main

ALL_DIALS = {"depth": [1, 8], "distractors": [0, 30], "proofs": [1, 3], "negation": 0.4}


def plans(settings: dict[str, object], size: int, seed: int = 0) -> list[proofs.Plan]:
    rng = Random(f"plans/{seed}")
    dials = dials_of(settings)
    return [proofs.draw_plan(rng, dials, "train") for _ in range(size)]


@cache
def unjudged(seed: int, size: int) -> list[Story]:
    rng = Random(f"stories/{seed}")
    return [
        proofs.told(plan, rng, source="test", row=row)
        for row, plan in enumerate(plans({}, size, seed))
    ]


def is_rule(premise: object) -> bool:
    return not (isinstance(premise, Holds) and isinstance(premise.subject, Named))


# Wordings


def test_a_split_has_the_wordings_that_are_asked_for() -> None:
    settings = {
        "nonce": False,
        "depth": 1,
        "distractors": [0, 1],
        "wordings": {"train": "known", "test": "new"},
    }
    known, every, new = [
        data.load("proof-synthetic", split=split, size=60, settings=settings).rows
        for split in ("train", "validation", "test")
    ]
    assert not any(map(is_new, known)) and all(map(is_new, new))
    assert 0 < sum(map(is_new, every)) < 60
    begins = {text.split()[0] for story in new for text in story.premises}
    assert {"Each", "None", "Only", "There"} <= begins
    with pytest.raises(DataError, match="wordings: none of 500 stories in a row is known; fewer"):
        data.load(
            "proof-synthetic",
            split="train",
            size=1,
            settings={"depth": 8, "distractors": 40, "wordings": "known"},
        )
    # One name is for every split, and what is left is what was drawn before.
    everywhere = data.load(
        "proof-synthetic", split="validation", size=20, settings=settings | {"wordings": "new"}
    )
    assert [row.premises for row in everywhere.rows][:5] == [
        row.premises for row in every if is_new(row)
    ][:5]


# Labels


def test_the_judge_proves_every_label_whatever_the_dials() -> None:
    for plan in plans(ALL_DIALS, 10):
        found = story_verdict([tree(each) for each in plan.premises], tree(plan.conclusion))
        assert found.finding == plan.label
    assert all(judge(story).right for story in islice(proofs.stories("test"), 10))


def test_labels_are_right_by_the_definition_of_truth() -> None:
    """All structures of each individual by itself: rules join no two, so there is nothing else."""
    judged: Counter[str] = Counter()
    for plan in plans({"depth": [1, 3], "distractors": [0, 5]}, 120):
        subject = plan.conclusion.subject
        formulas = {premise: tree(premise) for premise in plan.premises}
        signature = brute.symbols(*formulas.values(), tree(plan.conclusion))
        if len(signature) > 11:
            continue
        apart = [
            [
                formula
                for premise, formula in formulas.items()
                if is_rule(premise) or (premise.subject == subject) is wanted
            ]
            for wanted in (True, False)
        ]
        own, others = [
            [world for world in brute.all_worlds(signature, 1) if all(map(world.true, part))]
            for part in apart
        ]
        assert others, "what is said of the other individual contradicts itself"
        truths = {world.true(tree(plan.conclusion)) for world in own}
        found = {(True,): "True", (False,): "False", (False, True): "Uncertain"}
        assert found[tuple(sorted(truths))] == plan.label
        judged[plan.label] += 1
    assert min(judged[label] for label in LABELS) >= 10


@pytest.mark.parametrize("weights", [None, {"True": 3, "False": 1}, {True: 1, "Uncertain": 1}])
def test_the_mix_is_that_of_the_weights(weights: dict | None) -> None:
    size = 1500
    drawn = plans({"depth": 1, "distractors": 0} | ({"labels": weights} if weights else {}), size)
    counts = Counter(plan.label for plan in drawn)
    wanted = dials_of({"labels": weights} if weights else {}).labels
    for label, weight in wanted.items():
        share = weight / sum(wanted.values())
        error = math.sqrt(share * (1 - share) / size)
        assert abs(counts[label] / size - share) <= 4 * error
    assert weights is None or not counts[LABELS[2 if "False" in weights else 1]]


def test_what_is_taken_for_proved_is() -> None:
    """Rules taken one after another, held against the prover: from some premises, and from a proof's."""
    rng, derived = Random("derived"), 0
    for plan in plans(ALL_DIALS, 40):
        premises = [tree(premise) for premise in plan.premises]
        goal = tree(plan.conclusion)
        some = [premise for premise in premises if rng.random() < 0.8]
        needed = [premises[place] for place in (plan.proofs[0] if plan.proofs else ())]
        for proof in (some, needed):
            for claim in (goal, Not(goal)):
                proved = logic.entails(proof, claim, used=False).status == "proved"
                assert is_derived(proof, claim) <= proved
                derived += is_derived(proof, claim)
    assert derived >= 20


# Depth


def test_the_depth_is_that_of_the_shortest_proof() -> None:
    settings = {"distractors": [0, 20], "labels": {"True": 1}}
    for plan in [plan for depth in range(1, 9) for plan in plans(settings | {"depth": depth}, 1)]:
        formulas = [tree(premise) for premise in plan.premises]
        goal = tree(plan.conclusion)
        (proof,) = plan.proofs
        assert sum(is_rule(plan.premises[place]) for place in proof) == plan.depth
        # The proof needs all of its premises, and there is no other one.
        for place in proof:
            rest = [*formulas[:place], *formulas[place + 1 :]]
            assert logic.entails(rest, goal, used=False).status == "refuted"
        needed = [formulas[place] for place in proof]
        assert logic.entails(needed, goal, used=False).status == "proved"


def test_several_proofs_share_nothing_and_each_suffices() -> None:
    for plan in plans({"depth": [1, 3], "proofs": 3, "labels": {"True": 1, "False": 1}}, 6):
        formulas = [tree(premise) for premise in plan.premises]
        goal = tree(plan.conclusion)
        goal = goal if plan.label == "True" else Not(goal)
        assert len(plan.proofs) == 3
        assert len({place for proof in plan.proofs for place in proof}) == sum(
            map(len, plan.proofs)
        )
        for proof in plan.proofs:
            alone = [formulas[place] for place in proof]
            assert logic.entails(alone, goal, used=False).status == "proved"
            assert sum(is_rule(plan.premises[place]) for place in proof) == plan.depth
        # With a premise of each proof gone there is none left, so no other one is shorter.
        gone = {proof[-1] for proof in plan.proofs}
        rest = [each for place, each in enumerate(formulas) if place not in gone]
        assert logic.entails(rest, goal, used=False).status == "refuted"


def test_distractors_are_counted_and_change_no_label() -> None:
    for number in (0, 7, 25):
        drawn = plans({"distractors": number, "labels": {"True": 1, "False": 1}}, 6, number)
        for plan in drawn:
            (proof,) = plan.proofs
            assert len(plan.premises) == len(proof) + number
            needed = [tree(plan.premises[place]) for place in proof]
            found = story_verdict(needed, tree(plan.conclusion), used=False)
            assert found.finding == plan.label


# Words


def test_made_up_words_are_of_one_split_alone() -> None:
    names: dict[str, set[str]] = {}
    corpora = {split: data.load("proof-synthetic", split=split, size=20) for split in proofs.SPLITS}
    assert shared(corpora) == 0
    for split, corpus in corpora.items():
        texts = [text for story in corpus for text in story.premise_formulas]
        signature = logic.read_signature([logic.parse(text) for text in texts])
        names[split] = {name for name, _ in signature.predicates} | set(signature.constants)
    train, validation, test = names.values()
    assert not (train & validation or train & test or validation & test)


def test_words_of_the_lexicon_and_splits_by_story() -> None:
    settings = {"nonce": False, "depth": 2}
    corpora = {
        split: data.load("proof-synthetic", split=split, size=20, settings=settings)
        for split in proofs.SPLITS
    }
    groups = [{row.group for row in corpus} for corpus in corpora.values()]
    assert sum(map(len, groups)) == len(set.union(*groups))
    with pytest.raises(DataError, match=r"the lexicon has \d+ words of a class.*nonce: true"):
        data.load(
            "proof-synthetic",
            split="test",
            size=9,
            settings=settings | {"depth": 8, "proofs": 4, "distractors": 40},
        )


def test_rows_are_seeded_and_fast() -> None:
    start = time.process_time()
    rows = data.load("proof-synthetic", split="train", size=100).rows
    assert time.process_time() - start < 6  # 0.5 s on an idle machine
    assert rows[:50] == data.load("proof-synthetic", split="train", size=50).rows
    assert rows[:50] != data.load("proof-synthetic", split="train", size=50, seed=1).rows


# No shortcut


def features(story: Story, *, masked: bool) -> list[str]:
    """Words, pairs of neighbours and counts; with the made-up words as they are, or as one."""
    told = [*story.premises, "?", story.conclusion]
    common = {"every", "each", "all", "only", "no", "is", "isn't", "not", "a", "an", "if", "then"}
    found: list[str] = []
    for sentence in told:
        words = sentence.lower().rstrip(".").replace(",", "").split()
        if masked:
            words = [word if word in common else "*" for word in words]
        found += [*words, *map(" ".join, pairwise(words))]
        if sentence is story.conclusion:
            found += [f"concluded {word}" for word in words]
    denials = sum(word in ("no", "not", "none") or "n't" in word for word in found)
    return [*found, f"denials {denials}", f"premises {len(story.premises)}"]


def accuracy_of_words(train: list[Story], test: list[Story], *, masked: bool) -> float:
    """A naive Bayes classifier of these features, with add-one smoothing."""
    counts = {label: Counter[str]() for label in LABELS}
    labels = Counter(story.label for story in train)
    for story in train:
        counts[story.label].update(features(story, masked=masked))
    vocabulary = len({word for of_label in counts.values() for word in of_label})
    totals = {label: sum(of_label.values()) for label, of_label in counts.items()}

    def score(label: str, words: list[str]) -> float:
        rates = [
            math.log((counts[label][word] + 1) / (totals[label] + vocabulary)) for word in words
        ]
        return math.log(labels[label]) + sum(rates)

    right = 0
    for story in test:
        words = features(story, masked=masked)
        right += max(LABELS, key=lambda label: score(label, words)) == story.label
    return right / len(test)


@pytest.mark.parametrize("masked", [False, True])
def test_words_do_not_tell_the_label(masked: bool) -> None:
    train, test = unjudged(1, 1500), unjudged(2, 1000)
    majority = max(Counter(story.label for story in test).values()) / len(test)
    found = accuracy_of_words(train, test, masked=masked)
    assert found <= majority + 0.05


# Settings


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"dept": 3}, "no setting 'dept' of stories; allowed: depth, distractors, .*mean depth"),
        ({"depth": 9}, "depth is 9; allowed: a whole number from 1 to 8"),
        ({"depth": [3, 2]}, r"depth is \[3, 2\]"),
        ({"proofs": True}, "proofs is True"),
        ({"labels": {"Maybe": 1}}, "labels is .*; allowed: a weight for each of True, False, Unc"),
        ({"labels": {"True": 0}}, "labels is"),
        ({"labels": "True"}, "labels is"),
        ({"negation": 2}, "negation is 2; allowed: a share from 0 to 1"),
        ({"nonce": 1}, "nonce is 1; allowed: true, false"),
        (
            {"wordings": "old"},
            "wordings is .old.; allowed: one of all, known, new, or one for each",
        ),
        ({"wordings": {"rl": "new"}}, "of train, validation, test, as in"),
    ],
)
def test_wrong_settings_are_named(settings: dict, message: str) -> None:
    with pytest.raises(DataError, match=message):
        data.load("proof-synthetic", split="train", settings=settings)


def test_other_data_sets_take_no_settings() -> None:
    with pytest.raises(DataError, match="synthetic takes no settings, got depth"):
        data.load("synthetic", split="train", settings={"depth": 2})


def test_stages_and_commands_name_the_set_and_its_settings(tmp_path, capsys) -> None:
    words = ["data", "build", "proof-synthetic", "--output", str(tmp_path / "out")]
    options = ["--settings", "{depth: 3, distractors: 0}", "--size", "5", "--task", "story"]
    assert main([*words, *options]) == 0
    rows = (tmp_path / "out" / "test.jsonl").read_text("utf-8").splitlines()
    assert len(rows) == 5
    capsys.readouterr()
    assert main(["sgrpo", "--dataset", "proof-synthetic", "--dataset_settings", "{depht: 1}"]) == 2
    assert "dataset_settings: no setting 'depht'" in capsys.readouterr().err
    assert {"entail", "translate", "correct", "story"} == set(data.tasks("proof-synthetic"))
    sentence, *_ = data.load("proof-synthetic", task="translate", split="test", size=3).rows
    assert logic.parse(sentence.formula) and sentence.sentence.endswith(".")

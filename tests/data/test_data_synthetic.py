"""The synthetic corpus: what it says, that it repeats, and that its splits hold combinations out."""

import re
import subprocess
import sys
import time

import pytest

import data
import logic
from data.made.sentences import lexicon as words
from data.made.sentences.formulas import formula
from data.made.sentences.meaning import (
    Acts,
    Both,
    Clause,
    Deny,
    Does,
    Every,
    Holds,
    Is,
    IsA,
    Join,
    Kind,
    Lacks,
    Named,
    No,
    Only,
    Some,
    Undergoes,
)
from data.made.synthetic import SPLITS, TEMPLATES, generate

ANNA, BOB = Named("Anna"), Named("Bob")
CAT, DOG, STUDENT = Kind("cat"), Kind("dog"), Kind("student")
HAPPY, SLEEPS = Is("happy"), Does("sleep")


def wordings(meaning: Clause, count: int = 150) -> set[str]:
    """The English of a meaning under many draws."""
    from random import Random

    from data.made.sentences.english import sentence

    return {sentence(meaning, Random(f"wording {i}")) for i in range(count)}


# One meaning, one wording that it must have, and its formula, written by hand.
TABLE: list[tuple[Clause, str, str]] = [
    (Holds(ANNA, HAPPY), "Anna is happy.", "Happy(anna)"),
    (Holds(ANNA, IsA("artist")), "Anna is an artist.", "Artist(anna)"),
    (Holds(ANNA, Lacks(SLEEPS)), "Anna does not sleep.", "¬Sleeps(anna)"),
    (Holds(ANNA, Lacks(IsA("owl"))), "Anna isn't an owl.", "¬Owl(anna)"),
    (Holds(ANNA, Acts("chase", BOB)), "Anna chases Bob.", "Chases(anna, bob)"),
    (Holds(ANNA, Acts("chase", BOB)), "Bob is chased by Anna.", "Chases(anna, bob)"),
    (Holds(ANNA, Lacks(Acts("visit", BOB))), "Anna doesn't visit Bob.", "¬Visits(anna, bob)"),
    (
        Holds(ANNA, Both("and", HAPPY, SLEEPS)),
        "Anna is happy and sleeps.",
        "Happy(anna) ∧ Sleeps(anna)",
    ),
    (
        Holds(ANNA, Both("or", HAPPY, Is("calm"))),
        "Anna is happy or calm.",
        "Happy(anna) ∨ Calm(anna)",
    ),
    (
        Holds(ANNA, Both("xor", HAPPY, Is("calm"))),
        "Anna is either happy or calm.",
        "Happy(anna) ⊕ Calm(anna)",
    ),
    (
        Holds(ANNA, Both("and", Lacks(HAPPY), Lacks(Is("calm")))),
        "Anna is neither happy nor calm.",
        "¬Happy(anna) ∧ ¬Calm(anna)",
    ),
    (Holds(Every(CAT), HAPPY), "Every cat is happy.", "∀x (Cat(x) → Happy(x))"),
    (Holds(Every(CAT), SLEEPS), "All cats sleep.", "∀x (Cat(x) → Sleeps(x))"),
    (Holds(Some(CAT), SLEEPS), "At least one cat sleeps.", "∃x (Cat(x) ∧ Sleeps(x))"),
    (Holds(Some(CAT), SLEEPS), "There is a cat that sleeps.", "∃x (Cat(x) ∧ Sleeps(x))"),
    (Holds(No(CAT), SLEEPS), "No cats sleep.", "∀x (Cat(x) → ¬Sleeps(x))"),
    (Holds(No(STUDENT), HAPPY), "There is no student who is happy.", "∀x (Student(x) → ¬Happy(x))"),
    (Only(CAT, SLEEPS), "Only cats sleep.", "∀x (Sleeps(x) → Cat(x))"),
    (
        Only(Kind("cat", HAPPY), SLEEPS),
        "Only happy cats sleep.",
        "∀x (Sleeps(x) → Cat(x) ∧ Happy(x))",
    ),
    (Deny(Holds(Every(CAT), HAPPY)), "Not every cat is happy.", "¬∀x (Cat(x) → Happy(x))"),
    (Deny(Holds(Every(CAT), SLEEPS)), "Not all cats sleep.", "¬∀x (Cat(x) → Sleeps(x))"),
    (Holds(Some(CAT), Lacks(HAPPY)), "Some cat is not happy.", "∃x (Cat(x) ∧ ¬Happy(x))"),
    (
        Holds(Every(DOG), Acts("chase", Some(CAT))),
        "Every dog chases some cat.",
        "∀x (Dog(x) → ∃y (Cat(y) ∧ Chases(x, y)))",
    ),
    (
        Holds(Some(DOG), Acts("chase", Every(CAT))),
        "Some dog chases every cat.",
        "∃x (Dog(x) ∧ ∀y (Cat(y) → Chases(x, y)))",
    ),
    (
        Holds(No(STUDENT), Acts("admire", Every(Kind("teacher")))),
        "No student admires every teacher.",
        "∀x (Student(x) → ¬∀y (Teacher(y) → Admires(x, y)))",
    ),
    (
        Holds(No(DOG), Acts("chase", Some(CAT))),
        "No dog chases any cat.",
        "∀x (Dog(x) → ¬∃y (Cat(y) ∧ Chases(x, y)))",
    ),
    (
        Holds(ANNA, Acts("chase", No(CAT))),
        "Anna does not chase any cat.",
        "∀x (Cat(x) → ¬Chases(anna, x))",
    ),
    (
        Holds(ANNA, Lacks(Acts("help", Every(CAT)))),
        "Anna does not help every cat.",
        "¬∀x (Cat(x) → Helps(anna, x))",
    ),
    (
        Holds(Some(DOG), Undergoes("chase", Every(CAT))),
        "Some dog is chased by every cat.",
        "∃x (Dog(x) ∧ ∀y (Cat(y) → Chases(y, x)))",
    ),
    (
        Holds(Every(Kind("cat", Acts("chase", Some(DOG)))), HAPPY),
        "Every cat that chases a dog is happy.",
        "∀x (Cat(x) ∧ ∃y (Dog(y) ∧ Chases(x, y)) → Happy(x))",
    ),
    (
        Holds(Some(Kind("student", Undergoes("help", ANNA))), SLEEPS),
        "Some student who Anna helps sleeps.",
        "∃x (Student(x) ∧ Helps(anna, x) ∧ Sleeps(x))",
    ),
    (
        Holds(Every(Kind("cat", Is("angry"))), SLEEPS),
        "If a cat is angry, then it sleeps.",
        "∀x (Cat(x) ∧ Angry(x) → Sleeps(x))",
    ),
    (
        Holds(Every(Kind("owl", Is("angry"))), SLEEPS),
        "Any angry owl sleeps.",
        "∀x (Owl(x) ∧ Angry(x) → Sleeps(x))",
    ),
    (
        Holds(Some(DOG), Both("xor", HAPPY, SLEEPS)),
        "Some dog either is happy or sleeps but not both.",
        "∃x (Dog(x) ∧ (Happy(x) ⊕ Sleeps(x)))",
    ),
    (
        Holds(No(DOG), Both("and", HAPPY, Is("calm"))),
        "No dog is both happy and calm.",
        "∀x (Dog(x) → ¬(Happy(x) ∧ Calm(x)))",
    ),
    (
        Join("and", Holds(ANNA, SLEEPS), Holds(BOB, SLEEPS)),
        "Anna and Bob sleep.",
        "Sleeps(anna) ∧ Sleeps(bob)",
    ),
    (
        Join("and", Holds(ANNA, Lacks(SLEEPS)), Holds(BOB, Lacks(SLEEPS))),
        "Neither Anna nor Bob sleeps.",
        "¬Sleeps(anna) ∧ ¬Sleeps(bob)",
    ),
    (
        Join("if", Holds(ANNA, HAPPY), Holds(Every(DOG), SLEEPS)),
        "If Anna is happy, then all dogs sleep.",
        "Happy(anna) → ∀x (Dog(x) → Sleeps(x))",
    ),
    (
        Join("if", Holds(ANNA, HAPPY), Holds(BOB, SLEEPS)),
        "Bob sleeps if Anna is happy.",
        "Happy(anna) → Sleeps(bob)",
    ),
    (
        Join("if", Holds(ANNA, HAPPY), Holds(BOB, SLEEPS)),
        "Anna is happy only if Bob sleeps.",
        "Happy(anna) → Sleeps(bob)",
    ),
    (
        Join("iff", Holds(ANNA, HAPPY), Join("and", Holds(BOB, SLEEPS), Holds(ANNA, Is("calm")))),
        "Anna is happy if and only if both Bob sleeps and Anna is calm.",
        "Happy(anna) ↔ Sleeps(bob) ∧ Calm(anna)",
    ),
    (
        Deny(Join("and", Holds(ANNA, HAPPY), Holds(BOB, SLEEPS))),
        "It is not the case that both Anna is happy and Bob sleeps.",
        "¬(Happy(anna) ∧ Sleeps(bob))",
    ),
    (
        Holds(
            Every(Kind("cat", Acts("chase", Some(Kind("dog", Acts("fear", Every(STUDENT))))))),
            HAPPY,
        ),
        "Every cat that chases a dog that fears every student is happy.",
        "∀x (Cat(x) ∧ ∃y (Dog(y) ∧ ∀z (Student(z) → Fears(y, z)) ∧ Chases(x, y)) → Happy(x))",
    ),
]


@pytest.mark.parametrize(("meaning", "wording", "expected"), TABLE, ids=[row[1] for row in TABLE])
def test_a_meaning_gives_its_formula_and_wordings(
    meaning: Clause, wording: str, expected: str
) -> None:
    assert formula(meaning) == expected
    assert wording in wordings(meaning)


def test_most_meanings_have_several_wordings() -> None:
    counts = [len(wordings(meaning)) for meaning, _, _ in TABLE]
    assert sum(count >= 3 for count in counts) > 0.75 * len(counts)


@pytest.fixture(scope="module")
def corpora() -> dict[str, list[data.Translation]]:
    return {split: data.load("synthetic", split=split, size=4000).rows for split in SPLITS}


def test_size_is_exact_and_pairs_are_distinct(corpora: dict[str, list[data.Translation]]) -> None:
    for rows in corpora.values():
        assert len(rows) == len({row.sentence for row in rows}) == 4000


def test_formulas_are_canonical(corpora: dict[str, list[data.Translation]]) -> None:
    for rows in corpora.values():
        for row in rows[:400]:
            assert str(logic.parse(row.formula)) == row.formula


def test_a_sentence_has_one_reading(corpora: dict[str, list[data.Translation]]) -> None:
    reading: dict[str, str] = {}
    for rows in [*corpora.values(), data.load("synthetic", split="train", size=4000, seed=1).rows]:
        for row in rows:
            assert reading.setdefault(row.sentence, row.formula) == row.formula


def test_splits_share_no_sentence_formula_or_combination(
    corpora: dict[str, list[data.Translation]],
) -> None:
    other_seed = data.load("synthetic", split="train", size=4000, seed=7).rows
    seen = [*corpora["train"], *corpora["rl"], *other_seed]
    for held_out in ("validation", "test"):
        for part in ("sentence", "formula", "group"):
            assert not {getattr(row, part) for row in corpora[held_out]} & {
                getattr(row, part) for row in seen
            }


def test_a_formula_tells_its_combination(corpora: dict[str, list[data.Translation]]) -> None:
    group: dict[str, str] = {}
    for row in (row for rows in corpora.values() for row in rows):
        assert group.setdefault(row.formula, row.group) == row.group


def test_every_template_and_word_of_test_is_seen_in_training(
    corpora: dict[str, list[data.Translation]],
) -> None:
    def vocabulary(rows: list[data.Translation]) -> set[str]:
        return {name for row in rows for name in re.findall(r"\w{2,}", row.formula)}

    def templates(rows: list[data.Translation]) -> set[str]:
        return {row.group.split("|")[0] for row in rows}

    train = corpora["train"][:1200]
    assert templates(train) == set(TEMPLATES)
    assert vocabulary(corpora["test"]) <= vocabulary(train)


def test_articles_and_agreement(corpora: dict[str, list[data.Translation]]) -> None:
    plurals = "|".join(words.plural(noun) for noun in words.NOUNS)
    singulars = "|".join(words.NOUNS)
    wrong = re.compile(
        rf"\ba (?=[aeiou])|\ban (?![aeiou])|\b(?:every|each|an?|any) (?:{plurals})\b|\ball (?:{singulars})\b"
        r"|\b(\w+) \1\b|  | ,|\bis (?:is|does|are)\b|\bnot (?:is|does)\b",
        re.IGNORECASE,
    )
    for row in (row for rows in corpora.values() for row in rows):
        assert not wrong.search(row.sentence), row.sentence
        assert re.fullmatch(r"[A-Z][A-Za-z ,']+\.", row.sentence), row.sentence


def test_names_of_predicates_are_derived_from_one_word() -> None:
    everything = [*words.NOUNS, *words.ADJECTIVES, *words.TRANSITIVE, *words.INTRANSITIVE]
    assert (
        len({words.predicate(word) for word in everything})
        == len(everything)
        == len(set(everything))
    )
    assert not {name.lower() for name in words.NAMES} & set(everything)


def test_sentences_fit_a_small_model(corpora: dict[str, list[data.Translation]]) -> None:
    assert max(len(row.sentence) for row in corpora["train"]) < 160
    assert max(len(row.formula) for row in corpora["train"]) < 200


def test_same_seed_same_rows_in_any_process_and_a_longer_draw_begins_with_the_shorter() -> None:
    rows = data.load("synthetic", split="test", size=300, seed=5).rows
    assert rows[:100] == data.load("synthetic", split="test", size=100, seed=5).rows
    assert rows != data.load("synthetic", split="test", size=300, seed=6).rows
    script = "import data; print([r.sentence for r in data.load('synthetic', split='test', size=300, seed=5)])"
    other = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == str([row.sentence for row in rows])


def test_five_thousand_pairs_take_about_a_second_at_most() -> None:
    start = time.process_time()
    data.load("synthetic", split="test", size=5000)
    assert time.process_time() - start < 2


def test_generation_does_not_end_early() -> None:
    assert sum(1 for _, _ in zip(generate("validation"), range(10_000), strict=False)) == 10_000


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"split": "dev"}, "no split 'dev'; it has train, rl, validation, test"),
        ({"split": "train", "size": 0}, "size is 0"),
        ({"split": "train", "size": "many"}, "size is 'many'"),
        ({"split": "train", "size": 10**20}, "at most 100,000,000 are made at a time"),
        ({"split": "train", "size": 10**8 + 1}, "at most 100,000,000 are made at a time"),
        ({"split": "train", "path": "x"}, "takes no path"),
        ({"split": "train", "columns": {"sentence": "s"}}, "columns apply to rows of your own"),
    ],
)
def test_wrong_settings_are_named(settings: dict, message: str) -> None:
    with pytest.raises(data.DataError, match=message):
        data.load("synthetic", **settings)


def test_unknown_name_lists_what_is_allowed() -> None:
    with pytest.raises(data.DataError, match="'folia'; allowed: synthetic, folio, malls, "):
        data.load("folia", split="train")


def test_dataset_has_prompt_completion_reference_and_sentence() -> None:
    corpus = data.load("synthetic", split="train", size=5)
    table = corpus.to_dataset()
    first = corpus.rows[0]
    assert table.column_names == ["prompt", "completion", "reference", "sentence"]
    assert table[0] == {
        "prompt": f"Sentence: {first.sentence}\nFOL:",
        "completion": " " + first.formula,
        "reference": first.formula,
        "sentence": first.sentence,
    }
    for template in ("no field", "{sentence} {formula}", "{sentence", "{0}"):
        with pytest.raises(data.DataError, match="template"):
            corpus.to_dataset(template)

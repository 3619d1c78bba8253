"""Names of the same words that are not one name, and those beside them that are."""

import itertools
import random
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import logic
from logic.judging.matching import matchings
from logic.judging.names import likeness
from logic.judging.opposites import opposed
from logic.judging.words.alike import edit_distance, word_likeness


def score(candidate: str, reference: str) -> float:
    found = logic.compare(candidate=candidate, reference=reference, names="match").score
    assert found is not None
    return found


def of_names(left: str, right: str, arity: int) -> tuple[float, float]:
    """The scores of two atoms that differ in the name, either way round."""
    arguments = ", ".join("abc"[:arity])
    first, second = f"{left}({arguments})", f"{right}({arguments})"
    return score(first, second), score(second, first)


TURNED_ROUND = [
    ("Defeated", "IsDefeated"), ("Killed", "is_killed"), ("Invited", "IsInvited"), ("Loved", "IsLoved"),
    ("Taught", "IsTaught"), ("Chased", "AreChased"), ("eaten", "IsEaten"), ("Hit", "IsHit"), ("Cut", "IsCut"),
    ("EasilyDefeated", "IsEasilyDefeated"), ("WatchedMovie", "IsWatchedMovie"), ("VotedFor", "IsVotedFor"),
    ("LaughedAt", "is_laughed_at"), ("Beat", "IsBeat"), ("Called", "BeCalled"),
    ("Like", "IsLike"), ("Work", "IsWork"), ("Walk", "IsWalk"), ("Love", "IsLove"), ("WorkIn", "IsWorkIn"),
]  # fmt: skip


@pytest.mark.parametrize(("active", "passive"), TURNED_ROUND)
def test_a_relation_is_not_what_is_before_it_makes_of_it(active: str, passive: str) -> None:
    for arity in (2, 3):
        for found in of_names(active, passive, arity):
            assert 0.9 < found < 1.0


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("LocatedIn", "IsLocatedIn"), ("MarriedTo", "is_married_to"), ("KnownFor", "IsKnownFor"),
        ("GivenTo", "isGivenTo"), ("ParentOf", "IsParentOf"), ("WorkOf", "IsWorkOf"), ("TypeOf", "IsATypeOf"),
        ("Taller", "IsTaller"), ("Need", "Needs"), ("Defeated", "defeated"), ("IsDefeated", "is_defeated"),
        ("Sacred", "IsSacred"), ("Contacts", "Contact"), ("Leaves", "Leave"), ("BornIn", "IsBornIn"),
        ("PartOf", "IsAPartOf"),
    ],
)  # fmt: skip
def test_other_relations_are_one_name(left: str, right: str) -> None:
    assert of_names(left, right, 2) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("CanRead", "CanBeRead"), ("CanHurt", "CanBeHurt"), ("CanFly", "CanBeAFly"), ("CanHit", "CanBeHit"),
        ("WillBeat", "WillBeBeat"), ("could_see", "could_be_see"),
        ("AMRadio", "Radio"), ("AM_Station", "Station"), ("AM_RADIO", "RADIO"), ("am_radio", "radio"),
        ("BEDegree", "Degree"), ("BE_DEGREE", "DEGREE"), ("ISDegree", "Degree"), ("HasAIDS", "HasAid"),
        ("HAS_AIDS", "HAS_AID"), ("SARS", "SAR"), ("sars", "sar"), ("HasAids", "HasAid"), ("IsSARS", "SAR"),
        ("HasAGrade", "HasGrade"), ("HasABloodType", "HasBloodType"), ("HasAPositiveBlood", "HasPositiveBlood"),
        ("HasAPlus", "HasPlus"), ("has_a_level", "has_level"), ("IsATypical", "IsTypical"), ("IsAMoral", "IsMoral"),
        ("is_a_theist", "is_theist"), ("IsAWalk", "Walk"), ("IsAFly", "Fly"), ("is_a_dream", "dream"),
        ("IsLike", "Like"), ("IsLikeDog", "LikeDogs"), ("IsAWalkInPark", "WalkInPark"),
        ("HasHives", "HasHive"), ("HasShingles", "HasShingle"), ("HasLeaves", "HasLeave"), ("HasPapers", "HasPaper"),
        ("HasContacts", "HasContact"), ("HasBraces", "HasBrace"), ("WorksInSales", "WorksInSale"),
        ("UsesWindows", "UsesWindow"), ("HasGravesDisease", "HasGraveDisease"), ("IsNuts", "IsNut"),
        ("wears_colored_contacts", "wears_colored_contact"),
        ("HAS", "Have"), ("IS", "BE"), ("Had", "Has"), ("Was", "Is"), ("Doe", "Does"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("arity", [1, 2])
def test_names_that_may_say_another_thing_are_never_the_same(
    left: str, right: str, arity: int
) -> None:
    assert likeness(left, right) == likeness(right, left) < 1.0
    assert max(of_names(left, right, arity)) < 1.0


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Married", "IsMarried"), ("Open", "IsOpen"), ("Cut", "IsCut"), ("Killed", "IsKilled"), ("Work", "IsWork"),
        ("IS_HUMAN", "Human"), ("ARE_HUMANS", "IsHuman"), ("HAS_CAR", "HasCars"), ("CAN_FLY", "CanFly"),
        ("STUDENTS", "Student"), ("LIKES", "Like"), ("AMRadio", "am_radio"), ("AM_RADIO", "amRadio"),
        ("HasAIDS", "has_aids"), ("SARS", "Sars"), ("USCitizens", "UsCitizen"), ("USACitizens", "USACitizen"),
        ("IsBECertified", "BECertified"), ("BeOrange", "Orange"), ("CanBeRed", "can_be_red"),
        ("HasAKey", "HasKey"), ("IsATypeOfCar", "IsTypeOfCar"), ("IsAPositiveInteger", "IsPositiveInteger"),
        ("IsATypicalStudent", "IsTypicalStudent"), ("HasASymmetricShape", "has_symmetric_shape"),
        ("IsAGuard", "Guard"), ("IsAWorkOfArt", "WorkOfArt"), ("IsAFlyFisher", "FlyFisher"), ("IsAnAnimal", "Animal"),
        ("HasAGrade", "has_a_grade"), ("Windows", "Window"), ("Leaves", "Leave"), ("Contacts", "Contact"),
        ("HasWheels", "HasWheel"), ("ReadsPapers", "ReadPaper"), ("AreNuts", "IsNut"),
        ("AidsDigestion", "AidDigestion"), ("HasCards", "HasCard"), ("IsLikely", "Likely"),
        ("Has", "Have"), ("has", "have"), ("Is", "Are"), ("is", "be"), ("Do", "Does"),
    ],
)  # fmt: skip
def test_names_beside_them_are_one(left: str, right: str) -> None:
    assert likeness(left, right) == likeness(right, left) == 1.0
    assert of_names(left, right, 1) == (1.0, 1.0)


# ---- several names that are alike ----


@pytest.mark.parametrize(
    ("candidate", "reference"),
    [
        ("∀x (am_radio(x) → radio(x))", "∀x (Radio(x) → AMRadio(x))"),
        ("∀x (fly(x) → flies(x))", "∀x (Flies(x) → Fly(x))"),
        ("∀x (works(x) → work(x))", "∀x (Work(x) → Works(x))"),
        ("∀x (IsFly(x) → Fly(x))", "∀x (fly(x) → is_fly(x))"),
        ("∀x (Cats(x) → IsCat(x))", "∀x (AreCats(x) → Cat(x))"),
        ("∀x (IsCats(x) → Cat(x))", "∀x (AreCats(x) → IsCat(x))"),
    ],
)
@pytest.mark.parametrize("others", [0, 6])
def test_an_implication_between_names_that_are_alike_is_not_turned_round(
    candidate: str, reference: str, others: int
) -> None:
    # Beside many more names the assignment is found in another way.
    more = "".join(
        f" ∧ {name}(tom)" for name in ("Ant", "Bee", "Cow", "Elk", "Fox", "Hen")[:others]
    )
    many = "".join(
        f" ∧ {name}(tom)" for name in ("ant", "bee", "cow", "elk", "fox", "hen")[:others]
    )
    assert score(candidate + more, reference + many) < 1.0
    assert score(reference + more, candidate + many) < 1.0


@pytest.mark.parametrize("others", [0, 6])
def test_names_with_the_same_letters_belong_together(others: int) -> None:
    more = "".join(
        f" ∧ {name}(tom)" for name in ("Ant", "Bee", "Cow", "Elk", "Fox", "Hen")[:others]
    )
    same = score(f"∀x (flies(x) → fly(x)){more}", f"∀x (Flies(x) → Fly(x)){more.lower()}")
    assert same == 1.0


def test_a_pinned_name_has_no_other_partner() -> None:
    ours = [("predicate", name, 1) for name in ("works", "work", "student")]
    theirs = [("predicate", name, 1) for name in ("Work", "Works", "IsStudent")]
    found = list(matchings(ours, theirs))
    assert len(found) == 1
    partners = {(m.candidate[1], m.reference[1]) for m in found[0].matches if m.candidate and m.reference}  # fmt: skip
    assert partners == {("works", "Works"), ("work", "Work"), ("student", "IsStudent")}


# ---- symmetry and time ----

NAMED = st.lists(
    st.sampled_from(
        """
        Is is_ IS_ Are Can Be BE AM Has A a_ Like Walk Fly Grade Typical Defeated AIDS Aid Leaves Leave SARS In Nuts
        """.split()
    ),
    min_size=1,
    max_size=5,
).map("".join)


@given(NAMED, NAMED)
def test_likeness_is_symmetric_and_equal_letters_and_words_are_one_name(
    left: str, right: str
) -> None:
    assert likeness(left, right) == likeness(right, left)
    assert 0.0 <= likeness(left, right) <= 1.0


@pytest.mark.parametrize(
    ("left", "right", "most", "distance"),
    [
        ("banana", "banana", 2, 0), ("banana", "bananas", 1, 1), ("banana", "abnana", 1, 1), ("banana", "banxna", 1, 1),
        ("banana", "bxnxna", 1, 2), ("banana", "bxnxna", 2, 2), ("banana", "cherry", 2, 3), ("ca", "abc", 2, 3),
        ("ca", "abc", 3, 3), ("", "ab", 2, 2), ("", "abc", 2, 3), ("abcdef", "badcfe", 3, 3),
    ],
)  # fmt: skip
def test_edit_distance_up_to_a_bound(left: str, right: str, most: int, distance: int) -> None:
    assert edit_distance(left, right, most) == edit_distance(right, left, most) == distance


def test_a_typing_error_is_found_as_before() -> None:
    assert word_likeness("mathematician", "mathematican") == pytest.approx(1 - 1 / 13)
    assert word_likeness("mathematician", "mathemtaican") == pytest.approx(1 - 2 / 13)
    assert word_likeness("mathematician", "mthmatican") == 0.0
    assert opposed("unlikely", "likely") and opposed("likely", "unlikely")


SHAPES = {
    "one word": lambda letters: f"ab{letters(42)}z",
    "a long beginning": lambda letters: f"{'a' * 38}{letters(6)}z",
    "many words": lambda letters: "_".join(letters(5) for _ in range(8)),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_two_hundred_long_names_take_little_time(shape: str) -> None:
    drawn = random.Random(7)

    def letters(count: int) -> str:
        return "".join(drawn.choices(string.ascii_lowercase, k=count))

    names = [SHAPES[shape](letters) for _ in range(400)]
    ours = [("predicate", name, 1) for name in names[:200]]
    theirs = [("predicate", name, 1) for name in names[200:]]
    started = time.process_time()
    assert list(itertools.islice(matchings(ours, theirs), 1))
    assert time.process_time() - started < 8.0  # about 1 s; 60 s and more by the whole table


def test_two_very_long_names_take_little_time() -> None:
    drawn = random.Random(7)
    left, right = (
        "ab" + "".join(drawn.choices(string.ascii_lowercase, k=2000)) + "z" for _ in "12"
    )
    started = time.process_time()
    assert likeness(left, right) == 0.0
    assert likeness("_".join(["abc"] * 900), "_".join(["abd"] * 900)) == 0.0
    assert time.process_time() - started < 1.0

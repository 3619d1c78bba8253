"""Names: what counts as one name spelled twice, what is alike, and what is opposite."""

import pytest

import logic
from logic.judging.matching import matchings
from logic.judging.names import likeness
from logic.symbols import symbols


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("DistinguishesTaste", "distinguish_taste"), ("IsStudent", "is_students"), ("family_History", "familyHistory"),
        ("has_home", "HasHome"), ("BornIn", "bornIn"), ("USCitizen", "UsCitizen"), ("likes", "Like"),
    ],
)  # fmt: skip
def test_spellings_of_one_name(left: str, right: str) -> None:
    assert likeness(left, right) == likeness(right, left) == 1.0


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Happy", "Unhappy"), ("Legal", "Illegal"), ("Possible", "Impossible"), ("Honest", "Dishonest"),
        ("Smoker", "NonSmoker"), ("AntiAbortion", "Abortion"), ("Careful", "Careless"), ("Hopeful", "Hopeless"),
        ("tom", "tim"), ("Loves", "Hates"), ("Employer", "Employee"), ("ParentOf", "ChildOf"), ("Import", "Export"),
        ("Include", "Exclude"), ("PreWar", "PostWar"), ("NotHome", "Home"), ("Man", "Woman"), ("y1976", "y1977"),
        ("IsParent", "HasParent"), ("Older", "Oldest"), ("agent1", "agent2"), ("Believes", "Disbelieves"),
        ("News", "New"), ("Hot", "Hotel"), ("North", "South"), ("Agree", "Disagree"), ("Regular", "Irregular"),
        ("NotAble", "Notable"), ("NoTable", "Notable"), ("NowHere", "NoWhere"), ("IsntHappy", "Happy"),
        ("DoesntLikeCats", "LikesCats"), ("LacksMoney", "HasMoney"), ("CantFly", "Fly"), ("LikesAll", "Likes"),
        ("IsTaughtBy", "Taught"), ("Room1_23", "Room12_3"), ("Version1_0", "Version10"), ("a1_1", "a11"),
    ],
)  # fmt: skip
def test_opposites_and_short_different_words_are_not_alike(left: str, right: str) -> None:
    assert likeness(left, right) == likeness(right, left) == 0.0
    if left[0].isupper():
        found = logic.compare(
            candidate=f"∀x (Dog(x) → {left}(x))", reference=f"∀x (Dog(x) → {right}(x))"
        )
    else:
        found = logic.compare(candidate=f"Dog({left})", reference=f"Dog({right})")
    assert found.score is not None
    assert found.score < 0.9
    assert found.verdict == "refuted"


OWN_WORDS = [
    ("Glasses", "Glass"), ("Arms", "Arm"), ("Customs", "Custom"), ("Goods", "Good"), ("News", "New"),
    ("Clothes", "Cloth"), ("Shorts", "Short"), ("Spectacles", "Spectacle"), ("Premises", "Premise"),
    ("Odds", "Odd"), ("Blues", "Blue"),
    ("Spirits", "Spirit"), ("Manners", "Manner"), ("Means", "Mean"), ("Scales", "Scale"), ("Woods", "Wood"),
    ("WearsGlasses", "WearsGlass"), ("PaysCustoms", "PaysCustom"), ("James", "Jame"),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right"), OWN_WORDS)
def test_a_plural_with_a_meaning_of_its_own_is_another_word(left: str, right: str) -> None:
    assert likeness(left, right) == likeness(right, left) < 1.0
    for name, other in ((left, right), (right, left)):
        found = logic.compare(
            candidate=f"∀x (Dog(x) → {name}(x))", reference=f"∀x (Dog(x) → {other}(x))"
        )
        assert found.score is not None and found.score < 1.0


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Cats", "Cat"), ("Boxes", "Box"), ("Cities", "City"), ("Likes", "Like"), ("Works", "Work"), ("Passes", "Pass"),
        ("Classes", "Class"), ("Watches", "Watch"), ("Remains", "Remain"), ("Horses", "Horse"), ("Numbers", "Number"),
        ("Services", "Service"), ("ReadsBooks", "ReadBook"), ("Princesses", "Princess"),
    ],
)  # fmt: skip
def test_other_plurals_and_third_persons_are_one_name(left: str, right: str) -> None:
    assert likeness(left, right) == likeness(right, left) == 1.0


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("A+", "A-"),
        ("O+", "O-"),
        ("1.5", "15"),
        ("-5", "5"),
        ("1/2", "12"),
        ("C#", "C"),
        ("C++", "C"),
        ("9:30", "930"),
    ],
)
def test_signs_in_a_name_count(left: str, right: str) -> None:
    assert likeness(left, right) == 0.0
    assert (
        logic.compare(candidate=f"Likes(tom, '{left}')", reference=f"Likes(tom, '{right}')").verdict
        == "refuted"
    )


@pytest.mark.parametrize(
    ("left", "right"),
    [("HasChild", "Child"), ("CanFly", "Fly"), ("WillWin", "DidWin"), ("HadCancer", "HasCancer"),
     ("ATypical", "Typical"), ("VitaminA", "Vitamin"), ("KnowsWill", "Knows"),
     ("CanDistinguishTaste", "DistinguishesTaste")],
)  # fmt: skip
def test_words_that_may_matter_are_never_the_same_name(left: str, right: str) -> None:
    found = logic.compare(
        candidate=f"∀x (Dog(x) → {left}(x))", reference=f"∀x (Dog(x) → {right}(x))"
    ).score
    assert found is not None and found < 1.0


@pytest.mark.parametrize(
    ("noun", "verb"),
    [("IsAFly", "Flies"), ("IsAJudge", "Judges"), ("IsModel", "Models"), ("is_guard", "guards"), ("IsOpen", "Opens"),
     ("IsDry", "Dries"), ("IsLike", "Likes"), ("BeClean", "Cleans"), ("IsCat", "Cats"), ("IsStudent", "Students")],
)  # fmt: skip
def test_a_noun_or_adjective_with_is_is_no_third_person(noun: str, verb: str) -> None:
    assert 0.45 <= likeness(noun, verb) == likeness(verb, noun) < 1.0
    found = logic.compare(candidate=f"{noun}(tweety)", reference=f"{verb}(tweety)").score
    assert found is not None and found < 1.0


@pytest.mark.parametrize(
    ("left", "right"),
    [("is_animals", "Animal"), ("IsACat", "Cat"), ("IsDogOwner", "DogOwners"), ("IsFlies", "Flies"), ("IsOpen", "Open"),
     ("IsGlass", "Glass"), ("AreBoxes", "IsBox")],
)  # fmt: skip
def test_is_before_the_same_word_is_a_spelling(left: str, right: str) -> None:
    assert likeness(left, right) == likeness(right, left) == 1.0


def test_a_fresh_name_is_fresh() -> None:
    found = logic.compare(candidate="Cats(a, a) ∨ (Cat(a) ∧ ¬Cat'(a))", reference="Cat(a, a)")
    assert found.verdict == "refuted"


@pytest.mark.parametrize(
    ("left", "right"),
    [("WinterOlympics", "WinterOlympicGames"), ("Love", "Loved"), ("Producer", "Produ")],
)
def test_names_partly_alike(left: str, right: str) -> None:
    assert 0.45 <= likeness(left, right) < 1.0


def test_a_renamed_and_rewritten_formula_is_proved() -> None:
    found = logic.compare(
        candidate="forall y (not (is_animals(y)) implies not is_cat(y))",
        reference="∀x (Cat(x) → Animal(x))",
    )
    assert (found.score, found.verdict, found.decided_by) == (1.0, "proved", "canonical")
    assert found.matching is not None
    assert {(m.candidate[1], m.reference[1]) for m in found.matching.matches if m.candidate and m.reference} == {
        ("is_animals", "Animal"), ("is_cat", "Cat"),
    }  # fmt: skip


def test_the_score_falls_with_the_quality_of_the_names() -> None:
    scores = [
        logic.compare(
            candidate=f"∀x (Dog(x) → {name}(x))", reference="∀x (Dog(x) → WinterOlympicGames(x))"
        ).score
        for name in ("WinterOlympicGames", "winter_olympic_game", "WinterOlympics", "Banana")
    ]
    assert scores[0] == scores[1] == 1.0
    assert scores[1] > scores[2] > scores[3] > 0.0  # type: ignore[operator]


def test_names_exact_takes_no_other_spelling() -> None:
    pair = {"candidate": "∀x (Cats(x) → Animal(x))", "reference": "∀x (Cat(x) → Animal(x))"}
    assert logic.compare(**pair).score == 1.0
    assert logic.compare(**pair, names="exact").verdict == "refuted"
    with pytest.raises(ValueError, match="allowed: 'match', 'exact'"):
        logic.compare(**pair, names="fuzzy")  # type: ignore[arg-type]


def test_argument_order_is_never_permuted() -> None:
    found = logic.compare(candidate="∀x ∃y Likes(y, x)", reference="∀x ∃y Like(x, y)")
    assert found.verdict == "refuted"


def test_one_symbol_is_never_matched_twice() -> None:
    found = logic.compare(candidate="Dog(rex) ∧ Dogs(rex)", reference="Dog(rex)")
    assert found.verdict == "refuted"
    ours, theirs = symbols(logic.parse("Teacher(a) ∧ Teach(a)")), symbols(logic.parse("Teaches(a)"))
    for matching in matchings(ours, theirs):
        references = [m.reference for m in matching.matches if m.reference]
        assert len(references) == len(set(references))


def test_logic_chooses_where_names_leave_it_open() -> None:
    found = logic.compare(
        candidate="WorkAtSchoolDaily(anna) ∧ ¬WorkAtSchoolWeekly(anna)",
        reference="¬WorkAtSchoolYearly(anna) ∧ WorkAtSchoolMonthly(anna)",
    )
    assert found.verdict == "proved"
    assert found.score is not None
    assert found.score < 1.0


def test_many_symbols_of_one_kind_are_assigned_optimally() -> None:
    names = [
        "AlphaNode",
        "BetaNode",
        "GammaNode",
        "DeltaNode",
        "EpsilonNode",
        "ZetaNode",
        "EtaNode",
    ]
    candidate = " ∧ ".join(f"is_{name}s(tom)" for name in reversed(names))
    reference = " ∧ ".join(f"{name}(tom)" for name in names)
    assert logic.compare(candidate=candidate, reference=reference).score == 1.0

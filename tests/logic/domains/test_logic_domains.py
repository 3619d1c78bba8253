"""Domains: formulas beyond the core are read, written and judged; a domain that does not fit together is refused."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import logic
from logic.domains import DomainError, available, get
from logic.domains.kit.skeleton import write
from logic.domains.sorted import sorted_domain

PAIRS = Path(__file__).parents[2] / "fixtures" / "domains"
SHIPPED = ["arithmetic", "counting", "deontic", "sorted", "temporal"]


def pairs(name: str) -> list[list[str]]:
    return [
        line.split("\t")
        for line in (PAIRS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    ]


@pytest.mark.parametrize("name", SHIPPED)
def test_known_pairs_are_judged_right_from_both_sides(name: str) -> None:
    rows = pairs(name)
    assert len(rows) >= 20
    for wanted, left, right in rows:
        for candidate, reference in ((left, right), (right, left)):
            found = logic.compare(
                candidate=f"FOL: {candidate}", reference=reference, names="exact", domain=name
            )
            assert found.verdict == {"same": "proved", "different": "refuted"}[wanted], (
                candidate,
                reference,
                found,
            )
            assert (found.score == 1.0) is (wanted == "same"), (candidate, reference, found.score)


def test_workers_give_the_same_scores(tmp_path: Path) -> None:
    """Also in a domain that comes by path, and for formulas that are pickled."""
    write("shop", tmp_path)
    name = f"deontic+{tmp_path / 'shop.py'}"
    rows = [
        *pairs("deontic")[::4],
        ["different", "must Pay(a) unless Free(a)", "may Pay(a) unless Free(a)"],
    ]
    formulas = [logic.parse(right, domain=name) for _, _, right in rows]
    candidates = [f"FOL: {left}" for _, left, _ in rows]
    here = logic.score(candidates=candidates, references=formulas, domain=name, workers=0)
    assert logic.score(candidates=candidates, references=formulas, domain=name, workers=1) == here
    assert None not in here


@pytest.mark.parametrize(
    ("text", "meant", "domain"),
    [
        ("□P(a) → ¬◇¬P(a)", "always P(a) → ¬eventually ¬P(a)", "temporal"),
        ("∀x □(P(x) → ◇Q(x))", "∀x always (P(x) → eventually Q(x))", "temporal"),
        ("always_on(a)", "'always_on'(a)", "temporal"),
        ("∃≥2x such that P(x) ∧ Q(x)", "∃≥2 x (P(x) ∧ Q(x))", "counting"),
        ("There are at most 2 x such that P(x) ∧ Q(x)", "∃≤2 x (P(x) ∧ Q(x))", "counting"),
        (r"\exists^{\geq 2 } x P(x)", "∃≥2 x P(x)", "counting"),
    ],
)
def test_signs_of_a_domain_stand_as_they_are_usually_written(
    text: str, meant: str, domain: str
) -> None:
    assert logic.parse(text, domain=domain) == logic.parse(meant, domain=domain)


@pytest.mark.parametrize("text", ["∃≥2} x P(x)", "∃{≥2 x P(x)", "∃≥2 such that P(such)"])
def test_half_a_counting_quantifier_is_refused(text: str) -> None:
    with pytest.raises(logic.ParseError):
        logic.parse(text, domain="counting")


def test_a_formula_knows_its_domain() -> None:
    two = logic.parse("∃≥2 x Cat(x)", domain="counting")
    assert (
        logic.equivalent(
            candidate=two, reference=logic.parse("∃x ∃y (x ≠ y ∧ Cat(x) ∧ Cat(y))")
        ).status
        == "proved"
    )
    assert logic.entails(premises=[two], conclusion=logic.parse("∃x Cat(x)")).status == "proved"
    assert logic.compare(candidate=two, reference="∃x Cat(x)").relation() == "stronger"
    assert pickle.loads(pickle.dumps(two)) == two
    found = logic.compare(
        candidate="∃x Cat(x)", reference=logic.parse("∃=2 x Cat(x)", domain="counting")
    )
    assert found.relation() == "weaker"


def test_names_are_matched_in_a_domain() -> None:
    found = logic.compare(
        candidate="∀x (Drivers(x) → must stop(x))",
        reference="∀x (Driver(x) → Obligatory Stops(x))",
        domain="deontic",
    )
    assert found.score == 1.0
    # A comparison sign and a number are no names.
    found = logic.compare(
        candidate="∀x Age(x) > 17", reference="∀x Age(x) > 18", domain="arithmetic"
    )
    assert found.verdict == "refuted" and {match.candidate for match in found.matching.matches} == {
        ("function", "Age", 1)
    }


def test_entailment_and_countermodels() -> None:
    entails = logic.entails
    age = ["∀x (Age(x) ≥ 18 → Adult(x))", "Age(anna) = 20"]
    assert entails(premises=age, conclusion="Adult(anna)", domain="arithmetic").status == "proved"
    against = entails(premises=age, conclusion="Adult(bob)", domain="arithmetic")
    assert against.status == "refuted" and "Age(" in str(against.countermodel)
    assert (
        entails(premises=["Obligatory A(a)"], conclusion="Permitted A(a)", domain="deontic").status
        == "proved"
    )
    against = entails(premises=["Obligatory A(a)"], conclusion="A(a)", domain="deontic")
    assert against.status == "refuted" and "World: {w0" in str(against.countermodel)
    seen = ["always (Asks(a) → eventually Told(a))", "Asks(a)"]
    assert (
        entails(premises=seen, conclusion="eventually Told(a)", domain="temporal").status
        == "proved"
    )
    assert entails(premises=seen, conclusion="Told(a)", domain="temporal").status == "refuted"
    assert (
        entails(premises=["∃≥3 x Cat(x)"], conclusion="∃≥2 x Cat(x)", domain="counting").status
        == "proved"
    )


def test_other_notations_say_it_in_core_terms_or_say_that_they_cannot() -> None:
    two = logic.parse("∃≥2 x Cat(x)", domain="counting")
    for dialect in ("tptp", "prover9", "smtlib", "z3py", "nltk"):
        plain = logic.parse(logic.to_text(two, dialect), dialect=dialect)
        names = "exact" if dialect not in ("tptp",) else "match"
        assert logic.compare(candidate=plain, reference=two, names=names).score == 1.0
    for name in SHIPPED:
        for example in get(name).examples:
            formula = logic.parse(example, domain=name)
            for dialect in ("ascii", "words", "latex"):
                try:
                    text = logic.to_text(formula, dialect)
                except logic.UnsupportedError as error:
                    assert "its domain writes it only in unicode, ascii, words" in str(error)
                else:
                    assert logic.parse(text, domain=name) == formula, text
    with pytest.raises(logic.UnsupportedError, match="Obligatory cannot be written in smtlib"):
        logic.to_text(logic.parse("Obligatory A(a)", domain="deontic"), "smtlib")


@pytest.mark.parametrize(
    "name, text, said",
    [
        (
            "counting",
            "∃≥99 x Cat(x)",
            "line 1, column 3: a quantifier counts to 20 at most, got 99",
        ),
        ("counting", "∃≥2 Cat(x)", "column 9: the variable 'x' stands where a formula is needed"),
        ("arithmetic", "∀x x + 1", "a term stands where a formula is needed"),
        (
            "arithmetic",
            "∀x (Age(x) > 1.5 ∧ ∃n:Int n > Age(x))",
            "column 5: 'Age' is of the sort Int in one place and of",
        ),
        ("temporal", "A(a) before B(b) before C(c)", "unexpected 'before'"),
        ("arithmetic", "1 > " + "9" * 99, "column 5: a numeral has 40 digits at most, got 99"),
        (
            "deontic",
            "Obligatory " * 60 + "P(a)",
            "more than 40 of the domain's signs within each other",
        ),
        ("deontic", "Obligatory", "the text ends in the middle of a formula"),
    ],
)
def test_errors_in_formulas_say_what_and_where(name: str, text: str, said: str) -> None:
    with pytest.raises(logic.ParseError, match=said):
        logic.parse(text, domain=name)
    assert logic.score(candidates=[text], references=["⊤"], domain=name) == [0.0]


def test_a_formula_does_not_lend_another_its_numbers() -> None:
    """Over the integers there are two different things; of any individuals that says nothing."""
    candidate, reference = (
        "P(a) ∧ (a > 0 ∨ a ≤ 0) ∧ ∃x ∃y (x ≠ y ∧ Q(x) = a)",
        "P(a) ∧ ∃x ∃y (x ≠ y ∧ Q(x) = a)",
    )
    for left, right in ((candidate, reference), (reference, candidate)):
        found = logic.compare(candidate=left, reference=right, domain="arithmetic", names="exact")
        assert found.verdict == "refuted" and found.score < 1.0


SCHOOL = sorted_domain(
    "school",
    sorts="Person; Student < Person; Course",
    signature="Takes: Student, Course; anna: Student; math: Course; teacher: Course -> Person",
)


def test_declared_sorts(monkeypatch: pytest.MonkeyPatch) -> None:
    from logic.domains import registry

    monkeypatch.setitem(registry._LOADED, "school", SCHOOL)

    def same(candidate: str, reference: str) -> bool:
        found = logic.equivalent(candidate=candidate, reference=reference, domain="school").status
        assert found in ("proved", "refuted")
        return found == "proved"

    assert same("∃x:Course x = x", "⊤")  # no declared sort is empty
    assert same("∀x:Student Person(x)", "⊤")
    assert same("∃x:Student Takes(x, math)", "∃x Takes(x, math)")
    assert same("Person(teacher(math)) ∧ Student(anna)", "⊤")
    assert not same("∀x:Person Happy(x)", "∀x:Student Happy(x)")
    for text, said in (
        ("Takes(math, anna)", "column 1: argument 1 of Takes must be a Student; math is a Course"),
        ("∀x:Person Takes(x, math)", "argument 1 of Takes must be a Student; x is a Person"),
        (
            "Takes(anna, teacher(math))",
            r"argument 2 of Takes must be a Course; teacher\(math\) is a Person",
        ),
        ("∀x:Dog Barks(x)", "column 4: unknown sort 'Dog'; declared: Person, Student, Course"),
        ("Takes(anna)", "Takes takes 2 arguments"),
    ):
        with pytest.raises(logic.ParseError, match=said):
            logic.parse(text, domain="school")
    with pytest.raises(DomainError, match="unknown sort 'Pupil'"):
        sorted_domain("bad", sorts="Student", signature="Takes: Pupil, Student")
    with pytest.raises(DomainError, match="is not SORT or SORT < SORT"):
        sorted_domain("bad", sorts="Student <")


def test_domains_are_found_by_name_or_not_at_all() -> None:
    assert set(SHIPPED) <= set(available())
    with pytest.raises(
        ValueError, match="unknown domain 'chess'; allowed: fol, arithmetic, counting"
    ):
        logic.score(candidates=["P(a)"], references=["P(a)"], domain="chess")
    with pytest.raises(ValueError, match="there is no such file"):
        get("no/such/file.py")
    with pytest.raises(ValueError, match="deontic and temporal cannot be combined"):
        get("deontic+temporal")
    for name in ("arithmetic+deontic", "temporal+arithmetic"):
        with pytest.raises(ValueError, match="states facts by functions"):
            get(name)


def test_an_entry_point_names_a_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib import metadata

    point = metadata.EntryPoint("numbers", "logic.domains.counting:DOMAIN", "folalign.domains")
    monkeypatch.setattr(
        metadata, "entry_points", lambda *, group: [point] if group == "folalign.domains" else []
    )
    assert available()["numbers"] == "logic.domains.counting:DOMAIN"
    clash = metadata.EntryPoint("counting", "elsewhere:DOMAIN", "folalign.domains")
    monkeypatch.setattr(metadata, "entry_points", lambda *, group: [clash])
    with pytest.raises(DomainError, match="two domains are called 'counting'"):
        available()


def test_domains_together() -> None:
    text = "∀x:Person (Age(x) ≥ 18 → ∃≥2 y Knows(x, y))"
    formula = logic.parse(text, domain="sorted+arithmetic+counting")
    assert str(formula) == text
    other = "∀x (Person(x) ∧ Age(x) > 17 → ¬∃≤1 y Knows(x, y))"
    found = logic.compare(candidate=other, reference=formula, domain="counting+sorted+arithmetic")
    assert found.score == 1.0 and logic.compare(candidate=formula, reference=formula).score == 1.0


def test_large_counts_are_told_apart() -> None:
    """Also where only a universe larger than the sampled ones tells two formulas apart."""
    for candidate, reference, name in (
        ("∃≥20 x Cat(x)", "∃≥19 x Cat(x)", "counting"),
        ("∃≥5 x Cat(x) ∧ ∃≥5 x ¬Cat(x) ∧ ¬∃≥11 x x = x", "⊥", "counting"),
        ("must ∃≥9 x Cat(x)", "must ∃≥10 x Cat(x)", "counting+deontic"),
    ):
        found = logic.equivalent(candidate=candidate, reference=reference, domain=name)
        assert found.status == "refuted", (candidate, reference, found)


def test_what_is_rarely_true_is_no_contradiction(tmp_path: Path) -> None:
    """Partial credit where few sampled structures satisfy a formula or the domain's axioms."""
    found = logic.compare(candidate="∃≥12 x Cat(x)", reference="∃≥3 x Cat(x)", domain="counting")
    assert found.verdict == "refuted" and found.score is not None and found.score > 0.1
    found = logic.compare(
        candidate="∃≥12 x (Cat(x) ∧ ¬Cat(x))", reference="∃≥3 x Cat(x)", domain="counting"
    )
    assert found.score == 0.02
    (tmp_path / "kin.py").write_text(
        "from logic.domains import Domain\n"
        'DOMAIN = Domain("kin", axioms=["∀x ∀y (Parent(x, y) → ¬Parent(y, x))"], examples=["Parent(anna, bob)"])\n'
    )
    kin = str(tmp_path / "kin.py")
    found = logic.compare(candidate="Sad(a) → Happy(a)", reference="Sad(a) ∧ Happy(a)", domain=kin)
    assert found.verdict == "refuted" and found.score is not None and found.score > 0.1


@pytest.mark.parametrize("count", [16, 20])
def test_large_counts_within_each_other_keep_to_the_time_allowed(count: int) -> None:
    """What Z3 does before it counts work grows without limit in them."""
    some = f"∃≥{count} x ∃≥{count} y R(x, y)"
    found = logic.compare(
        candidate=some,
        reference=f"∃≥{count} y ∃≥{count} x R(x, y)",
        domain="counting",
        budget=logic.Budget(seconds=20),
    )
    assert found.verdict != "proved"
    assert found.seconds < 20


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("∃≥3y ((∃≥2z (a = a)) → (∃≥1z (R(a, z))))", "∃=0z (∃=0y (P(a)))"),
        ("∃≥3y (P(y) ∧ P(f(y, c)))", "∃≥1y P(y)"),
    ],
)
def test_a_countermodel_says_something_of_every_symbol(one: str, other: str) -> None:
    countermodel = logic.equivalent(one, other, domain="counting").countermodel
    assert countermodel is not None
    values = [logic.holds(text, countermodel, domain="counting") for text in (one, other)]
    assert values[0] is not values[1]

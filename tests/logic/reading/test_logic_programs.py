"""Lines of programs beside and instead of formulas: assignments, calls, scripts."""

from __future__ import annotations

import pytest

import logic

F = "∀x (Dog(x) → Barks(x))"
Z3 = "formula = ForAll([x], Implies(Dog(x), Barks(x)))"


@pytest.mark.parametrize(
    "text",
    [
        f'formula = "{F}"', f"fol = '{F}'", f'conclusion = "{F}"', "conclusion = Animal(tom)", "goal = Animal(tom)",
        "premise = P(a)\nconclusion = Q(a)", "premises = [Cat(tom), Not(Dog(tom))]\nconclusion = Animal(tom)",
        "expr = read_expr('all x.(Dog(x) -> Barks(x))')", "Expression.fromstring('-all x.(Dog(x) -> Barks(x))')",
        "print(P(a))", "assert(P(a))", "prove(P(a))",
        "def f(x): return And(Dog(x), Barks(x))\nformula = Exists([x], f(x))",
        f"{Z3}\nnegated = Not(formula)", f"{Z3}\nwrong = ForAll([x], And(Dog(x), Barks(x)))",
        f"{Z3}\nassert not formula",
    ],
)  # fmt: skip
def test_a_line_of_a_program_is_no_formula(text: str) -> None:
    found = logic.read_answer(text).formula
    assert found is None or str(found) == F


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("tom = father(anna)", "tom = father(anna)"),
        ("Likes(tom, 'captain america')", "Likes(tom, 'captain america')"),
        ("Print(tom, father(anna))", "Print(tom, father(anna))"),
        ("prove(tom, anna)", "prove(tom, anna)"),
        (Z3, F),
        (f"def main():\n    pass\n{Z3}\nprint(formula)", F),
    ],
)
def test_what_only_looks_like_a_program_is_read(text: str, formula: str) -> None:
    found = logic.read_answer(text).formula
    assert found is not None
    assert str(found) == str(logic.parse(formula))


@pytest.mark.parametrize(
    "text",
    [
        "ForAll(x, Iff(Cat(x), Dog(x)))", "Imp(P(a), Q(a))", "Equiv(P(a), Q(a))", "Nand(P(a), Q(a))", "Neg(Cat(tom))",
        "Unless(P(a), Q(a))", "If(P(a), Q(a), R(a))", "(=> (Cat ?x) (Animal ?x))", "(forall ((?x Cat)) (Animal ?x))",
        "(forall ((x Cat) (y Dog)) (Chases x y))", "(forall ((x U)) (exists ((y Cat)) (Sees x y)))",
    ],
)  # fmt: skip
def test_what_joins_or_restricts_unsaid_is_refused(text: str) -> None:
    assert logic.read_answer(text).formula is None
    with pytest.raises(logic.ParseError):
        logic.parse(text)


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("(forall (?x) (=> (Cat ?x) (Animal ?x)))", "∀x (Cat(x) → Animal(x))"),
        ("(forall ((x Object)) (=> (Cat x) (Animal x)))", "∀x (Cat(x) → Animal(x))"),
        ("(declare-sort Cat 0)(assert (forall ((x Cat)) (Black x)))", "∀x Black(x)"),
        ("(declare-fun Black (Cat) Bool)(assert (forall ((x Cat)) (Black x)))", "∀x Black(x)"),
        ("If(tom, anna)", "'If'(tom, anna)"),
    ],
)
def test_what_is_said_or_restricts_nothing_is_read(text: str, formula: str) -> None:
    assert str(logic.parse(text)) == formula


@pytest.mark.parametrize("comment", ["% {}", "%{}", "/* {} */", "# {}"])
def test_a_comment_of_tptp_states_nothing(comment: str) -> None:
    commented = comment.format("fof(p2, axiom, dog(tom)).")
    for text in (
        f"{commented}\nfof(a, axiom, cat(tom)).\nfof(c, conjecture, animal(tom)).",
        f"fof(a, axiom, cat(tom)).\n{commented}\nfof(c, conjecture, animal(tom)).",
    ):
        found = logic.read_story(text)
        assert [str(each.answer.formula) for each in found] == ["cat(tom)", "animal(tom)"]


def test_what_a_file_takes_back_or_reads_otherwise_is_not_read() -> None:
    story = logic.read_story("(assert (Cat tom))\n(push)\n(assert (Dog tom))\n(pop)")
    assert [str(each.answer.formula) for each in story] == ["Cat(tom)", "None"]
    lists = (
        "set(prolog_style_variables).\nformulas(assumptions).\ncat(X) -> animal(X).\nend_of_list."
    )
    assert [each.answer.formula for each in logic.read_story(lists)] == [None]


@pytest.mark.parametrize(
    "word",
    ["Removed", "Unused", "Alternatively", "Derived", "Wrong", "Therefore", "Case 1", "Negated"],
)
def test_below_an_unknown_heading_nothing_is_a_premise(word: str) -> None:
    text = f"Premises:\nCat(tom)\n{word}:\nDog(tom)\nConclusion:\nAnimal(tom)"
    read = [str(each.answer.formula) for each in logic.read_story(text)]
    assert "Dog(tom)" not in read
    assert read[-1] == "Animal(tom)"

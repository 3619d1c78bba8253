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
        "print(P(a))", "assert(P(a))", "prove(P(a))", "print(formula)",
        f'formula = "{F}"\nprint(formula)', "show(result_2)",
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
        ("show(tom, evidence)", "show(tom, evidence)"),
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
        "(forall ((x Cat) (y Dog)) (Chases x y))",
        "{q(X)} :- p(X).", "{ q(X) ; r(X) } :- p(X)", "1 {q(X)} 1 :- p(X).",
        "(forall ((x U)) (exists ((y Cat)) (Sees x y)))",
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


_DECLARED = """from z3 import *
U = DeclareSort("U")
Cat = Function("Cat", U, BoolSort())  # is it a cat?
Dog = Function("Dog", U, BoolSort())
x = Const("x", U)  # any thing
"""


@pytest.mark.parametrize(
    "script",
    [
        "# All are cats\nf = ForAll([x], Cat(x))",
        "f = ForAll([x], Cat(x))  # every x is a cat",
        "# FOL formula\nf = ForAll([x], Cat(x))",
        "# Premise 1: All dogs are cats.\np = ForAll([x], Implies(Dog(x), Cat(x)))\n"
        "# Conclusion: All are cats.\nf = ForAll([x], Cat(x))",
        "# Premises:\np = ForAll([x], Implies(Dog(x), Cat(x)))\n# Conclusion:\nf = ForAll([x], Cat(x))",
    ],
)  # fmt: skip
def test_comments_of_a_script_that_say_what_it_says_are_passed_over(script: str) -> None:
    for text in (f"{_DECLARED}{script}", f"```python\n{_DECLARED}{script}\n```"):
        assert str(logic.read_answer(text).formula) == "∀x Cat(x)"


@pytest.mark.parametrize(
    "script",
    [
        "f = ForAll([x], Not(Cat(x)))  # not this",
        "f = ForAll([x], Cat(x))\n# wrong",
        "# The negation of the claim\nf = ForAll([x], Cat(x))",
        "p = Cat(x)  # not\nf = ForAll([x], p)",
        "f = ForAll([x],\n    # some of them\n    Cat(x))",
        "f = ForAll([x], Cat(x))  # ∃x Cat(x)",
        "# Wrong conclusion:\nf = ForAll([x], Cat(x))",
    ],
)
def test_a_comment_that_may_change_a_formula_of_a_script_makes_it_unreadable(script: str) -> None:
    for text in (f"{_DECLARED}{script}", f"```python\n{_DECLARED}{script}\n```"):
        assert logic.read_answer(text).formula is None


@pytest.mark.parametrize(
    "entry", ['"value": false', '"truth": "no"', '"used": false', '"sign": "-"']
)
def test_an_entry_beside_a_formula_of_a_story_may_take_it_back(entry: str) -> None:
    text = f'{{"premises": [{{"fol": "P(a)", {entry}}}], "conclusion": "Q(a)", "label": "False"}}'
    story = logic.read_story(text)
    assert [str(each.answer.formula) for each in story] == ["None", "Q(a)"]


def test_a_word_among_the_items_of_a_story_joins_them_all() -> None:
    story = logic.read_story('{"premises": ["P(a)", "or", "Q(a)"], "conclusion": "Q(a)"}')
    assert [str(each.answer.formula) for each in story] == ["None", "None", "None", "Q(a)"]


@pytest.mark.parametrize("line", ["-- Dog(tom)", "# Dog(tom)", "—— Dog(tom)", "--Dog(tom)"])
def test_what_may_be_a_comment_is_no_premise(line: str) -> None:
    story = logic.read_story(f"Premises:\n{line}\nConclusion:\nCat(tom)")
    assert [str(each.answer.formula) for each in story] == ["None", "Cat(tom)"]


def test_below_a_rule_stands_a_premise_or_the_conclusion() -> None:
    story = logic.read_story("Premises:\nDog(tom)\n-----\nCat(tom)")
    assert [str(each.answer.formula) for each in story] == ["Dog(tom)", "None"]
    for conclusion in (
        "-----\nConclusion: Cat(tom)",
        "∴ Cat(tom)",
        "⊢ Cat(tom)",
        "$\\therefore Cat(tom)$",
    ):
        story = logic.read_story(f"Premises:\nDog(tom)\n{conclusion}")
        read = [(each.role, str(each.answer.formula)) for each in story]
        assert read == [("premise", "Dog(tom)"), ("conclusion", "Cat(tom)")]


@pytest.mark.parametrize("word", ["where", "with", "given", "where:", "(where", "*where*", "Note"])
def test_a_line_below_a_label_that_restricts_its_formula(word: str) -> None:
    assert logic.read_answer(f"FOL: P(a)\n  {word} Q(a)").formula is None


@pytest.mark.parametrize(
    "script",
    [
        "wrong = Cat(x)", "negation = Not(Cat(x))", "counterexample = Cat(x)", "premise1 = Cat(x)", "lhs = Cat(x)",
        "formula = Cat(x)\nassumption = Dog(x)", "f1 = Cat(x)\nf2 = Dog(x)", "conclusion = Cat(x)\npremise = Dog(x)",
    ],
)  # fmt: skip
def test_the_last_formula_of_a_script_is_the_answer_only_where_it_is_called_so(script: str) -> None:
    assert logic.read_answer(f"{_DECLARED}{script}").formula is None


@pytest.mark.parametrize(
    ("script", "formula"),
    [
        ("premise1 = Cat(x)\nconclusion = ForAll([x], Cat(x))", "∀x Cat(x)"),
        ("body = Cat(x)\nevery_one = ForAll([x], body)", "∀x Cat(x)"),
        ("p, q = Bools('p q')\nf = And(p, q)", "p ∧ q"),
        ("p, q = Bools('p q')\nf = Not(p)", "¬p"),
    ],
)
def test_the_formula_of_a_script_that_is_called_so(script: str, formula: str) -> None:
    assert str(logic.read_answer(f"{_DECLARED}{script}").formula) == formula


def _roles(text: str) -> list[tuple[str, str]]:
    return [(each.role, str(each.answer.formula)) for each in logic.read_story(text)]


@pytest.mark.parametrize(
    "heading",
    [
        "Premises (in first-order logic)", "Premises - FOL", "**Premises** (FOL)", "Premises, formalized",
        "All premises", "Given", "Knowledge base",
    ],
)  # fmt: skip
def test_a_heading_of_premises_in_other_words(heading: str) -> None:
    text = f"{heading}:\nCat(tom)\nConclusion:\nAnimal(tom)"
    assert _roles(text) == [("premise", "Cat(tom)"), ("conclusion", "Animal(tom)")]


@pytest.mark.parametrize(
    "heading",
    [
        "Conclusion (FOL translation)", "Conclusion to prove", "Conclusion is", "To prove", "Final conclusion",
        "We want to show",
    ],
)  # fmt: skip
def test_a_heading_of_the_conclusion_in_other_words(heading: str) -> None:
    text = f"Premises:\nCat(tom)\n{heading}:\nAnimal(tom)"
    assert _roles(text) == [("premise", "Cat(tom)"), ("conclusion", "Animal(tom)")]


@pytest.mark.parametrize(
    "heading",
    [
        "Conclusion (contradicted)", "¬Conclusion", "Possible conclusion", "Assume for contradiction",
        "These are wrong", "Ignore the following", "Proof by contradiction", "Not given",
    ],
)  # fmt: skip
def test_below_a_heading_that_says_otherwise_nothing_is_taken(heading: str) -> None:
    read = _roles(f"Premises:\nCat(tom)\n{heading}:\nDog(tom)")
    assert all(formula != "Dog(tom)" for _, formula in read) and len(read) > 1


def test_formulas_above_the_first_heading_are_told() -> None:
    assert _roles("Cat(tom)\n∴ Animal(tom)") == [
        ("premise", "Cat(tom)"),
        ("conclusion", "Animal(tom)"),
    ]
    assert _roles("Formulas:\nCat(tom)\nConclusion:\nAnimal(tom)")[0] == ("premise", "None")


def test_of_pairs_the_last_is_the_conclusion_where_nothing_is_cut_off() -> None:
    pairs = "TEXT: Tom is a cat.\nFOL: Cat(tom)\nTEXT: Tom is an animal."
    assert _roles(pairs) == [("premise", "Cat(tom)")]
    assert _roles(f"{pairs}\nFOL: Animal(tom)")[-1] == ("conclusion", "Animal(tom)")
    tagged = "<CONCLUSION>\nTEXT: a\nFOL: Cat(tom)\n</CONCLUSION>\n<PREMISES>\nTEXT: b\nFOL: Dog(tom)\n</PREMISES>"
    assert _roles(tagged) == [("conclusion", "Cat(tom)"), ("premise", "Dog(tom)")]
    assert _roles("TEXT: a\nFOL: P(a)\n∧ Q(a)\nTEXT: b\nFOL: R(a)")[0] == ("premise", "None")


@pytest.mark.parametrize("entry", ['"conclusion_negated": true', '"premises_negated": true'])
def test_an_entry_that_denies_a_part_of_a_story(entry: str) -> None:
    read = _roles(f'{{"premises": ["P(a)"], "conclusion": "Q(a)", {entry}}}')
    assert {formula for _, formula in read} == {"None"}

"""A domain of one's own: the skeleton works as written, and mistakes are named when the domain is loaded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import logic
from logic.domains import DomainError, get
from logic.domains.kit.skeleton import write
from pipelines import cli

PAIR = [
    "--candidate",
    "∀x (Cat(x) → (Sleeps(x) unless Eats(x)))",
    "--reference",
    "∀x (Cat(x) → Sleeps(x) ∨ Eats(x))",
]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    write("shop", tmp_path)
    return tmp_path / "shop.py"


def changed(path: Path, *changes: tuple[str, str]) -> str:
    """The domain with its grammar (a change that begins with %) or its class changed."""
    for old, new in changes:
        for file in (path, path.with_suffix(".lark")):
            text = file.read_text(encoding="utf-8")
            if old in text:
                file.write_text(text.replace(old, new), encoding="utf-8")
                break
        else:
            raise AssertionError(f"{old!r} is in neither file")
    return str(path)


def test_the_skeleton_works_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["domains", "new", "shop", "--folder", str(tmp_path)]) == 0
    modal = ["domains", "new", "spies", "--modal", "--folder", str(tmp_path)]
    assert cli.main(modal) == 0
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(tmp_path), str(tmp_path)],
        capture_output=True, text=True, timeout=100, cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    shop = str(tmp_path / "shop.py")
    assert cli.main(["verify", "--domain", shop, *PAIR]) == 0
    assert cli.main(["domains", "show", shop]) == 0
    assert cli.main(["domains", "new", "shop", "--folder", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert "{left:xor} unless {right:xor}: The left is so, or else the right is." in said.out
    assert "exists already" in said.err
    assert "unless" in logic.decoding_grammar(domain=shop)


def test_the_command_lists_and_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["domains"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in ("arithmetic", "counting", "deontic", "sorted", "temporal"))
    for argv in (
        ["domains", "new"],
        ["domains", "list", "x"],
        ["domains", "new", "Bad-Name"],
        ["domains", "show", "x"],
    ):
        assert cli.main(argv) == 2
    assert (
        cli.main(["verify", "--domain", "chess", "--candidate", "P(a)", "--reference", "P(a)"]) == 2
    )
    err = capsys.readouterr().err
    assert (
        "a lower-case letter, then letters" in err
        and "--domain: unknown domain 'chess'; allowed: fol, arith" in err
    )


def test_verify_a_file_in_a_domain(tmp_path: Path) -> None:
    pairs, output = tmp_path / "pairs.jsonl", tmp_path / "out.jsonl"
    rows = [("Age(anna) > 17", "Age(anna) ≥ 18"), ("Age(anna) > 18", "Age(anna) ≥ 18")]
    pairs.write_text(
        "".join(json.dumps({"candidate": c, "reference": r}) + "\n" for c, r in rows),
        encoding="utf-8",
    )
    assert (
        cli.main(
            ["verify", "--domain", "arithmetic", "--pairs", str(pairs), "--output", str(output)]
        )
        == 1
    )
    found = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert [(row["verdict"], row["relation"]) for row in found] == [
        ("proved", "equivalent"),
        ("refuted", "stronger"),
    ]


@pytest.mark.parametrize(
    "changes, said",
    [
        ([("-> unless\n", "-> except\n")], "rule except of shop.lark has no construct"),
        ([("constructs=[Unless]", "constructs=[]")], "rule unless of shop.lark has no construct"),
        ([("    def lower(self)", "    def lowered(self)")], r"Unless \(rule unless\) has no lowering"),
        ([("    writes =", "    written =")], r"Unless \(rule unless\) has no printing"),
        ([("{right:xor}", "{wrong:xor}")], "names 'wrong'; its fields are left, right"),
        ([("{right:xor}", "{right:tight}")], "unknown place 'tight' in .*; allowed: any, iff, implies"),
        ([(" unless {right:xor}", " unless")], "leaves out 'right'"),
        ([('level = "implies"', 'level = "unary"')], "is printed as ∀x Student.x. unless Teacher.x., which does"),
        ([("{left:xor}", "{left:any}")], "Unless .rule unless. does not nest: .* its level, or a place"),
        ([('"unless" exclusive', 'UNLESS exclusive'), ("-> unless\n", '-> unless\nUNLESS.4: "unless"\n')],
         "rule unless gives 3 parts, Unless has 2 fields .left, right.; .* with _"),
        ([("exclusive -> unless", "exclusiv -> unless")], "shop.lark: Rule 'exclusiv' used but not defined"),
        ([("%extend conditional:", "%extend conditonal:")], "rule conditonal .* rules there are: listing, choice, bi"),
        ([("%extend conditional:", "conditional:")], "write %extend to add to it, or %override to replace it"),
        ([("-> unless\n", "-> unless\nAND.4: /and/\n")], "Terminal 'AND' defined more than once: write %extend"),
        ([("%extend conditional: exclusive", "%extend conditional: (exclusive")], "shop.lark, line 4, .*not a Lark"),
        ([('exclusive "unless" exclusive -> unless', "NAME -> unless")], "not LALR.1.: two rules read the same text"),
        ([("(Student(x) unless Teacher(x))", "Student(x)")], "no example uses the rule unless"),
        ([("unless Teacher(x))", "unless )")], "the example .* unexpected"),
        ([("→ Person(x))\"]", "→ Person(x))\", \"∃x (Student(x) ∧ ¬Person(x))\"]")], "axioms contradict each other"),
        ([('["∀x (Student(x) → Person(x))"]', '"∀x (Student(x) → Person(x))"')], "axioms is a list of texts, got one"),
        ([('"lend/borrow"', '"lend"')], "'lend' is no group of words: write two or more"),
        ([("→ Person(x))\"]", "→ Person(x)\"]")], "the axiom .* the text ends in the middle of a formula"),
        ([("∀x (Student(x) → Person(x))", "A(a) unless B(b)")], "core's signs alone; this one is: A.a. ∨ B.b."),
        ([("left: S.Formula", "left: list")], "Unless.left: list is none of Formula, Term"),
        ([("@dataclass(frozen=True)\n", "")], "Unless must be a dataclass"),
        ([("DOMAIN = Domain(", "print(undefined_name)\nDOMAIN = Domain(")], "shop.py: NameError"),
        ([("DOMAIN = Domain(", "DOMAIN = str(")], "TypeError"),
        ([('grammar="shop.lark"', 'grammar="nowhere.lark"')], "nowhere.lark: No such file"),
        ([("S.Or((self.left, self.right))", "S.Either(self.left)")], "Unless.lower fails: AttributeError"),
        ([("S.Or((self.left, self.right))", "'or'")], "Unless.lower must give a formula, got 'or'"),
        ([("S.Or((self.left, self.right))", "Unless(self.right, self.left)")], "RecursionError"),
    ],
)  # fmt: skip
def test_mistakes_are_named_when_the_domain_is_loaded(
    shop: Path, changes: list[tuple[str, str]], said: str
) -> None:
    with pytest.raises(DomainError, match=said) as caught:
        get(changed(shop, *changes))
    assert isinstance(caught.value, ValueError)


def test_two_domains_with_one_token(tmp_path: Path) -> None:
    write("shop", tmp_path)
    write("bank", tmp_path)
    bank = changed(tmp_path / "bank.py", ("-> unless\n", "-> except\n"), ("class Unless", "class Except"),
                   ("[Unless]", "[Except]"))  # fmt: skip
    with pytest.raises(
        DomainError, match="domains shop and bank conflict: both define the token UNLESS"
    ):
        get(f"{tmp_path / 'shop.py'}+{bank}")
    write("club", tmp_path)
    with pytest.raises(DomainError, match="domains shop and club both have a rule unless"):
        get(f"{tmp_path / 'shop.py'}+{tmp_path / 'club.py'}")


def test_words_of_a_domain(shop: Path) -> None:
    def score(candidate: str, reference: str) -> float | None:
        return logic.compare(candidate=candidate, reference=reference, domain=str(shop)).score

    assert score("∀x (Doctor(x) → Tired(x))", "∀x (Physician(x) → Tired(x))") == 1.0
    assert score("∀x (FamilyDoctor(x) → Tired(x))", "∀x (FamilyPhysician(x) → Tired(x))") == 1.0
    assert (score("Lends(anna, book)", "Borrows(anna, book)") or 0.0) < 0.3
    assert score("∀x (Student(x) → Person(x))", "⊤") == 1.0  # the domain's axiom
    quoted = logic.parse("'unless'(anna) unless Sleeps(anna)", domain=str(shop))
    assert logic.parse(str(quoted), domain=str(shop)) == quoted


SETS = """
from dataclasses import dataclass

from logic import syntax as S
from logic.domains import Construct, Domain, fresh_variable


@dataclass(frozen=True)
class Subset(Construct, S.Formula):
    writes = "{left} ⊆ {right}"
    level = "relation"
    left: S.Term
    right: S.Term

    def lower(self):
        x = fresh_variable(self)
        return S.Forall(x, S.Implies(S.Atom("In", (x, self.left)), S.Atom("In", (x, self.right))))


@dataclass(frozen=True)
class The(Construct, S.Term):
    writes = "the {kind}"
    kind: str

    def lower(self):
        return S.Constant("the " + self.kind)


DOMAIN = Domain("sets", grammar="sets.lark", constructs=[Subset, The], examples=["cats ⊆ animals ∧ In(felix, the zoo)"])
"""


def test_signs_between_terms_and_terms(tmp_path: Path) -> None:
    path = tmp_path / "sets.py"
    path.write_text(SETS, encoding="utf-8")
    grammar = '%extend primary: expression _SUBSET expression -> subset\n%extend expression: "the" NAME -> the\n'
    path.with_suffix(".lark").write_text(grammar + "_SUBSET.10: /⊆/\n", encoding="utf-8")
    domain = str(path)
    found = logic.compare(
        candidate="cats ⊆ the zoo", reference="∀v1 (In(v1, cats) → In(v1, the zoo))", domain=domain
    )
    assert found.score == 1.0  # read without a marker: ⊆ shows that it is a formula
    inner = logic.parse("∀v1 v1 ⊆ v1", domain=domain)
    assert logic.to_text(inner, "ascii") == "forall v1 forall v2 (In(v2, v1) -> In(v2, v1))"
    pytest.importorskip("llguidance")
    from decoding_walks import Walker

    assert Walker(logic.decoding_grammar(domain=domain)).admits("cats ⊆ the zoo ∧ ¬(a ⊆ b)")
    wrong = tmp_path / "wrong.py"
    wrong.write_text(SETS.replace("fresh_variable(self)", 'S.Variable("x")'), encoding="utf-8")
    with pytest.raises(
        DomainError,
        match=r"Subset\.lower binds 'x', which a formula may use too; bind fresh_variable",
    ):
        get(str(wrong))

"""What the names of a script for Z3 stand for at its end, and that it is read by Python's rules."""

from __future__ import annotations

import time

import pytest

import logic

_HEAD = """from z3 import *
U = DeclareSort('U')
P = Function('P', U, BoolSort())
Q = Function('Q', U, BoolSort())
R = Function('R', U, BoolSort())
a = Const('a', U)
x = Const('x', U)
p, q = Bools('p q')
"""
_GIVEN = _HEAD + "formula = P(a)\n"


def _read(script: str) -> str:
    found = {str(logic.read_answer(text).formula) for text in (script, f"```python\n{script}\n```")}
    assert len(found) == 1
    return found.pop()


@pytest.mark.parametrize(
    ("lines", "formula"),
    [
        ("formula = not (P(a) & Q(a))", "¬(P(a) ∧ Q(a))"),
        ("formula = not (P(a) | Q(a))", "¬(P(a) ∨ Q(a))"),
        ("f = P(a) & Q(a)\nformula = not f", "¬(P(a) ∧ Q(a))"),
        ("formula = ~(P(a) & Q(a)) == R(a)", "¬(P(a) ∧ Q(a)) ↔ R(a)"),
        ("formula = not P(a) == Q(a)", "¬(P(a) ↔ Q(a))"),
        ("formula = P(a) ^ Q(a)", "P(a) ⊕ Q(a)"),
        ("f1 = P(a)\nf2 = Q(a)\nformula = f1 ^ f2", "P(a) ⊕ Q(a)"),
        ("formula = P(a) | (Q(a) ^ R(a))", "P(a) ∨ (Q(a) ⊕ R(a))"),
        ("formula = P(a) ^ Q(a) & R(a)", "P(a) ⊕ Q(a) ∧ R(a)"),
        ("formula = P(a) ^ Q(a) ^ R(a)", "(P(a) ⊕ Q(a)) ⊕ R(a)"),
        ("formula = P(a) ^ True", "P(a) ⊕ ⊤"),
        ("formula = P(a) | True", "P(a) ∨ ⊤"),
        ("formula = p ^ q", "p ⊕ q"),
        ("formula = p == q", "p ↔ q"),
        ("formula = ForAll([x], P(x) ^ Q(x))", "∀x (P(x) ⊕ Q(x))"),
        ("formula = P(a) or (Q(a) and not (R(a) or P(a)))", "P(a) ∨ (Q(a) ∧ ¬(R(a) ∨ P(a)))"),
        ("formula = a != x", "¬(a = 'x')"),
    ],
)
def test_a_script_is_read_by_the_rules_of_python(lines: str, formula: str) -> None:
    assert logic.parse(_read(_HEAD + lines)) == logic.parse(formula)


@pytest.mark.parametrize(
    "lines",
    [
        "formula = negate(formula)", "formula = my_and(formula, Q(a))", "formula = formula.negate()",
        "fs = [formula, Q(a)]\nformula = reduce(And, fs)", "formula = Q(a) if strict else formula",
        "formula = (lambda f: Not(f))(formula)", "formula = [Not(f) for f in [formula]][0]", "formula = None",
        "formula = Bool('r')", "formula = Or", "formula = p, q", "formula += 1", "del formula",
        "g = Q(a)\nformula, g = g, formula", "for formula in [Not(P(a))]: pass", "print(formula := Not(formula))",
        "with open('f') as formula: pass", "def formula(): pass", "class formula: pass",
        "try: pass\nexcept E as formula: pass", "import os as formula", "from m import formula", "from m import *",
        "match a:\n  case formula: pass", "def f():\n  global formula\n  del formula",
        "globals()['formula'] = Not(formula)", "exec('formula = Q(a)')", "formula.x = Q(a)",
        "result = negate(formula)", "answer = formula.arg(0)", "answer = helper.negate(formula)",
        "answer = [Not(formula)]", "answer = lambda: Not(formula)", "answer = 'Not(P(a))'",
        "def answer(): return Not(formula)", "fs = [Q(a)]\nanswer = fs[0]", "fs = [Q(a)]\n[answer] = fs",
        "raise SystemExit\nformula = Q(a)", "sys.exit()\nformula = Q(a)",
    ],
)  # fmt: skip
def test_a_formula_that_a_script_replaces_is_not_taken(lines: str) -> None:
    assert _read(_GIVEN + lines) == "None"


@pytest.mark.parametrize(
    "lines",
    [
        "fs = [P(a)]\nfs.append(Q(a))\nformula = And(fs)", "fs = [P(a)]\nfs += [Q(a)]\nformula = And(fs)",
        "fs = [P(a)]\nfs[0] = Q(a)\nformula = And(fs)", "fs = [P(a)]\ngs = fs\ngs.append(Q(a))\nformula = And(fs)",
        "fs = [P(a)]\nfor l in [fs]: l.append(Q(a))\nformula = And(fs)",
        "fs = [P(a)]\nprint(grow(fs))\nformula = And(fs)",
        "f1 = P(a)\nf2 = Q(a)\nfs = [f1, f2]",
    ],
)  # fmt: skip
def test_a_list_that_may_be_changed_is_no_part_of_a_formula(lines: str) -> None:
    assert _read(_HEAD + lines) == "None"


@pytest.mark.parametrize(
    "lines",
    [
        "z3.And = Or\nformula = And(P(a), Q(a))", "from z3 import Exists as ForAll\nformula = ForAll([x], P(x))",
        "And = Or\nformula = And(P(a), Q(a))", "def And(*f): return Or(*f)\nformula = And(P(a), Q(a))",
        "Not = lambda f: f\nformula = Not(P(a))", "from my import Implies\nformula = Implies(P(a), Q(a))",
        "import my as z3\nformula = z3.Not(P(a))", "setattr(z3, 'And', Or)\nformula = And(P(a), Q(a))",
        "simplify = Not\nformula = simplify(P(a))", "from my import BoolSort\nformula = P(a)",
        "K = Function('is cat', U, BoolSort())\nL = Function('K', U, BoolSort())\nformula = Implies(K(a), L(a))",
    ],
)  # fmt: skip
def test_a_script_that_gives_a_name_of_z3_to_something_else_is_refused(lines: str) -> None:
    assert _read(_HEAD + lines) == "None"


@pytest.mark.parametrize(
    "lines",
    [
        "gs = fs or []\ngs.append(Q(a))", "gs = (fs and fs)\ngs.append(Q(a))", "gs = not fs or fs\ngs.append(Q(a))",
        "def h(): return fs\nh().append(Q(a))", "def h(): return fs\ngs = h()\ngs.append(Q(a))",
        "def h(l=fs): return l\nh().extend([Q(a)])", "class C:\n  def m(self): return fs\nC().m().append(Q(a))",
        "def h():\n  yield fs\nfor g in h(): g.append(Q(a))", "with fs as g: g.append(Q(a))",
        "d = {}\nd['x'] = fs\nd['x'].append(Q(a))", "c = Box()\nc.add(fs)\nc.model().append(Q(a))",
        "s.add(fs)\ns.pop().append(Q(a))\ns = Stack()", "q = Queue()\nq.push(fs)\nq.pop().append(Q(a))",
        "for g in [fs]: pass\ng.append(Q(a))", "def print(l): l.append(Q(a))\nprint(fs)",
        "(g, b), c = (fs, 1), 2\ng.append(Q(a))",
    ],
)  # fmt: skip
def test_a_list_that_something_else_may_hold_is_no_part_of_a_formula(lines: str) -> None:
    assert _read(_HEAD + f"fs = [P(a)]\n{lines}\nformula = And(fs)") == "None"


@pytest.mark.parametrize(
    "lines",
    [
        "def check(f): return Not(f)\nformula = P(a)\nanswer = check(formula)",
        "evaluate = lambda f: Not(f)\nformula = P(a)\nanswer = evaluate(formula)",
        "from my import negate as repr\nformula = P(a)\nanswer = repr(formula)",
        "class C:\n  def check(self, f): return Not(f)\nc = C()\nformula = P(a)\nanswer = c.check(formula)",
        "def h(): return fs\nfs = [P(a)]\nh().append(Q(a))\nformula = And(fs)",
        "P, Q = [Function(n, U, BoolSort()) for n in ('Q', 'P')]\nformula = Implies(P(a), Q(a))",
        "a, x = [x, a][:]\nformula = P(a)",
        "a, x = reversed(Consts('a x', U))\nformula = P(a)", "a, x = sorted([x, a], key=str)\nformula = P(a)",
        "(a, (b, c)) = (x, (a, x))\nformula = P(a)", "nm = 'Q'\nP = Function(nm, U, BoolSort())\nformula = P(a)",
        "from sympy import symbols\nb, c = symbols('c b')\nformula = P(b)",
        "formula = P(a)\nreturn Not(formula)", "formula = P(a)\nif c:\n    return Not(formula)",
    ],
)  # fmt: skip
def test_a_script_that_gives_a_name_another_sense_is_refused(lines: str) -> None:
    assert _read(_HEAD + lines) == "None"


@pytest.mark.parametrize(
    ("lines", "formula"),
    [
        ("fs = [P(a)]\ns = Solver()\ns.add(fs)\nprint(fs)\nformula = And(fs)", "P(a)"),
        ("def show(fs): print(fs)\nfs = [P(a)]\nformula = And(fs)", "P(a)"),
        ("formula = P(a)\ns = Solver()\ns.add(formula)\nmodel = s.model()\nprint(model.eval(formula))", "P(a)"),
        ("def check(f): return Not(f)\nformula = P(a)", "P(a)"),
        ("push = Function('push', U, U, BoolSort())\nformula = push(a, a)", "push(a, a)"),
        ("b, c = Consts(['b', 'c'], U)\nformula = P(b)", "P(b)"),
    ],
)  # fmt: skip
def test_a_script_with_names_of_its_own_is_read(lines: str, formula: str) -> None:
    assert logic.parse(_read(_HEAD + lines)) == logic.parse(formula)


@pytest.mark.parametrize(
    ("lines", "formula"),
    [
        ("formula &= Q(a)", "P(a) ∧ Q(a)"), ("formula |= Q(a)", "P(a) ∨ Q(a)"), ("formula ^= Q(a)", "P(a) ⊕ Q(a)"),
        ("formula = simplify(formula)", "P(a)"), ("formula = simplify(Not(formula))", "¬P(a)"),
        ("simplified = simplify(formula)\nprint(simplified)", "P(a)"), ("f = formula\nformula = f", "P(a)"),
        ("s = Solver()\ns.add(Not(formula))\nresult = s.check()\nprint(result)", "P(a)"),
        ("s = Solver()\ns.add(formula)\nis_valid = s.check() == unsat", "P(a)"),
        ("if __name__ == '__main__':\n    print(formula)", "P(a)"), ("prove(formula)", "P(a)"),
        ("for d in s.model().decls():\n    print(d)", "P(a)"), ("text = formula.sexpr()\nprint(f'{text}')", "P(a)"),
        ("import time\nstart = time.time()\nprint(time.time() - start)", "P(a)"),
        ("result = {'formula': formula}", "P(a)"), ("results = {}\nresults['r'] = 1", "P(a)"),
        ("g = negate(formula)\nformula = Q(a)", "Q(a)"), ("Q = R\nformula = Q(a)", "R(a)"),
        ("conj = And\nformula = Not(conj(P(a), Q(a)))", "¬(P(a) ∧ Q(a))"), ("[formula] = [Q(a)]", "Q(a)"),
        ("formula = p", "p"), ("formula = Distinct(a, x)", "a ≠ 'x'"), ("formula = Q(a)", "Q(a)"),
    ],
)  # fmt: skip
def test_a_formula_that_a_script_goes_on_with(lines: str, formula: str) -> None:
    assert logic.parse(_read(_GIVEN + lines)) == logic.parse(formula)


@pytest.mark.parametrize(
    ("script", "formula"),
    [
        (_HEAD + "premises = [P(a), Q(a)]\ns = Solver()\nfor f in premises:\n    s.add(f)\n"
         "conclusion = Implies(And(premises), R(a))\ns.add(Not(conclusion))", "P(a) ∧ Q(a) → R(a)"),
        (_HEAD + "fs = []\nfs.append(P(a))\nconclusion = R(a)\ns = Solver()\ns.add(fs)", "R(a)"),
        (_HEAD + "f1 = P(a)\nf2 = Q(a)\nfs = [f1, f2]\nboth = And(fs)", "P(a) ∧ Q(a)"),
        (_HEAD + "vars = [x]\nformula = ForAll(vars, P(x))", "∀x P(x)"),
        (_HEAD + "B = BoolSort()\nS = Function('S', U, B)\nformula = S(a) == P(a)", "S(a) ↔ P(a)"),
        (_HEAD + "K = Function('not', U, BoolSort())\nformula = K(a)", "K(a)"),
        (_HEAD + "from z3 import And, Or as Oder\nformula = Oder(P(a), Q(a))", "P(a) ∨ Q(a)"),
        ("import z3 as z\nformula = z.And(P(a), z.Not(Q(a)))", "P(a) ∧ ¬Q(a)"),
        ("import z3\nformula = z3.And(P(a), z3.Not(Q(a)))", "P(a) ∧ ¬Q(a)"),
        ("try:\n    from z3 import *\nexcept ImportError:\n    print('no')\nformula = And(P(a), Q(a))", "P(a) ∧ Q(a)"),
        ("x = Const('x', U)\nf = P(x)\ng = ForAll([x], f)", "∀x P(x)"),
        ("from sympy import *\np, q = symbols('p q')\nformula = Implies(p, q)", "p → q"),
    ],
)  # fmt: skip
def test_scripts_of_other_forms_are_read(script: str, formula: str) -> None:
    assert logic.parse(_read(script)) == logic.parse(formula)


@pytest.mark.parametrize(
    "lines",
    [
        "f = p\n" + "f = f & f\n" * 60,
        "f = p\n" + "f = f & f # b\n" * 500,
        "l = [p]\n" + "l += l\n" * 900 + "f = And(l)",
        "\n".join(" " * depth + "for i in j:" for depth in range(80)) + "\n" + " " * 80 + "pass",
    ],
    ids=["doubled", "doubled with remarks", "a list doubled", "nested loops"],
)
def test_a_hostile_script_is_refused_soon(lines: str) -> None:
    start = time.process_time()
    assert logic.read_answer(_HEAD + lines).formula is None
    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    "text",
    [
        "```lean4\ntheorem t (a : U) : P a := by\n  sorry\n```", "```lean\nexample : P a := by\n  admit\n```",
        "```\nsorry\n```",
    ],
)  # fmt: skip
def test_what_stands_for_a_proof_is_no_formula(text: str) -> None:
    assert logic.read_answer(text).formula is None
    assert str(logic.read_answer("FOL: sorry ∧ P(a)").formula) == "sorry ∧ P(a)"

"""Checks a proof line by line, and knows nothing of how it was found.

Instances are compared with substitutions made here; what is said to follow is given to Z3, each
quantified part being a proposition without inner structure, so that a step cannot use more than the
connectives and equality.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import z3

from logic import syntax as S
from logic.proving.steps.lines import Branch, Line
from logic.proving.steps.proof import Proof


class WrongStep(AssertionError):
    """A line that does not follow as it says."""


def check(proof: Proof, premises: Sequence[S.Formula], conclusion: S.Formula) -> None:
    """Raises `WrongStep` for the first line that is wrong."""
    _Checker(premises, conclusion).branch(proof.root, {}, is_root=True)


class _Checker:
    def __init__(self, premises: Sequence[S.Formula], conclusion: S.Formula) -> None:
        self.premises = premises
        self.conclusion = conclusion
        self.last = 0

    def branch(self, branch: Branch, above: Mapping[int, S.Formula], *, is_root: bool) -> None:
        seen = dict(above)
        for place, line in enumerate(branch.lines):
            self.need(line.number == self.last + 1, line, "is not numbered in order")
            self.last = line.number
            self.need(set(line.cites) <= set(seen), line, "cites what is not seen from it")
            if line.rule == "case":
                self.need(place == 0 and not is_root, line, "supposes in the middle")
            else:
                self.line(line, seen)
            seen[line.number] = line.formula
        if branch.split is not None:
            cited = [seen[number] for number in branch.split.cites]
            cases = [case.lines[0].formula for case in branch.split.cases]
            if not follows(cited, S.Or(tuple(cases)) if len(cases) > 1 else cases[0]):
                raise WrongStep(f"the cases {list(map(str, cases))} are not all there are")
            for case in branch.split.cases:
                assert case.lines[0].rule == "case"
                self.branch(case, seen, is_root=False)
        elif branch.closes:
            if not follows([seen[number] for number in branch.closes], S.Truth(False)):
                raise WrongStep(f"no contradiction between {branch.closes}")
        else:
            if not is_root or _same(branch.lines[-1].formula) != _same(self.conclusion):
                raise WrongStep("a branch ends in neither the conclusion nor a contradiction")

    def need(self, condition: bool, line: Line, what: str) -> None:
        if not condition:
            raise WrongStep(f"line {line.number}, {line.formula}, {what}")

    def line(self, line: Line, seen: Mapping[int, S.Formula]) -> None:
        cited = [seen[number] for number in line.cites]
        match line.rule:
            case "premise":
                assert line.premise is not None
                self.need(line.formula == self.premises[line.premise], line, "is no such premise")
            case "denied":
                self.need(
                    line.formula in (S.Not(self.conclusion), _undenied(self.conclusion)),
                    line,
                    "does not deny the conclusion",
                )
            case "instance" | "witness":
                self.instance(line, cited, list(seen.values()))
            case "definition":
                self.need(_is_definition(cited[0], line.formula), line, "says something else")
            case "follows" | "conclusion":
                self.need(follows(cited, line.formula), line, "does not follow")
            case _:
                raise WrongStep(f"line {line.number} has the rule {line.rule}")

    def instance(self, line: Line, cited: list[S.Formula], seen: list[S.Formula]) -> None:
        (given,) = cited
        is_denied = isinstance(given, S.Not)
        formula: Any = given.operand if isinstance(given, S.Not) else given
        universal = (line.rule == "instance") is not is_denied
        for name, term in line.values:
            kind = S.Forall if universal else S.Exists
            self.need(type(formula) is kind, line, "is of no such quantifier")
            self.need(formula.variable.name == name, line, "is of another variable")
            self.need(not _variables(term), line, "is of a term with variables")
            formula = _replaced(formula.body, {name: term})
        if line.rule == "witness":
            self.need(len(line.values) == 1, line, "has more than one new name")
            ((_, new),) = line.values
            assert isinstance(new, S.Constant)
            known = [*seen, self.conclusion]
            self.need(
                not any(new in _nodes(other) for other in known),
                line,
                "is of a name that is not new",
            )
        if is_denied:
            self.need(
                line.formula in (S.Not(formula), _undenied(formula)), line, "is another instance"
            )
        else:
            self.need(line.formula == formula, line, "is another instance")


# ---- substitution, written anew ----


def _nodes(node: S.Node) -> list[S.Node]:
    return [node, *[below for child in node.children() for below in _nodes(child)]]


def _variables(node: S.Node) -> list[S.Node]:
    return [below for below in _nodes(node) if isinstance(below, S.Variable)]


def _replaced(node: Any, values: Mapping[str, S.Term]) -> Any:
    if isinstance(node, S.Variable):
        return values.get(node.name, node)
    if isinstance(node, S.Quantified):
        inner = {name: term for name, term in values.items() if name != node.variable.name}
        return type(node)(node.variable, _replaced(node.body, inner))
    return node.rebuild([_replaced(child, values) for child in node.children()])


def _is_definition(given: Any, said: Any) -> bool:
    """Whether ∃!x φ(x) is written out as ∃x (φ(x) ∧ ∀y (φ(y) → y = x)), or both are denied."""
    if isinstance(given, S.Not) and isinstance(said, S.Not):
        return _is_definition(given.operand, said.operand)
    if not isinstance(given, S.ExistsUnique) or not isinstance(said, S.Exists):
        return False
    alone = said.body.operands[1]
    x, y = given.variable, alone.variable
    same = S.Implies(_replaced(given.body, {x.name: y}), S.Equality(y, x))
    expected = S.Exists(x, S.And((given.body, S.Forall(y, same))))
    return y not in _nodes(given) and y.name not in _bound(given) and said == expected


def _bound(node: S.Node) -> set[str]:
    return {below.variable.name for below in _nodes(node) if isinstance(below, S.Quantified)}


def _undenied(formula: S.Formula) -> S.Formula | None:
    return formula.operand if isinstance(formula, S.Not) else None


def _same(node: S.Node, bound: tuple[str, ...] = ()) -> str:
    """The same text for formulas that differ in the names of bound variables alone."""
    if isinstance(node, S.Variable) and node.name in bound:
        return f"#{bound[::-1].index(node.name)}"
    if isinstance(node, S.Quantified):
        return f"{type(node).__name__}({_same(node.body, (*bound, node.variable.name))})"
    name = getattr(node, "predicate", getattr(node, "name", getattr(node, "value", "")))
    parts = ",".join(_same(child, bound) for child in node.children())
    return f"{type(node).__name__} {name!r}({parts})"


# ---- Z3 ----

UNIVERSE = z3.DeclareSort("Checked")


def follows(cited: Sequence[S.Formula], said: S.Formula) -> bool:
    """Whether a formula follows by the connectives and equality alone."""
    solver = z3.Solver()
    solver.set("timeout", 10_000)
    for formula in cited:
        solver.add(_flat(formula))
    solver.add(z3.Not(_flat(said)))
    return solver.check() == z3.unsat


def _flat(formula: S.Formula) -> Any:
    match formula:
        case S.Truth(value):
            return z3.BoolVal(value)
        case S.Atom(name, args):
            symbol = z3.Function(f"{name}/{len(args)}", *[UNIVERSE] * len(args), z3.BoolSort())
            return symbol(*map(_term, args))
        case S.Equality(left, right):
            return _term(left) == _term(right)
        case S.Not(operand):
            return z3.Not(_flat(operand))
        case S.And(operands):
            return z3.And(*map(_flat, operands))
        case S.Or(operands):
            return z3.Or(*map(_flat, operands))
        case S.Xor(operands):
            odd = _flat(operands[0])
            for operand in operands[1:]:
                odd = z3.Xor(odd, _flat(operand))
            return odd
        case S.Implies(left, right):
            return z3.Implies(_flat(left), _flat(right))
        case S.Iff(left, right):
            return _flat(left) == _flat(right)
    return z3.Bool(_same(formula))


def _term(term: S.Node) -> Any:
    if isinstance(term, S.Function):
        places = [UNIVERSE] * (len(term.args) + 1)
        return z3.Function(f"{term.name}/{len(term.args)}", *places)(*map(_term, term.args))
    assert isinstance(term, S.Constant), term
    return z3.Const(term.name, UNIVERSE)

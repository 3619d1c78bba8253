"""Two views of a formula for comparing it: tidied, and rebuilt from its normal form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from logic import syntax as S
from logic.deciding.normal import Normal, normal_form
from logic.errors import UnsupportedError
from logic.explaining.alignment.shapes import denied, made


def prepared(formula: S.Formula) -> S.Formula:
    """The formula as it is written, but for what is mere writing.

    Double negations, brackets in chains and conditionals as consequents are gone.
    """
    match formula:
        case S.Not(operand):
            return denied(prepared(operand))
        case S.And(operands):
            return made("∧", map(prepared, operands))
        case S.Or(operands):
            return made("∨", map(prepared, operands))
        case S.Implies(left, right):
            return _conditional(prepared(left), prepared(right))
    children = []
    for child in formula.children():
        children.append(prepared(child) if isinstance(child, S.Formula) else child)
    return formula.rebuild(children)


def _conditional(condition: S.Formula, consequence: S.Formula) -> S.Formula:
    """A → (B → C) is A ∧ B → C."""
    if not isinstance(consequence, S.Implies):
        return S.Implies(condition, consequence)
    conditions = made("∧", [condition, consequence.left])
    return prepared(S.Implies(conditions, consequence.right))


def narrowed(formula: S.Formula) -> S.Formula:
    """The formula from its normal form.

    Each quantifier reaches only as far as it must, and ¬A ∨ B is a conditional.
    """
    names: dict[int, str] = {}
    for number, node in enumerate(_quantifiers(formula)):
        name = node.variable.name
        while name in names.values():
            name += "'"
        names[number] = name
    return _formula(normal_form(formula), names)


def _quantifiers(formula: S.Formula) -> Iterator[S.Quantified]:
    """The quantifiers in the order in which normalising meets and numbers them."""
    if isinstance(formula, S.ExistsUnique):
        # It counts twice and so does its body: the numbers would no longer agree.
        raise UnsupportedError("∃! is two quantifiers in normal form")
    if isinstance(formula, S.Quantified):
        yield formula
    for child in formula.children():
        if isinstance(child, S.Formula):
            yield from _quantifiers(child)


def _formula(node: Normal, names: dict[int, str]) -> S.Formula:
    """A normal form as a formula; `names` are those of its bound variables, by number."""
    match node[0]:
        case "lit":
            return _literal(node, names)
        case "and":
            return made(
                "∧",
                [_formula(part, names) for part in node[2]],
            )
        case "or":
            return _disjunction([_formula(part, names) for part in node[2]])
        case "all" | "some":
            sign = "∀" if node[0] == "all" else "∃"
            variable = S.Variable(names[node[2]])
            return made(
                sign,
                [_formula(node[3], names)],
                variable,
            )
        case "xor":
            chain = made(
                "⊕",
                [_formula(part, names) for part in node[3]],
            )
            return chain if node[2] else denied(chain)
    return S.Truth(node[0] == "true")


def _literal(node: Normal, names: dict[int, str]) -> S.Formula:
    _, _, positive, predicate, args = node
    terms = tuple([_term(arg, names) for arg in args])
    atom: S.Formula = S.Atom(_name(predicate), terms)
    if predicate == "=":
        atom = S.Equality(*terms)
    return atom if positive else S.Not(atom)


def _disjunction(parts: list[S.Formula]) -> S.Formula:
    """A conditional where some parts are denied and others are not."""
    negative: list[S.Formula] = []
    positive: list[S.Formula] = []
    for part in parts:
        side = negative if isinstance(part, S.Not) else positive
        side.append(part)
    if not negative or not positive:
        return made("∨", parts)
    condition = made("∧", map(denied, negative))
    return S.Implies(condition, made("∨", positive))


def _term(term: Any, names: dict[int, str]) -> S.Term:
    if type(term) is int:
        return S.Variable(names[term])
    if type(term) is str:
        return S.Constant(_name(term))
    symbol, *args = term
    return S.Function(
        _name(symbol),
        tuple([_term(arg, names) for arg in args]),
    )


def _name(key: str) -> str:
    """A name from `logic.deciding.normal.name_key`."""
    return key.partition(":")[2] if key[:1].isdigit() and ":" in key else key

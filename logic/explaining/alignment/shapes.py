"""The shapes a formula can be written in at its top, for comparing two formulas part by part.

¬(A ∧ B) is a disjunction of denials too, A → B a disjunction, ¬∀x A an ∃, and so on.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from logic import syntax as S
from logic.symbols import subnodes

Quantifier = type[S.Forall] | type[S.Exists] | type[S.ExistsUnique]
QUANTIFIERS: dict[str, Quantifier] = {"∀": S.Forall, "∃": S.Exists, "∃!": S.ExistsUnique}
_QUANTIFIER_SIGNS: dict[type[S.Node], str] = {kind: sign for sign, kind in QUANTIFIERS.items()}
_DUAL = {"∀": "∃", "∃": "∀"}

ATOM = 0.7
"""What an atom more or less counts for."""
_MAX_ALTERNATIVES = 4
"""Parts of a chain up to which each is tried apart, and variables of a block likewise."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A connective's or quantifier's sign, the parts below it, and the variable of a quantifier."""

    sign: str
    parts: tuple[S.Formula, ...]
    variable: S.Variable | None = None

    @property
    def formula(self) -> S.Formula:
        return made(
            self.sign,
            self.parts,
            self.variable,
        )


def denied(formula: S.Formula) -> S.Formula:
    """The negation, without a double one."""
    return formula.operand if isinstance(formula, S.Not) else S.Not(formula)


# ---- a formula of a shape ----


def made(sign: str, parts: Iterable[S.Formula], variable: S.Variable | None = None) -> S.Formula:
    """The formula of a shape.

    Conjunctions and disjunctions are flattened; chains and conditionals may have one part, and
    chains none.
    """
    operands = list(parts)
    if sign in QUANTIFIERS and variable is not None:
        return QUANTIFIERS[sign](variable, operands[0])
    if sign == "∧":
        return _flat(S.And, operands)
    if sign == "∨":
        return _flat(S.Or, operands)
    if len(operands) == 1:
        return operands[0]
    if sign == "→":
        return S.Implies(operands[0], operands[-1])
    if not operands:
        return S.Truth(sign == "↔")
    if sign == "↔":
        return S.Iff(
            operands[0],
            made("↔", operands[1:]),
        )
    return S.Xor(tuple(operands))


def _flat(kind: type[S.And] | type[S.Or], parts: list[S.Formula]) -> S.Formula:
    """A chain of which no operand is such a chain; the empty one is its neutral element."""
    operands: list[S.Formula] = []
    for part in parts:
        operands += part.operands if isinstance(part, kind) else [part]
    if not operands:
        return S.Truth(kind is S.And)
    return kind(tuple(operands)) if len(operands) > 1 else operands[0]


# ---- the shapes of a formula ----


def shapes(formula: S.Formula) -> Iterator[Shape]:
    """The shapes a formula can be written in at its top, its own first; a literal has none."""
    negative = isinstance(formula, S.Not)
    operand = formula.operand if isinstance(formula, S.Not) else formula
    match operand:
        case S.And() | S.Or():
            yield from _chain_shapes(operand, negative)
        case S.Implies():
            yield from _conditional_shapes(operand, negative)
        case S.Iff(left, right):
            yield Shape("⊕" if negative else "↔", (left, right))
            yield Shape("↔" if negative else "⊕", (denied(left), right))
        case S.Xor(parts):
            if negative:
                parts = (denied(parts[0]), *parts[1:])
            yield Shape("⊕", parts)
            if len(parts) == 2:
                yield Shape("↔", (denied(parts[0]), parts[1]))
        case S.Quantified():
            yield from _quantifier_shapes(operand, negative)


def _chain_shapes(chain: S.And | S.Or, negative: bool) -> Iterator[Shape]:
    parts = chain.operands
    if negative:
        parts = tuple(map(denied, parts))
    disjunctive = isinstance(chain, S.Or) is not negative
    yield Shape("∨" if disjunctive else "∧", parts)
    if not disjunctive or len(parts) > _MAX_ALTERNATIVES:
        return
    # ¬A ∨ B is A → B: where another part is a denial, any part may be the consequent.
    for index in reversed(range(len(parts))):
        others = [
            *parts[:index],
            *parts[index + 1 :],
        ]
        if any(isinstance(part, S.Not) for part in others):
            condition = made("∧", map(denied, others))
            yield Shape("→", (condition, parts[index]))


def _conditional_shapes(conditional: S.Implies, negative: bool) -> Iterator[Shape]:
    left, right = conditional.left, conditional.right
    if negative:
        yield Shape("∧", _chain_parts("∧", left, denied(right)))
        return
    yield Shape("→", (left, right))
    yield Shape("→", (denied(right), denied(left)))
    yield Shape("∨", _chain_parts("∨", denied(left), right))


def _quantifier_shapes(quantifier: S.Quantified, negative: bool) -> Iterator[Shape]:
    sign = _QUANTIFIER_SIGNS.get(type(quantifier))
    if sign is None:
        return
    if not negative:
        yield Shape(
            sign,
            (quantifier.body,),
            quantifier.variable,
        )
    elif sign in _DUAL:
        yield Shape(
            _DUAL[sign],
            (denied(quantifier.body),),
            quantifier.variable,
        )


def _chain_parts(sign: str, *parts: S.Formula) -> tuple[S.Formula, ...]:
    chain = made(sign, [_pushed(sign, part) for part in parts])
    return chain.operands if isinstance(chain, S.And | S.Or) else (chain,)


def _pushed(sign: str, formula: S.Formula) -> S.Formula:
    """¬(A ∨ B) as ¬A ∧ ¬B within a conjunction, and likewise within a disjunction."""
    dual = S.Or if sign == "∧" else S.And
    if isinstance(formula, S.Not) and isinstance(formula.operand, dual):
        return made(sign, map(denied, formula.operand.operands))
    return formula


# ---- further ways to take a shape apart ----


def splits(shape: Shape) -> Iterator[tuple[S.Formula, S.Formula]]:
    """The parts of a chain as two: all but one, and that one; the last first."""
    parts = shape.parts
    indices = reversed(range(len(parts)))
    for index in itertools.islice(indices, _MAX_ALTERNATIVES):
        others = [
            *parts[:index],
            *parts[index + 1 :],
        ]
        yield made(shape.sign, others), parts[index]


@dataclass(frozen=True, slots=True)
class Front:
    """A block of quantifiers with one of them in front; `swapped` where it was of another kind."""

    sign: str
    variable: S.Variable
    body: S.Formula
    swapped: bool


def fronted(shape: Shape) -> Iterator[Front]:
    """A quantifier with each variable of its block in front.

    Where another quantifier follows, then with that one in front.
    """
    sign, (body,), variable = shape.sign, shape.parts, shape.variable
    if variable is None:
        return
    yield Front(sign, variable, body, swapped=False)
    # Quantifiers of a block change places, but ∃! does not commute with itself.
    if sign != "∃!":
        yield from _block_fronts(QUANTIFIERS[sign], sign, shape)
    for below in shapes(body):
        if below.variable is None or below.sign == sign:
            continue
        rest = made(sign, below.parts, variable)
        yield Front(
            below.sign,
            below.variable,
            rest,
            swapped=True,
        )


def _block_fronts(kind: Quantifier, sign: str, shape: Shape) -> Iterator[Front]:
    """The further variables of a block of one quantifier, each in front of those before it."""
    assert shape.variable is not None
    block = [shape.variable]
    (inner,) = shape.parts
    while len(block) < _MAX_ALTERNATIVES and type(inner) is kind:
        rest = inner.body
        for outer in reversed(block):
            rest = made(sign, [rest], outer)
        yield Front(
            sign,
            inner.variable,
            rest,
            swapped=False,
        )
        block.append(inner.variable)
        inner = inner.body


def rescoped(formula: S.Formula) -> S.Formula | None:
    """∃y (B ∧ ∀x (A → C)) for ∀x (A → ∃y (B ∧ C)) and back, where A and B allow it.

    None for other formulas.
    """
    match formula:
        case S.Exists(variable, S.And(parts)):
            return _forall_outward(variable, parts)
        case S.Forall(variable, S.Implies(condition, S.Exists(inner, S.And(parts)))):
            return _exists_outward(variable, condition, inner, parts)
    return None


def _forall_outward(variable: S.Variable, parts: tuple[S.Formula, ...]) -> S.Formula | None:
    """∀x (A → ∃y (B ∧ C)) of ∃y (B ∧ ∀x (A → C))."""
    inner = next(
        (part for part in parts if isinstance(part, S.Forall)),
        None,
    )
    if inner is None or not isinstance(inner.body, S.Implies):
        return None
    condition, consequence = inner.body.left, inner.body.right
    if _mentions(condition, variable):
        return None
    rest = [part for part in parts if part is not inner]
    below = S.Exists(variable, made("∧", [*rest, consequence]))
    return S.Forall(inner.variable, S.Implies(condition, below))


def _exists_outward(
    variable: S.Variable,
    condition: S.Formula,
    inner: S.Variable,
    parts: tuple[S.Formula, ...],
) -> S.Formula | None:
    """∃y (B ∧ ∀x (A → C)) of ∀x (A → ∃y (B ∧ C))."""
    free: list[S.Formula] = []
    rest: list[S.Formula] = []
    for part in parts:
        side = rest if _mentions(part, variable) else free
        side.append(part)
    if not rest:
        return None
    below = S.Forall(
        variable,
        S.Implies(condition, made("∧", rest)),
    )
    return S.Exists(inner, made("∧", [*free, below]))


def _mentions(formula: S.Formula, variable: S.Variable) -> bool:
    return any(node == variable for node in subnodes(formula))


# ---- what a part counts for ----


def predicates(formula: S.Formula) -> list[str]:
    """The predicate of every atom, without primes."""
    names = []
    for node in subnodes(formula):
        if isinstance(node, S.Equality):
            names.append("=")
        elif isinstance(node, S.Atom):
            names.append(node.predicate.rstrip("'"))
    return names


def weight(formula: S.Formula) -> float:
    """What a part counts for that one formula has and the other has not."""
    return weight_of_atoms(len(predicates(formula)))


def weight_of_atoms(count: int) -> float:
    """What a part of so many atoms counts for."""
    return 0.5 + ATOM * max(1, count)

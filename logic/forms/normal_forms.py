"""Normal forms as formulas a person can read: negation normal form, prenex form, conjunctive normal form.

Each is equivalent to the formula it comes from, over non-empty universes as everywhere here.
(`logic.deciding.normal` has the form that the judge compares formulas by, which is no formula.)
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from logic import syntax as S
from logic.errors import UnsupportedError
from logic.judging.questions import formulas_of
from logic.nodes import SORTED, fresh_variable
from logic.reading.raw import MAX_NODES
from logic.substitution import apart, free_variables, substitute
from logic.symbols import subnodes

Prefix = list[S.Quantified]
"""Quantifiers, the outermost first; their bodies do not count."""
Clause = frozenset[S.Formula]
"""Literals, of which one is true."""


def nnf(formula: S.Formula | str, *, domain: str = "fol", dialect: str | None = None) -> S.Formula:
    """The negation normal form: ∀, ∃, ∧ and ∨ over atoms and negated atoms.

    Raises `ParseError` on bad text, `UnsupportedError` for signs of a domain that take formulas, and
    where the form would have more than `MAX_NODES` parts: ↔, ⊕ and ∃! have their parts twice.
    """
    (read,) = formulas_of([formula], domain, dialect)
    return _Negations().form(read, True)


def prenex(
    formula: S.Formula | str, *, domain: str = "fol", dialect: str | None = None
) -> S.Formula:
    """The prenex form: all quantifiers first, then a negation normal form without any.

    Bound variables that have a name in common are told apart by primes, and as few quantifiers as
    can be change places between ∀ and ∃. Raises as `nnf` does.
    """
    prefix, matrix = _pulled(nnf(formula, domain=domain, dialect=dialect))
    return _bound(prefix, matrix)


def cnf(formula: S.Formula | str, *, domain: str = "fol", dialect: str | None = None) -> S.Formula:
    """The prenex form with a conjunction of disjunctions of literals behind the quantifiers.

    It is equivalent to the formula: nothing is skolemised. Clauses that are always true and
    repeated ones are left out. Raises as `nnf` does.
    """
    prefix, matrix = _pulled(nnf(formula, domain=domain, dialect=dialect))
    return _bound(prefix, _joined(_clauses(matrix)))


# ---- negations to the literals ----


class _Negations:
    """Pushes the negations of one formula inward, and counts what it makes."""

    def __init__(self) -> None:
        self._made = 0

    def form(self, formula: S.Formula, sign: bool) -> S.Formula:
        """The form of the formula, or for a false `sign` of its negation."""
        self._made += 1
        if self._made > MAX_NODES:
            raise UnsupportedError(f"the normal form has more than {MAX_NODES} parts")
        match formula:
            case S.Not(operand):
                return self.form(operand, not sign)
            case S.Truth(value):
                return S.Truth(value is sign)
            case S.And(operands):
                return self._chain(S.And if sign else S.Or, operands, sign)
            case S.Or(operands):
                return self._chain(S.Or if sign else S.And, operands, sign)
            case S.Implies(left, right):
                parts = (self.form(left, not sign), self.form(right, sign))
                return _chained(S.Or if sign else S.And, parts)
            case S.Iff(left, right):
                return self._either_way(left, right, not sign)
            case S.Xor(operands):
                return self._odd(operands, sign)
            case S.Quantified():
                return self._quantified(formula, sign)
        return _literal(formula, sign)

    def _chain(self, kind: type[S.And | S.Or], parts: Iterable[S.Formula], sign: bool) -> S.Formula:
        return _chained(kind, [self.form(part, sign) for part in parts])

    def _either_way(self, left: S.Formula, right: S.Formula, differ: bool) -> S.Formula:
        """That the two differ in truth, or that they do not, as two clauses."""
        first = _chained(S.Or, (self.form(left, differ), self.form(right, True)))
        second = _chained(S.Or, (self.form(left, not differ), self.form(right, False)))
        return _chained(S.And, (first, second))

    def _odd(self, operands: Sequence[S.Formula], sign: bool) -> S.Formula:
        first, *others = operands
        if not others:
            return self.form(first, sign)
        rest = others[0] if len(others) == 1 else S.Xor(tuple(others))
        return self._either_way(first, rest, sign)

    def _quantified(self, formula: S.Quantified, sign: bool) -> S.Formula:
        if isinstance(formula, (*SORTED, S.Construct)):
            return _literal(formula, sign)
        if isinstance(formula, S.ExistsUnique):
            return self.form(_written_out(formula), sign)
        is_universal = isinstance(formula, S.Forall) is sign
        kind = S.Forall if is_universal else S.Exists
        return kind(formula.variable, self.form(formula.body, sign))


def _written_out(formula: S.ExistsUnique) -> S.Formula:
    """∃!x A as ∃x (A ∧ ∀y (A[y] → y = x))."""
    other = fresh_variable(formula)
    same = substitute(formula.body, {formula.variable.name: other})
    only = S.Forall(other, S.Implies(same, S.Equality(other, formula.variable)))
    return S.Exists(formula.variable, S.And((formula.body, only)))


def _literal(formula: S.Formula, sign: bool) -> S.Formula:
    """An atom, or a sign of a domain that takes terms, with its negation. Raises `UnsupportedError`."""
    if any(isinstance(child, S.Formula) for child in formula.children()):
        kind = type(formula).__name__
        raise UnsupportedError(f"{kind} has no normal form in plain first-order logic")
    return formula if sign else S.Not(formula)


def _chained(kind: type[S.And | S.Or], parts: Iterable[S.Formula]) -> S.Formula:
    """A conjunction or disjunction without another of its kind directly inside it."""
    flat: list[S.Formula] = []
    for part in parts:
        if isinstance(part, kind):
            flat += part.operands
        else:
            flat.append(part)
    return kind(tuple(flat))


# ---- quantifiers to the front ----


def _pulled(formula: S.Formula) -> tuple[Prefix, S.Formula]:
    """The quantifiers of a negation normal form, and what they leave."""
    constants = {node.name for node in subnodes(formula) if isinstance(node, S.Constant)}
    return _split(apart(formula, constants.union(free_variables(formula))))


def _split(formula: S.Formula) -> tuple[Prefix, S.Formula]:
    if isinstance(formula, S.Forall | S.Exists):
        prefix, matrix = _split(formula.body)
        return [formula, *prefix], matrix
    if not isinstance(formula, S.And | S.Or):
        return [], formula
    prefixes, parts = [], []
    for operand in formula.operands:
        prefix, part = _split(operand)
        prefixes.append(prefix)
        parts.append(part)
    return _merged(prefixes), _chained(type(formula), parts)


def _merged(prefixes: Sequence[Prefix]) -> Prefix:
    """One prefix of several: of each all quantifiers of one kind, then all of the other.

    What stands behind in its own prefix stays behind. Quantifiers of different parts may stand in
    any order, since no variable of one occurs in another.
    """
    waiting = [list(prefix) for prefix in prefixes if prefix]
    merged: Prefix = []
    kind: type[S.Quantified] | None = None
    while waiting:
        if kind is None or not any(isinstance(prefix[0], kind) for prefix in waiting):
            kind = type(waiting[0][0])
        for prefix in waiting:
            while prefix and isinstance(prefix[0], kind):
                merged.append(prefix.pop(0))
        waiting = [prefix for prefix in waiting if prefix]
    return merged


def _bound(prefix: Prefix, matrix: S.Formula) -> S.Formula:
    if isinstance(matrix, S.Truth):  # which no variable changes
        return matrix
    for quantifier in reversed(prefix):
        matrix = quantifier.rebuild([matrix])
    return matrix


# ---- clauses ----


def _clauses(formula: S.Formula) -> list[Clause]:
    """The clauses of a negation normal form without quantifiers; none of them is always true."""
    match formula:
        case S.Truth(value):
            return [] if value else [frozenset()]
        case S.And(operands):
            found = [clause for part in operands for clause in _clauses(part)]
        case S.Or(operands):
            found = [frozenset()]
            for part in operands:
                found = _multiplied(found, _clauses(part))
        case _:
            found = [frozenset([formula])]
    return list(dict.fromkeys(found))


def _multiplied(left: Sequence[Clause], right: Sequence[Clause]) -> list[Clause]:
    if len(left) * len(right) > MAX_NODES:
        raise UnsupportedError(f"the normal form has more than {MAX_NODES} clauses")
    products = [one | other for one, other in itertools.product(left, right)]
    return [clause for clause in dict.fromkeys(products) if not _is_tautology(clause)]


def _is_tautology(clause: Clause) -> bool:
    return any(S.Not(literal) in clause for literal in clause)


def _joined(clauses: Sequence[Clause]) -> S.Formula:
    parts = [_one_of(S.Or, sorted(clause, key=_place)) for clause in clauses]
    return _one_of(S.And, parts)


def _place(literal: S.Formula) -> tuple[str, bool]:
    """By which the literals of a clause are in order: by their atoms."""
    is_negated = isinstance(literal, S.Not)
    return str(literal.children()[0] if is_negated else literal), is_negated


def _one_of(kind: type[S.And | S.Or], parts: Sequence[S.Formula]) -> S.Formula:
    if not parts:
        return S.Truth(kind is S.And)
    return parts[0] if len(parts) == 1 else kind(tuple(parts))

"""Truth of a sorted formula in a structure, by the definition."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from logic import syntax as S
from logic.domains.meaning.sorts import Sorts, operation_of
from logic.domains.meaning.structures import Interpretation
from logic.errors import UnsupportedError
from logic.nodes import NUMBERS, Count, Operation, quantified_sort
from logic.symbols import Symbol, subnodes

MAX_STEPS = 5_000
"""Assignments to the variables of nested quantifiers that are tried for one formula in one structure."""

Variables = list[Any]
"""What each variable in scope denotes, by its slot."""
Evaluator = Callable[[Interpretation, Variables], Any]
Scope = dict[str, int]
"""The slot of each variable in scope."""

Connective = Callable[[list[bool]], bool]

_CONNECTIVES: dict[type[S.Node], Connective] = {
    S.Not: lambda values: not values[0],
    S.And: all,
    S.Or: any,
    S.Xor: lambda values: sum(values) % 2 == 1,
    S.Iff: lambda values: values[0] == values[1],
}


class Compiled:
    """A closed, sorted formula as nested functions.

    `exact` is False where a quantifier ranges over all numbers.
    """

    def __init__(self, formula: S.Formula, sorts: Sorts) -> None:
        self.exact = True
        self._sorts = sorts
        self._slots = 0
        self._run = self._formula(formula, {})
        self._chains = _chains(formula)
        self._nodes = sum([1 for _ in subnodes(formula)])

    def work(self, structure: Interpretation) -> int:
        """How many nodes `holds` looks at, at most; none where it raises."""
        steps = self._steps(structure)
        return steps * self._nodes if steps <= MAX_STEPS else 0

    def _steps(self, structure: Interpretation) -> int:
        """The most assignments to the variables of quantifiers within each other."""
        sizes = [
            [max(1, len(structure.elements(sort))) for sort in chain] for chain in self._chains
        ]
        return max(map(math.prod, sizes))

    def holds(self, structure: Interpretation) -> bool:
        """Truth by the definition. Raises `UnsupportedError` where that takes more than `MAX_STEPS`."""
        steps = self._steps(structure)
        if steps > MAX_STEPS:
            raise UnsupportedError(f"{steps} assignments to variables are too many to evaluate")
        return bool(self._run(structure, [None] * self._slots))

    def _formula(self, formula: S.Node, scope: Scope) -> Evaluator:
        if operation_of(formula):
            return self._term(formula, scope)
        match formula:
            case S.Atom(name, args):
                return self._symbol(("predicate", name, len(args)), args, scope)
            case S.Equality(left, right):
                return self._equality(left, right, scope)
            case S.Implies(left, right):
                return self._implication(left, right, scope)
            case S.Truth(value):
                return lambda structure, variables: value
            case S.Quantified():
                return self._quantified(formula, scope)
        connective = _CONNECTIVES.get(type(formula))
        if connective is None:
            raise _meaningless(formula)
        return self._connective(connective, formula.children(), scope)

    def _connective(
        self, connective: Connective, operands: Iterable[S.Node], scope: Scope
    ) -> Evaluator:
        parts = [self._formula(operand, scope) for operand in operands]

        # All parts are looked at, so that a structure shows what each of them speaks of.
        def evaluate(structure: Interpretation, variables: Variables) -> bool:
            values = [part(structure, variables) for part in parts]
            return connective(values)

        return evaluate

    def _implication(self, left: S.Formula, right: S.Formula, scope: Scope) -> Evaluator:
        condition = self._formula(left, scope)
        consequence = self._formula(right, scope)

        def evaluate(structure: Interpretation, variables: Variables) -> bool:
            if not condition(structure, variables):
                return True
            return bool(consequence(structure, variables))

        return evaluate

    def _equality(self, left: S.Term, right: S.Term, scope: Scope) -> Evaluator:
        one = self._term(left, scope)
        other = self._term(right, scope)

        def evaluate(structure: Interpretation, variables: Variables) -> bool:
            value = one(structure, variables)
            return bool(value == other(structure, variables))

        return evaluate

    def _quantified(self, formula: S.Quantified, scope: Scope) -> Evaluator:
        slot = self._slots
        self._slots += 1
        sort = quantified_sort(formula)
        self.exact = self.exact and sort not in NUMBERS
        body = self._formula(formula.body, {**scope, formula.variable.name: slot})
        value, enough, decide = _counting(formula)

        def evaluate(structure: Interpretation, variables: Variables) -> bool:
            count = 0
            for element in structure.elements(sort):
                variables[slot] = element
                if body(structure, variables) is value:
                    count += 1
                    if count >= enough:
                        break
            return decide(count)

        return evaluate

    def _symbol(self, symbol: Symbol, args: Iterable[S.Node], scope: Scope) -> Evaluator:
        sorts = self._sorts.of_symbol(*symbol)
        arguments = [self._term(arg, scope) for arg in args]

        def evaluate(structure: Interpretation, variables: Variables) -> Any:
            values = [argument(structure, variables) for argument in arguments]
            return structure.value(symbol, sorts, tuple(values))

        return evaluate

    def _term(self, term: S.Node, scope: Scope) -> Evaluator:
        operation = operation_of(term)
        if operation is not None:
            return self._operation(operation, term.children(), scope)
        match term:
            case S.Variable(name) if name in scope:
                slot = scope[name]
                return lambda structure, variables: variables[slot]
            case S.Variable(name) | S.Constant(name):
                return self._symbol(("constant", name, 0), (), scope)
            case S.Function(name, args):
                return self._symbol(("function", name, len(args)), args, scope)
        raise _meaningless(term)

    def _operation(self, operation: Operation, args: Iterable[S.Node], scope: Scope) -> Evaluator:
        arguments = [self._term(arg, scope) for arg in args]

        def evaluate(structure: Interpretation, variables: Variables) -> Any:
            values = [argument(structure, variables) for argument in arguments]
            return operation.evaluate(*values)

        return evaluate


def _counting(quantifier: S.Quantified) -> tuple[bool, int, Callable[[int], bool]]:
    """How a quantifier counts.

    Which instances (true or false ones), how many settle it, and what a count says.
    """
    match quantifier:
        case Count(least):
            return True, least, lambda count: count >= least
        case S.Forall():
            return False, 1, lambda count: count == 0
        case S.ExistsUnique():
            return True, 2, lambda count: count == 1
    return True, 1, lambda count: count > 0


def _chains(node: S.Node, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The sorts of the quantifiers on each way down."""
    if isinstance(node, S.Quantified):
        above = (*above, quantified_sort(node))
    below: list[tuple[str, ...]] = []
    for child in node.children():
        below += _chains(child, above)
    return list(dict.fromkeys(below)) or [above]


def _meaningless(node: S.Node) -> UnsupportedError:
    return UnsupportedError(
        f"{type(node).__name__} cannot be evaluated: it is neither lowered nor translated"
    )

"""Sorted formulas to Z3.

Over uninterpreted sorts and numbers, or with every other sort a finite enumeration.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import z3

from logic import syntax as S
from logic.deciding.z3_lowering import lower_connective
from logic.domains.meaning.sorts import Sorts, operation_of
from logic.domains.meaning.structures import Fill, SortNames, Values
from logic.errors import UnsupportedError
from logic.nodes import NUMBERS, Count, quantified_sort
from logic.symbols import Symbol

Scope = dict[str, Any]
"""The Z3 term of each variable in scope."""
Elements = dict[str, list[Any]]
"""The Z3 constants of the elements of each sort."""


class SortedLowering:
    """Translates sorted formulas into one Z3 context.

    With `universe`, each sort but numbers has that many elements and quantifiers over it are
    written out.
    """

    def __init__(
        self,
        sorts: Sorts,
        context: z3.Context,
        universe: Mapping[str, int] | None = None,
        max_nodes: int = 20_000,
    ) -> None:
        self._sorts = sorts
        self._context = context
        self.nodes_left = max_nodes
        self._z3_sorts: dict[str, Any] = {
            "Int": z3.IntSort(context),
            "Real": z3.RealSort(context),
            "Bool": z3.BoolSort(context),
        }
        self._elements: Elements = {}
        for sort, size in (universe or {}).items():
            names = [f"{sort}!{number}" for number in range(size)]
            enumeration, elements = z3.EnumSort(
                f"sort {sort}",
                names,
                ctx=context,
            )
            self._z3_sorts[sort] = enumeration
            self._elements[sort] = elements
        self._symbols: dict[Symbol, Any] = {}
        self._variables = 0

    def formula(self, formula: S.Formula) -> Any:
        """The Z3 term of a closed formula. Raises `UnsupportedError` where no more nodes are left for it."""
        nodes = self._nodes(formula)
        if nodes > self.nodes_left:
            raise UnsupportedError(f"written out, the formula has {nodes} nodes: too many for Z3")
        self.nodes_left -= nodes
        return self._formula(formula, {})

    def _nodes(self, formula: S.Node) -> int:
        """The formulas that are translated, each as often as the quantifiers around it are written out."""
        below = sum(
            [self._nodes(part) for part in formula.children() if isinstance(part, S.Formula)]
        )
        return 1 + below * (self._copies(formula) if isinstance(formula, S.Quantified) else 1)

    def _copies(self, quantifier: S.Quantified) -> int:
        """How often what a quantifier binds is translated."""
        sort = quantified_sort(quantifier)
        if sort in self._elements:
            return len(self._elements[sort])
        if isinstance(quantifier, Count):
            return quantifier.count
        return 2 if isinstance(quantifier, S.ExistsUnique) else 1

    def _formula(self, formula: S.Node, scope: Scope) -> Any:
        if operation_of(formula):
            return self._term(formula, scope)
        match formula:
            case S.Atom(name, args):
                return self._applied(("predicate", name, len(args)), args, scope)
            case S.Equality(left, right):
                one = self._term(left, scope)
                return one == self._term(right, scope)
            case S.Quantified():
                if quantified_sort(formula) in self._elements:
                    return self._written_out(formula, scope)
                return self._quantified(formula, scope)
        lowered = lower_connective(
            formula,
            lambda part: self._formula(part, scope),
            self._context,
        )
        if lowered is None:
            raise _meaningless(formula)
        return lowered

    def _written_out(self, quantifier: S.Quantified, scope: Scope) -> Any:
        """A quantifier over the elements of its sort, one case for each."""
        name = quantifier.variable.name
        cases = []
        for element in self._elements[quantified_sort(quantifier)]:
            inside = {**scope, name: element}
            cases.append(self._formula(quantifier.body, inside))
        weighted = [(case, 1) for case in cases]
        match quantifier:
            case Count(least):
                return z3.PbGe(weighted, least)
            case S.ExistsUnique():
                return z3.PbEq(weighted, 1, self._context)
            case S.Forall():
                return z3.And(*cases)
        return z3.Or(*cases)

    def _quantified(self, quantifier: S.Quantified, scope: Scope) -> Any:
        if isinstance(quantifier, Count):
            variables, bodies = self._instances(quantifier, quantifier.count, scope)
            different = z3.Distinct(*variables)
            return z3.Exists(variables, z3.And(*bodies, different))
        if isinstance(quantifier, S.ExistsUnique):
            (x, y), (body, other) = self._instances(quantifier, 2, scope)
            same = z3.Implies(other, y == x)
            return z3.Exists([x], z3.And(body, z3.ForAll([y], same)))
        variables, (body,) = self._instances(quantifier, 1, scope)
        if isinstance(quantifier, S.Forall):
            return z3.ForAll(variables, body)
        return z3.Exists(variables, body)

    def _instances(
        self, quantifier: S.Quantified, count: int, scope: Scope
    ) -> tuple[list[Any], list[Any]]:
        """Fresh variables for a quantifier's own, and its body for each of them."""
        sort = quantified_sort(quantifier)
        variables = [self._fresh(sort) for _ in range(count)]
        name = quantifier.variable.name
        bodies = []
        for variable in variables:
            inside = {**scope, name: variable}
            bodies.append(self._formula(quantifier.body, inside))
        return variables, bodies

    def _fresh(self, sort: str) -> Any:
        self._variables += 1
        name = f"x{self._variables}"
        return z3.Const(name, self._sort(sort))

    def _term(self, term: S.Node, scope: Scope) -> Any:
        operation = operation_of(term)
        if operation is not None:
            operands = [self._term(part, scope) for part in term.children()]
            value = operation.z3(*operands)
            return value if z3.is_expr(value) else self._numeral(value)
        match term:
            case S.Variable(name) if name in scope:
                return scope[name]
            case S.Variable(name) | S.Constant(name):
                return self._applied(("constant", name, 0), (), scope)
            case S.Function(name, args):
                return self._applied(("function", name, len(args)), args, scope)
        raise _meaningless(term)

    def _applied(self, symbol: Symbol, args: Sequence[S.Term], scope: Scope) -> Any:
        function = self._symbol(symbol)
        return function(*[self._term(arg, scope) for arg in args])

    def _symbol(self, symbol: Symbol) -> Any:
        if symbol not in self._symbols:
            kind = symbol[0]
            sorts = list(self._sorts.of_symbol(*symbol))
            if kind == "predicate":
                sorts.append("Bool")
            # The name is short and never one of Z3's own.
            name = f"{kind[0]}{len(self._symbols)}"
            z3_sorts = map(self._sort, sorts)
            self._symbols[symbol] = z3.Function(name, *z3_sorts)
        return self._symbols[symbol]

    def _sort(self, name: str) -> Any:
        if name not in self._z3_sorts:
            declared = z3.DeclareSort(f"sort {name}", self._context)
            self._z3_sorts[name] = declared
        return self._z3_sorts[name]

    def _numeral(self, value: Any) -> Any:
        """A numeral; one that stands beside reals is made real by Z3."""
        if value == int(value):
            return z3.IntVal(int(value), self._context)
        return z3.RealVal(str(value), self._context)

    def filler(self, model: z3.ModelRef) -> Fill:
        """Gives the values that a model has, for `Interpretation`."""

        def fill(symbol: Symbol, sorts: SortNames, args: Values) -> Any:
            value = self._value(model, symbol, sorts, args)
            if symbol[0] == "predicate":
                return bool(z3.is_true(value))
            return self._from_z3(value, sorts[-1])

        return fill

    def _value(
        self,
        model: z3.ModelRef,
        symbol: Symbol,
        sorts: SortNames,
        args: Values,
    ) -> Any:
        """What a model says of a symbol's value; what it leaves open, Z3 chooses."""
        function = self._symbol(symbol)
        terms = map(self._to_z3, args, sorts)
        return model.eval(
            function(*terms),
            model_completion=True,
        )

    def _to_z3(self, value: Any, sort: str) -> Any:
        if sort == "Int":
            return z3.IntVal(value, self._context)
        if sort in NUMBERS:
            return z3.RealVal(str(value), self._context)
        return self._elements[sort][value]

    def _from_z3(self, value: Any, sort: str) -> Any:
        """A number, or an element's place in its sort.

        Raises `UnsupportedError` for a number that is no fraction.
        """
        if sort not in NUMBERS:
            # Z3 compares terms by `eq`; `==` would make an equation of them.
            same = [element.eq(value) for element in self._elements[sort]]
            return same.index(True)
        if not z3.is_rational_value(value) and not z3.is_int_value(value):
            raise UnsupportedError(f"{value} is no fraction")
        if sort == "Int":
            return value.as_long()
        return Fraction(value.numerator_as_long(), value.denominator_as_long())


def _meaningless(node: S.Node) -> UnsupportedError:
    kind = type(node).__name__
    return UnsupportedError(
        f"{kind} has no translation into Z3: it is neither lowered nor translated"
    )

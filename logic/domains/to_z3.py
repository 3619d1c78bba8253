"""Sorted formulas to Z3: over uninterpreted sorts and numbers, or with every other sort a finite enumeration."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import z3

from logic import syntax as S
from logic.domains.nodes import NUMBERS, Count
from logic.domains.sorts import Sorts, operation_of
from logic.domains.structures import Symbol
from logic.errors import UnsupportedError
from logic.to_z3 import connective


class SortedLowering:
    """Translates sorted formulas into one Z3 context.

    With `sizes`, each sort but numbers has that many elements and quantifiers over it are written out; more than
    `max_nodes` nodes (three times as many without `sizes`) raise `UnsupportedError`.
    """

    def __init__(
        self,
        sorts: Sorts,
        context: z3.Context,
        sizes: dict[str, int] | None = None,
        max_nodes: int = 20_000,
    ) -> None:
        self._sorts = sorts
        self._context = context
        self._nodes_left = max_nodes if sizes is not None else max_nodes * 3
        self._known: dict[str, Any] = {"Int": z3.IntSort(context), "Real": z3.RealSort(context)}
        self._known["Bool"] = z3.BoolSort(context)
        self._elements: dict[str, list[Any]] = {}
        for sort, size in (sizes or {}).items():
            names = [f"{sort}!{number}" for number in range(size)]
            self._known[sort], self._elements[sort] = z3.EnumSort(
                f"sort {sort}", names, ctx=context
            )
        self._symbols: dict[Symbol, Any] = {}
        self._count = 0

    def _sort(self, name: str) -> Any:
        if name not in self._known:
            self._known[name] = z3.DeclareSort(f"sort {name}", self._context)
        return self._known[name]

    def _symbol(self, kind: str, name: str, arity: int) -> Any:
        symbol = (kind, name, arity)
        if symbol not in self._symbols:
            sorts = list(self._sorts.of_symbol(*symbol)) + (["Bool"] if kind == "predicate" else [])
            own = f"{kind[0]}{len(self._symbols)}"
            self._symbols[symbol] = z3.Function(own, *[self._sort(sort) for sort in sorts])
        return self._symbols[symbol]

    def formula(self, f: S.Node, scope: dict[str, Any]) -> Any:
        self._nodes_left -= 1
        if self._nodes_left < 0:
            raise UnsupportedError("the formula is too large to ground")
        if operation_of(f):
            return self._term(f, scope)
        match f:
            case S.Atom(name, args):
                return self._symbol("predicate", name, len(args))(
                    *[self._term(arg, scope) for arg in args]
                )
            case S.Equality(left, right):
                return self._term(left, scope) == self._term(right, scope)
            case S.Quantified():
                return self._quantified(f, scope)
        whole = connective(f, lambda part: self.formula(part, scope), self._context)
        if whole is not None:
            return whole
        raise UnsupportedError(
            f"{type(f).__name__} has no translation into Z3: it is neither lowered nor translated"
        )

    def _quantified(self, f: Any, scope: dict[str, Any]) -> Any:
        if f.sort in self._elements:
            cases = [
                self.formula(f.body, {**scope, f.variable.name: e}) for e in self._elements[f.sort]
            ]
            if isinstance(f, Count):
                return z3.PbGe([(case, 1) for case in cases], f.count)
            if isinstance(f, S.ExistsUnique):
                return z3.PbEq([(case, 1) for case in cases], 1, self._context)
            return z3.And(*cases) if isinstance(f, S.Forall) else z3.Or(*cases)
        if isinstance(f, Count):
            return self._at_least(f, scope)
        x = self._fresh(f.sort)
        body = self.formula(f.body, {**scope, f.variable.name: x})
        if isinstance(f, S.Forall):
            return z3.ForAll([x], body)
        if isinstance(f, S.Exists):
            return z3.Exists([x], body)
        y = self._fresh(f.sort)
        other = self.formula(f.body, {**scope, f.variable.name: y})
        return z3.Exists([x], z3.And(body, z3.ForAll([y], z3.Implies(other, y == x))))

    def _at_least(self, f: Count, scope: dict[str, Any]) -> Any:
        """∃ with one variable for each element, all different."""
        xs = [self._fresh(f.sort) for _ in range(f.count)]
        bodies = [self.formula(f.body, {**scope, f.variable.name: x}) for x in xs]
        return z3.Exists(xs, z3.And(*bodies, z3.Distinct(*xs)))

    def _fresh(self, sort: str) -> Any:
        self._count += 1
        return z3.Const(f"x{self._count}", self._sort(sort))

    def _term(self, term: S.Node, scope: dict[str, Any]) -> Any:
        if operation := operation_of(term):
            value = operation.z3(*[self._term(arg, scope) for arg in term.children()])
            return value if z3.is_expr(value) else self._number(value)
        match term:
            case S.Variable(name) if name in scope:
                return scope[name]
            case S.Variable(name) | S.Constant(name):
                return self._symbol("constant", name, 0)()
            case S.Function(name, args):
                return self._symbol("function", name, len(args))(
                    *[self._term(arg, scope) for arg in args]
                )
        raise UnsupportedError(
            f"{type(term).__name__} has no translation into Z3: it is neither lowered nor translated"
        )

    def _number(self, value: Any) -> Any:
        """A numeral; one that stands beside reals is made real by Z3."""
        whole = value == int(value)
        return (
            z3.IntVal(int(value), self._context) if whole else z3.RealVal(str(value), self._context)
        )

    def filler(
        self, model: z3.ModelRef
    ) -> Callable[[Symbol, tuple[str, ...], tuple[Any, ...]], Any]:
        """Gives the values that a model has, for `Interpretation`."""

        def to_z3(value: Any, sort: str) -> Any:
            if sort in NUMBERS:
                return (
                    z3.IntVal(value, self._context)
                    if sort == "Int"
                    else z3.RealVal(str(value), self._context)
                )
            return self._elements[sort][value]

        def from_z3(value: Any, sort: str) -> Any:
            if sort in NUMBERS:
                if not z3.is_rational_value(value) and not z3.is_int_value(value):
                    raise UnsupportedError(f"{value} is no fraction")
                return (
                    value.as_long()
                    if sort == "Int"
                    else Fraction(value.numerator_as_long(), value.denominator_as_long())
                )
            return next(i for i, element in enumerate(self._elements[sort]) if element.eq(value))

        def fill(symbol: Symbol, sorts: tuple[str, ...], args: tuple[Any, ...]) -> Any:
            applied = self._symbol(*symbol)(
                *[to_z3(arg, sort) for arg, sort in zip(args, sorts, strict=False)]
            )
            value = model.eval(applied, model_completion=True)
            return (
                bool(z3.is_true(value)) if symbol[0] == "predicate" else from_z3(value, sorts[-1])
            )

        return fill

"""Formula to Z3, over one uninterpreted sort, or grounded over a universe of fixed size."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, product
from typing import Any

import z3

from logic import syntax as S
from logic.deciding.structure import Structure
from logic.errors import UnsupportedError
from logic.signatures.signature import Signature
from logic.symbols import subnodes

_MAX_ROWS = 4096
"""Rows up to which a table of a countermodel is kept whole."""


def lower_connective(
    f: S.Node, translate: Callable[[S.Formula], Any], context: z3.Context
) -> Any | None:
    """A connective or truth value whose parts `translate` gives; None where the node is none.

    Of the parts of ⊕ and ↔ those with most of these signs come last: what Z3 does before it counts
    work takes time that doubles with each one within the first part of another.
    """
    match f:
        case S.Not(operand):
            return z3.Not(translate(operand))
        case S.And(operands):
            return z3.And(*[translate(part) for part in operands])
        case S.Or(operands):
            return z3.Or(*[translate(part) for part in operands])
        case S.Xor(operands):
            lightest_first = sorted(operands, key=_equivalences)
            *first, last = [translate(part) for part in lightest_first]
            for part in reversed(first):
                last = z3.Xor(part, last)
            return last
        case S.Implies(left, right):
            return z3.Implies(translate(left), translate(right))
        case S.Iff(left, right):
            lighter, heavier = sorted((left, right), key=_equivalences)
            return translate(lighter) == translate(heavier)
        case S.Truth(value):
            return z3.BoolVal(value, context)
    return None


def _equivalences(f: S.Formula) -> int:
    """How many ⊕ and ↔ a formula has."""
    return sum([isinstance(node, S.Xor | S.Iff) for node in subnodes(f)])


def _all_of(parts: Sequence[Any], context: z3.Context) -> Any:
    """`z3.And(*parts)`, for parts that are formulas for sure.

    Z3's own function looks up the sort of each part in turn, which takes longer than what it is for
    where a grounding has some ten thousands of them.
    """
    return z3.BoolRef(z3.Z3_mk_and(context.ref(), len(parts), _array(parts)), context)


def _one_of(parts: Sequence[Any], context: z3.Context) -> Any:
    """`z3.Or(*parts)` likewise."""
    return z3.BoolRef(z3.Z3_mk_or(context.ref(), len(parts), _array(parts)), context)


def _array(parts: Sequence[Any]) -> Any:
    return (z3.Ast * len(parts))(*[part.ast for part in parts])


class Lowering:
    """Translates formulas of one signature into one Z3 context; free variables are constants."""

    def __init__(self, signature: Signature, context: z3.Context) -> None:
        self.context = context
        self.universe = z3.DeclareSort("U", context)
        self.predicates: dict[tuple[str, int], Any] = {}
        self.functions: dict[tuple[str, int], Any] = {}
        self.constants: dict[str, Any] = {}
        boolean = z3.BoolSort(context)
        for index, (name, arity) in enumerate(signature.predicates):
            arguments = [self.universe] * arity
            self.predicates[name, arity] = z3.Function(f"p{index}", *arguments, boolean)
        for index, (name, arity) in enumerate(signature.functions):
            arguments = [self.universe] * arity
            self.functions[name, arity] = z3.Function(f"f{index}", *arguments, self.universe)
        for index, name in enumerate(signature.constants):
            self.constants[name] = z3.Const(f"c{index}", self.universe)
        self._variables = 0

    def formula(self, f: S.Formula, scope: dict[str, Any] | None = None) -> Any:
        scope = scope or {}
        match f:
            case S.Atom(name, args):
                predicate = self.predicates[name, len(args)]
                return predicate(*[self.term(arg, scope) for arg in args])
            case S.Equality(left, right):
                return self.term(left, scope) == self.term(right, scope)
            case S.Quantified():
                return self.quantified(f, scope)
        whole = lower_connective(f, lambda part: self.formula(part, scope), self.context)
        if whole is not None:
            return whole
        raise UnsupportedError(
            f"{type(f).__name__} has no translation into Z3 in plain first-order logic"
        )

    def quantified(self, f: S.Quantified, scope: dict[str, Any]) -> Any:
        x = self.fresh()
        body = self.formula(f.body, {**scope, f.variable.name: x})
        if isinstance(f, S.Forall):
            return z3.ForAll([x], body)
        if isinstance(f, S.Exists):
            return z3.Exists([x], body)
        y = self.fresh()
        other = self.formula(f.body, {**scope, f.variable.name: y})
        no_other = z3.ForAll([y], z3.Implies(other, y == x))
        return z3.Exists([x], z3.And(body, no_other))

    def fresh(self) -> Any:
        self._variables += 1
        return z3.Const(f"x{self._variables}", self.universe)

    def term(self, term: S.Node, scope: dict[str, Any]) -> Any:
        match term:
            case S.Variable(name):
                return scope[name] if name in scope else self.constants[name]
            case S.Constant(name):
                return self.constants[name]
            case S.Function(name, args):
                function = self.functions[name, len(args)]
                return function(*[self.term(arg, scope) for arg in args])
        raise UnsupportedError(
            f"{type(term).__name__} has no translation into Z3 in plain first-order logic"
        )


class Grounding:
    """Translates formulas into propositional Z3 terms over the universe {0, …, size-1}.

    A function value is one of `size` Booleans per tuple of arguments; `axioms` say that exactly one holds.
    What a formula grounds to is counted before it is: it can be large for a short one, as one atom with n constants
    has sizeⁿ cases.
    """

    def __init__(
        self, signature: Signature, size: int, context: z3.Context, max_nodes: int
    ) -> None:
        self.signature = signature
        self.size = size
        self.context = context
        self._max_nodes = max_nodes
        self._atoms: dict[tuple[Any, ...], Any] = {}
        self._axioms: list[Any] = []

    def axioms(self) -> list[Any]:
        return self._axioms

    def holds(self, predicate: str, args: tuple[int, ...]) -> Any:
        return self._atom(("p", predicate, len(args), args))

    def value(self, function: str, args: tuple[int, ...]) -> list[Any]:
        """The Booleans `function(args) = e`, one for each element e."""
        arity = len(args)
        cells = [self._atom(("f", function, arity, args, element)) for element in range(self.size)]
        marker = ("defined", function, arity, args)
        if marker not in self._atoms:
            self._atoms[marker] = True
            self._axioms.append(_one_of(cells, self.context))
            for pair in combinations(cells, 2):
                self._axioms.append(z3.Not(_all_of(pair, self.context)))
        return cells

    def _atom(self, name: tuple[Any, ...]) -> Any:
        if name not in self._atoms:
            self._atoms[name] = z3.Bool(f"a{len(self._atoms)}", self.context)
        return self._atoms[name]

    def formula(self, f: S.Formula) -> Any:
        """Raises `UnsupportedError` where the grounding would have more than `max_nodes`."""
        nodes = self._nodes(f, frozenset())
        if nodes > self._max_nodes:
            raise UnsupportedError(
                f"over {self.size} elements the formula grounds to {nodes} nodes; "
                f"{self._max_nodes} are allowed"
            )
        return self._formula(f, {})

    def _nodes(self, node: S.Node, bound: frozenset[str]) -> int:
        """The nodes that a formula grounds to, or that the values of a term do.

        A case is a conjunction of one condition for each argument that is open.
        """
        if isinstance(node, S.Quantified):
            return 1 + self.size * self._nodes(node.body, bound | {node.variable.name})
        below = sum([self._nodes(child, bound) for child in node.children()])
        match node:
            case S.Variable() | S.Constant():
                return 0
            case S.Function(_, args):
                return below + self.size * self._cases(args, bound)
            case S.Atom() | S.Equality():
                return 1 + below + self._cases(node.children(), bound)
        return 1 + below

    def _cases(self, args: tuple[S.Node, ...], bound: frozenset[str]) -> int:
        """The nodes of all cases of an application; one where the arguments are bound variables."""
        open_args = 0
        for arg in args:
            is_bound = isinstance(arg, S.Variable) and arg.name in bound
            open_args += not is_bound
        cases: int = self.size**open_args
        return cases * max(1, open_args)

    def _formula(self, f: S.Formula, scope: dict[str, int]) -> Any:
        match f:
            case S.Atom(name, args):
                return self.over_values(args, scope, functools.partial(self.holds, name))
            case S.Equality(left, right):
                return self.over_values((left, right), scope, self._are_same)
            case S.Quantified():
                return self._quantified(f, scope)
        lowered = lower_connective(
            f,
            lambda part: self._formula(part, scope),
            self.context,
        )
        if lowered is None:
            reason = f"{type(f).__name__} cannot be grounded in plain first-order logic"
            raise UnsupportedError(reason)
        return lowered

    def _are_same(self, elements: tuple[int, ...]) -> Any:
        first, second = elements
        return z3.BoolVal(first == second, self.context)

    def _quantified(self, f: S.Quantified, scope: dict[str, int]) -> Any:
        cases = []
        for element in range(self.size):
            inside = {**scope, f.variable.name: element}
            cases.append(self._formula(f.body, inside))
        if isinstance(f, S.Forall):
            return _all_of(cases, self.context)
        if isinstance(f, S.Exists):
            return _one_of(cases, self.context)
        weighted = [(case, 1) for case in cases]
        return z3.PbEq(weighted, 1, self.context)

    def over_values(
        self,
        args: tuple[S.Node, ...],
        scope: dict[str, int],
        leaf: Callable[[tuple[int, ...]], Any],
    ) -> Any:
        """A disjunction over the values that the arguments may have.

        Where they are known it is the leaf itself.
        """
        cases = []
        for elements, conditions in self._choices(args, scope):
            cases.append(_all_of([*conditions, leaf(elements)], self.context))
        return _one_of(cases, self.context) if len(cases) > 1 else cases[0]

    def _choices(
        self, args: tuple[S.Node, ...], scope: dict[str, int]
    ) -> Iterator[tuple[tuple[int, ...], list[Any]]]:
        """The elements that arguments may denote together, with the conditions that they do."""
        values = [self.values(arg, scope) for arg in args]
        for choice in product(*values):
            elements = tuple([element for element, _ in choice])
            conditions = [condition for _, condition in choice if condition is not None]
            yield elements, conditions

    def values(self, term: S.Node, scope: dict[str, int]) -> list[tuple[int, Any]]:
        """The elements a term may denote, each with its condition (None: there is no choice)."""
        match term:
            case S.Variable(name) if name in scope:
                return [(scope[name], None)]
            case S.Variable(name) | S.Constant(name):
                cells = self.value(name, ())
                return list(enumerate(cells))
            case S.Function(name, args):
                return self._function_values(name, args, scope)
        reason = f"{type(term).__name__} cannot be grounded in plain first-order logic"
        raise UnsupportedError(reason)

    def _function_values(
        self, name: str, args: tuple[S.Node, ...], scope: dict[str, int]
    ) -> list[tuple[int, Any]]:
        cases: list[list[Any]] = [[] for _ in range(self.size)]
        for elements, conditions in self._choices(args, scope):
            cells = self.value(name, elements)
            for element, cell in enumerate(cells):
                cases[element].append(_all_of([*conditions, cell], self.context))
        return [
            (element, _one_of(conditions, self.context)) for element, conditions in enumerate(cases)
        ]

    def _rows(self, kind: str, name: str, arity: int) -> Iterable[tuple[int, ...]]:
        """The arguments for which a symbol's table has a row.

        They are all, or those that were grounded where all are too many.
        """
        if self.size**arity <= _MAX_ROWS:
            return product(range(self.size), repeat=arity)
        symbol = (kind, name, arity)
        return dict.fromkeys([atom[3] for atom in self._atoms if atom[:3] == symbol])

    def structure(self, model: z3.ModelRef) -> Structure:
        """The structure that a Z3 model of the grounding describes.

        What the model leaves open is false or 0. A table with more than `_MAX_ROWS` rows is kept
        where the formula speaks of it.
        """
        predicates = {}
        for name, arity in self.signature.predicates:
            rows = self._rows("p", name, arity)
            predicates[name, arity] = frozenset(
                args for args in rows if self._is_true(model, ("p", name, arity, args))
            )
        functions = {
            (name, arity): self._table(model, name, arity)
            for name, arity in self.signature.functions
        }
        constants = {name: self._table(model, name, 0)[()] for name in self.signature.constants}
        return Structure(self.size, predicates, functions, constants)

    def _is_true(self, model: z3.ModelRef, name: tuple[Any, ...]) -> bool:
        atom = self._atoms.get(name)
        return atom is not None and z3.is_true(model.eval(atom))

    def _table(self, model: z3.ModelRef, function: str, arity: int) -> dict[tuple[int, ...], int]:
        table = {}
        for args in self._rows("f", function, arity):
            table[args] = 0
            for element in range(self.size):
                if self._is_true(model, ("f", function, arity, args, element)):
                    table[args] = element
                    break
        return table

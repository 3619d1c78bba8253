"""Formula to Z3, over one uninterpreted sort, or grounded over a universe of fixed size."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any

import z3

from logic import syntax as S
from logic.deciding.structure import Structure
from logic.errors import UnsupportedError
from logic.symbols import Signature, subnodes

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


class Lowering:
    """Translates formulas of one signature into one Z3 context; free variables are constants."""

    def __init__(self, signature: Signature, context: z3.Context) -> None:
        self.context = context
        self.universe = z3.DeclareSort("U", context)
        boolean = z3.BoolSort(context)
        self.predicates = {
            (name, arity): z3.Function(f"p{index}", *[self.universe] * arity, boolean)
            for index, (name, arity) in enumerate(signature.predicates)
        }
        self.functions = {
            (name, arity): z3.Function(f"f{index}", *[self.universe] * (arity + 1))
            for index, (name, arity) in enumerate(signature.functions)
        }
        self.constants = {
            name: z3.Const(f"c{index}", self.universe)
            for index, name in enumerate(signature.constants)
        }
        self._variables = 0

    def formula(self, f: S.Formula, scope: dict[str, Any] | None = None) -> Any:
        scope = scope or {}
        match f:
            case S.Atom(name, args):
                return self.predicates[name, len(args)](*[self.term(arg, scope) for arg in args])
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
        return z3.Exists([x], z3.And(body, z3.ForAll([y], z3.Implies(other, y == x))))

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
                return self.functions[name, len(args)](*[self.term(arg, scope) for arg in args])
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
        cells = [self._atom(("f", function, len(args), args, e)) for e in range(self.size)]
        marker = ("defined", function, len(args), args)
        if marker not in self._atoms:
            self._atoms[marker] = True
            self._axioms.append(z3.Or(*cells))
            self._axioms += [z3.Not(z3.And(a, b)) for i, a in enumerate(cells) for b in cells[:i]]
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
        """The nodes of all cases of an application, which are one where the arguments are bound variables."""
        open_args = [arg for arg in args if not (isinstance(arg, S.Variable) and arg.name in bound)]
        cases: int = self.size ** len(open_args)
        return cases * max(1, len(open_args))

    def _formula(self, f: S.Formula, scope: dict[str, int]) -> Any:
        match f:
            case S.Atom(name, args):
                return self.over_values(args, scope, lambda values: self.holds(name, values))
            case S.Equality(left, right):
                return self.over_values(
                    (left, right), scope, lambda v: z3.BoolVal(v[0] == v[1], self.context)
                )
            case S.Quantified():
                cases = [
                    self._formula(f.body, {**scope, f.variable.name: e}) for e in range(self.size)
                ]
                if isinstance(f, S.ExistsUnique):
                    return z3.PbEq([(case, 1) for case in cases], 1, self.context)
                return z3.And(*cases) if isinstance(f, S.Forall) else z3.Or(*cases)
        whole = lower_connective(f, lambda part: self._formula(part, scope), self.context)
        if whole is not None:
            return whole
        raise UnsupportedError(f"{type(f).__name__} cannot be grounded in plain first-order logic")

    def over_values(
        self,
        args: tuple[S.Node, ...],
        scope: dict[str, int],
        leaf: Callable[[tuple[int, ...]], Any],
    ) -> Any:
        """A disjunction over the values that the arguments may have, or the leaf itself where they are known."""
        choices = [self.values(arg, scope) for arg in args]
        cases = []
        for choice in product(*choices):
            conditions = [condition for _, condition in choice if condition is not None]
            cases.append(z3.And(*conditions, leaf(tuple([value for value, _ in choice]))))
        return z3.Or(*cases) if len(cases) > 1 else cases[0]

    def values(self, term: S.Node, scope: dict[str, int]) -> list[tuple[int, Any]]:
        """The elements a term may denote, each with its condition (None where there is no choice)."""
        match term:
            case S.Variable(name) if name in scope:
                return [(scope[name], None)]
            case S.Variable(name) | S.Constant(name):
                return list(enumerate(self.value(name, ())))
            case S.Function(name, args):
                found: list[list[Any]] = [[] for _ in range(self.size)]
                for choice in product(*[self.values(arg, scope) for arg in args]):
                    conditions = [condition for _, condition in choice if condition is not None]
                    for element, cell in enumerate(
                        self.value(name, tuple([value for value, _ in choice]))
                    ):
                        found[element].append(z3.And(*conditions, cell))
                return [(element, z3.Or(*cases)) for element, cases in enumerate(found)]
        raise UnsupportedError(
            f"{type(term).__name__} cannot be grounded in plain first-order logic"
        )

    def _rows(self, kind: str, name: str, arity: int) -> Iterable[tuple[int, ...]]:
        """The arguments for which a symbol's table has a row: all, or those grounded where all are too many."""
        if self.size**arity <= _MAX_ROWS:
            return product(range(self.size), repeat=arity)
        return dict.fromkeys([atom[3] for atom in self._atoms if atom[:3] == (kind, name, arity)])

    def structure(self, model: z3.ModelRef) -> Structure:
        """The structure that a Z3 model of the grounding describes; what the model leaves open is false or 0.

        A table with more than `_MAX_ROWS` rows is kept where the formula speaks of it.
        """

        def true(name: tuple[Any, ...]) -> bool:
            atom = self._atoms.get(name)
            return atom is not None and z3.is_true(model.eval(atom))

        def table(function: str, arity: int) -> dict[tuple[int, ...], int]:
            return {
                args: next(
                    (e for e in range(self.size) if true(("f", function, arity, args, e))), 0
                )
                for args in self._rows("f", function, arity)
            }

        return Structure(
            self.size,
            {
                (name, arity): frozenset(
                    args for args in self._rows("p", name, arity) if true(("p", name, arity, args))
                )
                for name, arity in self.signature.predicates
            },
            {(name, arity): table(name, arity) for name, arity in self.signature.functions},
            {name: table(name, 0)[()] for name in self.signature.constants},
        )

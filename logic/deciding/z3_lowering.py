"""Formula to Z3, over one uninterpreted sort, or grounded over a universe of fixed size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from types import MappingProxyType
from typing import Any

import z3

from logic import syntax as S
from logic.deciding.structure import Structure
from logic.errors import UnsupportedError
from logic.symbols import Signature, subnodes

_MAX_ROWS = 4096
"""Rows up to which a table of a countermodel is kept whole."""

_NOTHING: Mapping[str, Any] = MappingProxyType({})
Cell = tuple[Any, ...]
"""What a Boolean of a grounding says: ("p", predicate, arity, arguments) that a predicate holds,
("f", function, arity, arguments, element) that a function has that value."""
Elements = tuple[int, ...]
"""The elements that stand as arguments."""
Value = tuple[int, Any]
"""An element that a term may denote, and on what condition; None where it can be no other."""


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
            return z3.And(*map(translate, operands))
        case S.Or(operands):
            return z3.Or(*map(translate, operands))
        case S.Xor(operands):
            return _exclusive(map(translate, sorted(operands, key=_equivalences)))
        case S.Implies(left, right):
            return z3.Implies(translate(left), translate(right))
        case S.Iff(left, right):
            lighter, heavier = sorted((left, right), key=_equivalences)
            return translate(lighter) == translate(heavier)
        case S.Truth(value):
            return z3.BoolVal(value, context)
    return None


def _exclusive(parts: Iterable[Any]) -> Any:
    """The sum modulo two, the last part innermost."""
    *first, last = parts
    for part in reversed(first):
        last = z3.Xor(part, last)
    return last


def _equivalences(f: S.Formula) -> int:
    """How many ⊕ and ↔ a formula has."""
    signs = [node for node in subnodes(f) if isinstance(node, S.Xor | S.Iff)]
    return len(signs)


class Lowering:
    """Translates formulas of one signature into one Z3 context; free variables are constants."""

    def __init__(self, signature: Signature, context: z3.Context) -> None:
        self.context = context
        self.universe = z3.DeclareSort("U", context)
        self.predicates: dict[tuple[str, int], Any] = {}
        for index, (name, arity) in enumerate(signature.predicates):
            sorts = [self.universe] * arity
            self.predicates[name, arity] = z3.Function(
                f"p{index}",
                *sorts,
                z3.BoolSort(context),
            )
        self.functions: dict[tuple[str, int], Any] = {}
        for index, (name, arity) in enumerate(signature.functions):
            sorts = [self.universe] * (arity + 1)
            self.functions[name, arity] = z3.Function(f"f{index}", *sorts)
        self.constants: dict[str, Any] = {}
        for index, name in enumerate(signature.constants):
            self.constants[name] = z3.Const(f"c{index}", self.universe)
        self._variables = 0

    def formula(self, f: S.Formula, scope: Mapping[str, Any] = _NOTHING) -> Any:
        """The Z3 term of a formula; `scope` has those of the variables that are bound here."""
        match f:
            case S.Atom(name, args):
                predicate = self.predicates[name, len(args)]
                return predicate(*[self.term(arg, scope) for arg in args])
            case S.Equality(left, right):
                one = self.term(left, scope)
                return one == self.term(right, scope)
            case S.Quantified():
                return self.quantified(f, scope)
        lowered = lower_connective(
            f,
            lambda part: self.formula(part, scope),
            self.context,
        )
        if lowered is None:
            raise _untranslated(f)
        return lowered

    def quantified(self, f: S.Quantified, scope: Mapping[str, Any]) -> Any:
        x, body = self.instance(f, scope)
        if isinstance(f, S.Forall):
            return z3.ForAll([x], body)
        if isinstance(f, S.Exists):
            return z3.Exists([x], body)
        y, other = self.instance(f, scope)
        same = z3.Implies(other, y == x)
        return z3.Exists([x], z3.And(body, z3.ForAll([y], same)))

    def instance(self, f: S.Quantified, scope: Mapping[str, Any]) -> tuple[Any, Any]:
        """A fresh variable, and the body of it."""
        self._variables += 1
        variable = z3.Const(f"x{self._variables}", self.universe)
        inside = {**scope, f.variable.name: variable}
        return variable, self.formula(f.body, inside)

    def term(self, term: S.Node, scope: Mapping[str, Any]) -> Any:
        match term:
            case S.Variable(name) if name in scope:
                return scope[name]
            case S.Variable(name) | S.Constant(name):
                return self.constants[name]
            case S.Function(name, args):
                function = self.functions[name, len(args)]
                return function(*[self.term(arg, scope) for arg in args])
        raise _untranslated(term)


def _untranslated(node: S.Node) -> UnsupportedError:
    kind = type(node).__name__
    return UnsupportedError(f"{kind} has no translation into Z3 in plain first-order logic")


class Grounding:
    """Translates formulas into propositional Z3 terms over the universe {0, …, size-1}.

    A function value is one of `size` Booleans per tuple of arguments; `axioms` say that exactly one
    holds. What a formula grounds to is counted before it is: it can be large for a short one, as
    one atom with n constants has sizeⁿ cases.
    """

    def __init__(
        self, signature: Signature, size: int, context: z3.Context, max_nodes: int
    ) -> None:
        self.signature = signature
        self.size = size
        self.context = context
        self._max_nodes = max_nodes
        self._atoms: dict[Cell, Any] = {}
        self._axioms: list[Any] = []

    def axioms(self) -> list[Any]:
        """That each function has just one value where the formula speaks of it."""
        return self._axioms

    def holds(self, predicate: str, args: Elements) -> Any:
        return self._atom(("p", predicate, len(args), args))

    def value(self, function: str, args: Elements) -> list[Any]:
        """The Booleans `function(args) = e`, one for each element e."""
        is_new = ("f", function, len(args), args, 0) not in self._atoms
        cells = []
        for element in range(self.size):
            cells.append(self._atom(("f", function, len(args), args, element)))
        if is_new:
            self._axioms.append(z3.Or(*cells))
            for index, cell in enumerate(cells):
                for other in cells[:index]:
                    self._axioms.append(z3.Not(z3.And(cell, other)))
        return cells

    def _atom(self, cell: Cell) -> Any:
        if cell not in self._atoms:
            name = f"a{len(self._atoms)}"
            self._atoms[cell] = z3.Bool(name, self.context)
        return self._atoms[cell]

    # ---- how large a grounding is ----

    def _nodes(self, node: S.Node, bound: frozenset[str]) -> int:
        """The nodes that a formula grounds to, or that the values of a term do.

        A case is a conjunction of one condition for each argument that is open.
        """
        if isinstance(node, S.Quantified):
            inside = bound | {node.variable.name}
            return 1 + self.size * self._nodes(node.body, inside)
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
        """The nodes of all cases of an application, which are one if all arguments are bound."""
        open_args = 0
        for arg in args:
            if not isinstance(arg, S.Variable) or arg.name not in bound:
                open_args += 1
        cases: int = self.size**open_args
        return cases * max(1, open_args)

    # ---- formulas ----

    def formula(self, f: S.Formula) -> Any:
        """Raises `UnsupportedError` where the grounding would have more than `max_nodes`."""
        nodes = self._nodes(f, frozenset())
        if nodes > self._max_nodes:
            raise UnsupportedError(
                f"over {self.size} elements the formula grounds to {nodes} nodes; "
                f"{self._max_nodes} are allowed"
            )
        return self._formula(f, {})

    def _formula(self, f: S.Formula, scope: dict[str, int]) -> Any:
        match f:
            case S.Atom(name, args):
                return self.over_values(
                    args,
                    scope,
                    lambda elements: self.holds(name, elements),
                )
            case S.Equality(left, right):
                return self.over_values(
                    (left, right),
                    scope,
                    self._same,
                )
            case S.Quantified():
                return self._quantified(f, scope)
        lowered = lower_connective(
            f,
            lambda part: self._formula(part, scope),
            self.context,
        )
        if lowered is None:
            raise _ungrounded(f)
        return lowered

    def _same(self, elements: Elements) -> Any:
        left, right = elements
        return z3.BoolVal(left == right, self.context)

    def _quantified(self, f: S.Quantified, scope: dict[str, int]) -> Any:
        cases = []
        for element in range(self.size):
            inside = {**scope, f.variable.name: element}
            cases.append(self._formula(f.body, inside))
        if isinstance(f, S.ExistsUnique):
            weighted = [(case, 1) for case in cases]
            return z3.PbEq(weighted, 1, self.context)
        if isinstance(f, S.Forall):
            return z3.And(*cases)
        return z3.Or(*cases)

    def over_values(
        self,
        args: tuple[S.Node, ...],
        scope: dict[str, int],
        leaf: Callable[[Elements], Any],
    ) -> Any:
        """A disjunction over the values that the arguments may have.

        It is the leaf itself where they are known.
        """
        cases = []
        for elements, conditions in self._choices(args, scope):
            cases.append(z3.And(*conditions, leaf(elements)))
        return z3.Or(*cases) if len(cases) > 1 else cases[0]

    def _choices(
        self, args: tuple[S.Node, ...], scope: dict[str, int]
    ) -> Iterator[tuple[Elements, list[Any]]]:
        """What the arguments may denote together, and on what conditions."""
        values = [self.values(arg, scope) for arg in args]
        for choice in product(*values):
            elements = tuple([element for element, _ in choice])
            conditions = [condition for _, condition in choice if condition is not None]
            yield elements, conditions

    def values(self, term: S.Node, scope: dict[str, int]) -> list[Value]:
        """The elements a term may denote."""
        match term:
            case S.Variable(name) if name in scope:
                return [(scope[name], None)]
            case S.Variable(name) | S.Constant(name):
                return list(enumerate(self.value(name, ())))
            case S.Function(name, args):
                return self._function_values(name, args, scope)
        raise _ungrounded(term)

    def _function_values(
        self, name: str, args: tuple[S.Term, ...], scope: dict[str, int]
    ) -> list[Value]:
        cases: list[list[Any]] = [[] for _ in range(self.size)]
        for elements, conditions in self._choices(args, scope):
            cells = self.value(name, elements)
            for element, cell in enumerate(cells):
                cases[element].append(z3.And(*conditions, cell))
        return [(element, z3.Or(*ways)) for element, ways in enumerate(cases)]

    # ---- structures ----

    def structure(self, model: z3.ModelRef) -> Structure:
        """The structure that a Z3 model of the grounding describes.

        What the model leaves open is false or 0. A table with more than `_MAX_ROWS` rows is kept
        where the formula speaks of it.
        """
        structure = Structure(self.size)
        for name, arity in self.signature.predicates:
            rows = self._rows("p", name, arity)
            true = [args for args in rows if self._is_true(model, ("p", name, arity, args))]
            structure.predicates[name, arity] = frozenset(true)
        for name, arity in self.signature.functions:
            table = {}
            for args in self._rows("f", name, arity):
                table[args] = self._element(model, name, args)
            structure.functions[name, arity] = table
        for name in self.signature.constants:
            structure.constants[name] = self._element(model, name, ())
        return structure

    def _rows(self, kind: str, name: str, arity: int) -> Iterable[Elements]:
        """The arguments for which a symbol's table has a row.

        All, or those grounded where all are too many.
        """
        if self.size**arity <= _MAX_ROWS:
            return product(range(self.size), repeat=arity)
        symbol = (kind, name, arity)
        return dict.fromkeys([cell[3] for cell in self._atoms if cell[:3] == symbol])

    def _element(self, model: z3.ModelRef, function: str, args: Elements) -> int:
        """The value of a function."""
        for element in range(self.size):
            if self._is_true(model, ("f", function, len(args), args, element)):
                return element
        return 0

    def _is_true(self, model: z3.ModelRef, cell: Cell) -> bool:
        atom = self._atoms.get(cell)
        return atom is not None and bool(z3.is_true(model.eval(atom)))


def _ungrounded(node: S.Node) -> UnsupportedError:
    kind = type(node).__name__
    return UnsupportedError(f"{kind} cannot be grounded in plain first-order logic")

"""The parts of a case to Z3: Skolem functions in place of ∃, and ∀ over whole blocks of variables.

Z3 looks for instances of each ∀ by itself. Narrow quantifiers, of which those that need not stand
within each other do not, leave it far fewer to look through than the formula as it was written.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import z3

from logic.deciding.normal import Normal, negate
from logic.deciding.provers.cases import Case, has_quantifier
from logic.errors import UnsupportedError

_MAX_NODES = 4_000
"""Nodes up to which ⊕ over quantified parts is written out, each part once for each sign."""

Scope = Mapping[int, Any]
"""The Z3 term of each variable in scope."""


class CaseLowering:
    """Translates the parts of one case into one Z3 context."""

    def __init__(self, context: z3.Context) -> None:
        self._context = context
        self._universe = z3.DeclareSort("U", context)
        self._boolean = z3.BoolSort(context)
        self._symbols: dict[tuple[str, str, int], Any] = {}
        self._fresh = itertools.count()
        self._nodes = 0

    def case(self, case: Case) -> list[Any]:
        """What is asserted. Raises `UnsupportedError` above so many nodes."""
        return [self._part(part.form, part.names) for part in case]

    def _part(self, form: Normal, names: Mapping[int, str]) -> Any:
        scope = {number: self._constant(name) for number, name in names.items()}
        return self._form(form, scope, {number: () for number in names})

    def _form(self, form: Normal, scope: Scope, needs: Mapping[int, tuple[int, ...]]) -> Any:
        """`needs` has the ∀-variables that each variable's element depends on."""
        self._nodes += 1
        if self._nodes > _MAX_NODES:
            raise UnsupportedError(f"the case has more than {_MAX_NODES} nodes")
        match form:
            case ("lit", _, sign, predicate, args):
                atom = self._atom(predicate, args, scope)
                return atom if sign else z3.Not(atom)
            case ("and", _, parts):
                return z3.And(*[self._form(part, scope, needs) for part in parts])
            case ("or", _, parts):
                return z3.Or(*[self._form(part, scope, needs) for part in parts])
            case ("xor", _, sign, parts):
                return self._exclusive(sign, list(parts), scope, needs)
            case ("all", *_):
                return self._universal(form, scope, needs)
            case ("some", *_):
                return self._existential(form, scope, needs)
        return z3.BoolVal(form[0] == "true", self._context)

    def _exclusive(
        self,
        sign: bool,
        parts: Sequence[Normal],
        scope: Scope,
        needs: Mapping[int, tuple[int, ...]],
    ) -> Any:
        """⊕: of parts without quantifiers Z3's own, else each part is true in one case, false in one."""
        if len(parts) == 1:
            return self._form(parts[0] if sign else negate(parts[0]), scope, needs)
        # Those with quantifiers first: what is left is the other's own ⊕.
        first, *rest = sorted(parts, key=has_quantifier, reverse=True)
        if not has_quantifier(first):
            lightest_first = sorted(parts, key=_weight)
            *before, last = [self._form(part, scope, needs) for part in lightest_first]
            for part in reversed(before):
                last = z3.Xor(part, last)
            return last if sign else z3.Not(last)
        true = [self._form(first, scope, needs), self._exclusive(not sign, rest, scope, needs)]
        false = [
            self._form(negate(first), scope, needs),
            self._exclusive(sign, rest, scope, needs),
        ]
        return z3.Or(z3.And(*true), z3.And(*false))

    def _universal(self, form: Normal, scope: Scope, needs: Mapping[int, tuple[int, ...]]) -> Any:
        variables = []
        inside, needed = dict(scope), dict(needs)
        while form[0] == "all":
            number = form[2]
            variable = z3.Const(f"x{next(self._fresh)}", self._universe)
            inside[number], needed[number] = variable, (number,)
            variables.append(variable)
            form = form[3]
        return z3.ForAll(variables, self._form(form, inside, needed))

    def _existential(self, form: Normal, scope: Scope, needs: Mapping[int, tuple[int, ...]]) -> Any:
        """∃: its element is a function of those ∀-variables that the form speaks of."""
        depends = sorted(
            {on for number, those in needs.items() if form[1] >> number & 1 for on in those}
        )
        arguments = [scope[number] for number in depends]
        inside, needed = dict(scope), dict(needs)
        while form[0] == "some":
            number = form[2]
            name = f"s{next(self._fresh)}"
            sorts = [self._universe] * (len(arguments) + 1)
            inside[number] = z3.Function(name, *sorts)(*arguments)
            needed[number] = tuple(depends)
            form = form[3]
        return self._form(form, inside, needed)

    # ---- symbols ----

    def _atom(self, predicate: str, args: Sequence[Any], scope: Scope) -> Any:
        terms = [self._term(arg, scope) for arg in args]
        if predicate == "=":
            return terms[0] == terms[1]
        return self._symbol("p", predicate, len(terms), self._boolean)(*terms)

    def _term(self, term: Any, scope: Scope) -> Any:
        if type(term) is int:
            return scope[term]
        if type(term) is str:
            return self._constant(term)
        name, *args = term
        terms = [self._term(arg, scope) for arg in args]
        return self._symbol("f", name, len(terms), self._universe)(*terms)

    def _constant(self, name: str) -> Any:
        return self._symbol("c", name, 0, self._universe)()

    def _symbol(self, kind: str, name: str, arity: int, result: Any) -> Any:
        symbol = (kind, name, arity)
        if symbol not in self._symbols:
            sorts = [self._universe] * arity
            self._symbols[symbol] = z3.Function(f"{kind}{len(self._symbols)}", *sorts, result)
        return self._symbols[symbol]


def _weight(form: Normal) -> int:
    """How many ⊕ a form has: what Z3 does before it counts work doubles with each in a first part."""
    match form:
        case ("and" | "or", _, parts):
            return sum(map(_weight, parts))
        case ("xor", _, _, parts):
            return 1 + sum(map(_weight, parts))
    return 0

"""A normal form that many rewritings of a formula share; equal forms prove equivalence.

A formula is turned into negation normal form (conditionals and biconditionals gone, negation at the
literals, exclusive disjunctions flattened and their signs pulled out) and every quantifier narrowed
to the part that needs it; `logic.deciding.keys` then names bound variables by depth, sorts
commuting operands and drops repeated ones. Every step is an equivalence over non-empty universes,
so equal keys mean equivalent formulas; different keys mean nothing. No step multiplies formulas
out, so the form is never larger than a constant times the formula with its ∃! written out, which
`MAX_QUANTIFIERS` limits.

Everything ends: what reads a formula or a form goes to its parts alone (`_Normaliser.formula`,
`negate`, `join`, `exclusive`, `occurrences`), and the two steps that put a form together anew say
beside them why they come to an end (`_moved`, `_narrow`).
"""

from __future__ import annotations

import itertools
from typing import Any

from logic import syntax as S
from logic.errors import UnsupportedError

Normal = tuple[Any, ...]
"""(tag, free variables as a bit set, ...), where tag and rest are one of

- "true" | "false"
- "lit", sign, predicate, args (a bound variable is an int, else a key; equality is the predicate "=")
- "and" | "or", parts;  "xor", sign, parts (true where the number of true parts is odd, for sign True)
- "all" | "some", variable, body
"""
Scope = dict[str, int]
"""The number of each variable in scope."""

TRUE: Normal = ("true", 0)
FALSE: Normal = ("false", 0)
_DUAL = {
    "and": "or",
    "or": "and",
    "all": "some",
    "some": "all",
    "true": "false",
    "false": "true",
}
_SPREADS = {"all": "and", "some": "or"}
"""What each quantifier moves into part by part."""
_BLOCKED = {"all": "or", "some": "and"}
"""What each quantifier does not: it takes the parts that hold its variable."""
MAX_QUANTIFIERS = 5_000
"""Quantifiers up to which ∃! is written out.

What it binds stands there twice, so that n of them in each other make 2ⁿ.
"""
_MAX_TURNS = 16
"""How often variables of a block may change places while one quantifier is moved inward.

Where several parts hold the same variables, each move may undo the last (at most 10 were of use in
20,000 random formulas).
"""


def normal_form(formula: S.Formula) -> Normal:
    """The normal form.

    Raises `UnsupportedError` for a domain's constructs and above `MAX_QUANTIFIERS`.
    """
    return _Normaliser().formula(formula, True, {})


def name_key(name: str) -> str:
    """A symbol's name in a key: itself, or prefixed by its length if it holds other characters."""
    return name if name.isidentifier() else f"{len(name)}:{name}"


class _Normaliser:
    """Turns one formula, and numbers its quantifiers as it meets them."""

    def __init__(self) -> None:
        self._fresh = itertools.count()
        self._turns = 0

    def formula(self, formula: S.Formula, sign: bool, scope: Scope) -> Normal:
        """The normal form of the formula, or for a false `sign` of its negation."""
        match formula:
            case S.Atom(predicate, args):
                terms = [self.term(arg, scope) for arg in args]
                return _literal(sign, name_key(predicate), terms)
            case S.Not(operand):
                return self.formula(operand, not sign, scope)
            case S.And(operands):
                tag = "and" if sign else "or"
                return join(tag, [self.formula(part, sign, scope) for part in operands])
            case S.Or(operands):
                tag = "or" if sign else "and"
                return join(tag, [self.formula(part, sign, scope) for part in operands])
            case S.Implies(left, right):
                tag = "or" if sign else "and"
                condition = self.formula(left, not sign, scope)
                return join(tag, [condition, self.formula(right, sign, scope)])
            case S.Quantified():
                return self.quantified(formula, sign, scope)
            case S.Equality(left, right):
                one, other = self.term(left, scope), self.term(right, scope)
                return _equation(sign, one, other)
        return self.exclusive_or_truth(formula, sign, scope)

    def exclusive_or_truth(self, formula: S.Formula, sign: bool, scope: Scope) -> Normal:
        match formula:
            case S.Xor(operands):
                return exclusive(sign, [self.formula(part, True, scope) for part in operands])
            case S.Iff(left, right):
                parts = [self.formula(left, True, scope), self.formula(right, True, scope)]
                return exclusive(not sign, parts)
            case S.Truth(value):
                return TRUE if value is sign else FALSE
        kind = type(formula).__name__
        raise UnsupportedError(f"{kind} has no normal form in plain first-order logic")

    def quantified(self, formula: S.Quantified, sign: bool, scope: Scope) -> Normal:
        match formula:
            case S.Forall(variable, body):
                tag = "all" if sign else "some"
            case S.Exists(variable, body):
                tag = "some" if sign else "all"
            case S.ExistsUnique(variable, body):
                return self.unique(variable.name, body, sign, scope)
            case _:
                return self.exclusive_or_truth(formula, sign, scope)
        number = next(self._fresh)
        inside = self.formula(body, sign, {**scope, variable.name: number})
        return self.quantify(tag, number, inside)

    def unique(self, name: str, body: S.Formula, sign: bool, scope: Scope) -> Normal:
        """∃!x φ(x) as ∃x (φ(x) ∧ ∀y (φ(y) → y = x))."""
        x, y = next(self._fresh), next(self._fresh)
        one = self.formula(body, True, {**scope, name: x})
        if not _holds(one, x):  # then it holds of all or of none: of one just where there is one
            only = self.quantify("some", x, self.quantify("all", y, _equation(True, x, y)))
            unique = join("and", [one, only])
            return unique if sign else negate(unique)
        if y > MAX_QUANTIFIERS:
            raise UnsupportedError(
                f"written out without ∃!, the formula has more than {MAX_QUANTIFIERS} quantifiers"
            )
        not_another = self.formula(body, False, {**scope, name: y})
        only = join("or", [not_another, _equation(True, x, y)])
        both = join("and", [one, self.quantify("all", y, only)])
        unique = self.quantify("some", x, both)
        return unique if sign else negate(unique)

    # ---- moving a quantifier inward ----

    def quantify(self, tag: str, variable: int, body: Normal) -> Normal:
        """∀ ("all") or ∃ ("some") over the body, moved inward as far as it goes."""
        self._turns = _MAX_TURNS
        return self._moved(tag, variable, body)

    def _moved(self, tag: str, variable: int, body: Normal) -> Normal:
        """`quantify` within the turns that are left.

        Ends: a call within takes one of the turns, or its body weighs less, at two for each
        literal and quantifier and one less where it begins with a quantifier of this kind. For no
        step adds a literal, and a part of a conjunction or disjunction has fewer than the whole.
        """
        if not _holds(body, variable):
            return body
        head = body[0]
        if head == _SPREADS[tag]:
            return join(head, [self._moved(tag, variable, part) for part in body[2]])
        if head == _BLOCKED[tag]:
            return self._narrow(tag, variable, body)
        if head == tag:
            inner = self._moved(tag, variable, body[3])
            is_same = inner[0] == tag and inner[2] == variable
            if self._turns and not is_same:
                self._turns -= 1
                return self._moved(tag, body[2], inner)
        return _bound(tag, variable, body)

    def _narrow(self, tag: str, variable: int, body: Normal) -> Normal:
        """∀ over a disjunction (∃ over a conjunction): a variable takes only the parts that hold it.

        Quantifiers of the same kind on the parts join the block first, so that the result depends
        less on how the formula had them nested; variables of the fewest parts go innermost.

        Ends: each round takes one variable out of the block and puts none in; what it moves inward
        then has fewer literals than the body, or one of the two weighs less (`_moved`).
        """
        joined = _BLOCKED[tag]
        block, parts = _block(tag, variable, body)
        # For each variable the parts that hold it, and what is left to join, as sets of bits.
        places = {each: _places(each, parts) for each in block}
        left = (1 << len(parts)) - 1
        marks = {each: occurrences(each, parts) for each in block} if len(block) > 1 else {}
        while block:
            inner = min(
                block,
                key=lambda each: (places[each].bit_count(), marks.get(each, [])),
            )
            block.remove(inner)
            taken = places[inner]
            inside = [part for index, part in enumerate(parts) if taken >> index & 1]
            whole = join(joined, inside)
            closed = 1 << len(parts)
            if len(inside) == 1:
                parts.append(self._moved(tag, inner, whole))
            else:
                parts.append(_bound(tag, inner, whole))
            for other in block:
                if places[other] & taken:
                    places[other] = places[other] & ~taken | closed
            left = left & ~taken | closed
        rest = [part for index, part in enumerate(parts) if left >> index & 1]
        return join(joined, rest)

    def term(self, term: S.Term, scope: Scope) -> Any:
        match term:
            case S.Variable(name):
                number = scope.get(name)
                return name_key(name) if number is None else number
            case S.Constant(name):
                return name_key(name)
            case S.Function(name, args):
                return (name_key(name), *[self.term(arg, scope) for arg in args])
        kind = type(term).__name__
        raise UnsupportedError(f"{kind} has no normal form in plain first-order logic")


# ---- free variables, as sets of bits ----


def _holds(node: Normal, variable: int) -> bool:
    """Whether a variable is free in a normal form."""
    return bool(node[1] >> variable & 1)


def _places(variable: int, parts: list[Normal]) -> int:
    """The parts that hold a variable."""
    places = 0
    for index, part in enumerate(parts):
        if _holds(part, variable):
            places |= 1 << index
    return places


def _free(parts: list[Normal]) -> int:
    free = 0
    for part in parts:
        free |= part[1]
    return free


def _term_variables(term: Any) -> int:
    if type(term) is int:
        return 1 << term
    variables = 0
    if type(term) is tuple:
        for arg in term[1:]:
            variables |= _term_variables(arg)
    return variables


# ---- making normal forms ----


def _literal(sign: bool, predicate: str, args: list[Any]) -> Normal:
    free = 0
    for arg in args:
        free |= 1 << arg if type(arg) is int else _term_variables(arg)
    return ("lit", free, sign, predicate, tuple(args))


def _equation(sign: bool, left: Any, right: Any) -> Normal:
    if left == right:
        return TRUE if sign else FALSE
    return _literal(sign, "=", [left, right])


def _bound(tag: str, variable: int, body: Normal) -> Normal:
    return (tag, body[1] & ~(1 << variable), variable, body)


def _block(tag: str, variable: int, body: Normal) -> tuple[list[int], list[Normal]]:
    """A variable with those of the quantifiers of its kind on the body's parts, and these parts."""
    block = [variable]
    parts: list[Normal] = []
    for part in body[2]:
        while part[0] == tag:
            block.append(part[2])
            part = part[3]
        if part[0] == _BLOCKED[tag]:
            parts.extend(part[2])
        else:
            parts.append(part)
    return block, parts


def negate(node: Normal) -> Normal:
    """The normal form of the negation."""
    match node:
        case ("lit", free, sign, predicate, args):
            return ("lit", free, not sign, predicate, args)
        case ("xor", free, sign, parts):
            return ("xor", free, not sign, parts)
        case ("and" | "or" as tag, free, parts):
            return (_DUAL[tag], free, tuple([negate(part) for part in parts]))
        case ("all" | "some" as tag, free, variable, body):
            return (_DUAL[tag], free, variable, negate(body))
    return FALSE if node[0] == "true" else TRUE


def join(tag: str, parts: list[Normal]) -> Normal:
    """Conjunction ("and") or disjunction ("or"), flattened, with ⊤ and ⊥ worked out."""
    neutral, absorbing = ("true", "false") if tag == "and" else ("false", "true")
    operands: list[Normal] = []
    for part in parts:
        head = part[0]
        if head == absorbing:
            return part
        if head == tag:
            operands.extend(part[2])
        elif head != neutral:
            operands.append(part)
    if len(operands) == 1:
        return operands[0]
    if not operands:
        return TRUE if tag == "and" else FALSE
    return (tag, _free(operands), tuple(operands))


def exclusive(sign: bool, parts: list[Normal]) -> Normal:
    """Sum modulo two, flattened.

    Each part has a conjunction, ∀ or a positive literal as its head; the signs go in front.
    """
    operands: list[Normal] = []
    stack = list(reversed(parts))
    while stack:
        part = stack.pop()
        match part:
            case ("xor", _, same, inner):
                sign = sign is same
                stack.extend(reversed(inner))
            case ("true", _):
                sign = not sign
            case ("false", _):
                pass
            case ("or" | "some", *_) | ("lit", _, False, *_):
                sign = not sign
                operands.append(negate(part))
            case _:
                operands.append(part)
    if not operands:
        return FALSE if sign else TRUE
    if len(operands) == 1:
        return operands[0] if sign else negate(operands[0])
    return ("xor", _free(operands), sign, tuple(operands))


# ---- where a variable occurs ----


def occurrences(variable: int, parts: list[Normal]) -> list[str]:
    """Where a variable occurs, without the names of variables: a mark by which to order them."""
    marks: list[str] = []
    stack = list(parts)
    while stack:
        node = stack.pop()
        if not _holds(node, variable):
            continue
        match node:
            case ("lit", _, sign, predicate, args):
                marks += _literal_marks(variable, sign, predicate, args)
            case ("all" | "some", _, _, body):
                stack.append(body)
            case _:
                stack.extend(node[-1])
    marks.sort()
    return marks


def _literal_marks(variable: int, sign: bool, predicate: str, args: tuple[Any, ...]) -> list[str]:
    """One mark for each argument that holds the variable; those of an equation are one place."""
    marks = []
    for index, arg in enumerate(args):
        if _term_variables(arg) >> variable & 1:
            place = "" if predicate == "=" else index
            marks.append(f"{predicate}/{place}/{sign:d}")
    return marks

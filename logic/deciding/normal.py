"""A normal form that many rewritings of a formula share; equal forms prove equivalence.

Two passes. The first turns a formula into negation normal form (conditionals and biconditionals gone, negation at
the literals, exclusive disjunctions flattened and their signs pulled out) and narrows every quantifier to the part
that needs it. The second names bound variables by depth, sorts commuting operands and drops repeated ones.
Every step is an equivalence over non-empty universes, so equal keys mean equivalent formulas; different keys mean
nothing. No step multiplies formulas out, so the form is never larger than a constant times the formula.
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

TRUE: Normal = ("true", 0)
FALSE: Normal = ("false", 0)
_DUAL = {"and": "or", "or": "and", "all": "some", "some": "all", "true": "false", "false": "true"}
_SPREADS = {"all": "and", "some": "or"}
_BLOCKED = {"all": "or", "some": "and"}
MAX_QUANTIFIERS = 10_000
"""Quantifiers up to which ∃! is written out: what it binds stands there twice, so that n of them
in each other make 2ⁿ."""
_MAX_PERMUTED = 4
_MAX_ORDERS = 600
"""Orders of the variables around a part that are tried, those of all blocks multiplied."""
_MAX_TURNS = 16
"""How often variables of a block may change places while one quantifier is moved inward: where
several parts hold the same variables, each move may undo the last (at most 10 were of use in
20,000 random formulas)."""


def normal_key(formula: S.Formula) -> str:
    """The normal form as text: equal keys only for equivalent formulas (over the same symbols)."""
    return key(normal_form(formula))


def normal_form(formula: S.Formula) -> Normal:
    """The first pass: negation normal form with narrow quantifiers.

    Raises `UnsupportedError` for a domain's constructs and above `MAX_QUANTIFIERS`.
    """
    return _Normaliser().formula(formula, True, {})


def name_key(name: str) -> str:
    """A symbol's name in a key: itself, or prefixed by its length where it holds other characters."""
    return name if name.isidentifier() else f"{len(name)}:{name}"


class _Normaliser:
    def __init__(self) -> None:
        self._fresh = itertools.count()

    def formula(self, f: S.Formula, sign: bool, scope: dict[str, int]) -> Normal:
        match f:
            case S.Atom(predicate, args):
                return _literal(sign, name_key(predicate), [self.term(arg, scope) for arg in args])
            case S.Not(operand):
                return self.formula(operand, not sign, scope)
            case S.And(operands) | S.Or(operands):
                conjunctive = isinstance(f, S.And) is sign
                return join(
                    "and" if conjunctive else "or",
                    [self.formula(part, sign, scope) for part in operands],
                )
            case S.Implies(left, right):
                return join(
                    "or" if sign else "and",
                    [self.formula(left, not sign, scope), self.formula(right, sign, scope)],
                )
            case S.Xor(operands):
                return exclusive(sign, [self.formula(part, True, scope) for part in operands])
            case S.Iff(left, right):
                return exclusive(
                    not sign, [self.formula(left, True, scope), self.formula(right, True, scope)]
                )
            case S.Forall(variable, body) | S.Exists(variable, body):
                tag = "all" if isinstance(f, S.Forall) is sign else "some"
                number = next(self._fresh)
                return self.quantify(
                    tag, number, self.formula(body, sign, {**scope, variable.name: number})
                )
            case S.ExistsUnique(variable, body):
                return self.unique(variable.name, body, sign, scope)
            case S.Equality(left, right):
                return _equation(sign, self.term(left, scope), self.term(right, scope))
            case S.Truth(value):
                return TRUE if value is sign else FALSE
        raise UnsupportedError(f"{type(f).__name__} has no normal form in plain first-order logic")

    def unique(self, name: str, body: S.Formula, sign: bool, scope: dict[str, int]) -> Normal:
        """∃!x φ(x) as ∃x (φ(x) ∧ ∀y (φ(y) → y = x))."""
        x, y = next(self._fresh), next(self._fresh)
        if y > MAX_QUANTIFIERS:
            raise UnsupportedError(
                f"written out without ∃!, the formula has more than {MAX_QUANTIFIERS} quantifiers"
            )
        here = self.formula(body, True, {**scope, name: x})
        others = join("or", [self.formula(body, False, {**scope, name: y}), _equation(True, x, y)])
        whole = self.quantify("some", x, join("and", [here, self.quantify("all", y, others)]))
        return whole if sign else negate(whole)

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
        head = body[0]
        if not body[1] >> variable & 1:
            return body
        if head == _SPREADS[tag]:
            return join(head, [self._moved(tag, variable, part) for part in body[2]])
        if head == _BLOCKED[tag]:
            return self._narrow(tag, variable, body)
        if head == tag:
            inner = self._moved(tag, variable, body[3])
            if self._turns and (inner[0] != tag or inner[2] != variable):
                self._turns -= 1
                return self._moved(tag, body[2], inner)
        return _bound(tag, variable, body)

    def _narrow(self, tag: str, variable: int, body: Normal) -> Normal:
        """∀ over a disjunction (∃ over a conjunction): a variable takes only the parts that hold it.

        Quantifiers of the same kind on the parts join the block first, so that the result depends
        less on how the formula had them nested; variables of the fewest parts go innermost.
        """
        block = [variable]
        parts: list[Normal] = []
        for part in body[2]:
            while part[0] == tag:
                block.append(part[2])
                part = part[3]
            parts.extend(part[2] if part[0] == _BLOCKED[tag] else [part])
        places = {
            v: sum([1 << i for i, part in enumerate(parts) if part[1] >> v & 1]) for v in block
        }
        marks = {v: _occurrences(v, parts) for v in block} if len(block) > 1 else {}
        left = (1 << len(parts)) - 1
        while block:
            v = min(block, key=lambda v: (places[v].bit_count(), marks.get(v, [])))
            block.remove(v)
            inside = [part for i, part in enumerate(parts) if places[v] >> i & 1]
            whole = join(_BLOCKED[tag], inside)
            closed = 1 << len(parts)
            parts.append(self._moved(tag, v, whole) if len(inside) == 1 else _bound(tag, v, whole))
            for other in block:
                if places[other] & places[v]:
                    places[other] = places[other] & ~places[v] | closed
            left = left & ~places[v] | closed
        return join(_BLOCKED[tag], [part for i, part in enumerate(parts) if left >> i & 1])

    def term(self, term: S.Term, scope: dict[str, int]) -> Any:
        match term:
            case S.Variable(name):
                number = scope.get(name)
                return name_key(name) if number is None else number
            case S.Constant(name):
                return name_key(name)
            case S.Function(name, args):
                return (name_key(name), *[self.term(arg, scope) for arg in args])
        raise UnsupportedError(
            f"{type(term).__name__} has no normal form in plain first-order logic"
        )


def _term_variables(term: Any) -> int:
    if type(term) is int:
        return 1 << term
    if type(term) is tuple:
        found = 0
        for arg in term[1:]:
            found |= _term_variables(arg)
        return found
    return 0


def _literal(sign: bool, predicate: str, args: list[Any]) -> Normal:
    free = 0
    for arg in args:
        free |= 1 << arg if type(arg) is int else _term_variables(arg)
    return ("lit", free, sign, predicate, tuple(args))


def _equation(sign: bool, left: Any, right: Any) -> Normal:
    if left == right:
        return TRUE if sign else FALSE
    return _literal(sign, "=", [left, right])


def negate(node: Normal) -> Normal:
    """The normal form of the negation."""
    tag = node[0]
    if tag == "lit":
        return ("lit", node[1], not node[2], node[3], node[4])
    if tag == "xor":
        return ("xor", node[1], not node[2], node[3])
    if tag in ("and", "or"):
        return (_DUAL[tag], node[1], tuple([negate(part) for part in node[2]]))
    if tag in ("all", "some"):
        return (_DUAL[tag], node[1], node[2], negate(node[3]))
    return FALSE if tag == "true" else TRUE


def join(tag: str, parts: list[Normal]) -> Normal:
    """Conjunction ("and") or disjunction ("or"), flattened, with ⊤ and ⊥ worked out."""
    neutral, absorbing = ("true", "false") if tag == "and" else ("false", "true")
    flat: list[Normal] = []
    for part in parts:
        if part[0] == absorbing:
            return part
        if part[0] == tag:
            flat.extend(part[2])
        elif part[0] != neutral:
            flat.append(part)
    if len(flat) == 1:
        return flat[0]
    if not flat:
        return TRUE if tag == "and" else FALSE
    free = 0
    for part in flat:
        free |= part[1]
    return (tag, free, tuple(flat))


def exclusive(sign: bool, parts: list[Normal]) -> Normal:
    """Sum modulo two, flattened, each part with a conjunction, ∀ or a positive literal as its head."""
    flat: list[Normal] = []
    stack = list(reversed(parts))
    while stack:
        part = stack.pop()
        tag = part[0]
        if tag == "xor":
            sign = sign is part[2]
            stack.extend(reversed(part[3]))
        elif tag in ("true", "false"):
            sign = sign is (tag == "false")
        elif tag in ("or", "some") or (tag == "lit" and not part[2]):
            sign = not sign
            flat.append(negate(part))
        else:
            flat.append(part)
    if not flat:
        return FALSE if sign else TRUE
    if len(flat) == 1:
        return flat[0] if sign else negate(flat[0])
    free = 0
    for part in flat:
        free |= part[1]
    return ("xor", free, sign, tuple(flat))


def _bound(tag: str, variable: int, body: Normal) -> Normal:
    return (tag, body[1] & ~(1 << variable), variable, body)


def _occurrences(variable: int, parts: Any) -> list[str]:
    """Where a variable occurs, without the names of variables: a mark by which to order variables of a block."""
    found: list[str] = []
    stack = list(parts)
    while stack:
        node = stack.pop()
        if not node[1] >> variable & 1:
            continue
        tag = node[0]
        if tag == "lit":
            for place, arg in enumerate(node[4]):
                if _term_variables(arg) >> variable & 1:
                    found.append(f"{node[3]}/{place if node[3] != '=' else ''}/{node[2]:d}")
        elif tag in ("all", "some"):
            stack.append(node[3])
        else:
            stack.extend(node[-1])
    found.sort()
    return found


def key(node: Normal) -> str:
    """The second pass: text in which bound variables are numbered by depth and commuting parts are sorted."""
    return _key(node, {}, 0, 1)


def _key(node: Normal, levels: dict[int, int], depth: int, tried: int) -> str:
    """`tried` is how often it is worked out, once for each order of the variables around it."""
    tag = node[0]
    if tag == "lit":
        args = [_term_key(arg, levels) for arg in node[4]]
        if node[3] == "=":
            args.sort()
        return f"{'' if node[2] else '-'}{node[3]}({','.join(args)})"
    if tag == "and" or tag == "or":
        return _join_keys(tag, [_key(part, levels, depth, tried) for part in node[2]])
    if tag == "all" or tag == "some":
        return _quantified_key(node, levels, depth, tried)
    if tag == "xor":
        return _xor_key(node[2], [_key(part, levels, depth, tried) for part in node[3]])
    return "T" if tag == "true" else "F"


def _term_key(term: Any, levels: dict[int, int]) -> str:
    if type(term) is int:
        return f"${levels[term]}"
    if type(term) is str:
        return term
    return f"{term[0]}({','.join([_term_key(arg, levels) for arg in term[1:]])})"


def _join_keys(tag: str, keys: list[str]) -> str:
    neutral, absorbing = ("T", "F") if tag == "and" else ("F", "T")
    distinct = set(keys)
    distinct.discard(neutral)
    if absorbing in distinct or any("-" + k in distinct for k in distinct if k[0] != "-"):
        return absorbing
    if not distinct:
        return neutral
    if len(distinct) == 1:
        return distinct.pop()
    return f"{'&' if tag == 'and' else '|'}[{';'.join(sorted(distinct))}]"


def _xor_key(sign: bool, keys: list[str]) -> str:
    odd: set[str] = set()
    for part in keys:
        if part in ("T", "F"):
            sign = sign is (part == "F")
        else:
            odd ^= {part}
    if not odd:
        return "F" if sign else "T"
    return f"{'+' if sign else '~'}[{';'.join(sorted(odd))}]"


def _quantified_key(node: Normal, levels: dict[int, int], depth: int, tried: int) -> str:
    tag = node[0]
    block = []
    body = node
    while body[0] == tag:
        block.append(body[2])
        body = body[3]
    orders = _orders(block, body)
    if tried * len(orders) > _MAX_ORDERS:
        orders = orders[:1]
    tried *= len(orders)
    inside = depth + len(block)
    best = min(
        [
            _key(body, {**levels, **{v: depth + i for i, v in enumerate(order)}}, inside, tried)
            for order in orders
        ]
    )
    return best if best in ("T", "F") else f"{'A' if tag == 'all' else 'E'}{len(block)}{{{best}}}"


def _orders(block: list[int], body: Normal) -> list[tuple[int, ...]]:
    """The orders of a block's variables worth trying: those sorted by occurrence, ties in every order."""
    if len(block) == 1:
        return [(block[0],)]
    marked = sorted((_occurrences(v, [body]), v) for v in block)
    groups = [
        [v for _, v in group] for _, group in itertools.groupby(marked, key=lambda pair: pair[0])
    ]
    if any(len(group) > _MAX_PERMUTED for group in groups) or sum(len(g) > 1 for g in groups) > 1:
        return [tuple(v for _, v in marked)]
    choices = itertools.product(*[list(itertools.permutations(group)) for group in groups])
    return [tuple(itertools.chain.from_iterable(choice)) for choice in choices]

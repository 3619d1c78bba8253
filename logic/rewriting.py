"""Ways to write the same formula, for comparing two part by part: shapes of a node, tidier and narrower forms."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from logic import syntax as S
from logic.errors import UnsupportedError
from logic.normal import Normal, normal_form
from logic.substitution import names_in, rename_variable
from logic.symbols import subnodes
from logic.writing.printer import write

Shape = tuple[str, tuple[S.Formula, ...], S.Variable | None]
"""A connective or quantifier sign, the parts below it, and the variable of a quantifier."""

QUANTIFIERS: dict[str, type[S.Quantified]] = {"∀": S.Forall, "∃": S.Exists, "∃!": S.ExistsUnique}
_SIGNS = {kind: sign for sign, kind in QUANTIFIERS.items()}
_DUAL = {"∀": "∃", "∃": "∀"}
ATOM = 0.7
"""What an atom more or less counts for."""
_MOST = 4
"""Parts of a disjunction up to which each may be the consequent of a conditional."""


def denied(f: S.Formula) -> S.Formula:
    """The negation, without a double one."""
    return f.operand if isinstance(f, S.Not) else S.Not(f)


def made(sign: str, parts: Iterable[S.Formula], variable: S.Variable | None = None) -> S.Formula:
    """The formula of a shape; conjunctions and disjunctions are flattened, and may have one part or none."""
    given = list(parts)
    if sign in QUANTIFIERS and variable is not None:
        return QUANTIFIERS[sign](variable, given[0])  # type: ignore[call-arg]
    if sign == "→":
        return S.Implies(given[0], given[-1]) if len(given) > 1 else given[0]
    if sign in ("∧", "∨"):
        kind = S.And if sign == "∧" else S.Or
        given = [
            inner
            for part in given
            for inner in (part.operands if isinstance(part, kind) else (part,))
        ]
        return kind(tuple(given)) if len(given) > 1 else given[0] if given else S.Truth(sign == "∧")
    if len(given) < 2:
        return given[0] if given else S.Truth(sign == "↔")
    if sign == "↔":
        return S.Iff(given[0], made("↔", given[1:]))
    return S.Xor(tuple(given))


def shapes(f: S.Formula) -> Iterator[Shape]:
    """The shapes a formula can be written in at its top, its own first; a literal has none."""
    negative = isinstance(f, S.Not)
    match f.operand if isinstance(f, S.Not) else f:
        case S.And(parts) | S.Or(parts) as inner:
            disjunctive = isinstance(inner, S.Or) is not negative
            parts = tuple([denied(part) for part in parts]) if negative else parts
            yield "∨" if disjunctive else "∧", parts, None
            if disjunctive and len(parts) <= _MOST:
                for place in reversed(range(len(parts))):
                    others = [part for index, part in enumerate(parts) if index != place]
                    if any(isinstance(part, S.Not) for part in others):
                        yield "→", (made("∧", map(denied, others)), parts[place]), None
        case S.Implies(left, right):
            if negative:
                yield "∧", _parts("∧", left, denied(right)), None
            else:
                yield "→", (left, right), None
                yield "→", (denied(right), denied(left)), None
                yield "∨", _parts("∨", denied(left), right), None
        case S.Iff(left, right):
            yield "⊕" if negative else "↔", (left, right), None
            yield "↔" if negative else "⊕", (denied(left), right), None
        case S.Xor(parts):
            parts = (denied(parts[0]), *parts[1:]) if negative else parts
            yield "⊕", parts, None
            if len(parts) == 2:
                yield "↔", (denied(parts[0]), parts[1]), None
        case S.Quantified() as inner:
            sign = _SIGNS.get(type(inner))
            if sign is not None and not negative:
                yield sign, (inner.body,), inner.variable
            elif sign in _DUAL:
                yield _DUAL[sign], (denied(inner.body),), inner.variable


def _parts(sign: str, *given: S.Formula) -> tuple[S.Formula, ...]:
    whole = made(sign, [_pushed(sign, part) for part in given])
    return whole.operands if isinstance(whole, S.And | S.Or) else (whole,)


def _pushed(sign: str, f: S.Formula) -> S.Formula:
    """¬(A ∨ B) as ¬A ∧ ¬B within a conjunction, and likewise within a disjunction."""
    if isinstance(f, S.Not) and isinstance(f.operand, S.Or if sign == "∧" else S.And):
        return made(sign, map(denied, f.operand.operands))
    return f


def prepared(f: S.Formula) -> S.Formula:
    """The formula as it is written, without double negation, brackets in chains, and conditionals in conditionals."""
    parts = [prepared(part) if isinstance(part, S.Formula) else part for part in f.children()]
    match f:
        case S.Not():
            return denied(parts[0])  # type: ignore[arg-type]
        case S.And() | S.Or():
            return made("∧" if isinstance(f, S.And) else "∨", parts)  # type: ignore[arg-type]
        case S.Implies():
            left, right = parts
            if isinstance(right, S.Implies):
                return prepared(S.Implies(made("∧", [left, right.left]), right.right))  # type: ignore[list-item]
    return f.rebuild(parts)


def narrowed(f: S.Formula) -> S.Formula:
    """The formula from its normal form: each quantifier reaches only as far as it must, conditionals for `¬A ∨ B`."""
    names: dict[int, str] = {}
    for number, node in enumerate(_quantifiers(f)):
        name = node.variable.name
        while name in names.values():
            name += "'"
        names[number] = name
    return _formula(normal_form(f), names)


def _quantifiers(f: S.Formula) -> Iterator[S.Quantified]:
    """The quantifiers in the order in which normalising meets them; ∃! counts twice and its body too."""
    if isinstance(f, S.ExistsUnique):
        raise UnsupportedError("∃! is two quantifiers in normal form")
    if isinstance(f, S.Quantified):
        yield f
    for part in f.children():
        if isinstance(part, S.Formula):
            yield from _quantifiers(part)


def _formula(node: Normal, names: dict[int, str]) -> S.Formula:
    tag = node[0]
    if tag == "lit":
        _, _, sign, predicate, args = node
        terms = tuple([_term(arg, names) for arg in args])
        atom: S.Formula = (
            S.Equality(*terms) if predicate == "=" else S.Atom(_name(predicate), terms)
        )
        return atom if sign else S.Not(atom)
    if tag in ("and", "or"):
        parts = [_formula(part, names) for part in node[2]]
        negative = [part for part in parts if isinstance(part, S.Not)]
        if tag == "or" and 0 < len(negative) < len(parts):
            positive = [part for part in parts if not isinstance(part, S.Not)]
            return S.Implies(made("∧", map(denied, negative)), made("∨", positive))
        return made("∧" if tag == "and" else "∨", parts)
    if tag in ("all", "some"):
        name = names[node[2]]
        body = _formula(node[3], names)
        return made("∀" if tag == "all" else "∃", [body], S.Variable(name))
    if tag == "xor":
        whole = made("⊕", [_formula(part, names) for part in node[3]])
        return whole if node[2] else denied(whole)
    return S.Truth(tag == "true")


def _term(term: Any, names: dict[int, str]) -> S.Term:
    if type(term) is int:
        return S.Variable(names[term])
    if type(term) is str:
        return S.Constant(_name(term))
    return S.Function(_name(term[0]), tuple([_term(arg, names) for arg in term[1:]]))


def _name(key: str) -> str:
    """A name from `logic.normal.name_key`."""
    return key.partition(":")[2] if key[:1].isdigit() and ":" in key else key


def predicates(f: S.Formula) -> list[str]:
    """The predicate of every atom."""
    atoms = [node for node in subnodes(f) if isinstance(node, S.Atom | S.Equality)]
    return ["=" if isinstance(atom, S.Equality) else atom.predicate.rstrip("'") for atom in atoms]


def weight(f: S.Formula) -> float:
    """What a part counts for that one formula has and the other has not."""
    return 0.5 + ATOM * max(1, len(predicates(f)))


def rescoped(f: S.Formula) -> S.Formula | None:
    """∃y (B ∧ ∀x (A → C)) for ∀x (A → ∃y (B ∧ C)) and back, where A and B allow it; None for other formulas."""
    match f:
        case S.Exists(y, S.And(parts)):
            inner = next((part for part in parts if isinstance(part, S.Forall)), None)
            rest = [part for part in parts if part is not inner]
            if (
                inner is not None
                and isinstance(inner.body, S.Implies)
                and not _mentions(inner.body.left, y)
            ):
                below = S.Exists(y, made("∧", [*rest, inner.body.right]))
                return S.Forall(inner.variable, S.Implies(inner.body.left, below))
        case S.Forall(x, S.Implies(condition, S.Exists(y, S.And(parts)))):
            free = [part for part in parts if not _mentions(part, x)]
            rest = [part for part in parts if _mentions(part, x)]
            if rest:
                return S.Exists(
                    y, made("∧", [*free, S.Forall(x, S.Implies(condition, made("∧", rest)))])
                )
    return None


def _mentions(f: S.Formula, variable: S.Variable) -> bool:
    return any(node == variable for node in subnodes(f))


def text(f: S.Formula) -> str:
    """Canonical text of a part, its free variables as they are and without primes where they are not needed."""
    for node in list(subnodes(f)):
        if isinstance(node, S.Quantified) and node.variable.name.endswith("'"):
            plain = node.variable.name.rstrip("'")
            if plain not in names_in(f):
                f = rename_variable(f, node.variable.name, plain)
    try:
        return write(f)
    except (
        UnsupportedError
    ):  # a free variable that does not look like one: print it bound, and take the binders off
        names = sorted({node.name for node in subnodes(f) if isinstance(node, S.Variable)})
        whole: S.Formula = f
        for name in names:
            whole = S.Forall(S.Variable(name), whole)
        inner = write(whole).removeprefix("".join([f"∀{name} " for name in reversed(names)]))
        return inner[1:-1] if isinstance(f, S.And | S.Or | S.Xor | S.Iff | S.Implies) else inner


def splits(parts: tuple[S.Formula, ...], sign: str) -> Iterator[tuple[S.Formula, S.Formula]]:
    """The parts of a chain as two: all but one, and that one; the last first."""
    for place in itertools.islice(reversed(range(len(parts))), _MOST):
        yield made(sign, [part for index, part in enumerate(parts) if index != place]), parts[place]


def fronted(shape: Shape) -> Iterator[tuple[str, S.Formula, S.Variable, bool]]:
    """A quantifier with each variable of its block in front, then, where another quantifier follows, with that one."""
    sign, (body,), variable = shape
    if variable is None:
        return
    yield sign, body, variable, False
    block, inner = [variable], body
    while len(block) < _MOST and type(inner) is QUANTIFIERS[sign] and sign != "∃!":
        rest = inner.body
        for outer in reversed(block):
            rest = made(sign, [rest], outer)
        yield sign, rest, inner.variable, False
        block, inner = [*block, inner.variable], inner.body
    for other, below, next_variable in shapes(body):
        if next_variable is not None and other != sign:
            yield other, made(sign, below, variable), next_variable, True

"""Seeded changes to formulas: edits that a careless translator makes, and rewritings that change nothing.

Edits make wrong formulas for the correction task and for checks of the score; rewritings make other spellings of the
same meaning.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial

from logic import syntax as S

Path = tuple[int, ...]
Change = Callable[[S.Formula, random.Random], S.Formula | None]


def places(formula: S.Node, path: Path = ()) -> Iterator[tuple[Path, S.Formula]]:
    """Every subformula with its path from the root."""
    if isinstance(formula, S.Formula):
        yield path, formula
        for index, child in enumerate(formula.children()):
            yield from places(child, (*path, index))


def replace(node: S.Node, path: Path, new: S.Node) -> S.Node:
    """The tree with the subtree at a path replaced."""
    if not path:
        return new
    children = list(node.children())
    children[path[0]] = replace(children[path[0]], path[1:], new)
    return node.rebuild(children)


def edit(
    formula: S.Formula, source: random.Random, kinds: tuple[str, ...] | None = None
) -> tuple[S.Formula, str]:
    """One random edit, and its kind (a key of `EDITS`). Raises ValueError where none applies.

    The edit changes the text of the formula; it may happen to keep its meaning.
    """
    return _change(formula, source, {name: EDITS[name] for name in kinds or EDITS})


def rewrite(
    formula: S.Formula, source: random.Random, steps: int = 3, kinds: tuple[str, ...] | None = None
) -> S.Formula:
    """An equivalent formula, by so many random rewritings of the kinds named (keys of `REWRITINGS`; all where absent).

    Raises ValueError where none applies.
    """
    for _ in range(steps):
        formula, _ = _change(
            formula, source, {name: REWRITINGS[name] for name in kinds or REWRITINGS}
        )
    return formula


def _change(
    formula: S.Formula, source: random.Random, changes: dict[str, Change]
) -> tuple[S.Formula, str]:
    names = list(changes)
    source.shuffle(names)
    for name in names:
        spots = list(places(formula))
        source.shuffle(spots)
        for path, part in spots:
            new = changes[name](part, source)
            if new is not None and new != part:
                return replace(formula, path, new), name  # type: ignore[return-value]
    raise ValueError(f"none of {', '.join(changes)} applies to {formula}")


# ---- edits ----------------------------------------------------------------------------------------------------------


def _quantifier(f: S.Formula, _: random.Random) -> S.Formula | None:
    match f:
        case S.Forall(variable, body):
            return S.Exists(variable, body)
        case S.Exists(variable, body) | S.ExistsUnique(variable, body):
            return S.Forall(variable, body)
    return None


def _connective(f: S.Formula, source: random.Random) -> S.Formula | None:
    match f:
        case S.And(parts) | S.Or(parts) | S.Xor(parts):
            others: list[Callable[[], S.Formula]] = [
                partial(kind, parts) for kind in (S.And, S.Or, S.Xor) if not isinstance(f, kind)
            ]
            if len(parts) == 2:
                others.append(partial(S.Implies, *parts))
            return source.choice(others)()
        case S.Implies(left, right):
            return source.choice((S.And((left, right)), S.Or((left, right)), S.Iff(left, right)))
        case S.Iff(left, right):
            return source.choice(
                (S.And((left, right)), S.Xor((left, right)), S.Implies(left, right))
            )
    return None


def _negation(f: S.Formula, _: random.Random) -> S.Formula | None:
    return f.operand if isinstance(f, S.Not) else S.Not(f)


def _converse(f: S.Formula, _: random.Random) -> S.Formula | None:
    return S.Implies(f.right, f.left) if isinstance(f, S.Implies) else None


def _arguments(f: S.Formula, source: random.Random) -> S.Formula | None:
    if not isinstance(f, S.Atom) or len(set(f.args)) < 2:
        return None
    args = list(f.args)
    while tuple(args) == f.args:
        source.shuffle(args)
    return S.Atom(f.predicate, tuple(args))


def _drop(f: S.Formula, source: random.Random) -> S.Formula | None:
    match f:
        case S.And(parts) | S.Or(parts) | S.Xor(parts):
            gone = source.randrange(len(parts))
            rest = parts[:gone] + parts[gone + 1 :]
            return f.rebuild(rest) if len(rest) > 1 else rest[0]
        case S.Implies(left, right):
            return source.choice((left, right))
    return None


def _add(f: S.Formula, source: random.Random) -> S.Formula | None:
    if not isinstance(f, S.Atom) or not f.args:
        return None
    new = S.Atom(source.choice(("Extra", "Special", "Known")), (source.choice(f.args),))
    return source.choice((S.And((f, new)), S.Or((f, new))))


def _rename(f: S.Formula, source: random.Random) -> S.Formula | None:
    """One occurrence of a predicate under another name: that of another meaning, never a spelling of the same."""
    if not isinstance(f, S.Atom):
        return None
    return S.Atom(source.choice([name for name in _OTHER_NAMES if name != f.predicate]), f.args)


_OTHER_NAMES = ("Red", "Older", "Near", "Member", "Winter", "Round")

EDITS: dict[str, Change] = {
    "quantifier": _quantifier,
    "connective": _connective,
    "negation": _negation,
    "converse": _converse,
    "arguments": _arguments,
    "drop": _drop,
    "add": _add,
    "rename": _rename,
}
"""Kinds of edit."""


# ---- rewritings -----------------------------------------------------------------------------------------------------


def _de_morgan(f: S.Formula, _: random.Random) -> S.Formula | None:
    match f:
        case S.Not(S.And(parts)):
            return S.Or(tuple([S.Not(part) for part in parts]))
        case S.Not(S.Or(parts)):
            return S.And(tuple([S.Not(part) for part in parts]))
        case S.And(parts):
            return S.Not(S.Or(tuple([S.Not(part) for part in parts])))
        case S.Or(parts):
            return S.Not(S.And(tuple([S.Not(part) for part in parts])))
        case S.Forall(variable, body):
            return S.Not(S.Exists(variable, S.Not(body)))
        case S.Exists(variable, body):
            return S.Not(S.Forall(variable, S.Not(body)))
    return None


def _contraposition(f: S.Formula, source: random.Random) -> S.Formula | None:
    match f:
        case S.Implies(left, right):
            return source.choice((S.Implies(S.Not(right), S.Not(left)), S.Or((S.Not(left), right))))
        case S.Iff(left, right):
            return S.Iff(S.Not(left), S.Not(right))
    return None


def _commute(f: S.Formula, source: random.Random) -> S.Formula | None:
    match f:
        case S.And(parts) | S.Or(parts) | S.Xor(parts):
            mixed = list(parts)
            source.shuffle(mixed)
            return f.rebuild(mixed)
        case S.Iff(left, right) | S.Equality(left, right):
            return f.rebuild((right, left))
    return None


def _rename_bound(f: S.Formula, source: random.Random) -> S.Formula | None:
    if not isinstance(f, S.Quantified):
        return None
    used = {node.name for _, part in places(f) for node in _variables(part)}
    new = source.choice(
        [name for name in ("t", "u", "v", "w", "x", "y", "z", "x1", "y1") if name not in used]
    )
    return type(f)(S.Variable(new), _substitute(f.body, f.variable.name, S.Variable(new)))  # type: ignore[call-arg]


def _variables(f: S.Formula) -> Iterator[S.Variable]:
    if isinstance(f, S.Quantified):
        yield f.variable
    stack = list(f.children())
    while stack:
        node = stack.pop()
        if isinstance(node, S.Variable):
            yield node
        stack.extend(node.children())


def _substitute(node: S.Node, name: str, new: S.Term) -> S.Node:
    if node == S.Variable(name):
        return new
    if isinstance(node, S.Quantified) and node.variable.name == name:
        return node
    return node.rebuild([_substitute(child, name, new) for child in node.children()])


def _prenex(f: S.Formula, _: random.Random) -> S.Formula | None:
    """One quantifier out of a conjunction, disjunction or the right of a conditional (its variable being new there)."""
    match f:
        case S.And(parts) | S.Or(parts):
            for index, part in enumerate(parts):
                rest = parts[:index] + parts[index + 1 :]
                if isinstance(part, (S.Forall, S.Exists)) and not _mentions(rest, part.variable):
                    return type(part)(
                        part.variable, f.rebuild((*parts[:index], part.body, *parts[index + 1 :]))
                    )
        case S.Implies(left, S.Forall(variable, body) | S.Exists(variable, body)) if not _mentions(
            (left,), variable
        ):
            return type(f.right)(variable, S.Implies(left, body))  # type: ignore[call-arg]
        case S.Implies(S.Exists(variable, body), right) if not _mentions((right,), variable):
            return S.Forall(variable, S.Implies(body, right))
    return None


def _mentions(parts: tuple[S.Formula, ...], variable: S.Variable) -> bool:
    return any(
        found == variable for part in parts for _, sub in places(part) for found in _variables(sub)
    )


REWRITINGS: dict[str, Change] = {
    "de morgan": _de_morgan,
    "contraposition": _contraposition,
    "commute": _commute,
    "rename bound": _rename_bound,
    "prenex": _prenex,
    "double negation": lambda f, _: S.Not(S.Not(f)) if not isinstance(f, S.Not) else None,
}
"""Kinds of rewriting; each keeps the meaning over non-empty universes."""

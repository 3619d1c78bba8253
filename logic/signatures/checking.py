"""What a formula says beyond a signature: unknown names, other arities, arguments in another order."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Literal

from logic import syntax as S
from logic.judging.names import likeness
from logic.nodes import shown_name
from logic.signatures.signature import Gloss, Signature
from logic.spelling import RELATIONS
from logic.symbols import Symbol, symbols

ProblemKind = Literal[
    "unknown name", "wrong arity", "wrong kind", "swapped arguments", "wrong sort"
]
_RELATIONS = frozenset(RELATIONS.values())
_LIKE = 0.6
"""Likeness of two names from which one may be meant by the other."""
_MOST_SORTED = 4
"""Arguments up to which every other order is tried."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that a signature does not allow: what is wrong with which symbol, and what may be meant."""

    kind: ProblemKind
    symbol: Symbol
    hint: str

    def __str__(self) -> str:
        name = shown_name(self.symbol[1])
        return f"{self.kind}: {name}: {self.hint}" if self.hint else f"{self.kind}: {name}"


def problems(signature: Signature, checked: S.Formula | Signature) -> tuple[Problem, ...]:
    """The problems of a formula, or of another signature, in order of occurrence."""
    if isinstance(checked, Signature):
        return tuple([*_of_symbols(signature, checked.symbols), *_of_glosses(signature, checked)])
    return tuple([*_of_symbols(signature, symbols(checked)), *_of_sorts(signature, checked)])


# ---- names ----


def _of_symbols(
    signature: Signature, named: list[Symbol] | tuple[Symbol, ...]
) -> Iterator[Problem]:
    declared = signature.symbols
    known = set(declared)
    for symbol in named:
        if symbol not in known and symbol[1] not in _RELATIONS:
            yield _problem(symbol, declared, signature)


def _problem(symbol: Symbol, declared: tuple[Symbol, ...], signature: Signature) -> Problem:
    kind, name, arity = symbol
    namesakes = [other for other in declared if other[1] == name]
    for other in namesakes:
        if other[0] == kind:
            return Problem(
                "wrong arity", symbol, f"{_shown(other, signature)}, not {_count(arity)}"
            )
    if namesakes:
        return Problem("wrong kind", symbol, f"it is a {namesakes[0][0]}, and no {kind}")
    meant = _meant(symbol, declared)
    hint = "" if meant is None else f"did you mean {_shown(meant, signature)}?"
    return Problem("unknown name", symbol, hint)


def _count(arity: int) -> str:
    return "1 argument" if arity == 1 else f"{arity} arguments"


def _shown(symbol: Symbol, signature: Signature) -> str:
    """A declared symbol as its declaration has it: `Chases(x, y) (x chases y)`."""
    kind, name, arity = symbol
    gloss = next((gloss for gloss in signature.glosses if gloss.name == name), None)
    head = shown_name(name)
    if kind != "constant" and arity:
        head = f"{head}/{arity}"
    if gloss is None:
        return head
    if len(gloss.arguments) == arity and arity:
        head = f"{shown_name(name)}({', '.join(gloss.arguments)})"
    return f"{head} ({gloss.text})"


def _meant(symbol: Symbol, declared: tuple[Symbol, ...]) -> Symbol | None:
    """The declared symbol that is most like this one; one of its kind and arity before any other."""
    kind, name, arity = symbol
    graded = []
    for other in declared:
        value = max(likeness(name, other[1]), _spelled_alike(name, other[1]))
        if value >= _LIKE:
            is_same_sort = (other[0] == kind) + (other[2] == arity)
            graded.append((is_same_sort, value, other))
    return max(graded)[2] if graded else None


def _spelled_alike(name: str, other: str) -> float:
    return difflib.SequenceMatcher(None, name.casefold(), other.casefold()).ratio()


# ---- the order of arguments ----


def _of_sorts(signature: Signature, formula: S.Formula) -> Iterator[Problem]:
    """Applications whose arguments are of other sorts than the signature says."""
    declared = dict(signature.sorts)
    if not declared:
        return
    individuals = {name: declared[name][0] for name in signature.constants if name in declared}
    sorts = {sort for of_symbol in declared.values() for sort in of_symbol if sort}
    yield from _of_applications(
        formula,
        declared,
        individuals,
        sorts,
    )


def _of_applications(
    node: S.Node,
    declared: Mapping[str, tuple[str, ...]],
    individuals: Mapping[str, str],
    sorts: set[str],
) -> Iterator[Problem]:
    match node:
        case S.Quantified():
            individuals = {**individuals, node.variable.name: _guard(node, sorts)}
        case S.Atom(name, args):
            yield from _of_arguments(
                "predicate",
                name,
                args,
                declared,
                individuals,
            )
        case S.Function(name, args):
            yield from _of_arguments(
                "function",
                name,
                args,
                declared,
                individuals,
            )
    for child in node.children():
        yield from _of_applications(
            child,
            declared,
            individuals,
            sorts,
        )


def _of_arguments(
    kind: str,
    name: str,
    args: tuple[S.Term, ...],
    declared: Mapping[str, tuple[str, ...]],
    individuals: Mapping[str, str],
) -> Iterator[Problem]:
    wanted = declared.get(name, ())
    actual = tuple([individuals.get(_name(term), "") for term in args])
    if not args or len(wanted) != len(actual) or _fits(actual, wanted):
        return
    symbol = (kind, name, len(args))
    expected = f"it is {name}({', '.join([sort or '…' for sort in wanted])})"
    for order in permutations(range(len(args))) if len(args) <= _MOST_SORTED else ():
        if _fits(tuple([actual[place] for place in order]), wanted):
            swapped = ", ".join([str(args[place]) for place in order])
            hint = f"{expected}; did you mean {name}({swapped})?"
            yield Problem("swapped arguments", symbol, hint)
            return
    shown = ", ".join([sort or "…" for sort in actual])
    yield Problem("wrong sort", symbol, f"{expected}, and here of {shown}")


def _name(term: S.Term) -> str:
    return term.name if isinstance(term, S.Variable | S.Constant) else ""


def _guard(quantifier: S.Quantified, sorts: set[str]) -> str:
    """The sort that the body says of the variable: `∀x (Dog(x) → …)`, `∃x (Dog(x) ∧ …)`."""
    body = quantifier.body
    said: S.Node = body.left if isinstance(body, S.Implies) else body
    parts = said.children() if isinstance(said, S.And) else (said,)
    for part in parts:
        match part:
            case S.Atom(name, (argument,)) if name in sorts and argument == quantifier.variable:
                return name
    return ""


def _fits(actual: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Whether no argument is known to be of another sort."""
    pairs = zip(actual, wanted, strict=True)
    return all(one == other or not one or not other for one, other in pairs)


def _of_glosses(signature: Signature, other: Signature) -> Iterator[Problem]:
    """Symbols that both declare, whose glosses say the same of their arguments in another order."""
    own = {gloss.name: gloss for gloss in signature.glosses}
    for gloss in other.glosses:
        mine = own.get(gloss.name)
        if mine is None or len(mine.arguments) != len(gloss.arguments) or _same(mine, gloss):
            continue
        for order in permutations(gloss.arguments) if len(gloss.arguments) <= _MOST_SORTED else ():
            if _same(mine, gloss._replace(arguments=order)):
                arguments = ", ".join(mine.arguments)
                hint = f"{mine.name}({arguments}) says: {mine.text}"
                yield Problem(
                    "swapped arguments", ("predicate", mine.name, len(mine.arguments)), hint
                )
                break


def _same(one: Gloss, other: Gloss) -> bool:
    """Whether two glosses are the same sentence about the same places of their arguments."""
    return _numbered(one) == _numbered(other)


def _numbered(gloss: Gloss) -> list[str]:
    places = {argument: f"#{place}" for place, argument in enumerate(gloss.arguments)}
    said = gloss.text.strip().rstrip(".").split()
    return [places.get(word.strip(",;"), word.casefold()) for word in said]

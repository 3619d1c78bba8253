"""A normal form taken apart into the cases in which it may hold.

That two formulas differ has two cases: the one holds and the other does not, or the reverse. A
prover that is asked for each by itself has less to look through than one that is asked whether they
differ, and an existential quantifier that stands outermost in a case is no quantifier there: the
element that it speaks of has a name. Together the cases say what the form says; it has no model just
where none of them has one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from logic.deciding.normal import Normal, exclusive, negate

MAX_CASES = 8
"""Cases up to which a disjunction is taken apart; what is left of it stays one part."""
_WITNESS = "\0"
"""First character of the names given to elements: no symbol's key begins with it."""


class Part(NamedTuple):
    """A normal form, and the constants that its free variables stand for."""

    form: Normal
    names: Mapping[int, str]


Case = tuple[Part, ...]
"""Parts that hold together."""


class _Open(NamedTuple):
    """A case on the way: parts to take apart, parts that stay, and how many elements have a name."""

    todo: tuple[Part, ...]
    kept: Case
    named: int


def cases(form: Normal) -> list[Case]:
    """The cases of a closed form, none where it is plainly false.

    Ends: each step puts in the place of a part one or two of its own parts, and the alternatives of
    a disjunction are taken at most `MAX_CASES` times.
    """
    stack = [_Open((Part(form, {}),), (), 0)]
    done: list[Case] = []
    while stack:
        case = stack.pop()
        if not case.todo:
            done.append(case.kept)
            continue
        room = MAX_CASES - len(stack) - len(done)
        stack.extend(reversed(_step(case, room)))
    return done


def _step(case: _Open, room: int) -> list[_Open]:
    """A case with its next part taken apart: as one case, several, or none."""
    part, *rest = case.todo
    form, names = part
    match form:
        case ("true", _):
            return [case._replace(todo=tuple(rest))]
        case ("false", _):
            return []
        case ("and", _, parts):
            inside = [Part(each, names) for each in parts]
            return [case._replace(todo=(*inside, *rest))]
        case ("some", _, variable, body):
            named = {**names, variable: f"{_WITNESS}{case.named}"}
            todo = (Part(body, named), *rest)
            return [_Open(todo, case.kept, case.named + 1)]
    alternatives = _alternatives(form) if has_quantifier(form) else []
    if not 0 < len(alternatives) <= room:
        return [_Open(tuple(rest), (*case.kept, part), case.named)]
    return [
        case._replace(todo=(*[Part(each, names) for each in together], *rest))
        for together in alternatives
    ]


def _alternatives(form: Normal) -> list[Sequence[Normal]]:
    """The ways in which a disjunction may hold, as forms that hold together; none for another form."""
    match form:
        case ("or", _, parts):
            return [(part,) for part in parts]
        case ("xor", _, sign, (first, *rest)):
            others = list(rest)
            return [
                (first, exclusive(not sign, others)),
                (negate(first), exclusive(sign, others)),
            ]
    return []


def has_quantifier(form: Normal) -> bool:
    """Whether a quantifier stands anywhere in a form."""
    match form:
        case ("all" | "some", *_):
            return True
        case ("and" | "or", _, parts) | ("xor", _, _, parts):
            return any(map(has_quantifier, parts))
    return False


# ---- how many elements a model needs ----


def enough(case: Case) -> int | None:
    """A number of elements such that the case has a model with so many at most, if it has any.

    None where no such number is known. A part that says that everything is one of n elements bounds
    every model. Where no element depends on another (no function, no ∃ below a ∀), the elements that
    have a name are a model by themselves.
    """
    bounds = [bound for part in case if (bound := _bound(part)) is not None]
    if all(_is_flat(part.form) for part in case):
        named = set().union(*[_named(part.form, part.names) for part in case])
        bounds.append(max(1, len(named)))
    return min(bounds, default=None)


def _bound(part: Part) -> int | None:
    """The most elements of a structure in which ∀x … (x = y or x = c or …) holds; None for others.

    With more, the variables could stand for different elements, none of them one that is named.
    """
    variables: set[int] = set()
    equations: list[Normal] = []
    stack = [part.form]
    while stack:
        form = stack.pop()
        if form[0] == "all":
            variables.add(form[2])
            stack.append(form[3])
        elif form[0] == "or":
            stack.extend(form[2])
        else:
            equations.append(form)
    named: set[str] = set()
    for equation in equations:
        if equation[0] != "lit" or not equation[2] or equation[3] != "=":
            return None
        sides = equation[4]
        if any(type(side) is tuple for side in sides) or variables.isdisjoint(sides):
            return None
        named.update(_name(side, part.names) for side in sides if side not in variables)
    return len(variables) + len(named) - 1


def _name(term: Any, names: Mapping[int, str]) -> str:
    """The constant that a term is, or that a variable stands for."""
    return names[term] if type(term) is int else term


def _is_flat(form: Normal) -> bool:
    """Whether no element depends on another: no function, and no ∃."""
    match form:
        case ("lit", _, _, _, args):
            return not any(type(arg) is tuple for arg in args)
        case ("and" | "or", _, parts):
            return all(map(_is_flat, parts))
        case ("xor", _, _, parts):
            return not has_quantifier(form) and all(map(_is_flat, parts))
        case ("all", _, _, body):
            return _is_flat(body)
    return form[0] != "some"


def _named(form: Normal, names: Mapping[int, str]) -> set[str]:
    """The constants of a flat form, with those that its free variables stand for."""
    match form:
        case ("lit", _, _, _, args):
            terms = [names.get(arg) if type(arg) is int else arg for arg in args]
            return {term for term in terms if term is not None}
        case ("all", _, variable, body):
            inside = {number: name for number, name in names.items() if number != variable}
            return _named(body, inside)
        case ("and" | "or" | "xor", *_):
            return set().union(*[_named(each, names) for each in form[-1]])
    return set()

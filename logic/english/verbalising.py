"""`logic.verbalise`: a formula in controlled English, whose scopes are told.

Every connective and quantifier opens with words of its own and says where its parts end, so a
sentence can be read in one way, which `logic.english.reading` does.
"""

from __future__ import annotations

from collections.abc import Sequence

from logic import syntax as S
from logic.english.phrases import Phrasebook
from logic.errors import UnsupportedError
from logic.signatures.signature import Signature, signature
from logic.substitution import free_variables, substitute

_NAMES = ("x", "y", "z", "w", "v", "u")
_QUANTIFIERS = {
    S.Forall: "for every {}, {}",
    S.Exists: "there is some {} such that {}",
    S.ExistsUnique: "there is exactly one {} such that {}",
}
_JUNCTIONS = {
    S.And: "both {} and {}",
    S.Or: "either {} or {}, maybe both",
    S.Xor: "either {} or {}, not both",
}


def verbalise(formula: S.Formula, names: Signature | None = None) -> str:
    """The formula as a sentence.

    `names` has glosses for its symbols, as in `Chases(x, y) ::: x chases y`; a name without one is
    spelled out, and an atom that could then be read in two ways stands in quotation marks. The
    sentence says as much as the formula: `logic.english.reading.read_english` reads one
    back that is equivalent. Raises `UnsupportedError` for a domain's construct and for a free
    variable.
    """
    free = free_variables(formula)
    if free:
        raise UnsupportedError(f"the variable {free[0]} is free, and a sentence has none")
    text = _said(
        formula,
        phrasebook(
            formula,
            names,
        ),
        (),
    )
    if not isinstance(formula, S.Atom | S.Equality | S.Truth):
        text = text[0].upper() + text[1:]
    return f"{text}."


def phrasebook(formula: S.Formula, names: Signature | None) -> Phrasebook:
    """The phrases of a formula's symbols, with the glosses that are known."""
    own = signature(formula)
    if names is None:
        return Phrasebook(own)
    joint = Signature(
        tuple(sorted({*own.predicates, *names.predicates})),
        tuple(sorted({*own.functions, *names.functions})),
        tuple(sorted({*own.constants, *names.constants})),
        names.glosses,
    )
    return Phrasebook(joint)


def variable_at(depth: int) -> str:
    """The name of the variable that is bound under so many quantifiers."""
    if depth < len(_NAMES):
        return _NAMES[depth]
    return f"x{depth - len(_NAMES) + 1}"


def _said(formula: S.Formula, book: Phrasebook, bound: Sequence[str]) -> str:
    """A part of the formula, under quantifiers for these variables of it, from the outermost in."""
    match formula:
        case S.Forall() | S.Exists() | S.ExistsUnique():
            return _quantified(
                formula,
                book,
                bound,
            )
        case S.And() | S.Or() | S.Xor():
            return _chain(
                formula,
                book,
                bound,
            )
        case S.Not(operand):
            return f"it is not the case that {_said(operand, book, bound)}"
        case S.Implies(left, right):
            condition = _said(
                left,
                book,
                bound,
            )
            return f"if {condition}, then {_said(right, book, bound)}"
        case S.Iff(left, right):
            first = _said(
                left,
                book,
                bound,
            )
            return f"it is the case that {first} exactly when {_said(right, book, bound)}"
        case S.Atom() | S.Equality() | S.Truth():
            return _atom(
                formula,
                book,
                bound,
            )
    raise UnsupportedError(f"no English for {type(formula).__name__}")


def _quantified(formula: S.Quantified, book: Phrasebook, bound: Sequence[str]) -> str:
    inner = (*bound, formula.variable.name)
    scope = _said(
        formula.body,
        book,
        inner,
    )
    name = variable_at(len(bound))
    return _QUANTIFIERS[type(formula)].format(
        name,
        scope,
    )


def _atom(atom: S.Formula, book: Phrasebook, bound: Sequence[str]) -> str:
    """An atom about the variables as the sentence calls them: by depth, each by a name of its own."""
    called = [variable_at(depth) for depth in range(len(bound))]
    variables: dict[str, S.Term] = {}
    for name, own in zip(bound, called, strict=True):
        variables[name] = S.Variable(own)  # the innermost of a name is meant, and comes last
    renamed = substitute(
        atom,
        variables,
    )
    return book.say(
        renamed,
        called,
    )


def _chain(formula: S.And | S.Or | S.Xor, book: Phrasebook, bound: Sequence[str]) -> str:
    """Two parts at a time, the last two innermost: each of the three may be grouped at will."""
    *others, text = [_said(part, book, bound) for part in formula.operands]
    for part in reversed(others):
        text = _JUNCTIONS[type(formula)].format(
            part,
            text,
        )
    return text

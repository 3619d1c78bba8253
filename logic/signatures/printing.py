"""A signature as text: a declaration on each line, with its gloss."""

from __future__ import annotations

from logic.signatures.signature import Gloss, Signature
from logic.spelling import quoted

_VARIABLES = "xyzwvu"


def printed(signature: Signature) -> str:
    """The declarations under the headings "Predicates:", "Functions:" and "Constants:"."""
    parts: list[str] = []
    for kind, lines in by_kind(signature).items():
        if lines:
            parts.append("\n".join([f"{kind.capitalize()}:", *lines]))
    return "\n".join(parts)


def by_kind(signature: Signature) -> dict[str, list[str]]:
    """The declarations of predicates, functions and constants."""
    glosses = {gloss.name: gloss for gloss in signature.glosses}
    sorts = dict(signature.sorts)
    declared: dict[str, list[str]] = {}
    for kind, symbols in (
        ("predicates", signature.predicates),
        ("functions", signature.functions),
    ):
        declared[kind] = [
            _application(name, arity, glosses.get(name), sorts.get(name, ()))
            for name, arity in symbols
        ]
    declared["constants"] = [
        _constant(name, glosses.get(name), sorts.get(name, ())) for name in signature.constants
    ]
    return declared


def _written(name: str) -> str:
    return name if name.isidentifier() else quoted(name)


def _application(name: str, arity: int, gloss: Gloss | None, sorts: tuple[str, ...]) -> str:
    arguments = _arguments(arity, gloss)
    typed = []
    for place, argument in enumerate(arguments):
        sort = sorts[place] if place < len(sorts) else ""
        typed.append(f"{argument}: {_written(sort)}" if sort else argument)
    head = f"{_written(name)}({', '.join(typed)})" if arity else f"{_written(name)}/0"
    return _with_gloss(head, gloss)


def _arguments(arity: int, gloss: Gloss | None) -> list[str]:
    """The names that the gloss uses, where it has one for each argument."""
    if gloss is not None and len(gloss.arguments) == arity:
        return [_written(argument) for argument in gloss.arguments]
    if arity <= len(_VARIABLES):
        return list(_VARIABLES[:arity])
    return [f"x{place}" for place in range(1, arity + 1)]


def _constant(name: str, gloss: Gloss | None, sorts: tuple[str, ...]) -> str:
    head = _written(name)
    if sorts and sorts[0]:
        head = f"{head}: {_written(sorts[0])}"
    return _with_gloss(head, gloss)


def _with_gloss(head: str, gloss: Gloss | None) -> str:
    # A gloss of several lines would be read as other declarations.
    return head if gloss is None else f"{head} ::: {' '.join(gloss.text.split())}"

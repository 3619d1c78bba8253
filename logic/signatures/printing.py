"""A signature as text: a declaration on each line, with its gloss."""

from __future__ import annotations

from logic.signatures.signature import Gloss, Signature
from logic.spelling import quoted

_VARIABLES = "xyzwvu"


def printed(signature: Signature) -> str:
    """The declarations under the headings "Predicates:", "Functions:" and "Constants:".

    Symbols of which nothing is said but their arities share a line.
    """
    said = {*[gloss.name for gloss in signature.glosses], *[name for name, _ in signature.sorts]}
    parts: list[str] = []
    for kind, declared in by_kind(signature).items():
        heading = f"{kind.capitalize()}:"
        names = _names(signature, kind)
        if not declared:
            continue
        if said.isdisjoint(name for name, _ in names):
            shown = [f"{_written(name)}{arity}" for name, arity in names]
            parts.append(f"{heading} {', '.join(shown)}")
        else:
            parts.append("\n".join([heading, *declared]))
    return "\n".join(parts)


def in_a_line(signature: Signature) -> str:
    """All names with their arities: `Cat/1 Chases/2 anna`."""
    names = []
    for kind in ("predicates", "functions", "constants"):
        names += [f"{name}{arity}" for name, arity in _names(signature, kind)]
    return " ".join(names)


def _names(signature: Signature, kind: str) -> list[tuple[str, str]]:
    """The names of a kind, each with its arity behind a slash, or nothing behind a constant."""
    if kind == "constants":
        return [(name, "") for name in signature.constants]
    symbols = signature.predicates if kind == "predicates" else signature.functions
    return [(name, f"/{arity}") for name, arity in symbols]


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

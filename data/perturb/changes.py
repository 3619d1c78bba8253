"""A change at a random place of a formula: what edits and rewritings have in common."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping

from logic import syntax as S

Path = tuple[int, ...]
"""Where a subformula stands: the number of the child to take at each step from the root."""
Change = Callable[[S.Formula, random.Random], S.Formula | None]
"""Another formula for this one, or None where the change does not apply to it."""


def places(formula: S.Node, path: Path = ()) -> Iterator[tuple[Path, S.Formula]]:
    """Every subformula with its path from the root."""
    if isinstance(formula, S.Formula):
        yield path, formula
        for index, child in enumerate(formula.children()):
            yield from places(child, (*path, index))


def replace(node: S.Node, path: Path, part: S.Node) -> S.Node:
    """The tree with the subtree at a path replaced."""
    if not path:
        return part
    first, *rest = path
    children = list(node.children())
    children[first] = replace(children[first], tuple(rest), part)
    return node.rebuild(children)


def change_somewhere(
    formula: S.Formula, source: random.Random, changes: Mapping[str, Change]
) -> tuple[S.Formula, str]:
    """The formula with one of the changes at one place, both random, and the change's name.

    Raises ValueError where none applies anywhere.
    """
    names = list(changes)
    source.shuffle(names)
    for name in names:
        spots = list(places(formula))
        source.shuffle(spots)
        for path, part in spots:
            substitute = changes[name](part, source)
            if substitute is not None and substitute != part:
                changed = replace(formula, path, substitute)
                assert isinstance(changed, S.Formula)  # a formula stands for a formula
                return changed, name
    raise ValueError(f"none of {', '.join(changes)} applies to {formula}")

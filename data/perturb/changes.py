"""A change at a random place of a formula: what edits and rewritings have in common."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping

from logic.syntax import Formula, Node

Path = tuple[int, ...]
"""Where a subformula stands: the number of the child to take at each step from the root."""
Change = Callable[[Formula, random.Random], Formula | None]
"""Another formula for this one, or None where the change does not apply to it."""


def places(formula: Node, path: Path = ()) -> Iterator[tuple[Path, Formula]]:
    """Every subformula with its path from the root."""
    if isinstance(formula, Formula):
        yield path, formula
        for index, child in enumerate(formula.children()):
            yield from places(child, (*path, index))


def replace(node: Node, path: Path, part: Node) -> Node:
    """The tree with the subtree at a path replaced."""
    if not path:
        return part
    first = path[0]
    children = list(node.children())
    children[first] = replace(children[first], path[1:], part)
    return node.rebuild(children)


def change_somewhere(
    formula: Formula, source: random.Random, changes: Mapping[str, Change]
) -> tuple[Formula, str]:
    """The formula with one of the changes at one place, both random, and the change's name.

    Raises ValueError where none applies anywhere.
    """
    names = list(changes)
    source.shuffle(names)
    for name in names:
        change = changes[name]
        spots = list(places(formula))
        source.shuffle(spots)
        for path, part in spots:
            substitute = change(part, source)
            if substitute is None or substitute == part:
                continue
            changed = replace(formula, path, substitute)
            assert isinstance(changed, Formula)  # a formula stands for a formula
            return changed, name
    raise ValueError(f"none of {', '.join(changes)} applies to {formula}")

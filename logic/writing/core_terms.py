"""A domain's constructs said in core terms, for a notation that has no signs for them."""

from __future__ import annotations

from typing import Any

from logic import syntax as S
from logic.nodes import UNIVERSE, Count, sort_of, spelled_out
from logic.symbols import subnodes


def without_constructs(node: S.Node, dialect: str) -> Any:
    """The node with what a notation cannot write said in core terms; None without such."""
    if all(_lowered(item, dialect) is None for item in subnodes(node)):
        return None

    def visit(item: S.Node) -> S.Node:
        core = _lowered(item, dialect)
        if core is not None:
            return visit(core)
        children = item.children()
        return item.rebuild([visit(child) for child in children]) if children else item

    return visit(node)


def _lowered(node: S.Node, dialect: str) -> S.Node | None:
    """A construct one step nearer to the core; None for what the notation can write or must."""
    if not isinstance(node, S.Construct) or dialect in node.notations:
        return None
    core = node.lower()
    if core is None or (sort_of(core) or UNIVERSE) != UNIVERSE:
        return None
    return spelled_out(core) if isinstance(core, Count) else core

"""The symbols of formulas, and every node below one."""

from __future__ import annotations

from collections.abc import Iterator

from logic import syntax as S

Symbol = tuple[str, str, int]
"""Kind ("predicate", "function" or "constant"), name and arity.

A free variable counts as a constant.
"""

MAX_ARITY = 32
"""Arguments that a predicate or function may have in a text."""


def subnodes(node: S.Node) -> Iterator[S.Node]:
    """The node and everything below it, parents first."""
    stack = [node]
    while stack:
        item = stack.pop()
        yield item
        stack.extend(reversed(item.children()))


def written_out(node: S.Node) -> int:
    """The number of nodes, where ∃! counts what it binds twice, as its definition has it twice."""
    below = sum([written_out(child) for child in node.children()])
    return 1 + (2 * below if isinstance(node, S.ExistsUnique) else below)


def symbols(formula: S.Formula) -> list[Symbol]:
    """The distinct symbols in order of first occurrence."""
    occurring: dict[Symbol, None] = {}  # a set in order

    def visit(node: S.Node, bound: frozenset[str]) -> None:
        match node:
            case S.Atom(name, args):
                occurring["predicate", name, len(args)] = None
            case S.Function(name, args):
                occurring["function", name, len(args)] = None
            case S.Constant(name):
                occurring["constant", name, 0] = None
                return
            case S.Variable(name):
                if name not in bound:
                    occurring["constant", name, 0] = None
                return
            case S.Quantified():
                bound = bound | {node.variable.name}
        for child in node.children():
            visit(child, bound)

    visit(formula, frozenset())
    return list(occurring)

"""Formula to text in a notation that is named, with what it cannot hold said in core terms."""

from __future__ import annotations

from typing import Any

from logic import syntax as S
from logic.core import CORE
from logic.errors import UnsupportedError
from logic.language import Language
from logic.nodes import UNIVERSE, Count, sort_of, spelled_out
from logic.symbols import subnodes
from logic.writing import smtlib as smtlib_writer
from logic.writing import z3py as z3py_writer
from logic.writing.levels import IFF
from logic.writing.notations import NOTATIONS
from logic.writing.printer import Printer


def write(node: S.Formula | S.Term, dialect: str = "unicode", language: Language = CORE) -> str:
    """`logic.to_text` in a language that is at hand."""
    try:
        return _write(node, dialect, language)
    except UnsupportedError:
        lowered = _without_constructs(node, dialect)
        if lowered is None:
            raise
    return _write(lowered, dialect, language)


S.Node.write = staticmethod(write)


def _write(node: Any, dialect: str, language: Language) -> str:
    if dialect == "smtlib":
        return smtlib_writer.write(node)
    if dialect == "z3py":
        return z3py_writer.write(node)
    notation = NOTATIONS.get(dialect)
    if notation is None:
        allowed = ", ".join([*NOTATIONS, "smtlib", "z3py"])
        raise ValueError(f"unknown dialect {dialect!r}; allowed: {allowed}")
    printer = Printer(notation, node, language)
    if not isinstance(node, S.Formula):
        return printer.term(node)
    return printer.rule(node) if dialect == "prolog" else printer.formula(node, IFF)


def _without_constructs(node: S.Node, dialect: str) -> Any:
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

"""Z3's names in a Python script, under whatever names it imports them, and what else it binds."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from logic.writing.z3py import HEADS, OTHERS

NAMES = HEADS | OTHERS
NAMES |= {"Forall", "BoolSort", "IntSort", "RealSort", "StringSort", "BitVecSort", "ArraySort"}
NAMES |= {"DeclareSort", "EnumSort", "Datatype", "simplify"}
"""Z3's names on which it depends what a formula says."""
_ALIKE = frozenset(["z3", "sympy", "pysmt"])
"""Modules in which the names of connectives and quantifiers mean the same."""
_INDIRECT = frozenset("globals locals exec eval setattr delattr __import__ __builtins__".split())
_INDIRECT_PARTS = frozenset("__dict__ __setattr__ __setitem__ __delitem__ exec".split())
"""By these a script could bind any name."""
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_UNREADABLE = (ast.Global, ast.Nonlocal, ast.Match, ast.Await)


class Imports(ast.NodeTransformer):
    """What a script calls Z3 and what is in it; `visit` writes these as Z3 does."""

    def __init__(self) -> None:
        self._modules = {"z3"}
        self._renamed: dict[str, str] = {}

    def take(self, statement: ast.Import | ast.ImportFrom) -> Iterator[str]:
        """The names that an import binds to other things than Z3's.

        Raises `ValueError` where one of Z3's own names may stand for something else then.
        """
        module = (
            getattr(
                statement,
                "module",
                None,
            )
            or ""
        ).partition(".")[0]
        is_alike = module in _ALIKE and not getattr(
            statement,
            "level",
            0,
        )
        for alias in statement.names:
            bound = alias.asname or alias.name.partition(".")[0]
            if isinstance(statement, ast.Import) and alias.name == "z3":
                if bound not in self._modules:
                    self.check(bound)
                self._modules.add(bound)
            elif bound == "*":
                if not is_alike:
                    raise ValueError("names of another module, whatever they are")
            elif is_alike and alias.name in NAMES:
                self.rename(
                    bound,
                    alias.name,
                )
            else:
                self.check(bound)
                yield bound

    def rename(self, bound: str, name: str) -> None:
        """A name stands for one of Z3's from here on. Raises `ValueError` where it stood for another."""
        if self._renamed.get(bound, bound if bound in NAMES else name) != name:
            raise ValueError("a name of Z3's that stands for another one")
        if bound != name:
            self._renamed[bound] = name

    def check(self, bound: str) -> None:
        """Raises `ValueError` where something else is given a name of Z3's."""
        if bound in NAMES or bound in self._modules or bound in self._renamed:
            raise ValueError("a name of Z3's for something else")

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in _INDIRECT:
            raise ValueError("names that are bound indirectly")
        if isinstance(node.ctx, ast.Load) and node.id in self._renamed:
            return ast.copy_location(
                ast.Name(self._renamed[node.id], node.ctx),
                node,
            )
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if isinstance(node.func, ast.Name) and node.func.id == "vars":
            raise ValueError("names that are bound indirectly")
        self.generic_visit(node)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if node.attr in _INDIRECT_PARTS:
            raise ValueError("names that are bound indirectly")
        is_of_z3 = isinstance(node.value, ast.Name) and node.value.id in self._modules
        if is_of_z3 and isinstance(node.ctx, ast.Load):
            return ast.copy_location(
                ast.Name(node.attr, node.ctx),
                node,
            )
        self.generic_visit(node)
        return node


def bound_names(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement binds or deletes where it stands, but for imports.

    Raises `ValueError` for what binds in other ways.
    """
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        if isinstance(node, _UNREADABLE):
            raise ValueError("a statement that binds names in other ways")
        if isinstance(node, _FUNCTIONS):
            yield node.name
            if any(isinstance(inner, _UNREADABLE) for inner in ast.walk(node)):
                raise ValueError("a function that binds names of the script")
        elif isinstance(node, ast.Attribute | ast.Subscript) and not _is_loaded(node):
            raise ValueError("a part of something that is changed")
        elif isinstance(node, ast.Name) and not _is_loaded(node):
            yield node.id
        elif not isinstance(node, _COMPREHENSIONS):
            if isinstance(node, ast.ExceptHandler) and node.name:
                yield node.name
            pending.extend(ast.iter_child_nodes(node))


def _is_loaded(node: ast.Name | ast.Attribute | ast.Subscript) -> bool:
    return isinstance(
        node.ctx,
        ast.Load,
    )


def mentioned(*nodes: ast.AST) -> Iterator[str]:
    """The names in expressions or statements."""
    for node in nodes:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name):
                yield inner.id


def handed_on(node: ast.AST, harmless: frozenset[str]) -> Iterator[str]:
    """The names of what may be changed as an expression or statement runs: a list that is appended to.

    What is `harmless` changes nothing that it is called with.
    """
    yield from _handed_to_calls(
        node,
        harmless,
    )
    for loop in ast.walk(node):
        if isinstance(loop, ast.For):
            # A loop's variable is another name for what the loop goes through.
            inner_loops = [inner.iter for inner in ast.walk(loop) if isinstance(inner, ast.For)]
            inside = {*_handed_to_calls(loop, harmless), *mentioned(*inner_loops)}
            if inside.intersection(mentioned(loop.target)):
                yield from mentioned(loop.iter)


def _handed_to_calls(node: ast.AST, harmless: frozenset[str]) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            function = inner.func
            head = function.id if isinstance(function, ast.Name) else None
            if isinstance(function, ast.Attribute):
                head = function.attr
                yield from mentioned(function.value)
            if head not in harmless:
                yield from mentioned(
                    *inner.args,
                    *inner.keywords,
                )
        elif isinstance(inner, (ast.Lambda, *_COMPREHENSIONS)):
            yield from mentioned(inner)

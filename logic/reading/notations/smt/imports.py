"""Z3's names in a Python script, under whatever names it imports them, and what else it binds."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from logic.reading.programs import SOLVER_METHODS
from logic.writing.z3py import HEADS, OTHERS

NAMES = HEADS | OTHERS
NAMES |= {"Forall", "BoolSort", "IntSort", "RealSort", "StringSort", "BitVecSort", "ArraySort"}
NAMES |= {"DeclareSort", "EnumSort", "Datatype", "simplify"}
"""Z3's names on which it depends what a formula says."""
SHOWN = frozenset(["print", "display", "solve", "prove"])
TELLING = SHOWN | set(
    "str repr len type id hash is_true is_false check model eval evaluate sexpr decl sort num_args get_id"
    " symbols Symbol symbol".split()
)
"""What these give is no formula."""
_HARMLESS = (TELLING | NAMES | set(SOLVER_METHODS.split("|"))) - {"append", "insert"}
"""These change nothing that they are called with."""
_SOLVERS = frozenset(["Solver", "SolverFor", "SimpleSolver", "Optimize"])
_KNOWN = (TELLING | _HARMLESS | _SOLVERS) - NAMES
_DECLARING = frozenset("Const Consts Function Bool Bools Int Ints Real Reals".split())
_ALIKE = frozenset(["z3", "sympy", "pysmt"])
"""Modules in which the names of connectives and quantifiers mean the same."""
_INDIRECT = frozenset("globals locals exec eval setattr delattr __import__ __builtins__".split())
_INDIRECT_PARTS = frozenset("__dict__ __setattr__ __setitem__ __delitem__ exec".split())
"""By these a script could bind any name."""
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SHARING = (ast.Name, ast.IfExp, ast.Subscript, ast.List, ast.Tuple, ast.Dict, ast.Set)
"""What is, or holds, the very list that it names."""
_LEAVING = (ast.Return, ast.Yield, ast.YieldFrom)
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
        is_alike = False
        if isinstance(statement, ast.ImportFrom):
            module = statement.module or ""
            is_of_file = statement.level > 0
            is_alike = module.partition(".")[0] in _ALIKE and not is_of_file
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
        if isinstance(node, _LEAVING):
            raise ValueError("a function's statement outside of functions")
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


class Bindings:
    """What a whole script binds, wherever it does so.

    Raises `ValueError` where it calls something of its own by a name that Z3 or Python has.
    """

    def __init__(self, module: ast.Module) -> None:
        self._values: dict[int, ast.expr] = {}
        self._own: set[str] = set()
        self._methods: set[str] = set()
        nodes = list(ast.walk(module))
        for node in nodes:
            self._note_values(node)
        for node in nodes:
            self._note_bound(node)
        functions = [node.func for node in nodes if isinstance(node, ast.Call)]
        names = {node.id for node in functions if isinstance(node, ast.Name)}
        attributes = {node.attr for node in functions if isinstance(node, ast.Attribute)}
        called = (names & self._own) | ((names | attributes) & self._methods)
        if called & _KNOWN:
            raise ValueError("a function of the script's own that is called as one of Z3's")
        self.shared = frozenset(_shared(nodes))

    def _note_values(self, node: ast.AST) -> None:
        """The values of names that are given one each."""
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                for target, value in zip(targets, values, strict=False):
                    self._values[id(target)] = value
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Call() as value):
                for target in targets:
                    self._values[id(target)] = value
            case ast.Assign(targets=[target], value=value):
                self._values[id(target)] = value
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._values[id(target)] = value

    def _note_bound(self, node: ast.AST) -> None:
        if isinstance(node, _FUNCTIONS):
            self._own.add(node.name)
            self._methods.add(node.name)
        if isinstance(node, ast.ClassDef):
            self._methods.update(mentioned(node))
        elif isinstance(node, ast.arg):
            self._own.add(node.arg)
        elif isinstance(node, ast.Name) and not _is_loaded(node):
            value = self._values.get(id(node))
            if not _calls(value, _DECLARING | _SOLVERS):
                self._own.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self._own.update(_imported(node))

    def is_own(self, node: ast.expr) -> bool:
        """Whether a method may be the script's own: what it is called on is no solver."""
        if isinstance(node, ast.Name):
            return node.id in self._own
        return not _calls(node, _SOLVERS)

    def handed_on(self, node: ast.AST) -> Iterator[str]:
        """The names of what may be changed as an expression or statement runs: a list that is appended to."""
        yield from self._handed_to_calls(node)
        for inner in ast.walk(node):
            if isinstance(inner, ast.BoolOp):
                yield from mentioned(*filter(is_sharing, inner.values))
            elif isinstance(inner, ast.withitem):
                yield from mentioned(inner.context_expr)
            elif isinstance(inner, ast.For):
                yield from self._gone_through(inner)

    def _gone_through(self, loop: ast.For) -> Iterator[str]:
        """A loop's variable is another name for what the loop goes through."""
        inner_loops = [inner.iter for inner in ast.walk(loop) if isinstance(inner, ast.For)]
        inside = {*self._handed_to_calls(loop), *mentioned(*inner_loops)}
        is_display = not isinstance(loop.iter, ast.Name) and is_sharing(loop.iter)
        if is_display or inside.intersection(mentioned(loop.target)):
            yield from mentioned(loop.iter)

    def _handed_to_calls(self, node: ast.AST) -> Iterator[str]:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call):
                function = inner.func
                head = function.id if isinstance(function, ast.Name) else None
                if isinstance(function, ast.Attribute):
                    head = None if self.is_own(function.value) else function.attr
                    yield from mentioned(function.value)
                if head not in _HARMLESS:
                    yield from mentioned(
                        *inner.args,
                        *inner.keywords,
                    )
            elif isinstance(inner, (ast.Lambda, *_COMPREHENSIONS)):
                yield from mentioned(inner)


def names_symbols(target: ast.expr, value: ast.expr) -> bool:
    """Whether `p, q = symbols('p q')` gives each symbol the name that it is called by."""
    if not _calls(value, frozenset(["symbols"])) or not isinstance(value, ast.Call):
        return False
    match value.args:
        case [ast.Constant(value=str(symbols))]:
            return symbols.replace(",", " ").split() == list(mentioned(target))
    return False


def is_sharing(value: ast.expr) -> bool:
    """Whether a value is the very list that it names, or holds it."""
    return isinstance(value, _SHARING)


def _calls(value: ast.expr | None, heads: frozenset[str]) -> bool:
    """Whether a value is a call of one of some functions, or of such a function of a module."""
    function = value.func if isinstance(value, ast.Call) else None
    if isinstance(function, ast.Attribute):
        return isinstance(function.value, ast.Name) and function.attr in heads
    return isinstance(function, ast.Name) and function.id in heads


def _imported(statement: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """The names that an import gives to something else than the modules of formulas call so."""
    module = statement.module or "" if isinstance(statement, ast.ImportFrom) else ""
    is_known = module.partition(".")[0] in _ALIKE | {"IPython"}
    for alias in statement.names:
        is_module = isinstance(statement, ast.Import) and alias.name in _ALIKE
        is_same = is_known and alias.asname in (None, alias.name)
        if not (is_module or is_same):
            yield alias.asname or alias.name.partition(".")[0]


def _shared(nodes: list[ast.AST]) -> Iterator[str]:
    """The names of a script that its functions and classes may hand out, but for parameters."""
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            inside = [inner for inner in node.body if not isinstance(inner, _FUNCTIONS)]
            yield from mentioned(*inside)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            own = {inner.arg for inner in ast.walk(node.args) if isinstance(inner, ast.arg)}
            body = [node.body] if isinstance(node, ast.Lambda) else node.body
            yield from mentioned(node.args)
            yield from set(mentioned(*body)) - own

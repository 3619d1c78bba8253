"""What the names of a Python script for Z3 stand for, and its expressions with those written out.

Connectives are written as calls (`And(P(a), Q(a))` for `P(a) & Q(a)`): no sign of Python's is left
that another notation has for something else, and no bracket on which the reading depends.
"""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata
from collections.abc import Iterable

from logic.reading.notations.equations.python import chain
from logic.reading.notations.smt.imports import NAMES, mentioned
from logic.reading.notations.smt.scripts import ScriptSorts
from logic.reading.notations.smt.scripts import head_of as _head
from logic.writing.z3py import HEADS

DECLARATIONS = frozenset(["Const", "Function", "Bool", "Int", "Real"])
_CONNECTIVES = frozenset(["And", "Or", "Not", "Implies", "Xor"])
_FORMULAS = HEADS | {"Forall", "Distinct"}
_SIGNS: dict[type[ast.AST], str] = {
    ast.BitAnd: "And",
    ast.BitOr: "Or",
    ast.BitXor: "Xor",
    ast.And: "And",
    ast.Or: "Or",
    ast.Not: "Not",
    ast.Invert: "Not",
}
_SEVERAL = (ast.List, ast.Tuple, ast.Set, ast.Dict)
_HOLDING = (*_SEVERAL, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)
_NO_FORMULA = (*_HOLDING, ast.Constant, ast.JoinedStr)
_SAID = re.compile(r"[(∀∃¬∧∨→↔⊕⇒⇔]")
_MOST_PARTS = 2_000
_VERDICTS = frozenset(["sat", "unsat", "unknown"])


class Values(ast.NodeTransformer):
    """What each name stands for at one place of a script; `visit` writes an expression out."""

    def __init__(self, shared: frozenset[str] = frozenset()) -> None:
        self._shared = shared
        self.sorts = ScriptSorts()
        self.formulas: set[str] = set()
        """The names that hold a formula, known or not."""
        self.unused: dict[str, None] = {}
        self._expressions: dict[str, ast.expr | None] = {}
        self._declared: dict[str, str] = {}
        self._symbols: dict[str, str] = {}
        self._predicates: set[str] = set()
        self._terms: set[str] = set()
        self._propositions: set[str] = set()
        self._vague: set[str] = set()
        self._parts: dict[str, list[str]] = {}
        self._sizes: dict[int, int] = {}
        self._size = 0

    def value_of(self, name: str) -> ast.expr | None:
        return self._expressions.get(name)

    def is_declared(self, names: Iterable[str]) -> bool:
        return not self._declared.keys().isdisjoint(names)

    def forget(self, name: str) -> None:
        """A name stands for itself, whatever it has stood for."""
        self._expressions.pop(name, None)
        self._declared.pop(name, None)
        self._parts.pop(name, None)
        kinds = (self.formulas, self._vague, self._predicates, self._terms, self._propositions)
        for kind in kinds:
            kind.discard(name)

    def assign(self, name: str, expression: ast.expr | None, *, is_formula: bool) -> None:
        """A name stands for an expression; None where it is not known which."""
        self.forget(name)
        self._expressions[name] = expression
        if is_formula:
            self.formulas.add(name)

    def hold(
        self, name: str, value: ast.expr, expression: ast.expr | None, parts: list[str]
    ) -> None:
        """A name stands for what is no formula; formulas that are part of it are not used by that."""
        other = value.id if isinstance(value, ast.Name) else ""
        kinds = (self._predicates, self._terms, self._propositions)
        own = [kind for kind in kinds if other in kind]  # another name for the same symbol
        self.assign(
            name,
            expression,
            is_formula=False,
        )
        for kind in own:
            kind.add(name)
        self.unused.update(dict.fromkeys(parts))
        self._parts[name] = parts
        if name in self._shared:
            self.change([name])

    def lose(self, name: str) -> None:
        """A name stands for something of which nothing is known: a function, or what a loop gives."""
        self.assign(
            name,
            None,
            is_formula=name in self.formulas,
        )
        self._vague.add(name)

    def change(self, names: Iterable[str]) -> None:
        """What lists hold is not known any more where something may have changed them."""
        lists: set[int] = set()
        for name in set(names) - self.formulas:
            lists.update(map(id, _lists(self._expressions.get(name))))
        if not lists:
            return
        for name in self._expressions.keys() - self.formulas:
            if not lists.isdisjoint(map(id, _lists(self._expressions[name]))):
                self._expressions[name] = None
                self._vague.add(name)

    def names_formula(self, node: ast.AST) -> bool:
        return not self._expressions.keys().isdisjoint(mentioned(node))

    def is_formula(self, value: ast.expr) -> bool:
        """Whether a value is surely a formula, by its form and by what is declared."""
        head = _head(value)
        if head is not None:
            return head in _FORMULAS or head in self._predicates
        match value:
            case ast.Name(id=name):
                return name in self.formulas or name in self._propositions
            case ast.Compare():
                return _VERDICTS.isdisjoint(mentioned(value))
            case ast.BinOp(op=sign) | ast.UnaryOp(op=sign):
                return type(sign) in _SIGNS
        return isinstance(value, ast.BoolOp)

    def may_be_formula(self, value: ast.expr, telling: frozenset[str]) -> bool:
        """Whether a value may be a formula for all that is known: something is made of formulas.

        What the functions of `telling` give is none.
        """
        if isinstance(value, _NO_FORMULA) or _head(value) in telling:
            return False
        if isinstance(value, ast.Name):
            return value.id in self.formulas or value.id in self._vague
        return any(map(self._is_made_of_formulas, ast.walk(value)))

    def holds_formulas(self, value: ast.expr, *, but: str) -> bool:
        """Whether a list, a function or a text may say other formulas than the one of a name."""
        if isinstance(value, ast.Constant):
            return isinstance(value.value, str) and _SAID.search(value.value) is not None
        if not isinstance(value, _HOLDING):
            return False
        made = filter(self._is_made_of_formulas, ast.walk(value))
        return any(not isinstance(node, ast.Name) or node.id != but for node in made)

    def is_like_atom(self, value: ast.expr, telling: frozenset[str]) -> bool:
        """Whether a value is written as an atom is, with a predicate that nothing declares."""
        if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Name):
            return False
        name = value.func.id
        is_known = name in NAMES or name in telling or name in self._terms
        return not is_known and not self._declared.keys().isdisjoint(mentioned(*value.args))

    def _is_made_of_formulas(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Name):
            name = node.id
            is_list = isinstance(self._expressions.get(name), _SEVERAL)
            kinds = (self.formulas, self._vague, self._propositions, self._predicates)
            return is_list or any(name in kind for kind in kinds)
        return isinstance(node, ast.Call) and _head(node) in _FORMULAS

    def written_out(self, value: ast.expr) -> ast.expr:
        """An expression with what its names stand for in their places.

        Raises `ValueError` where that is not known, and where it is too long: `f = f & f` doubles it.
        """
        self._size = sum(1 for _ in ast.walk(value))
        expression = self.written(value)
        self._sizes[id(expression)] = self._size
        return expression

    def written(self, node: ast.expr) -> ast.expr:
        """A part of an expression that is written out."""
        expression: ast.expr = self.visit(node)
        return expression

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self._expressions:
            held = self._expressions[node.id]
            if held is None:
                raise ValueError("what a name stands for is known only where the script runs")
            self._size += self._sizes.get(id(held), 1)
            if self._size > _MOST_PARTS:
                raise ValueError("an expression that is too long")
            for name in (node.id, *self._parts.get(node.id, ())):
                self.unused.pop(name, None)
            return held
        if node.id in NAMES:
            raise ValueError("a function of Z3's that is handed on")
        return ast.Name(self._declared.get(node.id, node.id))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """A call; a proposition that stands first in a connective is marked as the formula it is."""
        simplified = without_simplify(node)
        if simplified is not node:
            return self.written(simplified)
        name = node.func.id if isinstance(node.func, ast.Name) else None
        is_known = name in NAMES or name in self._predicates or name in self._terms
        if self._declared and not is_known and any(map(self.is_formula, node.args)):
            raise ValueError("a formula that an unknown function changes")
        arguments = [self.written(argument) for argument in node.args]
        is_proposition = bool(node.args) and _name(node.args[0]) in self._predicates
        if is_proposition and _head(node) in _CONNECTIVES and isinstance(node.args[0], ast.Name):
            arguments[0] = call("And", arguments[0])
        function = node.func if name in NAMES else self.written(node.func)
        return ast.Call(
            function,
            arguments,
            node.keywords,
        )

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        return self.written(call(_SIGNS[type(node.op)], *node.values))

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        head = _SIGNS.get(type(node.op))
        if head is None:
            self.generic_visit(node)
            return node
        first, *others = chain(node)
        if head != "Xor":
            return self.written(call(head, first, *others))
        for other in others:
            first = call(
                head,
                first,
                other,
            )
        return self.written(first)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        head = _SIGNS.get(type(node.op))
        if head is None:
            self.generic_visit(node)
            return node
        return self.written(call(head, node.operand))

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """An equation, with marks that say for certain whether it joins formulas or terms."""
        sides = [node.left, *node.comparators]
        if not self._declared and any(isinstance(side, ast.BinOp) for side in sides):
            raise ValueError("nothing says that & and | bind tighter than ==, as in a whole script")
        names = set(map(_name, sides))
        visited = [self.written(side) for side in sides]
        sign = node.ops[0]
        is_equation = len(sides) == 2 and isinstance(sign, ast.Eq | ast.NotEq)
        if is_equation and names & self._predicates:
            visited[0] = call("And", visited[0])
        elif is_equation and names & self._terms:
            equal = call("Not", call("Distinct", *visited))
            return call("Not", equal) if isinstance(sign, ast.NotEq) else equal
        return ast.Compare(
            visited[0],
            node.ops,
            visited[1:],
        )

    def declare(self, name: str, value: ast.expr) -> None:
        """`P = Function('P', U, BoolSort())`. Raises `ValueError` where names come to clash."""
        arguments = value.args if isinstance(value, ast.Call) else []
        if not arguments or getattr(
            value,
            "keywords",
            None,
        ):
            raise ValueError("a declaration that cannot be read")
        first, last = arguments[0], arguments[-1]
        if not isinstance(first, ast.Constant):
            raise ValueError("a symbol whose name is not written out")
        symbol = first.value
        is_boolean = _head(value) == "Bool" or self._is_boolean(last)
        is_function = _head(value) == "Function"
        self._declare(
            name,
            symbol,
            value,
            (is_boolean, is_function),
        )

    def declare_all(self, names: list[str], value: ast.Call) -> None:
        """`x, y = Consts('x y', U)`."""
        if not value.args:
            raise ValueError("a declaration that cannot be read")
        symbols = _symbols(value.args[0])
        if len(symbols) != len(names):
            raise ValueError("not as many names as symbols")
        is_boolean = _head(value) == "Bools" or self._is_boolean(value.args[-1])
        for place, name in enumerate(names):
            self._declare(
                name,
                symbols[place],
                value,
                (is_boolean, False),
            )

    def _is_boolean(self, sort: ast.expr) -> bool:
        held = self.value_of(sort.id) if isinstance(sort, ast.Name) else sort
        return held is not None and _head(held) == "BoolSort"

    def _declare(
        self, name: str, symbol: object, value: ast.expr, kinds: tuple[bool, bool]
    ) -> None:
        self.forget(name)
        shown = symbol if isinstance(symbol, str) and _may_be_shown(symbol) else name
        said = symbol if isinstance(symbol, str) else name
        if self._symbols.setdefault(shown, said) != said:
            raise ValueError("two symbols that would be written alike")
        self._declared[name] = shown
        is_boolean, is_function = kinds
        (self._predicates if is_boolean else self._terms).add(name)
        if is_boolean and not is_function:
            self._propositions.add(name)
        self.sorts.declare(shown, value)


def without_simplify(value: ast.expr) -> ast.expr:
    """What is simplified, which is equivalent."""
    while isinstance(value, ast.Call) and _head(value) == "simplify" and len(value.args) == 1:
        if not isinstance(value.func, ast.Name) or isinstance(value.args[0], ast.Starred):
            break
        value = value.args[0]
    return value


def _symbols(node: ast.expr) -> list[str]:
    """The names in `'x y'` or `['x', 'y']`."""
    if isinstance(node, ast.Constant):
        return str(node.value).split()
    items = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    symbols = [str(item.value) for item in items if isinstance(item, ast.Constant)]
    if len(symbols) != len(items):
        raise ValueError("symbols whose names are not written out")
    return symbols


def _may_be_shown(symbol: str) -> bool:
    """Whether a symbol can be written as a name of Python's that means nothing else there."""
    is_name = symbol.isidentifier() and not keyword.iskeyword(symbol) and symbol not in NAMES
    return is_name and unicodedata.normalize("NFKC", symbol) == symbol


def _lists(expression: ast.expr | None) -> list[ast.AST]:
    """The lists in a value, each of which may have other names too."""
    inside = ast.walk(expression) if expression is not None else ()
    return [inner for inner in inside if isinstance(inner, _SEVERAL)]


def call(head: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(
        ast.Name(head),
        list(arguments),
        [],
    )


def _name(node: ast.expr) -> str | None:
    """The name that an expression is, or that it calls."""
    return node.id if isinstance(node, ast.Name) else _head(node)

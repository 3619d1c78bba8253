"""A Python script that builds formulas for Z3: its last one, with what it names written out.

The script is parsed and never run.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from logic.reading.notations.smt.scripts import ScriptSorts
from logic.reading.notations.smt.scripts import head_of as _head
from logic.reading.programs import SOLVER_CALL
from logic.writing.z3py import HEADS

_SCRIPT = re.compile(
    r"""
    ^[ \t]* (?: from\s+z3\s+import | import\s+z3\b
      | \w+ (?:\s*,\s*\w+)* \s*=\s* (?:z3\.)?
        (?: Consts? | Function | DeclareSort | Solver | Bools? | Ints? | Reals?
          | ForAll | Exists | And | Or | Not | Implies | Xor )\s*\( )
    """,
    re.MULTILINE | re.VERBOSE,
)
_MOST_CHARACTERS = 10_000
_MOST_BRACKETS = 200
_DECLARATIONS = frozenset(["Const", "Function", "Bool", "Int", "Real"])
_CONNECTIVES = frozenset(["And", "Or", "Not", "Implies", "Xor"])
_SHOWN = frozenset(["print", "display", "solve", "prove"])
# What a script calls a formula that it does not give as its answer, or a part of one.
_DENYING = re.compile(
    r"""
    (?:\A|_) (?: neg | negat\w* | not | wrong | bad | false | incorrect\w* | invalid | counter\w* | old
      | naive | converse | inverse | contrapositive | alternat\w* | other | refut\w*
      | lhs | rhs | left | right | body | head | part\d* | antecedent | consequent | cond\w*
      | premises?\d* | assum\w* | test\d* | examples?\d* | lemma\d* ) (?:_|\d|\Z)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PRESENTING = re.compile(
    r"""
    f | F | g | G | phi | φ | psi | ψ
    | (?:(?:final|fol|correct|the|my|full|complete|main)_?)*
      (?: formula | fol | answer | result | conclusion | statement | translation | expr | expression
        | sentence | output | goal | query | theorem | conjecture | hypothesis | claim | stmt | solution
        | final | correct | constraint | logic | encoding )
      (?: _? (?: fol | formula | expr | final ) )?
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What a script calls the formula that it gives, where it has others beside it."""
_ASSIGNING = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.NamedExpr)
_OTHERS = frozenset(["DeclareSort", "Solver", "EnumSort", "simplify", "prove"])


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment of a script, the formula beside which it stands, and whether above it."""

    comment: str
    source: str
    is_above: bool


@dataclass(frozen=True, slots=True)
class ScriptFormula:
    """The last formula of a script, and the comments that may change what the script says by it."""

    source: str
    remarks: tuple[Remark, ...]


def is_script(text: str) -> bool:
    """Whether a text is Python that declares or assigns something of Z3's, or calls a solver."""
    if "=" in text and _SCRIPT.search(text) is not None:
        return True
    return "." in text and SOLVER_CALL.search(text) is not None


def last_formula(text: str) -> ScriptFormula | None:
    """The last formula that a script assigns, as one expression; None where there is none.

    Names that the script gave to formulas are written out, and symbols are called what they are
    declared as. The comments are those on the lines of all formulas, right above them, and all that
    stand below the last one.
    """
    if len(text) > _MOST_CHARACTERS or text.count("(") > _MOST_BRACKETS:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = ast.parse(text)
        script = _Script()
        for statement in module.body:
            script.take(statement)
        if script.last is None or not script.gives_its_last():
            return None
        script.sorts.check(script.last)
        source = ast.unparse(script.last)
        remarks = tuple(_remarks(text, script.formulas))
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return None
    return ScriptFormula(source, remarks) if len(source) <= _MOST_CHARACTERS else None


def _remarks(text: str, formulas: list[tuple[ast.stmt, ast.expr]]) -> Iterator[Remark]:
    """The comments beside formulas, each with the last formula that it stands beside."""
    comments: dict[int, str] = {}
    alone: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            comments[row] = token.string.lstrip("#! ")
            if not token.line[:column].strip():
                alone.add(row)
    last, _ = formulas[-1]
    for statement, formula in formulas:
        first, end = statement.lineno, statement.end_lineno or statement.lineno
        while first - 1 in alone:
            first -= 1
        end = max(comments, default=end) if statement is last else end
        for row, comment in comments.items():
            if first <= row <= end:
                yield Remark(
                    comment,
                    ast.unparse(formula),
                    is_above=row < statement.lineno,
                )


class _Script(ast.NodeTransformer):
    """What a script's names stand for, statement by statement."""

    def __init__(self) -> None:
        self.last: ast.expr | None = None
        self.formulas: list[tuple[ast.stmt, ast.expr]] = []
        self.sorts = ScriptSorts()
        self._expressions: dict[str, ast.expr] = {}
        self._declared: dict[str, str] = {}
        self._predicates: set[str] = set()
        self._terms: set[str] = set()
        self._functions: set[str] = set()
        self._unused: dict[str, None] = {}
        self._name_of_last = ""

    def gives_its_last(self) -> bool:
        """Whether the last formula is the one that the script gives, by what it is called."""
        name = self._name_of_last
        is_alone = self._unused.keys() <= {name}
        is_chosen = is_alone or _PRESENTING.fullmatch(name) is not None
        return is_chosen and _DENYING.search(name) is None

    def take(self, statement: ast.stmt) -> None:
        """One statement; what assigns no symbol and no formula is passed over.

        Raises `ValueError` where it is not certain what a name stands for behind it, and for what
        is no statement of such a script.
        """
        if isinstance(statement, ast.Expr):
            self._pass_over(statement.value)
            return
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            self._other_statement(statement)
            return
        target, value = statement.targets[0], statement.value
        self.sorts.name(target, value)
        if not isinstance(target, ast.Name):
            self._declare_several(target, value)
        elif _head(value) in _DECLARATIONS:
            self._declare(target.id, value)
        elif _head(value) not in _OTHERS:
            is_formula = self._is_formula(value)
            expression = self.visit(value)
            self._expressions[target.id] = expression
            if is_formula:
                self.last = expression
                self.formulas.append((statement, expression))
                self._unused[target.id] = None
                self._name_of_last = target.id

    def _other_statement(self, statement: ast.stmt) -> None:
        """A statement that neither assigns nor shows anything; one that could do so is refused."""
        if any(isinstance(inner, _ASSIGNING) for inner in ast.walk(statement)):
            raise ValueError("an assignment that may or may not be made")
        if isinstance(statement, ast.Assert) and self._names_formula(statement):
            raise ValueError("an assertion about a formula")
        if isinstance(statement, ast.FunctionDef):
            self._functions.add(statement.name)

    def _pass_over(self, value: ast.expr) -> None:
        """A bare expression: a call such as `s.add(f)`, a comment, or a formula that is shown."""
        if isinstance(value, ast.Name) and value.id in self._expressions:
            self.last = self._expressions[value.id]
            self._name_of_last = value.id
            return
        is_method = isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute)
        if not (is_method or isinstance(value, ast.Constant) or _head(value) in _SHOWN):
            raise ValueError("a formula that no name is given to")

    def _names_formula(self, node: ast.AST) -> bool:
        names = [inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)]
        return not self._expressions.keys().isdisjoint(names)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self._functions:
            raise ValueError("what a function gives is known only where it runs")
        if node.id in self._expressions:
            self._unused.pop(node.id, None)
            return self._expressions[node.id]
        return ast.Name(self._declared.get(node.id, node.id))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """A call; a proposition that stands first in a connective is marked as the formula it is."""
        arguments = [self.visit(argument) for argument in node.args]
        is_proposition = bool(node.args) and _name(node.args[0]) in self._predicates
        if is_proposition and _head(node) in _CONNECTIVES and isinstance(node.args[0], ast.Name):
            arguments[0] = _call("And", arguments[0])
        return ast.Call(
            self.visit(node.func),
            arguments,
            node.keywords,
        )

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """An equation, with marks that say for certain whether it joins formulas or terms."""
        sides = [node.left, *node.comparators]
        names = set(map(_name, sides))
        visited = [self.visit(side) for side in sides]
        sign = node.ops[0]
        is_equation = len(sides) == 2 and isinstance(sign, ast.Eq | ast.NotEq)
        if is_equation and names & self._predicates:
            visited[0] = _call("And", visited[0])
        elif is_equation and names & self._terms:
            equal = _call("Not", _call("Distinct", *visited))
            return _call("Not", equal) if isinstance(sign, ast.NotEq) else equal
        return ast.Compare(
            visited[0],
            node.ops,
            visited[1:],
        )

    def _declare(self, name: str, value: ast.expr) -> None:
        arguments = value.args if isinstance(value, ast.Call) else []
        if not arguments:
            return
        first, last = arguments[0], arguments[-1]
        symbol = first.value if isinstance(first, ast.Constant) else None
        if isinstance(symbol, str) and symbol.isidentifier():
            self._declared[name] = symbol
        is_boolean = _head(value) == "Bool" or _head(last) == "BoolSort"
        kinds = self._predicates if is_boolean else self._terms
        kinds.add(name)
        self.sorts.declare(self._declared.get(name, name), value)

    def _declare_several(self, target: ast.expr, value: ast.expr) -> None:
        """`x, y = Consts('x y', U)`, or `P, Q = Function('P', U, B), Function('Q', U, B)`."""
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for item, one in zip(target.elts, value.elts, strict=False):
                self.sorts.name(item, one)
                if isinstance(item, ast.Name) and _head(one) in _DECLARATIONS:
                    self._declare(item.id, one)
            return
        if not isinstance(target, ast.Tuple) or not isinstance(value, ast.Call):
            return
        if _head(value) not in ("Consts", "Bools", "Ints", "Reals") or not value.args:
            return
        first = value.args[0]
        symbols = str(first.value) if isinstance(first, ast.Constant) else ""
        names: list[str] = []
        for item in target.elts:
            if isinstance(item, ast.Name):
                names.append(item.id)
        kinds = self._predicates if _head(value) == "Bools" else self._terms
        kinds.update(names)
        for name, symbol in zip(
            names,
            symbols.split(),
            strict=False,
        ):
            self._declared[name] = symbol
            self.sorts.declare(symbol, value)

    def _is_formula(self, value: ast.expr) -> bool:
        head = _head(value)
        if head is not None:
            return head in HEADS or head in self._predicates
        if isinstance(value, ast.Name):
            return value.id in self._expressions
        return isinstance(value, (ast.Compare, ast.BoolOp, ast.BinOp, ast.UnaryOp))


def _call(head: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(
        ast.Name(head),
        list(arguments),
        [],
    )


def _name(node: ast.expr) -> str | None:
    """The name that an expression is, or that it calls."""
    return node.id if isinstance(node, ast.Name) else _head(node)

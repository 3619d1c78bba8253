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
from dataclasses import dataclass, field

from logic.reading.notations.dialects import detect
from logic.reading.notations.equations.python import SIGNS
from logic.reading.notations.smt.imports import (
    NAMES,
    SHOWN,
    TELLING,
    Bindings,
    Imports,
    bound_names,
    is_sharing,
    mentioned,
    names_symbols,
)
from logic.reading.notations.smt.scripts import head_of
from logic.reading.notations.smt.values import DECLARATIONS, Values, without_simplify
from logic.reading.programs import SOLVER_CALL

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
_SEVERAL = frozenset(["Consts", "Bools", "Ints", "Reals"])
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
_OTHERS = frozenset(["DeclareSort", "Solver", "EnumSort"])
_ENDING = frozenset(["exit", "_exit", "quit", "abort"])


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
        script = _Script(Bindings(module))
        for statement in module.body:
            script.take(statement)
        if script.last is None or not script.formulas or not script.gives_its_last():
            return None
        script.values.sorts.check(script.last)
        source = _source(script.last)
        remarks = tuple(_remarks(text, script.formulas))
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return None
    return ScriptFormula(source, remarks) if len(source) <= _MOST_CHARACTERS else None


def _source(formula: ast.expr) -> str:
    """A formula as it is written in Python, so that it is read by Python's rules.

    A single argument of `And` says nothing, and shows the notation.
    """
    source = ast.unparse(formula)
    return source if _is_plain(formula) or detect(source) == "z3py" else f"And(And({source}))"


def _is_plain(node: ast.expr) -> bool:
    """Whether an expression is an atom, a term, or a relation of terms, alike in all notations."""
    match node:
        case ast.Name():
            return True
        case ast.Compare(left=left, ops=[sign], comparators=[right]) if type(sign) in SIGNS:
            sides = (left, right)
            return all(_is_plain(side) and not isinstance(side, ast.Compare) for side in sides)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name not in NAMES:
            return all(map(_is_plain, arguments))
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


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
        source = ast.unparse(formula) if comments else ""
        for row, comment in comments.items():
            if first <= row <= end:
                yield Remark(comment, source, is_above=row < statement.lineno)


@dataclass(frozen=True, slots=True)
class _Value:
    """What a script assigns: None where it is not known, or where it says nothing of formulas."""

    expression: ast.expr | None = None
    is_formula: bool = False
    may_be_formula: bool = False
    holds_others: bool = False
    """Whether it is no formula and says others than the last one, as a list may."""
    parts: list[str] = field(default_factory=list)
    """The names in it that were unused before."""


class _Script:
    """A script, statement by statement: what it gives, and what its names stand for by then."""

    def __init__(self, bindings: Bindings) -> None:
        self.last: ast.expr | None = None
        self.formulas: list[tuple[ast.stmt, ast.expr]] = []
        self.values = Values(bindings.shared)
        self._bindings = bindings
        self._imports = Imports()
        self._name_of_last = ""

    def gives_its_last(self) -> bool:
        """Whether the last formula is the one that the script gives, by what it is called."""
        name = self._name_of_last
        is_alone = self.values.unused.keys() <= {name}
        is_chosen = is_alone or _PRESENTING.fullmatch(name) is not None
        return is_chosen and _DENYING.search(name) is None

    def take(self, statement: ast.stmt) -> None:
        """One statement.

        Raises `ValueError` where it is not certain what a name stands for behind it, and for what
        is no statement of such a script.
        """
        if isinstance(statement, ast.Import | ast.ImportFrom):
            self._take_import(statement)
            return
        if any(isinstance(inner, ast.NamedExpr) for inner in ast.walk(statement)):
            raise ValueError("an assignment within an expression")
        self._imports.visit(statement)
        self.values.change(self._bindings.handed_on(statement))
        match statement:
            case ast.Expr(value=value):
                self._pass_over(value)
            case ast.Assign(targets=[target], value=value):
                self._assign(statement, target, value)
            case ast.AnnAssign(target=target, value=assigned):
                if assigned is not None:
                    self._assign(statement, target, assigned)
            case ast.AugAssign(target=ast.Name(id=name)):
                changed = ast.BinOp(ast.Name(name, ast.Load()), statement.op, statement.value)
                self.values.change([name])
                self._assign(statement, statement.target, changed)
            case _:
                self._other_statement(statement)

    def _take_import(self, statement: ast.Import | ast.ImportFrom) -> None:
        for alias in statement.names:
            if self.formulas and alias.name == "*":
                raise ValueError("names that may stand for something else behind an import")
            if (alias.asname or alias.name) in self.values.formulas:
                raise ValueError("a name of a formula for something else")
        for name in self._imports.take(statement):
            if isinstance(statement, ast.Import):
                self.values.assign(name, None, is_formula=False)
            else:
                self._lose(statement, name)

    def _lose(self, statement: ast.stmt, name: str) -> None:
        """A name is given a value of which nothing is known."""
        self._imports.check(name)
        if name in self.values.formulas:
            self._give(statement, name, None)
        self.values.lose(name)

    def _give(self, statement: ast.stmt, name: str, formula: ast.expr | None) -> None:
        """A formula is the last one so far; None where it cannot be read."""
        self.last = formula
        self._name_of_last = name
        self.values.unused[name] = None
        if formula is not None:
            self.formulas.append((statement, formula))

    def _other_statement(self, statement: ast.stmt) -> None:
        """A statement that neither assigns nor shows anything; one that could do so is refused."""
        if isinstance(statement, ast.Raise):
            raise ValueError("what stands below it is not run")
        for inner in ast.walk(statement):
            if isinstance(inner, _ASSIGNING):
                raise ValueError("an assignment that may or may not be made")
            if isinstance(inner, ast.Assert) and self.values.names_formula(inner):
                raise ValueError("an assertion about a formula")
            if isinstance(inner, ast.Import | ast.ImportFrom):
                self._take_import(inner)
        for name in bound_names(statement):
            if isinstance(statement, ast.FunctionDef) and _PRESENTING.fullmatch(name):
                self._give(statement, name, None)
            self._lose(statement, name)

    def _pass_over(self, value: ast.expr) -> None:
        """A bare expression: a call such as `s.add(f)`, a comment, or a formula that is shown."""
        if isinstance(value, ast.Name) and value.id in self.values.formulas:
            self.last = self.values.value_of(value.id)
            self._name_of_last = value.id
            return
        is_method = isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute)
        head = head_of(value)
        is_run_on = head not in _ENDING and (is_method or head in SHOWN)
        if not (is_run_on or isinstance(value, ast.Constant)):
            raise ValueError("a formula that no name is given to")

    def _assign(self, statement: ast.stmt, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            self._assign_part(target.value.id, value)
            return
        for name in bound_names(ast.Expr(target)):
            self._imports.check(name)
        self.values.sorts.name(target, value)
        if not isinstance(target, ast.Name):
            self._assign_several(statement, target, value)
        elif isinstance(value, ast.Name) and value.id in NAMES:
            if target.id in self.values.formulas:
                raise ValueError("a name of a formula for something else")
            self._imports.rename(target.id, value.id)
        else:
            self._bind(statement, target.id, value, self._understood(value))

    def _assign_part(self, name: str, value: ast.expr) -> None:
        """`results["a"] = 1`, which no formula may depend on."""
        if self._understood(value).may_be_formula:
            raise ValueError("a formula that no name is given to")
        self.values.change([name, *(mentioned(value) if is_sharing(value) else ())])

    def _understood(self, value: ast.expr) -> _Value:
        """What a value is, where that is known, and whether it is a formula for all that is known."""
        if head_of(value) in DECLARATIONS or head_of(value) in _OTHERS:
            return _Value()
        value = without_simplify(value)
        is_formula = self.values.is_formula(value)
        is_like_atom = self.values.is_like_atom(value, TELLING)
        may_be_one = not is_formula and self.values.may_be_formula(value, TELLING)
        holds_others = self.values.holds_formulas(value, but=self._name_of_last)
        unused = list(self.values.unused)
        try:
            expression = None if may_be_one else self.values.written_out(value)
        except ValueError:
            expression = None
        parts = [name for name in unused if name not in self.values.unused]
        if expression is None and head_of(value) not in TELLING:
            self.values.change(mentioned(value))
        may_be_one = is_formula or may_be_one or is_like_atom
        return _Value(expression, is_formula, may_be_one, holds_others, parts)

    def _bind(self, statement: ast.stmt, name: str, value: ast.expr, understood: _Value) -> None:
        """A name is given a value; where it held a formula it holds one still, known or not."""
        values = self.values
        if name in values.formulas or understood.may_be_formula:
            held = understood.expression if understood.may_be_formula else None
            simplified = without_simplify(value)
            is_same = simplified is not value and isinstance(simplified, ast.Name)
            is_another_name = is_same and held is self.last and name not in values.formulas
            values.assign(name, held, is_formula=True)
            if not is_another_name:
                self._give(statement, name, held if understood.is_formula else None)
        elif head_of(value) in DECLARATIONS:
            values.declare(name, value)
        elif head_of(value) in _OTHERS:
            values.forget(name)
        else:
            if understood.holds_others and _PRESENTING.fullmatch(name) is not None:
                self._give(statement, name, None)
            values.hold(
                name,
                value,
                understood.expression,
                understood.parts,
            )

    def _assign_several(self, statement: ast.stmt, target: ast.expr, value: ast.expr) -> None:
        """`x, y = Consts('x y', U)`, or `P, Q = Function('P', U, B), Function('Q', U, B)`."""
        items = target.elts if isinstance(target, ast.Tuple | ast.List) else []
        names = [item.id for item in items if isinstance(item, ast.Name)]
        are_names = len(names) == len(items)
        if are_names and isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(items):
            self._assign_pairs(statement, items, value.elts)
        elif are_names and isinstance(value, ast.Call) and head_of(value) in _SEVERAL:
            if not self.values.formulas.isdisjoint(names):
                raise ValueError("a name of a formula for a symbol")
            self.values.declare_all(names, value)
        else:
            self._unpack(statement, target, value)

    def _assign_pairs(
        self, statement: ast.stmt, targets: list[ast.expr], values: list[ast.expr]
    ) -> None:
        """What stands on the right has the values that it had before."""
        pairs = [(value, self._understood(value)) for value in values]
        for target, (value, understood) in zip(targets, pairs, strict=True):
            self.values.sorts.name(target, value)
            if isinstance(target, ast.Name):
                self._bind(
                    statement,
                    target.id,
                    value,
                    understood,
                )
        if sum(understood.may_be_formula for _, understood in pairs) > 1:
            self.last = None  # none of them is the last one

    def _unpack(self, statement: ast.stmt, target: ast.expr, value: ast.expr) -> None:
        """`red, green = members`: names that stand for themselves, unless these may be others."""
        is_known = head_of(value) in _OTHERS or names_symbols(target, value)
        is_known = is_known or isinstance(value, ast.Name | ast.Attribute)
        is_held = isinstance(value, ast.Name) and self.values.value_of(value.id) is not None
        may_be_formulas = is_held or self.values.may_be_formula(value, TELLING)
        are_declared = self.values.is_declared(mentioned(target, value))
        self.values.change(mentioned(value))
        for name in bound_names(ast.Expr(target)):
            if may_be_formulas or name in self.values.formulas:
                self._give(statement, name, None)
            if may_be_formulas or are_declared or not is_known or name in self.values.formulas:
                self.values.lose(name)
            else:
                self.values.forget(name)

"""Text to formula: the core grammar, the checks that need scopes, and errors a person can act on.

The grammar's rules build small tuples (tag, depth, ...) while Lark reads, without recursion; `Builder` then walks
them once, top down, knowing which variables are bound. Text that nests too deep is refused while it is read, so
that every later pass over a formula may recurse.
"""

from __future__ import annotations

import functools
import html
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from logic import syntax as S
from logic.errors import ParseError

MAX_LENGTH = 20_000
"""Characters a formula may have."""
MAX_DEPTH = 150
"""Levels of brackets, negations, quantifiers and arrows a formula may nest."""

Raw = tuple[Any, ...]
GRAMMAR = Path(__file__).parent / "grammars" / "fol.lark"

# Full-width forms and mathematical alphabets, one character for one, so that columns stay true.
_LOOKALIKES = {
    code: folded
    for low, high in ((0xFF01, 0xFF5E), (0x1D400, 0x1D7FF), (0x2102, 0x2131))
    for code in range(low, high + 1)
    if len(folded := unicodedata.normalize("NFKC", chr(code))) == 1 and ord(folded) != code
} | {0x3000: " ", 0xA0: " ", 0xFFE2: "¬", 0x2223: "|", 0x2236: ":", 0x200B: " ", 0xFEFF: " ", 0x2212: "-"}
_HAS_LOOKALIKE = re.compile("[" + "".join(re.escape(chr(code)) for code in _LOOKALIKES) + "]")
_ENTITY = re.compile(r"&#?\w{2,8};")

_QUANTIFIERS = {"∀": S.Forall, "⋀": S.Forall, "∃": S.Exists, "⋁": S.Exists, "!": S.Forall, "?": S.Exists}
_BINDER_HEAD = re.compile(
    r"\(?\s*(?:(?P<sign>[∀∃])|\\(?P<latex>forall|exists)|(?P<word>for\s?all|for\severy|there\sexists|all|exists|some)"
    r"|(?P<tptp>[!?](?=\s*\[)))(?P<unique>!?)",
    re.IGNORECASE,
)
_BINDER_NAME = re.compile(r"[^\W_]\w*'*(?:_\{\w+\})?|_\w+")
_LATEX_GAP = re.compile(r"\\[,;:! ]")
_LATEX_NAME = re.compile(r"\\\w+\*?\s*\{(.*)\}", re.DOTALL)
_RELATIONS = {
    "=": "=", "==": "=", "≠": "≠", "!=": "≠", "\\neq": "≠", "\\ne": "≠", "≤": "≤", "<=": "≤", "=<": "≤", "\\le": "≤",
    "\\leq": "≤", "≥": "≥", ">=": "≥", "\\ge": "≥", "\\geq": "≥", "<": "<", "\\lt": "<", ">": ">", "\\gt": ">",
}  # fmt: skip
_LOOKS_VARIABLE = re.compile(r"[u-z]\d{0,2}'*")


def normalise(text: str) -> str:
    """The text with look-alike characters and HTML entities in their plain form."""
    if not text.isascii() and _HAS_LOOKALIKE.search(text):
        text = text.translate(_LOOKALIKES)
    if "&" in text and _ENTITY.search(text):
        text = html.unescape(text)
    return text


def binder(token: str) -> tuple[type[S.Quantified], list[str]]:
    """The quantifier and the variable names in a quantifier prefix such as `∀x, y.`"""
    head = _BINDER_HEAD.match(token)
    if head is None:
        raise ValueError(f"not a quantifier prefix: {token!r}")
    names = _BINDER_NAME.findall(_LATEX_GAP.sub(" ", token[head.end() :]))
    sign = head["sign"] or head["tptp"] or ("∀" if (head["latex"] or head["word"])[-3:].lower() in _ALL_ENDS else "∃")
    if head["unique"]:
        return S.ExistsUnique, [plain_name(name) for name in names]
    return _QUANTIFIERS[sign], [plain_name(name) for name in names]


_ALL_ENDS = {"all", "ery"}  # forall, for all, all, for every


def plain_name(token: str) -> str:
    """A name as the formula keeps it: without quotes, LaTeX wrapping and subscript braces."""
    first = token[0]
    if first in "'\"":
        return re.sub(r"\\(.)", r"\1", token[1:-1])
    if first == "\\":
        wrapped = _LATEX_NAME.fullmatch(token)
        return wrapped[1].replace("\\_", "_").strip() if wrapped else token
    if "{" in token:
        return token.replace("_{", "_").replace("}", "")
    return token.replace("’", "'") if "’" in token else str(token)


def position(raw: Any) -> tuple[int, int]:
    """Line and column of the first token below a raw node (1, 1 where there is none)."""
    stack = [raw]
    while stack:
        item = stack.pop()
        if isinstance(item, Token):
            return item.line or 1, item.column or 1
        if isinstance(item, (tuple, list)):
            stack.extend(reversed(item))
    return 1, 1


class TooDeepError(Exception):
    """Raised inside Lark's callbacks when the nesting limit is passed."""


def nest(tag: str, *parts: Any) -> Raw:
    """A raw node one level above the deepest of its parts (raw nodes or lists of them)."""
    depth = 0
    for part in parts:
        if type(part) is tuple:
            depth = max(depth, part[1])
        elif type(part) is list:
            for item in part:
                if type(item) is tuple and item[1] > depth:
                    depth = item[1]
    if depth >= MAX_DEPTH:
        raise TooDeepError
    return (tag, depth + 1, *parts)


class RawNodes(Transformer):
    """One method for each rule of the grammar that keeps a name."""

    def name(self, c: list[Any]) -> Raw:
        return ("application", 1, c[0], ())

    def application(self, c: list[Any]) -> Raw:
        return nest("application", c[0], c[1] if len(c) > 1 else ())

    def arguments(self, c: list[Any]) -> list[Any]:
        return c

    def spaced(self, c: list[Any]) -> Raw:
        """Words side by side in an argument place are one name (`captain america`)."""
        return ("application", 1, c[0].update(value="'" + " ".join(c).replace("'", "\\'") + "'"), ())

    def atom(self, c: list[Any]) -> Raw:
        return c[0]

    def relation(self, c: list[Any]) -> Raw:
        return nest("relation", c[1], c[0], c[2])

    def true(self, c: list[Any]) -> Raw:
        return ("truth", 1, True)

    def false(self, c: list[Any]) -> Raw:
        return ("truth", 1, False)

    def group(self, c: list[Any]) -> Raw:
        return c[1]

    def negation(self, c: list[Any]) -> Raw:
        return nest("not", c[1])

    def quantified(self, c: list[Any]) -> Raw:
        return nest("quantified", c[0], c[1])

    def conj(self, c: list[Any]) -> Raw:
        return nest("and", c[::2])

    def disj(self, c: list[Any]) -> Raw:
        return nest("or", c[::2])

    def xor(self, c: list[Any]) -> Raw:
        return nest("xor", c[::2])

    def implies(self, c: list[Any]) -> Raw:
        return nest("implies", c[0], c[2])

    def iff(self, c: list[Any]) -> Raw:
        return nest("iff", c[0], c[2])

    def goals(self, c: list[Any]) -> Raw:
        return c[0] if len(c) == 1 else nest("and", c)

    def body(self, c: list[Any]) -> Raw:
        return c[0] if len(c) == 1 else nest("or", c)

    def rule(self, c: list[Any]) -> Raw:
        return nest("rule", c[0], c[2])

    def clause(self, c: list[Any]) -> Raw:
        return c[0]

    def whole(self, c: list[Any]) -> Raw:
        return c[0]

    def headed(self, c: list[Any]) -> Raw:
        return c[1]


class Builder:
    """Raw nodes to a formula, top down, with the scopes known.

    Raises `ParseError` for a free variable, a predicate or function used with different numbers of arguments,
    and a formula in a term's place.
    """

    def __init__(self, text: str, *, free: bool = False) -> None:
        self.text = text
        self.free_allowed = free
        self.free: list[str] = []
        self._bound: dict[str, int] = {}
        self._predicates: dict[str, int] = {}
        self._functions: dict[str, int] = {}

    def fail(self, reason: str, raw: Any, hint: str | None = None) -> NoReturn:
        line, column = position(raw)
        raise ParseError(reason, text=self.text, line=line, column=column, hint=hint)

    def formula(self, raw: Raw) -> S.Formula:
        build: Callable[[Builder, Raw], S.Formula] | None = BUILD.get(raw[0])
        if build is None:
            self.fail(f"a {raw[0]} is not a formula", raw)
        return build(self, raw)

    def formulas(self, raws: list[Raw]) -> tuple[S.Formula, ...]:
        return tuple([self.formula(raw) for raw in raws])

    def term(self, raw: Raw) -> S.Term:
        if raw[0] != "application":
            self.fail("a formula stands where a term is needed", raw, "an argument is a name or name(…)")
        name = plain_name(raw[2])
        if raw[3]:
            self._same_arity(self._functions, "function", name, raw)
            return S.Function(name, tuple([self.term(arg) for arg in raw[3]]))
        if self._bound.get(name):
            return S.Variable(name)
        if _LOOKS_VARIABLE.fullmatch(name):
            self._free_variable(name, raw)
            return S.Variable(name)
        return S.Constant(name)

    def atom(self, raw: Raw) -> S.Formula:
        name = plain_name(raw[2])
        self._same_arity(self._predicates, "predicate", name, raw)
        return S.Atom(name, tuple([self.term(arg) for arg in raw[3]]))

    def relation(self, raw: Raw) -> S.Formula:
        sign, left, right = _RELATIONS[raw[2]], self.term(raw[3]), self.term(raw[4])
        if sign == "=":
            return S.Equality(left, right)
        return S.Not(S.Equality(left, right)) if sign == "≠" else S.Atom(sign, (left, right))

    def quantified(self, raw: Raw) -> S.Formula:
        kind, names = binder(raw[2])
        for name in names:
            self._bound[name] = self._bound.get(name, 0) + 1
        formula = self.formula(raw[3])
        for name in reversed(names):
            self._bound[name] -= 1
            formula = kind(S.Variable(name), formula)  # type: ignore[call-arg]
        return formula

    def rule(self, raw: Raw) -> S.Formula:
        """A Prolog rule, closed universally: names that begin with a capital are its variables."""
        names: list[str] = []
        stack: list[Any] = [(raw[3], False), (raw[2], False)]
        while stack:
            item, is_term = stack.pop()
            if isinstance(item, list):
                stack.extend((part, is_term) for part in reversed(item))
            elif item[0] == "application":
                if is_term and not item[3] and (item[2][0].isupper() or item[2][0] == "_"):
                    names.append(str(item[2]))
                stack.extend((arg, True) for arg in reversed(item[3]))
            else:
                terms = item[0] == "relation"
                stack.extend((part, terms) for part in reversed(item[2:]) if isinstance(part, (tuple, list)))
        distinct = list(dict.fromkeys(names))
        for name in distinct:
            self._bound[name] = self._bound.get(name, 0) + 1
        formula: S.Formula = S.Implies(self.formula(raw[3]), self.formula(raw[2]))
        for name in reversed(distinct):
            formula = S.Forall(S.Variable(name), formula)
        return formula

    def _same_arity(self, seen: dict[str, int], kind: str, name: str, raw: Raw) -> None:
        arity = len(raw[3])
        first = seen.setdefault(name, arity)
        if first != arity:
            self.fail(f"{kind} {name!r} has {arity} arguments here and {first} before", raw, "one name, one arity")

    def _free_variable(self, name: str, raw: Raw) -> None:
        if not self.free_allowed:
            self.fail(f"free variable {name!r}", raw, f"bind it with ∀{name} or ∃{name}, or use a longer name")
        self.free.append(name)


BUILD: dict[str, Callable[[Builder, Raw], S.Formula]] = {
    "application": Builder.atom,
    "relation": Builder.relation,
    "quantified": Builder.quantified,
    "rule": Builder.rule,
    "truth": lambda b, raw: S.Truth(raw[2]),
    "not": lambda b, raw: S.Not(b.formula(raw[2])),
    "and": lambda b, raw: S.And(b.formulas(raw[2])),
    "or": lambda b, raw: S.Or(b.formulas(raw[2])),
    "xor": lambda b, raw: S.Xor(b.formulas(raw[2])),
    "implies": lambda b, raw: S.Implies(b.formula(raw[2]), b.formula(raw[3])),
    "iff": lambda b, raw: S.Iff(b.formula(raw[2]), b.formula(raw[3])),
}


@functools.cache
def grammar() -> Lark:
    """The LALR(1) parser of the core grammar, built on first use."""
    return Lark(
        GRAMMAR.read_text(encoding="utf-8"),
        parser="lalr",
        lexer="basic",
        transformer=RawNodes(),
        maybe_placeholders=False,
        keep_all_tokens=False,
    )


def read_core(text: str) -> Raw:
    """The raw nodes of a text in the core notation. Raises `ParseError`."""
    try:
        return grammar().parse(text)  # type: ignore[return-value]
    except UnexpectedInput as error:
        raise _explain(error, text) from None
    except TooDeepError:
        raise ParseError(f"nested more than {MAX_DEPTH} levels deep", text=text) from None


def parse(text: str, *, domain: str = "fol", dialect: str | None = None) -> S.Formula:
    """Read one closed formula.

    `dialect` is one of `logic.DIALECTS`; None finds it from the text (the core notation is the union of all
    that a single grammar can hold). Raises `ParseError` for text that is no formula, a free variable, more than
    `MAX_LENGTH` characters or `MAX_DEPTH` levels, and `ValueError` for an unknown dialect or domain.
    """
    return parse_open(text, domain=domain, dialect=dialect)[0]


def parse_open(
    text: str, *, domain: str = "fol", dialect: str | None = None, free: bool = False
) -> tuple[S.Formula, list[str]]:
    """`parse`, and with `free=True` also formulas with free variables, whose names come second."""
    from logic import dialects

    if domain != "fol":
        raise ValueError(f"unknown domain {domain!r}; allowed: 'fol'")
    if not isinstance(text, str):
        raise TypeError(f"a formula is read from str, got {type(text).__name__}")
    if len(text) > MAX_LENGTH:
        raise ParseError(f"{len(text)} characters; a formula may have {MAX_LENGTH}", text=text[:200])
    text = normalise(text)
    if not text.strip():
        raise ParseError("empty text where a formula is needed", text=text)
    raw = dialects.reader(text, dialect)(text)
    builder = Builder(text, free=free)
    return builder.formula(raw), builder.free


def _explain(error: UnexpectedInput, text: str) -> ParseError:
    from logic import hints

    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        reason = "the text ends in the middle of a formula"
        line, column = text.count("\n") + 1, len(text) - text.rfind("\n")
    elif isinstance(error, UnexpectedCharacters):
        line, column = error.line, error.column
        reason = f"unexpected character {text[error.pos_in_stream or 0]!r}"
    else:
        line, column = error.line, error.column
        reason = f"unexpected {str(getattr(error, 'token', ''))!r}"
    return ParseError(
        reason,
        text=text,
        line=line,
        column=column,
        expected=lambda: hints.expected(error),
        hint=lambda: hints.hint(error, text),
    )

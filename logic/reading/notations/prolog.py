"""Prolog's own rules: what of a clause is logic, and what is control or built in, which is refused by its name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any, NoReturn

from logic.errors import ParseError
from logic.reading.raw import Raw, deepened, nest, position, quantified, rule_variables
from logic.spelling import fresh_names, is_quoted
from logic.writing.prolog import is_built_in

NEGATION_NOTE = "negation as failure taken for ¬"
_IDENTITY_NOTE = "a comparison of terms taken for = or ≠"

_QUOTED = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"")
_RULE = re.compile(r"\s*(?:\w+|'[^'\n]+')\s*(?:\([^\n]*?\)\s*)?:-")
_CONTROL = re.compile(
    r"""
    (?P<cut> ! (?= \s* (?: [,;.)|] | \Z | ->) ) )
    | (?P<soft> \*-> ) | (?P<grammar> --> ) | (?P<branch> (?<![<-]) -> )
    | (?P<arithmetic> (?<!\w) is (?!\w) | =:= | =\\= | \+ (?!\+) (?<! \\\+ ) | // | \*\* )
    | (?P<terms> =\.\. | @[<>=]{1,2} | \\?=@= )
    | (?P<braces> [{}] ) | (?P<module> (?<=\w) : (?=\w) )
    """,
    re.VERBOSE,
)
_KINDS = {
    "cut": "the cut {} is control",
    "soft": "{} is control",
    "grammar": "{} is a grammar rule",
    "branch": "{} is Prolog's if-then, which is control",
    "arithmetic": "{} computes",
    "terms": "{} looks into terms",
    "braces": "{} is of a grammar rule",
    "module": "{} names a module",
}
_LISTS = {"both": "and", "either": "or"}
_DIRECTIVE = re.compile(r"\s*(?P<sign>:-|\?-)")
# `\\=` and `\\==` are as wide as what stands for them, so that columns stay true.
_UNEQUAL = re.compile(r"\\==?(?!=)")
_IDENTICAL = re.compile(r"\\==?(?!=)|(?<![=\\:@<>])==(?![=])")
_FOREIGN = re.compile(
    r"[∀∃∄∧∨¬→⇒↔⇔⊕⊻←⟵⇐⟸⊃≡∼&~^]|<->|<=>|=>|\|\||!="
    r"|(?<!\w)(?:and|or|xor|iff|implies|True|TRUE|False|FALSE)(?!\w)"
)
_ARROW = re.compile(r"[←⟵⇐⟸]|\\(?:(?:long)?[Ll]eftarrow|Longleftarrow|gets|impliedby)(?![A-Za-z])")
_VARIABLE = re.compile(r"[A-Z]\d*|_\w*")
_NEGATION_WORD = re.compile(r"(?<!\w)not(?!\w)")


def is_rule(text: str) -> bool:
    """Whether a text with `:-` begins as a clause does."""
    return _RULE.match(text) is not None


def plain(text: str, *, strict: bool) -> tuple[str, list[str]]:
    """A clause in the core's signs, and what is to be reported of it.

    Raises `ParseError` for control and for what computes or looks into terms; where `strict`, for
    signs that are none of Prolog's too.
    """
    blanked = _QUOTED.sub(lambda quote: " " * len(quote[0]), text)
    directive = _DIRECTIVE.match(blanked)
    if directive is not None:
        kind = "a query" if directive["sign"] == "?-" else "a directive"
        _refuse(text, directive.start("sign"), f"{kind}, and no clause")
    if len(clauses(text)) > 1:
        second = clauses(text)[1]
        reason = "several clauses where one is needed"
        _refuse(text, second[0], reason, "logic.read_story reads a whole program")
    for found in _CONTROL.finditer(blanked):
        reason = _KINDS[str(found.lastgroup)].format(repr(found[0]))
        _refuse(text, found.start(), reason, "only what is logic is read: , ; \\+ and atoms")
    if strict:
        foreign = _FOREIGN.search(blanked)
        if foreign is not None:
            _refuse(text, foreign.start(), f"{foreign[0]!r} is no sign of Prolog")
    notes: list[str] = []
    if "\\+" in blanked or _NEGATION_WORD.search(blanked):
        notes.append(NEGATION_NOTE)
    if _IDENTICAL.search(blanked):
        notes.append(_IDENTITY_NOTE)
        for unequal in reversed(list(_UNEQUAL.finditer(blanked))):
            start, end = unequal.span()
            text = text[:start] + "≠".ljust(end - start) + text[end:]
    return text, notes


def clauses(text: str) -> list[tuple[int, int]]:
    """Where the clauses of a program begin and end, comments left out before them.

    A clause ends with a stop before a blank; what follows the last stop is one too.
    """
    found: list[tuple[int, int]] = []
    start, depth = 0, 0
    for mark in _CLAUSE_MARK.finditer(text):
        kind = mark.lastgroup
        if kind == "comment" and not text[start : mark.start()].strip():
            start = mark.end()
        elif kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind == "stop" and depth == 0:
            _add(found, text, start, mark.end())
            start = mark.end()
    _add(found, text, start, len(text))
    return found


_CLAUSE_MARK = re.compile(
    rf"""
    (?P<quoted> {_QUOTED.pattern} ) | (?P<comment> %[^\n]* | /\*.*?\*/ )
    | (?P<open> [(\[{{] ) | (?P<close> [)\]}}] ) | (?P<stop> (?<!\.) \. (?=\s|%|\Z) )
    """,
    re.VERBOSE | re.DOTALL,
)


def _add(found: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    """Note a clause, without the blanks around it, where there is one."""
    inside = text[start:end]
    stripped = inside.strip()
    if stripped:
        first = start + len(inside) - len(inside.lstrip())
        found.append((first, first + len(stripped)))


# ---- raw nodes ----


def interpreted(text: str, raw: Raw) -> Raw:
    """The raw nodes of a clause as what they say: `fail` is ⊥, and what only a negation mentions is ∃ in it.

    Raises `ParseError` for a predicate that is built into Prolog.
    """
    head, body = raw[2], raw[3]
    _check_head(text, head)
    if body is None:
        return raw
    body = _with_truth(body)
    _check_goals(text, body)
    # Each of the variables that are bound in a negation takes a level.
    depth = deepened(raw[1], len(set(rule_variables(body))))
    everywhere = Counter([*rule_variables(head), *rule_variables(body)])
    taken = set(everywhere)
    names = fresh_names(lambda name: name in text or name in taken)
    body = _closed(body, everywhere, names)
    return ("rule", depth, head, body)


def check_arrow(text: str, raw: Raw) -> None:
    """Raises `ParseError` for `p(X) ← q(X)` with nothing to bind X: a variable in rules, a name elsewhere."""
    if _ARROW.search(text) is None:
        return
    for name in rule_variables(raw):
        if _VARIABLE.fullmatch(name):
            hint = f"bind it, ∀{name} (…), or write the rule with :-"
            place = max(0, text.find(name))
            _refuse(text, place, f"{name!r} is a variable in a rule and a name elsewhere", hint)


def is_query(text: str) -> bool:
    return text.lstrip().startswith("?-")


def query(text: str, raw: Raw) -> Raw:
    """The raw nodes of a query: that there is something of which it holds."""
    clause = interpreted(text, ("rule", raw[1], ("truth", 1, True, "true"), _joined(raw)))
    names = fresh_names(lambda name: name in text)
    body, bound = _with_names(clause[3], dict.fromkeys(rule_variables(clause[3])), names)
    return quantified("∃", bound, body, bound[0]) if bound else body


def _joined(raw: Any) -> Any:
    """The raw nodes with connectives for the commas and semicolons between goals."""
    if isinstance(raw, list):
        return [_joined(part) for part in raw]
    if not isinstance(raw, tuple) or not raw or raw[0] in ("application", "relation", "truth"):
        return raw
    if raw[0] in _LISTS:
        return (_LISTS[raw[0]], raw[1], _joined(raw[2]))
    return (*raw[:2], *[_joined(part) for part in raw[2:]])


def _check_head(text: str, head: Raw) -> None:
    if head[0] == "application":
        _check_atom(text, head)


def _check_goals(text: str, body: Any) -> None:
    for node in _goals(body):
        _check_atom(text, node)


def _check_atom(text: str, node: Raw) -> None:
    name, arguments = str(node[2]).strip("'"), node[3]
    if not is_built_in(name, len(arguments)):
        return
    line, column = position(node[2])
    raise ParseError(
        f"{name}/{len(arguments)} is built into Prolog and no predicate",
        text=text,
        line=line,
        column=column,
        hint="use another name where a predicate is meant",
    )


def _goals(body: Any) -> Iterator[Raw]:
    """The atoms of a clause's body."""
    stack = [body]
    while stack:
        item = stack.pop()
        if isinstance(item, list):
            stack.extend(reversed(item))
        elif isinstance(item, tuple) and item:
            if item[0] == "application":
                yield item
            elif item[0] != "relation":
                stack.extend(part for part in reversed(item[2:]) if isinstance(part, tuple | list))


def _with_truth(raw: Any) -> Any:
    """The raw nodes with `fail` as ⊥."""
    if isinstance(raw, list):
        return [_with_truth(part) for part in raw]
    if not isinstance(raw, tuple) or not raw:
        return raw
    if raw[0] == "application":
        is_fail = not raw[3] and str(raw[2]) == "fail" and not is_quoted(raw[2])
        return ("truth", 1, False, raw[2]) if is_fail else raw
    return (*raw[:2], *[_with_truth(part) for part in raw[2:]])


def _closed(raw: Any, everywhere: Counter[str], names: Iterator[str]) -> Any:
    """The raw nodes with ∃ in each negation over the variables that nothing outside it mentions.

    Negation as failure says that there is no instance: `\\+ married(X, Y)` is ¬∃Y married(X, Y).
    """
    if isinstance(raw, list):
        return [_closed(part, everywhere, names) for part in raw]
    if not isinstance(raw, tuple) or not raw or raw[0] in ("application", "relation", "truth"):
        return raw
    if raw[0] != "not":
        return (*raw[:2], *[_closed(part, everywhere, names) for part in raw[2:]])
    operand = _closed(raw[2], everywhere, names)
    inside = Counter(rule_variables(operand))
    local = [name for name, count in inside.items() if name == "_" or count == everywhere[name]]
    if not local:
        return nest("not", operand)
    for name in local:
        everywhere[name] = 0
    operand, bound = _with_names(operand, local, names)
    return nest("not", quantified("∃", bound, operand, bound[0]))


def _with_names(
    raw: Any, local: Collection[str], names: Iterator[str]
) -> tuple[Any, tuple[str, ...]]:
    """The raw nodes with a name of its own for each `_`, and one that can be bound for `_Y`; all that is local."""
    renamed: dict[str, str] = {}
    bound: list[str] = []

    def visit(item: Any) -> Any:
        if isinstance(item, list):
            return [visit(part) for part in item]
        if not isinstance(item, tuple) or not item:
            return item
        name = str(item[2]) if item[0] == "application" and not item[3] else ""
        if name in local and name.startswith("_"):
            other = next(names) if name == "_" else renamed.setdefault(name, next(names))
            bound.append(other)
            return ("application", 1, item[2].update(value=other), ())
        return (*item[:2], *[visit(part) for part in item[2:]])

    named = visit(raw)
    plain_names = [name for name in local if not name.startswith("_")]
    return named, tuple(dict.fromkeys([*plain_names, *bound]))


def _refuse(text: str, place: int, reason: str, hint: str | None = None) -> NoReturn:
    raise ParseError.at(place, reason, text=text, hint=hint)

"""The goals of a clause as raw nodes: what negation as failure and `fail` say, and which names are built in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import Any

from logic.errors import ParseError
from logic.reading.raw import Raw, deepened, nest, position, quantified, rule_variables
from logic.spelling import fresh_names, is_quoted
from logic.writing.prolog import is_built_in

_LISTS = {"both": "and", "either": "or"}


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
    variables = list(rule_variables(body))
    # Each of the variables that are bound in a negation takes a level.
    depth = deepened(raw[1], len(set(variables)))
    everywhere = Counter([*rule_variables(head), *variables])
    taken = set(everywhere)
    names = fresh_names(lambda name: name in text or name in taken)
    body = _closed(body, everywhere, names)
    return ("rule", depth, head, body)


def query(text: str, raw: Raw) -> Raw:
    """The raw nodes of a query: that there is something of which it holds."""
    head = ("truth", 1, True, "true")
    clause = interpreted(text, ("rule", raw[1], head, _joined(raw)))
    goals = clause[3]
    variables = dict.fromkeys(rule_variables(goals))
    names = fresh_names(lambda name: name in text)
    goals, bound = _with_names(goals, variables, names)
    if not bound:
        return goals
    return quantified("∃", bound, goals, bound[0])


def _joined(raw: Any) -> Any:
    """The raw nodes with connectives for the commas and semicolons between goals."""
    if _is_node(raw) and raw[0] in _LISTS:
        tag = _LISTS[raw[0]]
        return (tag, raw[1], _joined(raw[2]))
    return _rebuilt(raw, _joined)


def _is_node(raw: Any) -> bool:
    return isinstance(raw, tuple) and bool(raw)


def _rebuilt(raw: Any, visit: Callable[[Any], Any]) -> Any:
    """A raw node, or a list of them, with something else in place of each part."""
    if isinstance(raw, list):
        return list(map(visit, raw))
    if not _is_node(raw):
        return raw
    tag, depth, *parts = raw
    return (tag, depth, *map(visit, parts))


def _check_head(text: str, head: Raw) -> None:
    if head[0] == "application":
        _check_atom(text, head)


def _check_goals(text: str, body: Any) -> None:
    for node in _goals(body):
        _check_atom(text, node)


def _check_atom(text: str, node: Raw) -> None:
    name = str(node[2]).strip("'")
    arity = len(node[3])
    if not is_built_in(name, arity):
        return
    line, column = position(node[2])
    raise ParseError(
        f"{name}/{arity} is built into Prolog and no predicate",
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
            continue
        if not _is_node(item) or item[0] == "relation":
            continue
        if item[0] == "application":
            yield item
            continue
        parts = item[2:]
        stack.extend(reversed(parts))


def _with_truth(raw: Any) -> Any:
    """The raw nodes with `fail` as ⊥."""
    if not _is_node(raw) or raw[0] != "application":
        return _rebuilt(raw, _with_truth)
    name, arguments = raw[2], raw[3]
    is_fail = str(name) == "fail" and not arguments
    if is_fail and not is_quoted(name):
        return ("truth", 1, False, name)
    return raw


def _closed(raw: Any, everywhere: Counter[str], names: Iterator[str]) -> Any:
    """The raw nodes with ∃ in each negation over the variables that nothing outside it mentions.

    Negation as failure says that there is no instance: `\\+ married(X, Y)` is ¬∃Y married(X, Y).
    """
    if not _is_node(raw) or raw[0] != "not":
        return _rebuilt(raw, lambda part: _closed(part, everywhere, names))
    operand = _closed(raw[2], everywhere, names)
    local = []
    for name, count in Counter(rule_variables(operand)).items():
        if name == "_" or count == everywhere[name]:
            local.append(name)
            everywhere[name] = 0
    if not local:
        return nest("not", operand)
    operand, bound = _with_names(operand, local, names)
    there_is = quantified("∃", bound, operand, bound[0])
    return nest("not", there_is)


def _with_names(
    raw: Any, local: Collection[str], names: Iterator[str]
) -> tuple[Any, tuple[str, ...]]:
    """The raw nodes with a name of its own for each `_`, and one that can be bound for `_Y`; all that is local."""
    renamed: dict[str, str] = {}
    bound: list[str] = []

    def visit(item: Any) -> Any:
        is_name = _is_node(item) and item[0] == "application" and not item[3]
        if not is_name:
            return _rebuilt(item, visit)
        token = item[2]
        name = str(token)
        if name not in local or name[0] != "_":
            return item
        other = renamed.get(name) or next(names)
        if name != "_":
            renamed[name] = other
        bound.append(other)
        return ("application", 1, token.update(value=other), ())

    named = visit(raw)
    bindable = [name for name in local if name[0] != "_"]
    return named, tuple(dict.fromkeys([*bindable, *bound]))

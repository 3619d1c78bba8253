"""The parts of a case as TPTP axioms, with plain names of their own: nothing of a text reaches a prover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from logic.deciding.normal import Normal
from logic.deciding.provers.cases import Case

_JOINED = {"and": " & ", "or": " | "}
_QUANTIFIERS = {"all": "!", "some": "?"}


def tptp(case: Case) -> str:
    """One axiom a line, in first-order form."""
    writer = _Writer()
    lines = []
    for number, part in enumerate(case):
        scope = {variable: writer.constant(name) for variable, name in part.names.items()}
        lines.append(f"fof(a{number}, axiom, {writer.form(part.form, scope)}).\n")
    return "".join(lines)


class _Writer:
    """Names each symbol as it meets it: p0, f1, c2."""

    def __init__(self) -> None:
        self._symbols: dict[tuple[str, str, int], str] = {}

    def form(self, form: Normal, scope: Mapping[int, str]) -> str:
        match form:
            case ("lit", _, sign, predicate, args):
                atom = self._atom(predicate, args, scope)
                return atom if sign else f"~ {atom}"
            case ("and" | "or" as tag, _, parts):
                inside = [self.form(part, scope) for part in parts]
                return f"({_JOINED[tag].join(inside)})"
            case ("xor", _, sign, (first, *rest)):
                whole = self.form(first, scope)
                for part in rest:
                    whole = f"({whole} <~> {self.form(part, scope)})"
                return whole if sign else f"~ {whole}"
            case ("all" | "some" as tag, _, variable, body):
                name = f"X{variable}"
                inner = self.form(body, {**scope, variable: name})
                return f"{_QUANTIFIERS[tag]} [{name}] : ({inner})"
        return f"${form[0]}"

    def _atom(self, predicate: str, args: Sequence[Any], scope: Mapping[int, str]) -> str:
        if predicate == "=":
            one, other = [self._term(arg, scope) for arg in args]
            return f"({one} = {other})"
        return self._applied("p", predicate, args, scope)

    def _term(self, term: Any, scope: Mapping[int, str]) -> str:
        if type(term) is int:
            return scope[term]
        if type(term) is str:
            return self.constant(term)
        name, *args = term
        return self._applied("f", name, args, scope)

    def constant(self, name: str) -> str:
        return self._symbol("c", name, 0)

    def _applied(self, kind: str, name: str, args: Sequence[Any], scope: Mapping[int, str]) -> str:
        symbol = self._symbol(kind, name, len(args))
        if not args:
            return symbol
        listed = ", ".join([self._term(arg, scope) for arg in args])
        return f"{symbol}({listed})"

    def _symbol(self, kind: str, name: str, arity: int) -> str:
        symbol = (kind, name, arity)
        return self._symbols.setdefault(symbol, f"{kind}{len(self._symbols)}")

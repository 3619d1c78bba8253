"""A signature from what a file or a command line holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from logic import syntax as S
from logic.symbols import Signature, signature

_KEYS = ("predicates", "functions", "constants")
_SEPARATOR = re.compile(r"[\s,;]+")
_ARITY = re.compile(r"\d{1,2}")


def read_signature(source: str | Mapping[str, Any] | S.Formula | Signature) -> Signature:
    """A signature from text, a mapping or a formula.

    Args:
        source: text such as `Cat/1, Chases/2, anna` (a predicate with its arity, a constant alone);
            a mapping with `predicates`, `functions` (name to arity) and `constants` (names); or a
            formula, whose symbols are taken.

    Raises `ValueError` for anything else, and for a name with two arities.
    """
    if isinstance(source, Signature):
        return source
    if isinstance(source, S.Formula):
        return signature(source)
    if isinstance(source, str):
        source = _from_text(source)
    if not isinstance(source, Mapping):
        raise _no_signature(type(source).__name__)
    unknown = set(source) - set(_KEYS)
    if unknown:
        raise _no_signature(f"unknown key {min(unknown)!r}")
    constants = source.get("constants") or []
    if isinstance(constants, str) or not all(isinstance(name, str) for name in constants):
        raise ValueError(f"constants must be a list of names, got {constants!r}")
    return Signature(
        _arities(
            "predicates",
            source.get("predicates") or {},
            least=0,
        ),
        _arities(
            "functions",
            source.get("functions") or {},
            least=1,
        ),
        tuple(sorted(set(constants))),
    )


def _no_signature(what: str) -> ValueError:
    allowed = "a signature is text or has predicates, functions and constants"
    return ValueError(f"{allowed}; got {what}")


def _from_text(text: str) -> dict[str, Any]:
    predicates: list[tuple[str, int]] = []
    constants: list[str] = []
    for item in filter(None, _SEPARATOR.split(text)):
        name, slash, arity = item.partition("/")
        if not name or (slash and not _ARITY.fullmatch(arity)):
            allowed = "write a predicate as Name/2 and a constant as name"
            raise ValueError(f"{item!r} in a signature: {allowed}")
        if slash:
            predicates.append((name, int(arity)))
        else:
            constants.append(name)
    return {"predicates": predicates, "constants": constants}


def _arities(kind: str, symbols: Any, *, least: int) -> tuple[tuple[str, int], ...]:
    """Names with arities from a mapping or from pairs."""
    pairs: Iterable[Any] = symbols.items() if isinstance(symbols, Mapping) else symbols
    arities: dict[str, int] = {}
    for pair in pairs:
        if not _is_symbol(pair, least):
            allowed = f"a name with an arity of at least {least}"
            raise ValueError(f"{kind} of a signature: {pair!r} is not {allowed}")
        name, arity = pair
        if arities.setdefault(name, arity) != arity:
            both = f"{arities[name]} and {arity}"
            raise ValueError(f"{kind} of a signature: {name!r} has the arities {both}")
    return tuple(sorted(arities.items()))


def _is_symbol(pair: Any, least: int) -> bool:
    if len(pair) != 2 or not isinstance(pair[0], str):
        return False
    # Not isinstance: True is an int, and no arity.
    return type(pair[1]) is int and pair[1] >= least

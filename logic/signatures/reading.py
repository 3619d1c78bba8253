"""A signature from what a file, a command line, a prompt or a model's answer holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from logic import syntax as S
from logic.reading.files.headings import heading
from logic.signatures.declarations import Declaration, declarations
from logic.signatures.signature import Gloss, Signature, signature
from logic.symbols import MAX_ARITY

_KEYS = ("predicates", "functions", "constants")
_LEAST = {"predicates": 0, "functions": 1, "constants": 0}
"""Arguments that a symbol of each kind has at least."""


def read_signature(
    source: str | Mapping[str, Any] | S.Formula | Signature | Iterable[S.Formula],
) -> Signature:
    """A signature from text, JSON, a mapping, a formula or several.

    Args:
        source: text such as `Cat/1, Chases/2, anna` (a predicate with its arity, a constant alone);
            text with declarations (`Chases(x, y) ::: x chases y`, under headings such as
            "Predicates:", as a whole answer to a story has them); JSON, or a mapping, with
            `predicates`, `functions` and `constants` (each a list of declarations, or names with
            arities); or formulas, whose symbols are taken.

    An argument may name its sort behind a colon, as in `Owns(x: Person, y: Dog)`, and so may a constant.
    Raises `ValueError` for anything else, for a name with two arities, and for more arguments than
    are read in a formula.
    """
    if isinstance(source, Signature):
        return source
    if isinstance(source, S.Formula):
        return signature(source)
    if isinstance(source, str):
        return _from_text(source)
    if isinstance(source, Mapping):
        return _from_mapping(source)
    if isinstance(source, Iterable):
        return signature(*_formulas(source))
    raise _no_signature(type(source).__name__)


def _formulas(source: Iterable[Any]) -> list[S.Formula]:
    formulas = list(source)
    for formula in formulas:
        if not isinstance(formula, S.Formula):
            raise _no_signature(f"a list with {formula!r:.60}")
    return formulas


def _no_signature(what: str) -> ValueError:
    allowed = "a signature is text or has predicates, functions and constants"
    return ValueError(f"{allowed}; got {what}")


def _from_text(text: str) -> Signature:
    if not text.lstrip().startswith("{"):
        _refuse_values(text)
        return _signature(declarations(text))
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"a signature in JSON: {error}") from None
    # A whole story in JSON has formulas beside its signature.
    return _from_mapping({key: value[key] for key in value if key in _KEYS or not _is_part(key)})


def _refuse_values(text: str) -> None:
    """Raises `ValueError` for a list or null in JSON, whose signs would be taken for names."""
    if not text.strip().startswith(("[", "null")):
        return
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):  # headings in brackets, say
        return
    raise _no_signature(f"{json.dumps(value)[:60]} in JSON")


def _is_part(key: str) -> bool:
    """Whether a key of a story's JSON names its premises or its conclusion."""
    opened = heading(f"{key}:")
    return opened is not None and opened.part != "signature"


def _from_mapping(source: Mapping[str, Any]) -> Signature:
    unknown = set(source) - set(_KEYS)
    if unknown:
        raise _no_signature(f"unknown key {min(map(repr, unknown))}")
    found: list[Declaration] = []
    for kind in _KEYS:
        entries = source.get(kind) or []
        if isinstance(entries, str) or not isinstance(entries, Iterable):
            raise ValueError(f"{kind} must be a list of names, got {entries!r}")
        pairs: Iterable[Any] = entries.items() if isinstance(entries, Mapping) else entries
        for entry in pairs:
            found.append(_declaration(kind, entry))
    return _signature(found)


def _declaration(kind: str, entry: Any) -> Declaration:
    """What one entry of a mapping declares: a text, or a name with an arity."""
    least = _LEAST[kind]
    if isinstance(entry, str):
        declared = list(declarations(entry, kind))
        if len(declared) == 1 and declared[0].arity >= least:
            return declared[0]
    elif kind != "constants" and _is_symbol(entry, least):
        name, arity = entry
        return Declaration(kind, name, arity)
    allowed = "a name" if kind == "constants" else f"a name with an arity of at least {least}"
    raise ValueError(f"{kind} of a signature: {entry!r} is not {allowed}")


def _is_symbol(pair: Any, least: int) -> bool:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        return False
    if not isinstance(pair[0], str):
        return False
    # Not isinstance: True is an int, and no arity.
    return type(pair[1]) is int and pair[1] >= least


def _signature(found: Iterable[Declaration]) -> Signature:
    """The signature of declarations; of two glosses of a name the first one is kept."""
    arities: dict[str, dict[str, int]] = {kind: {} for kind in _KEYS}
    glosses: dict[str, Gloss] = {}
    sorts: dict[str, tuple[str, ...]] = {}
    for declared in found:
        known = arities[declared.kind]
        arity = known.setdefault(declared.name, declared.arity)
        if arity != declared.arity:
            both = f"{arity} and {declared.arity}"
            raise ValueError(
                f"{declared.kind} of a signature: {declared.name!r} has the arities {both}"
            )
        if arity > MAX_ARITY:
            raise ValueError(
                f"{declared.kind} of a signature: {declared.name[:60]!r} has {arity:,} arguments; "
                f"at most {MAX_ARITY} are read in a formula"
            )
        if declared.gloss:
            gloss = Gloss(declared.name, declared.arguments, declared.gloss)
            glosses.setdefault(declared.name, gloss)
        if any(declared.sorts):
            sorts.setdefault(declared.name, declared.sorts)
    return Signature(
        tuple(sorted(arities["predicates"].items())),
        tuple(sorted(arities["functions"].items())),
        tuple(sorted(arities["constants"])),
        tuple(sorted(glosses.values())),
        tuple(sorted(sorts.items())),
    )

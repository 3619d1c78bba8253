"""Domains by name (shipped, or installed under the entry point `folalign.domains`), by path, or several with `+`."""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from logic import syntax as S
from logic.domains.domain import Combined, Domain
from logic.errors import DomainError, LogicError
from logic.walk import subnodes

SHIPPED = ("arithmetic", "counting", "deontic", "sorted", "temporal")
GROUP = "folalign.domains"
"""The entry point group in which a package names its domains: `name = "package.module:DOMAIN"`."""


def available() -> dict[str, str]:
    """The names that `get` knows, with where each comes from. Raises `DomainError` where two packages share one."""
    found = {name: f"logic.domains.{name}" for name in SHIPPED}
    for point in metadata.entry_points(group=GROUP):
        if found.setdefault(point.name, point.value) != point.value:
            raise DomainError(
                f"two domains are called {point.name!r}: {found[point.name]} and {point.value}"
            )
    return found


def resolve(spec: str) -> str:
    """The same domain whatever the working folder: paths made absolute. Raises `DomainError` for one not found."""
    return get(spec).spec if spec != "fol" else spec


def get(spec: str) -> Domain:
    """The domain called so: a name, the path of a Python file, or several of these joined by `+`.

    It is loaded and checked when first asked for. Raises `DomainError` (a `ValueError`), which names the rule at
    fault, for a domain that is not found, does not fit together or conflicts with another.
    """
    if not isinstance(spec, str):
        raise TypeError(f"a domain is given by name or path, got {type(spec).__name__}")
    if spec not in _LOADED:
        _LOADED[spec] = _load(_absolute(spec))
    return _LOADED[spec]


_LOADED: dict[str, Domain] = {}


def _absolute(spec: str) -> str:
    parts = [part.strip() for part in spec.split("+")]
    if "" in parts or len(set(parts)) < len(parts):
        raise DomainError(f"unknown domain {spec!r}; write different names with + between them")
    return "+".join([os.path.abspath(part) if part.endswith(".py") else part for part in parts])


@functools.cache
def _load(spec: str) -> Domain:
    from logic.domains.grammar import check

    names = spec.split("+")
    if len(names) > 1:
        domain: Domain = Combined([_load(name) for name in names])
    elif spec.endswith(".py"):
        domain = _from_file(Path(spec))
    else:
        domain = _by_name(spec)
    try:
        check(domain)
    except LogicError:
        raise
    except Exception as error:  # what a domain's own classes raise, or what they made breaks
        raise DomainError(f"domain {spec}: {type(error).__name__}: {error}") from error
    return domain


def _by_name(name: str) -> Domain:
    known = available()
    if name not in known:
        allowed = ", ".join(["fol", *sorted(known)])
        raise DomainError(f"unknown domain {name!r}; allowed: {allowed}, or the path of a .py file")
    module, _, attribute = known[name].partition(":")
    try:
        found = importlib.import_module(module)
    except DomainError:
        raise
    except Exception as error:
        raise DomainError(
            f"domain {name}: {module} cannot be imported: {type(error).__name__}: {error}"
        ) from error
    domain = getattr(found, attribute or "DOMAIN", None)
    if not isinstance(domain, Domain):
        raise DomainError(f"domain {name}: {known[name]} is no Domain")
    domain.spec = name
    return domain


def _from_file(path: Path) -> Domain:
    if not path.is_file():
        raise DomainError(f"unknown domain {str(path)!r}: there is no such file")
    name = f"folalign_domain_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"
    description = importlib.util.spec_from_file_location(name, path)
    if description is None or description.loader is None:
        raise DomainError(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(description)
    sys.modules[name] = module
    try:
        description.loader.exec_module(module)
    except DomainError as error:
        raise DomainError(f"{path}: {error}") from error
    except (Exception, SystemExit) as error:
        raise DomainError(f"{path}: {type(error).__name__}: {error}") from error
    found = {id(value): value for value in vars(module).values() if isinstance(value, Domain)}
    own = [domain for domain in found.values() if domain.name not in SHIPPED] or list(
        found.values()
    )
    if len(own) != 1:
        raise DomainError(
            f"{path}: {len(own)} domains in the file; one is needed, as in DOMAIN = Domain(…)"
        )
    own[0].spec = str(path)
    return own[0]


def of(*nodes: S.Node) -> str:
    """The domain that formulas are in, by their constructs: "fol" where there are none."""
    specs: dict[str, None] = {}
    for node in nodes:
        for item in subnodes(node):
            if isinstance(item, S.Construct) and item.domain is not None:
                specs[item.domain.spec] = None
    return "+".join(sorted(specs)) or "fol"


def restore(spec: str, name: str, parts: Sequence[Any]) -> S.Node:
    """A pickled construct."""
    for construct in get(spec).constructs.values():
        if construct.__name__ == name:
            return construct(*parts)
    raise DomainError(f"domain {spec} has no construct {name}")


@functools.lru_cache(maxsize=4096)
def parsed(text: str) -> S.Formula:
    """A core formula that a domain's axioms are given as."""
    from logic.parser import parse

    return parse(text)

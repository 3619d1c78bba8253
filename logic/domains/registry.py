"""Domains by name or path, or several with `+`: found, checked and kept."""

from __future__ import annotations

import functools

from logic.domains.finding import GROUP, SHIPPED, absolute, available, find
from logic.domains.kit.combined import Combined
from logic.domains.kit.domain import Domain
from logic.errors import DomainError, LogicError

__all__ = ["GROUP", "SHIPPED", "available", "get"]

_LOADED: dict[str, Domain] = {}


def get(spec: str) -> Domain:
    """The domain called so: a name, the path of a Python file, or several of these joined by `+`.

    It is loaded and checked when first asked for. Raises `DomainError` (a `ValueError`), which names the rule at
    fault, for a domain that is not found, does not fit together or conflicts with another.
    """
    if not isinstance(spec, str):
        raise TypeError(f"a domain is given by name or path, got {type(spec).__name__}")
    if spec not in _LOADED:
        _LOADED[spec] = _load(absolute(spec))
    return _LOADED[spec]


@functools.cache
def _load(spec: str) -> Domain:
    from logic.domains.kit.checks import check  # here: it judges, which loads numpy and Z3

    names = spec.split("+")
    domain = find(spec) if len(names) == 1 else Combined([_load(name) for name in names])
    domain.finder = get
    try:
        check(domain)
    except LogicError:
        raise
    except Exception as error:  # what a domain's own classes raise, or what they made breaks
        raise DomainError(f"domain {spec}: {type(error).__name__}: {error}") from error
    return domain

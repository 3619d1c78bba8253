"""Domains: syntax and meaning beyond the core language, from one `.lark` file and one small Python object each."""

from __future__ import annotations

from logic.domains.kit.domain import Domain
from logic.domains.kit.modal import Box, Diamond, ModalDomain
from logic.domains.registry import available, get
from logic.errors import DomainError
from logic.nodes import Count, ExistsOf, ExistsUniqueOf, ForallOf, Operation, fresh_variable
from logic.syntax import Construct

__all__ = [
    "Box",
    "Construct",
    "Count",
    "Diamond",
    "Domain",
    "DomainError",
    "ExistsOf",
    "ExistsUniqueOf",
    "ForallOf",
    "ModalDomain",
    "Operation",
    "available",
    "fresh_variable",
    "get",
]

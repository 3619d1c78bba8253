"""What the tests of the plug-ins share: answers with their scores, and stand-ins for stacks that are not installed."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import Any

import pytest

import logic

ANSWERS = (
    "FOL: ¬∃x (Cat(x) ∧ ¬Animal(x))<|im_end|>",
    "∃x (Cat(x) ∧ Animal(x))",
    "I do not know.",
    "",
)
REFERENCE = "∀x (Cat(x) → Animal(x))"
UNREADABLE = "∀x (Cat(x"
"""A reference that cannot be read: whatever is answered to it is not judged."""


def expected() -> list[float]:
    """What `logic.score` says of the answers."""
    scores = logic.score(candidates=ANSWERS, references=[REFERENCE] * len(ANSWERS))
    return [score for score in scores if score is not None]


def is_installed(name: str) -> bool:
    """Whether a package can be imported, which is not tried: some take long."""
    return importlib.util.find_spec(name) is not None


def need(name: str, extra: str) -> None:
    """Skip a module of tests whose stack is not here."""
    if not is_installed(name):
        reason = f"{name} is not installed (pip install '.[{extra}]'); `make plugins-test` has it"
        pytest.skip(reason, allow_module_level=True)


def stand_in(monkeypatch: pytest.MonkeyPatch, name: str, **attributes: Any) -> None:
    """A module of a stack that is not installed, with those parts of it that a plug-in imports."""
    parts = name.split(".")
    for count in range(1, len(parts) + 1):
        parent = ".".join(parts[:count])
        if parent not in sys.modules:
            monkeypatch.setitem(sys.modules, parent, ModuleType(parent))
    for attribute, value in attributes.items():
        setattr(sys.modules[name], attribute, value)

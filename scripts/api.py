"""Write docs/api.md: the public names of the packages, with their signatures and docstrings.

`make reference` runs it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import alignment
import data
import logic
import logic.domains
from alignment import rewards

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "api.md"
PACKAGES: dict[str, ModuleType] = {
    "logic": logic,
    "logic.domains": logic.domains,
    "data": data,
    "alignment": alignment,
    "alignment.rewards": rewards,
}
INTRODUCTION = """\
# Public names

What `import logic` and the other packages offer by name, from their docstrings (`make reference` writes this page).
These names stay; what is imported from deeper modules may move.

"""


def public(module: ModuleType) -> list[str]:
    """The names that a package lists, constants of plain values last."""
    names: list[str] = list(module.__all__)
    return sorted(names, key=lambda name: (not callable(getattr(module, name)), name.lower()))


def signature(name: str, value: Any) -> str:
    """How it is called; a class without its constructor's `self`."""
    try:
        called = str(inspect.signature(value))
    except (TypeError, ValueError):
        return name
    plain = re.sub(r"(: |-> )'([^']*)'", r"\1\2", called)
    # Types are shown without the modules that they are from, functions by their names.
    plain = re.sub(r"\b(?:[a-z_]+\.)+(?=[A-Z])|\bS\.", "", plain)
    plain = re.sub(r"<(?:function|class) '?([\w.]+)'?(?: at \w+)?>", r"\1", plain)
    return f"{name}{plain}"


def members(value: type) -> Iterator[tuple[str, str]]:
    """The public methods and properties of a class with the first line of their docstrings."""
    for name, member in vars(value).items():
        text = inspect.getdoc(member) if not name.startswith("_") else None
        is_own = inspect.isfunction(member) or isinstance(member, property | classmethod)
        if text and is_own:
            yield name, text.splitlines()[0]


def entry(package: str, name: str, value: Any) -> str:
    """Heading, signature, docstring and members of one name."""
    lines = [f"### {package}.{name}\n"]
    if inspect.isclass(value) or inspect.isroutine(value):
        lines.append(f"```text\n{signature(name, value)}\n```\n")
        lines.append(_text(value))
    elif inspect.ismodule(value):
        lines.append(_text(value))
    else:
        lines.append(f"`{value!r:.200}`\n")
    if inspect.isclass(value):
        lines += [f"- `{member}`: {text}" for member, text in members(value)]
        lines.append("")
    return "\n".join(lines)


def _text(value: Any) -> str:
    """A docstring as Markdown; its indented examples are code."""
    paragraphs = (inspect.getdoc(value) or "").split("\n\n")
    shown = [
        f"```text\n{inspect.cleandoc(part)}\n```" if part.startswith("    ") else part
        for part in paragraphs
    ]
    return "\n\n".join(shown) + "\n"


def page() -> str:
    """The whole text of docs/api.md."""
    parts = [INTRODUCTION + " · ".join(f"[`{name}`](#{_anchor(name)})" for name in PACKAGES) + "\n"]
    for package, module in PACKAGES.items():
        first = (inspect.getdoc(module) or "").splitlines()[0]
        parts.append(f"## {package}\n\n{first}\n")
        parts += [entry(package, name, getattr(module, name)) for name in public(module)]
    return "\n".join(parts).rstrip() + "\n"


def _anchor(name: str) -> str:
    return name.replace(".", "")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.relative_to(ROOT))

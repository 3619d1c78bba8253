"""Where domains are: shipped, installed under the entry point `folalign.domains`, or in a Python file."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import sys
from importlib import metadata
from pathlib import Path
from types import ModuleType

from logic.core import CORE
from logic.domains.kit.domain import Domain
from logic.errors import DomainError

SHIPPED = ("arithmetic", "counting", "deontic", "sorted", "temporal")
GROUP = "folalign.domains"
"""The entry point group in which a package names its domains: `name = "package.module:DOMAIN"`."""


def available() -> dict[str, str]:
    """The names that `find` knows, with where each comes from.

    Raises `DomainError` where two packages share one.
    """
    sources = {name: f"logic.domains.{name}" for name in SHIPPED}
    for point in metadata.entry_points(group=GROUP):
        source = sources.setdefault(point.name, point.value)
        if source != point.value:
            both = f"{source} and {point.value}"
            raise DomainError(f"two domains are called {point.name!r}: {both}")
    return sources


def absolute(spec: str) -> str:
    """The same domains whatever the working folder: paths made absolute, blanks around `+` gone."""
    names = [name.strip() for name in spec.split("+")]
    if "" in names or len(set(names)) < len(names):
        raise DomainError(f"unknown domain {spec!r}; write different names with + between them")
    for index, name in enumerate(names):
        if is_path(name):
            names[index] = os.path.abspath(name)
    return "+".join(names)


def is_path(name: str) -> bool:
    """Whether a domain is given by a Python file."""
    return name.endswith(".py")


def find(name: str) -> Domain:
    """One domain, by name or path, imported and not yet checked. Raises `DomainError`."""
    return _in_file(Path(name)) if is_path(name) else _by_name(name)


def _by_name(name: str) -> Domain:
    sources = available()
    if name not in sources:
        allowed = ", ".join([CORE.spec, *sorted(sources)])
        raise DomainError(f"unknown domain {name!r}; allowed: {allowed}, or the path of a .py file")
    module_name, _, attribute = sources[name].partition(":")
    try:
        module = importlib.import_module(module_name)
    except DomainError:
        raise
    except (Exception, SystemExit) as error:  # another package's code, which may raise anything
        reason = f"{type(error).__name__}: {error}"
        raise DomainError(f"domain {name}: {module_name} cannot be imported: {reason}") from error
    domain = getattr(module, attribute or "DOMAIN", None)
    if not isinstance(domain, Domain):
        raise DomainError(f"domain {name}: {sources[name]} is no Domain")
    domain.spec = name
    return domain


def _in_file(path: Path) -> Domain:
    if not path.is_file():
        raise DomainError(f"unknown domain {str(path)!r}: there is no such file")
    module = _imported(path)
    domains: list[Domain] = []
    for item in vars(module).values():
        if isinstance(item, Domain) and item not in domains:
            domains.append(item)
    # A file may import a shipped domain and still make just one.
    own = [domain for domain in domains if domain.name not in SHIPPED]
    choices = own or domains
    if len(choices) != 1:
        raise DomainError(
            f"{path}: {len(choices)} domains in the file; one is needed, as in DOMAIN = Domain(…)"
        )
    choices[0].spec = str(path)
    return choices[0]


def _imported(path: Path) -> ModuleType:
    """The module of a file, under a name that no other file has. Raises `DomainError` for what it raises."""
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:8]
    name = f"folalign_domain_{path.stem}_{digest}"
    source = importlib.util.spec_from_file_location(name, path)
    if source is None or source.loader is None:
        raise DomainError(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(source)
    sys.modules[name] = module  # dataclasses look their own module up
    try:
        source.loader.exec_module(module)
    except DomainError as error:
        raise DomainError(f"{path}: {error}") from error
    except (Exception, SystemExit) as error:
        reason = f"{type(error).__name__}: {error}"
        raise DomainError(f"{path}: {reason}") from error
    return module

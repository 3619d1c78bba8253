"""The domain that a stage's formulas are in: its name checked, what a result depends on, and how it is written."""

from __future__ import annotations

from pathlib import Path

from logic.errors import LogicError
from logic.similarity import get_domain, resolved
from pipelines.errors import UsageError


def resolve_domain(name: str, where: str) -> str:
    """The domain's name, its paths absolute. Raises `UsageError`, which begins with `where`, for one there is not."""
    try:
        return resolved(name)
    except LogicError as error:
        raise UsageError(f"{where}: {error}") from None


def domain_inputs(name: str) -> dict[str, str]:
    """What a result in a domain depends on, for `RunDir`: its name, and the files it is read from."""
    if name == "fol":
        return {}
    parts = get_domain(name).members
    files = [Path(part.spec) for part in parts if part.spec.endswith(".py")]
    files += [path for part in parts for path in part.grammars if part.spec.endswith(".py")]
    named = "+".join(Path(part.spec).name for part in parts)
    return {"domain": named} | {f"domain {path.name}": str(path) for path in files}


def with_notation(prompt: str | None, domain: str) -> str | None:
    """A prompt template with how the domain's formulas are written in place of {domain}."""
    if prompt is None or "{domain}" not in prompt:
        return prompt
    said = "" if domain == "fol" else get_domain(domain).notation()
    return prompt.replace("{domain}", said.replace("{", "{{").replace("}", "}}"))

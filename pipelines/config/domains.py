"""The domain of a stage's formulas: its name checked, its files, and how it is written."""

from __future__ import annotations

from pathlib import Path

from logic.errors import LogicError
from logic.languages import language
from pipelines.errors import UsageError


def resolve_domain(name: str, where: str) -> str:
    """The domain's name, its paths absolute.

    Raises `UsageError`, which begins with `where`, for a domain that is not there.
    """
    try:
        return language(name).spec
    except LogicError as error:
        raise UsageError(f"{where}: {error}") from None


def domain_inputs(name: str) -> dict[str, str]:
    """What a result in a domain depends on, for `RunDir`: its name, and its files."""
    sources = language(name).sources
    if not sources:
        return {}
    names = [Path(source).name for source in sources]
    inputs = {"domain": "+".join(names)}
    for paths in sources.values():
        for path in paths:
            inputs[f"domain {path.name}"] = str(path)
    return inputs


def with_notation(prompt: str | None, domain: str) -> str | None:
    """A prompt template with how the domain's formulas are written in place of {domain}."""
    if prompt is None or "{domain}" not in prompt:
        return prompt
    notation = language(domain).notation()
    # Brackets in the notation are no fields of the template.
    return prompt.replace("{domain}", notation.replace("{", "{{").replace("}", "}}"))

"""Prompt templates of each task, for base models and for chat models; `{signature}` is optional in all that have one.

A base model continues text: the prompt ends where the answer begins, and the answer starts with a blank. A chat
model gets one user message (the whole conversation, for `preference`).
"""

from __future__ import annotations

import string
from typing import Any

import logic
from data.records import PROMPT, DataError, Preference, Record
from logic.symbols import signature

_NOTATION = "Write it with ∀ ∃ ¬ ∧ ∨ ⊕ → ↔ and reply with the formula alone."

BASE = {
    "translate": PROMPT,
    "correct": "Sentence: {sentence}\nWrong: {wrong}\nFOL:",
    "distill": "Passage: {passage}\nFOL:",
    "preference": "{conversation}\nAssistant:",
    "mt": "{from_language}: {text}\n{to_language}:",
    "entail": "{premises}\nConclusion: {conclusion}\nTrue, False or Uncertain?",
}
CHAT = {
    "translate": f"Translate the sentence into first-order logic. {_NOTATION}\n\n{{sentence}}",
    "correct": f"The formula does not say what the sentence says. Correct it. {_NOTATION}\n\n"
    "Sentence: {sentence}\nFormula: {wrong}",
    "distill": "Describe the core meaning of the passage with one formula of first-order logic. "
    f"{_NOTATION}\n\n{{passage}}",
    "preference": "{conversation}",
    "mt": "Translate from {from_language} to {to_language}. Reply with the translation alone.\n\n{text}",
    "entail": "Does the conclusion follow from the premises? Reply True, False or Uncertain.\n\n"
    "{premises}\n\nConclusion: {conclusion}",
}
SIGNATURE = "Symbols: {signature}\n"
"""What `with_signature` puts into a template: the names and arities the reference uses."""

# What a template must name, and what it may.
FIELDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "translate": (frozenset({"sentence"}), frozenset({"signature"})),
    "correct": (frozenset({"sentence", "wrong"}), frozenset({"signature"})),
    "distill": (frozenset({"passage"}), frozenset({"signature"})),
    "preference": (frozenset({"conversation"}), frozenset()),
    "mt": (frozenset({"text"}), frozenset({"from_language", "to_language"})),
    "entail": (frozenset({"premises", "conclusion"}), frozenset()),
}


def choose(task: str, template: str | None = None, *, chat: bool = False) -> str:
    """The template to use: the one given, checked, or the task's own. Raises DataError for one that does not fit."""
    if template is None:
        return (CHAT if chat else BASE)[task]
    needed, allowed = FIELDS[task]
    try:
        parsed = [part[1:] for part in string.Formatter().parse(template) if part[1] is not None]
    except ValueError as error:
        raise DataError(
            f"prompt template {template!r}: {error}; write {{{{ and }}}} for braces"
        ) from error
    named = [name for name, _, _ in parsed]
    if wrong := [name for name in named if name not in needed | allowed]:
        fields = ", ".join(f"{{{name}}}" for name in (*sorted(needed), *sorted(allowed)))
        raise DataError(
            f"prompt template {template!r}: field {{{wrong[0]}}}; the only fields allowed are {fields}"
        )
    if formatted := [name for name, layout, conversion in parsed if layout or conversion]:
        raise DataError(
            f"prompt template {template!r}: no format or conversion is allowed; write {{{formatted[0]}}}"
        )
    if missing := sorted(needed - set(named)):
        raise DataError(f"prompt template {template!r} has no {{{missing[0]}}} field")
    return template


def with_signature(template: str) -> str:
    """The template with the reference's names and arities before its last line (its first field, for one line)."""
    head, newline, last = template.rpartition("\n")
    return f"{head}{newline}{SIGNATURE}{last}"


def row(
    record: Record, template: str, *, chat: bool = False, domain: str = "fol"
) -> dict[str, Any]:
    """One training row: prompt, completion, reference and the task's own columns."""
    answer = record.answer()
    fields = record.prompt_fields()
    if "{signature}" in template:
        fields["signature"] = signature_of(answer, domain)
    prompt = template.format_map(fields)
    columns: dict[str, Any]
    if chat:
        turns = [{"role": "user", "content": prompt}]
        if isinstance(record, Preference):
            turns = [{"role": turn.role, "content": turn.content} for turn in record.prompt]
        columns = {"prompt": turns, "completion": [{"role": "assistant", "content": answer}]}
    else:
        columns = {"prompt": prompt, "completion": " " + answer}
    return columns | {"reference": answer} | record.extras()


def signature_of(formula: str, domain: str = "fol") -> str:
    """The names a formula uses, with arities: Cat/1 Chases/2 anna. Raises `logic.ParseError`."""
    found = signature(logic.parse(formula, domain=domain))
    return " ".join(
        [
            *(f"{name}/{arity}" for name, arity in (*found.predicates, *found.functions)),
            *found.constants,
        ]
    )

"""Prompt templates of each task, for base models and for chat models.

A base model continues text: the prompt ends where the answer begins, and the answer starts with a
blank. A chat model gets one user message (the whole conversation, for `preference`). A field
`{signature}` is optional in all templates that have one.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

import logic
from data.records import DataError, Preference, Record
from logic.signatures.signature import signature

PROMPT = "Sentence: {sentence}\nFOL:"
_NOTATION = "Write it with ∀ ∃ ¬ ∧ ∨ ⊕ → ↔ and reply with the formula alone."

BASE = {
    "translate": PROMPT,
    "correct": "Sentence: {sentence}\nWrong: {wrong}\nFOL:",
    "distill": "Passage: {passage}\nFOL:",
    "preference": "{conversation}\nAssistant:",
    "mt": "{from_language}: {text}\n{to_language}:",
    "entail": "{premises}\nConclusion: {conclusion}\nTrue, False or Uncertain?",
    "story": "Premises:\n{premises}\nConclusion:\n{conclusion}\nFOL:",
}
CHAT = {
    "translate": f"Translate the sentence into first-order logic. {_NOTATION}\n\n{{sentence}}",
    "correct": "The formula does not say what the sentence says. "
    f"Correct it. {_NOTATION}\n\nSentence: {{sentence}}\nFormula: {{wrong}}",
    "distill": "Describe the core meaning of the passage with one formula of first-order logic. "
    f"{_NOTATION}\n\n{{passage}}",
    "preference": "{conversation}",
    "mt": "Translate from {from_language} to {to_language}. "
    "Reply with the translation alone.\n\n{text}",
    "entail": "Does the conclusion follow from the premises? "
    "Reply True, False or Uncertain.\n\n{premises}\n\nConclusion: {conclusion}",
    "story": "Translate each sentence of the story into first-order logic. Write Predicates: and "
    "Constants: with the names that you use, then Premises: and Conclusion: with a formula on each "
    "line. Write formulas with ∀ ∃ ¬ ∧ ∨ ⊕ → ↔.\n\nPremises:\n{premises}\n\nConclusion:\n{conclusion}",
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
    "story": (frozenset({"premises", "conclusion"}), frozenset()),
}


def choose(task: str, template: str | None = None, *, chat: bool = False) -> str:
    """The template to use: the one passed in, checked, or the task's own.

    Raises DataError for one that does not fit the task.
    """
    if template is None:
        return (CHAT if chat else BASE)[task]
    required, optional = FIELDS[task]
    fields = _fields(template)
    for name, _ in fields:
        if name not in required | optional:
            allowed = ", ".join(f"{{{field}}}" for field in (*sorted(required), *sorted(optional)))
            raise DataError(
                f"prompt template {template!r}: field {{{name}}}; "
                f"the only fields allowed are {allowed}"
            )
    for name, is_formatted in fields:
        if is_formatted:
            raise DataError(
                f"prompt template {template!r}: "
                f"no format or conversion is allowed; write {{{name}}}"
            )
    if missing := sorted(required - {name for name, _ in fields}):
        raise DataError(f"prompt template {template!r} has no {{{missing[0]}}} field")
    return template


def _fields(template: str) -> list[tuple[str, bool]]:
    """The template's fields, and whether each has a format or a conversion."""
    try:
        pieces = list(string.Formatter().parse(template))
    except ValueError as error:
        raise DataError(
            f"prompt template {template!r}: {error}; write {{{{ and }}}} for braces"
        ) from error
    return [
        (name, bool(layout or conversion))
        for _, name, layout, conversion in pieces
        if name is not None
    ]


def with_signature(template: str) -> str:
    """The template with the reference's names and arities before its last line."""
    head, newline, last = template.rpartition("\n")
    return f"{head}{newline}{SIGNATURE}{last}"


BETWEEN = "\n\n"
"""What stands between the examples of a base model's prompt, and before the prompt itself."""
# What a conversation's next turn begins with, whose template begins with a field.
_OPENINGS = {"{conversation}": "User:"}


def opening(template: str) -> str:
    """The words with which a template begins, on the line of its first field; "" for none."""
    words, field, *_ = next(iter(string.Formatter().parse(template)))
    last = words.rpartition("\n")[2].strip()
    return last or _OPENINGS.get(f"{{{field}}}", "")


def stops(template: str, *, examples: bool = False) -> tuple[str, ...]:
    """Where an answer of a base model ends that goes on with the next prompt instead of ending."""
    words = opening(template)
    next_prompt = (f"\n{words}",) if words else ()
    return (*next_prompt, BETWEEN) if examples else next_prompt


def after_examples(row: dict[str, Any], examples: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A row whose prompt has solved examples before it: rows too, of the same form.

    Raises DataError where some are texts and others messages.
    """
    turns = [example[part] for example in examples for part in ("prompt", "completion")]
    prompt = row["prompt"]
    if len({type(turn) for turn in (*turns, prompt)}) > 1:
        raise DataError("examples: some prompts are text and others messages")
    if isinstance(prompt, str):
        solved = [example["prompt"] + example["completion"] for example in examples]
        return row | {"prompt": BETWEEN.join([*solved, prompt])}
    return row | {"prompt": [message for turn in (*turns, prompt) for message in turn]}


def row(
    record: Record, template: str, *, chat: bool = False, domain: str = "fol"
) -> dict[str, Any]:
    """One training row: prompt, completion, reference and the task's own columns.

    The template is for records that bring no prompt of their own.
    """
    answer = record.answer()
    ready = record.ready()
    if ready is not None:
        prompt, completion = _as_messages(*ready) if chat else ready
        columns = {"prompt": prompt, "completion": completion}
        return columns | {"reference": answer} | record.extras()
    fields = record.prompt_fields()
    if "{signature}" in template:
        fields["signature"] = _symbols(answer, domain)
    prompt = template.format_map(fields)
    if chat:
        columns = {
            "prompt": _messages(record, prompt),
            "completion": [{"role": "assistant", "content": answer}],
        }
    else:
        # Of a row that has no answer, a space would be one: to say nothing.
        columns = {"prompt": prompt, "completion": " " + answer if answer else ""}
    return columns | {"reference": answer} | record.extras()


def _as_messages(prompt: Any, completion: Any) -> tuple[Any, Any]:
    if not isinstance(prompt, str):
        return prompt, completion
    return (
        [{"role": "user", "content": prompt}],
        [{"role": "assistant", "content": completion}],
    )


def _messages(record: Record, prompt: str) -> list[dict[str, str]]:
    """The prompt as messages: a conversation keeps its turns, all else is one of the user."""
    if isinstance(record, Preference):
        return [{"role": turn.role, "content": turn.content} for turn in record.prompt]
    return [{"role": "user", "content": prompt}]


def _symbols(formula: str, domain: str) -> str:
    """The names a formula uses, with arities: Cat/1 Chases/2 anna. Raises `logic.ParseError`."""
    return signature(logic.parse(formula, domain=domain)).to_line()

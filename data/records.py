"""The records every loader returns: a translation, a quarantined row, a corpus of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasets import Dataset

PROMPT = "Sentence: {sentence}\nFOL:"


class DataError(ValueError):
    """The data cannot be used as asked: the message names the file, the row or the setting, and what is allowed."""


@dataclass(frozen=True, slots=True)
class Translation:
    """One sentence and its formula.

    `group` is what a split never divides (a story, a document, a combination of template and words);
    `source` names the file or generator, and `row` is the 1-based row in it (the line, for JSONL).
    """

    sentence: str
    formula: str
    group: str
    source: str
    row: int


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row left out: where it stood (`row` is 1-based) and why."""

    source: str
    row: int
    reason: str


@dataclass(frozen=True)
class Corpus:
    """The rows of one split, and the rows that were left out of it."""

    name: str
    split: str
    rows: list[Translation]
    quarantined: list[Quarantined] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Translation]:
        return iter(self.rows)

    def audit(self) -> Corpus:
        """The same corpus with every reference read and judged against itself.

        A row without a sentence, or whose formula does not parse or does not score 1 against itself, moves to
        `quarantined`; the other formulas are rewritten in canonical notation.
        """
        from data.audit import Fault, canonical

        rows: list[Translation] = []
        faults: list[Quarantined] = []
        for row in self.rows:
            try:
                if not row.sentence.strip():
                    raise Fault("empty sentence")
                text = canonical(row.formula)
            except Fault as fault:
                faults.append(Quarantined(row.source, row.row, str(fault)))
                continue
            rows.append(Translation(row.sentence, text, row.group, row.source, row.row))
        return Corpus(self.name, self.split, rows, self.quarantined + faults)

    def to_dataset(self, prompt_template: str = PROMPT) -> Dataset:
        """Columns `prompt`, `completion`, `reference`, `sentence`, all text; one row per translation.

        Raises DataError where the template has no `{sentence}` or asks for another field.
        """
        from datasets import Dataset

        check_template(prompt_template)
        return Dataset.from_dict(
            {
                "prompt": [prompt_template.format(sentence=row.sentence) for row in self.rows],
                "completion": [" " + row.formula for row in self.rows],
                "reference": [row.formula for row in self.rows],
                "sentence": [row.sentence for row in self.rows],
            }
        )


def check_template(template: str) -> None:
    """Raise DataError unless `template` is a format string whose one field is `{sentence}`."""
    probe = "\x00"
    try:
        text = template.format(sentence=probe)
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise DataError(f"prompt template {template!r}: the only field allowed is {{sentence}} ({error!r})") from error
    if probe not in text:
        raise DataError(f"prompt template {template!r} has no {{sentence}} field")

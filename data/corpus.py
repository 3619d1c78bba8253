"""The rows of one split, with what was left out of it, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from data import prompts
from data.audit import Fault
from data.records import DataError, Record

if TYPE_CHECKING:
    from datasets import Dataset

RecordT = TypeVar("RecordT", bound=Record)


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row left out: where it stood (`row` is 1-based) and why."""

    source: str
    row: int
    reason: str

    @classmethod
    def of(cls, record: Record, reason: str) -> Quarantined:
        """The row of a record, left out for a reason."""
        return cls(record.source, record.row, reason)


@dataclass(frozen=True, slots=True)
class Repaired:
    """A row whose formula was mended to be read: where it stands (`row` is 1-based) and how."""

    source: str
    row: int
    repair: str


@dataclass(frozen=True)
class Corpus(Generic[RecordT]):
    """The rows of one split, the rows that were left out of it, and the domain of its formulas."""

    name: str
    split: str
    rows: list[RecordT]
    quarantined: list[Quarantined] = field(default_factory=list)
    domain: str = "fol"
    repaired: list[Repaired] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[RecordT]:
        return iter(self.rows)

    def audit(self, dialect: str | None = None) -> Corpus[RecordT]:
        """The same corpus with every row validated, its formulas read in a dialect.

        A row with an empty text, or whose formula does not parse or does not score 1 against
        itself, moves to `quarantined`; the other formulas are rewritten in canonical notation, and
        a scope that had to be widened for it is listed in `repaired`.
        """
        rows: list[RecordT] = []
        faults: list[Quarantined] = []
        repaired: list[Repaired] = []
        for row in self.rows:
            repairs: list[str] = []
            try:
                rows.append(row.checked(self.domain, repairs, dialect))
            except Fault as fault:
                faults.append(Quarantined.of(row, str(fault)))
            else:
                repaired += [Repaired(row.source, row.row, repair) for repair in repairs]
        return replace(
            self,
            rows=rows,
            quarantined=self.quarantined + faults,
            repaired=self.repaired + repaired,
        )

    def to_dataset(
        self,
        prompt_template: str | None = None,
        *,
        chat: bool = False,
        examples: Sequence[Record] = (),
    ) -> Dataset:
        """Columns `prompt`, `completion`, `reference` and the task's own; one row per record.

        `prompt_template` is one of `data.prompts` or a format string; the task's own where absent.
        With `chat`, prompt and completion are lists of messages. `examples` stand solved before
        each prompt, and a row that asks what one of them asks is left out. Raises DataError where
        the template misses a field of the task or asks for another, or the rows bring their own
        prompts.
        """
        # A library of the training extra; loading and judging rows does without it.
        from datasets import Dataset

        task = self.rows[0].task if self.rows else "translate"
        if prompt_template is not None and any(row.ready() for row in self.rows):
            raise DataError(
                "the rows have prompts of their own: leave out `prompt` and `signature`"
            )
        template = prompts.choose(task, prompt_template, chat=chat)
        rows, solved = (
            [prompts.row(record, template, chat=chat, domain=self.domain) for record in records]
            for records in (self.rows, examples)
        )
        if solved:
            asked = [example["prompt"] for example in solved]
            rows = [
                prompts.after_examples(row, solved) for row in rows if row["prompt"] not in asked
            ]
        names = list(rows[0]) if rows else []
        columns = {name: [row[name] for row in rows] for name in names}
        return Dataset.from_dict(columns)


def repaired_in(rows: Sequence[Record], repaired: Sequence[Repaired]) -> list[Repaired]:
    """The repairs of those rows that were kept."""
    places = {(row.source, row.row) for row in rows}
    return [repair for repair in repaired if (repair.source, repair.row) in places]


def first_fault(faults: Sequence[Quarantined], *, with_source: bool = False) -> str:
    """ "; row 3: no column 'formula'" of the first fault, to end a message; "" where there is none.

    With `with_source` the file of the row is named too.
    """
    if not faults:
        return ""
    fault = faults[0]
    source = f"{fault.source}, " if with_source else ""
    return f"; {source}row {fault.row}: {fault.reason}"

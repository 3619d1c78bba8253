"""The sentences that `folalign translate` reads, and what it says of rows that have none."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import logic
from data.files import READERS, ending_of, not_utf8, read_rows, text_of
from data.records import DataError
from logic.signatures.signature import Signature
from pipelines.errors import UsageError
from pipelines.streams import standard_input

MOST_NAMES = 1_000
"""Names of a signature: a grammar's matcher holds all of them."""
Row = dict[str, Any] | str
"""A row of the input; a string says why there is none."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One row of the input: its number, the sentence, and the names its formula may use.

    `kept` are those of its other columns that go into the output.
    """

    row: int
    text: str
    signature: Signature | None = None
    kept: dict[str, Any] = field(default_factory=dict)

    def identity(self) -> dict[str, Any]:
        """The columns of the output by which the row is known again."""
        return {"sentence": self.text, **named(self.signature)}


@dataclass(frozen=True, slots=True)
class Input:
    """Where the sentences are, and which names their formulas may use.

    `per_row` says that each row names its own, in the column `signature`; `keep` are the columns
    that go into the output. Sentences that are `given` are in place of the source.
    """

    source: str
    column: str
    signature: Signature | None = None
    per_row: bool = False
    keep: Sequence[str] = ()
    given: tuple[str, ...] = ()

    def read(self) -> tuple[list[Sentence], list[tuple[int, str]]]:
        """The sentences, and the rows that cannot be used with the reason."""
        sentences: list[Sentence] = []
        broken: list[tuple[int, str]] = []
        try:
            for number, row in self._rows():
                try:
                    sentences.append(self._sentence(number, row))
                except ValueError as error:
                    broken.append((number, str(error)))
        except DataError as error:
            raise UsageError(str(error)) from None
        return sentences, broken

    def _sentence(self, number: int, row: Row) -> Sentence:
        if isinstance(row, str):
            raise ValueError(row)
        signature = signature_of(row, self.signature, per_row=self.per_row)
        return Sentence(
            number,
            text_of(row, self.column),
            signature,
            {name: row.get(name) for name in self.keep},
        )

    def _rows(self) -> Iterator[tuple[int, Row]]:
        """Numbered rows of a file with columns, or of lines."""
        if self.given:
            for number, text in enumerate(self.given, start=1):
                yield number, {self.column: text}
            return
        if self.source != "-" and ending_of(Path(self.source)) in READERS:
            yield from read_rows(Path(self.source))
            return
        lines = _bytes(self.source).removeprefix(codecs.BOM_UTF8).splitlines()
        first = next((line for line in lines if line.strip()), b"")
        # What is piped in has no ending to tell JSON lines by.
        as_json = self.source == "-" and first.lstrip().startswith(b"{")
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield number, _json_row(line) if as_json else _text_row(line, self.column)


def signature_of(
    row: dict[str, Any], given: Signature | None, *, per_row: bool
) -> Signature | None:
    """The names that a row's formulas may use.

    Those that are given for all rows, or with `per_row` those of its column `signature`. Raises
    ValueError for a row without, and for one that is no usable signature.
    """
    if not per_row:
        return given
    if row.get("signature") is None:
        raise ValueError(
            "no column 'signature', which --grammar signature needs (or give --signature)"
        )
    return usable(logic.read_signature(row["signature"]))


def usable(signature: Signature) -> Signature:
    """The signature, if formulas can be written with it. Raises ValueError otherwise."""
    if not signature.predicates:
        raise ValueError("the signature names no predicate, so no formula could be written")
    if len(signature.symbols) > MOST_NAMES:
        count = len(signature.symbols)
        raise ValueError(f"the signature has {count:,} names; at most {MOST_NAMES:,} are taken")
    for _, name, _ in signature.symbols:
        if not name.strip() or not name.isprintable():
            raise ValueError(f"the signature has the name {name!r}, which cannot be written")
    return signature


def named(signature: Signature | None) -> dict[str, Any]:
    """The column of the output that says which names were given, where some were."""
    return {} if signature is None else {"names": signature.to_line()}


def _bytes(source: str) -> bytes:
    try:
        return standard_input().read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise UsageError(f"{source}: {error.strerror or error}") from None


def _text_row(line: bytes, column: str) -> Row:
    """A row with the sentence alone."""
    try:
        return {column: line.decode("utf-8")}
    except UnicodeDecodeError as error:
        return not_utf8(error)


def _json_row(line: bytes) -> Row:
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        return not_utf8(error)
    except (ValueError, RecursionError) as error:
        return f"not valid JSON ({error})"
    return row if isinstance(row, dict) else "not a JSON object"

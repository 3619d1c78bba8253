"""What a data set holds: size, licence, examples, audit and vocabulary; and writing it out.

What is written is prepared: its splits divided and audited, and whole or not there.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import logic
from data import prompts
from data.catalogue import licence
from data.corpus import Corpus, Quarantined
from data.own.local import CARD_NAME, LEFT_OUT_NAME
from data.preference.tells import tells
from data.records import DataError, Preference, Record
from data.splits import squeeze
from logic.signatures.signature import signature

CARD = f"{CARD_NAME}.json"
WHOLE = "all"
"""What a file is called, in place of a split, for which it is not divided."""
# What two reasons of one kind differ in: names in quotes, and numbers.
_DETAIL = re.compile(
    r"""
    '[^']*'
    | "[^"]*"
    | \d[\d,.]*
    """,
    re.VERBOSE,
)


def describe(
    corpora: Mapping[str, Corpus[Record]], *, name: str, task: str, examples: int = 2
) -> dict[str, Any]:
    """Everything `folalign data inspect` prints, as plain values."""
    splits: dict[str, Any] = {}
    rows: list[tuple[Record, str]] = []
    faults = left_out(corpora)
    for split, corpus in corpora.items():
        splits[split] = _split(corpus, faults[split], examples)
        rows += [(row, corpus.domain) for row in corpus.rows]
    return {
        "name": name,
        "task": task,
        "licence": licence(name),
        "splits": splits,
        "undivided": _left_out([] if WHOLE in corpora else faults[WHOLE], examples),
        "shared": shared(corpora),
        "vocabulary": vocabulary(rows),
    }


def left_out(corpora: Mapping[str, Corpus[Record]]) -> dict[str, list[Quarantined]]:
    """The rows that were left out of each split, none of them twice.

    Those of a file that was divided into its splits belong to none, as they have no group, and come
    under `WHOLE`: each split was loaded with all of them.
    """
    splits: dict[Quarantined, set[str]] = {}
    for split, corpus in corpora.items():
        for fault in corpus.quarantined:
            splits.setdefault(fault, set()).add(split)
    found: dict[str, list[Quarantined]] = {split: [] for split in (*corpora, WHOLE)}
    for fault, names in splits.items():
        found[names.pop() if len(names) == 1 else WHOLE].append(fault)
    return found


def _left_out(faults: Sequence[Quarantined], examples: int) -> dict[str, Any]:
    return {
        "left_out": len(faults),
        "reasons": reasons(faults),
        "first_left_out": [_told(fault) for fault in faults[:examples]],
    }


def _told(fault: Quarantined) -> str:
    """Where a row stands that was left out, and why: "own.csv, row 3: empty sentence"."""
    return f"{fault.source}, row {fault.row}: {fault.reason}"


def _split(corpus: Corpus[Record], faults: Sequence[Quarantined], examples: int) -> dict[str, Any]:
    rows = corpus.rows
    task = rows[0].task if rows else "translate"
    template = prompts.choose(task)
    return {
        "rows": len(rows),
        "groups": len({row.group for row in rows}),
        **_left_out(faults, examples),
        "repaired": len({(repair.source, repair.row) for repair in corpus.repaired}),
        "tells": _tells(rows),
        "kinds": dict(Counter(kind for row in rows if (kind := getattr(row, "kind", "")))),
        "examples": [prompts.row(row, template, domain=corpus.domain) for row in rows[:examples]],
    }


def _tells(rows: Sequence[Record]) -> dict[str, float]:
    """How often a shortcut tells the chosen answer; nothing of rows that have none."""
    preferences = [row for row in rows if isinstance(row, Preference)]
    return {name: round(share, 4) for name, share in tells(preferences).items()}


def reasons(faults: Sequence[Quarantined]) -> dict[str, int]:
    """How many rows were left out for each kind of reason, most frequent first.

    A kind is told by the first of its rows, with its place. Reasons that differ in names and
    numbers alone are of one kind.
    """
    first: dict[str, str] = {}
    kinds: Counter[str] = Counter()
    for fault in faults:
        kind = _DETAIL.sub("…", fault.reason)
        first.setdefault(kind, _told(fault))
        kinds[kind] += 1
    return {first[kind]: count for kind, count in kinds.most_common()}


def shared(corpora: Mapping[str, Corpus[Record]]) -> int:
    """The number of texts that rows of two splits have in common; above 0, a test split leaks."""
    splits_of: dict[tuple[str, str], set[str]] = {}
    for split, corpus in corpora.items():
        for row in corpus.rows:
            parts = row.parts()
            for name, text in parts.items():
                link = (name, squeeze(text))
                splits_of.setdefault(link, set()).add(split)
    return sum(len(splits) > 1 for splits in splits_of.values())


def vocabulary(rows: Iterable[tuple[Record, str]]) -> dict[str, Any]:
    """Symbols of the formulas with their most frequent, words of the texts, and lengths.

    `rows` are records with the domains of their formulas; lengths are in characters.
    """
    predicates: Counter[str] = Counter()
    constants: set[str] = set()
    words: set[str] = set()
    longest_text = 0
    longest_formula = 0
    for row, domain in rows:
        for text in _texts(row):
            words.update(_words(text))
            longest_text = max(longest_text, len(text))
        formula = _formula(row)
        if formula:
            tree = logic.parse(formula, domain=domain)
            symbols = signature(tree)
            predicates.update(f"{name}/{arity}" for name, arity in symbols.predicates)
            constants.update(symbols.constants)
            longest_formula = max(longest_formula, len(formula))
    return {
        "predicates": len(predicates),
        "constants": len(constants),
        "words": len(words),
        "frequent_predicates": dict(predicates.most_common(8)),
        "longest_text": longest_text,
        "longest_formula": longest_formula,
    }


def _texts(row: Record) -> list[str]:
    """What of the prompt is in words."""
    fields = row.prompt_fields()
    return [text for name, text in fields.items() if name != "wrong"]


def _words(text: str) -> set[str]:
    stripped = (word.strip(".,;:!?\"'()") for word in text.split())
    return {word.lower() for word in stripped if word}


def _formula(row: Record) -> str:
    """The formula of a row's answer; "" where it has none."""
    return getattr(row, "formula", "") or getattr(row, "chosen_formula", "")


def build(
    corpora: Mapping[str, Corpus[Record]],
    output: str | Path,
    card: Mapping[str, Any],
    *,
    overwrite: bool = False,
) -> Path:
    """Write each split to SPLIT.jsonl, what was left out to quarantined.jsonl, and `card` beside.

    The folder appears whole or not at all: it is written under another name and then renamed, and
    an interruption leaves what was there before. `data.load("jsonl", path=...)` reads it back.
    Raises DataError where the folder holds something already, unless `overwrite`, or cannot be
    written.
    """
    output = Path(output)
    _require_free(output, overwrite)
    temporary = None
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{output.name}.", dir=output.parent))
        temporary.chmod(0o755)  # mkdtemp's folders are for their owner alone
        _write_files(temporary, corpora, card)
        _swap(temporary, output)
    except OSError as error:
        raise DataError(f"{output}: cannot be written ({error.strerror or error})") from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
    return output


def _require_free(output: Path, overwrite: bool) -> None:
    if not output.exists():
        return
    is_empty = output.is_dir() and not any(output.iterdir())
    if not output.is_dir() or not (overwrite or is_empty):
        raise DataError(
            f"{output}: exists already; choose another folder, or overwrite it (--overwrite)"
        )
    # Only what an earlier build wrote is ever replaced.
    if not is_empty and not (output / CARD).is_file():
        raise DataError(
            f"{output}: has no {CARD}, so it is not a folder of prepared data; it is left as it is"
        )


def _write_files(
    folder: Path, corpora: Mapping[str, Corpus[Record]], card: Mapping[str, Any]
) -> None:
    for split, corpus in corpora.items():
        rows = [row.to_dict() for row in corpus.rows]
        _write(folder / f"{split}.jsonl", rows)
    faults = [
        {"split": split, **asdict(fault)}
        for split, of_split in left_out(corpora).items()
        for fault in of_split
    ]
    if faults:
        _write(folder / f"{LEFT_OUT_NAME}.jsonl", faults)
    text = json.dumps(card, indent=2, ensure_ascii=False)
    (folder / CARD).write_text(text + "\n", encoding="utf-8")


def _write(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            line = json.dumps(row, ensure_ascii=False)
            file.write(line + "\n")


def _swap(new: Path, old: Path) -> None:
    """Put a folder in another's place; what was there goes last."""
    if not old.exists():
        os.replace(new, old)
        return
    temporary = tempfile.mkdtemp(prefix=f".{old.name}.", dir=old.parent)
    aside = Path(temporary, "old")
    try:
        os.replace(old, aside)
        os.replace(new, old)
    except BaseException:  # an interruption too: the old folder comes back
        if not old.exists() and aside.exists():
            os.replace(aside, old)
        raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)

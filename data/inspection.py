"""What a data set holds: size, licence, examples, audit and vocabulary; and writing it out, prepared, whole or not."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import data
import logic
from data import prompts
from data.local import CARD_NAME, LEFT_OUT_NAME
from data.records import Corpus, DataError, Record
from data.splits import squeeze
from logic.symbols import signature

CARD = f"{CARD_NAME}.json"
_DETAIL = re.compile(r"'[^']*'|\"[^\"]*\"|\d[\d,.]*")


def describe(
    corpora: Mapping[str, Corpus[Record]], *, name: str, task: str, examples: int = 2
) -> dict[str, Any]:
    """Everything `folalign data inspect` prints, as plain values."""
    return {
        "name": name,
        "task": task,
        "licence": data.licence(name),
        "splits": {split: _split(corpus, examples) for split, corpus in corpora.items()},
        "shared": shared(corpora),
        "vocabulary": vocabulary(
            (row, corpus.domain) for corpus in corpora.values() for row in corpus.rows
        ),
    }


def _split(corpus: Corpus[Record], examples: int) -> dict[str, Any]:
    rows = corpus.rows
    template = prompts.choose(rows[0].task) if rows else ""
    return {
        "rows": len(rows),
        "groups": len({row.group for row in rows}),
        "left_out": len(corpus.quarantined),
        "reasons": reasons(corpus),
        "first_left_out": [
            f"{one.source}, row {one.row}: {one.reason}" for one in corpus.quarantined[:examples]
        ],
        "examples": [prompts.row(row, template, domain=corpus.domain) for row in rows[:examples]],
    }


def reasons(corpus: Corpus[Record]) -> dict[str, int]:
    """How many rows were left out for each kind of reason, most frequent first; names and numbers become dots."""
    return dict(Counter(_DETAIL.sub("…", one.reason) for one in corpus.quarantined).most_common())


def shared(corpora: Mapping[str, Corpus[Record]]) -> int:
    """The number of texts that rows of two splits have in common; above 0, a test split leaks."""
    seen: dict[tuple[str, str], set[str]] = {}
    for split, corpus in corpora.items():
        for row in corpus.rows:
            for part, text in row.parts().items():
                seen.setdefault((part, squeeze(text)), set()).add(split)
    return sum(len(splits) > 1 for splits in seen.values())


def vocabulary(rows: Iterable[tuple[Record, str]]) -> dict[str, Any]:
    """Symbols of the formulas with their most frequent, words of the texts, and lengths (in characters).

    `rows` are records with the domains of their formulas.
    """
    predicates: Counter[str] = Counter()
    constants: Counter[str] = Counter()
    words: set[str] = set()
    texts: list[int] = []
    formulas: list[int] = []
    for row, domain in rows:
        for text in (text for field, text in row.prompt_fields().items() if field != "wrong"):
            words.update(word.strip(".,;:!?\"'()").lower() for word in text.split())
            texts.append(len(text))
        formula = getattr(row, "formula", "") or getattr(row, "chosen_formula", "")
        if formula:
            found = signature(logic.parse(formula, domain=domain))
            predicates.update(f"{symbol}/{arity}" for symbol, arity in found.predicates)
            constants.update(found.constants)
            formulas.append(len(formula))
    return {
        "predicates": len(predicates),
        "constants": len(constants),
        "words": len(words - {""}),
        "frequent_predicates": dict(predicates.most_common(8)),
        "longest_text": max(texts, default=0),
        "longest_formula": max(formulas, default=0),
    }


def build(
    corpora: Mapping[str, Corpus[Record]],
    output: str | Path,
    card: Mapping[str, Any],
    *,
    overwrite: bool = False,
) -> Path:
    """Write each split to SPLIT.jsonl, what was left out to quarantined.jsonl, and `card` to prepared.json.

    The folder appears whole or not at all: it is written under another name and then renamed, and an interruption
    leaves what was there before. `data.load("jsonl", path=...)` reads it back. Raises DataError where the folder
    holds something already, unless `overwrite`, or cannot be written.
    """
    output = Path(output)
    if output.exists() and not (output.is_dir() and (overwrite or not any(output.iterdir()))):
        raise DataError(
            f"{output}: exists already; choose another folder, or overwrite it (--overwrite)"
        )
    if overwrite and output.is_dir() and any(output.iterdir()) and not (output / CARD).is_file():
        raise DataError(
            f"{output}: has no {CARD}, so it is not a folder of prepared data; it is left as it is"
        )
    temporary = None
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{output.name}.", dir=output.parent))
        temporary.chmod(0o755)
        for split, corpus in corpora.items():
            _write(temporary / f"{split}.jsonl", [row.to_dict() for row in corpus.rows])
        left_out = [
            {"split": split, "source": one.source, "row": one.row, "reason": one.reason}
            for split, corpus in corpora.items()
            for one in corpus.quarantined
        ]
        if left_out:
            _write(temporary / f"{LEFT_OUT_NAME}.jsonl", left_out)
        (temporary / CARD).write_text(
            json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        _swap(temporary, output)
    except OSError as error:
        raise DataError(f"{output}: cannot be written ({error.strerror or error})") from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
    return output


def _write(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _swap(new: Path, old: Path) -> None:
    """Put a folder in another's place; what was there goes last."""
    if not old.exists():
        os.replace(new, old)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{old.name}.", dir=old.parent))
    try:
        os.replace(old, aside / "old")
        os.replace(new, old)
    except BaseException:
        if not old.exists() and (aside / "old").exists():
            os.replace(aside / "old", old)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)

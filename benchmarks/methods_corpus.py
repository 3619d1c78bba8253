"""The sentences of `methods.py`: constructions that SFT teaches, and new ones labelled by several hands."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import data
import logic
from data.made.sentences.templates import TEMPLATES
from data.perturb import rewrite
from data.records import Translation

ROWS = {"train": 12_000, "rl": 400, "validation": 300, "test": 800, "old": 300}
OLD = ("train", "old")
"""The files whose constructions the warm-up knows."""
LABELLED = ("train", "rl")
"""The files to train on: their labels are written by several hands, the references to judge by are not."""
NEW_EACH = 4
"""Every fourth template is new, and so are those named for these words."""
NEW_WORDS = ("only", "neither", "xor")
HANDS = ("de morgan", "contraposition", "commute", "prenex")


def prepare(folder: Path) -> None:
    """Write the corpus as JSON lines; a file that is there is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, size in ROWS.items():
        target = folder / f"{name}.jsonl"
        if not target.exists():
            text = "".join(_lines(name, size))
            target.with_suffix(".tmp").write_text(text, encoding="utf-8")
            target.with_suffix(".tmp").rename(target)


def _lines(name: str, size: int) -> list[str]:
    rng = Random(f"hands {name}")
    lines = []
    for row in _rows(name, size):
        formula = _by_some_hand(row.formula, rng) if name in LABELLED else row.formula
        line = {"sentence": row.sentence, "formula": formula}
        lines.append(json.dumps(line, ensure_ascii=False) + "\n")
    if len(lines) < size:
        raise SystemExit(f"{name}: {len(lines)} rows, {size} are needed")
    return lines


def _rows(name: str, size: int) -> list[Translation]:
    """Rows of new constructions, or of old ones."""
    new = set(list(TEMPLATES)[1::NEW_EACH])
    new |= {template for template in TEMPLATES if any(word in template for word in NEW_WORDS)}
    split = "test" if name == "old" else name
    is_old = name in OLD
    # More than are needed, as those of the other kind are left out.
    drawn = data.load("synthetic", split=split, size=size * 2 if is_old else size * 4).rows
    rows = [row for row in drawn if (row.group.partition("|")[0] in new) != is_old]
    return rows[:size]


def _by_some_hand(text: str, rng: Random) -> str:
    """The formula after none, one or two equivalent rewritings."""
    try:
        return str(rewrite(logic.parse(text), rng, rng.randint(0, 2), HANDS))
    except ValueError:  # none applies, as to an atom
        return text

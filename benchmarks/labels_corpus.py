"""The stories of `labels.py`: wordings that the warm-up knows, and new ones that no formula shows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import logic
from data.made.dials import Dials, Wording
from data.made.proofs import stories
from data.records import Story

GOLD, LABELLED = 400, 1600
"""Of the stories to train on after the warm-up: first those with formulas, then those with labels alone."""
ROWS = {"train": 12_000, "rl": GOLD + LABELLED, "validation": 200, "test": 400, "old": 200}
DIALS = Dials(depth=(1, 1), distractors=(0, 1), nonce=False)


def prepare(folder: Path) -> None:
    """Write the corpus as JSON lines; a file that is there is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ROWS:
        target = folder / f"{name}.jsonl"
        if not target.exists():
            lines = [json.dumps(_columns(story), ensure_ascii=False) for story in _rows(name)]
            _write(target, lines)
    if not (sentences := folder / "sentences" / "train.jsonl").exists():
        _write(sentences, _sentences(folder / "train.jsonl"))
    for name in ("test", "old"):
        if not (signed := folder / "signed" / f"{name}.jsonl").exists():
            _write(signed, _signed(folder / f"{name}.jsonl"))


def _write(target: Path, lines: Iterable[str]) -> None:
    """Write lines; the file is there when all of them are."""
    target.parent.mkdir(exist_ok=True)
    target.with_suffix(".tmp").write_text("\n".join(lines) + "\n", encoding="utf-8")
    target.with_suffix(".tmp").rename(target)


def _sentences(stories: Path) -> list[str]:
    """The sentences of stories with their formulas, each once."""
    formulas: dict[str, str] = {}
    for line in stories.read_text(encoding="utf-8").splitlines():
        story = json.loads(line)
        texts = [*story["premises"], story["conclusion"]]
        formulas |= zip(
            texts, [*story["premise_formulas"], story["conclusion_formula"]], strict=True
        )
    return [
        json.dumps({"sentence": text, "formula": formula}, ensure_ascii=False)
        for text, formula in formulas.items()
    ]


def _signed(stories: Path) -> Iterator[str]:
    """Stories with the names of their formulas, in place of the formulas."""
    for line in stories.read_text(encoding="utf-8").splitlines():
        story = json.loads(line)
        formulas = [*story.pop("premise_formulas"), story.pop("conclusion_formula")]
        names = logic.read_signature([logic.parse(formula) for formula in formulas])
        yield json.dumps(story | {"signature": names.to_line()}, ensure_ascii=False)


def _rows(name: str) -> list[Story]:
    match name:
        case "train":
            return list(islice(_of("train", 0, "known"), ROWS[name]))
        case "rl":
            known = islice(_of("train", 1, "known"), GOLD)
            return [*known, *islice(_of("train", 2, "new"), LABELLED)]
        case "old":
            return list(islice(_of("test", 0, "known"), ROWS[name]))
    return list(islice(_of(name, 0, "new"), ROWS[name]))


def _of(split: str, seed: int, wording: Wording) -> Iterator[Story]:
    return stories(split, seed, replace(DIALS, wordings={split: wording}))


def _columns(story: Story) -> dict[str, object]:
    return {
        "premises": story.premises,
        "premise_formulas": story.premise_formulas,
        "conclusion": story.conclusion,
        "conclusion_formula": story.conclusion_formula,
        "label": story.label,
    }

"""Groups of samples with one reference each, as a training step judges them: model outputs, and edits."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from random import Random

import data
import logic
from data.perturb import edit, rewrite

Group = tuple[list[str], str]
"""Candidates, and the reference of all of them."""

_LINE = re.compile(r"TEXT:\s*(.*?)\nFOL:\s*(.*?)(?=\n|$)")


def groups(folder: Path, size: int, count: int, seed: int = 0) -> dict[str, list[Group]]:
    """Groups of this size by their kind: samples of GPT-3.5 for FOLIO's sentences, and edits of FOLIO's formulas.

    A sentence has ten samples at most; a larger group is filled with edits of those that can be read.
    """
    source = Random(seed)
    references = {
        row.sentence: row.formula
        for split in ("train", "validation")
        for row in data.load("folio", split=split, path=folder / "folio").rows
    }
    outputs: list[Group] = []
    for sentence, samples in _samples(folder / "outputs" / "linc-gpt-3.5.jsonl").items():
        if sentence in references and len(samples) >= 8:
            outputs.append((_filled(samples[:size], size, source), references[sentence]))
    drawn = source.sample(sorted(references.values()), count)
    edits = [(_filled([reference], size + 1, source)[1:], reference) for reference in drawn]
    return {"model outputs": source.sample(outputs, count), "edits": edits}


def _samples(path: Path) -> dict[str, list[str]]:
    """The formulas written for each sentence, of one story where several have it."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for sentence, formula in _LINE.findall(row["text"]):
            found[sentence.strip()][row["story"]].append(formula)
    return {sentence: next(iter(stories.values())) for sentence, stories in found.items()}


def _filled(samples: list[str], size: int, source: Random) -> list[str]:
    """As many samples as asked for: rewritings and edits of those that are there behind them."""
    answers = [logic.read_answer(sample).formula for sample in samples]
    formulas = [formula for formula in answers if formula is not None] or [logic.parse("P(a)")]
    filled = list(samples)
    while len(filled) < size:
        formula = source.choice(formulas)
        try:
            formula = rewrite(formula, source, steps=source.randrange(3))
            for _ in range(source.choice((0, 1, 1, 2))):
                formula, _ = edit(formula, source)
        except ValueError:  # nothing of the kind applies
            pass
        filled.append(str(formula))
    return filled

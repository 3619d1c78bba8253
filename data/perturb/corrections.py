"""The correction task: a sentence and a wrong formula, to be put right.

Wrong formulas come from references by seeded edits (`data.perturb`: quantifier, connective, negation, converse,
argument order, missing part, added part, renamed predicate), one or two of them, or from another model's
predictions. After LogicLLaMA (Yang et al., arXiv 2305.15541), whose second mode this is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import logic
from data.files import read_rows, text_of
from data.perturb import EDITS, edit
from data.records import Corpus, Correction, DataError, Quarantined, Translation
from data.splits import squeeze

_ATTEMPTS = 20


def perturbed(
    corpus: Corpus[Translation], *, seed: int = 0, kinds: Sequence[str] | None = None
) -> Corpus[Correction]:
    """Each pair with a wrong formula: one edit, or with probability 0.3 two, that is proved not equivalent.

    `kinds` are keys of `data.perturb.EDITS`, all by default. The wrong formula of a pair depends on the pair and the
    seed alone. Quarantined: pairs for which no such formula is found. Raises DataError for an unknown kind.
    """
    if unknown := [kind for kind in kinds or () if kind not in EDITS]:
        raise DataError(f"no kind of edit {unknown[0]!r}; allowed: {', '.join(EDITS)}")
    rows: list[Correction] = []
    faults = list(corpus.quarantined)
    for pair in corpus.rows:
        found = _wrong(pair, seed, tuple(kinds or EDITS), corpus.domain)
        if found is None:
            faults.append(
                Quarantined(
                    pair.source, pair.row, "no edit of its formula was proved to change the meaning"
                )
            )
        else:
            rows.append(
                Correction(
                    pair.sentence,
                    found[0],
                    pair.formula,
                    pair.group,
                    pair.source,
                    pair.row,
                    found[1],
                )
            )
    return Corpus(corpus.name, corpus.split, rows, faults, corpus.domain)


def _wrong(
    pair: Translation, seed: int, kinds: tuple[str, ...], domain: str
) -> tuple[str, str] | None:
    rng = Random(f"correct/{seed}/{pair.sentence}/{pair.formula}")
    reference = logic.parse(pair.formula, domain=domain)
    for _ in range(_ATTEMPTS):
        made, done = reference, []
        for _ in range(2 if rng.random() < 0.3 else 1):
            try:
                made, kind = edit(made, rng, kinds)
            except ValueError:  # nothing to edit in this way
                break
            done.append(kind)
        if (
            done
            and logic.equivalent(candidate=made, reference=reference, domain=domain).status
            == "refuted"
        ):
            return logic.to_text(made, domain=domain), " and ".join(done)
    return None


def from_predictions(corpus: Corpus[Translation], path: str | Path) -> Corpus[Correction]:
    """The pairs that a model got wrong, with what it wrote.

    `path` is JSON lines (or another file that `data.files` reads) with the columns `sentence` and `completion`, such
    as the samples of `folalign evaluate`. Left out: predictions equivalent to the reference or not judged, and
    sentences that are not in the corpus; the latter two are quarantined, as are rows that cannot be read. Raises
    DataError where no row is left.
    """
    pairs = {squeeze(pair.sentence): pair for pair in corpus.rows}
    rows: dict[tuple[str, str], Correction] = {}
    faults = list(corpus.quarantined)
    for number, columns in read_rows(Path(path)):
        try:
            if isinstance(columns, str):
                raise ValueError(columns)
            pair = pairs.get(squeeze(text_of(columns, "sentence")))
            if pair is None:
                raise ValueError("its sentence is not in this split")
            answer = logic.read_answer(text_of(columns, "completion"), domain=corpus.domain)
            wrong = (
                answer.text
                if answer.formula is None
                else logic.to_text(answer.formula, domain=corpus.domain)
            )
            (score,) = logic.score(
                candidates=[wrong], references=[pair.formula], domain=corpus.domain, workers=0
            )
            if score is None:
                raise ValueError("not judged against the reference within the budget")
        except ValueError as error:
            faults.append(Quarantined(str(path), number, str(error)))
            continue
        if score < 1.0 and wrong.strip():
            fixed = Correction(
                pair.sentence, wrong, pair.formula, pair.group, str(path), number, "predicted"
            )
            rows.setdefault((pair.sentence, wrong), fixed)
    if not rows:
        raise DataError(
            f"{path}: none of its rows is a wrong formula for a sentence of {corpus.name} {corpus.split}"
        )
    return Corpus(corpus.name, corpus.split, list(rows.values()), faults, corpus.domain)

"""The correction task: a sentence and a wrong formula, to be put right.

Wrong formulas come from references by seeded edits (`data.perturb.edits`: quantifier, connective,
negation, converse, argument order, missing part, added part, renamed predicate), one or two of
them, or from another model's predictions. After LogicLLaMA (Yang et al., arXiv 2305.15541), whose
second mode this is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import logic
from data.corpus import Corpus, Quarantined
from data.files import Columns, read_rows, text_of
from data.perturb.edits import EDITS, edit
from data.records import Correction, DataError, Translation
from data.splits import squeeze

# Draws of an edit after which a formula has none that is proved to change its meaning.
_ATTEMPTS = 20


def perturbed(
    corpus: Corpus[Translation], *, seed: int = 0, kinds: Sequence[str] | None = None
) -> Corpus[Correction]:
    """Each pair with a wrong formula: one edit, or with probability 0.3 two, proved not equivalent.

    `kinds` are keys of `data.perturb.EDITS`, all by default. The wrong formula of a pair depends
    on the pair and the seed alone. Quarantined: pairs for which no such formula is found. Raises
    DataError for an unknown kind.
    """
    if unknown := [kind for kind in kinds or () if kind not in EDITS]:
        raise DataError(f"no kind of edit {unknown[0]!r}; allowed: {', '.join(EDITS)}")
    rows: list[Correction] = []
    faults = list(corpus.quarantined)
    for pair in corpus.rows:
        rng = Random(f"correct/{seed}/{pair.sentence}/{pair.formula}")
        wrong = _wrong(pair.formula, rng, tuple(kinds or EDITS), corpus.domain)
        if wrong is None:
            reason = "no edit of its formula was proved to change the meaning"
            faults.append(Quarantined.of(pair, reason))
        else:
            text, edits = wrong
            rows.append(_correction(pair, text, pair.source, pair.row, edits))
    return Corpus(corpus.name, corpus.split, rows, faults, corpus.domain)


def _wrong(
    formula: str, rng: Random, kinds: tuple[str, ...], domain: str
) -> tuple[str, str] | None:
    """A formula that is proved not equivalent, and the edits that lead to it."""
    reference = logic.parse(formula, domain=domain)
    for _ in range(_ATTEMPTS):
        candidate = reference
        edits: list[str] = []
        for _ in range(2 if rng.random() < 0.3 else 1):
            try:
                candidate, kind = edit(candidate, rng, kinds)
            except ValueError:  # nothing to edit in this way
                break
            edits.append(kind)
        if not edits:
            continue
        verdict = logic.equivalent(candidate=candidate, reference=reference, domain=domain)
        if verdict.status == "refuted":
            return logic.to_text(candidate, domain=domain), " and ".join(edits)
    return None


def from_predictions(corpus: Corpus[Translation], path: str | Path) -> Corpus[Correction]:
    """The pairs that a model got wrong, with what it wrote.

    `path` is JSON lines (or another file that `data.files` reads) with the columns `sentence` and
    `completion`, such as the samples of `folalign evaluate`. Left out: predictions equivalent to
    the reference or not judged, and sentences that are not in the corpus; the latter two are
    quarantined, as are rows that cannot be read. Raises DataError where no row is left.
    """
    pairs = {squeeze(pair.sentence): pair for pair in corpus.rows}
    rows: dict[tuple[str, str], Correction] = {}
    faults = list(corpus.quarantined)
    for number, columns in read_rows(Path(path)):
        try:
            pair, wrong = _prediction(columns, pairs, corpus.domain)
            score = _score(wrong, pair.formula, corpus.domain)
        except ValueError as error:
            faults.append(Quarantined(str(path), number, str(error)))
            continue
        if score < 1.0 and wrong.strip():
            row = _correction(pair, wrong, str(path), number, "predicted")
            rows.setdefault((pair.sentence, wrong), row)
    if not rows:
        raise DataError(
            f"{path}: none of its rows is a wrong formula "
            f"for a sentence of {corpus.name} {corpus.split}"
        )
    return Corpus(corpus.name, corpus.split, list(rows.values()), faults, corpus.domain)


def _correction(pair: Translation, wrong: str, source: str, row: int, kinds: str) -> Correction:
    return Correction(
        sentence=pair.sentence,
        wrong=wrong,
        formula=pair.formula,
        group=pair.group,
        source=source,
        row=row,
        kinds=kinds,
    )


def _prediction(
    columns: Columns | str, pairs: dict[str, Translation], domain: str
) -> tuple[Translation, str]:
    """The pair that a row is about, and the formula predicted for it, or else its text."""
    if isinstance(columns, str):
        raise ValueError(columns)
    pair = pairs.get(squeeze(text_of(columns, "sentence")))
    if pair is None:
        raise ValueError("its sentence is not in this split")
    answer = logic.read_answer(text_of(columns, "completion"), domain=domain)
    if answer.formula is None:
        return pair, answer.text
    return pair, logic.to_text(answer.formula, domain=domain)


def _score(candidate: str, reference: str, domain: str) -> float:
    # Without workers: they would cost more than one pair takes.
    (score,) = logic.score(
        candidates=[candidate],
        references=[reference],
        domain=domain,
        workers=0,
    )
    if score is None:
        raise ValueError("not judged against the reference within the budget")
    return score

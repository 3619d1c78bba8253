"""A proof to read: instances that contradict, and from them lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from logic import syntax as S
from logic.errors import UnsupportedError
from logic.proving.first_order import FirstOrder, without_counting
from logic.proving.steps.derivation import Derivation, TooLongError
from logic.proving.steps.instances import Search, denial
from logic.proving.steps.lines import Branch, Line
from logic.proving.steps.proof import Proof
from logic.proving.steps.pruning import pruned, renumbered, with_formulas
from logic.proving.steps.terms import SortOf, Terms
from logic.substitution import numbered

MAX_SHOWN = 150
"""Lines of a proof that is shown."""


def find_proof(meaning: FirstOrder, used: Sequence[int]) -> Proof | None:
    """A proof of the last formula from those before it that stand at these places.

    None where none is found that is short enough. The limits are of work: the same argument has the
    same proof on every machine.
    """
    *premises, conclusion = map(without_counting, meaning.formulas)
    lines: list[Line] = []
    for place in used:
        lines.append(
            Line(
                len(lines) + 1,
                premises[place],
                "premise",
                premise=place,
            )
        )
    for axiom in meaning.axioms:
        lines.append(
            Line(
                len(lines) + 1,
                without_counting(axiom),
                "theory",
            )
        )
    lines.append(
        Line(
            len(lines) + 1,
            denial(conclusion),
            "denied",
        )
    )
    try:
        branch = _contradiction(lines, meaning.sort_of)
    except (TooLongError, UnsupportedError):
        return None
    if branch is None:
        return None
    proof = Proof(conclusion, renumbered(_direct(branch, conclusion)))
    if len(proof.lines) > MAX_SHOWN:
        return None
    return Proof(meaning.shown(conclusion), with_formulas(proof.root, meaning.shown))


def _contradiction(lines: Sequence[Line], sort_of: SortOf) -> Branch | None:
    formulas = [line.formula for line in lines]
    terms = Terms(formulas, sort_of)
    lemmas = Search(formulas, terms).run()
    if lemmas is None:
        return None
    return pruned(Derivation(lemmas, terms).write(lines))


def _direct(branch: Branch, conclusion: S.Formula) -> Branch:
    """The branch ending in the conclusion, where its denial serves for the contradiction alone."""
    denied = [line.number for line in branch.lines if line.rule == "denied"]
    cited = {number for line in branch.lines for number in line.cites}
    if branch.split is not None or not denied or denied[0] in cited:
        return branch
    cites = tuple([number for number in branch.closes if number != denied[0]])
    lines = [line for line in branch.lines if line.rule != "denied"]
    last = lines[-1] if lines else None
    if last is not None and numbered(last.formula) == numbered(conclusion):
        rule = "conclusion" if last.rule == "follows" else last.rule
        lines[-1] = replace(last, rule=rule)
    else:
        number = max([line.number for line in branch.lines]) + 1
        lines.append(
            Line(
                number,
                conclusion,
                "conclusion",
                cites,
            )
        )
    return Branch(tuple(lines))

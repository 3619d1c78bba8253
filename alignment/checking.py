"""What a solver says of a formula: as a tool that a model may use while it answers, or of many.

For TRL's `environment_factory`, in `GRPOTrainer` and in `SGRPOTrainer`: the model writes a formula,
asks `check`, reads what is wrong, and writes another one. `FormulaCheck` needs no right formula;
`ReferenceCheck` has one, and tells of a wrong formula where it fails without showing the right one.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Any

import logic
from alignment.judging import pool_for
from logic.judging.workers.lost import Lost

logger = logging.getLogger(__name__)

NOTHING_WRONG = "Nothing is wrong with this formula that can be told without knowing the answer."
RIGHT = "This formula is right."
NOT_CHECKED = "This formula could not be checked."
OTHER_NAMES = "this formula is right but for its names: some are others than those expected"
UNDECIDED = "whether this formula is right could not be told"

# What chat templates mark turns with: <|im_start|>, </s>, <start_of_turn>, [INST].
_MARKUP = re.compile(r"<(?=[|/\w])|\[(?=/?[A-Z_]{3,}\])")

Question = tuple[str, Any, Sequence[str], str | None, str]
"""A formula, the names that it may use, what holds beside it, the right one, and the domain."""


class FormulaCheck:
    """An environment of one rollout.

    Its one tool is `check`. Columns of a row that it reads: `signature`, the names that a formula
    may use, as `logic.read_signature` reads them; `premise_formulas`, formulas that hold beside it.
    What is checked is judged in worker processes, which are killed where a formula takes too long.
    """

    def __init__(self, domain: str = "fol") -> None:
        self._domain = domain
        self._row: dict[str, Any] = {}

    def reset(self, **row: Any) -> None:
        """Begin a rollout of this row."""
        self._row = row

    def check(self, formula: str) -> str:
        """Check a formula of first-order logic before you give it as your answer.

        Args:
            formula: The formula, such as ∀x (Cat(x) → Sleeps(x)).

        Returns:
            What is wrong with it: where it cannot be read, which names are not allowed, that it is
            true or false whatever the facts are, or that it contradicts what is known.
        """
        return self._said(formula, None, NOTHING_WRONG)

    def _said(self, formula: str, reference: str | None, otherwise: str) -> str:
        """What is to be remarked, or what is said where that is nothing."""
        names, beside = self._row.get("signature"), self._row.get("premise_formulas")
        question = (str(formula), names, _listed(beside), reference, self._domain)
        found = pool_for(_TASK).ask(question)
        if isinstance(found, Lost):
            # The reason may quote what the model is not to see.
            logger.warning("a formula could not be checked: %s", found.reason)
            return NOT_CHECKED
        return _harmless(found) or otherwise


class ReferenceCheck(FormulaCheck):
    """An environment that knows the right formula: the column `reference`.

    Of a wrong one its `check` tells a small world in which it is true and should be false, or the
    other way round; the right formula itself is not shown. Names are matched, as in
    `logic.compare`, and only those that differ in spelling alone are right.
    """

    def check(self, formula: str) -> str:
        """Check a formula of first-order logic before you give it as your answer.

        Args:
            formula: The formula, such as ∀x (Cat(x) → Sleeps(x)).

        Returns:
            What is wrong with it: where it cannot be read, which names are not allowed, that it is
            true or false whatever the facts are, or a small world of which it does not say what the
            sentence says.
        """
        reference = self._row.get("reference")
        return self._said(formula, reference, NOTHING_WRONG if reference is None else RIGHT)


def _harmless(text: str) -> str:
    """What is said of a model's own text, without what no tokenizer reads, or reads as a turn's end."""
    readable = text.encode("utf-8", "backslashreplace").decode()
    return _MARKUP.sub(lambda found: f"{found[0]} ", readable)


def remarked(
    formulas: Sequence[str],
    signatures: Sequence[Any],
    premises: Sequence[Sequence[str] | None],
    *,
    references: Sequence[str | None] | None = None,
    domain: str = "fol",
) -> list[str | None]:
    """What `FormulaCheck` remarks of each formula: "" where nothing is wrong, None where it is lost.

    With `references`, N right formulas or None, it is what `ReferenceCheck` remarks.

    Args:
        formulas: N answers.
        signatures: N, the names each may use, as `logic.read_signature` reads them; None for any.
        premises: N, the formulas that hold beside each; None for none.
        domain: what the formulas are of.
    """
    questions = [
        (formula, signature, _listed(beside), reference, domain)
        for formula, signature, beside, reference in zip(
            formulas, signatures, premises, references or [None] * len(formulas), strict=True
        )
    ]
    # Samples of one prompt are often equal; a signature may be no key.
    distinct = {repr(question): question for question in questions}
    pool = pool_for(_TASK)
    begun = {key: pool.submit(question) for key, question in distinct.items()}
    found = [begun[repr(question)].result() for question in questions]
    return [None if isinstance(one, Lost) else one for one in found]


def _listed(premises: Any) -> Any:
    """The premises as a key; what is no list of them stays, and is then lost in the worker."""
    if premises is None:
        return ()
    return tuple(premises) if isinstance(premises, (list, tuple)) else premises


def told(item: Question) -> str:
    """The task of a worker: what is to be remarked of a formula."""
    from logic.stories.remarks import remarks  # here: in a worker, not with every reward

    text, names, premises, reference, domain = item
    signature = None if names is None else logic.read_signature(names)
    found = remarks(
        text,
        signature=signature,
        premises=[logic.parse(premise, domain=domain) for premise in premises],
        domain=domain,
    )
    if reference is None or found.formula is None:
        return str(found)
    if signature is not None and signature.check(found.formula):
        return str(found)
    return _where_it_fails(text, reference, str(found), domain)


def _where_it_fails(text: str, reference: str, remark: str, domain: str) -> str:
    """A world in which a formula and the right one differ; "" where they are equivalent.

    `remark` is what needs no reference, and comes first where there is any.
    """
    try:
        comparison = logic.compare(candidate=text, reference=reference, domain=domain)
    except logic.ParseError:  # which quotes the reference
        return remark or UNDECIDED
    if comparison.verdict == "proved":
        # Of GPT-3.5's answers to FOLIO, three in five that are proved have names that are only alike.
        return "" if comparison.score == 1.0 else OTHER_NAMES
    if remark or comparison.verdict != "refuted":
        return remark or UNDECIDED
    explanation = logic.explain(comparison)
    if explanation.world is None or not explanation.because:
        return "this formula is wrong"
    (is_true, reason), _ = explanation.because
    facts = "\n".join(f"  {fact}" for fact in explanation.world.sentences())
    said, should_be = ("true", "false") if is_true else ("false", "true")
    opening = f"this formula is {said} and should be {should_be} in this world:"
    return f"{opening}\n{facts}\nIt is {said} there: {reason}"


_TASK = f"{__name__}:{told.__name__}"

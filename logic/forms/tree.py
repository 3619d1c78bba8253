"""The tree that a formula is: connectives and quantifiers above, what they join below."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from logic import syntax as S
from logic.judging.questions import formulas_of
from logic.nodes import Count
from logic.writing.notations import NOTATIONS


@dataclass(frozen=True)
class Tree:
    """A formula's outermost sign and the trees of its parts; an atom is a leaf.

    Prints as lines, a part a line; a notebook shows the same.
    """

    label: str
    parts: tuple[Tree, ...] = ()

    def lines(self) -> Iterator[str]:
        """The tree from above, each part under what it belongs to."""
        yield self.label
        for place, part in enumerate(self.parts, start=1):
            is_last = place == len(self.parts)
            first, *below = part.lines()
            yield ("└─ " if is_last else "├─ ") + first
            for line in below:
                yield ("   " if is_last else "│  ") + line

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


def tree(formula: S.Formula | str, *, domain: str = "fol", dialect: str | None = None) -> Tree:
    """How a formula is built, which shows what its brackets and the strength of its signs mean.

    Raises `ParseError` on bad text.
    """
    (read,) = formulas_of([formula], domain, dialect)
    return _tree(read)


def _tree(formula: S.Formula) -> Tree:
    parts = [part for part in formula.children() if isinstance(part, S.Formula)]
    if not parts:
        return Tree(str(formula))
    return Tree(_label(formula), tuple(map(_tree, parts)))


def _label(formula: S.Formula) -> str:
    """The sign of a node that has formulas below it."""
    signs = NOTATIONS["unicode"]
    if isinstance(formula, S.Quantified):
        return _quantifier(formula)
    labels = {
        S.Not: signs.negation,
        S.And: signs.conjunction,
        S.Or: signs.disjunction,
        S.Xor: signs.exclusive,
        S.Implies: signs.conditional,
        S.Iff: signs.biconditional,
    }
    return labels.get(type(formula)) or type(formula).__name__


def _quantifier(formula: S.Quantified) -> str:
    """A quantifier with its variable, as it is written before its body."""
    if isinstance(formula, Count):
        return f"∃≥{formula.count}{formula.variable}"
    body = S.Truth(True)
    written = str(formula.rebuild([body]))
    return written.removesuffix(str(body)).strip()

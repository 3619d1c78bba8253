"""The non-logical symbols of formulas, what they mean, and what can be asked of them."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from logic import syntax as S
from logic.symbols import Symbol, symbols

if TYPE_CHECKING:
    from logic.signatures.checking import Problem
    from logic.signatures.merging import Merging


class Gloss(NamedTuple):
    """What a symbol means, in words, and the names that its arguments have there."""

    name: str
    arguments: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Signature:
    """The non-logical symbols of formulas, sorted; a free variable is listed as a constant.

    A story's answer declares them in the order that they occur in (`in_order`).

    `predicates` and `functions` have their arities. `glosses` say what symbols mean. `sorts` are
    those of a predicate's or function's arguments, or a constant's own; "" where none is known.
    """

    predicates: tuple[tuple[str, int], ...] = ()
    functions: tuple[tuple[str, int], ...] = ()
    constants: tuple[str, ...] = ()
    glosses: tuple[Gloss, ...] = ()
    sorts: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """All symbols: predicates, functions, constants."""
        named: list[Symbol] = []
        named += [("predicate", name, arity) for name, arity in self.predicates]
        named += [("function", name, arity) for name, arity in self.functions]
        named += [("constant", name, 0) for name in self.constants]
        return tuple(named)

    def check(self, formula: S.Formula | Signature) -> tuple[Problem, ...]:
        """What a formula says that this signature does not allow, and what may be meant.

        Unknown names, other arities and kinds, arguments in another order than their sorts. Of
        another signature also glosses whose arguments stand in another order than in this one's.
        """
        from logic.signatures.checking import problems  # here: it builds on this module

        return problems(self, formula)

    def merge(self, formulas: Iterable[S.Formula], *, likeness: float = 1.0) -> Merging:
        """The formulas over one vocabulary: this signature's names, and what they add to it.

        Names are matched as `compare` matches them; `likeness` is the least that two of them must
        have to be one. At 1.0 only spelling differs (`Cat`, `cats`, `IsCat`); below it, different
        things may be joined.
        """
        from logic.signatures.merging import merge  # here: it builds on this module

        return merge(self, formulas, likeness)

    def to_text(self) -> str:
        """Declarations with their glosses, under headings, as prompts and answers have them.

        `read_signature` reads them back.
        """
        from logic.signatures.printing import printed  # here: it builds on this module

        return printed(self)

    def to_line(self) -> str:
        """All names with their arities in one line, `Cat/1 Chases/2 anna`, for short prompts."""
        from logic.signatures.printing import in_a_line  # here: it builds on this module

        return in_a_line(self)

    def to_dict(self) -> dict[str, list[str]]:
        """Plain values for JSON: declarations by kind. `read_signature` reads them back."""
        from logic.signatures.printing import by_kind  # here: it builds on this module

        return by_kind(self)


def signature(*formulas: S.Formula) -> Signature:
    """The joint signature."""
    joint = frozenset([symbol for formula in formulas for symbol in symbols(formula)])
    return signature_of(joint)


@functools.lru_cache(maxsize=256)
def signature_of(symbols: frozenset[Symbol]) -> Signature:
    """The signature of these symbols, sorted."""
    return in_order(sorted(symbols))


def in_order(symbols: Iterable[Symbol]) -> Signature:
    """The signature of these symbols in the order that they come in, for texts that declare them."""
    predicates: list[tuple[str, int]] = []
    functions: list[tuple[str, int]] = []
    constants: list[str] = []
    for kind, name, arity in symbols:
        if kind == "predicate":
            predicates.append((name, arity))
        elif kind == "function":
            functions.append((name, arity))
        else:
            constants.append(name)
    return Signature(
        tuple(predicates),
        tuple(functions),
        tuple(constants),
    )

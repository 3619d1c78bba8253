"""The part of a decoding grammar that a domain adds: one rule for each construct, made from its template."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from logic import syntax as S
from logic.templates import PLACES, Slot, level, slots

_COUNT = "/0|[1-9][0-9]?/"


class Rules:
    """The rules of a domain's constructs.

    `formulas` and `terms` give the alternatives at each level; `lines` the rules themselves. `sorts` are the names
    that a sort may have, None for any.
    """

    def __init__(
        self,
        constructs: Mapping[str, type[S.Construct]],
        variables: Sequence[str],
        operands: int,
        deeper: Callable[[str], str],
        sorts: Sequence[str] | None,
    ) -> None:
        self.formulas: dict[int, list[str]] = {}
        self.terms: dict[int, list[str]] = {}
        self.literals: list[str] = []
        self.signs: list[str] = []
        self.lines: list[str] = []
        self._variables = variables
        self._sorts = sorts
        # Whether terms have levels: else the core's rule stands for all.
        self.ladder = any(issubclass(one, S.Term) for one in constructs.values())
        chains: dict[int, list[str]] = {}
        for rule, construct in constructs.items():
            if construct.writes is None:
                self._native(construct)
                continue
            parts = slots(construct, construct.writes)
            if sorts == [] and any(
                isinstance(part, Slot) and part.kind == "sort" for part in parts
            ):
                continue
            if sign := _left_infix(construct, parts):
                chains.setdefault(level(construct), []).append(json.dumps(sign, ensure_ascii=False))
                continue
            place = self.formulas if issubclass(construct, S.Formula) else self.terms
            bodies = " | ".join(self._bodies(construct, parts))
            parametric = "::" in bodies  # llguidance refuses a parameter that a rule does not need
            self.lines.append(f"domain_{rule}{'::_' if parametric else ''} : {bodies}")
            place.setdefault(level(construct), []).append(
                deeper(f"domain_{rule}") if parametric else f"domain_{rule}"
            )

        for binds, signs in chains.items():
            part = f"term_at_{binds + 1}::_"
            self.terms.setdefault(binds, []).append(deeper(f"domain_chain_{binds}"))
            first = "term_first_0::_" if binds == 0 else part
            self.lines.append(
                f"domain_chain_{binds}::_ : {first} (({' | '.join(signs)}) {part}){{1,{operands - 1}}}"
            )

    def _native(self, construct: type[S.Construct]) -> None:
        for pattern in construct.patterns.values():
            if issubclass(construct, S.Constant):
                self.literals.append(f"/{pattern}/")
            elif issubclass(construct, S.Atom):
                self.signs += pattern.split("|")

    def _bodies(self, construct: type[S.Construct], parts: Sequence[str | Slot]) -> Iterator[str]:
        if not issubclass(construct, S.Quantified):
            yield " ".join([self._part(construct, part, "::_", "") for part in parts])
            return
        for place, name in enumerate(self._variables):
            yield " ".join(
                [self._part(construct, part, f"::set_bit({place})", name) for part in parts]
            )

    def _part(
        self, construct: type[S.Construct], part: str | Slot, scope: str, variable: str
    ) -> str:
        if isinstance(part, str):
            return json.dumps(part, ensure_ascii=False)
        if part.kind == "formula":
            return f"{'bare' if part.place == PLACES['any'] else 'at'}_{part.place}{scope}"
        if part.kind == "term":
            return f"term_at_{part.place}{scope}" if part.place and self.ladder else f"term{scope}"
        if part.kind == "variable":
            return json.dumps(variable)
        if part.kind == "int":
            return _COUNT
        if part.field in construct.patterns:
            return f"/{construct.patterns[part.field]}/"
        return "name" if self._sorts is None else f"({' | '.join(self._sorts)})"

    def term_ladder(self, simple: Sequence[str]) -> dict[str, list[str]]:
        """Terms by how tightly they bind, looser ones in brackets; `simple` are the core's."""
        by_level = [self.terms.get(place, []) for place in range(3)]
        own = {"term_simple::_": [*simple, *self.literals, *by_level[2]]}
        own["term::_"] = ["term_simple::_", *by_level[1], *by_level[0]]
        # The printer writes a - b + c; llguidance refuses the same rule for products, so (a * b) * c is admitted too.
        own["term_first_0::_"] = ["term_simple::_", *by_level[1]]
        own["term_at_1::_"] = ["term_simple::_", *by_level[1], *map(_bracketed, by_level[0])]
        own["term_at_2::_"] = ["term_simple::_", *map(_bracketed, [*by_level[1], *by_level[0]])]
        return own


def _left_infix(construct: type[S.Construct], parts: Sequence[str | Slot]) -> str | None:
    """The sign of an operation on terms that groups to the left: it is written as a chain, without recursion."""
    match parts:
        case [Slot(_, "term", left), str(sign), Slot(_, "term", right)] if (
            left == level(construct) == right - 1
        ):
            return sign
    return None


def _bracketed(alternative: str) -> str:
    rule, _, condition = alternative.partition(" ")
    return f'"(" {rule} ")" {condition}'.rstrip()

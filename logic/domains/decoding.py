"""The part of a decoding grammar that a domain adds: one rule for each construct, made from its template."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

from logic import syntax as S
from logic.domains.domain import Domain
from logic.domains.template import PLACES, Slot, level, slots

_COUNT = "/0|[1-9][0-9]?/"
_MOST_WORDS = 500


def reserved_words(domain: Domain) -> set[str]:
    """The names that a domain's own tokens take."""
    found = {word for pattern in domain.words for word in _texts(pattern)}
    return {word for word in found if re.fullmatch(r"\w+", word)}


def _texts(pattern: re.Pattern[str]) -> Iterator[str]:
    """The first of the texts that a pattern matches, as far as they are letters and alternatives of letters."""
    from re import _parser

    for count, text in enumerate(_spelled(list(_parser.parse(pattern.pattern, pattern.flags)))):
        if count >= _MOST_WORDS:
            return
        yield text


def _spelled(tree: list[Any]) -> Iterator[str]:
    choices: list[list[str]] = []
    for operation, value in tree:
        name = str(operation)
        if name == "LITERAL":
            choices.append([chr(value)])
        elif name == "IN" and all(str(kind) == "LITERAL" for kind, _ in value):
            choices.append([chr(code) for _, code in value])
        elif name == "SUBPATTERN":
            choices.append(list(_spelled(list(value[-1]))))
        elif name == "BRANCH":
            choices.append([text for branch in value[1] for text in _spelled(list(branch))])
        elif name == "MAX_REPEAT" and value[:2] == (0, 1):
            choices.append(["", *_spelled(list(value[2]))])
        elif name not in ("ASSERT", "ASSERT_NOT", "AT"):
            choices.append(["\0"])  # what no name holds
    return map("".join, product(*choices))


class Rules:
    """The rules of a domain's constructs.

    `formulas` and `terms` give the alternatives at each level; `lines` the rules themselves. `sorts` are the names
    that a sort may have, None for any.
    """

    def __init__(
        self,
        domain: Domain,
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
        chains: dict[int, list[str]] = {}
        for rule, construct in domain.constructs.items():
            if construct.writes is None:
                self._native(construct)
                continue
            parts = slots(construct, construct.writes)
            if sorts == [] and any(isinstance(part, Slot) and part.kind == "sort" for part in parts):
                continue
            if sign := _left_infix(construct, parts):
                chains.setdefault(level(construct), []).append(json.dumps(sign, ensure_ascii=False))
                continue
            place = self.formulas if issubclass(construct, S.Formula) else self.terms
            place.setdefault(level(construct), []).append(deeper(f"domain_{rule}"))
            self.lines.append(f"domain_{rule}::_ : {' | '.join(self._bodies(construct, parts))}")

        for binds, signs in chains.items():
            part = f"term_at_{binds + 1}::_"
            self.terms.setdefault(binds, []).append(deeper(f"domain_chain_{binds}"))
            first = "term_first_0::_" if binds == 0 else part
            self.lines.append(f"domain_chain_{binds}::_ : {first} (({' | '.join(signs)}) {part}){{1,{operands - 1}}}")

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
            yield " ".join([self._part(construct, part, f"::set_bit({place})", name) for part in parts])

    def _part(self, construct: type[S.Construct], part: str | Slot, scope: str, variable: str) -> str:
        if isinstance(part, str):
            return json.dumps(part, ensure_ascii=False)
        if part.kind == "formula":
            return f"{'bare' if part.place == PLACES['any'] else 'at'}_{part.place}{scope}"
        if part.kind == "term":
            return f"term_at_{part.place}{scope}" if part.place and len(self.terms) else f"term{scope}"
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
        case [Slot(_, "term", left), str(sign), Slot(_, "term", right)] if left == level(construct) == right - 1:
            return sign
    return None


def _bracketed(alternative: str) -> str:
    rule, condition = alternative.split(" ", 1)
    return f'"(" {rule} ")" {condition}'

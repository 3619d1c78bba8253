"""The part of a decoding grammar that a domain adds.

There is one rule for each construct, made from its template.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from logic import syntax as S
from logic.templates import PLACES, TERM_PLACES, Slot, level, slots

_COUNT = "/0|[1-9][0-9]?/"
_SUM, _PRODUCT, _SIMPLE = (TERM_PLACES[name] for name in ("sum", "product", "simple"))
Template = Sequence[str | Slot]
Alternatives = dict[int, list[str]]
"""The rules that may stand at each level."""


class Rules:
    """The rules of a language's constructs.

    `formulas` and `terms` give the alternatives at each level; `lines` the rules themselves.
    `literals` are patterns of its own constants, `signs` its own predicates between two terms.
    `sorts` are the names that a sort may have, None for any.
    """

    def __init__(
        self,
        constructs: Mapping[str, type[S.Construct]],
        variables: Sequence[str],
        operands: int,
        deeper: Callable[[str], str],
        sorts: Sequence[str] | None,
    ) -> None:
        self.formulas: Alternatives = defaultdict(list)
        self.terms: Alternatives = defaultdict(list)
        self.literals: list[str] = []
        self.signs: list[str] = []
        self.lines: list[str] = []
        self._variables = variables
        self._deeper = deeper
        self._sorts = sorts
        # Whether terms have levels: else the core's rule stands for all.
        self.ladder = any(map(_is_term, constructs.values()))
        chains: Alternatives = defaultdict(list)
        for rule, construct in constructs.items():
            if construct.writes is None:
                self._add_native(construct)
                continue
            template = slots(construct, construct.writes)
            if sorts == [] and _names_sort(template):
                continue
            sign = _left_infix(construct, template)
            if sign is None:
                self._add(rule, construct, template)
            else:
                chains[level(construct)].append(_literal(sign))
        for binds, signs in chains.items():
            self._add_chain(binds, signs, operands)

    def _add_native(self, construct: type[S.Construct]) -> None:
        """A construct that is written as a constant or as a sign between two terms."""
        for pattern in construct.patterns.values():
            if issubclass(construct, S.Constant):
                self.literals.append(f"/{pattern}/")
            elif issubclass(construct, S.Atom):
                self.signs += pattern.split("|")

    def _add(self, rule: str, construct: type[S.Construct], template: Template) -> None:
        alternatives = self.terms if _is_term(construct) else self.formulas
        name = f"domain_{rule}"
        bodies = " | ".join(self._bodies(construct, template))
        # llguidance refuses a parameter that a rule does not need.
        if "::" in bodies:
            self.lines.append(f"{name}::_ : {bodies}")
            name = self._deeper(name)
        else:
            self.lines.append(f"{name} : {bodies}")
        alternatives[level(construct)].append(name)

    def _add_chain(self, binds: int, signs: Sequence[str], operands: int) -> None:
        """Operations of one level that group to the left, without recursion."""
        name = f"domain_chain_{binds}"
        self.terms[binds].append(self._deeper(name))
        part = f"term_at_{binds + 1}::_"
        first = "term_first_0::_" if binds == _SUM else part
        sign = " | ".join(signs)
        most = operands - 1
        self.lines.append(f"{name}::_ : {first} (({sign}) {part}){{1,{most}}}")

    def _bodies(self, construct: type[S.Construct], template: Template) -> Iterator[str]:
        """The construct's text; one that binds has a body for each variable."""
        if not issubclass(construct, S.Quantified):
            yield self._body(construct, template, "::_", "")
            return
        for bit, variable in enumerate(self._variables):
            scope = f"::set_bit({bit})"
            yield self._body(construct, template, scope, variable)

    def _body(
        self, construct: type[S.Construct], template: Template, scope: str, variable: str
    ) -> str:
        parts = []
        for part in template:
            if isinstance(part, str):
                parts.append(_literal(part))
            elif part.kind == "variable":
                parts.append(_literal(variable))
            else:
                parts.append(self._slot(construct, part, scope))
        return " ".join(parts)

    def _slot(self, construct: type[S.Construct], slot: Slot, scope: str) -> str:
        match slot.kind:
            case "formula":
                rule = "bare" if slot.place == PLACES["any"] else "at"
                return f"{rule}_{slot.place}{scope}"
            case "term":
                leveled = self.ladder and slot.place > _SUM
                return f"term_at_{slot.place}{scope}" if leveled else f"term{scope}"
            case "int":
                return _COUNT
        if slot.field in construct.patterns:
            return f"/{construct.patterns[slot.field]}/"
        if self._sorts is None:
            return "name"
        return f"({' | '.join(self._sorts)})"

    def term_ladder(self, simple: Sequence[str]) -> dict[str, list[str]]:
        """Terms by how tightly they bind, looser ones in brackets; `simple` are the core's."""
        sums = self.terms[_SUM]
        products = self.terms[_PRODUCT]
        own_simple = self.terms[_SIMPLE]
        bracketed_sums = list(map(_bracketed, sums))
        bracketed_products = list(map(_bracketed, products))
        one = "term_simple::_"
        # The printer writes a - b + c; llguidance refuses the same rule for products, so
        # (a * b) * c is admitted too.
        return {
            one: [*simple, *self.literals, *own_simple],
            "term::_": [one, *products, *sums],
            "term_first_0::_": [one, *products],
            "term_at_1::_": [one, *products, *bracketed_sums],
            "term_at_2::_": [one, *bracketed_products, *bracketed_sums],
        }


def _is_term(construct: type[S.Construct]) -> bool:
    return issubclass(construct, S.Term)


def _names_sort(template: Template) -> bool:
    return any(isinstance(part, Slot) and part.kind == "sort" for part in template)


def _left_infix(construct: type[S.Construct], template: Template) -> str | None:
    """The sign of an operation on terms that groups to the left: it is written as a chain."""
    match template:
        case [Slot(_, "term", left), str(sign), Slot(_, "term", right)]:
            return sign if left == level(construct) == right - 1 else None
    return None


def _bracketed(alternative: str) -> str:
    rule, _, condition = alternative.partition(" ")
    return f'"(" {rule} ")" {condition}'.rstrip()


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

"""A comparison in words and pictures: the verdict, the names, what differs, and a small world that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from logic import syntax as S
from logic.deciding.verdict import Budget
from logic.differences import locate
from logic.edits import KINDS, Difference
from logic.errors import UnsupportedError
from logic.languages import language
from logic.similarity import Comparison, compare
from logic.world import World, reasons, telling, world

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

VERDICTS = {
    "proved": "equivalent, proved",
    "refuted": "not equivalent, refuted",
    "unreadable": "no formula can be read from the candidate",
    "unknown": "not judged: undecided within the budget",
}
RELATIONS = {
    "stronger": "stronger than the reference",
    "weaker": "weaker than the reference",
    "contradictory": "in contradiction to the reference",
    "independent": "neither stronger nor weaker",
}
UNREADABLE, NOT_LOCATED = "unreadable", "not located"
ERROR_TYPES = (*KINDS, UNREADABLE, NOT_LOCATED)
"""What a wrong candidate can be counted under: the kinds of difference, or one of the last two."""
_STYLES = {"proved": "bold green", "unknown": "bold yellow"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """What `explain` found. Prints in a terminal (`str`, rich) and shows in a notebook (HTML).

    `names` are (candidate, reference, likeness) where they are not the same; None stands for nothing. `differences`
    is None where they could not be located, and empty where there is none. `world` is a countermodel made small, and
    `because` says for candidate and reference whether it is true there and why.
    """

    comparison: Comparison
    relation: str
    names: tuple[tuple[str | None, str | None, float], ...]
    differences: tuple[Difference, ...] | None
    world: World | None = None
    because: tuple[tuple[bool, str], ...] = ()

    @property
    def error_types(self) -> tuple[str, ...]:
        """Under what a wrong candidate counts, of `ERROR_TYPES`; empty for one that is proved or not judged."""
        return _error_types(self.comparison, self.differences)

    @property
    def verdict(self) -> str:
        """The verdict in words."""
        words = VERDICTS[self.comparison.verdict]
        if self.relation in RELATIONS:
            words += f"; the candidate is {RELATIONS[self.relation]}"
        return words

    def lines(self) -> list[tuple[str, str]]:
        """(heading, text) in order; a heading that repeats is empty."""
        found = self.comparison
        lines = [
            (
                "candidate",
                str(found.answer.formula)
                if found.answer.formula is not None
                else found.answer.text,
            )
        ]
        if found.answer.formula is None and found.answer.error is not None:
            lines.append(("", str(found.answer.error)))
        lines += [("repaired", "; ".join(found.answer.repairs))] if found.answer.repairs else []
        lines.append(("reference", str(found.reference)))
        lines += _headed("names", self.said_of_names())
        lines.append(("verdict", self.verdict))
        lines.append(("score", "not judged" if found.score is None else f"{found.score:.3f}"))
        if found.verdict == "refuted":
            said = self.differences or (
                Difference(NOT_LOCATED, "", "", "where they differ could not be told"),
            )
            lines += _headed(
                "differs in", [f"{difference.kind}: {difference.text}" for difference in said]
            )
        if self.world is not None:
            lines += _headed("countermodel", self.world.sentences())
            lines += _headed("there", self.there())
        elif found.countermodel is not None:
            lines += _headed("countermodel", str(found.countermodel).splitlines())
        return lines

    def said_of_names(self) -> list[str]:
        """What each name that is not the same stands for."""
        return [
            f"{ours} stands for {theirs} (likeness {likeness:.2f})" if ours and theirs
            else f"{ours} is not in the reference" if ours else f"{theirs} is only in the reference"
            for ours, theirs, likeness in self.names
        ]  # fmt: skip

    def there(self) -> list[str]:
        """Why candidate and reference differ in the world."""
        return [
            f"the {who} is {'true' if value else 'false'}" + (f": {why}" if why else "")
            for who, (value, why) in zip(("candidate", "reference"), self.because, strict=False)
        ]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, beside those of the comparison."""
        return {
            "relation": self.relation,
            "error_types": list(self.error_types),
            "differences": None if self.differences is None else [
                {"kind": d.kind, "candidate": d.candidate, "reference": d.reference, "text": d.text}
                for d in self.differences
            ],
        }  # fmt: skip

    def __str__(self) -> str:
        return "\n".join([f"{heading:<12}  {words}" for heading, words in self.lines()])

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.table import (
            Table,
        )  # here, since they take as long to load as the rest of this package
        from rich.text import Text

        table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        verdict = _STYLES.get(self.comparison.verdict, "bold red")
        for heading, words in self.lines():
            table.add_row(heading, Text(words, style=verdict if heading == "verdict" else ""))
        yield table

    def _repr_html_(self) -> str:
        rows = "".join([
            f"<tr><th style='text-align:left;vertical-align:top;font-weight:600;opacity:.65'>{escape(heading)}</th>"
            f"<td style='text-align:left;overflow-wrap:anywhere'>{escape(words)}</td></tr>"
            for heading, words in self.lines()
        ])  # fmt: skip
        return f"<table>{rows}</table>{self.world.svg() if self.world else ''}"


def error_types(comparison: Comparison) -> tuple[str, ...]:
    """`Explanation.error_types` alone, without the rest of an explanation."""
    return _error_types(comparison, _differences(comparison))


def _error_types(found: Comparison, differences: tuple[Difference, ...] | None) -> tuple[str, ...]:
    if found.verdict == "unreadable":
        return (UNREADABLE,)
    if found.verdict != "refuted":
        return ()
    return tuple(dict.fromkeys([difference.kind for difference in differences or ()])) or (
        NOT_LOCATED,
    )


def explain(
    comparison: Comparison | None = None,
    *,
    candidate: str | S.Formula | None = None,
    reference: str | S.Formula | None = None,
    budget: Budget | None = None,
    **settings: Any,
) -> Explanation:
    """Explain a comparison, or compare `candidate` with `reference` first (`settings` as `logic.compare` takes them).

    What differs is a repair that was checked to make the candidate equivalent to the reference, else "not located".
    Raises `ParseError` for a reference that is no formula, and `TypeError` unless given one or the other.
    """
    if comparison is None:
        if candidate is None or reference is None:
            raise TypeError("explain() takes a Comparison, or candidate= and reference=")
        comparison = compare(candidate=candidate, reference=reference, budget=budget, **settings)
    elif candidate is not None or reference is not None or settings:
        raise TypeError("explain() takes a Comparison, or candidate= and reference=, not both")
    found = comparison
    matches = () if found.matching is None else found.matching.matches
    names = tuple([
        (match.candidate and match.candidate[1], match.reference and match.reference[1], match.likeness)
        for match in matches
        if (match.candidate and match.candidate[1]) != (match.reference and match.reference[1])
    ])  # fmt: skip
    shown, because = _picture(found)
    return Explanation(found, found.relation(budget), names, _differences(found), shown, because)


def _differences(found: Comparison) -> tuple[Difference, ...] | None:
    if found.candidate is None or found.verdict != "refuted":
        return ()
    return locate(found.candidate, found.reference, found.domain)


def _picture(found: Comparison) -> tuple[World | None, tuple[tuple[bool, str], ...]]:
    if found.countermodel is None or found.candidate is None:
        return None, ()
    if not language(found.domain).any_structure:
        return None, ()
    try:
        structure = telling(found.countermodel, found.candidate, found.reference)
        return world(structure), (
            reasons(found.candidate, structure),
            reasons(found.reference, structure),
        )
    except (
        UnsupportedError
    ):  # a domain's construct without a plain evaluation: the structure is shown as it is
        return None, ()


def _headed(heading: str, lines: list[str]) -> list[tuple[str, str]]:
    return [(heading if index == 0 else "", line) for index, line in enumerate(lines)]

"""A comparison in words and pictures.

The verdict, the names, what differs, and a small world that shows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from logic import syntax as S
from logic.deciding.verdict import Budget
from logic.explaining.alignment.aligner import MAX_WORK
from logic.explaining.alignment.differences import locate
from logic.explaining.alignment.edits import KINDS, Difference
from logic.explaining.picture import Picture, picture
from logic.explaining.spans import Span, pieces, spans
from logic.explaining.world import World
from logic.judging.compare import Comparison, compare
from logic.judging.matching import Match
from logic.languages import language

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

    from logic.deciding.structure import Structure

_WORDS = {
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
_HEADING_STYLE = "text-align:left;vertical-align:top;font-weight:600;opacity:.65"
_TEXT_STYLE = "text-align:left;overflow-wrap:anywhere"

Lines = list[tuple[str, str]]
"""(heading, text) in order; a heading that repeats is empty."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What `explain` returns. Prints in a terminal (`str`, rich) and shows in a notebook (HTML).

    `names` are (candidate, reference, likeness) where they are not the same; None stands for
    nothing. `differences` is None where they could not be located, and empty where there is none.
    `world` is a countermodel made small, and `because` says for candidate and reference whether it
    is true there and why.
    """

    comparison: Comparison
    relation: str
    names: tuple[tuple[str | None, str | None, float], ...]
    differences: tuple[Difference, ...] | None
    world: World | None = None
    because: tuple[tuple[bool, str], ...] = ()
    structure: Structure | None = None
    """The countermodel that is shown: the comparison's, or a smaller one."""

    @property
    def error_types(self) -> tuple[str, ...]:
        """Under what a wrong candidate counts, of `ERROR_TYPES`.

        Empty for one that is proved or not judged.
        """
        return _error_types(self.comparison, self.differences)

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where the differences stand in the answer's text (`comparison.answer.text`)."""
        return spans(self.comparison, self.differences or ())

    def pieces(self, text: str | None = None) -> list[tuple[str, bool]]:
        """The answer's text in pieces, each with whether it is wrong; or another text of the candidate."""
        text = self.comparison.answer.text if text is None else text
        found = spans(self.comparison, self.differences or (), text=text)
        return pieces(text, found)

    @property
    def verdict(self) -> str:
        """The verdict in words."""
        words = _WORDS[self.comparison.verdict]
        if self.relation in RELATIONS:
            words += f"; the candidate is {RELATIONS[self.relation]}"
        return words

    def lines(self, *, underlined: bool = True) -> Lines:
        """(heading, text) in order; a heading that repeats is empty.

        Wrong parts of the candidate are underlined by a line of `^`, unless that is left out.
        """
        score = self.comparison.score
        return [
            *self._candidate_lines(underlined),
            ("reference", str(self.comparison.reference)),
            *_headed("repaired", list(self.comparison.reference_repairs)),
            *_headed("names", self.said_of_names()),
            ("verdict", self.verdict),
            ("score", "not judged" if score is None else f"{score:.3f}"),
            *self._difference_lines(),
            *self._countermodel_lines(),
        ]

    def _candidate_lines(self, underlined: bool) -> Lines:
        answer = self.comparison.answer
        lines: Lines = []
        if answer.formula is not None:
            lines.append(("candidate", str(answer.formula)))
            lines += self._written(underlined)
        else:
            lines.append(("candidate", answer.text))
            if answer.error is not None:
                lines.append(("", str(answer.error)))
        if answer.repairs:
            lines.append(("repaired", "; ".join(answer.repairs)))
        if answer.idle:
            lines.append(("binds nothing", " and ".join(answer.idle)))
        return lines

    def _written(self, underlined: bool) -> Lines:
        """The text that was read where its wrong parts are known, and a line that underlines them."""
        text = self.comparison.answer.text
        found = self.spans
        if not found or "\n" in text:
            return []
        lines = [] if text == str(self.comparison.answer.formula) else [("written", text)]
        if underlined:
            marks = [" "] * len(text)
            for span in found:
                marks[span.start : span.end] = "^" * (span.end - span.start)
            lines.append(("", "".join(marks).rstrip()))
        return lines

    def _difference_lines(self) -> Lines:
        if self.comparison.verdict != "refuted":
            return []
        differences = self.differences
        if not differences:
            words = "where they differ could not be told"
            differences = (Difference(NOT_LOCATED, "", "", words),)
        texts = [f"{difference.kind}: {difference.text}" for difference in differences]
        return _headed("differs in", texts)

    def _countermodel_lines(self) -> Lines:
        if self.world is not None:
            sentences = _headed("countermodel", self.world.sentences())
            return sentences + _headed("there", self.there())
        if self.comparison.countermodel is not None:
            return _headed("countermodel", str(self.comparison.countermodel).splitlines())
        return []

    def said_of_names(self) -> list[str]:
        """What each name that is not the same stands for."""
        lines = []
        for candidate, reference, likeness in self.names:
            if candidate and reference:
                lines.append(f"{candidate} stands for {reference} (likeness {likeness:.2f})")
            elif candidate:
                lines.append(f"{candidate} is not in the reference")
            else:
                lines.append(f"{reference} is only in the reference")
        return lines

    def there(self) -> list[str]:
        """Why candidate and reference differ in the world."""
        lines = []
        for who, (value, why) in zip(("candidate", "reference"), self.because, strict=False):
            line = f"the {who} is {'true' if value else 'false'}"
            lines.append(f"{line}: {why}" if why else line)
        return lines

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, beside those of the comparison, whose countermodel is made small."""
        differences = None
        if self.differences is not None:
            differences = [asdict(difference) for difference in self.differences]
        return {
            "relation": self.relation,
            "error_types": list(self.error_types),
            "differences": differences,
            "spans": [asdict(span) for span in self.spans],
            "countermodel": None if self.structure is None else str(self.structure),
            "world": None if self.world is None else self.world.sentences(),
            "there": self.there(),
        }

    def __str__(self) -> str:
        return "\n".join([f"{heading:<12}  {words}" for heading, words in self.lines()])

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        # Here, since they take as long to load as the rest of this package.
        from rich.table import Table
        from rich.text import Text

        table = Table(
            show_header=False,
            box=None,
            padding=(0, 2, 0, 0),
        )
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        verdict_style = _STYLES.get(self.comparison.verdict, "bold red")
        for heading, words in self.lines(underlined=False):
            shown = Text(words, style=verdict_style if heading == "verdict" else "")
            if words == self.comparison.answer.text:
                for span in self.spans:
                    shown.stylize("underline red", span.start, span.end)
            table.add_row(heading, shown)
        yield table

    def _repr_html_(self) -> str:
        rows = []
        for heading, words in self.lines(underlined=False):
            shown = escape(words)
            if words == self.comparison.answer.text:
                marked = [
                    f"<u>{escape(piece)}</u>" if is_wrong else escape(piece)
                    for piece, is_wrong in self.pieces()
                ]
                shown = "".join(marked)
            rows.append(
                f"<tr><th style='{_HEADING_STYLE}'>{escape(heading)}</th>"
                f"<td style='{_TEXT_STYLE}'>{shown}</td></tr>"
            )
        drawing = self.world.svg() if self.world else ""
        return f"<table>{''.join(rows)}</table>{drawing}"


def error_types(comparison: Comparison) -> tuple[str, ...]:
    """`Explanation.error_types` alone, without the rest of an explanation."""
    return _error_types(comparison, _differences(comparison))


def _error_types(
    comparison: Comparison, differences: tuple[Difference, ...] | None
) -> tuple[str, ...]:
    if comparison.verdict == "unreadable":
        return (UNREADABLE,)
    if comparison.verdict != "refuted":
        return ()
    if not differences:
        return (NOT_LOCATED,)
    return tuple(dict.fromkeys([difference.kind for difference in differences]))


def explain(
    comparison: Comparison | None = None,
    *,
    candidate: str | S.Formula | None = None,
    reference: str | S.Formula | None = None,
    budget: Budget | None = None,
    **settings: Any,
) -> Explanation:
    """Explain a comparison, or compare `candidate` with `reference` first.

    `settings` are as `logic.compare` takes them. What differs is a repair that was checked to make
    the candidate equivalent to the reference, else "not located".

    Raises `ParseError` for a reference that is no formula, and `TypeError` unless given one or the
    other.
    """
    if comparison is None:
        if candidate is None or reference is None:
            raise TypeError("explain() takes a Comparison, or candidate= and reference=")
        comparison = compare(
            candidate=candidate,
            reference=reference,
            budget=budget,
            **settings,
        )
    elif candidate is not None or reference is not None or settings:
        raise TypeError("explain() takes a Comparison, or candidate= and reference=, not both")
    shown = _picture(comparison)
    return Explanation(
        comparison=comparison,
        relation=comparison.relation(budget),
        names=_names(comparison),
        differences=_differences(comparison),
        world=None if shown is None else shown.world,
        because=() if shown is None else shown.because,
        structure=comparison.countermodel if shown is None else shown.structure,
    )


def _names(comparison: Comparison) -> tuple[tuple[str | None, str | None, float], ...]:
    """The pairs of names that are not the same."""
    matches: tuple[Match, ...] = ()
    if comparison.matching is not None:
        matches = comparison.matching.matches
    names = []
    for match in matches:
        candidate = match.candidate and match.candidate[1]
        reference = match.reference and match.reference[1]
        if candidate != reference:
            names.append((candidate, reference, match.likeness))
    return tuple(names)


def _differences(comparison: Comparison, work: int = MAX_WORK) -> tuple[Difference, ...] | None:
    if comparison.candidate is None or comparison.verdict != "refuted":
        return ()
    return locate(
        comparison.candidate,
        comparison.reference,
        comparison.domain,
        work,
    )


def located_spans(comparison: Comparison, work: int = MAX_WORK) -> tuple[Span, ...]:
    """Where a comparison's differences stand in the answer's text, and nothing else of an explanation.

    None are found where more than so many pairs of nodes would have to be looked at.
    """
    return spans(comparison, _differences(comparison, work) or ())


def _picture(comparison: Comparison) -> Picture | None:
    """The countermodel to look at, where there is one."""
    candidate, reference = comparison.candidate, comparison.reference
    if comparison.countermodel is None or candidate is None:
        return None
    both = (candidate, reference)
    return picture(language(comparison.domain), comparison.countermodel, both, both)


def _headed(heading: str, lines: Iterable[str]) -> Lines:
    return [(heading if index == 0 else "", line) for index, line in enumerate(lines)]

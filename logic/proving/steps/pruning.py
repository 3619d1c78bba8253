"""A proof without what it does not need, its lines numbered in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from logic import syntax as S
from logic.proving.steps.facts import Lines
from logic.proving.steps.lines import Branch, Line, Split


def pruned(branch: Branch) -> Branch:
    """The branch without lines and cases that the contradiction does not need."""
    return _pruned(branch)[0]


def _pruned(branch: Branch) -> tuple[Branch, Lines]:
    """The branch without what it does not need, and the lines from outside that it needs."""
    needed = frozenset(branch.closes)
    closes, split = branch.closes, branch.split
    tail: tuple[Line, ...] = ()
    if split is not None:
        cases: list[Branch] = []
        needed = frozenset(split.cites)
        for case in split.cases:
            short, outside = _pruned(case)
            if case.lines[0].number not in _cited(short):
                # The supposition is not needed: what is in the case holds without it.
                cases = []
                tail, closes, split = short.lines, short.closes, short.split
                needed = outside
                break
            cases.append(short)
            needed |= outside
        if split is not None and cases:
            split = replace(split, cases=tuple(cases))
    lines = []
    for line in reversed(branch.lines):
        if line.number in needed or line.rule == "case":
            lines.append(line)
            needed |= frozenset(line.cites)
    lines.reverse()
    if lines and lines[0].rule == "case" and lines[0].number not in needed:
        lines = lines[1:]
    inner = frozenset([line.number for line in lines])
    return Branch(
        (*lines, *tail),
        closes,
        split,
    ), needed - inner


def _cited(branch: Branch) -> Lines:
    """The lines that are cited in a branch."""
    cited = set(branch.closes)
    for line in branch.lines:
        cited.update(line.cites)
    if branch.split is not None:
        cited.update(branch.split.cites)
        for case in branch.split.cases:
            cited.update(_cited(case))
    return frozenset(cited)


def renumbered(branch: Branch) -> Branch:
    """The branch with its lines numbered 1, 2, … in order."""
    numbers: dict[int, int] = {}
    for _, item in branch.walk():
        if isinstance(item, Line):
            numbers[item.number] = len(numbers) + 1
    return _with_numbers(branch, numbers)


def _with_numbers(branch: Branch, numbers: dict[int, int]) -> Branch:
    def new(cites: Sequence[int]) -> tuple[int, ...]:
        return tuple(sorted([numbers[number] for number in cites]))

    lines = []
    for line in branch.lines:
        lines.append(
            replace(
                line,
                number=numbers[line.number],
                cites=new(line.cites),
            )
        )
    split = branch.split
    if split is not None:
        cases = tuple([_with_numbers(case, numbers) for case in split.cases])
        split = Split(new(split.cites), cases)
    return Branch(
        tuple(lines),
        new(branch.closes),
        split,
    )


def with_formulas(branch: Branch, change: Callable[[S.Formula], S.Formula]) -> Branch:
    """The branch with every formula changed."""
    lines = [replace(line, formula=change(line.formula)) for line in branch.lines]
    split = branch.split
    if split is not None:
        cases = tuple([with_formulas(case, change) for case in split.cases])
        split = replace(split, cases=cases)
    return Branch(
        tuple(lines),
        branch.closes,
        split,
    )

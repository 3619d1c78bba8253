"""What the questions of this room answer: to print, for a notebook, and as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from logic import syntax as S
from logic.deciding.structure import Structure
from logic.deciding.verdict import Verdict
from logic.explaining.world import World, world
from logic.proving.finite.structures import structure_values
from logic.proving.refutation import Refutation
from logic.proving.steps.proof import Proof


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What `prove` returns: whether a conclusion follows, and what shows it.

    `verdict` has the status, the premises used and a countermodel; `proof` the steps where there
    are any to show; `world` the countermodel made small, and `because` says for each premise, and
    last for the conclusion, whether it is true there and why.
    """

    premises: tuple[S.Formula, ...]
    conclusion: S.Formula
    verdict: Verdict
    proof: Proof | Refutation | None = None
    world: World | None = None
    because: tuple[tuple[bool, str], ...] = ()
    structure: Structure | None = None
    """The countermodel that is shown: the verdict's, or a smaller one."""

    @property
    def says(self) -> str:
        """The verdict in words."""
        if self.verdict.status == "refuted":
            return "not valid: the premises can be true and the conclusion false"
        if self.verdict.status == "unknown":
            return "unknown: neither a proof nor a countermodel within the budget"
        used = self.verdict.used
        if not self.premises:
            return "valid: true in every structure"
        if used == ():
            return "valid: the conclusion is true in every structure, whatever the premises say"
        return f"valid: the conclusion follows from {_premises(used)}"

    def lines(self) -> Iterator[str]:
        """All of it as text, line by line."""
        yield self.says
        if self.proof is not None:
            yield from ("", *str(self.proof).splitlines())
        elif self.verdict.status == "proved":
            yield f"proved by the step {self.verdict.method!r}, which shows no proof of its own"
        yield from _world_lines(self.world, self.verdict.countermodel)
        there = self.there()
        if there:
            yield from ("", *there)

    def there(self) -> list[str]:
        """Why each premise is true in the world, and why the conclusion is false there."""
        names = [f"premise {number}" for number in range(1, len(self.premises) + 1)]
        names.append("the conclusion")
        lines = []
        for name, (value, why) in zip(
            names,
            self.because,
            strict=False,
        ):
            said = f"{name} is {'true' if value else 'false'}"
            lines.append(f"{said}: {why}" if why else said)
        return lines

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        parts = [f"<p>{escape(self.says)}</p>"]
        if self.proof is not None:
            parts.append(self.proof.to_html())
        parts += [f"<p>{escape(line)}</p>" for line in self.there()]
        if self.world is not None:
            parts.append(self.world.svg())
        return "".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON; premises are counted from 0."""
        countermodel = self.structure
        return {
            **_verdict_values(self.verdict),
            "premises": [str(premise) for premise in self.premises],
            "conclusion": str(self.conclusion),
            "countermodel": None if countermodel is None else structure_values(countermodel),
            "world": None if self.world is None else self.world.sentences(),
            "there": self.there(),
            "proof": None if self.proof is None else str(self.proof),
            "proof_latex": None if self.proof is None else self.proof.to_latex(),
        }


@dataclass(frozen=True, slots=True)
class Consistency:
    """What `consistent` returns.

    `status` is "consistent", "contradictory" or "unknown". `witness` is a structure in which all
    formulas are true, where a finite one was found; `contradictory` the places (from 0) of formulas
    that contradict each other: the fewest that do if `is_smallest`, else a set of which each
    formula is needed. `proof` shows that they do.
    """

    formulas: tuple[S.Formula, ...]
    status: str
    witness: Structure | None = None
    contradictory: tuple[int, ...] = ()
    is_smallest: bool = False
    proof: Proof | Refutation | None = None
    world: World | None = None
    seconds: float = 0.0

    def __bool__(self) -> bool:
        raise TypeError("a Consistency is not a truth value; compare .status with 'consistent'")

    @property
    def says(self) -> str:
        """The answer in words."""
        if self.status == "consistent":
            return "consistent: all can be true together"
        if self.status == "unknown":
            return "unknown: neither a contradiction nor a structure within the budget"
        size = "the fewest that do" if self.is_smallest else "none of them can be left out"
        return f"contradictory: {_premises(self.contradictory)} contradict each other ({size})"

    def lines(self) -> Iterator[str]:
        """All of it as text, line by line."""
        yield self.says
        if self.proof is not None:
            yield from ("", *str(self.proof).splitlines())
        yield from _world_lines(self.world, self.witness)

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        parts = [f"<p>{escape(self.says)}</p>"]
        if self.proof is not None:
            parts.append(self.proof.to_html())
        if self.world is not None:
            parts.append(self.world.svg())
        return "".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON; premises are counted from 0."""
        return {
            "status": self.status,
            "premises": [str(formula) for formula in self.formulas],
            "witness": None if self.witness is None else structure_values(self.witness),
            "world": None if self.world is None else self.world.sentences(),
            "contradictory": list(self.contradictory),
            "is_smallest": self.is_smallest,
            "proof": None if self.proof is None else str(self.proof),
        }


@dataclass(frozen=True, slots=True)
class Models(Sequence[Structure]):
    """What `models` returns: the structures of a size in which a formula is true, one of each kind.

    `is_complete` says that there are no others; without it there are more than were asked for, or
    the budget ended the search.
    """

    formula: S.Formula
    size: int
    structures: tuple[Structure, ...]
    is_complete: bool

    def __len__(self) -> int:
        return len(self.structures)

    def __getitem__(self, index: Any) -> Any:
        return self.structures[index]

    @property
    def says(self) -> str:
        """How many there are, in words."""
        count = len(self.structures)
        elements = f"{self.size} element{'' if self.size == 1 else 's'}"
        models = f"{count} model{'' if count == 1 else 's'} with {elements}"
        if not self.is_complete:
            return f"at least {models}, none of which is another renamed"
        return f"{models}, up to renaming the elements"

    def lines(self) -> Iterator[str]:
        """All of them in words."""
        yield self.says
        for number, structure in enumerate(self.structures, start=1):
            yield ""
            yield f"model {number}"
            for line in world(structure).sentences():
                yield f"  {line}"

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        drawings = [world(structure).svg() for structure in self.structures]
        return f"<p>{escape(self.says)}</p>{''.join(drawings)}"

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "formula": str(self.formula),
            "size": self.size,
            "count": len(self.structures),
            "is_complete": self.is_complete,
            "models": [structure_values(structure) for structure in self.structures],
        }


def _premises(places: Sequence[int] | None) -> str:
    """Premises by their numbers, counted from 1."""
    numbers = [str(place + 1) for place in places or ()]
    if len(numbers) == 1:
        return f"premise {numbers[0]}"
    return f"premises {', '.join(numbers[:-1])} and {numbers[-1]}"


def _verdict_values(verdict: Verdict) -> dict[str, Any]:
    return {
        "status": verdict.status,
        "method": verdict.method,
        "used": None if verdict.used is None else list(verdict.used),
        "seconds": verdict.seconds,
    }


def _world_lines(shown: World | None, structure: Structure | None) -> Iterator[str]:
    if shown is not None:
        yield ""
        yield from shown.sentences()
    elif structure is not None:
        yield ""
        yield from str(structure).splitlines()

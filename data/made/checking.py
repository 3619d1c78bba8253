"""The label of a made story, confirmed: a proof of what follows, structures for the rest.

That a conclusion follows is mostly shown by its rules, said of the individuals and taken one after
another (modus ponens); where that does not get there, the prover is asked.

That a conclusion does not follow is shown by a small structure, which is easily built of rules that
are as simple as those of `data.made.chains`: it has what the facts and rules say, and nothing else.
The structure is held against every premise by the definition of truth. Where it does not fit, the
prover is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import logic
from logic.deciding.structure import Structure
from logic.stories.verdict import Finding, story_verdict
from logic.symbols import subnodes
from logic.syntax import And, Atom, Constant, Forall, Formula, Implies, Not

Place = tuple[str, tuple[int, ...]]
"""A predicate and the elements that it is said of."""
Said = tuple[Place, bool]
"""A place and whether it is true."""


def confirmed(
    premises: Sequence[Formula], conclusion: Formula, proof: Sequence[Formula] = ()
) -> Finding:
    """What the premises say of the conclusion; `proof` are those that may settle it alone."""
    denial = Not(conclusion)
    can_hold = _is_possible(premises, conclusion)
    can_fail = _is_possible(premises, denial)
    if can_hold and can_fail:
        return "Uncertain"
    if can_hold and _is_proved(proof, conclusion):
        return "True"
    if can_fail and _is_proved(proof, denial):
        return "False"
    verdict = story_verdict(premises, conclusion, used=False)
    return verdict.finding


def _is_proved(proof: Sequence[Formula], goal: Formula) -> bool:
    return is_derived(proof, goal) or logic.entails(proof, goal, used=False).status == "proved"


def is_derived(premises: Sequence[Formula], goal: Formula) -> bool:
    """Whether facts and rules get to the goal by modus ponens; else it may follow all the same."""
    rules = _Horn.of(premises)
    goal = _without_double_denial(goal)
    return rules.knows(goal) and _said(goal, rules.elements, 0) in rules.closed(set(rules.facts))


def _without_double_denial(goal: Formula) -> Formula:
    while isinstance(goal, Not) and isinstance(goal.operand, Not):
        goal = goal.operand.operand
    return goal


def _is_possible(premises: Sequence[Formula], goal: Formula) -> bool:
    """Whether a structure is found in which the premises and the goal are true."""
    goal = _without_double_denial(goal)
    rules = _Horn.of(premises)
    structure = rules.structure(goal)
    if structure is None:
        return False
    claims = [*premises, goal]
    return all(map(structure.holds, claims))


@dataclass(frozen=True, slots=True)
class _Horn:
    """Facts and rules, the rules said of every element."""

    elements: dict[str, int]
    facts: frozenset[Said]
    rules: tuple[tuple[tuple[Said, ...], Said], ...]
    usual: dict[str, bool]
    """The truth of a predicate where nothing is said of it: the opposite of what rules conclude."""

    @classmethod
    def of(cls, premises: Sequence[Formula]) -> _Horn:
        names: set[str] = set()
        for premise in premises:
            names.update(_constants(premise))
        elements = {name: number for number, name in enumerate(sorted(names))}
        facts: set[Said] = set()
        rules: list[tuple[tuple[Said, ...], Said]] = []
        usual: dict[str, bool] = {}
        for premise in premises:
            if not isinstance(premise, Forall):
                facts.add(_said(premise, elements, 0))
                continue
            assert isinstance(premise.body, Implies)
            for element in elements.values():
                parts = _conjuncts(premise.body.left)
                body = tuple(_said(part, elements, element) for part in parts)
                rules.append((body, _said(premise.body.right, elements, element)))
        told = [*facts]
        for body, _ in rules:
            told += body
        for (predicate, _), is_true in told:
            usual[predicate] = not is_true
        return cls(elements, frozenset(facts), tuple(rules), usual)

    def knows(self, goal: Formula) -> bool:
        """Whether it speaks of every individual of the goal."""
        return self.elements.keys() >= set(_constants(goal))

    def structure(self, goal: Formula) -> Structure | None:
        """One in which the goal holds, of each element where nothing speaks against it."""
        wanted = _said(goal, self.elements, 0)
        (predicate, _), is_true = wanted
        known = self.closed({*self.facts, wanted})
        for element in self.elements.values():
            place = (predicate, (element,))
            if (place, not is_true) not in known:
                known = self.closed({*known, (place, is_true)})
        if any((place, not truth) in known for place, truth in known):
            return None
        return self._built(known, {**self.usual, predicate: is_true})

    def closed(self, known: set[Said]) -> set[Said]:
        """What follows from what is known by the rules, with that."""
        while True:
            new = {head for body, head in self.rules if known.issuperset(body)} - known
            if not new:
                return known
            known |= new

    def _built(self, known: set[Said], usual: dict[str, bool]) -> Structure:
        said = set(known)
        for body, head in self.rules:
            said.add(head)
            said.update(body)
        truths = dict(known)
        tables: dict[tuple[str, int], set[tuple[int, ...]]] = {}
        for place, _ in said:
            predicate, row = place
            key = (predicate, len(row))
            table = tables.setdefault(key, set())
            usually = usual.get(predicate, False)
            if truths.get(place, usually):
                table.add(row)
        return Structure(
            size=len(self.elements),
            predicates={key: frozenset(rows) for key, rows in tables.items()},
            functions={},
            constants=self.elements,
        )


def _constants(formula: Formula) -> list[str]:
    return [node.name for node in subnodes(formula) if isinstance(node, Constant)]


def _conjuncts(formula: Formula) -> Sequence[Formula]:
    return formula.operands if isinstance(formula, And) else (formula,)


def _said(formula: Formula, elements: dict[str, int], bound: int) -> Said:
    """What an atom or its denial says, with an element for its variable."""
    is_true = not isinstance(formula, Not)
    atom = formula.operand if isinstance(formula, Not) else formula
    assert isinstance(atom, Atom)
    row = tuple(
        [elements[term.name] if isinstance(term, Constant) else bound for term in atom.args]
    )
    return (atom.predicate, row), is_true

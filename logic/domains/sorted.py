"""Sorted: quantifiers over a sort, and signatures that say which sorts a symbol takes.

A sort is a set of individuals, and its name is a predicate: `∀x:Person φ` is `∀x (Person(x) → φ)`. By name, the domain
`sorted` knows no sorts beforehand. `sorted_domain` makes a domain of declared ones: these are not empty, a term of the
wrong sort is an error, and what the declarations say is part of the judge's theory.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from logic import syntax as S
from logic.domains import Construct, Domain, DomainError

GRAMMAR = Path(__file__).with_name("sorted.lark")


@dataclass(frozen=True)
class AllOf(Construct, S.Quantified):
    """Every element of the sort satisfies the body."""

    writes = "∀{variable}:{sort} {body}"
    notations: ClassVar = {"ascii": "forall {variable}:{sort} {body}", "words": "for all {variable}:{sort} {body}",
                 "latex": "\\forall {variable} \\in {sort} \\, {body}"}  # fmt: skip
    variable: S.Variable
    sort: S.Atom
    body: S.Formula

    def lower(self) -> S.Formula:
        return S.Forall(self.variable, S.Implies(self.sort, self.body))


@dataclass(frozen=True)
class SomeOf(Construct, S.Quantified):
    """Some element of the sort satisfies the body."""

    writes = "∃{variable}:{sort} {body}"
    notations: ClassVar = {"ascii": "exists {variable}:{sort} {body}", "words": "there exists {variable}:{sort} {body}",
                 "latex": "\\exists {variable} \\in {sort} \\, {body}"}  # fmt: skip
    variable: S.Variable
    sort: S.Atom
    body: S.Formula

    def lower(self) -> S.Formula:
        return S.Exists(self.variable, S.And((self.sort, self.body)))


@dataclass(frozen=True)
class OneOf(Construct, S.Quantified):
    """Exactly one element of the sort satisfies the body."""

    writes = "∃!{variable}:{sort} {body}"
    notations: ClassVar = {
        "ascii": "exists! {variable}:{sort} {body}", "words": "exists unique {variable}:{sort} {body}",
        "latex": "\\exists! {variable} \\in {sort} \\, {body}",
    }  # fmt: skip
    variable: S.Variable
    sort: S.Atom
    body: S.Formula

    def lower(self) -> S.Formula:
        return S.ExistsUnique(self.variable, S.And((self.sort, self.body)))


EXAMPLES = (
    "∀x:Person ∃y:City LivesIn(x, y)",
    "∃!x:King Rules(x) ∧ ¬∃x:Queen (Rules(x) ∨ Reigns(x))",
)


def sorted_domain(
    name: str, *, sorts: str, signature: str = "", examples: Sequence[str] = ()
) -> Domain:
    """A domain with declared sorts.

    Args:
        name: how the domain is called.
        sorts: the sorts, parted by `;`, each with the sorts it is part of: `"Person; Student < Person; Course"`.
        signature: symbols with the sorts they take, parted by `;`: a predicate `"Takes: Student, Course"`, a constant
            `"anna: Student"`, a function `"teacher: Course -> Person"`. Others remain free to take anything.
        examples: formulas of the domain, tried when it is loaded.

    Raises `DomainError` for a declaration that cannot be read, or names a sort that is not declared.
    """
    return _Declared(name, _sorts(sorts), signature, examples)


class _Declared(Domain):
    def __init__(
        self, name: str, sorts: dict[str, set[str]], signature: str, examples: Sequence[str]
    ) -> None:
        self.sorts = sorts
        self.declared: dict[str, tuple[tuple[str, ...], str | None]] = {}
        takes: tuple[str, ...]
        gives: str | None
        for item in filter(None, map(str.strip, signature.split(";"))):
            found = re.fullmatch(r"([\w'-]+)\s*:\s*(\w+(?:\s*,\s*\w+)*)(?:\s*->\s*(\w+))?", item)
            if found is None:
                raise DomainError(
                    f"domain {name}: {item!r} is not NAME: SORT, SORT or NAME: SORT -> SORT"
                )
            takes, gives = tuple(re.split(r"\s*,\s*", found[2])), found[3]
            if found[1][0].islower() and gives is None and len(takes) == 1:
                gives, takes = takes[0], ()
            for sort in (*takes, *([gives] if gives else [])):
                self.known(sort)
            self.declared[found[1]] = (takes, gives)
        any_sort = next(iter(sorts))
        own = [
            type(base.__name__, (base,), {"rule": base.rule or _rule(base)})
            for base in (AllOf, SomeOf, OneOf)
        ]
        given = (*examples, *[f"{sign}x:{any_sort} x = x" for sign in ("∀", "∃", "∃!")])
        super().__init__(
            name,
            grammar=GRAMMAR,
            constructs=own,
            examples=given,
            description=f"the sorts {', '.join(sorts)}",
        )

    def known(self, sort: str) -> None:
        if sort not in self.sorts:
            raise DomainError(
                f"unknown sort {sort!r}; declared: {', '.join(self.sorts)}", name=sort
            )

    def refine(self, formula: S.Formula) -> S.Formula:
        self._check(formula, {})
        return formula

    def _check(self, node: S.Node, scope: dict[str, str | None]) -> None:
        if isinstance(node, S.Quantified):
            sort = getattr(node, "sort", None)
            if isinstance(sort, S.Atom):
                self.known(sort.predicate)
            own = sort.predicate if isinstance(sort, S.Atom) else None
            return self._check(node.body, {**scope, node.variable.name: own})
        if isinstance(node, (S.Atom, S.Function)):
            name = node.predicate if isinstance(node, S.Atom) else node.name
            takes, gives = self.declared.get(name, ((), None))
            if name in self.declared and (isinstance(node, S.Function) is (gives is not None)):
                self._check_arguments(name, takes, node.args, scope)
        for child in node.children():
            self._check(child, scope)

    def _check_arguments(
        self,
        name: str,
        takes: tuple[str, ...],
        args: tuple[S.Term, ...],
        scope: dict[str, str | None],
    ) -> None:
        if len(args) != len(takes):
            raise DomainError(
                f"{name} takes {len(takes)} arguments ({', '.join(takes)}), got {len(args)}",
                name=name,
            )
        for place, (wanted, arg) in enumerate(zip(takes, args, strict=True), 1):
            sort = self._sort_of(arg, scope)
            if sort is not None and wanted not in self.sorts[sort]:
                raise DomainError(
                    f"argument {place} of {name} must be a {wanted}; {arg} is a {sort}", name=name
                )

    def _sort_of(self, term: S.Term, scope: dict[str, str | None]) -> str | None:
        if isinstance(term, S.Variable) and term.name in scope:
            return scope[term.name]
        return self.declared.get(getattr(term, "name", ""), ((), None))[1]

    def theory(self, formulas: Sequence[S.Formula]) -> list[S.Formula]:
        """Declared sorts are not empty, lie within the sorts above them, and symbols keep to their declarations."""
        x = S.Variable("x")
        found: list[S.Formula] = [S.Exists(x, S.Atom(sort, (x,))) for sort in self.sorts]
        for sort, above in self.sorts.items():
            found += [
                S.Forall(x, S.Implies(S.Atom(sort, (x,)), S.Atom(a, (x,))))
                for a in sorted(above - {sort})
            ]
        for name, (takes, gives) in self.declared.items():
            variables = tuple([S.Variable(f"x{place}") for place in range(len(takes))])
            typed = [
                S.Atom(sort, (variable,)) for sort, variable in zip(takes, variables, strict=True)
            ]
            both: S.Formula = (
                S.And(tuple(typed)) if len(typed) > 1 else typed[0] if typed else S.Truth(True)
            )
            if gives is None:
                axiom: S.Formula = S.Implies(S.Atom(name, variables), both)
            else:
                value = S.Function(name, variables) if takes else S.Constant(name)
                axiom = S.Implies(both, S.Atom(gives, (value,)))
            for variable in reversed(variables):
                axiom = S.Forall(variable, axiom)
            found.append(axiom)
        return found


def _rule(construct: type) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", construct.__name__).lower()


def _sorts(text: str) -> dict[str, set[str]]:
    """Each sort with all that it is part of, itself included."""
    direct: dict[str, set[str]] = {}
    for item in filter(None, map(str.strip, text.split(";"))):
        found = re.fullmatch(r"(\w+)(?:\s*<\s*(\w+(?:\s*,\s*\w+)*))?", item)
        if found is None:
            raise DomainError(f"{item!r} is not SORT or SORT < SORT")
        direct.setdefault(found[1], {found[1]}).update(
            re.split(r"\s*,\s*", found[2]) if found[2] else []
        )
    for above in [name for names in direct.values() for name in names]:
        if above not in direct:
            raise DomainError(f"unknown sort {above!r}; declared: {', '.join(direct)}")
    if not direct:
        raise DomainError("sorts: at least one is needed")
    for _ in direct:
        for names in direct.values():
            names.update(*[direct[name] for name in list(names)])
    return direct


DOMAIN = Domain(
    "sorted",
    grammar=GRAMMAR,
    constructs=[AllOf, SomeOf, OneOf],
    description="quantifiers over sorts, ∀x:Person",
    examples=EXAMPLES,
)

"""Sorted: quantifiers over a sort, and signatures that say which sorts a symbol takes.

A sort is a set of individuals, and its name is a predicate: `∀x:Person φ` is `∀x (Person(x) → φ)`.
By name, the domain `sorted` knows no sorts beforehand. `sorted_domain` makes a domain of declared
ones: these are not empty, a term of the wrong sort is an error, and what the declarations say is
part of the judge's theory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from logic import syntax as S
from logic.domains import Construct, Domain, DomainError

GRAMMAR = Path(__file__).with_name("sorted.lark")
_NAMES = r"\w+(?:\s*,\s*\w+)*"
_COMMA = re.compile(r"\s*,\s*")
_SORT = re.compile(rf"(?P<sort>\w+)(?:\s*<\s*(?P<above>{_NAMES}))?")
_SYMBOL = re.compile(rf"(?P<name>[\w'-]+)\s*:\s*(?P<sorts>{_NAMES})(?:\s*->\s*(?P<value>\w+))?")


@dataclass(frozen=True)
class AllOf(Construct, S.Quantified):
    """Every element of the sort satisfies the body."""

    writes = "∀{variable}:{sort} {body}"
    notations: ClassVar = {
        "ascii": "forall {variable}:{sort} {body}",
        "words": "for all {variable}:{sort} {body}",
        "latex": "\\forall {variable} \\in {sort} \\, {body}",
    }
    variable: S.Variable
    sort: S.Atom
    body: S.Formula

    def lower(self) -> S.Formula:
        guarded = S.Implies(self.sort, self.body)
        return S.Forall(self.variable, guarded)


@dataclass(frozen=True)
class SomeOf(Construct, S.Quantified):
    """Some element of the sort satisfies the body."""

    writes = "∃{variable}:{sort} {body}"
    notations: ClassVar = {
        "ascii": "exists {variable}:{sort} {body}",
        "words": "there exists {variable}:{sort} {body}",
        "latex": "\\exists {variable} \\in {sort} \\, {body}",
    }
    variable: S.Variable
    sort: S.Atom
    body: S.Formula

    def lower(self) -> S.Formula:
        guarded = S.And((self.sort, self.body))
        return S.Exists(self.variable, guarded)


@dataclass(frozen=True)
class OneOf(Construct, S.Quantified):
    """Exactly one element of the sort satisfies the body."""

    writes = "∃!{variable}:{sort} {body}"
    notations: ClassVar = {
        "ascii": "exists! {variable}:{sort} {body}",
        "words": "exists unique {variable}:{sort} {body}",
        "latex": "\\exists! {variable} \\in {sort} \\, {body}",
    }
    variable: S.Variable
    sort: S.Atom
    body: S.Formula

    def lower(self) -> S.Formula:
        guarded = S.And((self.sort, self.body))
        return S.ExistsUnique(self.variable, guarded)


EXAMPLES = (
    "∀x:Person ∃y:City LivesIn(x, y)",
    "∃!x:King Rules(x) ∧ ¬∃x:Queen (Rules(x) ∨ Reigns(x))",
)


# ---- declared sorts ----


def sorted_domain(
    name: str, *, sorts: str, signature: str = "", examples: Sequence[str] = ()
) -> Domain:
    """A domain with declared sorts.

    Args:
        name: how the domain is called.
        sorts: the sorts, parted by `;`, each with the sorts it is part of:
            `"Person; Student < Person; Course"`.
        signature: symbols with the sorts they take, parted by `;`: a predicate
            `"Takes: Student, Course"`, a constant `"anna: Student"`, a function
            `"teacher: Course -> Person"`. Others remain free to take anything.
        examples: formulas of the domain, tried when it is loaded.

    Raises `DomainError` for a declaration that cannot be read, or names a sort that is not
    declared.
    """
    declared = _read_sorts(sorts)
    return _Declared(name, declared, signature, examples)


@dataclass(frozen=True, slots=True)
class _Declaration:
    """The sorts of a symbol's arguments, and of its value where it is no predicate."""

    arguments: tuple[str, ...]
    value: str | None

    @property
    def is_predicate(self) -> bool:
        return self.value is None


class _Declared(Domain):
    def __init__(
        self,
        name: str,
        sorts: Mapping[str, set[str]],
        signature: str,
        examples: Sequence[str],
    ) -> None:
        self.sorts = sorts
        self.declared: dict[str, _Declaration] = {}
        for symbol, declaration in _declarations(name, signature):
            self._check_sorts(declaration)
            self.declared[symbol] = declaration
        first_sort = next(iter(sorts))
        constructs = []
        uses = []
        for sign, base in (("∀", AllOf), ("∃", SomeOf), ("∃!", OneOf)):
            constructs.append(_derived(base))
            uses.append(f"{sign}x:{first_sort} x = x")
        super().__init__(
            name,
            grammar=GRAMMAR,
            constructs=constructs,
            examples=(*examples, *uses),
            description=f"the sorts {', '.join(sorts)}",
        )

    def _check_sorts(self, declaration: _Declaration) -> None:
        for sort in declaration.arguments:
            self._check_sort(sort)
        if declaration.value is not None:
            self._check_sort(declaration.value)

    def _check_sort(self, sort: str) -> None:
        if sort not in self.sorts:
            raise DomainError(
                f"unknown sort {sort!r}; declared: {', '.join(self.sorts)}",
                name=sort,
            )

    # ---- formulas ----

    def refine(self, formula: S.Formula) -> S.Formula:
        self._check(formula, {})
        return formula

    def _check(self, node: S.Node, scope: Mapping[str, str | None]) -> None:
        """`scope` has the sort of each variable that is bound here; None for one without."""
        if isinstance(node, S.Quantified):
            sort = _sort_of(node)
            if sort is not None:
                self._check_sort(sort)
            self._check(node.body, {**scope, node.variable.name: sort})
            return
        if isinstance(node, S.Atom | S.Function):
            self._check_arguments(node, scope)
        for child in node.children():
            self._check(child, scope)

    def _check_arguments(
        self, applied: S.Atom | S.Function, scope: Mapping[str, str | None]
    ) -> None:
        is_predicate = isinstance(applied, S.Atom)
        name = applied.predicate if isinstance(applied, S.Atom) else applied.name
        declaration = self.declared.get(name)
        if declaration is None or declaration.is_predicate is not is_predicate:
            return
        sorts = declaration.arguments
        count = len(applied.args)
        if count != len(sorts):
            listed = ", ".join(sorts)
            raise DomainError(
                f"{name} takes {len(sorts)} arguments ({listed}), got {count}",
                name=name,
            )
        arguments = zip(sorts, applied.args, strict=True)
        for place, (sort, argument) in enumerate(arguments, 1):
            actual = self._sort_of_term(argument, scope)
            if actual is None or sort in self.sorts[actual]:
                continue
            raise DomainError(
                f"argument {place} of {name} must be a {sort}; {argument} is a {actual}",
                name=name,
            )

    def _sort_of_term(self, term: S.Term, scope: Mapping[str, str | None]) -> str | None:
        if isinstance(term, S.Variable) and term.name in scope:
            return scope[term.name]
        declaration = self.declared.get(getattr(term, "name", ""))
        return None if declaration is None else declaration.value

    # ---- meaning ----

    def theory(self, formulas: Sequence[S.Formula]) -> list[S.Formula]:
        """What the declarations say.

        Sorts are not empty and lie within the sorts above them, and symbols keep to theirs.
        """
        x = S.Variable("x")
        axioms: list[S.Formula] = []
        for sort in self.sorts:
            member = S.Atom(sort, (x,))
            axioms.append(S.Exists(x, member))
        for sort, above in self.sorts.items():
            member = S.Atom(sort, (x,))
            for wider in sorted(above - {sort}):
                within = S.Implies(member, S.Atom(wider, (x,)))
                axioms.append(S.Forall(x, within))
        for symbol, declaration in self.declared.items():
            axioms.append(_axiom(symbol, declaration))
        return axioms


def _derived(construct: type[S.Construct]) -> type[S.Construct]:
    """A class of its own for each domain of declared sorts: a construct belongs to one domain."""
    return type(
        construct.__name__,
        (construct,),
        {"rule": construct.rule},
    )


def _axiom(symbol: str, declaration: _Declaration) -> S.Formula:
    """A predicate holds only of its sorts; a function of arguments of its sorts has its value's."""
    variables: list[S.Variable] = []
    members: list[S.Formula] = []
    for index, sort in enumerate(declaration.arguments):
        variable = S.Variable(f"x{index}")
        variables.append(variable)
        members.append(S.Atom(sort, (variable,)))
    sorts: S.Formula = S.Truth(True)
    if members:
        sorts = S.And(tuple(members)) if len(members) > 1 else members[0]
    args = tuple(variables)
    axiom: S.Formula
    if declaration.value is None:
        axiom = S.Implies(S.Atom(symbol, args), sorts)
    else:
        value = S.Function(symbol, args) if args else S.Constant(symbol)
        member = S.Atom(declaration.value, (value,))
        axiom = S.Implies(sorts, member)
    for variable in reversed(variables):
        axiom = S.Forall(variable, axiom)
    return axiom


def _sort_of(quantifier: S.Quantified) -> str | None:
    """The sort that a quantifier names."""
    sort = getattr(quantifier, "sort", None)
    return sort.predicate if isinstance(sort, S.Atom) else None


# ---- reading declarations ----


def _items(text: str) -> Iterator[str]:
    """The parts of a text between semicolons that are not blank."""
    return filter(None, map(str.strip, text.split(";")))


def _declarations(domain: str, signature: str) -> Iterator[tuple[str, _Declaration]]:
    """Each symbol with what is declared of it. Raises `DomainError`."""
    for item in _items(signature):
        match = _SYMBOL.fullmatch(item)
        if match is None:
            raise DomainError(
                f"domain {domain}: {item!r} is not NAME: SORT, SORT or NAME: SORT -> SORT"
            )
        name, value = match["name"], match["value"]
        sorts = tuple(_COMMA.split(match["sorts"]))
        # `anna: Student` is a constant, `Takes: Student` a predicate: the case tells.
        if name[0].islower() and value is None and len(sorts) == 1:
            yield name, _Declaration((), sorts[0])
        else:
            yield name, _Declaration(sorts, value)


def _read_sorts(text: str) -> dict[str, set[str]]:
    """Each sort with all that it is part of, itself included. Raises `DomainError`."""
    sorts: dict[str, set[str]] = {}
    for item in _items(text):
        match = _SORT.fullmatch(item)
        if match is None:
            raise DomainError(f"{item!r} is not SORT or SORT < SORT")
        sort, above = match["sort"], match["above"]
        wider = sorts.setdefault(sort, {sort})
        if above is not None:
            wider.update(_COMMA.split(above))
    if not sorts:
        raise DomainError("sorts: at least one is needed")
    _check_declared(sorts)
    # Each round goes one sort further up; no way up is longer than there are sorts.
    for _ in sorts:
        for wider in sorts.values():
            wider.update(*[sorts[name] for name in list(wider)])
    return sorts


def _check_declared(sorts: Mapping[str, set[str]]) -> None:
    for wider in sorts.values():
        for name in wider:
            if name not in sorts:
                raise DomainError(f"unknown sort {name!r}; declared: {', '.join(sorts)}")


DOMAIN = Domain(
    "sorted",
    grammar=GRAMMAR,
    constructs=[AllOf, SomeOf, OneOf],
    description="quantifiers over sorts, ∀x:Person",
    examples=EXAMPLES,
)

"""The Python side of a domain: its constructs, what they mean, and what the judge should know of its words."""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lark import Token

from logic import syntax as S
from logic.domains.nodes import HIDDEN
from logic.domains.template import kinds, level, slots
from logic.errors import DomainError, LogicError
from logic.spelling import NOT_VARIABLES, plain_name
from logic.walk import subnodes

MAX_CONSTRUCTS = 40
"""Constructs that may stand within each other, so that what they are lowered to is not too deep for later passes."""

if TYPE_CHECKING:
    from logic.builder import Builder, Raw
    from logic.names import NameLikeness


class Domain:
    """A language that extends the core: syntax from a `.lark` file, meaning from construct classes.

    Args:
        name: how it is called for; letters, digits and `_`.
        grammar: the `.lark` file, beside the Python file that makes the domain; None for no syntax of its own.
        constructs: one class for each rule of the grammar that makes a node.
        axioms: closed core formulas that hold in every structure of the domain.
        examples: formulas of the domain, each construct in at least one; they are tried when the domain is loaded.
        description: one line for `folalign domains`.
        synonyms: groups of words, parted by `/`, that mean the same in names: `"physician/doctor"`.
        opposites: groups of words, parted by `/`, of which no two ever match: `"debit/credit"`.
        plain: pattern of the names that need no quotes, where the grammar narrows it.
        symbols: sorts of the symbols that `translate` adds: (kind, name, arity) to the sorts of arguments, and for a
            function or constant the sort of its value last.
        interpretation: meaning of such a predicate in sampled structures, name to a function of element numbers.

    A subclass may override `refine`, `translate` and `theory`. Raises `DomainError` for what does not fit together.
    """

    spec: str
    """What `logic.domains.get` finds it by, in another process too."""

    facts_in_functions = False
    """Whether its functions state facts, as `Age(anna) > 17` does; a domain of worlds lets predicates alone differ."""

    def __init__(
        self,
        name: str,
        *,
        grammar: str | Path | None = None,
        constructs: Sequence[type[S.Construct]] = (),
        axioms: Sequence[str] = (),
        examples: Sequence[str] = (),
        description: str = "",
        synonyms: Sequence[str] = (),
        opposites: Sequence[str] = (),
        plain: str | None = None,
        symbols: Mapping[tuple[str, str, int], tuple[str, ...]] | None = None,
        interpretation: Mapping[str, Callable[..., bool]] | None = None,
    ) -> None:
        if not re.fullmatch(r"[A-Za-z]\w*", name):
            raise DomainError(
                f"domain name {name!r}: a letter, then letters, digits and _ are allowed"
            )
        if grammar is not None and not Path(grammar).is_absolute():
            grammar = (
                Path(sys._getframe(1).f_globals.get("__file__", ".")).resolve().parent / grammar
            )
        self.name = self.spec = name
        self.grammars: tuple[Path, ...] = () if grammar is None else (Path(grammar),)
        self.members: tuple[Domain, ...] = (self,)
        self.axioms = tuple(axioms)
        self.examples = tuple(examples)
        self.description = description
        self.synonyms = tuple(tuple(group.lower().split("/")) for group in synonyms)
        self.opposites = tuple(tuple(group.lower().split("/")) for group in opposites)
        self.plain = re.compile(plain) if plain else None
        self.symbols = dict(symbols or {})
        self.interpretation = dict(interpretation or {})
        self.words: tuple[re.Pattern[str], ...] = ()
        """Patterns of the grammar's own tokens, which no plain name may begin with; set when it is loaded."""
        self.constructs: dict[str, type[S.Construct]] = {}
        for construct in constructs:
            self._add(construct)

    def _add(self, construct: type[S.Construct]) -> None:
        what = f"domain {self.name}: construct {construct.__name__}"
        if not issubclass(construct, S.Construct) or not issubclass(construct, (S.Formula, S.Term)):
            raise DomainError(
                f"{what} must derive from Construct and from Formula, Quantified or Term"
            )
        if (other := vars(construct).get("domain")) is not None:
            raise DomainError(
                f"{what} belongs to domain {other.name} already; derive a class from it"
            )
        if "rule" not in vars(construct):
            construct.rule = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", construct.__name__).lower()
        native = issubclass(construct, (S.Atom, S.Function, S.Constant))
        if construct.writes is None and not native:
            raise DomainError(
                f"{what} (rule {construct.rule}) has no printing: give it a template `writes`"
            )
        translated = type(self).translate is not Domain.translate
        if construct.lower is S.Construct.lower and construct.operation is None and not translated:
            raise DomainError(
                f"{what} (rule {construct.rule}) has no lowering: give it a method `lower` or an `operation`"
            )
        if not native:
            level(construct)
            for template in (construct.writes, *construct.notations.values()):
                used = [
                    part.field
                    for part in slots(construct, template or "")
                    if not isinstance(part, str)
                ]
                if missing := [name for name in kinds(construct) if name not in used]:
                    raise DomainError(
                        f"{what}: its template {template!r} leaves out {missing[0]!r}"
                    )
        construct.domain = self
        self.constructs[construct.rule] = construct

    # ---- what a subclass may say -------------------------------------------------------------------------------------

    def refine(self, formula: S.Formula) -> S.Formula:
        """The formula as the domain keeps it, once read. Raises `DomainError` for one that breaks its rules."""
        return formula

    def translate(self, formula: S.Formula) -> S.Formula:
        """A formula whose constructs without `lower` are said in core terms; hidden names begin with `HIDDEN`."""
        return formula

    def theory(self, formulas: Sequence[S.Formula]) -> list[S.Formula]:
        """What holds in every structure in which these lowered formulas are judged: by default the axioms."""
        if not self.axioms:
            return []
        from logic.domains.registry import parsed

        return [parsed(text) for text in self.axioms]

    # ---- reading -----------------------------------------------------------------------------------------------------

    def build(self, builder: Builder, raw: Raw) -> S.Node:
        """The node of a raw construct, its parts read in the order of its fields."""
        rule, parts = raw[2], raw[3]
        construct = self.constructs[rule]
        wanted = kinds(construct)
        if len(parts) != len(wanted):
            raise DomainError(
                f"domain {self.name}: rule {rule} gives {len(parts)} parts, {construct.__name__} has "
                f"{len(wanted)} fields ({', '.join(wanted)}); begin the names of signs that carry nothing with _"
            )
        given = dict(zip(wanted, parts, strict=True))
        for name, kind in wanted.items():
            is_token = isinstance(given[name], Token)
            if is_token is (kind in ("formula", "term")):
                got = f"the sign {str(given[name])!r}" if is_token else "a formula or term"
                raise DomainError(
                    f"domain {self.name}: rule {rule} gives {got} for {construct.__name__}.{name} ({kind})"
                )
        bound = [plain_name(given[name]) for name, kind in wanted.items() if kind == "variable"]
        for name in bound:
            if name[:1].isdigit() or name.lower() in NOT_VARIABLES:
                builder.fail(f"{name!r} cannot be a variable", raw, "write a variable such as x")
        return construct(
            *[self._part(builder, kind, given[name], bound) for name, kind in wanted.items()]
        )

    def _part(self, builder: Builder, kind: str, part: Any, bound: list[str]) -> Any:
        if kind == "int":
            digits = re.search(r"\d+", part)
            return (
                int(digits[0])
                if digits and len(digits[0]) < 10
                else builder.fail(f"{part!r} is no number", part)
            )
        if kind == "str":
            return plain_name(part)
        if kind == "variable":
            return S.Variable(plain_name(part))
        if kind == "sort":
            return S.Atom(plain_name(part), tuple([S.Variable(name) for name in bound[:1]]))
        with builder.binding(bound):
            return builder.formula(part) if kind == "formula" else builder.term(part)

    def is_plain(self, name: str) -> bool:
        """Whether the domain's grammar reads a name without quotes as that name."""
        literals = [
            c.patterns["name"]
            for c in self.constructs.values()
            if c.writes is None and "name" in c.patterns
        ]
        if any(re.fullmatch(pattern, name) for pattern in literals):
            return True
        if self.plain is not None and not self.plain.fullmatch(name):
            return False
        return not any(word.match(name) for word in self.words)

    # ---- meaning -----------------------------------------------------------------------------------------------------

    def lower(self, formula: S.Formula) -> S.Formula:
        """The formula in core nodes, sorted quantifiers, counting and operations."""
        return self.translate(self._lowered(formula))  # type: ignore[arg-type]

    def _lowered(self, node: S.Node) -> S.Node:
        children = node.children()
        if children:
            node = node.rebuild([self._lowered(child) for child in children])
        if isinstance(node, S.Construct) and (below := self._core(node)) is not None:
            return self._lowered(below)
        return node

    def _core(self, node: S.Construct) -> S.Node | None:
        """What a construct's `lower` says. Raises `DomainError` where it fails or gives no formula or term."""
        try:
            below = node.lower()
        except LogicError:
            raise
        except Exception as error:
            raise DomainError(
                f"domain {self.name}: {type(node).__name__}.lower fails: {type(error).__name__}: {error}"
            ) from error
        if below is None or isinstance(below, S.Formula if isinstance(node, S.Formula) else S.Term):
            return below
        wanted = "a formula" if isinstance(node, S.Formula) else "a term"
        raise DomainError(
            f"domain {self.name}: {type(node).__name__}.lower must give {wanted}, got {below!r:.80}"
        )

    def same_words(self, name: str) -> str:
        """A name with each word that has synonyms replaced by the first of them."""
        for first, *others in self.synonyms:
            for other in others:
                pattern = rf"(?:(?<![A-Za-z])[{other[0]}{other[0].upper()}]|(?<=[a-z]){other[0].upper()}){other[1:]}"
                name = re.sub(rf"{pattern}(?![a-z])", functools.partial(_as_cased, first), name)
        return name

    def likeness(self, base: NameLikeness) -> NameLikeness:
        """A likeness of names that knows the domain's synonyms and opposites."""
        if not self.synonyms and not self.opposites:
            return base
        from logic.names import words

        def opposed(left: str, right: str) -> bool:
            a, b = set(words(left)), set(words(right))
            return any(
                one in a - b and other in b - a
                for group in self.opposites
                for one in group
                for other in group
            )

        def graded(candidates: list[str], references: list[str]) -> list[list[float]]:
            ours, theirs = [list(map(self.same_words, names)) for names in (candidates, references)]
            table = base(ours, theirs)
            return [
                [0.0 if opposed(a, b) else value for b, value in zip(theirs, row, strict=True)]
                for a, row in zip(ours, table, strict=True)
            ]

        return graded

    def notation(self) -> str:
        """How the domain's constructs are written, a line each, for a prompt."""
        lines = [f"{type_.writes}: {(type_.__doc__ or '').strip().splitlines()[0]}" for type_ in
                 self.constructs.values() if type_.writes and type_.__doc__]  # fmt: skip
        return "\n".join([*lines, *[f"Example: {example}" for example in self.examples[:3]]])

    def __repr__(self) -> str:
        return f"<domain {self.spec}>"


class Combined(Domain):
    """Several domains at once, `a+b`: all their syntax and all their axioms; at most one of them translates."""

    def __init__(self, members: Sequence[Domain]) -> None:
        super().__init__("combined")
        self.name = self.spec = "+".join([member.spec for member in members])
        self.members = tuple(members)
        self.grammars = tuple(path for member in members for path in member.grammars)
        self.examples = tuple(example for member in members for example in member.examples)
        translating = [
            member.name for member in members if type(member).translate is not Domain.translate
        ]
        if len(translating) > 1:
            raise DomainError(
                f"domains {' and '.join(translating)} cannot be combined: both translate every predicate"
            )
        rigid = [member.name for member in members if member.facts_in_functions]
        if translating and rigid:
            raise DomainError(
                f"domains {rigid[0]} and {translating[0]} cannot be combined: {rigid[0]} states facts by functions, "
                f"and in {translating[0]} only predicates differ from world to world"
            )
        for member in members:
            for rule, construct in member.constructs.items():
                if rule in self.constructs:
                    other = self.constructs[rule].domain.name
                    raise DomainError(
                        f"domains {other} and {member.name} both have a rule {rule}; rename one"
                    )
                self.constructs[rule] = construct
            self.symbols |= member.symbols
            self.interpretation |= member.interpretation
            self.synonyms += member.synonyms
            self.opposites += member.opposites

    def refine(self, formula: S.Formula) -> S.Formula:
        for member in self.members:
            formula = member.refine(formula)
        return formula

    def translate(self, formula: S.Formula) -> S.Formula:
        for member in self.members:
            formula = member.translate(formula)
        return formula

    def theory(self, formulas: Sequence[S.Formula]) -> list[S.Formula]:
        return [axiom for member in self.members for axiom in member.theory(formulas)]

    def is_plain(self, name: str) -> bool:
        return all(member.is_plain(name) for member in self.members)


def _as_cased(word: str, found: re.Match[str]) -> str:
    return word.title() if found[0][0].isupper() else word


def depth(node: S.Node) -> int:
    """How many constructs stand within each other."""
    below = max([depth(child) for child in node.children()], default=0)
    return below + isinstance(node, S.Construct)


def refused_name(formula: S.Formula) -> str | None:
    """A name that is kept for symbols that a domain adds itself."""
    for node in subnodes(formula):
        name = node.predicate if isinstance(node, S.Atom) else getattr(node, "name", "")
        if name.startswith(HIDDEN):
            return str(name)
    return None

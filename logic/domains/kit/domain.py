"""The Python side of a domain: its constructs, what they mean, and what the judge should know of its words."""

from __future__ import annotations

import functools
import itertools
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any, TypeVar

from logic import syntax as S
from logic.domains.kit.constructs import check_class, check_templates, default_rule, is_native
from logic.domains.kit.wording import groups, with_meanings
from logic.errors import DomainError, LogicError
from logic.judging.names import NameLikeness
from logic.reading.formula import read_formula
from logic.reading.raw import MAX_NODES
from logic.symbols import written_out

NodeT = TypeVar("NodeT", bound=S.Node)

_MAX_STEPS = 10 * MAX_NODES
"""Nodes that lowering visits at most: those below a construct again for each one around it."""


def _listed(what: str, texts: Sequence[str]) -> tuple[str, ...]:
    """The texts. Raises `DomainError` for one text alone, which is a sequence of its letters."""
    if isinstance(texts, str):
        raise DomainError(f"{what} is a list of texts, got one: {texts!r}")
    return tuple(texts)


class Domain:
    """A language that extends the core: syntax from a `.lark` file, meaning from construct classes.

    Args:
        name: how it is called for; letters, digits and `_`.
        grammar: the `.lark` file, beside the Python file that makes the domain; None for no syntax of its own.
        constructs: one class for each rule of the grammar that makes a node.
        axioms: closed core formulas that hold in every structure of the domain.
        examples: formulas of the domain, each construct in at least one; they are tried when the
            domain is loaded.
        description: one line for `folalign domains`.
        synonyms: groups of words, parted by `/`, that mean the same in names: `"physician/doctor"`.
        opposites: groups of words, parted by `/`, of which no two ever match: `"debit/credit"`.
        plain: pattern of the names that need no quotes, where the grammar narrows it.
        symbols: sorts of the symbols that `translate` adds: (kind, name, arity) to the sorts of
            arguments, and for a function or constant the sort of its value last.
        interpretation: meaning of such a predicate in sampled structures, name to a function of
            element numbers.

    A subclass may override `refine`, `translate` and `theory`. Raises `DomainError` for what does
    not fit together.
    """

    spec: str
    """What `logic.domains.get` finds it by, in another process too."""

    facts_in_functions = False
    """Whether its functions state facts, as `Age(anna) > 17` does.

    A domain of worlds lets predicates alone differ.
    """

    finder: Callable[[str], Domain] | None = None
    """What finds it by `spec`, set by the registry that loaded it.

    It is all that a pickled construct keeps of its domain.
    """

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
            allowed = "a letter, then letters, digits and _ are allowed"
            raise DomainError(f"domain name {name!r}: {allowed}")
        self.grammars: tuple[Path, ...] = ()
        if grammar is not None:
            # Relative to the file that calls, as an author expects who writes the two side by side.
            caller = sys._getframe(1).f_globals.get("__file__", ".")
            folder = Path(caller).resolve().parent
            self.grammars = (folder / grammar,)
        self.name = name
        self.spec = name
        self.members: tuple[Domain, ...] = (self,)
        self.axioms = _listed("axioms", axioms)
        self.examples = _listed("examples", examples)
        self.description = description
        self.synonyms = groups(_listed("synonyms", synonyms))
        self.opposites = groups(_listed("opposites", opposites))
        self.plain = re.compile(plain) if plain else None
        self.symbols = dict(symbols or {})
        self.interpretation = dict(interpretation or {})
        self.words: tuple[re.Pattern[str], ...] = ()
        """Patterns of the grammar's own tokens, which no plain name may begin with.

        They are set when the domain is loaded.
        """
        self.constructs: dict[str, type[S.Construct]] = {}
        for construct in constructs:
            self._add(construct)

    def _add(self, construct: type[S.Construct]) -> None:
        """Make a class a construct of this domain. Raises `DomainError` for one that cannot be."""
        check_class(self.name, construct)
        if "rule" not in vars(construct):
            construct.rule = default_rule(construct)
        name, rule = construct.__name__, construct.rule
        what = f"domain {self.name}: construct {name} (rule {rule})"
        native = is_native(construct)
        if construct.writes is None and not native:
            raise DomainError(f"{what} has no printing: give it a template `writes`")
        if not self._gives_meaning(construct):
            raise DomainError(f"{what} has no lowering: give it a method `lower` or an `operation`")
        if not native:
            check_templates(what, construct)
        construct.domain = self
        self.constructs[construct.rule] = construct

    def _gives_meaning(self, construct: type[S.Construct]) -> bool:
        """Whether the class says itself what it means, or the domain's `translate` does."""
        if construct.operation is not None or construct.lower is not S.Construct.lower:
            return True
        return type(self).translate is not Domain.translate

    def files(self) -> list[Path]:
        """The Python file and the grammars of a domain that is given by path.

        There are none for one of a package.
        """
        if not self.spec.endswith(".py"):
            return []
        return [Path(self.spec), *self.grammars]

    # ---- what a subclass may say ----

    def refine(self, formula: S.Formula) -> S.Formula:
        """The formula as the domain keeps it, once read. Raises `DomainError` for one that breaks its rules."""
        return formula

    def translate(self, formula: S.Formula) -> S.Formula:
        """A formula whose constructs without `lower` are said in core terms.

        Names of symbols that it adds begin with `HIDDEN`.
        """
        return formula

    def theory(self, formulas: Sequence[S.Formula]) -> list[S.Formula]:
        """What holds in every structure in which these lowered formulas are judged.

        By default that is the axioms.
        """
        return list(map(core_formula, self.axioms))

    # ---- names ----

    def is_plain(self, name: str) -> bool:
        """Whether the domain's grammar reads a name without quotes as that name."""
        if any(map(re.fullmatch, self._literals(), repeat(name))):
            return True
        if self.plain is not None and not self.plain.fullmatch(name):
            return False
        return not any(word.match(name) for word in self.words)

    def _literals(self) -> list[str]:
        """The patterns of names that are constants of the domain's own, such as numerals."""
        patterns = []
        for construct in self.constructs.values():
            if construct.writes is None and "name" in construct.patterns:
                patterns.append(construct.patterns["name"])
        return patterns

    def likeness(self, base: NameLikeness) -> NameLikeness:
        """A likeness of names that knows the domain's synonyms and opposites."""
        return with_meanings(base, self.synonyms, self.opposites)

    def notation(self) -> str:
        """How the domain's constructs are written, a line each, for a prompt."""
        lines = []
        for construct in self.constructs.values():
            if construct.writes and construct.__doc__:
                summary = construct.__doc__.strip().splitlines()[0]
                lines.append(f"{construct.writes}: {summary}")
        for example in self.examples[:3]:
            lines.append(f"Example: {example}")
        return "\n".join(lines)

    # ---- meaning ----

    def lower(self, formula: S.Formula) -> S.Formula:
        """The formula in core nodes, sorted quantifiers, counting and operations.

        Raises `DomainError` where they are more than `MAX_NODES`: a construct that has a part twice
        makes 2ⁿ of it where n of them stand in each other.
        """
        lowered = self.translate(self._lowered(formula, itertools.count(1)))
        if written_out(lowered) > MAX_NODES:
            raise _too_large()
        return lowered

    def _lowered(self, node: NodeT, steps: Iterator[int]) -> NodeT:
        """The node without constructs that have a `lower`, innermost first."""
        if next(steps) > _MAX_STEPS:
            raise _too_large()
        children = [self._lowered(child, steps) for child in node.children()]
        if children:
            node = node.rebuild(children)
        if not isinstance(node, S.Construct):
            return node
        below = self._below(node)
        return node if below is None else self._lowered(below, steps)

    def _below(self, node: S.Construct) -> Any:
        """What a construct's `lower` says.

        Raises `DomainError` where it fails or gives no formula or term.
        """
        what = f"domain {self.name}: {type(node).__name__}.lower"
        try:
            below = node.lower()
        except LogicError:
            raise
        except Exception as error:  # an author's own code, which may raise anything
            reason = f"{type(error).__name__}: {error}"
            raise DomainError(f"{what} fails: {reason}") from error
        kind = S.Formula if isinstance(node, S.Formula) else S.Term
        if below is None or isinstance(below, kind):
            return below
        noun = "a formula" if kind is S.Formula else "a term"
        raise DomainError(f"{what} must give {noun}, got {below!r:.80}")

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled by what it is found by: its file need not be importable elsewhere."""
        if self.finder is None:
            raise DomainError(f"{self!r} was not loaded by logic.domains.get: it cannot be pickled")
        return self.finder, (self.spec,)

    def __repr__(self) -> str:
        return f"<domain {self.spec}>"


def _too_large() -> DomainError:
    return DomainError(f"said without the domain's signs, it has more than {MAX_NODES} parts")


@functools.lru_cache(maxsize=4096)
def core_formula(text: str) -> S.Formula:
    """A closed core formula, as axioms are given."""
    return read_formula(text).formula

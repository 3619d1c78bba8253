"""Raw nodes to a formula, with the scopes known (`logic.reading.raw` lists the nodes)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from logic import syntax as S
from logic.errors import ParseError, ScopeError
from logic.reading import mentions
from logic.reading.notations.conventions import CORE, Conventions
from logic.reading.notations.hints import free_hint
from logic.reading.raw import Raw, deepened, position, rule_variables
from logic.reading.reserved import INDIVIDUALS, WORD, is_prose, refusal, unbindable
from logic.spelling import (
    JUXTAPOSED,
    LOOKS_VARIABLE,
    OPERATORS,
    RELATIONS,
    fresh_names,
    is_bindable,
    is_quoted,
    plain_name,
)
from logic.symbols import MAX_ARITY

if TYPE_CHECKING:
    from logic.language import Language

_QUANTIFIERS = {"∀": S.Forall, "∃": S.Exists, "∃!": S.ExistsUnique, "∄": S.Exists}


class Builder:
    """Builds one formula from raw nodes, top down.

    `free` lists the free variables met (where they are allowed), `idle` the quantifiers that bind
    nothing. `conventions` are the notation's; `textbook` reads every `Px` as P(x), which is done
    where one `Px` stands under a quantifier for x.

    Raises `ParseError` for a free variable, a formula in a term's place or the reverse, and `,` outside a rule.
    """

    def __init__(
        self,
        text: str,
        *,
        language: Language,
        free: bool = False,
        conventions: Conventions = CORE,
        textbook: bool = False,
    ) -> None:
        self.text = text
        self._language = language
        self._conventions = conventions
        self._literal = conventions.literal
        self._name: Callable[[str], str] = str if conventions.literal else plain_name
        self.free_allowed = free
        self.free: dict[str, None] = {}
        self._bound: dict[str, int] = {}
        self._arities: dict[tuple[str, str], int] = {}
        self.overloaded: dict[str, None] = {}
        """Names with two numbers of arguments: two symbols."""
        self._in_rule = False
        self._textbook = textbook or conventions.glued
        self.textbook_sure = False
        self.signs: set[str] = set()
        """The quantifiers met."""
        self.idle: dict[str, bool] = {}
        """The quantifiers that bind nothing, as `∀x`, and whether each has a word for its variable."""
        self.bare: dict[str, None] = {}
        self._applied: dict[str, Raw] = {}
        self.propositions: dict[str, Raw] = {}
        self.half_applied: dict[str, Raw] = {}
        """Propositions like `Rxa` of whose letters some are bound and not all."""
        self._said: list[mentions.Said] = []
        self._quantified: list[str] = []
        """The variables of the quantifiers around, without a domain's own binders."""
        self._occurring: set[str] = set()
        self._constants: dict[str, Raw] = {}
        self.quoted: dict[str, Raw] = {}
        """The individuals whose names stand between quotes."""
        self._renamed: dict[str, str] = {}

    def fail(self, reason: str, raw: Any, hint: str | None = None) -> NoReturn:
        line, column = position(raw)
        raise ParseError(reason, text=self.text, line=line, column=column, hint=hint)

    def formula(self, raw: Raw) -> S.Formula:
        return BUILD[raw[0]](self, raw)

    def formulas(self, raws: list[Raw]) -> tuple[S.Formula, ...]:
        return tuple([self.formula(raw) for raw in raws])

    @contextmanager
    def binding(self, names: list[str]) -> Iterator[None]:
        """Variables are bound while the parts of a construct are built."""
        for name in names:
            self._bind(name)
        yield
        for name in names:
            self._bound[name] -= 1

    def construct(self, raw: Raw) -> S.Node:
        return self._language.construct(self, raw)

    def construct_formula(self, raw: Raw) -> S.Formula:
        node = self.construct(raw)
        if not isinstance(node, S.Formula):
            hint = "a term needs a predicate or a comparison around it"
            self.fail("a term stands where a formula is needed", raw, hint)
        return node

    def term(self, raw: Raw) -> S.Term:
        if raw[0] != "application":
            return self._other_term(raw)
        token, arguments = raw[2], raw[3]
        name = self._name(token)
        if arguments:
            if name in OPERATORS and not self._literal and not is_quoted(token):
                self.fail(f"{name!r} joins formulas", raw, "write all of it as Z3's Python does")
            if self._bound.get(name) and not is_quoted(token):
                self._applied.setdefault(name, raw)
            self._say(name, raw)
            self._count_arguments("function", name, len(arguments), raw)
            return S.Function(name, tuple([self.term(argument) for argument in arguments]))
        if self._bound.get(name) and (self._literal or not is_quoted(token)):
            self._occurring.add(name)
            return self.variable(name)
        if self._literal:
            return S.Constant(name)
        if is_quoted(token):
            self.quoted.setdefault(name, raw)
            self._say(name, raw)
            return S.Constant(name)
        return self._unbound(name, raw)

    def _other_term(self, raw: Raw) -> S.Term:
        """The term that is no application: a Boolean (`P(tom, True)`), or a domain's own."""
        if raw[0] == "truth" and str(raw[3]).isalpha():
            return S.Constant(str(raw[3]))
        node = self.construct(raw) if raw[0] == "construct" else None
        if not isinstance(node, S.Term):
            hint = "an argument is a name or name(…)"
            self.fail("a formula stands where a term is needed", raw, hint)
        return node

    def _unbound(self, name: str, raw: Raw) -> S.Term:
        """A free variable or a constant."""
        if name in self._bound or self._conventions.variables.fullmatch(name):
            self._free_variable(name, raw)
            closes = self._conventions.closes
            if not (is_bindable(name) if closes else LOOKS_VARIABLE.fullmatch(name)):
                self._rename(name)
            return self.variable(name)
        self._refuse_look_alike(name, raw)
        self._constants.setdefault(name, raw)
        self._say(name, raw)
        return S.Constant(name)

    def _say(self, name: str, raw: Raw, *, is_proposition: bool = False) -> None:
        """Keep a name that is no variable; refuse it where it mentions a bound one (`mother of y`)."""
        is_kept = is_quoted(raw[2]) and not mentions.is_spaced(raw[2], self.text)
        if self._literal or is_kept:
            return
        said = mentions.Said(name, raw, is_proposition)
        variable = mentions.within(said, self._quantified)
        if variable is not None:
            hint = f"apply it, as in f({variable}), or quote '{name}' for one name"
            self.fail(f"{name!r} mentions the variable {variable!r}", raw, hint)
        self._said.append(said)

    def _refuse_look_alike(self, name: str, raw: Raw) -> None:
        """`∀x₁ R(x_1)`: a name that is taken for a variable, and is another one."""
        other = mentions.taken_for(name, self._bound)
        if other is not None:
            hint = f"write {other!r} for the variable, or quote '{name}' for an individual"
            self.fail(f"{name!r} is not the variable {other!r}", raw, hint)

    def atom(self, raw: Raw) -> S.Formula:
        token, arguments = raw[2], raw[3]
        name = self._name(token)
        if not arguments:
            return self._proposition(name, raw)
        if not is_quoted(token):
            self._refuse_reserved(name, raw)
        self._say(name, raw)
        self._count_arguments("predicate", name, len(arguments), raw)
        return S.Atom(name, tuple([self.term(argument) for argument in arguments]))

    def _refuse_reserved(self, name: str, raw: Raw) -> None:
        """What joins formulas or binds variables elsewhere is no predicate."""
        if self._bound.get(name):
            self._applied.setdefault(name, raw)
        refused = refusal(name, raw[3], letters=self._conventions.glued)
        if refused is not None and not (self._literal and name in OPERATORS):
            self.fail(refused[0], raw, refused[1])

    def _proposition(self, name: str, raw: Raw) -> S.Formula:
        """An atom without arguments, or one whose arguments are glued to it (`Px`)."""
        if self._is_variable(name, raw[2]):
            reason = f"the variable {name!r} stands where a formula is needed"
            self.fail(reason, raw, f"write P({name}) or {name} = …")
        applied = self._juxtaposed(name, raw)
        if applied is not None:
            return applied
        if self._conventions.glued and not is_quoted(raw[2]):
            self._refuse_reserved(name, raw)
        self._say(name, raw, is_proposition=True)
        self.bare[name] = None
        self._count_arguments("predicate", name, 0, raw)
        return S.Atom(name)

    def _juxtaposed(self, name: str, raw: Raw) -> S.Formula | None:
        """The atom P(x) that `Px` stands for, where it stands for one."""
        if self._literal or is_quoted(raw[2]):
            return None
        parts = JUXTAPOSED.fullmatch(name)
        if parts is None:
            return None
        predicate, letters = parts.groups()
        is_applied = self._textbook or all(self._bound.get(letter) for letter in letters)
        if not is_applied:
            self.propositions[name] = raw
            if not set(letters).isdisjoint(self._quantified):
                self.half_applied.setdefault(name, raw)
            return None
        self.textbook_sure = True
        terms: list[S.Term] = []
        for letter in letters:
            argument = ("application", 1, raw[2].update(value=letter), ())
            terms.append(self.term(argument))
        self._count_arguments("predicate", predicate, len(terms), raw)
        return S.Atom(predicate, tuple(terms))

    def _is_variable(self, name: str, token: str) -> bool:
        if self._literal or is_quoted(token):
            return self._literal and bool(self._bound.get(name))
        is_free = self._conventions.by_look and LOOKS_VARIABLE.fullmatch(name)
        return bool(self._bound.get(name) or is_free)

    def relation(self, raw: Raw) -> S.Formula:
        sign = RELATIONS[raw[2]]
        left = self.term(raw[3])
        right = self.term(raw[4])
        if sign == "=":
            return S.Equality(left, right)
        if sign == "≠":
            return S.Not(S.Equality(left, right))
        return S.Atom(sign, (left, right))

    def quantified(self, raw: Raw) -> S.Formula:
        sign, names = raw[2]
        kind = _QUANTIFIERS.get(sign)
        if kind is None:
            reason = f"{sign!r} is no quantifier"
            self.fail(reason, raw[4], "write ∃! for exactly one, ∀ for all, ¬∃! for not just one")
        self.signs.add(sign)
        end = getattr(raw[4], "end_pos", None) or 0
        is_applied = raw[4].endswith(names[-1:]) and self.text[end : end + 1] == "("
        refused = unbindable(names, raw[4], is_applied=is_applied)
        if refused and not self._literal:
            self.fail(refused[0], raw[4], refused[1])
        # What occurs outside is set aside, so that what is left says whether the quantifier binds.
        outside, self._occurring = self._occurring, set()
        before, around = len(self._said), self._quantified
        self._quantified = [*around, *names]
        for name in names:
            self._bind(name)
        formula = self.formula(raw[3])
        self._quantified = around
        if raw[5]:
            formula = _guarded(sign, self.formulas(raw[5]), formula)
        for name in reversed(names):
            self._bound[name] -= 1
            formula = kind(self.variable(name), formula)
            if name not in self._occurring:
                self._binds_nothing(sign, name, raw, self._said[before:])
        self._occurring = outside | self._occurring.difference(names)
        return S.Not(formula) if sign == "∄" else formula

    def _bind(self, name: str) -> None:
        if name in self._constants and not self._literal:
            hint = free_hint(name, self._bound)
            self.fail(f"free variable {name!r}", self._constants[name], hint)
        if (self._literal or self._in_rule) and not is_bindable(name):
            self._rename(name)
        self._bound[name] = self._bound.get(name, 0) + 1

    def variable(self, name: str) -> S.Variable:
        """A variable that is bound, or free, under the name that it has in the formula."""
        return S.Variable(self._renamed.get(name, name))

    def _rename(self, name: str) -> None:
        """Give a variable a name that the canonical notation can hold, and the text does not.

        SMT-LIB may bind `|a b|`, Z3 prints `x!1`, and in TPTP a free `X` is a variable.
        """
        used = {*self._renamed.values()}
        names = fresh_names(lambda other: other in self.text or other in used)
        self._renamed.setdefault(name, next(names))

    def _binds_nothing(self, sign: str, name: str, raw: Raw, said: list[mentions.Said]) -> None:
        """What binds nothing is suspicious; `said` are the names in its scope. Prose has quantifier words."""
        if name in self._applied:
            reason = f"the variable {name!r} stands before arguments"
            self.fail(reason, self._applied[name], INDIVIDUALS)
        if self._literal:
            return
        token = raw[4]
        if (found := mentions.misreading(name, raw[2][1], said, self.free)) is not None:
            reason, place, hint = found
            self.fail(reason, place or token, hint)
        if is_prose(token, name, self.text):
            reason = f"the quantifier for {name!r} binds nothing: this is no formula"
            hint = "a predicate and its arguments are written P(x)"
            self.fail(reason, token, hint)
        self.idle[sign + name] = name[0].islower() and WORD.fullmatch(name) is not None

    def rule(self, raw: Raw) -> S.Formula:
        """A Prolog rule, closed universally: names that begin with a capital or `_` are its variables."""
        head, body = raw[2], raw[3]
        if head[0] == "application" and not head[3] and head[2][0].isupper():
            # `FOL:-P(a)` is a label and a negation.
            self.fail(f"{head[2]!r} is no head of a rule", raw, "a proposition has a small letter")
        occurring = [name for part in (head, body) if part for name in rule_variables(part)]
        if occurring.count("_") > 1:
            hint = "give each a name of its own, as _1 and _2"
            self.fail("'_' stands for another variable each time", raw, hint)
        names = dict.fromkeys(occurring)
        deepened(raw[1], len(names))
        self._in_rule = True
        for name in names:
            self._bind(name)
        formula = self.formula(head)
        if body:
            condition = self.formula(body)
            formula = S.Implies(condition, formula)
        self._in_rule = False
        for name in reversed(names):
            formula = S.Forall(self.variable(name), formula)
        return formula

    def listing(self, raw: Raw) -> S.Formula:
        """Formulas joined by a comma or separated by a semicolon, in a Prolog rule."""
        is_comma = raw[0] == "both"
        if not self._in_rule:
            sign, word = (",", "∧") if is_comma else (";", "∨")
            hint = f"outside an argument list a {sign!r} joins nothing; write {word}"
            self.fail(f"unexpected {sign!r}", raw[3], hint)
        operands = self.formulas(raw[2])
        return S.And(operands) if is_comma else S.Or(operands)

    def _count_arguments(self, kind: str, name: str, arguments: int, raw: Raw) -> None:
        if arguments > MAX_ARITY:
            self.fail(f"{kind} {name!r} has {arguments} arguments; {MAX_ARITY} are allowed", raw)
        if self._arities.setdefault((kind, name), arguments) != arguments:
            self.overloaded[name] = None

    def _free_variable(self, name: str, raw: Raw) -> None:
        is_behind = name in self._bound and not self._bound[name]
        if is_behind and not self._conventions.closes:
            line, column = position(raw)
            error = ScopeError(
                f"free variable {name!r}",
                text=self.text,
                line=line,
                column=column,
                hint=free_hint(name, self._bound),
            )
            error.name = name
            raise error
        if not self.free_allowed:
            self.fail(f"free variable {name!r}", raw, free_hint(name, self._bound))
        self.free[name] = None


def _guarded(sign: str, members: tuple[S.Formula, ...], body: S.Formula) -> S.Formula:
    """∀x ∈ S φ says ∀x (S(x) → φ), ∃x ∈ S φ says ∃x (S(x) ∧ φ)."""
    guard = members[0] if len(members) == 1 else S.And(members)
    return S.Implies(guard, body) if sign == "∀" else S.And((guard, body))


BUILD: dict[str, Callable[[Builder, Raw], S.Formula]] = {
    "application": Builder.atom,
    "relation": Builder.relation,
    "quantified": Builder.quantified,
    "construct": Builder.construct_formula,
    "rule": Builder.rule,
    "both": Builder.listing,
    "either": Builder.listing,
    "truth": lambda b, raw: S.Truth(raw[2]),
    "not": lambda b, raw: S.Not(b.formula(raw[2])),
    "and": lambda b, raw: S.And(b.formulas(raw[2])),
    "or": lambda b, raw: S.Or(b.formulas(raw[2])),
    "xor": lambda b, raw: S.Xor(b.formulas(raw[2])),
    "implies": lambda b, raw: S.Implies(b.formula(raw[2]), b.formula(raw[3])),
    "iff": lambda b, raw: S.Iff(b.formula(raw[2]), b.formula(raw[3])),
}

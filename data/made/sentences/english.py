"""The English of a meaning, in one of its wordings.

Each choice below is between wordings that mean the same. Wordings that could be read in two ways
are left out: no bare "a cat sleeps" (a cat, or cats in general), no "every cat is not happy", no
"A and B or C", and no relative clause that an "if" behind it could attach to.

The order of the draws is part of what is published: a draw more, or one in another place, changes
every sentence after it under every seed.
"""

from __future__ import annotations

from random import Random

from data.made.sentences.draw import pick
from data.made.sentences.lexicon import PEOPLE, article, participle, plural, third
from data.made.sentences.meaning import (
    Acts,
    Both,
    Clause,
    Deny,
    Does,
    Every,
    Holds,
    Is,
    IsA,
    Join,
    Kind,
    Lacks,
    Named,
    No,
    NounPhrase,
    Only,
    Property,
    Some,
    Undergoes,
)

_PEOPLE = frozenset(PEOPLE)


def sentence(meaning: Clause, rng: Random) -> str:
    """One wording of the meaning, with a capital letter and a full stop."""
    text = _English(rng).clause(meaning, top=True)
    return text[0].upper() + text[1:] + "."


class _English:
    def __init__(self, rng: Random) -> None:
        self._rng = rng

    def pick(self, *options: str) -> str:
        return pick(self._rng, options)

    def often(self, share: float) -> bool:
        return self._rng.random() < share

    # Clauses

    def clause(self, clause: Clause, *, top: bool = False) -> str:
        match clause:
            case Holds(subject, prop):
                return self.holds(subject, prop, top)
            case Only(kind, prop):
                return self.only(kind, prop)
            case Deny(inner):
                return self.deny(inner)
            case Join("if", left, right):
                return self.conditional(left, right)
            case Join("iff", left, right):
                return self.biconditional(left, right)
            case Join():
                return self.join(clause, top)

    def holds(self, subject: NounPhrase, prop: Property, top: bool) -> str:
        if top:
            wording = self.whole(subject, prop)
            if wording is not None:
                return wording
        text, many = self.subject(subject)
        negative = isinstance(subject, No)
        predicate = self.property(prop, many, negative)
        return f"{text} {predicate}"

    def whole(self, subject: NounPhrase, prop: Property) -> str | None:
        """A wording that only a whole sentence can have; None for an ordinary one."""
        match subject, prop:
            case Named(), Acts(verb, other) if self.often(0.3):
                # One of the two is a name, so turning the sentence round changes no scope.
                return self.holds(other, Undergoes(verb, subject), False)
            case Every(Kind(noun, Is() | Does() as that)), _ if self.often(0.25):
                pronoun = self.pick("it", "that " + noun)
                condition = self.property(that)
                predicate = self.property(prop)
                return f"if {article(noun)} {condition}, then {pronoun} {predicate}"
            case Some(Kind(noun, None)), _ if self.often(0.3):
                narrowed = self.kind(Kind(noun, prop), bare=True)
                return f"there is {article(narrowed)}"
            case No(Kind(noun, None)), _ if self.often(0.25):
                narrowed = self.kind(Kind(noun, prop), bare=True, negative=True)
                return f"there is no {narrowed}"
        return None

    def only(self, kind: Kind, prop: Property) -> str:
        number = self.pick("plural", "plural", "single")
        if number == "single":
            noun = self.kind(kind)
            predicate = self.property(prop)
            return f"only {article(noun)} {predicate}"
        word = self.pick("only", "none but")
        nouns = self.kind(kind, True)
        predicate = self.property(prop, True)
        return f"{word} {nouns} {predicate}"

    def deny(self, clause: Clause) -> str:
        match clause:
            case Holds(Every(kind), prop) if self.often(0.8):
                many = not self.often(0.5)
                word = "all" if many else "every"
                noun = self.kind(kind, many)
                predicate = self.property(prop, many)
                return f"not {word} {noun} {predicate}"
        opening = self.pick(
            "it is not the case that",
            "it is not true that",
            "it is false that",
        )
        return f"{opening} {self.part(clause)}"

    def conditional(self, condition: Clause, outcome: Clause) -> str:
        wordings = ["if-then", "if-then"]
        if not isinstance(outcome, Join):
            wordings.append("if")
        if not isinstance(condition, Join) and not isinstance(outcome, Join):
            wordings += ["behind", "only if", "whenever"]
        match self.pick(*wordings):
            case "if-then":
                return f"if {self.clause(condition)}, then {self.clause(outcome)}"
            case "if":
                return f"if {self.clause(condition)}, {self.clause(outcome)}"
            case "behind":
                return f"{self.clause(outcome)} if {self.clause(condition)}"
            case "only if":
                return f"{self.clause(condition)} only if {self.clause(outcome)}"
            case _:
                return f"whenever {self.clause(condition)}, {self.clause(outcome)}"

    def biconditional(self, left: Clause, right: Clause) -> str:
        link = self.pick("if and only if", "exactly when", "just in case")
        condition = self.clause(left)
        outcome = self.part(right)
        return f"{condition} {link} {outcome}"

    def part(self, clause: Clause) -> str:
        """A clause with its left end marked, where nothing else shows where it begins."""
        match clause:
            case Join("and", left, right):
                return f"both {self.clause(left)} and {self.clause(right)}"
            case Join("xor", left, right):
                return f"either {self.clause(left)} or {self.clause(right)}"
        return self.clause(clause)

    def join(self, clause: Join, top: bool) -> str:
        match clause.left, clause.right:
            case Holds(Named(one), prop), Holds(Named(two), other) if prop == other:
                # "Neither ... nor" always, one predicate for both names mostly.
                if clause.operator == "and" and isinstance(prop, Lacks):
                    return self.neither(one, two, prop.property)
                if self.often(0.8):
                    return self.shared(clause.operator, one, two, prop)
        left = self.clause(clause.left)
        right = self.clause(clause.right)
        match clause.operator:
            case "and":
                link = self.pick(" and", ", and", ", but") if top else " and"
                return f"{left}{link} {right}"
            case "or":
                return self.inclusive(left, right)
            case _:
                return self.exclusive(left, right)

    def neither(self, one: str, two: str, prop: Property) -> str:
        """Two names that lack one property."""
        negated = self.property(Lacks(prop))
        predicate = self.property(prop, negative=True)
        neither = f"neither {one} nor {two} {predicate}"
        copula = "is" if isinstance(prop, Is | IsA | Undergoes) else "does"
        return self.pick(
            neither,
            neither,
            f"{one} {negated} and neither {copula} {two}",
        )

    def shared(self, operator: str, one: str, two: str, prop: Property) -> str:
        """Two names with one predicate: Anna and Bob sleep."""
        match operator:
            case "and":
                both = self.pick("", "both ")
                predicate = self.property(prop, True)
                return f"{both}{one} and {two} {predicate}"
            case "or":
                many = self.often(0.3)
                both = " or both" if many else ""
                predicate = self.property(prop, many)
                return f"{one} or {two}{both} {predicate}"
            case _:
                predicate = self.property(prop)
                ending = self.pick("", " but not both")
                return f"either {one} or {two} {predicate}{ending}"

    def inclusive(self, left: str, right: str) -> str:
        ending = self.pick("", "", " or both")
        return f"{left} or {right}{ending}"

    def exclusive(self, left: str, right: str) -> str:
        return self.pick(
            f"either {left} or {right}",
            f"either {left} or {right} but not both",
            f"{left} or {right} but not both",
        )

    # Noun phrases

    def subject(self, phrase: NounPhrase) -> tuple[str, bool]:
        """The phrase as a subject, and whether it is plural."""
        match phrase:
            case Named(name):
                return name, False
            case Every(kind) if kind.that is None:
                word = self.pick("every", "each", "all")
            case Every(kind):
                word = self.pick("every", "all", "any")
            case Some(kind):
                word = self.pick("some", "at least one")
            case No(kind):
                # "no cat" twice as often as "no cats".
                word = self.pick("no", "no", "no+")
        many = word in ("all", "no+")
        noun = self.kind(kind, many)
        determiner = word.rstrip("+")
        return f"{determiner} {noun}", many

    def other(self, phrase: NounPhrase, negative: bool) -> str:
        """The phrase as an object or agent; under a negation, "some" becomes "any"."""
        match phrase:
            case Named(name):
                return name
            case Every(kind):
                single = "every" if negative else "each"
                word = self.pick("every", single, "all")
                many = word == "all"
                return f"{word} {self.kind(kind, many)}"
            case No(kind):
                return f"no {self.kind(kind)}"
            case Some(kind):
                if negative:
                    return f"any {self.kind(kind)}"
                word = self.pick("some", "a", "at least one")
                noun = self.kind(kind)
                if word == "a":
                    return article(noun)
                return f"{word} {noun}"

    def kind(
        self, kind: Kind, many: bool = False, *, bare: bool = False, negative: bool = False
    ) -> str:
        """The noun with what narrows it.

        `bare` keeps an adjective out of the place before the noun.
        """
        noun = plural(kind.noun) if many else kind.noun
        match kind.that:
            case None:
                return noun
            case Is(word) if not bare and self.often(0.5):
                return f"{word} {noun}"
        pronoun = "who" if kind.noun in _PEOPLE else "that"
        match kind.that:
            case Undergoes(verb, agent) if (
                not isinstance(agent, No) and not negative and self.often(0.4)
            ):
                text, several = self.subject(agent)
                return f"{noun} {pronoun} {text} {_agreeing(verb, several)}"
        predicate = self.property(kind.that, many, negative)
        return f"{noun} {pronoun} {predicate}"

    # Predicates

    def property(self, prop: Property, many: bool = False, negative: bool = False) -> str:
        """The predicate of a singular or plural subject."""
        be = "are" if many else "is"
        match prop:
            case Is(word):
                return f"{be} {word}"
            case IsA(noun):
                return f"{be} {plural(noun) if many else article(noun)}"
            case Does(verb):
                return _agreeing(verb, many)
            case Acts(verb, No(kind)) if self.often(0.5):
                denial = self.do_not(many)
                return f"{denial} {verb} any {self.kind(kind)}"
            case Acts(verb, other):
                patient = self.other(other, negative)
                return f"{_agreeing(verb, many)} {patient}"
            case Undergoes(verb, other):
                agent = self.other(other, negative)
                return f"{be} {participle(verb)} by {agent}"
            case Lacks(inner):
                return self.lacks(inner, many)
            case Both():
                return self.both(prop, many, negative)

    def lacks(self, prop: Property, many: bool) -> str:
        match prop:
            case Does(verb):
                denial = self.do_not(many)
                return f"{denial} {verb}"
            case Acts(verb, other):
                denial = self.do_not(many)
                patient = self.other(other, True)
                return f"{denial} {verb} {patient}"
        be = "are" if many else "is"
        predicate = self.property(prop, many, True)
        rest = predicate.removeprefix(be + " ")
        return f"{self.not_after(be)} {rest}"

    def do_not(self, many: bool) -> str:
        return self.not_after("do" if many else "does")

    def not_after(self, verb: str) -> str:
        """is not, isn't: in full twice as often."""
        ending = self.pick(" not", " not", "n't")
        return f"{verb}{ending}"

    def both(self, prop: Both, many: bool, negative: bool) -> str:
        be = "are" if many else "is"
        match prop.operator, prop.left, prop.right:
            case "and", Lacks(Is(one)), Lacks(Is(two)):
                return f"{be} neither {one} nor {two}"
            case "and", Lacks(one), Lacks(two):
                left = self.property(one, many, True)
                right = self.property(two, many, True)
                return f"neither {left} nor {right}"
            case operator, Is(one), Is(two):
                return f"{be} {self.choice(operator, one, two)}"
        left = self.property(prop.left, many, negative)
        right = self.property(prop.right, many, negative)
        return self.choice(prop.operator, left, right)

    def choice(self, operator: str, left: str, right: str) -> str:
        match operator:
            case "and":
                both = self.pick("", "both ")
                return f"{both}{left} and {right}"
            case "or":
                return self.inclusive(left, right)
            case _:
                return self.exclusive(left, right)


def _agreeing(verb: str, many: bool) -> str:
    """The verb of a plural or a singular subject: chase, chases."""
    return verb if many else third(verb)

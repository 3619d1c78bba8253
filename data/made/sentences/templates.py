"""The kinds of meaning the synthetic corpus is drawn from, with their weights.

A template is a function from a draw of words to a meaning. Two templates never give formulas of
one shape, so a formula tells its template, and with it the combination of template and words that
a split holds out. The 90 templates and the lexicon make about 10^12 distinct formulas; each
template alone makes thousands.
"""

from __future__ import annotations

from collections.abc import Callable

from data.made.sentences.draw import Draw
from data.made.sentences.meaning import (
    Clause,
    Deny,
    Every,
    Holds,
    Join,
    Lacks,
    No,
    Only,
    Some,
)

Builder = Callable[[Draw], Clause]

# name -> (weight, builder); a word that a builder draws first is the outer one.
TEMPLATES: dict[str, tuple[int, Builder]] = {
    # Named individuals
    "name-state": (14, lambda d: d.fact()),
    "name-not-state": (9, lambda d: Holds(d.name(), Lacks(d.state()))),
    "name-acts-name": (9, lambda d: Holds(d.name(), d.acts(d.name()))),
    "name-not-acts-name": (5, lambda d: Holds(d.name(), Lacks(d.acts(d.name())))),
    "name-and": (4, lambda d: Holds(d.name(), d.both("and"))),
    "name-or": (3, lambda d: Holds(d.name(), d.both("or"))),
    "name-xor": (4, lambda d: Holds(d.name(), d.both("xor"))),
    "name-neither": (3, lambda d: Holds(d.name(), d.neither())),
    "names-and": (4, lambda d: d.shared("and")),
    "names-or": (3, lambda d: d.shared("or")),
    "names-xor": (3, lambda d: d.shared("xor")),
    "names-neither": (3, lambda d: d.shared("and", negated=True)),
    # One quantifier
    "every-state": (14, lambda d: Holds(Every(d.kind()), d.state())),
    "some-state": (12, lambda d: Holds(Some(d.kind()), d.state())),
    "no-state": (12, lambda d: Holds(No(d.kind()), d.state())),
    "only-state": (8, lambda d: Only(d.kind(), d.feature())),
    "not-every-state": (9, lambda d: Deny(Holds(Every(d.kind()), d.state()))),
    "some-not-state": (7, lambda d: Holds(Some(d.kind()), Lacks(d.state()))),
    "every-acts-name": (6, lambda d: Holds(Every(d.kind()), d.acts(d.name()))),
    "some-acts-name": (6, lambda d: Holds(Some(d.kind()), d.acts(d.name()))),
    "no-acts-name": (4, lambda d: Holds(No(d.kind()), d.acts(d.name()))),
    "only-acts-name": (2, lambda d: Only(d.kind(), d.acts(d.name()))),
    "name-acts-every": (6, lambda d: Holds(d.name(), d.acts(Every(d.kind())))),
    "name-acts-some": (6, lambda d: Holds(d.name(), d.acts(Some(d.kind())))),
    "name-acts-no": (3, lambda d: Holds(d.name(), d.acts(No(d.kind())))),
    "name-not-acts-every": (2, lambda d: Holds(d.name(), Lacks(d.acts(Every(d.kind()))))),
    "every-and": (4, lambda d: Holds(Every(d.kind()), d.both("and"))),
    "every-or": (3, lambda d: Holds(Every(d.kind()), d.both("or"))),
    "every-xor": (4, lambda d: Holds(Every(d.kind()), d.both("xor"))),
    "every-neither": (3, lambda d: Holds(Every(d.kind()), d.neither())),
    "no-and": (3, lambda d: Holds(No(d.kind()), d.both("and"))),
    "some-xor": (2, lambda d: Holds(Some(d.kind()), d.both("xor"))),
    # A narrowed kind
    "every-that-state": (8, lambda d: Holds(Every(d.kind(d.feature)), d.state())),
    "some-that-state": (6, lambda d: Holds(Some(d.kind(d.feature)), d.state())),
    "no-that-state": (5, lambda d: Holds(No(d.kind(d.feature)), d.state())),
    "only-that-state": (2, lambda d: Only(d.kind(d.feature), d.feature())),
    "not-every-that-state": (3, lambda d: Deny(Holds(Every(d.kind(d.feature)), d.state()))),
    "name-acts-some-that": (2, lambda d: Holds(d.name(), d.acts(Some(d.kind(d.feature))))),
    "name-acts-every-that": (2, lambda d: Holds(d.name(), d.acts(Every(d.kind(d.feature))))),
    "every-that-acts-name": (
        3,
        lambda d: Holds(Every(d.kind(lambda: d.acts(d.name()))), d.state()),
    ),
    "some-that-undergoes-name": (
        2,
        lambda d: Holds(Some(d.kind(lambda: d.undergoes(d.name()))), d.state()),
    ),
    # Two quantifiers
    "every-acts-some": (9, lambda d: Holds(Every(d.kind()), d.acts(Some(d.kind())))),
    "every-acts-every": (7, lambda d: Holds(Every(d.kind()), d.acts(Every(d.kind())))),
    "every-acts-no": (3, lambda d: Holds(Every(d.kind()), d.acts(No(d.kind())))),
    "some-acts-every": (7, lambda d: Holds(Some(d.kind()), d.acts(Every(d.kind())))),
    "some-acts-some": (6, lambda d: Holds(Some(d.kind()), d.acts(Some(d.kind())))),
    "some-acts-no": (3, lambda d: Holds(Some(d.kind()), d.acts(No(d.kind())))),
    "no-acts-some": (5, lambda d: Holds(No(d.kind()), d.acts(Some(d.kind())))),
    "no-acts-every": (5, lambda d: Holds(No(d.kind()), d.acts(Every(d.kind())))),
    "not-every-acts-some": (4, lambda d: Deny(Holds(Every(d.kind()), d.acts(Some(d.kind()))))),
    "not-every-acts-every": (4, lambda d: Deny(Holds(Every(d.kind()), d.acts(Every(d.kind()))))),
    "every-undergoes-some": (3, lambda d: Holds(Every(d.kind()), d.undergoes(Some(d.kind())))),
    "some-undergoes-every": (3, lambda d: Holds(Some(d.kind()), d.undergoes(Every(d.kind())))),
    "no-undergoes-some": (1, lambda d: Holds(No(d.kind()), d.undergoes(Some(d.kind())))),
    "every-that-acts-some": (
        4,
        lambda d: Holds(Every(d.kind(lambda: d.acts(Some(d.kind())))), d.feature()),
    ),
    "every-that-acts-every": (
        2,
        lambda d: Holds(Every(d.kind(lambda: d.acts(Every(d.kind())))), d.feature()),
    ),
    "every-that-undergoes-some": (
        1,
        lambda d: Holds(Every(d.kind(lambda: d.undergoes(Some(d.kind())))), d.feature()),
    ),
    "some-that-acts-every": (
        2,
        lambda d: Holds(Some(d.kind(lambda: d.acts(Every(d.kind())))), d.feature()),
    ),
    "no-that-acts-some": (
        2,
        lambda d: Holds(No(d.kind(lambda: d.acts(Some(d.kind())))), d.feature()),
    ),
    "every-acts-some-that": (2, lambda d: Holds(Every(d.kind()), d.acts(Some(d.kind(d.feature))))),
    "no-acts-some-that": (1, lambda d: Holds(No(d.kind()), d.acts(Some(d.kind(d.feature))))),
    "some-acts-every-that": (1, lambda d: Holds(Some(d.kind()), d.acts(Every(d.kind(d.feature))))),
    # Joined clauses
    "facts-and": (3, lambda d: Join("and", d.fact(), d.fact())),
    "facts-or": (2, lambda d: Join("or", d.fact(), d.fact())),
    "facts-xor": (2, lambda d: Join("xor", d.fact(), d.fact())),
    "facts-if": (5, lambda d: Join("if", d.fact(), d.fact())),
    "facts-iff": (4, lambda d: Join("iff", d.fact(), d.fact())),
    "same-if": (3, lambda d: d.same("if")),
    "same-iff": (2, lambda d: d.same("iff")),
    "deny-facts-and": (2, lambda d: Deny(Join("and", d.fact(), d.fact()))),
    "if-rule-fact": (3, lambda d: Join("if", d.rule(), d.fact())),
    "if-fact-rule": (3, lambda d: Join("if", d.fact(), d.rule())),
    "if-rule-rule": (2, lambda d: Join("if", d.rule(), d.rule())),
    "iff-fact-rule": (2, lambda d: Join("iff", d.fact(), d.rule())),
    "rules-and": (2, lambda d: Join("and", d.rule(), d.rule())),
    "rules-or": (1, lambda d: Join("or", d.rule(), d.rule())),
    "rules-xor": (1, lambda d: Join("xor", d.rule(), d.rule())),
    "if-and-fact": (1, lambda d: Join("if", Join("and", d.fact(), d.fact()), d.fact())),
    "if-or-fact": (1, lambda d: Join("if", Join("or", d.fact(), d.fact()), d.fact())),
    "if-fact-and": (1, lambda d: Join("if", d.fact(), Join("and", d.fact(), d.fact()))),
    "if-fact-xor": (1, lambda d: Join("if", d.fact(), Join("xor", d.fact(), d.fact()))),
    "iff-fact-and": (1, lambda d: Join("iff", d.fact(), Join("and", d.fact(), d.fact()))),
    # Three levels
    "every-that-acts-some-acts-every": (
        1,
        lambda d: Holds(Every(d.kind(lambda: d.acts(Some(d.kind())))), d.acts(Every(d.kind()))),
    ),
    "every-that-acts-some-that-acts-every": (
        1,
        lambda d: Holds(
            Every(d.kind(lambda: d.acts(Some(d.kind(lambda: d.acts(Every(d.kind()))))))),
            d.feature(),
        ),
    ),
    "some-acts-every-that-acts-some": (
        1,
        lambda d: Holds(Some(d.kind()), d.acts(Every(d.kind(lambda: d.acts(Some(d.kind())))))),
    ),
    "no-that-acts-every-acts-some": (
        1,
        lambda d: Holds(No(d.kind(lambda: d.acts(Every(d.kind())))), d.acts(Some(d.kind()))),
    ),
    "if-relation-rule": (
        1,
        lambda d: Join("if", Holds(Every(d.kind()), d.acts(Some(d.kind()))), d.rule()),
    ),
    "if-fact-relation": (
        1,
        lambda d: Join("if", d.fact(), Holds(Some(d.kind()), d.acts(Every(d.kind())))),
    ),
    "iff-fact-relation": (
        1,
        lambda d: Join("iff", d.fact(), Holds(No(d.kind()), d.acts(Some(d.kind())))),
    ),
    "if-and-relation": (
        1,
        lambda d: Join(
            "if", Join("and", d.fact(), d.rule()), Holds(Every(d.kind()), d.acts(Some(d.kind())))
        ),
    ),
}


def full_deck() -> list[str]:
    """The names of the templates, each as often as its weight says."""
    deck: list[str] = []
    for name, (weight, _) in TEMPLATES.items():
        deck += [name] * weight
    return deck

"""The exact reader of the corpus's English: from a sentence back to its meaning.

It is what `english` writes, read by a grammar over the same words, for the sentences that the
preference corpus has: one subject (a name, or every, some or no member of a kind), what is said of
it, alone or two things joined, and a denial of the whole. Any other sentence has no meaning here,
and is not guessed at. So it is a gold standard that no trained translator is: an answer in this
English means what it says, or nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from lark import Lark, Transformer
from lark.exceptions import LarkError, VisitError

import logic
from data.made.sentences.formulas import tree
from data.made.sentences.lexicon import (
    ADJECTIVES,
    INTRANSITIVE,
    NAMES,
    NOUNS,
    TRANSITIVE,
    participle,
    plural,
    third,
)
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
    Kind,
    Lacks,
    Named,
    No,
    NounPhrase,
    Only,
    Operator,
    Property,
    Some,
    Undergoes,
)
from logic.syntax import And, Formula

OPENINGS = ("I see.", "Let me think.", "That is easy.", "Good question.")
ENDINGS = ("That is all.", "I am sure.")
"""What stands around an answer and says nothing of the world."""

_GRAMMAR = r"""
start: clause
clause: NAME pred                                      -> named
    | ("every" | "each") NOUN pred                     -> every
    | "all" NOUNS preds                                -> every
    | ("some" | "at" "least" "one") NOUN pred          -> some
    | "no" NOUN pred                                   -> no
    | "no" NOUNS preds                                 -> no
    | "there" IS _ART NOUN _WHO pred                   -> there_is
    | "there" IS "no" NOUN _WHO pred                   -> there_is_no
    | "only" _ART NOUN pred                            -> only
    | ("only" | "none" "but") NOUNS preds              -> only
    | "not" "every" NOUN pred                          -> not_every
    | "not" "all" NOUNS preds                          -> not_every
    | "it" IS ("not" "the" "case" | "not" "true" | "false") "that" clause -> denied

pred: one
    | one "and" tail                                   -> both_and
    | "both" one "and" tail                            -> both_and
    | IS "both" ADJECTIVE "and" ADJECTIVE              -> adjectives_and
    | one "or" tail                                    -> both_or
    | one "or" tail "or" "both"                        -> both_or
    | one "or" tail "but" "not" "both"                 -> both_xor
    | "either" one "or" one                            -> both_xor
    | "either" one "or" one "but" "not" "both"         -> both_xor
    | IS "either" ADJECTIVE "or" ADJECTIVE             -> adjectives_xor
    | IS "either" ADJECTIVE "or" ADJECTIVE "but" "not" "both" -> adjectives_xor
    | "neither" one "nor" one                          -> both_nor
    | IS "neither" ADJECTIVE "nor" ADJECTIVE           -> adjectives_nor

tail: one | ADJECTIVE -> bare_adjective

one: IS ADJECTIVE                                      -> is_
    | IS _ART NOUN                                     -> is_a
    | VERB_S                                           -> does
    | ACTS_S NAME                                      -> acts
    | IS PARTICIPLE "by" NAME                          -> undergoes
    | _is_not ADJECTIVE                                -> is_not
    | _is_not _ART NOUN                                -> is_not_a
    | _does_not VERB                                   -> does_not
    | _does_not ACT NAME                               -> acts_not
    | _is_not PARTICIPLE "by" NAME                     -> undergoes_not

preds: ones
    | ones "and" tails                                 -> both_and
    | "both" ones "and" tails                          -> both_and
    | ARE "both" ADJECTIVE "and" ADJECTIVE             -> adjectives_and
    | ones "or" tails                                  -> both_or
    | ones "or" tails "or" "both"                      -> both_or
    | ones "or" tails "but" "not" "both"               -> both_xor
    | "either" ones "or" ones                          -> both_xor
    | "either" ones "or" ones "but" "not" "both"       -> both_xor
    | ARE "either" ADJECTIVE "or" ADJECTIVE            -> adjectives_xor
    | ARE "either" ADJECTIVE "or" ADJECTIVE "but" "not" "both" -> adjectives_xor

tails: ones | ADJECTIVE -> bare_adjective

ones: ARE ADJECTIVE                                    -> is_
    | ARE NOUNS                                        -> is_a
    | VERB                                             -> does
    | ACT NAME                                         -> acts
    | ARE PARTICIPLE "by" NAME                         -> undergoes
    | _are_not ADJECTIVE                               -> is_not
    | _are_not NOUNS                                   -> is_not_a
    | _do_not VERB                                     -> does_not
    | _do_not ACT NAME                                 -> acts_not
    | _are_not PARTICIPLE "by" NAME                    -> undergoes_not

_is_not: IS "not" | "isn't"
_are_not: ARE "not" | "aren't"
_does_not: "does" "not" | "doesn't"
_do_not: "do" "not" | "don't"

IS: "is"
ARE: "are"
_ART: "an" | "a"
_WHO: "who" | "that"
%ignore " "
"""


def _terminal(name: str, words: list[str]) -> str:
    options = "|".join(sorted(words, key=len, reverse=True))
    return rf"{name}.2: /(?:{options})\b/"


def _lexicon() -> str:
    words = {
        "NAME": list(NAMES),
        "NOUN": list(NOUNS),
        "NOUNS": [plural(noun) for noun in NOUNS],
        "ADJECTIVE": list(ADJECTIVES),
        "VERB": list(INTRANSITIVE),
        "VERB_S": [third(verb) for verb in INTRANSITIVE],
        "ACT": list(TRANSITIVE),
        "ACTS_S": [third(verb) for verb in TRANSITIVE],
        "PARTICIPLE": [participle(verb) for verb in TRANSITIVE],
    }
    return "\n".join(_terminal(name, forms) for name, forms in words.items())


_SINGULAR = {plural(noun): noun for noun in NOUNS}
_BASE = (
    {third(verb): verb for verb in (*TRANSITIVE, *INTRANSITIVE)}
    | {participle(verb): verb for verb in TRANSITIVE}
    | {verb: verb for verb in (*TRANSITIVE, *INTRANSITIVE)}
)


class _Meaning(Transformer[Any, Clause]):
    """The meaning of a parse, from the leaves up. The words "is" and "are" are dropped first."""

    def IS(self, _: Any) -> None:
        return None

    ARE = IS

    def __default__(self, data: Any, children: list[Any], meta: Any) -> Any:
        (only,) = [child for child in children if child is not None]
        return only

    @staticmethod
    def _said(children: list[Any]) -> list[Any]:
        return [child for child in children if child is not None]

    # Clauses

    def named(self, children: list[Any]) -> Clause:
        name, prop = children
        return Holds(Named(str(name)), prop)

    def _of(self, phrase: type[NounPhrase], children: list[Any]) -> Clause:
        noun, prop = self._said(children)
        return Holds(phrase(_kind(noun)), prop)  # type: ignore[arg-type]

    def every(self, children: list[Any]) -> Clause:
        return self._of(Every, children)

    def some(self, children: list[Any]) -> Clause:
        return self._of(Some, children)

    def no(self, children: list[Any]) -> Clause:
        return self._of(No, children)

    there_is = some
    there_is_no = no

    def not_every(self, children: list[Any]) -> Clause:
        return Deny(self._of(Every, children))

    def only(self, children: list[Any]) -> Clause:
        noun, prop = children
        return Only(_kind(noun), prop)

    def denied(self, children: list[Any]) -> Clause:
        (clause,) = self._said(children)
        return Deny(clause)

    # What is said of the subject

    def is_(self, children: list[Any]) -> Property:
        (adjective,) = self._said(children)
        return Is(str(adjective))

    def bare_adjective(self, children: list[Any]) -> Any:
        return str(children[0])

    def is_a(self, children: list[Any]) -> Property:
        (noun,) = self._said(children)
        return IsA(_kind(noun).noun)

    def does(self, children: list[Any]) -> Property:
        return Does(_BASE[children[0]])

    def acts(self, children: list[Any]) -> Property:
        verb, name = children
        return Acts(_BASE[verb], Named(str(name)))

    def undergoes(self, children: list[Any]) -> Property:
        participle_of, name = self._said(children)
        return Undergoes(_BASE[participle_of], Named(str(name)))

    def is_not(self, children: list[Any]) -> Property:
        return Lacks(self.is_(children))

    def is_not_a(self, children: list[Any]) -> Property:
        return Lacks(self.is_a(children))

    def does_not(self, children: list[Any]) -> Property:
        return Lacks(self.does(children))

    def acts_not(self, children: list[Any]) -> Property:
        return Lacks(self.acts(children))

    def undergoes_not(self, children: list[Any]) -> Property:
        return Lacks(self.undergoes(children))

    def _both(self, operator: Operator, children: list[Any]) -> Property:
        left, right = children
        if isinstance(right, str):
            # "is happy and calm", and no "sleeps and calm"
            if not isinstance(left, Is):
                raise ValueError(f"'{right}' has no verb")
            right = Is(right)
        return Both(operator, left, right)

    def both_and(self, children: list[Any]) -> Property:
        return self._both("and", children)

    def both_or(self, children: list[Any]) -> Property:
        return self._both("or", children)

    def both_xor(self, children: list[Any]) -> Property:
        return self._both("xor", children)

    def both_nor(self, children: list[Any]) -> Property:
        left, right = children
        return Both("and", Lacks(left), Lacks(right))

    def adjectives_nor(self, children: list[Any]) -> Property:
        left, right = self._said(children)
        return Both("and", Lacks(Is(str(left))), Lacks(Is(str(right))))

    def adjectives_and(self, children: list[Any]) -> Property:
        left, right = self._said(children)
        return Both("and", Is(str(left)), Is(str(right)))

    def adjectives_xor(self, children: list[Any]) -> Property:
        left, right = self._said(children)
        return Both("xor", Is(str(left)), Is(str(right)))


def _kind(noun: Any) -> Kind:
    return Kind(_SINGULAR.get(noun, str(noun)))


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(_GRAMMAR + _lexicon(), parser="lalr", maybe_placeholders=False)


def meaning_of(sentence: str) -> Clause:
    """The meaning of a sentence of the corpus's English.

    Raises ValueError for any other text.
    """
    text = sentence.strip()
    if not text.endswith("."):
        raise ValueError("no full stop")
    text = text[:-1]
    if text.split(" ")[0] not in NAMES:
        text = text[:1].lower() + text[1:]
    try:
        return _Meaning().transform(_parser().parse(text))
    except VisitError as error:
        raise ValueError(str(error.orig_exc)) from None
    except LarkError as error:
        raise ValueError(f"no sentence of the corpus's English: {error}".splitlines()[0]) from None


def formula_of(passage: str) -> Formula:
    """The formula of an answer: of its sentence, or of all of them together.

    What may stand around an answer ("I see.") counts for nothing. Raises ValueError where a
    sentence has no meaning here, or there is none.
    """
    sentences = [f"{part.strip()}." for part in passage.strip().removesuffix(".").split(".")]
    if not passage.strip().endswith("."):
        raise ValueError("no full stop")
    if sentences[0] in OPENINGS:
        sentences = sentences[1:]
    if sentences and sentences[-1] in ENDINGS:
        sentences = sentences[:-1]
    if not sentences:
        raise ValueError("says nothing")
    formulas = [tree(meaning_of(sentence)) for sentence in sentences]
    whole = formulas[0] if len(formulas) == 1 else And(tuple(formulas))
    return logic.parse(logic.to_text(whole))

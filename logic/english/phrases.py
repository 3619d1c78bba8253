"""What is said of the things that a formula names: a phrase for each symbol, by gloss or by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from logic import syntax as S
from logic.signatures.signature import Gloss, Signature

Part = str | int
"""Words, or the place of an argument."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
_VERBS = frozenset("is are was were has have had can could may must will would does did".split())
_BETWEEN = frozenset("of than in on at by to from with for as under over near".split())
_RAW = '"'
"""What stands around an atom that is written as in a formula."""

# What stands in a sentence beside what is said: no phrase may have it.
RESERVED = re.compile(
    r"""\b(?:both|and|either|or|if|then|exactly|when|every|some|such|that|not|case|there)\b|[",.;:]""",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """How a symbol is said: words, with the places of its arguments among them."""

    parts: tuple[Part, ...]

    def said(self, arguments: Sequence[str]) -> str:
        """The phrase about these arguments."""
        words = []
        for part in self.parts:
            words.append(arguments[part] if isinstance(part, int) else part)
        return " ".join(words)


def phrase_of(name: str, arity: int, gloss: Gloss | None, *, is_function: bool = False) -> Phrase:
    """The phrase of a gloss that mentions each argument once; else one made of the name."""
    if gloss is not None:
        parts = _glossed(gloss)
        mentioned = [part for part in parts if isinstance(part, int)]
        if parts and sorted(mentioned) == list(range(arity)):
            return Phrase(parts)
    words = spelled(name)
    if is_function:
        return Phrase(("the", *words.split(), "of", *_joined(range(arity))))
    return Phrase(
        _predicated(
            words,
            arity,
        )
    )


def _glossed(gloss: Gloss) -> tuple[Part, ...]:
    places = {argument: place for place, argument in enumerate(gloss.arguments)}
    words = gloss.text.strip().rstrip(".").split()
    return tuple([places.get(word, word) for word in words])


def _predicated(words: str, arity: int) -> tuple[Part, ...]:
    """What a predicate's name says of its arguments."""
    if arity == 0:
        return (*words.split(), "holds")
    first, *_ = words.split()
    last = words.split()[-1]
    is_verb = first in _VERBS or (first.endswith("s") and not first.endswith("ss"))
    said = words.split() if is_verb else ["is", *words.split()]
    if arity > 1 and not is_verb and last not in _BETWEEN:
        said.append("of")
    return (0, *said, *_joined(range(1, arity)))


def _joined(places: Sequence[int]) -> list[Part]:
    parts: list[Part] = []
    for place in places:
        parts += ["with", place] if parts else [place]
    return parts


def spelled(name: str) -> str:
    """A name in words: `ChasesAfter` is "chases after"; the name itself where it has none."""
    words = _WORDS.findall(name) or name.split()
    return " ".join(words).lower() or "nameless"


_EQUALITY = Phrase((0, "is", "the", "same", "as", 1))
_COMPARISONS = {
    "≤": Phrase((0, "is", "at", "most", 1)),
    "≥": Phrase((0, "is", "at", "least", 1)),
    "<": Phrase((0, "is", "less", "than", 1)),
    ">": Phrase((0, "is", "greater", "than", 1)),
}
_TRUTHS = {True: "truth holds", False: "falsehood holds"}


class Phrasebook:
    """The phrases of a signature's symbols, and what a phrase says.

    A phrase that could say two things, or has a word of the sentences around it, is not used: the
    atom then stands in quotation marks, as in a formula.
    """

    def __init__(self, signature: Signature) -> None:
        glosses = {gloss.name: gloss for gloss in signature.glosses}
        self._predicates = {
            (name, arity): phrase_of(name, arity, glosses.get(name))
            for name, arity in signature.predicates
        }
        for sign, phrase in _COMPARISONS.items():
            if (sign, 2) in self._predicates:
                self._predicates[sign, 2] = phrase
        self._functions = {
            (name, arity): phrase_of(name, arity, glosses.get(name), is_function=True)
            for name, arity in signature.functions
        }
        self._constants = {name: _called(name, glosses.get(name)) for name in signature.constants}

    def say(self, atom: S.Formula, variables: Sequence[str]) -> str:
        """An atom, an equality or a truth in words, or in quotation marks.

        `variables` are the names that are bound around it.
        """
        text = self._worded(atom)
        if text is not None and not RESERVED.search(text):
            meanings = list(
                self._meanings(
                    text,
                    variables,
                )
            )
            if meanings == [atom]:
                return text
        return _raw(
            atom,
            variables,
        )

    def mean(self, text: str, variables: Sequence[str]) -> S.Formula:
        """What a text says; raises ValueError where that is nothing, or two things."""
        meanings = list(
            self._meanings(
                text,
                variables,
            )
        )
        if len(meanings) != 1:
            how = "in two ways" if meanings else "by no phrase of the signature"
            raise ValueError(f"{text!r} can be read {how}")
        return meanings[0]

    # From an atom to words

    def _worded(self, atom: S.Formula) -> str | None:
        if isinstance(atom, S.Truth):
            return _TRUTHS[atom.value]
        if isinstance(atom, S.Equality):
            phrase, terms = _EQUALITY, [atom.left, atom.right]
        else:
            assert isinstance(atom, S.Atom)
            phrase = self._predicates[atom.predicate, len(atom.args)]
            terms = [*atom.args]
        return phrase.said([self._term(term) for term in terms])

    def _term(self, term: S.Node) -> str:
        if isinstance(term, S.Variable):
            return term.name
        if isinstance(term, S.Constant):
            return self._constants[term.name]
        assert isinstance(term, S.Function)
        phrase = self._functions[term.name, len(term.args)]
        return phrase.said([self._term(argument) for argument in term.args])

    # From words to an atom

    def _meanings(self, text: str, variables: Sequence[str]) -> Iterator[S.Formula]:
        """All atoms that a text says."""
        words = text.split()
        for value, said in _TRUTHS.items():
            if text == said:
                yield S.Truth(value)
        for terms in self._whole(
            _EQUALITY,
            words,
            variables,
        ):
            left, right = terms
            yield S.Equality(
                left,
                right,
            )
        for (name, _), phrase in self._predicates.items():
            for terms in self._whole(
                phrase,
                words,
                variables,
            ):
                yield S.Atom(
                    name,
                    terms,
                )

    def _whole(
        self, phrase: Phrase, words: list[str], variables: Sequence[str]
    ) -> Iterator[tuple[S.Term, ...]]:
        """The arguments with which the phrase is all of the words."""
        for arguments, rest in self._matches(
            phrase.parts,
            words,
            variables,
        ):
            if not rest:
                yield tuple([arguments[place] for place in sorted(arguments)])

    def _matches(
        self, parts: Sequence[Part], words: list[str], variables: Sequence[str]
    ) -> Iterator[tuple[dict[int, S.Term], list[str]]]:
        """The arguments with which the words begin with these parts, and the words behind them."""
        if not parts:
            yield {}, words
            return
        part, *others = parts
        if isinstance(part, str):
            if words[:1] == [part]:
                yield from self._matches(
                    others,
                    words[1:],
                    variables,
                )
            return
        for term, behind in self._terms(
            words,
            variables,
        ):
            for arguments, rest in self._matches(
                others,
                behind,
                variables,
            ):
                yield {**arguments, part: term}, rest

    def _terms(
        self, words: list[str], variables: Sequence[str]
    ) -> Iterator[tuple[S.Term, list[str]]]:
        """The terms that the words begin with, and the words behind each."""
        if words[:1] and words[0] in variables:
            yield S.Variable(words[0]), words[1:]
        for name, called in self._constants.items():
            own = called.split()
            if own and words[: len(own)] == own:
                yield S.Constant(name), words[len(own) :]
        for (name, _), phrase in self._functions.items():
            if isinstance(phrase.parts[0], int):  # else it would be asked for without end
                continue
            for arguments, rest in self._matches(
                phrase.parts,
                words,
                variables,
            ):
                terms = [arguments[place] for place in sorted(arguments)]
                yield (
                    S.Function(
                        name,
                        tuple(terms),
                    ),
                    rest,
                )


def _called(name: str, gloss: Gloss | None) -> str:
    """What a constant is called."""
    if gloss is not None and gloss.text.strip():
        return " ".join(gloss.text.split())
    words = spelled(name)
    return words.capitalize() if name.isalpha() else words


def _raw(atom: S.Formula, variables: Sequence[str]) -> str:
    """The atom as in a formula, in more quotation marks than it has in a row."""
    opening = binders(variables)
    closed = atom
    for name in reversed(variables):
        closed = S.Forall(
            S.Variable(name),
            closed,
        )
    text = S.Node.write(
        closed,
        "unicode",
    ).removeprefix(opening)
    runs = [len(run) for run in re.findall(f"{_RAW}+", text)]
    marks = _RAW * (max(runs, default=0) + 1)
    return f"{marks}{text}{marks}"


def binders(variables: Sequence[str]) -> str:
    """Quantifiers for variables, under which a text is read that has them."""
    return "".join([f"∀{name} " for name in variables])

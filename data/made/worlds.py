"""Small worlds: pieces side by side, and what of a meaning is its content.

A world is a few facts about individuals and kinds, in the words of the synthetic corpus.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

from data.made.inferred import bond_piece, chain_piece, member_piece
from data.made.pieces import (
    Maker,
    Piece,
    Question,
    connective_piece,
    feature_piece,
    quantity_piece,
    relation_piece,
    subset_piece,
)
from data.made.sentences.draw import Draw, pick, shuffle
from data.made.sentences.formulas import formula
from data.made.sentences.meaning import Clause
from data.records import DataError

PIECES: dict[Maker, tuple[str, ...]] = {
    feature_piece: ("negation", "role", "unsupported"),
    relation_piece: ("negation", "converse", "role", "unsupported"),
    quantity_piece: ("quantifier", "role", "unsupported"),
    connective_piece: ("connective", "negation", "unsupported"),
    subset_piece: ("converse",),
    member_piece: ("contradicting", "role", "unsupported", "evading"),
    bond_piece: ("contradicting", "converse", "role", "unsupported"),
    chain_piece: ("quantifier", "converse", "evading"),
}
"""The makers of pieces, and of which kinds they have wrong answers with a mirror, always or at times."""


Makers = tuple[Maker, ...]
ALL: Makers = tuple(PIECES)


def makers_of(kind: str, makers: Makers = ALL) -> Makers:
    """The makers of pieces with wrong answers of a kind, out of some."""
    return tuple(maker for maker in makers if kind in PIECES[maker])


def makers_named(settings: Mapping[str, Any] | None) -> Makers:
    """The makers that the setting `questions` names; all where absent.

    Raises DataError for another setting or name.
    """
    named = {maker.__name__.removesuffix("_piece"): maker for maker in PIECES}
    values = dict(settings or {})
    asked = values.pop("questions", list(named))
    if values:
        raise DataError(f"no setting {next(iter(values))!r} of worlds; allowed: questions")
    if not isinstance(asked, list | tuple) or not asked or not set(map(str, asked)) <= set(named):
        raise DataError(f"questions is {asked!r}; allowed: a list of {', '.join(named)}")
    return tuple(maker for name, maker in named.items() if name in asked)


@dataclass(frozen=True)
class World:
    """What is stated, in order, and what may be asked about it."""

    facts: tuple[Clause, ...]
    questions: tuple[Question, ...]

    @cached_property
    def key(self) -> str:
        """The world itself: its facts in whatever order they are told."""
        return " | ".join(sorted(formula(fact) for fact in self.facts))


def draw_world(rng: Random, makers: Makers = ALL) -> World:
    """Two pieces side by side; no word and no name occurs in both of them."""
    draw = Draw(rng)
    return join(rng, draw_piece(draw, rng, makers), draw_piece(draw, rng, makers))


def draw_piece(draw: Draw, rng: Random, makers: Makers = ALL) -> Piece:
    """A piece by one of the makers, with words that the draw has not given yet."""
    return pick(rng, makers)(draw, rng)


def join(rng: Random, *pieces: Piece) -> World:
    """A world of these pieces, the facts in a random order."""
    facts = [fact for piece in pieces for fact in piece.facts]
    questions = [question for piece in pieces for question in piece.questions]
    return World(tuple(shuffle(rng, facts)), tuple(questions))


def content(meaning: object) -> str:
    """The words of a meaning without its logic: names, nouns, adjectives and verbs.

    What differs in quantifiers, denials, connectives or the order of arguments has one content. By
    it answers are held out.
    """
    return " ".join(sorted(set(_words(meaning))))


def _words(meaning: object) -> list[str]:
    if isinstance(meaning, str):
        return [meaning]
    if isinstance(meaning, tuple):
        return [word for part in meaning for word in _words(part)]
    # The operator of a connective is no content.
    names = [name for name in getattr(meaning, "__slots__", ()) if name != "operator"]
    return [word for name in names for word in _words(getattr(meaning, name))]

"""Sentences of `logic.verbalise` back to formulas, by the phrases of a signature."""

from __future__ import annotations

import re
from collections.abc import Sequence

from logic import syntax as S
from logic.english.phrases import Phrasebook, binders
from logic.errors import ParseError
from logic.reading.parse import parse
from logic.signatures.signature import Signature

_TOKEN = re.compile(
    r"""
    (?P<marks> "+ ) (?P<raw> .*? ) (?P=marks) (?! " )
  | (?P<quantifier> for\ every | there\ is\ some | there\ is\ exactly\ one )
        \ (?P<variable> [u-z]\d* ) (?: , | \ such\ that )
  | \b (?P<word> it\ is\ not\ the\ case\ that | it\ is\ the\ case\ that | exactly\ when
        | both | and | either | or | if | then ) \b
  | , \s* (?P<tail> maybe\ both | not\ both | (?=then\b) )
    """,
    re.VERBOSE | re.DOTALL,
)
_QUANTIFIED = {
    "for every": S.Forall,
    "there is some": S.Exists,
    "there is exactly one": S.ExistsUnique,
}
_OPENING = re.compile(r"(For every|There is|Both|Either|If|It is (?:not )?the case)\b")

Token = tuple[str, str]
"""What it is ("said", "raw", "word", "tail" or a quantifier), and its text."""


def read_english(text: str, names: Signature) -> S.Formula:
    """The formula of a sentence that `logic.verbalise` wrote with these names.

    Raises ValueError for any other text, and for a phrase that may say two things.
    """
    text = text.strip()
    if not text.endswith("."):
        raise ValueError("no full stop")
    if _OPENING.match(text):
        text = text[0].lower() + text[1:]
    reader = _Reader(
        _tokens(text[:-1]),
        Phrasebook(names),
    )
    formula = reader.formula(())
    reader.end()
    return formula


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        _note_said(tokens, text[end : match.start()])
        end = match.end()
        if match["raw"] is not None:
            tokens.append(("raw", match["raw"]))
        elif match["quantifier"]:
            tokens.append((match["quantifier"], match["variable"]))
        elif match["word"]:
            tokens.append(("word", match["word"]))
        elif match["tail"]:
            tokens.append(("tail", match["tail"]))
    _note_said(tokens, text[end:])
    return tokens


def _note_said(tokens: list[Token], text: str) -> None:
    if text.strip():
        tokens.append(("said", text.strip()))


class _Reader:
    """Tokens from left to right; each says by itself what stands behind it."""

    def __init__(self, tokens: list[Token], book: Phrasebook) -> None:
        self._tokens = tokens
        self._book = book
        self._place = 0

    def _next(self) -> Token:
        if self._place == len(self._tokens):
            raise ValueError("the sentence ends too soon")
        self._place += 1
        return self._tokens[self._place - 1]

    def _expect(self, word: str) -> None:
        kind, text = self._next()
        if (kind, text) != ("word", word):
            raise ValueError(f"{text!r} where {word!r} is expected")

    def end(self) -> None:
        """Raise ValueError where there is more."""
        if self._place < len(self._tokens):
            _, text = self._tokens[self._place]
            raise ValueError(f"{text!r} behind the end")

    def formula(self, bound: Sequence[str]) -> S.Formula:
        kind, text = self._next()
        if kind == "said":
            return self._book.mean(text, bound)
        if kind == "raw":
            return _unquoted(text, bound)
        if kind in _QUANTIFIED:
            scope = self.formula((*bound, text))
            return _QUANTIFIED[kind](S.Variable(text), scope)
        if kind == "word":
            return self._joined(text, bound)
        raise ValueError(f"{text!r} where a clause begins")

    def _joined(self, word: str, bound: Sequence[str]) -> S.Formula:
        if word == "it is not the case that":
            return S.Not(self.formula(bound))
        links = {
            "both": "and",
            "either": "or",
            "if": "then",
            "it is the case that": "exactly when",
        }
        if word not in links:
            raise ValueError(f"{word!r} where a clause begins")
        left = self.formula(bound)
        self._expect(links[word])
        right = self.formula(bound)
        if word == "both":
            return S.And((left, right))
        if word == "if":
            return S.Implies(left, right)
        if word == "either":
            return self._either(left, right)
        return S.Iff(left, right)

    def _either(self, left: S.Formula, right: S.Formula) -> S.Formula:
        tail = self._next()
        if tail == ("tail", "maybe both"):
            return S.Or((left, right))
        if tail == ("tail", "not both"):
            return S.Xor((left, right))
        raise ValueError(f"{tail[1]!r} where 'maybe both' or 'not both' is expected")


def _unquoted(text: str, variables: Sequence[str]) -> S.Formula:
    """The formula of what stands in quotation marks; raises ValueError where it is none."""
    try:
        formula = parse(binders(variables) + text)
    except ParseError as error:
        raise ValueError(str(error)) from None
    for _ in variables:
        if not isinstance(formula, S.Forall):
            raise ValueError(f"{text!r} is no atom")
        formula = formula.body
    return formula

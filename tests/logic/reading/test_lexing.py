"""Our lexer finds the tokens that Lark's own finds, in texts of any kind and in every domain."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
from lark import Lark, Token
from lark.exceptions import UnexpectedCharacters
from lark.lexer import BasicLexer, LexerThread

from logic.domains.kit.grammar import parser_of
from logic.domains.registry import SHIPPED, get
from logic.reading.notations.core import grammar

PIECES = [
    "∀x", "∃y.", "∃!", "∄", "for all x", "exists y", "All", "Some", "there exists an x such that",
    "! [X] :", "\\forall", "\\land", "\\text{Cat}", "\\{", "(", ")", "[", "]", "{", "}", ",", ".", ";",
    " ", "\t", "¬", "~", "-", "!", "∧", "&", "and", "AND", "Or ", "|", "∨", "xor", "⊕", "->", "→", "<-",
    "<->", "iff", "if and only if", "implies", "=", "!=", "<=", "=<", "true", "$false", "fof(a, b,",
    "Cat", "x", "x1", "P(x)", "'a b'", '"c"', "İ", "ſome", "Kind", "ı", "λx.", "é", "_", "7", "+", "**",
    "always", "eventually", "O", "P", "□", "◇", "#", "@", "♞",
]  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.characters()), max_size=12).map("".join)


def tokens(lark: Lark, text: str, *, as_lark_does: bool) -> list[object]:
    """The tokens with all their places, and where a text cannot be read on."""
    # Lark 1.3 has a lexer of one's own inside another.
    lexer = getattr(lark.parser.lexer, "lexer", lark.parser.lexer)
    state = LexerThread.from_text(lexer, text).state
    lex = BasicLexer.lex if as_lark_does else type(lexer).lex
    found: list[object] = []
    try:
        for token in lex(lexer, state, None):
            found.append(places(token))
    except UnexpectedCharacters as error:
        found.append((error.line, error.column, error.pos_in_stream))
    return found


def places(token: Token) -> tuple[object, ...]:
    return (
        token.type,
        str(token),
        token.value,
        token.start_pos,
        token.end_pos,
        token.line,
        token.column,
        token.end_line,
        token.end_column,
    )


def assert_same_tokens(lark: Lark, text: str) -> None:
    assert tokens(lark, text, as_lark_does=False) == tokens(lark, text, as_lark_does=True)


@settings(deadline=None, max_examples=300)
@given(texts)
@example("ſome x P(x)")
@example("İf and only if")
def test_the_tokens_of_the_core(text: str) -> None:
    for wide in (True, False):
        assert_same_tokens(grammar(wide=wide), text)


@settings(deadline=None, max_examples=300)
@given(texts)
def test_the_tokens_of_every_shipped_domain(text: str) -> None:
    for name in SHIPPED:
        domain = get(name)
        if domain.grammars:
            assert_same_tokens(parser_of(domain), text)


def test_every_first_character_finds_what_all_terminals_would() -> None:
    """Also those outside ASCII, of which some have more than two cases."""
    for code in range(0x20, 0x3000):
        assert_same_tokens(grammar(), f"{chr(code)}x")

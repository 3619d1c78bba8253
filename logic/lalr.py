"""What Lark's lexer and LALR(1) parser do, in less time: the grammar, its tables and its errors stay Lark's.

A text spends most of its time in reductions that change nothing, from one level of precedence to the next. Where they
lead depends on two states and a token alone, so each chain of them is followed once and kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lark import Token
from lark.common import LexerConf
from lark.exceptions import UnexpectedInput
from lark.lexer import BasicLexer, LexerState
from lark.parse_tree_builder import ExpandSingleChild
from lark.parsers.lalr_analysis import Shift
from lark.parsers.lalr_interactive_parser import InteractiveParser
from lark.parsers.lalr_parser import LALR_Parser, _Parser
from lark.parsers.lalr_parser_state import ParserState


class Lexer(BasicLexer):
    """Lark's basic lexer without its search for colliding terminals, which takes longer than all the rest.

    A text of one line, as most are, is read without counting lines.
    """

    __future_interface__ = True

    def __init__(self, conf: LexerConf) -> None:
        conf.skip_validation = True
        super().__init__(conf)

    def lex(self, state: LexerState, parser_state: Any) -> Iterator[Token]:
        match = self.scanner.match
        # From Lark 1.3 on the state holds a slice of the text, which its scanner is given.
        slice_of_text = state.text
        text: str = getattr(slice_of_text, "text", slice_of_text)
        if "\n" in text:
            yield from super().lex(state, parser_state)
            return
        place = 0
        while place < len(text):
            found = match(slice_of_text, place)
            if found is None:
                state.line_ctr.feed(Token("", text[:place]), test_newline=False)
                self.next_token(state, parser_state)  # raises the error
                return
            value, kind = found
            start, place = place, place + len(value)
            if kind not in self.ignore_types:
                token = Token(kind, value, start, 1, start + 1, 1, place + 1, place)
                state.last_token = self.callback[kind](token) if kind in self.callback else token
                yield state.last_token


class Parser(LALR_Parser):
    """Lark's LALR(1) parser with another driver."""

    def __init__(self, parser_conf: Any, debug: bool = False, strict: bool = False) -> None:
        super().__init__(parser_conf, debug, strict)
        self.parser = _Driver(self._parse_table, parser_conf.callbacks, debug)


PLUGINS = {"LALR_Parser": Parser}
"""What Lark is given beside `Lexer`."""


class _Driver(_Parser):
    """Runs the table; what a token does in a state is (callback, parts, rule's name), or a shift (None, state, "")."""

    def __init__(self, table: Any, callbacks: Any, debug: bool) -> None:
        super().__init__(table, callbacks, debug)
        self._actions = {
            state: {name: self._action(*action) for name, action in row.items()}
            for state, row in table.states.items()
        }
        self._gotos = _Gotos(self._actions)

    def _action(self, kind: Any, arg: Any) -> tuple[Any, Any, str]:
        return (
            (None, arg, "")
            if kind is Shift
            else (self.callbacks[arg], len(arg.expansion), arg.origin.name)
        )

    def parse_from_state(self, state: ParserState[Any], last_token: Token | None = None) -> Any:
        """What the start rule's callback made of the text. Raises Lark's `UnexpectedInput`."""
        actions, gotos, end = self._actions, self._gotos, state.parse_conf.end_state
        states, values = state.state_stack, state.value_stack
        try:
            for token in _ended(state.lexer.lex(state)):
                name = token.type
                while True:
                    row = actions[states[-1]]
                    if name not in row:
                        state.feed_token(token)  # raises the error
                    callback, number, rule = row[name]
                    if callback is None:
                        states.append(number)
                        values.append(token)
                        break
                    first = len(values) - number
                    parts = values[first:]
                    del states[first + 1 :], values[first:]
                    values.append(callback(parts))
                    states.append(gotos[states[-1], rule, name])
                    if states[-1] == end:
                        return values[-1]
        except UnexpectedInput as error:
            error.interactive_parser = InteractiveParser(self, state, state.lexer)
            raise


class _Gotos(dict[tuple[Any, str, str], Any]):
    """The state after a reduction to a rule above a state, and the reductions after it that change nothing."""

    def __init__(self, actions: dict[Any, dict[str, tuple[Any, Any, str]]]) -> None:
        super().__init__()
        self._actions = actions

    def __missing__(self, key: tuple[Any, str, str]) -> Any:
        below, rule, token = key
        state = self._actions[below][rule][1]
        action = self._actions[state].get(token)
        if action is not None and isinstance(action[0], ExpandSingleChild) and action[1] == 1:
            state = self[below, action[2], token]
        self[key] = state
        return state


def _ended(tokens: Iterator[Token]) -> Iterator[Token]:
    token = None
    for token in tokens:
        yield token
    yield Token.new_borrow_pos("$END", "", token) if token else Token("$END", "", 0, 1, 1)

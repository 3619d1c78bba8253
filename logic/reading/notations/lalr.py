"""What Lark's lexer and LALR(1) parser do, in less time.

The grammar, its tables and its errors stay Lark's. A text spends most of its time in reductions
that change nothing, from one level of precedence to the next. Where they lead depends on two states
and a token alone, so each chain of them is followed once and kept.
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
    """Lark's basic lexer without its search for colliding terminals.

    That takes longer than all the rest. A text of one line, as most are, is read without counting
    lines.
    """

    __future_interface__ = True

    def __init__(self, conf: LexerConf) -> None:
        conf.skip_validation = True
        super().__init__(conf)

    def lex(self, state: LexerState, parser_state: Any) -> Iterator[Token]:
        patterns = self.scanner._mres
        # From Lark 1.3 on the state holds a slice of the text.
        text: str = getattr(state.text, "text", state.text)
        if "\n" in text or len(patterns) > 1:
            yield from super().lex(state, parser_state)
            return
        end = 0
        # The pattern's own scanner goes from lexeme to lexeme without a call of ours for each.
        for lexeme in iter(patterns[0].scanner(text).match, None):
            start, end = lexeme.span()
            kind = lexeme.lastgroup
            if kind in self.ignore_types:
                continue
            # What Token(…) calls, without its look for a deprecated keyword; positionally, since
            # keywords cost as much again: start, line, column, and their ends.
            token = Token._future_new(
                kind,
                lexeme[0],
                start,
                1,
                start + 1,
                1,
                end + 1,
                end,
            )
            if kind in self.callback:
                token = self.callback[kind](token)
            state.last_token = token
            yield token
        if end < len(text):
            # Lark's own lexer raises the error, once it stands where this one does.
            state.line_ctr.feed(
                Token("", text[:end]),
                test_newline=False,
            )
            self.next_token(state, parser_state)


class Parser(LALR_Parser):
    """Lark's LALR(1) parser with another driver."""

    def __init__(self, parser_conf: Any, debug: bool = False, strict: bool = False) -> None:
        super().__init__(parser_conf, debug, strict)
        self.parser = _Driver(self._parse_table, parser_conf.callbacks, debug)


PLUGINS = {"LALR_Parser": Parser}
"""What Lark is given beside `Lexer`."""


Action = tuple[Any, Any, str]
"""What a token does in a state.

A reduction by a rule is (callback, number of parts, the rule's name), a shift (None, state, ""). It
is a plain tuple, which Python takes apart faster than a named one.
"""
_NO_ACTION: Action = (None, None, "")
Actions = dict[Any, dict[str, Action]]


class _Driver(_Parser):
    """Runs the table."""

    def __init__(self, table: Any, callbacks: Any, debug: bool) -> None:
        super().__init__(table, callbacks, debug)
        self._actions: Actions = {}
        for state, row in table.states.items():
            self._actions[state] = {name: self._action(*entry) for name, entry in row.items()}
        self._gotos = _Gotos(self._actions)

    def _action(self, kind: Any, target: Any) -> Action:
        """An entry of Lark's table: a shift to a state, or a reduction by a rule."""
        if kind is Shift:
            return None, target, ""
        return self.callbacks[target], len(target.expansion), target.origin.name

    def parse_from_state(self, state: ParserState[Any], last_token: Token | None = None) -> Any:
        """What the start rule's callback made of the text. Raises Lark's `UnexpectedInput`."""
        # Local names, since this loop is where reading spends its time.
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
    """The state after a reduction to a rule above a state.

    The reductions after it that change nothing are followed too.
    """

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._actions = actions

    def __missing__(self, key: tuple[Any, str, str]) -> Any:
        below, rule, token = key
        _, state, _ = self._actions[below][rule]
        callback, parts, next_rule = self._actions[state].get(token, _NO_ACTION)
        # One part, and a rule that stands for it: only the state changes.
        if parts == 1 and isinstance(callback, ExpandSingleChild):
            state = self[below, next_rule, token]
        self[key] = state
        return state


def _ended(tokens: Iterator[Token]) -> Iterator[Token]:
    """The tokens and the end of the text, which stands where the last one does."""
    token = None
    for token in tokens:
        yield token
    yield Token.new_borrow_pos("$END", "", token) if token else Token("$END", "", 0, 1, 1)

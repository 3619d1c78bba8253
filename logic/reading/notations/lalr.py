"""What Lark's lexer and LALR(1) parser do, in less time.

The grammar, its tables and its errors stay Lark's. A text spends most of its time in reductions
that change nothing, from one level of precedence to the next. Where they lead depends on two states
and a token alone, so each chain of them is followed once and kept.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

import lark.lexer
from lark import Lark, Token
from lark.common import LexerConf
from lark.exceptions import UnexpectedInput
from lark.lexer import BasicLexer, LexerState, LexerThread
from lark.parse_tree_builder import ExpandSingleChild
from lark.parsers.lalr_analysis import Shift
from lark.parsers.lalr_interactive_parser import InteractiveParser
from lark.parsers.lalr_parser import LALR_Parser, _Parser
from lark.parsers.lalr_parser_state import ParserState

from logic.reading.notations.beginnings import Beginnings


class Lexeme(Token):
    """A token of a text of one line, which knows the rest of its place from where it begins.

    Lark's own sets eight fields, which takes longer than finding the token does. Not to be pickled.
    """

    __slots__ = ()
    start_pos: int
    line = end_line = 1

    @property
    def value(self) -> str:
        return str(self)

    @property
    def column(self) -> int:  # type: ignore[override]
        return self.start_pos + 1

    @property
    def end_pos(self) -> int:  # type: ignore[override]
        return self.start_pos + len(self)

    @property
    def end_column(self) -> int:  # type: ignore[override]
        return self.start_pos + len(self) + 1


_new_lexeme: Callable[[type[Lexeme], str], Lexeme] = str.__new__


_building = threading.RLock()


@contextmanager
def unchecked() -> Iterator[None]:
    """Within it Lark does not look for terminals of its own grammar that collide.

    Where interegular is installed, as it is beside vLLM, Lark does so whenever the first grammar of
    a process is loaded, which takes longer than loading it.
    """
    with _building:
        has_interegular = getattr(lark.lexer, "has_interegular", False)
        lark.lexer.has_interegular = False
        try:
            yield
        finally:
            lark.lexer.has_interegular = has_interegular


class Lexer(BasicLexer):
    """Lark's basic lexer without its search for colliding terminals.

    That takes longer than all the rest. A text of one line, as most are, is read without counting
    lines.
    """

    __future_interface__ = True

    def __init__(self, conf: LexerConf) -> None:
        conf.skip_validation = True
        super().__init__(conf)

    @functools.cached_property
    def _beginnings(self) -> Beginnings:
        scanner = self.scanner
        terminals = [
            (terminal.name, terminal.pattern.to_regexp()) for terminal in scanner.terminals
        ]
        return Beginnings(terminals, scanner._mres[0])

    def lex(self, state: LexerState, parser_state: Any) -> Iterator[Token]:
        # From Lark 1.3 on the state holds a slice of the text.
        text: str = getattr(state.text, "text", state.text)
        if "\n" in text or len(self.scanner._mres) > 1:
            yield from super().lex(state, parser_state)
            return
        beginnings, ignored, callbacks = self._beginnings, self.ignore_types, self.callback
        end, length = 0, len(text)
        while end < length:
            lexeme: Any = beginnings[text[end]](text, end)
            if lexeme is None:
                break
            start, end = lexeme.span()
            kind = lexeme.lastgroup
            if kind in ignored:
                continue
            token: Token = _new_lexeme(Lexeme, lexeme[0])
            token.type = kind
            token.start_pos = start
            if kind in callbacks:
                token = callbacks[kind](token)
            state.last_token = token
            yield token
        if end < length:
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


def parse(lark: Lark, text: str) -> Any:
    """What `lark.parse(text)` gives: straight to the driver, past a look at all of Lark's options."""
    front = lark.parser
    lexer = LexerThread.from_text(front.lexer, text)
    return front.parser.parser.parse(lexer, front.parser_conf.start[0])


Action = tuple[Any, Any, Any]
"""What a token does in a state.

A reduction by a rule is (callback, number of parts, its gotos), a shift (None, state, None). It is
a plain tuple, which Python takes apart faster than a named one.
"""
_NO_ACTION: Action = (None, None, None)
Actions = dict[Any, dict[str, Action]]


class _Driver(_Parser):
    """Runs the table."""

    def __init__(self, table: Any, callbacks: Any, debug: bool) -> None:
        super().__init__(table, callbacks, debug)
        self._actions: Actions = {}
        gotos: dict[tuple[str, str], _Gotos] = {}
        for state, row in table.states.items():
            actions: dict[str, Action] = {}
            for name, (kind, target) in row.items():
                if kind is Shift:
                    actions[name] = (None, target, None)
                    continue
                key = (target.origin.name, name)
                if key not in gotos:
                    gotos[key] = _Gotos(self._actions, *key)
                actions[name] = (self.callbacks[target], len(target.expansion), gotos[key])
            self._actions[state] = actions

    def parse_from_state(self, state: ParserState[Any], last_token: Token | None = None) -> Any:
        """What the start rule's callback made of the text. Raises Lark's `UnexpectedInput`."""
        # Local names, since this loop is where reading spends its time.
        actions, end = self._actions, state.parse_conf.end_state
        states, values = state.state_stack, state.value_stack
        try:
            for token in chain(state.lexer.lex(state), _end(state.lexer)):
                name = token.type
                while True:
                    row = actions[states[-1]]
                    if name not in row:
                        state.feed_token(token)  # raises the error
                    callback, number, gotos = row[name]
                    if callback is None:
                        states.append(number)
                        values.append(token)
                        break
                    first = len(values) - number
                    parts = values[first:]
                    del states[first + 1 :], values[first:]
                    values.append(callback(parts))
                    after = gotos[states[-1]]
                    states.append(after)
                    if after == end:
                        return values[-1]
        except UnexpectedInput as error:
            error.interactive_parser = InteractiveParser(self, state, state.lexer)
            raise


class _Gotos(dict[Any, Any]):
    """The state after a reduction to a rule before a token, by the state below.

    The reductions after it that change nothing are followed too.
    """

    def __init__(self, actions: Actions, rule: str, token: str) -> None:
        super().__init__()
        self._actions, self._rule, self._token = actions, rule, token

    def __missing__(self, below: Any) -> Any:
        _, state, _ = self._actions[below][self._rule]
        callback, parts, gotos = self._actions[state].get(self._token, _NO_ACTION)
        # One part, and a rule that stands for it: only the state changes.
        if parts == 1 and isinstance(callback, ExpandSingleChild):
            state = gotos[below]
        self[below] = state
        return state


def _end(lexer: LexerThread) -> Iterator[Token]:
    """The end of the text, which stands where the last token does."""
    last = lexer.state.last_token
    yield Token.new_borrow_pos("$END", "", last) if last else Token("$END", "", 0, 1, 1)

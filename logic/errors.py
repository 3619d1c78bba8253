"""The exceptions that `logic` raises; every one derives from `LogicError`."""

from __future__ import annotations

from collections.abc import Callable


class LogicError(Exception):
    """Base class of all errors raised by `logic`."""


class ParseError(LogicError):
    """A text that is not a formula.

    Attributes: `text` (what was read), `line` and `column` (1-based), `reason` (one line),
    `expected` (readable token names, may be empty) and `hint` (how to mend a common slip, or None).
    `expected` and `hint` are worked out when first asked for: a training run meets many
    unreadable completions and looks at few of them.
    """

    def __init__(
        self,
        reason: str,
        *,
        text: str,
        line: int = 1,
        column: int = 1,
        expected: Callable[[], list[str]] | None = None,
        hint: Callable[[], str | None] | str | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.text = text
        self.line = line
        self.column = column
        self._expected = expected
        self._hint = hint

    @classmethod
    def at(cls, offset: int, reason: str, *, text: str, hint: str | None = None) -> ParseError:
        """The error at a character of the text, counted from 0."""
        line = text.count("\n", 0, offset) + 1
        # The break before the line has no character where the line is the first: rfind gives -1.
        column = offset - text.rfind("\n", 0, offset)
        return cls(reason, text=text, line=line, column=column, hint=hint)

    @property
    def expected(self) -> list[str]:
        if callable(self._expected):
            self._expected_found = self._expected()
            self._expected = None
        return getattr(self, "_expected_found", [])

    @property
    def hint(self) -> str | None:
        if callable(self._hint):
            self._hint = self._hint()
        return self._hint

    def __str__(self) -> str:
        lines = [f"line {self.line}, column {self.column}: {self.reason}", *self._excerpt()]
        if self.expected:
            lines.append("expected: " + ", ".join(self.expected))
        if self.hint:
            lines.append("hint: " + self.hint)
        return "\n".join(lines)

    def _excerpt(self, width: int = 80) -> list[str]:
        rows = self.text.split("\n", self.line)
        row = rows[self.line - 1] if self.line <= len(rows) else ""
        start = max(0, self.column - 1 - width // 2)
        shown = row[start : start + width]
        return ["  " + shown, "  " + " " * (self.column - 1 - start) + "^"] if shown else []

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (self.reason, self.text, self.line, self.column, self.expected, self.hint)


class UndecidedError(ParseError):
    """An equation of which nothing says whether it joins formulas or terms; another text may."""


class ScopeError(ParseError):
    """A variable that stands after the end of its quantifier's scope; `name` is the variable."""

    name: str = ""


def _restore(
    reason: str, text: str, line: int, column: int, expected: list[str], hint: str | None
) -> ParseError:
    return ParseError(
        reason, text=text, line=line, column=column, expected=lambda: expected, hint=hint
    )


class UnsupportedError(LogicError):
    """A formula that the asked-for notation, domain or judge cannot express.

    Names the node and the notation.
    """


class DomainError(LogicError, ValueError):
    """A domain that cannot be found or loaded, or a formula that breaks a domain's rules; names the rule."""

    def __init__(self, reason: str, *, name: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.name = name
        """The symbol at fault in a formula, by which its place in the text is found."""


class StructureError(LogicError, ValueError):
    """A structure that says too little of a formula's symbols, or says it wrongly."""


def installs(extra: str) -> str:
    """How to install what an extra brings, for messages: from the sources, which is where folalign is."""
    return f"pip install '.[{extra}]' in the folder of folalign's sources"

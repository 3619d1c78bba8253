"""Which names are predicates and which are functions, as far as a text shows it.

Each place says it of the names that stand there: an operand of a connective is a formula, an
argument is a term, and the sides of an equation are of one kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lark import Token

from logic.errors import ParseError, UndecidedError

Key = tuple[str, int]
"""A name and its number of arguments."""
Known = Mapping[Key, bool]
"""Whether names are predicates (or propositions), where that is known."""
NOTHING_KNOWN: Known = {}
Side = bool | Key | None
"""A side of an equation: a name, or a formula (True) or term (False) by its form."""


class Kinds:
    """What a text shows of its names."""

    def __init__(self, known: Known = NOTHING_KNOWN) -> None:
        self._known = known
        self._parents: dict[Key, Key] = {}
        self._said: dict[Key, set[bool]] = {}
        for key, is_formula in known.items():
            self.say(key, is_formula)

    def say(self, key: Key, is_formula: bool) -> None:
        """A name stands where a formula is needed, or a term."""
        self._said.setdefault(self._root(key), set()).add(is_formula)

    def equate(self, left: Side, right: Side) -> None:
        """Two sides are of one kind; each is a name, or a formula (True) or term (False) by its form."""
        for side, other in ((left, right), (right, left)):
            if isinstance(side, bool) and isinstance(other, tuple):
                self.say(other, side)
        if isinstance(left, tuple) and isinstance(right, tuple):
            first, second = self._root(left), self._root(right)
            if first != second:
                self._parents[second] = first
                self._said.setdefault(first, set()).update(self._said.pop(second, ()))

    def said(self, key: Key) -> set[bool]:
        """All that is shown of a name: both where the text takes it in two ways."""
        return self._said.get(self._root(key), set())

    def has_propositions(self) -> bool:
        """Whether a name without arguments is a formula."""
        return any(count == 0 and True in self.said((name, count)) for name, count in self._said)

    def _root(self, key: Key) -> Key:
        while key in self._parents:
            key = self._parents[key]
        return key


class Equations:
    """Decides what equations join.

    `notes` says what was assumed, which is only done where it is `lenient`.
    """

    hint = ""

    def __init__(self, text: str, lenient: bool, known: Known) -> None:
        self.text = text
        self.kinds = Kinds(known)
        self.notes: list[str] = []
        self._lenient = lenient

    def joins_formulas(
        self, sides: Sequence[Side], place: Token, likely: bool | None = None
    ) -> bool:
        """Whether the sides are formulas; `likely` is what they are where nothing says it.

        Raises `ParseError` where they are taken in both ways, and `UndecidedError` where nothing
        tells and none is likely.
        """
        names = [side for side in sides if isinstance(side, tuple)]
        found = self._found(sides, names)
        if len(found) > 1:
            reason = f"{_shown(names) or 'an equation'} as a formula and as a term"
            raise self._error(
                ParseError,
                reason,
                place,
            )
        if found:
            return found.pop()
        if likely is not None:
            return likely
        return self._assumed(names, place)

    def _assumed(self, names: Sequence[Key], place: Token) -> bool:
        """What the sides most likely are, noted where it does not go without saying."""
        likely = _likely(names)
        are_individuals = likely is False and not self._may_be_formulas(names)
        if likely is None or not (self._lenient or are_individuals):
            reason = f"nothing says whether {_shown(names)} are formulas or terms"
            raise self._error(
                UndecidedError,
                reason,
                place,
            )
        are_alone = all(count == 0 for _, count in names)
        if are_alone or not are_individuals:
            kind = "predicates" if likely else "individuals"
            self.notes.append(f"{_shown(names)} taken for {kind}")
        return likely

    def _error(self, kind: type[ParseError], reason: str, place: Token) -> ParseError:
        return kind(
            reason,
            text=self.text,
            line=place.line or 1,
            column=place.column or 1,
            hint=self.hint,
        )

    def _found(self, sides: Sequence[Side], names: Sequence[Key]) -> set[bool]:
        """What the sides are: by the form of one, or else by what is shown of their names."""
        by_form = {side for side in sides if isinstance(side, bool)}
        return by_form or set().union(*map(self.kinds.said, names))

    def _may_be_formulas(self, names: Sequence[Key]) -> bool:
        """Whether names alone may be propositions, or are equated with what may be a formula."""
        if any(count and name[:1].isupper() for name, count in names):
            return True
        return all(count == 0 for _, count in names) and self.kinds.has_propositions()


def _likely(names: Sequence[Key]) -> bool | None:
    """What the sides of an equation most likely are, where nothing says it.

    A name alone is an individual's, and applications whose names all begin with capitals are
    formulas. None where neither is likely.
    """
    if any(count == 0 for _, count in names):
        return False
    return True if names and all(name[:1].isupper() for name, _ in names) else None


def _shown(names: Sequence[Key]) -> str:
    """The names of sides, as a message has them."""
    quoted = [repr(name) for name, _ in names]
    return " and ".join(dict.fromkeys(quoted))

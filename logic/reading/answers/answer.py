"""Raw model output to the formula in it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from logic.errors import ParseError
from logic.language import Language
from logic.languages import language
from logic.reading.answers.marks import BULLET, MAX_HEAD, marked_comments, shortened, without_name
from logic.reading.answers.signs import SIGN, Trust
from logic.reading.escapes import is_undecided
from logic.reading.formula import Reading, read_formula, sign_search
from logic.reading.notations.dialects import check_dialect
from logic.reading.notations.z3script import is_script
from logic.reading.programs import program_line
from logic.reading.propositions import VERDICTS, no_proposition
from logic.symbols import symbols
from logic.syntax import Atom, Formula, Truth

MAX_ATTEMPTS = 24
"""Pieces of one output that are tried as a formula."""
MAX_WHOLE = 2_000
"""A text of several lines is tried as one formula up to this many characters."""

_BRACKETED_WORDS = re.compile(r"[\w'\"”}]\s+\(([^\W\d_]+(?:\s+[^\W\d_]+)+)\)\.?\Z")
_QUOTE_LINE = re.compile(r"\n[ \t]*>\s")
# A dash before another sign of negation is a bullet, or one negation more.
_TWO_NEGATIONS = re.compile(r"\s*[-‐‑‒–—―−﹣－]\s+(?:[¬∼!]|~|\\(?:neg|lnot|sim)(?![a-zA-Z])|not\b)")
_NEGATED_CONJECTURE = re.compile(r"\b(?:fof|cnf|tff|thf)\s*\([^,()]*,\s*negated_conjecture\b")
_RULE_LINE = re.compile(r"(?:\A|\n)[ \t]*---")
# `P(a) | T` is a row of a table, whatever T is.
_ROW = re.compile(
    r"(?<!\|)\|\s*(?:T|F|[Tt]rue|[Ff]alse|[Yy]es|[Nn]o|OK|ok|[\d.]+%?|[✓✔✅❌✗✘]"
    r"|(?:[Ii]n)?(?:[Cc]orrect|[Vv]alid)|[Ww]rong|[Rr]ight)\s*(?:\||\Z)"
    r"|\A(?=[^\n(]*\b(?i:fol|formula|translation|answer|logic)\b)[\w #./*-]*\|[\w #./*|-]*\n"
    r"|\A\s*(?:T|F|[Tt]rue|[Ff]alse|[Yy]es|[Nn]o|\d+)\s*\|(?!\|)"
)
_GLOSS = re.compile(r"\s+:::\s")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found in a model's output.

    `text` is the part taken for the formula, `repairs` what was changed to read it, `error` why
    nothing could be read, and `idle` the quantifiers that bind nothing, as `∀x`: they change no
    meaning, and tell of a slip.
    """

    text: str
    formula: Formula | None = None
    repairs: tuple[str, ...] = ()
    error: ParseError | None = None
    idle: tuple[str, ...] = ()

    def refuse_repairs(self) -> None:
        """Raises `ParseError` where something was changed to read the formula."""
        if self.repairs:
            changed = "; ".join(self.repairs)
            reason = f"a formula only with a repair: {changed}"
            raise ParseError(reason, text=self.text, hint=f"it would be {self.formula}")

    def unrepaired(self) -> Answer:
        """The answer, as one that cannot be read where something was changed to read it."""
        try:
            self.refuse_repairs()
        except ParseError as error:
            return Answer(self.text, error=error)
        return self


def read_answer(text: str, *, domain: str = "fol", dialect: str | None = None) -> Answer:
    """Find the formula in raw model output; never raises on any str.

    The whole text is tried first. Otherwise thinking (`<think>…</think>`) is dropped and the
    formula is the one after the last answer marker: `<answer>`, `\\boxed{…}`, or a line with "FOL",
    "formula", "answer", "translation", "output", "result" or "conclusion" and then a colon (or "is"
    and a formula). Without a marker it is the last fenced block that holds a formula, then the last
    line that is a complete formula (bullets, numbers, bold and quotes taken off), then the last
    `$…$` or inline code, then a formula inside a sentence. A closed formula is preferred to an open
    one. An explanation before or after it is cut off. What goes on in the lines or signs around it,
    or is denied, restricted or conditioned by the prose beside it, is not taken. A dash before a
    formula is a negation, unless the items beside it show that it is a bullet; where nothing tells,
    nothing is read. A bare word is a formula after a marker only, and a text without any sign of a
    formula (a symbol, a quantifier, a name right before a bracket) is none, unless it is one in a
    domain's words, written as the domain writes it: `always Rains`.

    What was changed is reported in `repairs`: a closing or an opening bracket added or removed, one
    of each added around all, `∧` for a comma (one of these), a scope widened to a variable behind it, or free
    variables, which stay free in the formula. `error` says what failed where nothing could be
    read. Time is linear in the length of the text, and of long texts only `MAX_HEAD` characters at
    the beginning and `MAX_TAIL` at the end are looked at.
    `dialect` names the notation where it is known; its conventions then hold, as for `logic.parse`.
    Raises `ValueError` for an unknown domain or dialect.
    """
    check_dialect(dialect)
    return find_formula(text, language(domain), dialect=dialect)


def find_formula(text: str, language: Language, *, dialect: str | None = None) -> Answer:
    """`read_answer` in a language that is at hand."""
    search = _Search(language, dialect)
    text, is_cut = shortened(text, MAX_WHOLE)
    search.has_reason = is_cut  # what stands beside a formula is looked for in a whole text only
    if "<!--" in text:
        marked = marked_comments(text)
        if marked is None:
            return _open_comment(text[:MAX_HEAD])
        text = marked
    bare = text.strip()
    if not _is_wrapped(bare):
        # What begins with a formula may go on to a better one, so that of a text of several lines
        # only all of it is tried.
        bare = without_name(bare)
        whole = search.whole(bare) if "\n" in bare else search.attempt(bare, Trust.WHOLE)
        if whole is not None and (not whole.repairs or whole.text == bare):
            return whole
    # Here, as below: most texts are a formula alone, and what finds it in others takes long to load.
    from logic.reading.answers.pieces import tiers
    from logic.reading.files.statements import without_other_statements

    text, is_file = without_other_statements(text)
    of_whole, search.error = search.error, None
    for trust, pieces in tiers(text):
        usable = trust is Trust.MARKED or not is_cut
        answer = search.best(pieces, trust) if usable else None
        if answer is not None:
            return answer
        if trust is Trust.MARKED and search.error is not None:
            search.has_reason = True
    search.error = search.error or of_whole
    return _without_formula(bare[:MAX_HEAD], search, is_file=is_file)


def _without_formula(shown: str, search: _Search, *, is_file: bool) -> Answer:
    """The answer for a text of which no part was taken, with the error that says most."""
    from logic.reading.answers.refusals import refusal

    if is_file:
        hint = "logic.read_story reads all of a file"
        return Answer(shown, error=ParseError("several formulas", text=shown, hint=hint))
    # What is wrong in the part that should have been the formula says more than what is of the whole.
    error = search.error or ParseError("no formula in the text", text=shown)
    if not search.has_reason:
        error = refusal(shown, search.is_formula) or error
    return Answer(shown, error=error)


def _is_wrapped(text: str) -> bool:
    """Whether a text is one item of a list, stands between quotes, or is a script."""
    return bool(BULLET.match(text)) or text[:1] in ("'", '"') or is_script(text)


def _open_comment(shown: str) -> Answer:
    reason = "a comment (<!--) that is not closed"
    return Answer(shown, error=ParseError(reason, text=shown, hint="close it, or leave it out"))


def exact_answer(text: str, language: Language, dialect: str | None) -> Answer:
    """All of a text as the answer, where it is known to be a formula and nothing else."""
    try:
        reading = read_formula(text, language, dialect=dialect, lenient=True)
    except ParseError as error:
        return Answer(text, error=error)
    return answer_of(text, reading)


def answer_of(text: str, reading: Reading) -> Answer:
    """A text that has been read as an answer, with what is to be told of the reading."""
    idle: tuple[str, ...] = ()
    if reading.idle:
        idle = tuple([sign for sign, _ in reading.idle])
    return Answer(text, reading.formula, tuple(_notes(reading)), idle=idle)


class _Search:
    """Tries pieces of one output, within a fixed number of attempts."""

    def __init__(self, language: Language, dialect: str | None = None) -> None:
        self.language = language
        self.dialect = dialect
        self.signed = sign_search(language, _prefix_sign() if dialect == "smtlib" else SIGN)
        self.attempts = 0
        self.error: ParseError | None = None
        self.has_reason = False
        """Whether the error is of the piece that should have been the formula, or that of a rule."""
        self.readings: dict[str, Reading | ParseError] = {}
        self.answers: dict[tuple[str, Trust], Answer | None] = {}

    def best(self, pieces: Iterable[str], trust: Trust) -> Answer | None:
        """The first closed formula, else the first open or widened one, else a repaired one."""
        fallback: Answer | None = None
        tried: list[str] = []
        for piece in pieces:
            answer = self.attempt(piece, trust)
            if answer is not None and not answer.repairs:
                return answer
            fallback = fallback or answer
            tried.append(piece)
        if fallback is not None:
            return fallback
        for piece in tried[:3]:
            answer = self.repaired(piece, trust)
            if answer is not None:
                return answer
        return None

    def attempt(self, piece: str, trust: Trust) -> Answer | None:
        """The formula that a piece is, or that it begins with where an explanation follows."""
        key = (piece, trust)
        if key not in self.answers:
            self.answers[key] = self._attempt(piece, trust)
        return self.answers[key]

    def whole(self, text: str) -> Answer | None:
        """The formula that a whole text of several lines is."""
        if len(text) >= MAX_WHOLE or not self.signed(text):
            return None
        reading = self.read(text)
        return (
            None if isinstance(reading, ParseError) else self.accepted(text, reading, Trust.WHOLE)
        )

    def _attempt(self, piece: str, trust: Trust) -> Answer | None:
        for number_cut in range(4):
            if not piece or not (trust is Trust.MARKED or self.signed(piece)):
                return self._in_words(piece) if trust is Trust.WHOLE else None
            reading = self.read(piece)
            if not isinstance(reading, ParseError):
                return self.accepted(piece, reading, trust)
            from logic.reading.answers.repairs import without_explanation

            shorter = without_explanation(piece, reading)
            if shorter is None:
                # What is wrong in the formula says more than where its explanation began.
                self.error = reading if number_cut else self.error
                return None
            piece = shorter
        return None

    def _in_words(self, text: str) -> Answer | None:
        """A whole text without any sign that is a formula of a domain's words, as `always Rains`.

        It is one if the domain writes it just so: prose hardly ever reads so.
        """
        if not self.language.reserved_words & set(text.split()):
            return None
        reading = self.read(text)
        if isinstance(reading, ParseError):
            return None
        written = str(reading.formula)
        if written != text:
            hint = f"as a formula it is written {written}"
            self.error = ParseError("words that may be prose", text=text, hint=hint)
            self.has_reason = True
            return None
        return answer_of(text, reading)

    def read(self, piece: str) -> Reading | ParseError:
        """What a piece says as a formula; remembered, and refused after `MAX_ATTEMPTS`."""
        if piece in self.readings:
            return self.readings[piece]
        reason = _not_alone(piece)
        if reason is not None:
            error = ParseError(reason, text=piece)
            self.error = self.error or error
            self.has_reason = True
            return error
        self.attempts += 1
        if self.attempts > MAX_ATTEMPTS:
            return ParseError("no formula in the text", text=piece)
        reading: Reading | ParseError
        try:
            reading = read_formula(piece, self.language, dialect=self.dialect, lenient=True)
        except ParseError as error:
            self.error = self.error or error
            reading = error
        self.readings[piece] = reading
        return reading

    def is_formula(self, piece: str) -> bool:
        """Whether a piece alone is a closed formula."""
        reading = self.read(piece)
        if isinstance(reading, ParseError) or reading.free:
            return False
        return _no_formula(piece, reading) is None

    def accepted(self, piece: str, reading: Reading, trust: Trust) -> Answer | None:
        """The answer that a reading gives, unless the piece is a word or prose."""
        if trust is Trust.PART and reading.free:
            return None
        has_blank_last = piece.rfind(" ") > piece.rfind("(")  # as few pieces have
        if has_blank_last and _is_applied_to_words(piece, reading.formula):
            return None  # `b = b (it says so)`: read as b applied to one name of three words
        if reading.idle and any(in_words for _, in_words in reading.idle):
            return None  # "All dogs (bark)": a quantifier word that binds nothing is prose
        if (reason := _no_formula(piece, reading)) is not None:
            self.error = ParseError(reason, text=piece)
            self.has_reason = True
            return None
        is_word = isinstance(reading.formula, (Atom, Truth)) and not reading.formula.children()
        if is_word and not (trust is Trust.MARKED and _may_answer(piece, str(reading.formula))):
            return None
        return answer_of(piece, reading)

    def repaired(self, piece: str, trust: Trust) -> Answer | None:
        """The formula that one small change makes of a piece, its gloss left out, where no other one does."""
        piece = _GLOSS.split(piece, maxsplit=1)[0]
        if not self.signed(piece):
            return None
        error = self.read(piece)
        if not isinstance(error, ParseError):
            return None
        from logic.reading.answers.repairs import is_certain, repairs, same_meaning

        found: Answer | None = None
        for note, changed in repairs(piece, error, is_whole=trust is not Trust.PART):
            try:
                reading = read_formula(changed, self.language, dialect=self.dialect, lenient=True)
            except ParseError:
                continue
            if not is_certain(reading):
                continue
            answer = self.accepted(changed, reading, trust)
            if answer is None:
                return None
            if found and not same_meaning(found.formula, answer.formula):
                return None  # `P(a) ∨ Q(b)) ∧ R(c)`: nothing tells where the bracket was opened
            found = found or Answer(changed, answer.formula, (note, *_notes(reading)))
        return found


def _no_formula(piece: str, reading: Reading) -> str | None:
    """Why what was read is rather a line of a program, or has words of the answer in it."""
    reason = program_line(piece, reading.formula)
    if reason is None and reading.bare:
        reason = no_proposition(piece, reading.formula, reading.bare)
    return reason


def _not_alone(piece: str) -> str | None:
    """Why a piece is more than a formula, by a mark at the beginning of a line or between its parts."""
    if is_undecided(piece):
        return "a line break before 'exists', or \\nexists with one backslash"
    if "<!--" in piece:
        return "'<!--' begins a comment"
    if "\n" in piece and _QUOTE_LINE.search(piece):
        return "'>' begins a line: a quotation or a sign"
    if "|" in piece and _ROW.search(piece):
        return "'|' parts a formula from a verdict, as in a table"
    if "---" in piece and _RULE_LINE.search(piece):
        return "'---' begins a line: a rule or negations"
    if "negated_conjecture" in piece and _NEGATED_CONJECTURE.search(piece):
        return "the negation of a conjecture"
    if _TWO_NEGATIONS.match(piece):
        return "the dash may be a bullet or a negation"
    return None


def _is_applied_to_words(piece: str, formula: Formula) -> bool:
    """Whether a remark in brackets at the end was read as one name, as the argument of what is before it."""
    bracketed = _BRACKETED_WORDS.search(piece)
    if bracketed is None:
        return False
    words = " ".join(bracketed[1].split())
    return any(name == words for _, name, _ in symbols(formula))


def _may_answer(word: str, name: str) -> bool:
    """Whether a word behind a marker may be a proposition: no quotation, no verdict, no number."""
    plain = name.strip(" .'\"").lower()
    if plain in VERDICTS or plain.isdigit():
        return False
    is_quotation = word[0] in "'\"" and not word.strip(" .'\"").isidentifier()
    return not is_quotation and word.strip(" .").lower() not in VERDICTS


@functools.cache
def _prefix_sign() -> re.Pattern[str]:
    """A sign of a formula in prefix notation, as a bracket is."""
    return re.compile(rf"\A\s*\(|{SIGN.pattern}", SIGN.flags)


def _notes(reading: Reading) -> list[str]:
    """What is to be reported of a reading."""
    notes = [f"scope of {' and '.join(reading.widened)} widened"] if reading.widened else []
    if reading.wide_dots:
        notes.append("a quantifier with a dot reaches as far as it can")
    if reading.overloaded:
        notes.append(f"{' and '.join(reading.overloaded)} with two numbers of arguments")
    notes.extend(reading.notes)
    if reading.free:
        plural = "s" if len(reading.free) > 1 else ""
        notes.append(f"free variable{plural} {', '.join(reading.free)}")
    return notes

"""Which notation a text is in, and the reader for it."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from logic import syntax as S
from logic.errors import ParseError
from logic.language import Language
from logic.reading.notations import nltk, tptp
from logic.reading.notations.conventions import (
    CORE,
    LITERAL,
    PROVER9,
    TEXTBOOK,
    Conventions,
    textbook_signs,
)
from logic.reading.notations.equations.kinds import NOTHING_KNOWN, Known
from logic.reading.notations.prolog import clauses, goals
from logic.reading.notations.provers import prover9
from logic.reading.raw import MAX_DEPTH, Raw, TooDeepError, nodes, position
from logic.spelling import normalise

DIALECTS = (
    "unicode",
    "ascii",
    "words",
    "latex",
    "prover9",
    "nltk",
    "tptp",
    "prolog",
    "smtlib",
    "z3py",
    "textbook",
)
"""The notations that `logic.parse` reads and `logic.to_text` writes."""

_JOINING = r"\s*+(?:[∧∨⊕→↔⇒⇔=≠≤≥<>&/\\]|!=|->|\|[|\s]|(?:and|or|xor|iff|implies)\s)"  # so `(assert ∧ P)` is no command
_SMTLIB = re.compile(
    rf"\s*+\(\s*+(?:(?:assert|declare-\w++|set-\w++|check-sat)(?![\w(]|{_JOINING})|(?:forall|exists)\s*+\(\s*+[(?]"
    r"|(?:=>|and|or|xor|=|distinct)\s|not\s*+\(\s*+(?:(?:=>|and|or|xor|=|distinct|not)\s|(?:forall|exists)\s*+\(\s*+\())"
)
_SMTLIB_NOT = re.compile(r"\s*+\(\s*+not\s*+\(")
_Z3PY = re.compile(
    r"\s*+(?:z3\.)?(?:(?:ForAll|Exists)\s*+\(\s*+(?:\[|\w++\s*+,)|(?:And|Or|Not|Implies|Xor)\s*+\(\s*+\[?\s*+(?:\w++\s*+\(|[A-Z]\w*+\s*+[,)\]])"
    r"|(?:Implies|Xor)\s*+\(\s*+\w++\s*+,"
    r"|(?:BoolVal)\(|At(?:Most|Least)\((?:\s*+\w++\([^()]*+\)\s*+,){2,}+\s*+\d++\s*+\)\s*+\Z)"
)
_Z3PY_INSIDE = re.compile(
    r"\b(?:z3\.)?(?:(?:And|Or|Not|Implies|Xor)\(\s*+\[?\s*+(?:z3\.)?\w++\("
    r"|(?:ForAll|Forall|Exists)\(\s*+(?:\[|\w++\s*+,\s*+(?:z3\.)?\w++\())"
)
_QUOTED = re.compile(r"(?<!\w)'(?:[^'\\\n]|\\.)*+'|\"(?:[^\"\\\n]|\\.)*+\"")
_WORD_DOT = re.compile(r"\b(?:all|exists?|some)\s+\w+(?:\s+\w+)*\s*\.")
_WORD_DOT_BRACKET = re.compile(r"\b(?:all|exists?|some)\s+\w+(?:\s+\w+)*\s*\.\s*\(")
_BRACKET = re.compile(r"[()]")
_ENDS = re.compile(r"[\s.]*(?:\)|\Z)")
_LATEX_SIGN = re.compile(
    r"\\(?:forall|n?exists|neg|lnot|land|lor|wedge|vee|to|implies|iff|equiv|supset|oplus|veebar"
    r"|[A-Za-z]*arrow)(?![A-Za-z])"
)
_LATEX_NEGATION = re.compile(r"\\(?:neg|lnot)(?![A-Za-z])")
_BEFORE_TIE = re.compile(r"(?P<command>\\[A-Za-z]+)\Z|[\w)\]}']\Z")
_GLUED = re.compile(r"(?<=\S)~(?=\S)")
_CORE_SIGN = re.compile(r"[∀∃∧∨¬→↔⊕⇒⇔]|->")
_STATEMENTS = ("thf(", "tcf(", "include(", "thf (")
_STATEMENT = re.compile(
    r"""
      \w+\.add\( (?= \s*\w+\( )
    | \A(?:thf|tcf)\s*\(\s*\w+\s*,\s* (?: axiom | hypothesis | definition | assumption | lemma | theorem
        | conjecture | negated_conjecture | plain | type ) \s*,
    | \Ainclude\(\s*'[^'\n]*\.(?:ax|p)'
    """,
    re.VERBOSE,
)
# `!∃x` may be ¬∃x or a slip of ∃!x, and so may `∃x!` be: nothing tells.
_STRAY_MARK = re.compile(
    r"""
      ! (?: [∀∃∄] | \\(?:forall|n?exists)(?![A-Za-z]) )
    | (?: [∀∃∄] | \\(?:forall|n?exists)(?![A-Za-z])
        | \b(?i: for\s?all | there\sexists? | exists? | all | some )\b )
      [\s\\,]*+ \w++ ! (?!=)
    """,
    re.VERBOSE,
)


def detect(text: str) -> str:
    """`smtlib`, `z3py` or `unicode`, which stands for all notations of the core grammar."""
    start = text[:100]
    if "(" in start:
        if _SMTLIB.match(start):
            return "smtlib"
        # Most texts have a sign of the core, which is found sooner than a name of Z3's is missed.
        if not _CORE_SIGN.search(text) and (_Z3PY.match(start) or _has_z3py(text)):
            return "z3py"
    return "unicode"


def _has_z3py(text: str) -> bool:
    """Whether something of Z3's Python stands in a text, and not in a name between quotes."""
    if "'" in text or '"' in text:
        text = _QUOTED.sub("''", text)
    return _Z3PY_INSIDE.search(text) is not None


def _without_quoted(text: str) -> str:
    """The text with blanks in the place of names between quotes, which hold no signs."""
    if "'" not in text and '"' not in text:
        return text
    return _QUOTED.sub(lambda quote: " " * len(quote[0]), text)


def latex_ties(text: str, *, certain: bool = False) -> str:
    """The text with LaTeX's ties as blanks, where it is LaTeX; `~` is a negation elsewhere.

    A `~` glued to the end of a term or formula can only be a tie. Where one is, or where the
    notation is `certain`, those glued to an operator are ties too. Raises `ParseError` for any
    other `~` beside LaTeX's commands: models write it for a negation as well. Names between quotes
    stay as they are.
    """
    names = list(_QUOTED.finditer(text))
    if not names:
        return _latex_ties(text, certain)
    plain = _latex_ties(_QUOTED.sub(lambda name: "q" * len(name[0]), text), certain)
    for name in names:  # every change above is as long as what it changes
        plain = plain[: name.start()] + name[0] + plain[name.end() :]
    return plain


def _latex_ties(text: str, certain: bool) -> str:
    if certain:
        return text.replace("~", " ")
    if not _LATEX_SIGN.search(text):
        return text
    if _LATEX_NEGATION.search(text) and not text.lstrip().startswith("~"):
        return text.replace("~", " ")  # whoever writes \\neg writes no ~ for it
    if any(_is_tie(text, match.start()) for match in _GLUED.finditer(text)):
        text = _GLUED.sub(" ", text)
    place = text.find("~")
    if place < 0:
        return text
    raise ParseError(
        "'~' is a blank in LaTeX and a negation elsewhere",
        text=text,
        line=text.count("\n", 0, place) + 1,
        column=place - text.rfind("\n", 0, place),
        hint="write \\neg for a negation",
    )


def _is_tie(text: str, place: int) -> bool:
    """Whether no negation can stand here: after a term, a closing bracket or a quantifier's sign."""
    before = _BEFORE_TIE.search(text, max(0, place - 40), place)
    if before is None:
        return False
    command = before["command"]
    return command is None or command in ("\\forall", "\\exists", "\\nexists")


class Parsed(NamedTuple):
    """A text as it was read (look-alike characters made plain), its raw nodes, and its conventions.

    `wide_dots` says that a dot could also have ended the reach of a quantifier sooner, and that
    nothing in the text decides.
    """

    text: str
    raw: Raw
    conventions: Conventions = CORE
    wide_dots: bool = False
    check: Callable[[S.Formula], None] | None = None
    """What else the notation asks of the formula: the sorts that SMT-LIB declares. Raises `ParseError`."""
    notes: tuple[str, ...] = ()
    """What was taken in one of two ways, and is to be reported."""
    is_assumed: bool = False
    """Whether a name was taken for a predicate or a function without anything that shows it."""


def read(
    text: str,
    dialect: str | None,
    language: Language,
    *,
    lenient: bool = False,
    known: Known = NOTHING_KNOWN,
) -> Parsed:
    """The raw nodes of a text in the dialect asked for, or in the one that the text is in.

    `known` says which names are predicates and which functions where the text does not, and
    `lenient` takes what is still open in the likelier way, as `notes` then say. Raises
    `ParseError`, and `ValueError` for an unknown dialect.
    """
    check_dialect(dialect)
    notation = dialect or detect(text)
    if notation == "smtlib":
        return _read_smtlib(text, language, lenient, known)
    if notation == "z3py":
        return _read_z3py(text, lenient, known)
    plain = normalise(text)
    if "!" in plain:
        _refuse_stray_mark(plain)
    if "~" in plain and "\\" in plain:
        plain = latex_ties(plain, certain=dialect == "latex")
    if dialect == "tptp" or (dialect is None and tptp.is_tptp(plain)):
        return _read_tptp(plain, language, strict=dialect == "tptp")
    if dialect == "prolog" or ":-" in plain:
        return _read_prolog(plain, language, strict=dialect == "prolog")
    if dialect is None and _SMTLIB_NOT.match(text):
        return _read_either(text, plain, language, lenient, known)
    return _read_core(plain, dialect, language)


def _read_either(text: str, plain: str, language: Language, lenient: bool, known: Known) -> Parsed:
    """`(not (P a))` is SMT-LIB, `(not (P(a) and Q(b)))` is not; the error of the likelier reading is raised."""
    try:
        return _read_core(plain, None, language)
    except ParseError as error:
        try:
            return _read_smtlib(
                text,
                language,
                lenient,
                known,
            )
        except ParseError:
            raise error from None


def _read_core(text: str, dialect: str | None, language: Language) -> Parsed:
    """The core's notation, with what of it may mean something else refused or noted."""
    _refuse_statement(text)
    parsed = _read_dots(text, dialect, language)
    if "==" in text:
        _refuse_joined(text, parsed.raw)
    return _noted(text, parsed)


def _noted(text: str, parsed: Parsed) -> Parsed:
    """What was read in the core's notation, with what of it belongs to logic programs."""
    if "\\+" in text:
        return parsed._replace(notes=(clauses.NEGATION_NOTE,))
    if "←" in text or "⇐" in text or "\\" in text:
        clauses.check_arrow(text, parsed.raw)
    return parsed


def _refuse_statement(text: str) -> None:
    """Raises `ParseError` for what states something in another notation and would read as an atom here."""
    if ".add(" in text or text.startswith(_STATEMENTS):
        statement = _STATEMENT.search(text)
        if statement is not None:
            raise ParseError.at(statement.start(), f"{statement[0]!r} is no formula", text=text)


def _refuse_stray_mark(text: str) -> None:
    """Raises `ParseError` for a `!` glued to a quantifier where ∃! has none."""
    stray = _STRAY_MARK.search(_without_quoted(text))
    if stray is not None:
        hint = "write ¬ for a negation, with a blank, and ∃!x for exactly one"
        raise ParseError.at(stray.start(), f"{stray[0]!r} may be ¬ or ∃!", text=text, hint=hint)


def _read_prolog(text: str, language: Language, *, strict: bool) -> Parsed:
    """A clause of Prolog; `strict` where it was asked for: a fact is closed too, and other signs are refused."""
    if not strict and not clauses.is_rule(text):
        return Parsed(text, language.read(text))
    is_query = strict and clauses.is_query(text)
    if is_query:
        text = text.replace("?-", "  ", 1)
    text, notes = clauses.plain(text, strict=strict)
    raw = language.read(text)
    is_rule = raw[0] == "rule"
    if not (strict or is_rule):
        return Parsed(text, raw)
    try:
        if is_query and not is_rule:
            raw = goals.query(text, raw)
        else:
            clause = raw if is_rule else ("rule", raw[1] + 1, raw, None)
            raw = goals.interpreted(text, clause)
    except TooDeepError:
        raise ParseError(f"nested more than {MAX_DEPTH} levels deep", text=text) from None
    return Parsed(text, raw, notes=tuple(notes))


def _read_z3py(text: str, lenient: bool, known: Known) -> Parsed:
    from logic.reading.notations import z3py  # here and below: few texts are in these notations

    raw, notes = z3py.read(text, lenient=lenient, known=known)
    return Parsed(text, raw, LITERAL, notes=notes, is_assumed=bool(notes))


def _refuse_joined(text: str, raw: Any) -> None:
    """Raises `ParseError` for `==` between two applications: nothing says that these are terms."""
    for node in nodes(raw):
        if (
            node[0] == "relation"
            and node[2] == "=="
            and _is_applied(node[3])
            and _is_applied(node[4])
        ):
            line, column = position(node[2])
            raise ParseError(
                "'==' may join formulas or terms",
                text=text,
                line=line,
                column=column,
                hint="write ↔ between formulas and = between terms",
            )


def _is_applied(raw: Raw) -> bool:
    return raw[0] == "application" and bool(raw[3])


def _read_tptp(text: str, language: Language, *, strict: bool) -> Parsed:
    """A text in TPTP; where it was asked for, `strict` refuses what the standard does not allow."""
    if strict:
        text = tptp.checked(text)
    raw = language.read(tptp.plain(text))
    if strict:
        tptp.check_names(text, raw)
    return Parsed(text, raw, tptp.conventions(text))


def _read_smtlib(text: str, language: Language, lenient: bool, known: Known) -> Parsed:
    from logic.reading.notations import smtlib

    script = smtlib.read(text, language.constructs, lenient=lenient, known=known)
    check = functools.partial(smtlib.check_sorts, text, script.declared, language)
    return Parsed(
        text,
        script.raw,
        LITERAL,
        check=check if script.declared else None,
        notes=script.notes,
        is_assumed=bool(script.notes),
    )


def check_dialect(dialect: str | None) -> None:
    """Raises `ValueError` for a notation that there is not."""
    if dialect is not None and dialect not in DIALECTS:
        raise ValueError(f"unknown dialect {dialect!r}; allowed: {', '.join(DIALECTS)}")


def _read_dots(text: str, dialect: str | None, language: Language) -> Parsed:
    """The core notation, a dotted quantifier reaching as far as the notation says.

    In NLTK's and Prover9's notation it reaches over the next part only (`exists x.P(x) -> Q` is
    (∃x P(x)) → Q), elsewhere as far as it can. The words `all` and `exists` with a dot may be
    either; a body in brackets that a wide dot would not need shows that it is NLTK's.
    """
    if dialect == "textbook":
        plain = textbook_signs(text)
        return Parsed(plain, language.read(plain), TEXTBOOK)
    conventions = PROVER9 if dialect == "prover9" else CORE
    if dialect == "nltk":
        text = nltk.grouped(text)
        raw = language.read(text, wide=False)
        nltk.check(text, raw)
        return Parsed(text, raw, conventions)
    if dialect == "prover9":
        text = prover9.plain(text)
        return Parsed(text, language.read(text, wide=False), conventions)
    wide = language.read(text)
    if dialect is not None or "." not in text or not _WORD_DOT.search(text):
        return Parsed(text, wide)
    narrow = language.read(text, wide=False)
    if _structure(narrow) == _structure(wide):
        return Parsed(text, wide)
    if any(_is_redundant(text, match.end() - 1) for match in _WORD_DOT_BRACKET.finditer(text)):
        return Parsed(text, narrow)
    return Parsed(text, wide, wide_dots=True)


def _structure(raw: Any) -> Any:
    """A raw node with its tokens as plain text: their types say how a dot was taken."""
    if isinstance(raw, str):
        return str(raw)
    if isinstance(raw, (tuple, list)):
        return [_structure(part) for part in raw]
    return raw


def _is_redundant(text: str, opening: int) -> bool:
    """Whether the bracket at a place closes where its surroundings close too."""
    depth = 0
    for mark in _BRACKET.finditer(text, opening):
        depth += 1 if mark[0] == "(" else -1
        if depth == 0:
            return _ENDS.match(text, mark.end()) is not None
    return False

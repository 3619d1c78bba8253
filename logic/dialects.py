"""Which notation a text is in, and the reader for it."""

from __future__ import annotations

import re

from logic import smtlib, z3py
from logic.builder import Raw
from logic.errors import ParseError
from logic.language import Language
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
)
"""The notations that `logic.parse` reads and `logic.to_text` writes."""

_SMTLIB = re.compile(
    r"\s*+\(\s*+(?:(?:assert|declare-\w++|set-\w++|check-sat)(?![\w(])|(?:forall|exists)\s*+\(\s*+\("
    r"|(?:=>|and|or|xor|=|distinct)\s|not\s*+\(\s*+(?:(?:=>|and|or|xor|=|distinct|not)\s|(?:forall|exists)\s*+\(\s*+\())"
)
_SMTLIB_NOT = re.compile(r"\s*+\(\s*+not\s*+\(")
_Z3PY = re.compile(
    r"\s*+(?:z3\.)?(?:(?:ForAll|Exists)\s*+\(\s*+(?:\[|\w++\s*+,)|(?:And|Or|Not|Implies|Xor)\s*+\(\s*+\[?\s*+\w++\s*+\("
    r"|(?:BoolVal)\()"
)
_Z3PY_INSIDE = re.compile(
    r"\b(?:z3\.)?(?:(?:And|Or|Not|Implies|Xor)\(\s*+\[?\s*+(?:z3\.)?\w++\("
    r"|(?:ForAll|Forall|Exists)\(\s*+(?:\[|\w++\s*+,\s*+(?:z3\.)?\w++\())"
)
_LATEX_SIGN = re.compile(
    r"\\(?:forall|n?exists|neg|lnot|land|lor|wedge|vee|to|implies|iff|equiv|supset|oplus|veebar"
    r"|[A-Za-z]*arrow)(?![A-Za-z])"
)
_BEFORE_TIE = re.compile(r"(?P<command>\\[A-Za-z]+)\Z|[\w)\]}']\Z")
_GLUED = re.compile(r"(?<=\S)~(?=\S)")
_CORE_SIGN = re.compile(r"[∀∃∧∨¬→↔⊕⇒⇔&|~]|->")


def detect(text: str) -> str:
    """`smtlib`, `z3py` or `unicode`, which stands for all notations of the core grammar."""
    start = text[:100]
    if "(" in start:
        if _SMTLIB.match(start):
            return "smtlib"
        is_z3py = _Z3PY.match(start) or _Z3PY_INSIDE.search(text)
        if is_z3py and not _CORE_SIGN.search(text):
            return "z3py"
    return "unicode"


def latex_ties(text: str, *, certain: bool = False) -> str:
    """The text with LaTeX's ties as blanks, where it is LaTeX; `~` is a negation elsewhere.

    A `~` glued to the end of a term or formula can only be a tie. Where one is, or where the
    notation is `certain`, those glued to an operator are ties too. Raises `ParseError` for any
    other `~` beside LaTeX's commands: models write it for a negation as well.
    """
    if certain:
        return text.replace("~", " ")
    if not _LATEX_SIGN.search(text):
        return text
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


def read(text: str, dialect: str | None, language: Language) -> tuple[str, Raw, bool]:
    """The text as it was read (look-alike characters made plain), its raw nodes, and whether names are literal.

    Raises `ParseError`, and `ValueError` for an unknown dialect.
    """
    if dialect is not None and dialect not in DIALECTS:
        raise ValueError(f"unknown dialect {dialect!r}; allowed: {', '.join(DIALECTS)}")
    found = dialect or detect(text)
    if found == "smtlib":
        return text, smtlib.read(text), True
    if found == "z3py":
        return text, z3py.read(text), True
    plain = normalise(text)
    if "~" in plain and "\\" in plain:
        plain = latex_ties(plain, certain=dialect == "latex")
    try:
        raw = language.read(plain, wide=dialect != "nltk")
    except ParseError as error:
        if dialect is not None or not _SMTLIB_NOT.match(text):
            raise
        # `(not (P a))` is SMT-LIB, `(not (P(a) and Q(b)))` is not; the error of the likelier reading is reported.
        try:
            return text, smtlib.read(text), True
        except ParseError:
            raise error from None
    if dialect == "prolog" and raw[0] != "rule":
        raw = ("rule", raw[1] + 1, raw, None)
    return plain, raw, False

"""The infix notations as tables: the signs of each, and which names it can hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from logic import syntax as S
from logic.spelling import LOOKS_VARIABLE, may_be_reserved, normalise, quoted, reserved


@dataclass(frozen=True, kw_only=True)
class Notation:
    """One infix notation. A sign that is None does not exist in it.

    `plain` are the names written as they are; `quote` writes the others (and those that clash with
    a bound variable) or gives None where it cannot, and `variable` are the names that a variable
    may have. With `brackets` every nested connective but ¬ is bracketed and a quantifier's body
    too; with `capital`, variables are renamed to begin with a capital; with `glued`, letters stand
    side by side, `Rab`.
    """

    name: str
    negation: str
    conjunction: str
    disjunction: str
    exclusive: str | None
    conditional: str | None
    biconditional: str | None
    forall: str | None
    exists: str | None
    unique: str | None
    true: str | None
    false: str | None
    relations: dict[str, str]
    plain: re.Pattern[str] = re.compile(r"\w+(?:[-'.+]\w+)*'*")
    quote: Callable[[str, bool], str | None] = lambda name, clashes: quoted(name)
    variable: re.Pattern[str] = re.compile(r"\w+'*")
    brackets: bool = False
    capital: bool = False
    glued: bool = False


KEYWORDS = frozenset(
    """
    and AND And or OR Or not NOT Not xor XOR Xor iff IFF Iff implies IMPLIES Implies
    If Imp Equiv Nand Nor Neg Unless distinct
    true True TRUE false False FALSE BoolVal
    all All some Some exists Exists exist Exist EXISTS forall Forall ForAll FORALL
    for For FOR there There if unique such fof tff cnf lambda
    """.split()
)
"""Names that the core grammar, or a tool that reads a notation, could take for something else."""

_RELATIONS = {"=": "=", "≠": "≠", "≤": "≤", "≥": "≥", "<": "<", ">": ">"}
ASCII_RELATIONS = _RELATIONS | {"≠": "!=", "≤": "<=", "≥": ">="}
"""The relation signs as ASCII has them, in SMT-LIB and Python too."""
_LATEX_RELATIONS = _RELATIONS | {"≠": "\\neq", "≤": "\\leq", "≥": "\\geq"}
_EQUALITY_ALONE = {"=": "=", "≠": "!="}
_PROLOG_RELATIONS = {"=": "=", "≤": "=<", "≥": ">=", "<": "<", ">": ">"}

_ASCII_PRINTABLE = re.compile(r"[ -~]*")
_LATEX_TEXT = re.compile(r"(?:[\w.,+-]|(?<=\w)')+(?: (?:[\w.,+-]|(?<=\w)')+)*")
_LATEX_QUOTED = re.compile(r"[^{}\\$%#~^]*")


def _latex_name(name: str, clashes: bool) -> str | None:
    """A name of more than a letter upright; one that could be a variable in quotes."""
    ambiguous = name in KEYWORDS or LOOKS_VARIABLE.fullmatch(name)
    clear = not clashes and not ambiguous and normalise(name) == name
    if clear and _LATEX_TEXT.fullmatch(name):
        command = "mathrm" if name.isidentifier() else "text"
        underscored = name.replace("_", "\\_")
        return f"\\{command}{{{underscored}}}"
    in_quotes = quoted(name)
    writable = _LATEX_QUOTED.fullmatch(name) and "\\" not in in_quotes
    return in_quotes if writable else None


def _tptp_quoted(name: str, clashes: bool) -> str | None:
    """A name in single quotes; TPTP knows no escapes for other characters than the quote."""
    writable = name and _ASCII_PRINTABLE.fullmatch(name) and normalise(name) == name
    return quoted(name, escapes=False) if writable else None


def _prover9_quoted(name: str, clashes: bool) -> str | None:
    """A name in double quotes, within which Prover9 knows no escapes."""
    writable = name and _ASCII_PRINTABLE.fullmatch(name) and not set(name) & set('"\\&')
    return f'"{name}"' if writable else None


_LOWER_WORD_OR_NUMBER = re.compile(r"[a-z]\w*|0|[1-9]\d*", re.ASCII)
_LOWER_WORD = re.compile(r"[a-z]\w*", re.ASCII)
"""TPTP's names; a number is no individual there."""
_UPPER_WORD = re.compile(r"[A-Z]\w*", re.ASCII)

_UNICODE = Notation(
    name="unicode",
    negation="¬",
    conjunction="∧",
    disjunction="∨",
    exclusive="⊕",
    conditional="→",
    biconditional="↔",
    forall="∀{x} ",
    exists="∃{x} ",
    unique="∃!{x} ",
    true="⊤",
    false="⊥",
    relations=_RELATIONS,
)
_TEXTBOOK = replace(_UNICODE, name="textbook", glued=True)
_ASCII = Notation(
    name="ascii",
    negation="~",
    conjunction="&",
    disjunction="|",
    exclusive="xor",
    conditional="->",
    biconditional="<->",
    forall="forall {x} ",
    exists="exists {x} ",
    unique="exists! {x} ",
    true="$true",
    false="$false",
    relations=ASCII_RELATIONS,
)
_WORDS = Notation(
    name="words",
    negation="not ",
    conjunction="and",
    disjunction="or",
    exclusive="xor",
    conditional="implies",
    biconditional="iff",
    forall="for all {x} ",
    exists="there exists {x} ",
    unique="exists unique {x} ",
    true="true",
    false="false",
    relations=ASCII_RELATIONS,
)
_LATEX = Notation(
    name="latex",
    negation="\\neg ",
    conjunction="\\land",
    disjunction="\\lor",
    exclusive="\\oplus",
    conditional="\\rightarrow",
    biconditional="\\leftrightarrow",
    forall="\\forall {x} \\, ",
    exists="\\exists {x} \\, ",
    unique="\\exists! {x} \\, ",
    true="\\top",
    false="\\bot",
    relations=_LATEX_RELATIONS,
    # One letter stands as it is, but for u to z, which could be variables.
    plain=re.compile(r"[A-Za-z](?<![u-z])\d*|\d+"),
    quote=_latex_name,
)
_PROVER9 = Notation(
    name="prover9",
    negation="-",
    conjunction="&",
    disjunction="|",
    exclusive=None,
    conditional="->",
    biconditional="<->",
    forall="all {x} ",
    exists="exists {x} ",
    unique=None,
    true="$T",
    false="$F",
    relations=ASCII_RELATIONS,
    # A name that begins with u to z is a variable in Prover9.
    plain=re.compile(r"(?![u-z])\w+", re.ASCII),
    quote=_prover9_quoted,
    variable=re.compile(r"\w+", re.ASCII),
    brackets=True,
)
_NLTK = Notation(
    name="nltk",
    negation="-",
    conjunction="&",
    disjunction="|",
    exclusive=None,
    conditional="->",
    biconditional="<->",
    forall="all {x}.",
    exists="exists {x}.",
    unique=None,
    true=None,
    false=None,
    relations=_EQUALITY_ALONE,
    # One lower-case letter is a variable in NLTK, with digits after it too.
    plain=re.compile(r"(?![a-z]\d*\b)\w+", re.ASCII),
    quote=lambda name, clashes: None,
    variable=re.compile(r"[a-z]\d*", re.ASCII),
    brackets=True,
)
_TPTP = Notation(
    name="tptp",
    negation="~",
    conjunction="&",
    disjunction="|",
    exclusive="<~>",
    conditional="=>",
    biconditional="<=>",
    forall="! [{x}] : ",
    exists="? [{x}] : ",
    unique=None,
    true="$true",
    false="$false",
    relations=_EQUALITY_ALONE,
    plain=_LOWER_WORD,
    quote=_tptp_quoted,
    variable=_UPPER_WORD,
    brackets=True,
    capital=True,
)
_PROLOG = Notation(
    name="prolog",
    negation="\\+ ",
    conjunction=",",
    disjunction=";",
    exclusive=None,
    conditional=None,
    biconditional=None,
    forall=None,
    exists=None,
    unique=None,
    true="true",
    false="false",
    relations=_PROLOG_RELATIONS,
    plain=_LOWER_WORD_OR_NUMBER,
    variable=_UPPER_WORD,
    capital=True,
)

NOTATIONS = {
    notation.name: notation
    for notation in (_UNICODE, _ASCII, _WORDS, _LATEX, _PROVER9, _NLTK, _TPTP, _PROLOG, _TEXTBOOK)
}
"""The infix notations by name."""


def is_reserved(name: str, node: S.Node) -> bool:
    """Whether a predicate's name is read as a word that joins formulas or binds a variable, unless in quotes."""
    if not isinstance(node, S.Atom) or not may_be_reserved(name):
        return False
    arguments = []
    for term in node.args:
        named = str(getattr(term, "name", ""))
        arguments.append((named, isinstance(term, S.Function)))
    return reserved(name, arguments) is not None

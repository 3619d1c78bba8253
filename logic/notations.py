"""The infix notations as tables: the signs of each, and which names it can hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from logic.spelling import LOOKS_VARIABLE, normalise, quoted


@dataclass(frozen=True)
class Notation:
    """One infix notation. A sign that is None does not exist in it.

    `plain` are the names written as they are; `quote` writes the others (and those taken by a bound variable) or
    gives None where it cannot, and `variable` are the names that a variable may have. With `brackets` every nested
    connective but ¬ is bracketed and a quantifier's body too; with `capital`, variables are renamed to begin with a
    capital.
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
    quote: Callable[[str, bool], str | None] = lambda name, taken: quoted(name)
    variable: re.Pattern[str] = re.compile(r"\w+'*")
    brackets: bool = False
    capital: bool = False


KEYWORDS = frozenset(
    "and AND or OR not NOT xor XOR iff IFF implies IMPLIES true True TRUE false False FALSE all All some Some exists "
    "Exists exist Exist EXISTS forall Forall FORALL for For FOR there There if unique such fof tff cnf lambda "
    "And Or Not Xor Implies ForAll BoolVal".split()
)
"""Names that the core grammar, or a tool that reads one of the notations, could take for something else."""

_SIGNS = {"=": "=", "≠": "≠", "≤": "≤", "≥": "≥", "<": "<", ">": ">"}
_ASCII_SIGNS = _SIGNS | {"≠": "!=", "≤": "<=", "≥": ">="}
_LATEX_SIGNS = _SIGNS | {"≠": "\\neq", "≤": "\\leq", "≥": "\\geq"}
_ASCII_PRINTABLE = re.compile(r"[ -~]*")
_LATEX_TEXT = re.compile(r"[\w.,'+-]+(?: [\w.,'+-]+)*")
_LATEX_QUOTED = re.compile(r"[^{}\\$%#~^]*")


def _latex_name(name: str, taken: bool) -> str | None:
    """A name of more than a letter upright; one that could be a variable in quotes."""
    known = name in KEYWORDS or LOOKS_VARIABLE.fullmatch(name)
    clear = not taken and not known and normalise(name) == name
    if clear and _LATEX_TEXT.fullmatch(name):
        command = "mathrm" if name.isidentifier() else "text"
        return f"\\{command}{{{name.replace('_', chr(92) + '_')}}}"
    return quoted(name) if _LATEX_QUOTED.fullmatch(name) and "\\" not in quoted(name) else None


def _tptp_quoted(name: str, taken: bool) -> str | None:
    return (
        quoted(name, escapes=False)
        if _ASCII_PRINTABLE.fullmatch(name) and name and normalise(name) == name
        else None
    )


def _prover9_quoted(name: str, taken: bool) -> str | None:
    return (
        f'"{name}"'
        if name and _ASCII_PRINTABLE.fullmatch(name) and not set(name) & set('"\\&')
        else None
    )


_NLTK_VARIABLE = re.compile(r"[a-z]\d*", re.ASCII)
_NEVER = re.compile(r"(?!)")

NOTATIONS = {
    notation.name: notation
    for notation in (
        Notation("unicode", "¬", "∧", "∨", "⊕", "→", "↔", "∀{x} ", "∃{x} ", "∃!{x} ", "⊤", "⊥", _SIGNS),
        Notation(
            "ascii", "~", "&", "|", "xor", "->", "<->", "forall {x} ", "exists {x} ", "exists! {x} ", "$true", "$false",
            _ASCII_SIGNS,
        ),
        Notation(
            "words", "not ", "and", "or", "xor", "implies", "iff", "for all {x} ", "there exists {x} ",
            "exists unique {x} ", "true", "false", _ASCII_SIGNS,
        ),
        Notation(
            "latex", "\\neg ", "\\land", "\\lor", "\\oplus", "\\rightarrow", "\\leftrightarrow", "\\forall {x} \\, ",
            "\\exists {x} \\, ", "\\exists! {x} \\, ", "\\top", "\\bot", _LATEX_SIGNS,
            plain=re.compile(r"[A-Za-z](?<![u-z])\d*|\d+"), quote=_latex_name,
        ),
        Notation(
            "prover9", "-", "&", "|", None, "->", "<->", "all {x} ", "exists {x} ", None, "$T", "$F", _ASCII_SIGNS,
            # A name that begins with u to z is a variable in Prover9.
            plain=re.compile(r"(?![u-z])\w+", re.ASCII), quote=_prover9_quoted,
            variable=re.compile(r"\w+", re.ASCII), brackets=True,
        ),
        Notation(
            "nltk", "-", "&", "|", None, "->", "<->", "all {x}.", "exists {x}.", None, None, None,
            {"=": "=", "≠": "!="}, plain=re.compile(r"(?![a-z]\d*\b)\w+", re.ASCII), quote=lambda name, taken: None,
            variable=_NLTK_VARIABLE, brackets=True,
        ),
        Notation(
            "tptp", "~", "&", "|", "<~>", "=>", "<=>", "! [{x}] : ", "? [{x}] : ", None, "$true", "$false",
            {"=": "=", "≠": "!="}, plain=re.compile(r"[a-z]\w*|0|[1-9]\d*", re.ASCII), quote=_tptp_quoted,
            variable=re.compile(r"[A-Z]\w*", re.ASCII), brackets=True, capital=True,
        ),
        Notation(
            "prolog", "\\+ ", ",", ";", None, None, None, None, None, None, "true", "false",
            {"=": "=", "≤": "=<", "≥": ">=", "<": "<", ">": ">"},
            plain=re.compile(r"[a-z]\w*|0|[1-9]\d*", re.ASCII), variable=re.compile(r"[A-Z]\w*", re.ASCII),
            capital=True,
        ),
    )
}  # fmt: skip
"""The infix notations by name."""

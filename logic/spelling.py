"""How symbols are spelled: look-alike characters, quoted names, quantifier prefixes, relation signs."""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

# Full-width forms and mathematical alphabets, one character for one, so that columns stay true.
_LOOKALIKES = {
    code: folded
    for low, high in ((0xFF01, 0xFF5E), (0x1D400, 0x1D7FF), (0x2102, 0x2131), (0x2080, 0x2089))
    for code in range(low, high + 1)
    if len(folded := unicodedata.normalize("NFKC", chr(code))) == 1 and ord(folded) != code
} | {
    0x3000: " ", 0xA0: " ", 0x200B: " ", 0xFEFF: " ", 0xFFE2: "¬", 0x2223: "|", 0x2236: ":", 0x2212: "-", 0x2010: "-",
    0x2011: "-", 0x201C: '"', 0x201D: '"', 0x2032: "'", 0x3002: ".",
}  # fmt: skip
_LATIN = str.maketrans("аеорсухіјο", "aeopcyxijo")
"""Small letters of other alphabets that look like Latin ones."""
_LOOKALIKE_CHARACTERS = frozenset(map(chr, _LOOKALIKES))
_ENTITY = re.compile(r"&#?\w{2,8};")

_ISABELLE = re.compile(r"\\<(\w+)>")
_ISABELLE_SIGNS = {
    "forall": "∀", "exists": "∃", "nexists": "∄", "not": "¬", "and": "∧", "or": "∨", "noteq": "≠",
    "longrightarrow": "→", "rightarrow": "→", "Longrightarrow": "→", "Rightarrow": "→",
    "longleftrightarrow": "↔", "leftrightarrow": "↔", "Longleftrightarrow": "↔", "in": "∈", "le": "≤",
    "ge": "≥", "equiv": "↔",
}  # fmt: skip
# Models without the signs in their vocabulary write words and glue them to what follows.
_GLUED_BINDER = re.compile(r"(?<!['\"{])\b(?:FORALL|EXISTS)[a-z]\d?\b")
_GLUED_NOT = re.compile(r"\bNOT(?=[A-Z]\w*\()")

RELATIONS = {
    spelling: sign
    for sign, spellings in {
        "=": ("=", "=="),
        "≠": ("≠", "!=", "\\not=", "\\not =", "\\neq", "\\ne"),
        "≤": ("≤", "<=", "=<", "\\le", "\\leq"),
        "≥": ("≥", ">=", "\\ge", "\\geq"),
        "<": ("<", "\\lt"),
        ">": (">", "\\gt"),
    }.items()
    for spelling in spellings
}
"""Every spelling of a relation sign, and the one that formulas keep."""
DEFINED = {"$less": "<", "$lesseq": "≤", "$greater": ">", "$greatereq": "≥"}
"""TPTP's words for the relation signs."""
LOOKS_VARIABLE = re.compile(r"[u-z]\d{0,2}'*")
"""Names that stand for a variable even where no quantifier binds them."""
NAME_LETTERS = re.compile(r"[u-zU-Z]")
"""Letters of which a proposition may be a predicate with its arguments, `xRy`."""
JUXTAPOSED = re.compile(r"([A-Z])([a-z]{1,4})")
"""Textbook application, `Px` and `Rxy`: a capital for the predicate, a letter for each argument."""
GLUED = re.compile(r"[A-Z][a-z]+")
"""What may be a name, or a predicate with its arguments: `Cat`, `Rab`."""
NOT_VARIABLES = frozenset(
    (
        "no not non none zero never one two three many few only most some all any every each exactly infinitely "
        "but at least an the"
    ).split()
)
"""Words that count or deny after a quantifier word; read as variables they would change the meaning."""

_UNBINDABLE = NOT_VARIABLES | frozenset(
    "and or not iff implies xor unique true false exist exists forall for there if such fof tff cnf lambda".split()
)
_BINDABLE = re.compile(r"(?![u-z][A-Z][u-z]{1,4}\b)[^\W\d_]\w*'*")  # `∀xPy` would bind x alone

_BINDER_HEAD = re.compile(
    r"[(\s]*(?:[∀∃∄!?]|\\(?:forall|nexists|exists)|for\s?all|for\s(?:every|each|any)|there\sexists?|all|exists?|some)"
    r"(?P<unique>\s*!|\s+unique\b)?",
    re.IGNORECASE,
)
# "there exists an x such that": the grammar takes it for an article in this phrase only.
_ARTICLE = re.compile(r"\A\s*an?\s+(?=[u-z]\d*\s+(?:such\sthat|s\.t\.))")
_BINDER_TAIL = re.compile(r"\s(?:such\sthat|s\.t\.)$|\\colon$")
_SUBSCRIPT = re.compile(r"\A\s*_")
_MEMBER = re.compile(r"\\in(?![A-Za-z])")
_BINDER_NAME = re.compile(r"\w+'*(?:(?<=_)\{\w+\})?")
_FORALL = re.compile(r"[(\s]*(?:[∀!]|\\forall|for|all)", re.IGNORECASE)
_NONE = re.compile(r"[(\s]*(?:∄|\\nexists)")
_LATEX_GAP = re.compile(r"\\[,;:! ]")
_LATEX_NAME = re.compile(r"\\\w+\*?\s*\{(.*)\}", re.DOTALL)
_BETWEEN = re.compile(r"[\W_]+")
_CODES = 0x110000
"""Unicode's code points."""
_ESCAPE = re.compile(r"\\(?:u([0-9a-f]{6})|(.))", re.DOTALL)


def is_bindable(name: str) -> bool:
    """Whether a name that stands behind a quantifier is read as its variable, in the core's notation."""
    if name.isascii() and len(name) == 1:
        return name.isalpha()
    is_word = name.rstrip("'").lower() in _UNBINDABLE
    is_name = _BINDABLE.fullmatch(name) is not None and not any(map(_is_exponent, name))
    return not is_word and is_name and normalise(name) == name


def _is_exponent(character: str) -> bool:
    """Whether a character counts, and is neither a plain digit nor a letter: `∃²x`."""
    is_plain = character.isalpha() or character.isdecimal()
    return character.isnumeric() and not is_plain


@functools.lru_cache(maxsize=4096)
def look_alike(name: str) -> str:
    """What a name has in common with those that a reader takes for it: `x₁`, `x_1` and `X1`."""
    return name.lower().replace("_", "").translate(_LATIN)


@functools.lru_cache(maxsize=4096)
def name_parts(name: str) -> tuple[str, ...]:
    """What stands between the blanks, dots, apostrophes and underscores of a name; none where it is one word."""
    found = tuple(filter(None, _BETWEEN.split(name)))
    return found if len(found) > 1 else ()


def fresh_names(taken: Callable[[str], bool]) -> Iterator[str]:
    """x1, x2 and so on, less those that are taken."""
    return (name for count in itertools.count(1) if not taken(name := f"x{count}"))


def normalise(text: str) -> str:
    """The text with look-alike characters and HTML entities in their plain form."""
    if not text.isascii() and not _LOOKALIKE_CHARACTERS.isdisjoint(text):
        text = text.translate(_LOOKALIKES)
    if "\\<" in text:
        text = _ISABELLE.sub(lambda sign: _ISABELLE_SIGNS.get(sign[1], sign[0]), text)
    if ("FORALL" in text or "EXISTS" in text) and _GLUED_BINDER.search(text):
        text = _GLUED_NOT.sub("NOT ", text)
    if "&" in text and _ENTITY.search(text):
        import html  # here: it takes long to load, and few texts need it

        text = html.unescape(text)
    return text


class Prefix(NamedTuple):
    """A quantifier, its variables, and the set that guards them, if any.

    The sign is ∀, ∃, ∃! or ∄; `∀!` and `∄!` where they were written, which are no quantifiers.
    """

    sign: str
    names: tuple[str, ...]
    guard: str = ""


@functools.lru_cache(maxsize=4096)
def binder(token: str) -> Prefix:
    """What a prefix such as `∀x, y.` or `∃x ∈ S` binds."""
    head = _BINDER_HEAD.match(token)
    if head is None:
        raise ValueError(f"not a quantifier prefix: {token!r}")
    rest = _LATEX_GAP.sub(" ", token[head.end() :])
    for mark in (_ARTICLE, _SUBSCRIPT, _BINDER_TAIL):
        rest = mark.sub("", rest, count=1)
    variables, _, guard = _MEMBER.sub("∈", rest).partition("∈")
    names: list[str] = []
    for name in _BINDER_NAME.findall(variables):
        names.append(plain_name(name))
    guard = guard.strip(" .:,)")
    if guard.count("}") > guard.count("{"):  # the brace of `∀_{x ∈ S}`
        guard = guard[:-1].rstrip()
    return Prefix(_sign(token, head), tuple(names), guard)


def _sign(token: str, head: re.Match[str]) -> str:
    sign = "∀" if _FORALL.match(token) else "∄" if _NONE.match(token) else "∃"
    return sign + "!" if head["unique"] else sign


def plain_name(token: str) -> str:
    """A name as the formula keeps it: without quotes, LaTeX wrapping and subscript braces."""
    if token.isidentifier() and token.isascii():
        return str(token)
    first = token[0]
    if first in "'\"":
        return _ESCAPE.sub(_unescape, token[1:-1])
    if first == "\\":
        wrapped = _LATEX_NAME.fullmatch(token)
        inside = wrapped[1] if wrapped else token
        return inside.replace("\\_", "_").strip()
    if first == "$":
        return DEFINED.get(token, str(token))
    name = token.replace("_{", "_").replace("}", "")
    return name.replace("\\_", "_").replace("’", "'")


def _unescape(escape: re.Match[str]) -> str:
    code, character = escape[1], escape[2]
    if code and int(code, 16) < _CODES:
        return chr(int(code, 16))
    return character or ""


def is_glued_binder(name: str) -> bool:
    """Whether a name is read as a quantifier glued to its variable, `FORALLx`."""
    return _GLUED_BINDER.fullmatch(name) is not None


def quoted(name: str, *, quote: str = "'", escapes: bool = True) -> str:
    """The name between quotes, such that `plain_name` gives it back.

    With `escapes`, a character that reading would change (a look-alike, a control character, the start of an HTML
    entity) is written as a backslash, `u` and six hexadecimal digits.
    """
    changes = not _LOOKALIKE_CHARACTERS.isdisjoint(name) or "&" in name or "\\<" in name
    if escapes and (changes or not name.isprintable()):
        inside = "".join([_escaped(character, quote) for character in name])
    else:
        inside = name.replace("\\", "\\\\").replace(quote, "\\" + quote)
    return f"{quote}{inside}{quote}"


def _escaped(character: str, quote: str) -> str:
    if character in ("\\", quote):
        return "\\" + character
    if character in "&<" or not character.isprintable() or ord(character) in _LOOKALIKES:
        return f"\\u{ord(character):06x}"
    return character


def is_quoted(token: str) -> bool:
    """Whether a name was written between quotes; it is never a variable then."""
    return token[:1] in ("'", '"')  # SMT-LIB has an empty name, `||`


# ---- words that are no predicates ----

OPERATORS = frozenset(["And", "Or", "Not", "Implies", "Xor", "ForAll", "Forall", "Exists"])
"""Those of Z3's Python, which has a reader of its own."""
_JOINING = OPERATORS | frozenset(
    """
    Iff Imp Equiv Nand Nor Neg Unless If ITE Equivalent Equivalence Conjunction Disjunction
    Implication Biconditional Conditional Negation
    iff imp equiv nand nor neg implies negation conjunction disjunction implication biconditional
    """.split()
)
"""Words that join formulas in no notation that is read, and would be predicates of terms."""
_ALWAYS_JOINING = frozenset("Iff iff ITE Nand nand Nor Equiv equiv".split())
_BINDERS = frozenset("forall for_all exists exist thereexists there_exists".split())
_QUANTITIES = frozenset("all every each some any".split())
_RESERVED = frozenset(
    word.lower() for words in (_JOINING, _ALWAYS_JOINING, _BINDERS, _QUANTITIES) for word in words
)
_MOST_LETTERS = 3
# `Ex(P(x))` and `AxP(x)` have a letter in the place of a quantifier's sign.
_LETTER_BINDER = re.compile(r"[AE][u-z]")
_LETTER_BINDER_OF = re.compile(r"[AE](?P<variable>[u-z])[A-Z]")


def may_be_reserved(name: str) -> bool:
    """Whether `reserved` may find something: of most names two features tell that it does not."""
    return name.lower() in _RESERVED or (len(name) <= _MOST_LETTERS and name[:1] in ("A", "E"))


def reserved(name: str, arguments: Sequence[tuple[str, bool]]) -> str | None:
    """Whether a name before arguments "joins" formulas or "binds" a variable; None for a predicate.

    `Implies(P(a), Q(a))` joins formulas; `forall(x, P(x))` and `Ex(P(x))` bind a variable. Of each
    argument its name is given, and whether it has arguments itself.
    """
    has_formula = any(is_applied for _, is_applied in arguments)
    if (has_formula and name in _JOINING) or name in _ALWAYS_JOINING:
        return "joins"
    word = name.lower()
    if has_formula and (word in _QUANTITIES or _LETTER_BINDER.fullmatch(name)):
        return "binds"
    letter = _LETTER_BINDER_OF.fullmatch(name)
    if letter is not None:
        return "binds" if any(each == letter["variable"] for each, _ in arguments) else None
    if word in _BINDERS and (has_formula or len(arguments) > 1):
        return "binds"
    return None

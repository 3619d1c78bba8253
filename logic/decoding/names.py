"""The part of a decoding grammar that says which names, atoms and terms there are."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from logic import syntax as S
from logic.decoding.constructs import Rules
from logic.decoding.syntax import condition, deeper, literal
from logic.language import Language
from logic.signatures.signature import Signature
from logic.spelling import _LOOKALIKES, LOOKS_VARIABLE, NAME_LETTERS, quoted
from logic.symbols import MAX_ARITY
from logic.writing.notations import KEYWORDS, NOTATIONS
from logic.writing.printer import LETTER_VARIABLE, Printer
from logic.writing.signs import COMPARISONS

_RELATIONS = NOTATIONS["unicode"].relations


def any_names(
    operands: int, capitals: Mapping[str, str], language: Language, unbound: str
) -> dict[str, list[str]]:
    """Names as the printer writes them: plain, or quoted where they could be read otherwise.

    `capitals` are the names that differ from a variable in case alone, with the condition that it
    is not bound here, `unbound` the condition that nothing is. A list of arguments has at most
    `operands`, and as many as are read.
    """
    further = min(operands, MAX_ARITY) - 1
    propositions = [literal(name) + condition([free]) for name, free in capitals.items()]
    return {
        "proposition": ["PROPOSITION", "QUOTED", *propositions, "NAME" + condition([unbound])],
        "atom::_": ['applied "(" arguments::_ ")"'],
        "relation::_": [_infix("="), "comparison::_"],
        "comparison::_": [_infix(sign) for sign in ("≠", *COMPARISONS)],
        "arguments::_": [f'term::_ (", " term::_){{0,{further}}}'],
        "term::_": ["variable::_", "nullary::_", deeper("function")],
        "function::_": ['applied "(" arguments::_ ")"'],
        "nullary::_": ["name", *propositions],
        "applied": ["name", *map(literal, capitals)],
        "name": ["NAME", "QUOTED"],
        "NAME": [_plain_name(capitals, language)],
        # `xRy` and `Px` may be predicates with their arguments.
        "PROPOSITION": [_plain_name(capitals, language) + f" & ~/.*{NAME_LETTERS.pattern}.*/"],
        "QUOTED": [_quoted_name()],
    }


def declared_names(capitals: Iterable[str], language: Language) -> list[str]:
    """The rules of the names that a story may declare: words, and in quotes words with blanks."""
    letters = rf"[[\p{{L}}\p{{N}}]&&\p{{age:{_age()}}}--[{_lookalikes()}]]"
    return [
        "name : NAME | QUOTED",
        f"NAME : {_plain_name(capitals, language)} & /{letters}.*/",
        f"QUOTED : /'{letters}+([-_.+ ]{letters}+)*'/",
    ]


def _plain_name(capitals: Iterable[str], language: Language) -> str:
    """The terminal of names without quotes: words, less those that are read as something else."""
    letters = rf"[[\p{{L}}\p{{N}}_]&&\p{{age:{_age()}}}--[{_lookalikes()}]]+"
    words = "|".join(sorted(KEYWORDS | language.reserved_words))
    variables = "|".join([*capitals, LETTER_VARIABLE.pattern])
    conditions = [
        rf"/{letters}([-'.+]{letters})*'{{0,3}}/",
        f"~/({words})'*/",
        f"~/{variables}/",
        # A variable is a word of the name: `mother_of_x`.
        rf"~/(.*[-_'.+])?{LOOKS_VARIABLE.pattern}[-_'.+].*/",
        rf"~/.*[-_'.+]{LOOKS_VARIABLE.pattern}/",
    ]
    for pattern in language.plain_names:
        conditions.append(f"/{pattern.pattern}/")
    return " & ".join(conditions)


def _quoted_name() -> str:
    """The terminal of names in quotes; what reading would change is written as an escape."""
    unchanged = rf"[^'\\&\p{{C}}\p{{Z}}{_lookalikes()}]"
    return rf"/'({unchanged}| |\\['\\]|\\u(0[0-9a-f]|10)[0-9a-f]{{4}})*'/"


def _age() -> str:
    """The reader's version of Unicode: llguidance may know newer letters, which are none to it."""
    return unicodedata.unidata_version.rpartition(".")[0]


def _lookalikes() -> str:
    """The characters that reading replaces, as the inside of a character class."""
    return "".join([f"\\x{{{low:x}}}-\\x{{{high:x}}}" for low, high in _ranges(_LOOKALIKES)])


def _ranges(codes: Iterable[int]) -> list[tuple[int, int]]:
    """Consecutive code points joined."""
    ranges: list[tuple[int, int]] = []
    for code in sorted(codes):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1] = (ranges[-1][0], code)
        else:
            ranges.append((code, code))
    return ranges


def names_of(
    signature: Signature,
    variables: int,
    capitals: Mapping[str, str],
    printer: Printer,
    own: Rules,
) -> dict[str, list[str]]:
    """The names of a signature, each with its arity."""
    # Without constants a term needs a bound variable.
    bound = [] if signature.constants or own.literals else [f"ne([0:{variables}], 0)"]
    comparisons = _comparisons(signature, own)
    propositions: list[str] = []
    atoms: list[str] = []
    for name, arity in signature.predicates:
        if arity == 0:
            propositions += _proposition(name, capitals, variables, printer)
        elif name not in comparisons:
            atoms.append(
                _applied(
                    name_literal(name, printer),
                    arity,
                    bound,
                )
            )
    functions = [
        _applied(name_literal(name, printer), arity, []) for name, arity in signature.functions
    ]
    terms = ["variable::_"]
    for name in signature.constants:
        terms += _nullary(name, capitals, printer)
    if functions:
        terms.append(deeper("function", *bound))
    return {
        "proposition": propositions,
        "atom::_": atoms,
        "relation::_": [_infix("=", bound), "comparison::_"],
        "comparison::_": [_infix(sign, bound) for sign in ("≠", *comparisons)],
        "term::_": terms,
        "function::_": functions,
    }


def _comparisons(signature: Signature, own: Rules) -> list[str]:
    """The signs between terms, of the signature and of the domain."""
    named = [
        name for name, arity in signature.predicates if arity == 2 and name in set(COMPARISONS)
    ]
    return named + [sign for sign in own.signs if sign not in named]


def name_literal(name: str, printer: Printer) -> str:
    """A name as the printer writes it."""
    return literal(printer.name(name, S.Constant(name)))


def _nullary(name: str, capitals: Mapping[str, str], printer: Printer) -> list[str]:
    """A name without arguments.

    One that differs from a variable in case alone may be plain where that is not bound.
    """
    plain = name_literal(name, printer)
    if name not in capitals:
        return [plain]
    return [
        literal(quoted(name)),
        plain + condition([capitals[name]]),
    ]


def _proposition(
    name: str, capitals: Mapping[str, str], variables: int, printer: Printer
) -> list[str]:
    """A predicate without arguments; where anything is bound, `xRy` is in quotes."""
    if not NAME_LETTERS.search(name):
        return _nullary(name, capitals, printer)
    # `X` is in quotes wherever x is bound at all.
    somewhere = [] if name in capitals else [f"ne([0:{variables}], 0)"]
    return [
        literal(quoted(name)) + condition(somewhere),
        name_literal(name, printer) + condition([f"eq([0:{variables}], 0)"]),
    ]


def _infix(sign: str, conditions: Sequence[str] = ()) -> str:
    return f"term::_ {literal(f' {_RELATIONS[sign]} ')} term::_{condition(conditions)}"


def _applied(name: str, arity: int, conditions: Sequence[str]) -> str:
    """A name with as many arguments as it takes, at least one."""
    arguments = ' ", " '.join(["term::_"] * arity)
    return f'{name} "(" {arguments} ")"{condition(conditions)}'

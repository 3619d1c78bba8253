"""A grammar for constrained decoding: what a model may write is what the reader reads.

The text is Lark as llguidance takes it (vLLM's `StructuredOutputsParams(grammar=…)`). It is made from the printer's
precedence levels and signs, so it describes canonical Unicode notation to the last blank and bracket.

llguidance gives every rule a 64-bit parameter. Its low bits say which variables are bound here, so that a variable
stands only where a quantifier binds it; the high bits count down the levels that may still be nested.
"""

from __future__ import annotations

import functools
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from logic import syntax as S
from logic.constructs_grammar import Rules
from logic.language import Language
from logic.languages import language
from logic.notations import KEYWORDS, NOTATIONS
from logic.spelling import _LOOKALIKES, LOOKS_VARIABLE, quoted
from logic.symbols import Signature, signature
from logic.writing.printer import (
    _AND,
    _IFF,
    _IMPLIES,
    _LETTER_VARIABLE,
    _OR,
    _RELATION,
    _UNARY,
    _XOR,
    Printer,
)

VARIABLES = (
    "x",
    "y",
    "z",
    "w",
    "v",
    "u",
    *[f"{letter}{number}" for number in (1, 2, 3) for letter in "xyz"],
)
"""The variables that a decoding grammar binds, unless others are named."""

_N = NOTATIONS["unicode"]
_CHAINS = {_IFF: "iff", _IMPLIES: "implies", _XOR: "xor", _OR: "or", _AND: "and"}
_SIGNS = {
    _IFF: _N.biconditional, _IMPLIES: _N.conditional, _XOR: _N.exclusive, _OR: _N.disjunction, _AND: _N.conjunction,
}  # fmt: skip
_LEVELS = {**_CHAINS, _RELATION: "relation", _UNARY: "unary"}
_COMPARISONS = [sign for sign in _N.relations if sign not in ("=", "≠")]
_COUNTER = 56
_DEPTH = f"[{_COUNTER}:64]"


def decoding_grammar(
    signature: Signature | None = None,
    *,
    wrapper: str | None = None,
    depth: int = 16,
    operands: int = 8,
    variables: Sequence[str] = VARIABLES,
    domain: str = "fol",
) -> str:
    """A grammar, in llguidance's Lark, of the closed formulas in canonical notation.

    Args:
        signature: the only predicates, functions and constants admitted, each with its arity; None admits every
            name with any number of arguments (so one name may come with two arities, which `logic.parse` refuses).
        wrapper: admit any text up to the first occurrence of this marker (`FOL:`, `</think>`), then the formula.
        depth: levels of negations, quantifiers, brackets and function terms that may nest, at most 150.
        operands: parts that one chain of a connective, and arguments that one argument list, may have.
        variables: the names that quantifiers may bind.
        domain: the domain whose constructs are admitted too.

    Raises ValueError for a setting out of range and for a variable that reads as something else.
    """
    if not 1 <= depth <= 150 or not 2 <= operands <= 1000:
        raise ValueError(
            f"depth must be in 1..150 and operands in 2..1000, got {depth} and {operands}"
        )
    if not 1 <= len(variables) <= _COUNTER or len(set(variables)) < len(variables):
        raise ValueError(
            f"1 to {_COUNTER} different variables are allowed, got {', '.join(variables) or 'none'}"
        )
    if wrong := [name for name in variables if not LOOKS_VARIABLE.fullmatch(name)]:
        raise ValueError(
            f"{', '.join(map(repr, wrong))} cannot be a variable here; allowed: u to z, digits after it"
        )
    if wrapper is not None and not wrapper.strip():
        raise ValueError("wrapper must be the marker that ends the free text, got an empty one")
    return _grammar(signature, wrapper, depth, operands, tuple(variables), language(domain))


@functools.lru_cache(maxsize=1024)
def _grammar(
    signature: Signature | None,
    wrapper: str | None,
    depth: int,
    operands: int,
    variables: tuple[str, ...],
    language: Language,
) -> str:
    first = f"bare_{_IFF}::{hex(depth << _COUNTER)}"
    lines = [f'start: " "? {first}']
    if wrapper is not None:
        lines = [f"start: reasoning BLANK {first}", f"reasoning[lazy]: TEXT {_text(wrapper)}"]
        lines += [r"TEXT: /(?s:.*)/", r"BLANK: /[ \n]{0,2}/"]
    capitals = {name.upper(): f"bit_clear({i})" for i, name in enumerate(variables)}
    printer = Printer(_N, S.Truth(True), language)
    own = _construct_rules(language, variables, operands, signature, printer)
    if signature is None:
        rules = _any_names(operands, capitals, language)
    else:
        rules = _these_names(signature, len(variables), capitals, printer, own)
    propositions = rules.pop("proposition")
    atoms = [*propositions, *["atom::_" for _ in rules["atom::_"][:1]]]
    if own.ladder:
        rules |= own.term_ladder(rules["term::_"])
    lines += own.lines
    lines += _ladder(operands, own.formulas) + _unary(variables, atoms, own.formulas)
    return (
        "\n".join([*lines, *[f"{rule} : {_either(body)}" for rule, body in rules.items() if body]])
        + "\n"
    )


def _construct_rules(
    language: Language,
    variables: Sequence[str],
    operands: int,
    signature: Signature | None,
    printer: Printer,
) -> Rules:
    """The rules of a language's constructs; sorts are predicates of one argument where there is a signature."""
    sorts = None
    if signature is not None:
        sorts = [_name(name, printer) for name, arity in signature.predicates if arity == 1]
    return Rules(language.constructs, variables, operands, _deeper, sorts)


def _ladder(operands: int, extra: Mapping[int, list[str]]) -> list[str]:
    """Chains, and what may stand at each place: the levels that bind as tightly, and looser ones in brackets.

    A conditional groups to the right and a biconditional to the left, so that the last or the first operand needs
    brackets in fewer cases.
    """
    lines = []
    for level, name in _CHAINS.items():
        part, sign = f"at_{level + 1}::_", f'" {_SIGNS[level]} "'
        first = f"bare_{_IMPLIES}::_" if level == _IFF else part
        if level == _IMPLIES:
            more = f"({part} {sign}){{1,{operands - 1}}} (bare_{_XOR}::_ | bracket_{_IMPLIES}::_)"
            lines.append(f"{name}::_ : {more}")
        else:
            lines.append(f"{name}::_ : {first} ({sign} {part}){{1,{operands - 1}}}")
    for place in range(_IFF, _UNARY + 1):
        as_tight = [one for level in _LEVELS if level >= place for one in _at_level(level, extra)]
        lines.append(f"bare_{place}::_ : {_either(as_tight)}")
        if place > _IFF:
            looser = [one for level in _LEVELS if level < place for one in _at_level(level, extra)]
            lines.append(f"looser_{place}::_ : {_either(looser)}")
            lines.append(
                f'bracket_{place}::_ : "(" looser_{place}::decr({_DEPTH}) ")" %if gt({_DEPTH}, 0)'
            )
            lines.append(f"at_{place}::_ : bare_{place}::_ | bracket_{place}::_")
    return lines


def _at_level(level: int, extra: Mapping[int, list[str]]) -> list[str]:
    """What binds just so tightly: the core's rule, and those that a domain adds (to `unary`, in that rule itself)."""
    return [f"{_LEVELS[level]}::_", *(extra.get(level, []) if level < _UNARY else [])]


def _unary(
    variables: tuple[str, ...], atoms: list[str], extra: Mapping[int, list[str]]
) -> list[str]:
    """Atoms, truth values, negations and quantifiers; an equation is negated by its own sign, not by ¬."""
    looser = [*[f"{name}::_" for name in _CHAINS.values()], "comparison::_"]
    looser += [one for level, rules in extra.items() if level < _UNARY for one in rules]
    before, after = zip(
        *[sign.split("{x}") for sign in (_N.forall, _N.exists, _N.unique) if sign], strict=True
    )
    nested = [_deeper(name) for name in ("negation", "quantified")]
    truth = [_text(sign) for sign in (_N.true, _N.false) if sign is not None]
    return [
        f"unary::_ : {_either([*atoms, *truth, *nested, *extra.get(_UNARY, [])])}",
        f'negation::_ : {_text(_N.negation)} unary::_ | {_text(_N.negation + "(")} negated::_ ")"',
        f"negated::_ : {_either(looser)}",
        f"quantified::_ : ({_either(map(_text, before))}) binding::_",
        "binding::_ : "
        + _either(
            f"{_text(name)} {_text(after[0])} at_{_UNARY}::set_bit({i})"
            for i, name in enumerate(variables)
        ),
        "variable::_ : "
        + _either(f"{_text(name)} %if bit_set({i})" for i, name in enumerate(variables)),
    ]


def _any_names(
    operands: int, capitals: Mapping[str, str], language: Language
) -> dict[str, list[str]]:
    """Names as the printer writes them: plain, or in quotes where they could be read as something else.

    `capitals` are the names that differ from a variable in case alone, with the condition that it is not bound here.
    """
    looks = "".join(f"\\x{{{low:x}}}-\\x{{{high:x}}}" for low, high in _ranges(_LOOKALIKES))
    known = unicodedata.unidata_version.rpartition(".")[
        0
    ]  # llguidance may know newer letters than the reader
    letters = rf"[[\p{{L}}\p{{N}}_]&&\p{{age:{known}}}--[{looks}]]+"
    raw = rf"[^'\\&\p{{C}}\p{{Z}}{looks}]"
    words = "|".join(sorted(KEYWORDS | language.reserved_words))
    plain = "".join([f" & /{pattern.pattern}/" for pattern in language.plain_names])
    read_otherwise = "|".join([*capitals, _LETTER_VARIABLE.pattern])
    return {
        "proposition": ["nullary::_"],
        "atom::_": ['applied "(" arguments::_ ")"'],
        "relation::_": [_infix("="), "comparison::_"],
        "comparison::_": [_infix(sign) for sign in ("≠", *_COMPARISONS)],
        "arguments::_": [f'term::_ (", " term::_){{0,{operands - 1}}}'],
        "term::_": ["variable::_", "nullary::_", _deeper("function")],
        "function::_": ['applied "(" arguments::_ ")"'],
        "nullary::_": [
            "name",
            *[_text(name) + _if([condition]) for name, condition in capitals.items()],
        ],
        "applied": ["name", *[_text(name) for name in capitals]],
        "name": ["NAME", "QUOTED"],
        "NAME": [
            rf"/{letters}([-'.+]{letters})*'{{0,3}}/ & ~/({words})'*/ & ~/{read_otherwise}/{plain}"
        ],
        "QUOTED": [rf"/'({raw}| |\\['\\]|\\u(0[0-9a-f]|10)[0-9a-f]{{4}})*'/"],
    }


def _these_names(
    signature: Signature,
    variables: int,
    capitals: Mapping[str, str],
    printer: Printer,
    own: Rules,
) -> dict[str, list[str]]:
    """The names of a signature, each with its arity; without constants a term needs a bound variable."""
    bound = [] if signature.constants or own.literals else [f"ne([0:{variables}], 0)"]
    comparisons = [
        name for name, arity in signature.predicates if arity == 2 and name in _COMPARISONS
    ]
    comparisons += [sign for sign in own.signs if sign not in comparisons]
    applied = [
        (name, arity) for name, arity in signature.predicates if arity and name not in comparisons
    ]
    atoms = [_applied(_name(name, printer), arity, bound) for name, arity in applied]
    functions = [_applied(_name(name, printer), arity, []) for name, arity in signature.functions]
    terms = [
        "variable::_",
        *[form for name in signature.constants for form in _nullary(name, capitals, printer)],
    ]
    if functions:
        terms.append(_deeper("function", *bound))
    return {
        "proposition": [
            form
            for name, arity in signature.predicates
            if arity == 0
            for form in _nullary(name, capitals, printer)
        ],
        "atom::_": atoms,
        "relation::_": [_infix("=", bound), "comparison::_"],
        "comparison::_": [_infix(sign, bound) for sign in ("≠", *comparisons)],
        "term::_": terms,
        "function::_": functions,
    }


def read_signature(given: str | Mapping[str, Any] | S.Formula | Signature) -> Signature:
    """A signature from what a file or a command line holds.

    Args:
        given: text such as `Cat/1, Chases/2, anna` (a predicate with its arity, a constant alone); a mapping with
            `predicates`, `functions` (name to arity) and `constants` (names); or a formula, whose symbols are taken.

    Raises `ValueError` for anything else, and for a name with two arities.
    """
    if isinstance(given, Signature):
        return given
    if isinstance(given, S.Formula):
        return signature(given)
    if isinstance(given, str):
        given = _from_text(given)
    if not isinstance(given, Mapping) or (
        unknown := set(given) - {"predicates", "functions", "constants"}
    ):
        what = (
            f"unknown key {sorted(unknown)[0]!r}"
            if isinstance(given, Mapping)
            else type(given).__name__
        )
        raise ValueError(
            f"a signature is text or has predicates, functions and constants; got {what}"
        )
    constants = given.get("constants") or []
    if isinstance(constants, str) or not all(isinstance(name, str) for name in constants):
        raise ValueError(f"constants must be a list of names, got {constants!r}")
    return Signature(
        _arities("predicates", given.get("predicates") or {}, 0),
        _arities("functions", given.get("functions") or {}, 1),
        tuple(sorted(set(constants))),
    )


def _from_text(text: str) -> dict[str, Any]:
    predicates: list[tuple[str, int]] = []
    constants: list[str] = []
    for item in filter(None, re.split(r"[\s,;]+", text)):
        name, slash, arity = item.partition("/")
        if not name or (slash and not re.fullmatch(r"\d{1,2}", arity)):
            raise ValueError(
                f"{item!r} in a signature: write a predicate as Name/2 and a constant as name"
            )
        if slash:
            predicates.append((name, int(arity)))
        else:
            constants.append(name)
    return {"predicates": predicates, "constants": constants}


def _arities(kind: str, given: Any, least: int) -> tuple[tuple[str, int], ...]:
    """Names with arities from a mapping or from pairs."""
    found: dict[str, int] = {}
    for item in given.items() if isinstance(given, Mapping) else given:
        if (
            len(item) != 2
            or not isinstance(item[0], str)
            or type(item[1]) is not int
            or item[1] < least
        ):
            raise ValueError(
                f"{kind} of a signature: {item!r} is not a name with an arity of at least {least}"
            )
        if found.setdefault(item[0], item[1]) != item[1]:
            raise ValueError(
                f"{kind} of a signature: {item[0]!r} has the arities {found[item[0]]} and {item[1]}"
            )
    return tuple(sorted(found.items()))


def _nullary(name: str, capitals: Mapping[str, str], printer: Printer) -> list[str]:
    """A name without arguments; one that differs from a variable in case alone may be plain where that is not bound."""
    if name not in capitals:
        return [_name(name, printer)]
    return [_text(quoted(name)), _name(name, printer) + _if([capitals[name]])]


def _infix(sign: str, conditions: Sequence[str] = ()) -> str:
    return f"term::_ {_text(f' {_N.relations[sign]} ')} term::_{_if(conditions)}"


def _applied(name: str, arity: int, conditions: Sequence[str]) -> str:
    """A name with as many arguments as it takes, at least one."""
    arguments = ' ", " '.join(["term::_"] * arity)
    return f'{name} "(" {arguments} ")"{_if(conditions)}'


def _deeper(rule: str, *conditions: str) -> str:
    """A rule one level further down, while levels are left."""
    return f"{rule}::decr({_DEPTH})" + _if([f"gt({_DEPTH}, 0)", *conditions])


def _if(conditions: Sequence[str]) -> str:
    if not conditions:
        return ""
    return f" %if {conditions[0]}" if len(conditions) == 1 else f" %if and({', '.join(conditions)})"


def _name(name: str, printer: Printer) -> str:
    """A name as the printer writes it, as a literal of the grammar."""
    return _text(printer.name(name, S.Constant(name)))


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _either(alternatives: Iterable[str]) -> str:
    return " | ".join(alternatives)


def _ranges(codes: Iterable[int]) -> list[tuple[int, int]]:
    """Consecutive code points joined."""
    ranges: list[tuple[int, int]] = []
    for code in sorted(codes):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1] = (ranges[-1][0], code)
        else:
            ranges.append((code, code))
    return ranges

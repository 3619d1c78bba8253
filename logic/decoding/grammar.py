"""A grammar for constrained decoding: what a model may write is what the reader reads.

The text is Lark as llguidance takes it (vLLM's `StructuredOutputsParams(grammar=…)`). It is made
from the printer's precedence levels and signs, so it describes canonical Unicode notation to the
last blank and bracket.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

from logic import syntax as S
from logic.decoding.constructs import Rules
from logic.decoding.names import any_names, name_literal, names_of
from logic.decoding.syntax import COUNTER, DEPTH, deeper, either, literal
from logic.language import Language
from logic.languages import language
from logic.signatures.signature import Signature
from logic.spelling import LOOKS_VARIABLE
from logic.writing.levels import AND, IFF, IMPLIES, LEVEL_NAMES, OR, RELATION, UNARY, XOR
from logic.writing.notations import NOTATIONS
from logic.writing.printer import Printer

VARIABLES = tuple("x y z w v u x1 y1 z1 x2 y2 z2 x3 y3 z3".split())
"""The variables that a decoding grammar binds, unless others are named."""

_NOTATION = NOTATIONS["unicode"]
_CHAINS = {
    IFF: _NOTATION.biconditional,
    IMPLIES: _NOTATION.conditional,
    XOR: _NOTATION.exclusive,
    OR: _NOTATION.disjunction,
    AND: _NOTATION.conjunction,
}
DEPTH_LEFT = 16
"""Levels that may be nested, unless others are named."""
OPERANDS = 8
"""Parts that a chain or a list of arguments may have, unless others are named."""
END = r"END: /\n{1,2}/"
"""The terminal of a text's end: a model that has not learnt to end a text goes on with new lines."""
_MAX_DEPTH = 150
_MAX_OPERANDS = 1000


def decoding_grammar(
    signature: Signature | None = None,
    *,
    wrapper: str | None = None,
    newline: bool = False,
    depth: int = DEPTH_LEFT,
    operands: int = OPERANDS,
    variables: Sequence[str] = VARIABLES,
    domain: str = "fol",
) -> str:
    """A grammar, in llguidance's Lark, of the closed formulas in canonical notation.

    Args:
        signature: the only predicates, functions and constants admitted, each with its arity; None
            admits every name with any number of arguments (so one name may come with two arities:
            two predicates, which reading an answer reports).
        wrapper: admit any text up to the first occurrence of this marker (`FOL:`, `</think>`), then
            the formula.
        newline: admit a new line, or two, behind the formula: a model that has not learnt to end a
            text there ends it so, and is not made to go on with the formula.
        depth: levels of negations, quantifiers, brackets and function terms that may nest, at most
            150.
        operands: parts that one chain of a connective, and arguments that one argument list, may
            have.
        variables: the names that quantifiers may bind.
        domain: the domain whose constructs are admitted too.

    Raises ValueError for a setting out of range and for a variable that reads as something else.
    """
    if not 1 <= depth <= _MAX_DEPTH or not 2 <= operands <= _MAX_OPERANDS:
        allowed = f"depth must be in 1..{_MAX_DEPTH} and operands in 2..{_MAX_OPERANDS}"
        raise ValueError(f"{allowed}, got {depth} and {operands}")
    _check_variables(variables)
    if wrapper is not None and not wrapper.strip():
        raise ValueError("wrapper must be the marker that ends the free text, got an empty one")
    rules = formula_rules(
        signature,
        operands,
        tuple(variables),
        language(domain),
    )
    return "\n".join([*_start(depth, wrapper, newline), rules])


def _check_variables(variables: Sequence[str]) -> None:
    """Raise unless each has a bit below the counter, and is read as a variable."""
    if not 1 <= len(variables) <= COUNTER or len(set(variables)) < len(variables):
        names = ", ".join(variables) or "none"
        raise ValueError(f"1 to {COUNTER} different variables are allowed, got {names}")
    misread = [name for name in variables if not LOOKS_VARIABLE.fullmatch(name)]
    if misread:
        names = ", ".join(map(repr, misread))
        raise ValueError(f"{names} cannot be a variable here; allowed: u to z, digits after it")


@functools.lru_cache(maxsize=1024)
def formula_rules(
    signature: Signature | None,
    operands: int,
    variables: tuple[str, ...],
    language: Language,
) -> str:
    """All rules of formulas, below the one that a grammar starts with; `formula_at` names the first."""
    # A name such as `X` is read as the variable `x` where that is bound.
    capitals = {name.upper(): f"bit_clear({bit})" for bit, name in enumerate(variables)}
    printer = Printer(_NOTATION, S.Truth(True), language)
    own = _construct_rules(language, variables, operands, signature, printer)
    if signature is None:
        rules = any_names(operands, capitals, language, f"eq([0:{len(variables)}], 0)")
    else:
        rules = names_of(
            signature,
            len(variables),
            capitals,
            printer,
            own,
        )
    atoms = rules.pop("proposition")
    if rules["atom::_"]:
        atoms = [*atoms, "atom::_"]
    if own.ladder:
        rules |= own.term_ladder(rules["term::_"])
    lines = [*own.lines, *_ladder(operands, own.formulas)]
    lines += _unary(variables, atoms, own.formulas)
    lines += [f"{rule} : {either(bodies)}" for rule, bodies in rules.items() if bodies]
    return "\n".join(lines) + "\n"


def _start(depth: int, wrapper: str | None, newline: bool) -> list[str]:
    """The formula, and what may stand around it."""
    formula = formula_at(depth)
    if newline:
        formula += " END?"
    end = [END] if newline else []
    if wrapper is None:
        return [f'start: " "? {formula}', *end]
    return [
        f"start: reasoning BLANK {formula}",
        f"reasoning[lazy]: TEXT {literal(wrapper)}",
        r"TEXT: /(?s:.*)/",
        r"BLANK: /[ \n]{0,2}/",
        *end,
    ]


def formula_at(depth: int) -> str:
    """A formula that stands alone: nothing is bound, and so many levels may be nested."""
    return f"bare_{IFF}::{hex(depth << COUNTER)}"


def _construct_rules(
    language: Language,
    variables: Sequence[str],
    operands: int,
    signature: Signature | None,
    printer: Printer,
) -> Rules:
    """The rules of the language's constructs.

    Where there is a signature, sorts are among its predicates of one argument.
    """
    sorts = None
    if signature is not None:
        sorts = [name_literal(name, printer) for name, arity in signature.predicates if arity == 1]
    return Rules(
        language.constructs,
        variables,
        operands,
        deeper,
        sorts,
    )


def _ladder(operands: int, added: Mapping[int, list[str]]) -> list[str]:
    """Chains, and for each level what may stand where at least so tight a formula is needed.

    `bare` are the levels that bind as tightly, `looser` the others, which `bracket` admits.
    """
    lines = [_chain(level, operands) for level in _CHAINS]
    levels = range(IFF, UNARY + 1)
    for minimum in levels:
        tight = [rule for level in levels if level >= minimum for rule in _at_level(level, added)]
        lines.append(f"bare_{minimum}::_ : {either(tight)}")
        if minimum == IFF:  # nothing is looser
            continue
        loose = [rule for level in levels if level < minimum for rule in _at_level(level, added)]
        lower = f"looser_{minimum}::decr({DEPTH})"
        lines += [
            f"looser_{minimum}::_ : {either(loose)}",
            f'bracket_{minimum}::_ : "(" {lower} ")" %if gt({DEPTH}, 0)',
            f"at_{minimum}::_ : bare_{minimum}::_ | bracket_{minimum}::_",
        ]
    return lines


def _chain(level: int, operands: int) -> str:
    """A chain of one connective.

    A conditional groups to the right and a biconditional to the left, so that the last or the first
    operand needs brackets in fewer cases.
    """
    rule = f"{LEVEL_NAMES[level]}::_"
    operand = f"at_{level + 1}::_"
    sign = literal(f" {_CHAINS[level]} ")
    repeated = f"{{1,{operands - 1}}}"
    if level == IMPLIES:
        last = f"(bare_{XOR}::_ | bracket_{IMPLIES}::_)"
        return f"{rule} : ({operand} {sign}){repeated} {last}"
    first = f"bare_{IMPLIES}::_" if level == IFF else operand
    return f"{rule} : {first} ({sign} {operand}){repeated}"


def _at_level(level: int, added: Mapping[int, list[str]]) -> list[str]:
    """What binds just so tightly: the core's rule, and those that a domain adds."""
    core = f"{LEVEL_NAMES[level]}::_"
    # What a domain adds to the tightest level stands in the rule `unary` itself.
    return [core] if level == UNARY else [core, *added.get(level, [])]


def _unary(
    variables: tuple[str, ...], atoms: list[str], added: Mapping[int, list[str]]
) -> list[str]:
    """Atoms, truth values, negations and quantifiers."""
    truth_values = [literal(sign) for sign in (_NOTATION.true, _NOTATION.false) if sign is not None]
    nested = [deeper("negation"), deeper("quantified")]
    unary = [
        *atoms,
        *truth_values,
        *nested,
        *added.get(UNARY, []),
    ]
    # An equation is negated by its own sign, not by ¬.
    looser = [f"{LEVEL_NAMES[level]}::_" for level in range(IFF, RELATION)] + ["comparison::_"]
    looser += [rule for level, rules in added.items() if level < UNARY for rule in rules]
    negation = literal(_NOTATION.negation)
    opened = literal(_NOTATION.negation + "(")
    return [
        f"unary::_ : {either(unary)}",
        f'negation::_ : {negation} unary::_ | {opened} negated::_ ")"',
        f"negated::_ : {either(looser)}",
        *_binding(variables),
    ]


def _binding(variables: tuple[str, ...]) -> list[str]:
    """Quantifiers, and the variables that stand where they are bound."""
    prefixes = [_NOTATION.forall, _NOTATION.exists, _NOTATION.unique]
    pieces = [prefix.partition("{x}") for prefix in prefixes if prefix]
    quantifiers = either([literal(before) for before, _, _ in pieces])
    after = literal(pieces[0][2])
    bindings = [
        f"{literal(name)} {after} at_{UNARY}::set_bit({bit})" for bit, name in enumerate(variables)
    ]
    bound = [f"{literal(name)} %if bit_set({bit})" for bit, name in enumerate(variables)]
    return [
        f"quantified::_ : ({quantifiers}) binding::_",
        f"binding::_ : {either(bindings)}",
        f"variable::_ : {either(bound)}",
    ]

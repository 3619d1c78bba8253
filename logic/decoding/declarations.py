"""A grammar for the declarations of a story, and what was declared under it.

A sampler writes a story in two parts, as the second one's grammar is made from the first: which
names there are, and then formulas over these.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

from logic import syntax as S
from logic.decoding.grammar import VARIABLES
from logic.decoding.names import declared_names
from logic.errors import LogicError
from logic.languages import language
from logic.reading.answers.story import read_story
from logic.signatures.declarations import Declaration, declarations
from logic.signatures.reading import read_signature
from logic.signatures.signature import Signature, in_order, signature_of
from logic.symbols import MAX_ARITY, Symbol, symbols
from logic.writing.notations import NOTATIONS
from logic.writing.printer import Printer

_BEHIND = "\nPremises:\n"
_MOST_NAMES = 64
"""Names that one heading may list."""
_KINDS = {
    "predicates": "predicate",
    "functions": "function",
    "constants": "constant",
}


def signature_grammar(*, domain: str = "fol") -> str:
    """A grammar, in llguidance's Lark, of a story's declarations up to the heading of its premises.

    Predicates, functions and constants are listed as `Signature.to_text` lists them where there are
    no glosses; the last two may be absent. See `declared` for what was written under it.
    """
    capitals = [name.upper() for name in VARIABLES]
    further = f"{{0,{_MOST_NAMES - 1}}}"
    arities = "|".join(map(str, range(1, MAX_ARITY + 1)))
    lines = [
        r'start: " "? predicates functions? constants? "Premises:\n"',
        rf'predicates: "Predicates: " predicate (", " predicate){further} "\n"',
        rf'functions: "Functions: " function (", " function){further} "\n"',
        rf'constants: "Constants: " name (", " name){further} "\n"',
        'predicate: name "/0" | function',
        f'function: name "/" /{arities}/',
        *declared_names(capitals, language(domain)),
    ]
    return "\n".join(lines) + "\n"


def opening(signature: Signature) -> str:
    """The beginning of a story's answer, up to its first premise: its signature, without glosses."""
    bare = Signature(signature.predicates, signature.functions, signature.constants)
    return bare.to_text().lstrip("\n") + _BEHIND


def declared(text: str, *, domain: str = "fol") -> Signature | None:
    """What was declared under `signature_grammar`, in its order; None where that has no predicate.

    A text that was cut off counts up to its last whole declaration. Left out is what no grammar
    keeps from being written: a name that is declared again, and one that a story's reader takes for
    something else (`Either`, alone on its line).
    """
    end = text.find(_BEHIND)
    if end < 0:
        end = max(text.rfind(", "), text.rfind("\n"), 0)
    named: dict[str, Symbol] = {}
    try:
        for each in declarations(text[:end]):
            if each.name not in named and _is_usable(each, domain):
                named[each.name] = _symbol(each)
    except ValueError:  # what was sampled freely may be anything
        return None
    found = in_order(named.values())
    return found if found.predicates else None


@functools.lru_cache(maxsize=4096)
def _is_usable(declaration: Declaration, domain: str) -> bool:
    """Whether a story that names it is read as it stands, its declaration too."""
    symbol = _symbol(declaration)
    alone = signature_of(frozenset([symbol]))
    try:
        if read_signature(opening(alone)) != alone:
            return False
        return all(_names(line, symbol, domain) for line in _probes(declaration, domain))
    except (LogicError, ValueError):
        return False


def _symbol(declaration: Declaration) -> Symbol:
    return (_KINDS[declaration.kind], declaration.name, declaration.arity)


def _names(line: str, symbol: Symbol, domain: str) -> bool:
    """Whether a line of a story is read as a formula that has the symbol."""
    story = read_story(f"Premises:\n{line}\nConclusion:\n{line}", domain=domain)
    formulas = [part.answer.formula for part in story]
    if len(formulas) != 2:
        return False
    return all(formula is not None and symbol in symbols(formula) for formula in formulas)


def _probes(declaration: Declaration, domain: str) -> Iterator[str]:
    """Lines that show what a reader takes a name for, as the grammar of the story writes them."""
    printer = Printer(NOTATIONS["unicode"], S.Truth(True), language(domain))
    name = printer.name(declaration.name, S.Constant(declaration.name))
    if declaration.kind == "constants":
        yield f"{name} = b"
        yield f"{name} = g(b) ∧ {name} = g(b)"
        return
    equals = "" if declaration.kind == "predicates" else " = b"
    if declaration.arity == 0:
        yield from (name, f"∀x {name}")
        return
    bound = [letter for letter in VARIABLES if letter in name]
    for argument in ("b", "g(b)", *bound):
        quantifier = f"∀{argument} " if argument in bound else ""
        arguments = ", ".join([argument] * declaration.arity)
        yield f"{quantifier}{name}({arguments}){equals}"

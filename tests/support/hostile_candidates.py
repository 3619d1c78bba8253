"""Short candidates that could cost much, judged one after the other under limits: a script.

    python hostile_candidates.py

Each line of its output is JSON: the candidate's name, the seconds of processor time it took, the
verdict, and why it is unreadable where it is. A candidate that takes more than `SECONDS` or memory
beyond `BYTES` ends the process.
"""

from __future__ import annotations

import itertools
import json
import math
import resource
import time
from collections.abc import Iterable

import logic

SECONDS = 2
BYTES = 1 << 30
# Z3's own work has a limit of its own, which is not what is tried here.
BUDGET = logic.Budget(rlimit=500_000)

Pair = tuple[str, str]
"""A candidate and a reference."""


def _repeated(name: str, count: int) -> str:
    return ",".join([name] * count)


def _numbered(name: str, count: int) -> list[str]:
    return [f"{name}{index}" for index in range(count)]


def _many(name: str) -> str:
    """More predicates than are matched without scipy."""
    return " ∧ ".join([f"{predicate}(a)" for predicate in _numbered(name, 8)])


def _over(variables: Iterable[str], joint: str, predicate: str = "R({},{})") -> str:
    """A chain of atoms over neighbours."""
    names = list(variables)
    atoms = [predicate.format(one, other) for one, other in itertools.pairwise(names)]
    return f"({joint.join([*atoms, f'P({names[0]})'])})"


def _alternating(variables: list[str]) -> str:
    return "".join([f"{'∃∀'[index % 2]}{name} " for index, name in enumerate(variables)])


# Each reference says the same as its candidate of one element, where all structures that are small
# enough to be sampled for many variables or arguments have one: cheap steps leave it undecided.


def _arities(count: int) -> dict[str, Pair]:
    a, b, x = _repeated("a", count), _repeated("b", count), _repeated("x", count)
    further = _repeated("a", count - 1)
    nested = "f(" * 6 + "a" + f",{further})" * 6
    variables = ", ".join(_numbered("x", count))
    atom = f"R({variables})"
    return {
        "constants": (f"Cat(tom) ∧ (R({a}) ∨ ¬R({b}))", "Cat(tom)"),
        "other constants": (f"∃x P(x) ∧ R({a})", "∃x P(x) ∧ R(b)"),
        "variables": (f"∀{variables} ({atom} → S(x0))", "∀x (R(x) → S(x))"),
        "one variable": (f"∀x ∃y (R({x}) → S(y,{further}))", "∀x ∃y (R(x) → S(y, a))"),
        "values": (f"f({a}) = f({b})", "a = b"),
        "values of a variable": (f"∀x P(f({x}))", "∀x P(x)"),
        "values of values": (f"P({nested})", "P(a)"),
    }


def _variables(count: int) -> dict[str, Pair]:
    variables = _numbered("x", count)
    listed = ", ".join(variables)
    separate = "".join([f"∀{name} " for name in variables])
    typed = " ".join([f"({name} U)" for name in variables])
    all_of = "∀x (P(x) ∨ R(x, x))"
    some = "∃x (P(x) ∧ R(x, x))"
    parts = [f" ↔ P({name}))" for name in _numbered("b", count)]
    return {
        "one quantifier": (f"∀{listed} P(x0)", "P(a)"),
        "many quantifiers": (f"{separate}P(x0)", "P(a)"),
        "s-expression": (f"(forall ({typed}) (P x0))", "P(a)"),
        "Z3Py": (f"ForAll([{listed}], P(x0))", "P(a)"),
        "chain": (f"∃{listed} {_over(variables, ' ∧ ')}", some),
        "alternating": (f"{_alternating(variables)}{_over(variables, ' ∨ ')}", all_of),
        "alternating ↔": (f"{_alternating(variables)}{_over(variables, ' ↔ ')}", all_of),
        "sum": (f"∃{listed} ({' ⊕ '.join([f'P({name})' for name in variables])})", "∃x P(x)"),
        "equal": (f"∀{listed} {_over(variables, ' ∨ ', '{}={}')}", "∀x (P(x) ∨ x = x)"),
        "constants equal": (" ∧ ".join([f"a{name}=b{name}" for name in variables]), "⊤"),
        "unique": ("".join([f"∃!{name} " for name in variables]) + _over(variables, " ∧ "), some),
        "unique, one sign": (f"∃!{listed} P(x0)", "∃x P(x)"),
        "unique, one name": ("∃!x " * count + "P(x)", "∃x P(x)"),
        "left ↔": (f"{'(' * count}P(a){''.join(parts)}", "P(a) ↔ P(b)"),
        "value of value": (f"∀x R({'f(' * count}x{')' * count}, x)", "∀x R(f(x), x)"),
        "differ in two": (f"∃x ∃y x≠y ∧ ∀{listed} {_over(variables, ' ∨ ')}", "∃x x≠x"),
    }


def _blocks(count: int, size: int) -> Pair:
    """Quantifiers in blocks, over a matrix that is the same for each variable of a block."""
    blocks = [_numbered("uvwxyz"[index % 6] + str(index), size) for index in range(count)]
    rows = [f"R({','.join(row)})" for row in zip(*blocks, strict=True)]
    binders = [f"{'∃∀'[index % 2]}{', '.join(block)} " for index, block in enumerate(blocks)]
    return f"{''.join(binders)}({' ↔ '.join(rows)})", "∀x ∃y R(x, y)"


def candidates() -> dict[str, Pair]:
    """Candidates of at most 2,000 characters and their references, by name."""
    pairs = {}
    for arity in (12, 14, 24, 32, 33, 64, 400):
        for name, pair in _arities(arity).items():
            pairs[f"arity {arity}: {name}"] = pair
    for count in (9, 16, 17, 31, 63, 64, 140, 151, 300, 600):
        for name, pair in _variables(count).items():
            pairs[f"{count} variables: {name}"] = pair
    for count, size in ((3, 5), (4, 4), (8, 3), (10, 4)):
        pairs[f"{count} blocks of {size}"] = _blocks(count, size)
    return {name: pair for name, pair in pairs.items() if len(pair[0]) <= 2_000}


def domain_candidates() -> dict[str, tuple[str, str, str]]:
    """Candidates of domains: the domain, the candidate and a reference, by name."""
    texts = {}
    for count in (4, 8, 16, 39):
        variables = _numbered("x", count)
        counted = "".join([f"∃=5 {name} " for name in variables])
        many = "".join([f"∃≥20 {name} " for name in variables])
        unique = "".join([f"∃!{name}:S " for name in variables])
        times = "always eventually " * (count // 2)
        steps = [f" before P({name}))" for name in _numbered("b", count)]
        before = "(" * count + "P(a)" + "".join(steps)
        reference = "∃≥2 x P(x)"
        texts[f"{count} counted"] = ("counting", counted + _over(variables, " ∧ "), reference)
        texts[f"{count} of many"] = ("counting", many + _over(variables, " ∨ "), reference)
        texts[f"{count} sorted"] = ("sorted", unique + "P(x0)", "∃!x:S P(x)")
        texts[f"{count} times"] = ("temporal", times + "P(a)", "always P(a)")
        texts[f"{count} times in order"] = ("temporal", before, "P(a) before P(b)")
    return texts


def _judge(name: str, candidate: str, reference: str, domain: str = "fol") -> None:
    start = time.process_time()
    # Whole seconds, counted from the start of the process.
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(start + SECONDS), resource.RLIM_INFINITY))
    comparison = logic.compare(
        candidate=candidate,
        reference=reference,
        domain=domain,
        budget=BUDGET,
    )
    error = comparison.answer.error
    row = {
        "name": name,
        "seconds": time.process_time() - start,
        "verdict": comparison.verdict,
        "score": comparison.score,
        "error": None if error is None else error.reason,
        "printed": comparison.answer.formula is None or _prints(comparison, domain),
    }
    print(json.dumps(row), flush=True)


def _prints(comparison: logic.Comparison, domain: str) -> bool:
    """Whether what was read is read again as it is printed."""
    formula = comparison.answer.formula
    return logic.parse(str(formula), domain=domain) == formula


def main() -> None:
    """Judge all candidates, once what they need is loaded."""
    warm = [("fol", "∀x ∃y R(x, y)", "∃y ∀x R(x, y)"), ("fol", _many("P"), _many("Q"))]
    for domain, _, reference in domain_candidates().values():
        warm.append((domain, reference, reference))
    for domain, candidate, reference in warm:
        logic.compare(candidate=candidate, reference=reference, domain=domain)
    with open("/proc/self/statm", encoding="ascii") as file:
        pages = int(file.read().split()[0])
    limit = pages * resource.getpagesize() + BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    for name, (candidate, reference) in candidates().items():
        _judge(name, candidate, reference)
    for name, (domain, candidate, reference) in domain_candidates().items():
        _judge(name, candidate, reference, domain)


if __name__ == "__main__":
    main()

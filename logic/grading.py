"""Partial credit: how much of the reference a formula that is not equivalent to it gets right.

Two measures, both blind to rewriting because they look at normal forms and at truth:

- parts: Dice overlap of weighted features of the two normal forms (which predicates, with which sign and arguments,
  under which connectives and quantifiers, which places share a variable, which quantifier depends on which);
- truth: the mean of the overlaps of models and of countermodels over sampled finite structures.

The grade is parts · (1 - T + T · truth). The negation of a formula shares no model and no countermodel with it, so
it keeps only the share 1 - T of its parts. Weights and T were chosen on edited FOLIO formulas by benchmarks/grading.py.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, Any

from logic.normal import Normal

if TYPE_CHECKING:
    from logic.samples import Agreement

MAX_GRADE = 0.95
"""The most that a formula not proved equivalent can get."""
CONSTANT_GRADE = 0.02
"""The most for a tautology or a contradiction in place of a formula that says something."""
TRUTH_SHARE = 0.4
_PREDICATE, _SIGN, _ARGUMENTS, _LITERAL = 0.5, 0.25, 0.25, 0.25
_PATH, _BINDING, _LINK, _DEPENDENCE, _NODE = 0.35, 0.45, 0.7, 1.0, 0.15

Features = dict[str, float]


def grade(candidate: Features, reference: Features, truth: Agreement) -> float:
    """Partial credit in [0, `MAX_GRADE`] of a candidate that differs from the reference."""
    parts = dice(candidate, reference)
    shared = (truth.models + truth.countermodels) / 2
    value = parts * (1 - TRUTH_SHARE + TRUTH_SHARE * shared)
    return min(value, CONSTANT_GRADE if truth.constant else MAX_GRADE)


def dice(left: Features, right: Features) -> float:
    """Weighted overlap of two bags of features, in [0, 1]."""
    shared = 0.0
    for name, weight in left.items():
        other = right.get(name)
        if other is not None:
            shared += min(weight, other)
    total = sum(left.values()) + sum(right.values())
    return 2 * shared / total if total else 1.0


def features(node: Normal) -> Features:
    """The weighted features of a normal form."""
    found: Features = defaultdict(float)
    occurrences: dict[int, list[str]] = defaultdict(list)
    _walk(node, {}, "", found, occurrences)
    for places in occurrences.values():
        if len(places) > 1:
            weight = 2 * _LINK / (len(places) - 1)
            for first, second in combinations(sorted(places), 2):
                found[f"link {first} {second}"] += weight
    return dict(found)


def _walk(
    node: Normal,
    scope: dict[int, str],
    path: str,
    found: Features,
    occurrences: dict[int, list[str]],
) -> None:
    """`scope` maps a bound variable to its quantifier ("A" or "E"), in order of binding."""
    tag = node[0]
    if tag == "lit":
        _literal(node, scope, path, found, occurrences)
    elif tag in ("all", "some"):
        sign = "A" if tag == "all" else "E"
        found[sign] += _NODE
        inner = path if path.endswith(sign) else path + sign
        _walk(node[3], {**scope, node[2]: sign}, inner, found, occurrences)
    elif tag in ("and", "or", "xor"):
        name = {"and": "&", "or": "|"}.get(tag) or ("+" if node[2] else "~")
        found[name] += _NODE
        for part in node[-1]:
            _walk(part, scope, path + name, found, occurrences)
    else:
        found[tag] += _NODE


def _literal(
    node: Normal,
    scope: dict[int, str],
    path: str,
    found: Features,
    occurrences: dict[int, list[str]],
) -> None:
    _, _, sign, predicate, args = node
    shown = [_term(arg, scope) for arg in args]
    if predicate == "=":
        shown.sort()
    applied = f"{predicate}({','.join(shown)})"
    mark = "" if sign else "-"
    found[predicate] += _PREDICATE
    found["sign " + mark + predicate] += _SIGN
    found[applied] += _ARGUMENTS
    found["literal " + mark + applied] += _LITERAL
    found[f"path {path} {predicate}"] += _PATH
    bound = [arg for arg in args if type(arg) is int]
    for place, arg in enumerate(args):
        if type(arg) is int:
            spot = predicate if predicate == "=" else f"{predicate}/{place}"
            occurrences[arg].append(spot)
            found[f"bound {spot} {scope[arg]}"] += _BINDING
    if len(bound) > 1:
        order = list(scope)
        ranked = sorted(dict.fromkeys(bound), key=order.index)
        for outer, inner in combinations(ranked, 2):
            if scope[outer] != scope[inner]:
                found[
                    f"depends {predicate} {bound.index(outer)}{scope[outer]} {bound.index(inner)}"
                ] += _DEPENDENCE


def _term(term: Any, scope: dict[int, str]) -> str:
    if type(term) is int:
        return "$" + scope[term]
    if type(term) is str:
        return term
    return f"{term[0]}({','.join([_term(arg, scope) for arg in term[1:]])})"

"""Partial credit: how much of the reference a formula that is not equivalent to it gets right.

Two measures, both blind to rewriting because they look at normal forms and at truth:

- parts: Dice overlap of weighted features of the two normal forms (which predicates, with which
  sign and arguments, under which connectives and quantifiers, which argument positions share a
  variable, which quantifier depends on which);
- truth: the mean of the overlaps of models and of countermodels over sampled finite structures.

The grade is parts · (1 - T + T · truth). The negation of a formula shares no model and no
countermodel with it, so it keeps only the share 1 - T of its parts. Weights and T were chosen on
edited FOLIO formulas by benchmarks/grading.py.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, Any

from logic.deciding.normal import Normal

if TYPE_CHECKING:
    from logic.deciding.verdict import Agreement

MAX_GRADE = 0.95
"""The most that a formula not proved equivalent can get."""
CONSTANT_GRADE = 0.02
"""The most for a tautology or a contradiction in place of a formula that says something."""
TRUTH_SHARE = 0.4
"""T: the share of the grade that truth can take away."""

# Weights of what a literal says …
_PREDICATE = 0.5
_SIGN = 0.25
_ARGUMENTS = 0.25
_LITERAL = 0.25
# … and of how it hangs together with the rest.
_PATH = 0.35
_BINDING = 0.45
_LINK = 0.7
_DEPENDENCE = 1.0
_NODE = 0.15

Features = dict[str, float]
"""Features of a normal form, in words, with what each weighs."""
Scope = dict[int, str]
"""Bound variables with their quantifiers ("A" or "E"), in the order of binding."""


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
    collector = _Collector()
    collector.formula(node, {}, "")
    collector.links()
    return dict(collector.features)


class _Collector:
    """Walks a normal form; `path` is the quantifiers and connectives above a node."""

    def __init__(self) -> None:
        self.features: Features = defaultdict(float)
        # Where each variable occurs, as predicates with positions.
        self.occurrences: dict[int, list[str]] = defaultdict(list)

    def formula(self, node: Normal, scope: Scope, path: str) -> None:
        tag = node[0]
        if tag == "lit":
            self.literal(node, scope, path)
        elif tag in ("all", "some"):
            _, _, variable, body = node
            sign = "A" if tag == "all" else "E"
            self.features[sign] += _NODE
            # A block of one quantifier is one step of the path: its length is a matter of taste.
            below = path if path.endswith(sign) else path + sign
            self.formula(
                body,
                {**scope, variable: sign},
                below,
            )
        elif tag in ("and", "or", "xor"):
            sign = _connective(node)
            self.features[sign] += _NODE
            for part in node[-1]:
                self.formula(
                    part,
                    scope,
                    path + sign,
                )
        else:
            self.features[tag] += _NODE

    def literal(self, node: Normal, scope: Scope, path: str) -> None:
        _, _, positive, predicate, args = node
        terms = [_term(arg, scope) for arg in args]
        if predicate == "=":
            terms.sort()
        else:
            predicate = f"{predicate}/{len(args)}"  # one of another arity is another predicate
        atom = f"{predicate}({','.join(terms)})"
        mark = "" if positive else "-"
        features = self.features
        features[predicate] += _PREDICATE
        features["sign " + mark + predicate] += _SIGN
        features[atom] += _ARGUMENTS
        features["literal " + mark + atom] += _LITERAL
        features[f"path {path} {predicate}"] += _PATH
        for position, arg in enumerate(args):
            if type(arg) is not int:
                continue
            spot = f"{predicate}/{position}"
            if predicate == "=":
                # Its sides are one position, as they change places without a difference.
                spot = predicate
            self.occurrences[arg].append(spot)
            features[f"bound {spot} {scope[arg]}"] += _BINDING
        self.dependences(predicate, args, scope)

    def dependences(self, predicate: str, args: tuple[Any, ...], scope: Scope) -> None:
        """Which of an atom's variables are bound within the scope of others, of the other kind."""
        variables = [arg for arg in args if type(arg) is int]
        if len(variables) < 2:
            return
        order = list(scope)
        ranked = sorted(dict.fromkeys(variables), key=order.index)
        for outer, inner in combinations(ranked, 2):
            # Quantifiers of one kind change places without a difference.
            if scope[outer] == scope[inner]:
                continue
            first = variables.index(outer)
            second = variables.index(inner)
            name = f"depends {predicate} {first}{scope[outer]} {second}"
            self.features[name] += _DEPENDENCE

    def links(self) -> None:
        """Which positions hold the same variable.

        The pairs of one variable weigh as much as its occurrences, not as their square.
        """
        for positions in self.occurrences.values():
            if len(positions) < 2:
                continue
            weight = 2 * _LINK / (len(positions) - 1)
            for first, second in combinations(sorted(positions), 2):
                self.features[f"link {first} {second}"] += weight


def _connective(node: Normal) -> str:
    """The sign of a chain; an exclusive disjunction has another where it is denied."""
    if node[0] == "and":
        return "&"
    if node[0] == "or":
        return "|"
    return "+" if node[2] else "~"


def _term(term: Any, scope: Scope) -> str:
    """A term without the names of its variables: only what binds them counts."""
    if type(term) is int:
        return "$" + scope[term]
    if type(term) is str:
        return term
    symbol, *args = term
    arguments = ",".join([_term(arg, scope) for arg in args])
    return f"{symbol}({arguments})"

"""Does anything break, or run on, between a random formula and a rewriting of it?

    python benchmarks/random_formulas.py [--number 1000] [--size 60] [--seed 0]

Each random formula (quantifiers, ∃!, ⊕, equality, functions; at most so many nodes) is brought into normal form,
printed and read again, and decided against a rewriting of itself. A line is printed for each failure: something raises,
what is printed is read as another formula, equivalent formulas are refuted, the wall clock decides, or one formula
takes more than `SECONDS` of the processor. The exit status is 1 where there was one.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from random import Random

import logic
from data.perturb import rewrite
from logic import syntax as S
from logic.deciding.keys import normal_key
from logic.errors import UnsupportedError

SECONDS = 10.0
"""Processor time of one formula; about four times what the limits of work allow for on a slow machine."""
REWRITINGS = 4
_BOTH = (S.And, S.Or, S.Xor)
_TWO = (S.Implies, S.Iff)
_QUANTIFIERS = (S.Forall, S.Exists, S.Forall, S.Exists, S.ExistsUnique)
_PREDICATES = (("P", 1), ("Q", 1), ("R", 2), ("S", 3), ("T", 0))


def random_formula(
    source: Random, size: int, bound: tuple[str, ...] = (), *, depth: int = 2
) -> S.Formula:
    """A closed formula of about `size` nodes, with function terms up to some depth."""
    if size <= 3 or (bound and source.random() < 0.1):
        return _atom(source, bound, depth)
    kind = source.random()
    if kind < 0.35 and len(bound) < 8:
        name = source.choice("xyzuvw") + source.choice(["", "1"])
        body = random_formula(source, size - 1, (*bound, name), depth=depth)
        return source.choice(_QUANTIFIERS)(S.Variable(name), body)
    if kind < 0.45:
        return S.Not(random_formula(source, size - 1, bound, depth=depth))
    cut = source.randint(1, size - 2)
    one = random_formula(source, cut, bound, depth=depth)
    other = random_formula(source, size - 1 - cut, bound, depth=depth)
    if kind < 0.8:
        return source.choice(_BOTH)((one, other))
    return source.choice(_TWO)(one, other)


def _atom(source: Random, bound: tuple[str, ...], depth: int) -> S.Formula:
    if source.random() < 0.15:
        return S.Equality(_term(source, bound, depth), _term(source, bound, depth))
    name, arity = source.choice(_PREDICATES)
    return S.Atom(name, tuple([_term(source, bound, depth) for _ in range(arity)]))


def _term(source: Random, bound: tuple[str, ...], depth: int) -> S.Term:
    if depth and source.random() < 0.2:
        if source.random() < 0.3:
            one, other = _term(source, bound, depth - 1), _term(source, bound, depth - 1)
            return S.Function("g", (one, other))
        return S.Function("f", (_term(source, bound, depth - 1),))
    if bound and source.random() < 0.85:
        return S.Variable(source.choice(bound))
    return S.Constant(source.choice("ab"))


def failures(formula: S.Formula, source: Random, counts: Counter[str]) -> Iterator[str]:
    """What goes wrong with one formula."""
    start = time.process_time()
    if logic.parse(str(formula)) != formula:
        yield "printed and read again, it is another formula"
    rewritten = rewrite(formula, source, REWRITINGS)
    try:
        normal_key(formula)
        normal_key(rewritten)
    except UnsupportedError:  # past its size limit, which is said
        counts["too large for a normal form"] += 1
    verdict = logic.equivalent(candidate=rewritten, reference=formula)
    counts[verdict.status] += 1
    if verdict.status == "refuted":
        yield f"refuted against its rewriting {rewritten}"
    if verdict.reason == "wall":
        yield "the wall clock decided"
    seconds = time.process_time() - start
    if seconds > SECONDS:
        yield f"took {seconds:.1f} s"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--size", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    counts: Counter[str] = Counter()
    failed = 0
    start = time.perf_counter()
    worst = 0.0
    for number in range(options.number):
        source = Random(f"{options.seed}/{number}")
        formula = random_formula(source, source.randint(4, options.size))
        began = time.process_time()
        try:
            found = list(failures(formula, source, counts))
        except Exception as error:  # whatever it is, it is what this script looks for
            found = [f"{type(error).__name__}: {error}"]
        worst = max(worst, time.process_time() - began)
        for failure in found:
            failed += 1
            print(f"{formula}\n    {failure}", flush=True)
    listed = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    seconds = time.perf_counter() - start
    print(
        f"{options.number} formulas in {seconds:.0f} s, the slowest {worst:.2f} s of the processor: "
        f"{listed}; {failed} failures"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

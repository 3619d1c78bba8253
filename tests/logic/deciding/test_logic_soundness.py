"""Pairs of formulas with known answers: the judge decides every one of them, and rightly."""

import csv
import itertools
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import logic
from logic import syntax as S

INFINITE = "infinite countermodel only"


class Pair(NamedTuple):
    candidate: str
    reference: str
    equivalent: bool
    kind: str


def read_pairs() -> list[Pair]:
    path = Path(__file__).parents[2] / "fixtures" / "pairs.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Pair(
                row["candidate"],
                row["reference"],
                {"yes": True, "no": False}[row["equivalent"]],
                row["kind"],
            )
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


PAIRS = read_pairs()
FINITE = [pair for pair in PAIRS if pair.kind != INFINITE]


def name(pair: Pair) -> str:
    return f"{pair.candidate} | {pair.reference}"


# ---- an evaluator of its own, slow and plain, that shares nothing with the judge --------------------------------


def symbols(node: Any, predicates: dict[str, int], functions: dict[str, int]) -> None:
    if isinstance(node, S.Atom):
        predicates[node.predicate] = len(node.args)
    elif isinstance(node, S.Function):
        functions[node.name] = len(node.args)
    elif isinstance(node, S.Constant):
        functions[node.name] = 0
    for child in node.children():
        symbols(child, predicates, functions)


def value(term: Any, model: dict[tuple, Any], env: dict[str, int]) -> int:
    if isinstance(term, S.Variable):
        return env[term.name]
    args = tuple(value(arg, model, env) for arg in getattr(term, "args", ()))
    return model["function", term.name, args]


def holds(node: Any, size: int, model: dict[tuple, Any], env: dict[str, int]) -> bool:
    def count(node: Any) -> int:
        return sum(
            holds(node.body, size, model, {**env, node.variable.name: e}) for e in range(size)
        )

    def each() -> list[bool]:
        return [holds(child, size, model, env) for child in node.children()]

    match node:
        case S.Truth(truth):
            return truth
        case S.Atom(predicate, args):
            return model["predicate", predicate, tuple(value(arg, model, env) for arg in args)]
        case S.Equality(left, right):
            return value(left, model, env) == value(right, model, env)
        case S.Not():
            return not each()[0]
        case S.And():
            return all(each())
        case S.Or():
            return any(each())
        case S.Xor():
            return sum(each()) % 2 == 1
        case S.Implies():
            left, right = each()
            return right or not left
        case S.Iff():
            left, right = each()
            return left == right
        case S.Forall():
            return count(node) == size
        case S.Exists():
            return count(node) > 0
        case S.ExistsUnique():
            return count(node) == 1
    raise TypeError(node)


def structures(pair: Pair, limit: int) -> Iterator[tuple[int, dict[tuple, Any]]]:
    """Every structure of size 1 and 2, and random ones of size 3, up to a limit for each size (then a sample)."""
    predicates: dict[str, int] = {}
    functions: dict[str, int] = {}
    for text in (pair.candidate, pair.reference):
        symbols(logic.parse(text), predicates, functions)
    draw = random.Random(name(pair))
    for size in (1, 2, 3):
        cells = [
            (("predicate", symbol, args), (False, True))
            for symbol, arity in predicates.items()
            for args in itertools.product(range(size), repeat=arity)
        ] + [
            (("function", symbol, args), tuple(range(size)))
            for symbol, arity in functions.items()
            for args in itertools.product(range(size), repeat=arity)
        ]
        total = 1
        for _, choices in cells:
            total *= len(choices)
        if total <= limit:
            for chosen in itertools.product(*[choices for _, choices in cells]):
                yield size, dict(zip([cell for cell, _ in cells], chosen, strict=True))
        else:
            for _ in range(limit):
                bias = draw.random()
                yield (
                    size,
                    {
                        cell: (
                            draw.random() < bias
                            if choices == (False, True)
                            else draw.choice(choices)
                        )
                        for cell, choices in cells
                    },
                )


def differ(pair: Pair, limit: int) -> bool:
    left, right = logic.parse(pair.candidate), logic.parse(pair.reference)
    return any(
        holds(left, n, model, {}) != holds(right, n, model, {})
        for n, model in structures(pair, limit)
    )


# ---- the tests ---------------------------------------------------------------------------------------------------


def test_the_table_is_large_varied_and_balanced() -> None:
    different = sum(not pair.equivalent for pair in PAIRS)
    assert len(PAIRS) >= 150
    assert 0.4 <= different / len(PAIRS) <= 0.6
    assert len({pair.kind for pair in PAIRS}) >= 30
    assert len({(pair.candidate, pair.reference) for pair in PAIRS}) == len(PAIRS)


@pytest.mark.parametrize("pair", FINITE, ids=name)
def test_labels_agree_with_plain_evaluation(pair: Pair) -> None:
    assert differ(pair, limit=200 if pair.equivalent else 20_000) is not pair.equivalent


@pytest.mark.parametrize("pair", FINITE, ids=name)
def test_every_pair_is_decided_rightly_both_ways_round(pair: Pair) -> None:
    expected = "proved" if pair.equivalent else "refuted"
    forward = logic.equivalent(candidate=pair.candidate, reference=pair.reference)
    backward = logic.equivalent(candidate=pair.reference, reference=pair.candidate)
    assert (forward.status, backward.status) == (expected, expected)


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.kind == INFINITE], ids=name)
def test_what_only_an_infinite_structure_refutes_is_not_proved(pair: Pair) -> None:
    little = logic.Budget(rlimit=400_000)
    verdict = logic.equivalent(candidate=pair.candidate, reference=pair.reference, budget=little)
    assert verdict.status != "proved"


def score(candidate: str, reference: str) -> float | None:
    return logic.compare(
        candidate=logic.parse(candidate), reference=logic.parse(reference), names="exact"
    ).score


def test_a_score_is_one_exactly_for_equivalent_pairs_and_symmetric() -> None:
    wrong = []
    for pair in FINITE:
        forward, backward = (
            score(pair.candidate, pair.reference),
            score(pair.reference, pair.candidate),
        )
        if (forward == 1.0) is not pair.equivalent or forward != pytest.approx(backward, abs=1e-9):
            wrong.append((name(pair), forward, backward))
    assert not wrong


def test_the_scores_of_different_formulas_do_not_all_look_alike() -> None:
    scores = [score(pair.candidate, pair.reference) for pair in FINITE if not pair.equivalent]
    assert all(score is not None and 0.0 <= score < 1.0 for score in scores)
    assert len({round(score or 0.0, 3) for score in scores}) > len(scores) // 4

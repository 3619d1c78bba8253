"""Random formulas of each domain: what is printed is read again, a formula is itself, and never its negation."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import strategies
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import logic
from logic import syntax as S
from logic.domains import arithmetic, counting, deontic, get, temporal
from logic.domains import sorted as sorts

NAMES = [
    "Cat",
    "Likes",
    "Runs",
    "anna",
    "bob",
    "must",
    "not-sad",
    "at least",
    "before",
    "18",
    "Int",
    "x",
]
VARIABLES = ["x", "y", "z"]
Wrap = Callable[[st.DrawFn, S.Formula, S.Formula], S.Formula]


def _counted(draw: st.DrawFn, left: S.Formula, right: S.Formula) -> S.Formula:
    kind = draw(st.sampled_from([counting.AtLeast, counting.AtMost, counting.Exactly]))
    return kind(draw(st.integers(0, 3)), _variable(draw), left)


def _sorted(draw: st.DrawFn, left: S.Formula, right: S.Formula) -> S.Formula:
    variable = _variable(draw)
    sort = S.Atom(draw(st.sampled_from(["Person", "Dog", "odd sort"])), (variable,))
    return draw(st.sampled_from([sorts.AllOf, sorts.SomeOf, sorts.OneOf]))(variable, sort, left)


def _modal(draw: st.DrawFn, left: S.Formula, right: S.Formula) -> S.Formula:
    return draw(st.sampled_from([deontic.Obligatory, deontic.Permitted, deontic.Forbidden]))(left)


def _timed(draw: st.DrawFn, left: S.Formula, right: S.Formula) -> S.Formula:
    if draw(st.booleans()):
        return draw(st.sampled_from([temporal.Always, temporal.Eventually]))(left)
    return draw(st.sampled_from([temporal.Before, temporal.After]))(left, right)


def _number(draw: st.DrawFn, depth: int) -> S.Term:
    kind = draw(st.sampled_from(["numeral", "age", "sum"] if depth else ["numeral", "age"]))
    if kind == "numeral":
        return arithmetic.Number(str(draw(st.integers(0, 40))))
    if kind == "age":
        return S.Function("Age", (S.Constant(draw(st.sampled_from(["anna", "bob"]))),))
    operation = draw(
        st.sampled_from([arithmetic.Plus, arithmetic.Minus, arithmetic.Times, arithmetic.Negative])
    )
    parts = [_number(draw, depth - 1) for _ in range(1 if operation is arithmetic.Negative else 2)]
    if operation is arithmetic.Times:  # a linear one, which Z3 decides
        parts[0] = arithmetic.Number("3")
    return operation(*parts)


def _compared(draw: st.DrawFn, left: S.Formula, right: S.Formula) -> S.Formula:
    sign = draw(st.sampled_from("≤≥<>"))
    compared = arithmetic.Comparison(sign, (_number(draw, 2), _number(draw, 2)))
    quantified = draw(st.sampled_from([None, arithmetic.AllNumbers, arithmetic.SomeNumber]))
    whole = S.Or((compared, left))
    return whole if quantified is None else quantified(S.Variable("n"), "Int", whole)


WRAPS: dict[str, Wrap] = {
    "arithmetic": _compared, "counting": _counted, "deontic": _modal, "sorted": _sorted, "temporal": _timed,
}  # fmt: skip


def _variable(draw: st.DrawFn) -> S.Variable:
    return S.Variable(draw(st.sampled_from(VARIABLES)))


@st.composite
def in_domain(draw: st.DrawFn, name: str) -> S.Formula:
    """A formula with constructs of the domain at random places, as its reader would keep it."""
    core = strategies.formulas(names=NAMES, variables=VARIABLES, depth=2)

    def dressed(node: S.Node) -> S.Node:
        children = [dressed(child) for child in node.children()]
        node = node.rebuild(children) if children else node
        if isinstance(node, S.Formula) and draw(st.integers(0, 2)) == 0:
            return WRAPS[name](draw, node, S.Atom("Rains"))
        return node

    formula = WRAPS[name](draw, dressed(draw(core)), S.Atom("Rains"))  # type: ignore[arg-type]
    if draw(st.booleans()):
        formula = S.Implies(formula, dressed(draw(core)))  # type: ignore[arg-type]
    try:
        return logic.parse(str(formula), domain=name)
    except logic.ParseError as error:  # one name with two arities or sorts
        assert "one arity" in str(error) or "of the sort" in str(error), str(error)
        return WRAPS[name](draw, S.Atom("Rains"), S.Atom("Cat"))


@pytest.mark.parametrize("name", sorted(WRAPS))
@given(data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_round_trip_and_itself_and_never_its_negation(name: str, data: st.DataObject) -> None:
    formula = data.draw(in_domain(name))
    assert logic.parse(str(formula), domain=name) == formula
    for dialect in ("ascii", "words"):
        assert logic.parse(logic.to_text(formula, dialect), domain=name) == formula
    found = logic.compare(candidate=formula, reference=formula, domain=name, names="exact")
    assert found.score == 1.0
    quick = logic.Budget(rlimit=40_000, max_size=2, seconds=0.2)
    found = logic.compare(
        candidate=S.Not(formula), reference=formula, domain=name, names="exact", budget=quick
    )
    assert found.verdict != "proved" and (found.score or 0.0) < 0.96


@pytest.mark.parametrize("name", sorted(WRAPS))
def test_the_decoding_grammar_and_the_reader_describe_one_language(name: str) -> None:
    pytest.importorskip("llguidance")
    from decoding_walks import Walker

    walker = Walker(logic.decoding_grammar(domain=name, variables=VARIABLES))
    narrow = Walker(
        logic.decoding_grammar(logic.read_signature("Cat/1, Likes/2, anna"), domain=name)
    )
    for seed in range(20):
        for one in (walker, narrow):
            text = one.walk(seed).strip()
            try:
                formula = logic.parse(text, domain=name)
            except logic.ParseError as error:
                assert one is walker and (
                    "one arity" in str(error) or "of the sort" in str(error)
                ), text
            else:
                written = logic.to_text(formula, domain=name)
                # Quotes that are not needed may be written, and brackets around a product in a product.
                assert (
                    written == text
                    or "'" in text
                    or (name == "arithmetic" and len(written) < len(text))
                ), text
    for example in get(name).examples:
        if (
            not {"n", "r", "m"} & set(example.split())
            and ":Int" not in example
            and ":Real" not in example
        ):
            assert walker.admits(example), example

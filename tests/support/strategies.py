"""Hypothesis strategies for well-formed formulas: one arity for each name, variables bound."""

from __future__ import annotations

from hypothesis import strategies as st

from logic import syntax as S

PLAIN = ["Cat", "likes", "isHappy", "tom", "anna", "b2", "P", "q", "y1976", "R_2", "1976"]
ODD = [
    "and", "Not", "or", "all", "some", "Exists", "true", "v", "x", "X", "y1", "not-sad", "or.else", "o'brien", "a+b",
    "e.g", "grade-a+", "captain america", "", "it's", "back\\slash", '"quoted"', "'", "a&amp;b", "Ａ", "𝑥", "ünïcode",
    "naïve’", "≤", "=", "<=", "#!", "line\nbreak", "{x}", "$true", "猫", "x_{1}", "|bar|", "\ud800", " edge ", "such",
    "lambda", "If", "and'", "unique", "fof", "0", "007", "ForAll", "And", "U",
]  # fmt: skip
VARIABLES = ["x", "y", "z", "x1", "y'", "w_12", "X", "person", "a", "n", "Yes"]


@st.composite
def formulas(
    draw: st.DrawFn,
    *,
    names: list[str] | None = None,
    variables: list[str] | None = None,
    depth: int = 4,
) -> S.Formula:
    """A closed formula of up to `depth` levels; predicates, functions and constants take their names from `names`."""
    pool = names or PLAIN + ODD
    free = variables or VARIABLES
    arities: dict[tuple[str, str], int] = {}

    def arity(kind: str, name: str, least: int) -> int:
        return arities.setdefault((kind, name), draw(st.integers(least, 3)))

    def term(bound: tuple[str, ...], levels: int) -> S.Term:
        kind = draw(st.sampled_from(["variable", "variable", "constant", "function"]))
        if kind == "variable" and bound:
            return S.Variable(draw(st.sampled_from(bound)))
        name = draw(st.sampled_from(pool))
        if kind == "function" and levels > 0:
            return S.Function(
                name, tuple(term(bound, levels - 1) for _ in range(arity("function", name, 1)))
            )
        return S.Constant(name)

    def formula(bound: tuple[str, ...], levels: int) -> S.Formula:
        leaves = ["atom", "atom", "atom", "equality", "comparison", "truth"]
        inner = [
            "not",
            "and",
            "or",
            "xor",
            "implies",
            "iff",
            "forall",
            "exists",
            "unique",
            "forall",
            "exists",
        ]
        kind = draw(st.sampled_from(leaves if levels == 0 else leaves[:2] + inner))
        if kind == "atom":
            name = draw(st.sampled_from(pool))
            return S.Atom(name, tuple(term(bound, 2) for _ in range(arity("predicate", name, 0))))
        if kind == "equality":
            return S.Equality(term(bound, 2), term(bound, 2))
        if kind == "comparison":
            sign = draw(st.sampled_from("≤≥<>"))
            count = arities.setdefault(("predicate", sign), 2)
            return S.Atom(sign, tuple(term(bound, 1) for _ in range(count)))
        if kind == "truth":
            return S.Truth(draw(st.booleans()))
        if kind in ("forall", "exists", "unique"):
            node = {"forall": S.Forall, "exists": S.Exists, "unique": S.ExistsUnique}[kind]
            name = draw(st.sampled_from(free))
            return node(S.Variable(name), formula((*bound, name), levels - 1))
        if kind == "not":
            return S.Not(formula(bound, levels - 1))
        if kind in ("implies", "iff"):
            pair = S.Implies if kind == "implies" else S.Iff
            return pair(formula(bound, levels - 1), formula(bound, levels - 1))
        chain = {"and": S.And, "or": S.Or, "xor": S.Xor}[kind]
        return chain(tuple(formula(bound, levels - 1) for _ in range(draw(st.integers(2, 3)))))

    return formula((), draw(st.integers(0, depth)))

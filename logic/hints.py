"""What the reader expected, in words, and hints for common slips, labelled by example (Lark's `match_examples`)."""

from __future__ import annotations

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

_READABLE = {
    "LPAR": "'('", "RPAR": "')'", "LSQB": "'['", "RSQB": "']'", "LBRACE": "'{'", "RBRACE": "'}'", "COMMA": "','",
    "STOP": "a full stop", "NAME": "a name", "BINDER": "a quantifier", "WIDE_BINDER": "a quantifier", "NOT": "'¬'",
    "AND": "'∧'", "OR": "'∨'", "XOR": "'⊕'", "IMPLIES": "'→'", "IFF": "'↔'", "RELATION": "'='", "TRUE": "'⊤'",
    "FALSE": "'⊥'", "RULE": "':-'", "SEMICOLON": "';'", "$END": "the end", "HEADER": "'fof('",
}  # fmt: skip

_EXAMPLES: dict[str, list[str]] = {
    "a connective needs a formula on both sides": [
        "P(a) ∧", "P(a) →", "∧ P(a)", "P(a) ∧ → Q(a)", "P(a) ∨ ∨ Q(a)", "(∧ P(a))", "P(a) ∧ )", "(P(a) →)",
    ],
    "two formulas side by side need a connective between them": [
        "P(a) Q(a)", "∀x P(x) Q(x)", "(P(a)) (Q(a))", "(P(a)) Q(a)", "P(a) ¬Q(a)", "P(a) ∀x Q(x)",
    ],
    "outside an argument list a comma joins nothing; write ∧": ["P(a), Q(a)", "(P(a), Q(a))"],
    "a bracket is closed that was never opened": ["P(a))", "∀x (P(x)))"],
    "a bracket is opened and not closed": ["(P(a)", "∀x (P(x)", "P(a", "((P(a) ∧ Q(a)) → R(a)"],
    "an argument is a name or name(…), not a formula": ["P(¬Q(a))", "P(∀x Q(x))", "P(a ∧ b)", "P((a))"],
    "an argument is missing": ["P(a,)", "P(,a)", "P(a,,b)"],
    "a quantifier needs a variable and then a formula": ["∀x", "∃x", "∀ (P(x))", "∀x ∃y", "∀x.", "(∀x)"],
}  # fmt: skip


def expected(error: UnexpectedInput) -> list[str]:
    """Readable names of what could have stood where the error is."""
    names = (error.accepts or error.expected) if isinstance(error, UnexpectedToken) else set()
    return sorted({_READABLE.get(name, name) for name in names if name not in ("HEADER", "RULE", "STOP")})


def hint(error: UnexpectedInput, text: str) -> str | None:
    """How to mend the slip, found by comparing the parser's state with that of known mistakes."""
    from logic.parser import grammar

    if isinstance(error, UnexpectedCharacters):
        character = text[error.pos_in_stream or 0]
        if character in "∀∃":
            return "a quantifier needs a variable and then a formula"
        return f"{character!r} has no meaning in a formula; put a name that needs it into quotes"
    if isinstance(error, UnexpectedToken) and error.interactive_parser is not None:
        return error.match_examples(grammar().parse, _EXAMPLES, use_accepts=True)
    return None

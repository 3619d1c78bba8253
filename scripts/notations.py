"""Write docs/notations.md: every sign and word that is read, and what each notation writes.

The spellings are those of the grammar's terminals; a cell holds those that the reader takes for the
sign, in the notation named, when it is asked. `make reference` runs it.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import logic
from logic.reading.notations.core import grammar
from logic.spelling import _ISABELLE_SIGNS, RELATIONS
from logic.substitution import numbered
from logic.syntax import Formula

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "notations.md"

INTRODUCTION = """\
# Notations

What is read, and what is written, in each notation. Written from the code by `make reference`: every spelling in the
tables is one that the reader takes for that sign where the notation is named (`dialect="tptp"`, `--dialect tptp`),
and a test holds the page to the grammar. Where no notation is named, it is found from the text, and everything of the
first row of each table is read, whichever of its notations the other signs are from.

```python
import logic

formula = logic.parse("all x (Cat(x) -> exists y (Owns(y, x) & !Dead(y)))")
assert str(formula) == "∀x (Cat(x) → ∃y (Owns(y, x) ∧ ¬Dead(y)))"
assert logic.to_text(formula, "latex").startswith(r"\\forall x")
assert logic.parse("(x)(Fx ⊃ Rxa)", dialect="textbook") == logic.parse("∀x (F(x) → R(x, a))")

print(logic.nnf("¬∀x (Cat(x) → Tame(x))"))  # ∃x (Cat(x) ∧ ¬Tame(x))
print(logic.prenex("∀x P(x) → ∃y Q(y)"))  # ∃x ∃y (¬P(x) ∨ Q(y))
print(logic.cnf("P(a) ∧ Q(a) ∨ R(a)"))  # (P(a) ∨ R(a)) ∧ (Q(a) ∨ R(a))
print(logic.tree("¬P(a) ∧ Q(a) → R(a)"))  # what the brackets that are not there would be
```

```console
$ folalign convert "∀x (Cat(x) → ∃y Owns(y, x))" --to tptp
! [X] : ('Cat'(X) => (? [Y] : 'Owns'(Y, X)))
$ folalign convert "¬∀x (Cat(x) → Tame(x))" --form cnf --to ascii
exists x (Cat(x) & ~Tame(x))
$ printf '# two\\nFa v Ga\\n(x)(Fx ⊃ Gx)\\n' | folalign convert --file - --dialect textbook --to latex
F(a) \\lor G(a)
\\forall x \\, (F(x) \\rightarrow G(x))
```

`logic.nnf`, `logic.prenex` and `logic.cnf` give an equivalent formula each, or an error where it would have more
than 5,000 parts; nothing is skolemised. Strength, from the strongest: ¬ and quantifiers, ∧, ∨, ⊕, → (to the right), ↔
(to the left). A quantifier reaches over the next unary part, and with a dot, a colon or a comma as far as it can; how
far it reaches in NLTK's and Prover9's notation, what is a variable, and what is refused because it may mean two
things, is said with [the judge](judge.md#what-is-read). In SMT-LIB `=` and in Z3's Python `==` join formulas too,
where something shows that these are formulas.

**Textbooks** (`dialect="textbook"`): predicates are capitals and individuals letters, side by side (`Fa`, `Rxy`);
`(x)` before a formula is ∀x, `·` is ∧, and a `v` between blanks is ∨. A longer name stands between quotes
(`'Cat'(x)`), since `Cat` is C of a and t.

## Written

"""

SIGNS = {
    "negation": ("NOT", "¬cat(tom)"),
    "conjunction": ("AND", "cat(tom) ∧ dog(tom)"),
    "disjunction": ("OR", "cat(tom) ∨ dog(tom)"),
    "exclusive disjunction": ("XOR", "cat(tom) ⊕ dog(tom)"),
    "conditional": ("IMPLIES", "cat(tom) → dog(tom)"),
    "conditional from right to left": ("CONVERSE", "dog(tom) → cat(tom)"),
    "biconditional": ("IFF", "cat(tom) ↔ dog(tom)"),
    "not both": ("NAND", "¬(cat(tom) ∧ dog(tom))"),
    "neither": ("NOR", "¬(cat(tom) ∨ dog(tom))"),
    "true": ("TRUE", "⊤"),
    "false": ("FALSE", "⊥"),
    **{f"relation {sign}": (sign, f"ann {sign} tom") for sign in ("=", "≠", "≤", "≥", "<", ">")},
    "every": ("∀", "∀x cat(x)"),
    "some": ("∃", "∃x cat(x)"),
    "exactly one": ("∃!", "∃!x cat(x)"),
    "none": ("∄", "¬∃x cat(x)"),
}
"""What a sign means: the terminal or the sign itself, and a formula with it."""
OTHERS = {
    "NOT": ["Not"],
    "AND": ["And", ",", "·"],
    "OR": ["Or", ";", "v"],
    "XOR": ["Xor", "^"],
    "IMPLIES": ["Implies"],
    "CONVERSE": [":-", "<=", "<-"],
    "IFF": ["==", "="],
    "TRUE": ["BoolVal(True)"],
    "FALSE": ["BoolVal(False)", "fail"],
    "≠": ["distinct", "\\="],
}
"""What single notations have, beside the terminals of the core grammar."""
_EVERY = "∀ \\forall forall Forall ForAll FORALL for_all for_every for_each for_any all All !"
_SOME = "∃ \\exists exists Exists EXISTS exist there_exists there_exist some Some ?"
QUANTIFIERS = {
    "∀": _EVERY.split(),
    "∃": _SOME.split(),
    "∃!": ["∃!", "\\exists!", "exists!", "exists_unique", "there_exists_unique", "∃ unique"],
    "∄": ["∄", "\\nexists"],
}
"""Signs and words of quantifiers to ask for, a blank as _; the reader says which there are."""
QUANTIFIED = ("{}x cat(x)", "{} x cat(x)", "{} x. cat(x)", "{} [X] : cat(X)", "{} x (cat(x))")
CALLED = ("{}([x], cat(x))",)
LISPED = ("({} ((x U)) (cat x))",)
FORMS = [
    "∀x cat(x)", "∀x. cat(x)", "∀x: cat(x)", "∀x, cat(x)", "(∀x) cat(x)", "∀(x) cat(x)", "∀x such that cat(x)",
    "\\forall_{x} cat(x)", "\\forall x \\, cat(x)", "∀x, y likes(x, y)", "∀x y likes(x, y)", "∀x∀y likes(x, y)",
    "∀x ∈ Cat tame(x)", "! [X, Y] : likes(X, Y)",
]  # fmt: skip


# ---- what the grammar's terminals can be ----


def spellings(pattern: str) -> list[str]:
    """The texts that a terminal without repetitions of names matches; what may stand around it is left out."""
    found = _spelled(re._parser.parse(pattern))
    return list(dict.fromkeys(text for text in found if text.strip()))


def _spelled(parts: Iterable[Any]) -> list[str]:
    texts = [""]
    for kind, value in parts:
        texts = ["".join(pair) for pair in itertools.product(texts, _choices(str(kind), value))]
    return texts


def _choices(kind: str, value: Any) -> list[str]:
    """The texts of one part of a pattern."""
    if kind == "LITERAL":
        return [chr(value)]
    if kind == "IN":
        return [text for part in value for text in _choices(str(part[0]), part[1])]
    if kind == "CATEGORY":
        return [" "]  # the blanks of a sign
    if kind == "BRANCH":
        return [text for branch in value[1] for text in _spelled(branch)]
    if kind == "SUBPATTERN":
        return _spelled(value[3])
    if kind in ("MAX_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, inner = value
        once = _spelled(inner)
        return [text * count for count in range(least, min(most, least + 1) + 1) for text in once]
    if kind in ("ASSERT", "ASSERT_NOT", "AT"):
        return [""]
    raise ValueError(f"the script cannot spell out {kind} of a terminal")


@functools.cache
def candidates(sign: str) -> list[str]:
    """Every spelling that may be of a sign, to ask the reader about."""
    if sign in QUANTIFIERS:
        return [word.replace("_", " ") for word in QUANTIFIERS[sign]]
    if sign in RELATIONS:
        return [text for text, one in RELATIONS.items() if one == sign] + OTHERS.get(sign, [])
    pattern = grammar().get_terminal(sign).pattern.to_regexp()
    return [*spellings(pattern), *OTHERS.get(sign, []), *_isabelle(sign)]


def _isabelle(sign: str) -> list[str]:
    """Isabelle's names of a sign, as `\\<and>`."""
    pattern = grammar().get_terminal(sign).pattern.to_regexp()
    return [f"\\<{name}>" for name, one in _ISABELLE_SIGNS.items() if re.fullmatch(pattern, one)]


# ---- what a notation reads ----


def texts(sign: str, spelling: str, dialect: str) -> Iterator[str]:
    """Formulas with a spelling of a sign, as the notation would have them."""
    if sign in QUANTIFIERS:
        forms = {"smtlib": LISPED, "z3py": CALLED}.get(dialect, QUANTIFIED)
        yield from (form.format(spelling) for form in forms)
    elif sign in ("TRUE", "FALSE"):
        yield spelling
    elif spelling == "v":
        yield "(cat(tom)) v (dog(tom))"
    elif dialect == "smtlib":
        parts = "ann tom" if sign in RELATIONS else "(cat tom) (dog tom)"
        yield f"({spelling} {'(cat tom)' if sign == 'NOT' else parts})"
    else:
        left, right = ("ann", "tom") if sign in RELATIONS else ("cat(tom)", "dog(tom)")
        if sign == "NOT":
            yield from (f"{spelling}(cat(tom))", f"{spelling} cat(tom)")
            return
        yield f"{left} {spelling} {right}"
        if dialect == "z3py":
            yield f"{spelling}({left}, {right})"


def is_read(sign: str, spelling: str, dialect: str, meant: Formula) -> bool:
    """Whether the notation takes the spelling for the sign."""
    for text in texts(sign, spelling, dialect):
        try:
            if numbered(logic.parse(text, dialect=dialect)) == numbered(meant):
                return True
        except logic.LogicError:
            continue
    return False


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    lines = [" | ".join(head), " | ".join("---" for _ in head), *lines]
    return "".join(f"| {line} |\n" for line in lines)


def reading(sign: str, formula: str) -> str:
    """Which spellings of a sign are read in which notations: those that read the same in one row."""
    meant = logic.parse(formula)
    rows: dict[tuple[str, ...], list[str]] = {}
    for dialect in logic.DIALECTS:
        read = [text for text in candidates(sign) if is_read(sign, text, dialect, meant)]
        rows.setdefault(tuple(dict.fromkeys(map(_shown, read))), []).append(dialect)
    ordered = sorted(rows.items(), key=lambda row: -len(row[1]))
    return table(
        ("notation", "read"),
        [(", ".join(names), " ".join(read) or "–") for read, names in ordered],
    )


def _shown(spelling: str) -> str:
    return f"`` {spelling} ``" if "`" in spelling else f"`{spelling}`"


def written() -> str:
    """One formula in every notation."""
    formula = logic.parse("∀x (Cat(x) ∧ ¬Wild(x) → ∃y Owns(y, x)) ∨ R(tom)")
    infix = [dialect for dialect in logic.DIALECTS if dialect != "prolog"]
    rows = [(dialect, _shown(logic.to_text(formula, dialect))) for dialect in infix]
    rule = logic.parse("∀x (Cat(x) ∧ Tame(x) → Pet(x))")
    rows.append(("prolog, a rule", _shown(logic.to_text(rule, "prolog"))))
    return table(("notation", "written"), rows)


def forms() -> str:
    """How a quantifier may stand before its formula; raises where one is not read."""
    for text in FORMS:
        logic.parse(text)
    return " · ".join(map(_shown, FORMS))


def page() -> str:
    """The whole text of docs/notations.md."""
    parts = [INTRODUCTION + written(), "## Read\n"]
    for name, (sign, formula) in SIGNS.items():
        parts.append(f"### {name[:1].upper()}{name[1:]}\n\n`{formula}`\n\n{reading(sign, formula)}")
    parts.append(f"### How a quantifier may stand\n\n{forms()}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.relative_to(ROOT))

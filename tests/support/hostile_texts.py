"""Texts made to hurt, seeded: formulas of every notation with odd names and sizes, and bytes of all kinds.

`text(source)` gives one. Half of them are written by a grammar and then bent, so that they come far
into reading and judging; the others are spliced, repeated and mutated at the level of characters.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

FIXTURES = Path(__file__).parents[1] / "fixtures"

NAMES = """
Cat Animal likes tom anna P Q R a b f x X y1 xor and not all some exists true false one no Px Rxy
forall ForAll And Not Implies lambda if fof cnf U let distinct ite => = < <= a! x!1 k!0 _x _ __ 1 007
3.14 not-sad o'brien e.g a+b naïve 猫 ∀ 𝑥 Ａ ₁ x₁ α ﬁ İ ß ı ẞ such that then only unless iff
""".split()
ODD_NAMES = [
    "a b", "", "'", '"', "\\", "|", "||", "a|b", "\n", "\t", "\0", "\u2028", "\x85", "\ud800", "\U0010ffff",
    "a,b", "a(b", ")", "&amp;", "&#8704;", "{x}", "x_{1}", "\\text{a}", "-", "->", "#", ";", ":", "￼", "\u200b",
    "\u202e", "a" * 300, "and'", "x'" * 20,
]  # fmt: skip
SIZES = (0, 1, 2, 3, 5, 8, 31, 32, 33, 63, 64, 65, 150, 151, 600)
"""Numbers of variables, arguments and levels, many of them about a limit."""


class Writer:
    """Writes a formula in one notation; it need not be one."""

    def __init__(self, source: random.Random) -> None:
        self.source = source
        self.pool = source.sample(NAMES, 8) + source.sample(ODD_NAMES, 2)
        self.left = source.choice((1, 2, 4, 8, 40))
        self.oddness = source.choice((0.0, 0.0, 0.05, 0.4))

    def name(self) -> str:
        if self.source.random() < self.oddness:
            return self.source.choice(self.pool)
        return self.source.choice(("P", "Q", "R", "a", "b", "x", "y", "Cat", "f"))

    def variable(self) -> str:
        if self.source.random() < self.oddness:
            return self.source.choice(self.pool)
        return self.source.choice(("x", "y", "z", "x1"))

    def sign(self, signs: Sequence[str]) -> str:
        """One of the signs, mostly of the first four."""
        odd = self.source.random() < max(0.1, self.oddness)
        return self.source.choice(signs if odd else signs[:4])

    def size(self, usual: int) -> int:
        return self.source.choice(SIZES) if self.source.random() < 0.02 else usual

    def many(self, make: Callable[[], str], usual: int) -> list[str]:
        return [make() for _ in range(self.size(self.source.randint(1, usual)))]


class Infix(Writer):
    """The core's notation, its signs taken from every spelling."""

    JOINTS = "∧ ∨ → ↔ ⊕ & | && || -> <-> => <=> and or implies iff xor <~> ~& ← ⊃ ≡ /\\ \\/".split()
    BINDERS = ("∀{} ", "∃{} ", "∃!{} ", "∄{} ", "∀{}. ", "∃{}: ", "forall {} ", "exists {}, ", "![{}]: ",
               "?[{}]: ", "\\forall {} ", "all {}.", "(∀{})", "∀{} ∈ S ", "for every {} ", "exists! {} ")  # fmt: skip
    RELATIONS = "= ≠ < > ≤ ≥ != <= >= =<".split()

    def quote(self, name: str) -> str:
        kind = self.source.random()
        if kind < 0.3 * self.oddness:
            return f"'{name}'"
        return f'"{name}"' if kind < 0.4 * self.oddness else name

    def term(self) -> str:
        if self.source.random() < 0.2:
            return f"{self.quote(self.name())}({', '.join(self.many(self.term, 2))})"
        return self.quote(self.name())

    def formula(self) -> str:
        self.left -= 1
        kind = self.source.random()
        if self.left < 0 or kind < 0.3:
            return self.atom()
        if kind < 0.6:
            binder = self.sign(self.BINDERS)
            names = self.source.choice((", ", " ")).join(self.many(self.variable, 2))
            return f"{binder.format(names)}{self.group()}"
        if kind < 0.7:
            return f"{self.sign(['¬', '¬', '~', 'not ', '-', '!']) * self.size(1)}{self.group()}"
        return f" {self.sign(self.JOINTS)} ".join([self.group() for _ in range(self.size(2))])

    def atom(self) -> str:
        if self.source.random() < 0.2:
            return f"{self.term()} {self.sign(self.RELATIONS)} {self.term()}"
        return f"{self.quote(self.name())}({', '.join(self.many(self.term, 3))})"

    def group(self) -> str:
        depth = self.size(1)
        return f"{'(' * depth}{self.formula()}{')' * depth}"


class Prefix(Writer):
    """SMT-LIB."""

    def symbol(self) -> str:
        name = self.name()
        return f"|{name}|" if self.source.random() < self.oddness else name

    def bound(self) -> str:
        name = self.variable()
        return f"|{name}|" if self.source.random() < self.oddness else name

    def term(self) -> str:
        if self.source.random() < 0.15:
            return f"({self.symbol()} {' '.join(self.many(self.term, 2))})"
        return self.symbol()

    def formula(self) -> str:
        self.left -= 1
        kind = self.source.random()
        if self.left < 0 or kind < 0.35:
            head = self.source.choice(("=", "<", "distinct", *[self.symbol()] * 5))
            return f"({head} {' '.join(self.many(self.term, 3))})"
        if kind < 0.65:
            bound = " ".join([f"({name} U)" for name in self.many(self.bound, 2)])
            word = self.sign(["forall", "exists", "forall", "exists", "let", "lambda"])
            return f"({word} ({bound}) {self.formula()})"
        head = self.sign(["and", "or", "=>", "xor", "=", "not", "ite"])
        return f"({head} {' '.join([self.formula() for _ in range(self.size(2))])})"


class Script(Writer):
    """Z3's Python."""

    def formula(self) -> str:
        self.left -= 1
        kind = self.source.random()
        if self.left < 0 or kind < 0.35:
            return f"{self.name()}({', '.join(self.many(self.name, 3))})"
        if kind < 0.65:
            bound = ", ".join(self.many(self.variable, 3))
            return f"{self.source.choice(('ForAll', 'Exists'))}([{bound}], {self.formula()})"
        head = self.sign(["And", "Or", "Implies", "Xor", "Not", "BoolVal", "Distinct"])
        return f"{head}({', '.join([self.formula() for _ in range(self.size(2))])})"


AROUND = [
    "{}", "{}.", "The formula is: {}", "```\n{}\n```", "$${}$$", "`{}`", "1. {}\n2. {}", '{{"formula": "{}"}}',
    "<think>{}</think>\n{}", "\\boxed{{{}}}", "| a | b |\n|---|---|\n| {} | {} |", "Answer: {} but not {}",
    "{} :- {}.", "fof(a, axiom, {}).", "(assert {})", "s.add({})", "- {}\n- {}", "{}\n\nThis is wrong: {}",
    "%{}", "lambda x: {}", "{}{}",
]  # fmt: skip


def written(source: random.Random) -> str:
    """A text by a grammar, between what models write around formulas."""
    writer = source.choice((Infix, Infix, Infix, Prefix, Script))(source)
    formula = writer.formula()
    around = source.choice(AROUND) if source.random() < 0.4 else "{}"
    return around.replace("{}", formula).replace("{{", "{").replace("}}", "}")[:8_000]


def _seeds() -> list[str]:
    texts = []
    for name in ("answers.tsv", "readings.txt", "refusals.txt", "pairs.tsv"):
        for line in (FIXTURES / name).read_text(encoding="utf-8").splitlines():
            texts += [part.strip() for part in line.replace("⟂", "\t").split("\t") if part.strip()]
    return texts


SEEDS = _seeds()
PIECES = [
    "(", ")", "[", "]", "{", "}", "∀", "∃", "∃!", "¬", "∧", "∨", "→", "↔", "⊕", ",", ".", ":", ";", "'", '"', "|",
    "\\", "$", "`", "```", "\n", "\r\n", "\t", "\0", "\u2028", "\x85", "\ufeff", "\ud83d", "\u202e", "&", "&lt;",
    "=", "≠", "!", "?", "#", "%", "//", "/*", "<!--", "</think>", "x", "P(x)", "∀x ", "1", "  ", "_", "^", "@", "→ ⊥",
]  # fmt: skip


def mutated(source: random.Random, text: str) -> str:
    """The text with some characters cut, repeated, moved, changed, or put in."""
    for _ in range(source.randint(1, 6)):
        start = source.randint(0, len(text))
        end = min(len(text), start + source.choice((0, 1, 1, 2, 5, 20)))
        part = text[start:end]
        kind = source.randrange(7)
        if kind == 0:
            part = ""
        elif kind == 1:
            part *= source.choice((2, 3, 50))
        elif kind == 2:
            part = source.choice(PIECES) + part
        elif kind == 3:
            part = source.choice(PIECES) * source.choice((1, 1, 2, 160))
        elif kind == 4:
            part = chr(source.choice((source.randrange(128), source.randrange(0x110000))))
        elif kind == 5:
            part = source.choice(SEEDS)
        else:
            part = part.swapcase()
        text = text[:start] + part + text[end:]
    return text[:8_000]


def noise(source: random.Random) -> str:
    """Pieces, or bytes read as UTF-8 with what is none replaced."""
    if source.random() < 0.5:
        return "".join(source.choices(PIECES, k=source.choice((1, 5, 20, 200))))
    content = source.randbytes(source.choice((1, 8, 64, 512)))
    return content.decode("utf-8", errors=source.choice(("replace", "surrogateescape")))


def text(source: random.Random, corpus: list[str] | None = None) -> str:
    """One hostile text; `corpus` are others to start from."""
    kind = source.random()
    if kind < 0.45:
        return written(source)
    if kind < 0.6:
        return mutated(source, written(source))
    if kind < 0.9:
        return mutated(source, source.choice(corpus if corpus else SEEDS))
    return noise(source)

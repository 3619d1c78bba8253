"""Who reads what annotators wrote, how fast, and does it mean what it says?

    python benchmarks/reading.py [--folio FOLDER] [--rounds N] [--show]

FOLDER holds FOLIO's folio-*.jsonl. Each distinct formula is read by every tool in one process. A misreading is a
structure that differs from NLTK's (its parser on the same formula in its own signs, where it reads it), with nested
conjunctions and disjunctions merged, because NLTK's are binary. NLTK leaves a variable behind its quantifier's scope
free; a scope that ours widened to it, and reported as a repair, is counted under "widened".
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import peers
from rich.console import Console
from rich.table import Table

import logic
from logic import syntax as S

FOLIO = Path(__file__).resolve().parents[2] / "shared" / "data" / "folio"
Reader = Callable[[str], Any]
"""Gives something true for a text that it reads; may raise `Unread`."""


class Unread(Exception):
    """The tool does not read the text."""


def formulas(folder: Path) -> list[str]:
    """FOLIO's distinct formulas, in order."""
    found: dict[str, None] = {}
    for path in sorted(folder.glob("folio-*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            for text in [*row.get("premises-FOL", []), row.get("conclusion-FOL")]:
                if text is not None:
                    found.setdefault(text)
    return list(found)


def ours(text: str) -> S.Formula:
    try:
        return logic.parse(text)
    except logic.ParseError as error:
        raise Unread from error


def ours_repaired(text: str) -> S.Formula:
    formula = logic.read_answer(text).formula
    if formula is None:
        raise Unread
    return formula


_NLTK_SIGNS = {"∧": " & ", "∨": " | ", "→": " -> ", "↔": " <-> ", "¬": " -", "≠": " != "}


def nltk_reader() -> Reader | None:
    """NLTK's parser behind a change of signs; it has no exclusive disjunction."""
    if importlib.util.find_spec("nltk") is None:
        return None
    from nltk.sem.logic import LogicalExpressionException, LogicParser

    parser = LogicParser()

    def read(text: str) -> Any:
        for sign, ascii_sign in _NLTK_SIGNS.items():
            text = text.replace(sign, ascii_sign)
        text = re.sub(r"∀\s*(\w+)", r" all \1.", text)
        text = re.sub(r"∃\s*(\w+)", r" exists \1.", text)
        try:
            return parser.parse(text)
        except (LogicalExpressionException, RecursionError) as error:
            raise Unread from error

    return read


def kit_reader() -> Reader | None:
    if importlib.util.find_spec("unicode_logic_kit") is None:
        return None
    import lark.lexer

    # Where Lark finds interegular (vLLM brings it), it compares the kit's terminals for minutes, to no effect.
    lark.lexer.has_interegular = False
    from unicode_logic_kit import api

    def read(text: str) -> Any:
        result = api.parse_any(text)
        if not result.ok:
            raise Unread
        return result.formula

    return read


def merged(node: S.Node) -> tuple[Any, ...]:
    """Our formula as nested tuples, nested conjunctions and disjunctions merged."""
    if isinstance(node, (S.Variable, S.Constant)):
        return ("name", node.name)
    if isinstance(node, (S.Atom, S.Function)):
        name = node.predicate if isinstance(node, S.Atom) else node.name
        return ("apply", name, *map(merged, node.args)) if node.args else ("name", name)
    parts = [merged(child) for child in node.children()]
    kind = type(node).__name__
    if kind in ("And", "Or"):
        parts = [inner for part in parts for inner in (part[1:] if part[0] == kind else [part])]
    return (kind, node.variable.name, *parts) if isinstance(node, S.Quantified) else (kind, *parts)


def _spelling(name: Any) -> str:
    """A name as we keep it: both apostrophes are one."""
    return str(name).replace("’", "'")


def merged_nltk(node: Any) -> tuple[Any, ...]:
    """NLTK's expression in the same form."""
    from nltk.sem import logic as nl

    kinds = {
        nl.AndExpression: "And", nl.OrExpression: "Or", nl.ImpExpression: "Implies", nl.IffExpression: "Iff",
        nl.EqualityExpression: "Equality",
    }  # fmt: skip
    if isinstance(node, nl.ApplicationExpression):
        function, arguments = node.uncurry()
        return ("apply", _spelling(function), *map(merged_nltk, arguments))
    if isinstance(node, nl.NegatedExpression):
        return ("Not", merged_nltk(node.term))
    if isinstance(node, nl.QuantifiedExpression):
        kind = "Forall" if isinstance(node, nl.AllExpression) else "Exists"
        return (kind, str(node.variable), merged_nltk(node.term))
    kind = kinds.get(type(node), "")
    if not kind:
        return ("name", _spelling(node))
    parts = [merged_nltk(node.first), merged_nltk(node.second)]
    if kind in ("And", "Or"):
        parts = [inner for part in parts for inner in (part[1:] if part[0] == kind else [part])]
    return (kind, *parts)


def measure(read: Reader, texts: list[str], rounds: int) -> tuple[list[Any], list[float]]:
    """What was read (None where nothing) and the best time of each text over the rounds, in milliseconds."""
    results: list[Any] = [None] * len(texts)
    best = [float("inf")] * len(texts)
    for _ in range(rounds):
        for place, text in enumerate(texts):
            start = time.perf_counter()
            try:
                results[place] = read(text)
            except Unread:
                results[place] = None
            best[place] = min(best[place], (time.perf_counter() - start) * 1000)
    return results, best


def misread(results: list[Any], nltk_results: list[Any]) -> list[int]:
    """Places at which our structure differs from NLTK's."""
    both = [
        place
        for place, pair in enumerate(zip(results, nltk_results, strict=True))
        if None not in pair
    ]
    return [place for place in both if merged(results[place]) != merged_nltk(nltk_results[place])]


def is_widened(text: str) -> bool:
    """Whether reading reports that it widened a scope."""
    return any("widened" in repair for repair in logic.read_answer(text).repairs)


def main() -> int:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--folio", type=Path, default=FOLIO, help="folder with folio-*.jsonl")
    arguments.add_argument(
        "--rounds", type=int, default=3, help="the best time of so many is taken (default 3)"
    )
    arguments.add_argument(
        "--show", action="store_true", help="list what ours could not read or read differently"
    )
    options = arguments.parse_args()
    console = Console(width=110)
    texts = formulas(options.folio) if options.folio.is_dir() else []
    if not texts:
        console.print(f"no folio-*.jsonl in {options.folio}: get FOLIO (huggingface.co/datasets/yale-nlp/FOLIO) and "
                      "name its folder with --folio")  # fmt: skip
        return 2
    readers = {
        "folalign, strict": ours,
        "folalign, one repair": ours_repaired,
        "unicode-logic-kit": kit_reader(),
        "NLTK LogicParser": nltk_reader(),
    }
    measured = {}
    for name, read in readers.items():
        if read is None:
            console.print(peers.LOGIC_KIT_HINT if "kit" in name else "no NLTK: pip install nltk")
        else:
            read("∀x (Cat(x) → Animal(x))")
            measured[name] = measure(read, texts, options.rounds)
    table = Table(
        "tool", "read", "misread", "widened", "median ms", "p99 ms", "worst ms", "median, ours = 1"
    )
    reference = statistics.median(measured["folalign, strict"][1])
    wrong: list[int] = []
    for name, (results, times) in measured.items():
        share = sum(result is not None for result in results) / len(texts)
        differing, widened = "-", "-"
        if name.startswith("folalign") and "NLTK LogicParser" in measured:
            different = misread(results, measured["NLTK LogicParser"][0])
            # The strict reading widens nothing: there, every difference is a misreading.
            is_strict = name == "folalign, strict"
            wrong = [place for place in different if is_strict or not is_widened(texts[place])]
            differing, widened = str(len(wrong)), str(len(different) - len(wrong))
        median, last = statistics.median(times), sorted(times)[int(len(times) * 0.99)]
        table.add_row(name, f"{share:.2%}", differing, widened, f"{median:.3f}", f"{last:.2f}", f"{max(times):.1f}",
                      f"{median / reference:.2f}")  # fmt: skip
    compared = sum(result is not None for result in measured.get("NLTK LogicParser", ([], []))[0])
    console.print(
        f"{len(texts)} distinct formulas of FOLIO; structures compared with NLTK's on {compared}"
    )
    console.print(table)
    results = measured["folalign, one repair"][0]
    if options.show:
        for place, result in enumerate(results):
            if result is None or place in wrong:
                console.print(
                    f"{'differs' if place in wrong else 'unread'}: {texts[place]!r}", markup=False
                )
    read_share = sum(result is not None for result in results) / len(texts)
    return 0 if read_share >= 0.999 and not wrong and reference <= 0.25 else 1


if __name__ == "__main__":
    sys.exit(main())

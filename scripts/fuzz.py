"""Try hostile texts on the public functions for as long as you like: `make fuzz`.

    python scripts/fuzz.py [--minutes 60] [--seed N] [--workers 2] [--folder .fuzz]

`FOLDER/corpus.jsonl` grows: a text is kept where it leads to something that none before it led to (a
verdict, a reason, a repair, a kind of formula), and later texts are made from those. It is tried
first, so what was found once is found again. `FOLDER/faults.jsonl` holds what went wrong, each made
as small as it still goes wrong; a line of it belongs into tests/fixtures/attack.jsonl, which the
tests try. Exit code 1 where anything went wrong.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

import attack  # noqa: E402

import logic  # noqa: E402

MOST_KEPT = 20_000
"""Texts of a corpus."""
MOST_TRIED = 400
"""Attempts to make one fault smaller."""
REPORT_SECONDS = 5


def marks_of(text: str) -> str:
    """What a text leads to, without its names: texts that differ in it are worth keeping."""
    answer = logic.read_answer(text)
    if answer.error is not None:
        return re.sub(r"'.*?'|\d+", "…", answer.error.reason)[:80]
    repairs = sorted({repair.split()[0] for repair in answer.repairs})
    found = logic.compare(candidate=text, reference="∀x ∃y (R(x, y) → P(x))", budget=attack.BUDGET)
    kinds = sorted({type(node).__name__ for node in _nodes(answer.formula)})
    return " ".join([found.decided_by, found.verdict, *repairs, *kinds])


def _nodes(formula: Any) -> Iterator[Any]:
    waiting = [formula]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.children()


def smaller(text: str, is_faulty: Callable[[str], bool]) -> str:
    """The text with all cut away without which the fault is still there."""
    tries = 0
    size = max(1, len(text) // 2)
    while size and tries < MOST_TRIED:
        start, is_cut = 0, False
        while start < len(text) and tries < MOST_TRIED:
            shorter = text[:start] + text[start + size :]
            tries += 1
            if is_faulty(shorter):
                text, is_cut = shorter, True
            else:
                start += size
        if not is_cut:
            size //= 2
    return text


def work(options: argparse.Namespace) -> None:
    """What one worker does until its time is over; a line of JSON for all that it finds."""
    attack.prepare()
    logging.disable(logging.WARNING)
    corpus = [row["text"] for row in _read(options.folder / "corpus.jsonl")]
    seen = {row["marks"] for row in _read(options.folder / "corpus.jsonl")}
    end = time.monotonic() + 60 * options.minutes
    place = os.open(options.place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    tried, told = 0, time.monotonic()
    for check, text in _inputs(options.seed, options.number, corpus):
        if time.monotonic() > end:
            break
        current = json.dumps({"check": check, "text": text}).encode()
        os.pwrite(place, current + b"\n" * (50_000 - len(current)), 0)
        tried += 1
        if fault := attack.fault_of(check, text):
            _tell(_fault(check, text, fault))
        elif tried % 4 == 0 and (marks := _marks(text)) not in seen:
            seen.add(marks)
            corpus.append(text)
            _tell({"kept": text, "marks": marks})
        if time.monotonic() - told > REPORT_SECONDS:
            _tell({"tried": tried})
            tried, told = 0, time.monotonic()
    _tell({"tried": tried})


def _inputs(seed: int, number: int, corpus: list[str]) -> Iterator[tuple[str, str]]:
    """The corpus under every check, and then new texts without end."""
    for index, text in enumerate(list(corpus)):
        if index % 2 == number % 2:
            yield from ((check, text) for check in attack.CHECKS)
    index = 0
    while True:
        yield attack.input_of(seed * 1_000 + number, index, corpus)
        index += 1


def _marks(text: str) -> str:
    attack.limit()
    try:
        return marks_of(text)
    except BaseException:  # its own check tells of it
        return ""


def _fault(check: str, text: str, fault: str) -> dict[str, str]:
    kind = fault.partition(":")[0]

    def is_faulty(shorter: str) -> bool:
        return (attack.fault_of(check, shorter) or "").partition(":")[0] == kind

    least = smaller(text, is_faulty)
    return {"check": check, "text": least, "fault": attack.fault_of(check, least) or fault}


def _tell(row: dict[str, Any]) -> None:
    print(json.dumps(row), flush=True)


def _read(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


class Fuzzing:
    """Runs workers, starts one anew that a limit ended, and keeps what they find."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.tried = self.kept = self.faults = self.lost = 0
        self.end = time.monotonic() + 60 * options.minutes
        options.folder.mkdir(parents=True, exist_ok=True)

    def run(self) -> int:
        threads = [
            threading.Thread(target=self._look_after, args=(number,))
            for number in range(self.options.workers)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(
            f"{self.tried:,} calls in {self.options.minutes:g} min (seed {self.options.seed}); "
            f"{self.kept:,} texts kept; {self.faults} faults; {self.lost} processes ended by a limit"
        )
        return 1 if self.faults or self.lost else 0

    def _look_after(self, number: int) -> None:
        turn = 0
        while (left := self.end - time.monotonic()) > 0:
            place = self.options.folder / f".worker-{number}"
            command = [sys.executable, __file__, "--work", "--number", str(number + 10 * turn)]
            command += ["--seed", str(self.options.seed), "--minutes", str(left / 60)]
            command += ["--folder", str(self.options.folder), "--place", str(place)]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            assert process.stdout is not None
            for line in process.stdout:
                self._note(json.loads(line))
            if process.wait() == 0:
                return
            self._ended(place, process.returncode)
            turn += 1

    def _note(self, row: dict[str, Any]) -> None:
        if "tried" in row:
            self.tried += row["tried"]
        elif "kept" in row:
            self.kept += 1
            if self.kept <= MOST_KEPT:
                self._append("corpus.jsonl", {"marks": row["marks"], "text": row["kept"]})
        else:
            self.faults += 1
            print(json.dumps(row, indent=1)[:2_000], flush=True)
            self._append("faults.jsonl", row)

    def _ended(self, place: Path, code: int) -> None:
        """A limit ended a worker: what it was at is a fault."""
        self.lost += 1
        try:
            current = json.loads(place.read_bytes().split(b"\n")[0])
        except ValueError:
            current = {"check": "?", "text": ""}
        row = current | {"fault": f"the process ended with {code}"}
        print(json.dumps(row)[:2_000], flush=True)
        self._append("faults.jsonl", row)

    def _append(self, name: str, row: dict[str, Any]) -> None:
        with (self.options.folder / name).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(row) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=ROOT / ".fuzz")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--number", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--place", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options)
        return 0
    return Fuzzing(options).run()


if __name__ == "__main__":
    sys.exit(main())

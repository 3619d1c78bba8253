"""Kill a whole run that samples with vLLM at moments by chance, and see that it ends the same.

    python scripts/kills_vllm.py [--kills 10] [--seed 0]

The small run of `scripts/kills.py`, with vLLM in place of transformers, is made once in peace and
timed. Then it is begun again, killed with all that it has started, and begun by the same command,
which must end well, with the same metrics, logs, samples and models. Exit code 1 where one does
not. A run takes about a minute, most of it the start of engines.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from kills import CONFIG, ROOT, results

MAX_SECONDS = 1_200
"""A run that takes longer hangs."""


def start(folder: Path) -> subprocess.Popen[bytes]:
    program = str(Path(sys.executable).with_name("folalign"))
    command = [program, "run", "--config", str(CONFIG)]
    command += ["--output_dir", str(folder), "--backend", "vllm"]
    folder.parent.mkdir(exist_ok=True)
    with _log(folder).open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _log(folder: Path) -> Path:
    return folder.parent / f"{folder.name}.log"


def _said(folder: Path) -> str:
    """The end of what a run has printed."""
    return _log(folder).read_text("utf-8", "replace")[-2_000:]


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a run and all that it has started, at one moment as far as can be."""
    parent = psutil.Process(process.pid)
    family = [parent, *parent.children(recursive=True)]
    for member in family:
        member.suspend()
    for member in family:
        member.kill()
    process.wait()
    psutil.wait_procs(family, timeout=60)


def try_kill(folder: Path, after: float, expected: dict[str, str]) -> str | None:
    """Kill a run after some seconds and make it again; what is wrong then, or None."""
    process = start(folder)
    try:
        first = process.wait(after)
    except subprocess.TimeoutExpired:
        kill(process)
        first = None
    again = start(folder).wait(MAX_SECONDS)
    if again != 0:
        return f"the same command ended with {again}: {_said(folder)}"
    found = results(folder)
    wrong = [name for name in sorted({*found, *expected}) if found.get(name) != expected.get(name)]
    if wrong:
        return f"differs: {', '.join(wrong)}"
    return "the run had ended before" if first is not None else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    source = random.Random(options.seed)
    faults = 0
    with tempfile.TemporaryDirectory(prefix="folalign-kills-vllm-") as name:
        begun = time.monotonic()
        peace = Path(name) / "peace" / "run"
        if code := start(peace).wait(MAX_SECONDS):
            print(f"the run ended with {code}: {_said(peace)}")
            return 1
        seconds = time.monotonic() - begun
        expected = results(peace)
        print(f"a run of {seconds:.0f} s; {options.kills} kills", flush=True)
        for number in range(options.kills):
            after = seconds * source.uniform(0.05, 0.95)
            fault = try_kill(Path(name) / f"kill-{number}" / "run", after, expected)
            faults += fault is not None
            print(f"killed after {after:.0f} s: {fault or 'the same'}", flush=True)
    print(f"{options.kills} kills with vLLM, {faults} with another result")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

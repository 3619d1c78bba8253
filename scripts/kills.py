"""Kill a whole run at every write, and see that it ends each time as if nothing had been.

    python scripts/kills.py [--sample N] [--from N] [--workers 2] [--seed 0]

A small run (`tests/support/kills.yaml`) is made once in peace, and what it does to files is counted:
files opened to be written, folders made, names changed, things deleted, fsyncs, and what torch,
safetensors and tokenizers write by themselves. Then, for each of these, it is made again and killed
there, once just before and once amid the next write (the file keeps a few bytes of it). The same
command must then end well, with the same metrics, logs, samples and models. Exit code 1 where one
does not. It runs for an hour or more; `--sample N` tries N of them, spread over all, and `--from N`
goes on after the first N.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import mmap
import os
import random
import resource
import shutil
import signal
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ |= {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

CONFIG = ROOT / "tests" / "support" / "kills.yaml"
KINDS = ("before", "amid")
TORN_BYTES = 40
"""What a file has at most when the process is killed amid a write."""
MAX_SECONDS = 300
"""A run that takes longer hangs."""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_EVENTS = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "folalign.write")
_CLOCKS = ("time", "second", "per_")


class Counter:
    """Counts what happens to files below a folder, in this process and its forks, and kills at one."""

    def __init__(self, folder: Path, at: int | None, kind: str) -> None:
        self.folder = str(folder)
        self.at = at
        self.kind = kind
        self._memory = mmap.mmap(-1, 8)  # shared with forks

    @property
    def count(self) -> int:
        return int(struct.unpack("q", self._memory[:8])[0])

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._counts(event, arguments):
            return
        number = self.count
        self._memory[:8] = struct.pack("q", number + 1)
        if number != self.at:
            return
        if self.kind == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        # A process that writes beyond the limit is killed by this signal, which Python ignores.
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (TORN_BYTES, TORN_BYTES))

    def _counts(self, event: str, arguments: tuple[Any, ...]) -> bool:
        if event == "open":
            path, mode, flags = arguments
            is_write = bool(flags & _WRITING) or (isinstance(mode, str) and mode.strip("rbt") != "")
            return is_write and self._is_inside(path)
        if event not in _EVENTS:
            return False
        has_folder = event != "os.rename" and len(arguments) > 1 and arguments[-1] != -1
        return has_folder or any(map(self._is_inside, arguments[:2]))

    def _is_inside(self, path: Any) -> bool:
        if isinstance(path, int):  # opened before, or a folder that is synced
            return False
        try:
            return os.path.abspath(os.fsdecode(path)).startswith(self.folder)
        except (TypeError, ValueError):
            return False


def announce(owner: Any, name: str, place: int | str) -> None:
    """Let a function that writes by itself say so first; `place` is where its path stands."""
    function = getattr(owner, name)

    def announced(*arguments: Any, **named: Any) -> Any:
        path = named.get(place) if isinstance(place, str) else None
        if isinstance(place, int) and len(arguments) > place:
            path = arguments[place]
        if isinstance(path, int):  # a descriptor
            path = os.readlink(f"/proc/self/fd/{path}")
        if path is not None:
            sys.audit("folalign.write", path)
        return function(*arguments, **named)

    setattr(owner, name, announced)


def forked(function: Callable[[list[str]], int], argv: list[str]) -> int:
    """In place of `run_apart`: a fork of this process, which has imported all there is."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            code = function(argv)
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def prepare() -> None:
    """Import what a run imports, and let every stage be a fork."""
    import safetensors.torch
    import torch
    import transformers.modeling_utils

    import pipelines.preload
    import pipelines.stages.evaluate
    from pipelines.commands import run

    torch.set_num_threads(1)
    run.run_apart = forked
    announce(os, "fsync", 0)
    announce(torch, "save", 1)
    announce(safetensors.torch, "save_file", 1)
    announce(transformers.modeling_utils, "safe_save_file", 1)
    assert pipelines.preload and pipelines.stages.evaluate


def run(folder: Path, at: int | None = None, kind: str = "before") -> tuple[int, int]:
    """Make the run in a fork; its exit code, and how many events were counted."""
    counter = Counter(folder, at, kind)

    def work(argv: list[str]) -> int:
        from pipelines import cli

        os.setsid()
        signal.alarm(MAX_SECONDS)
        log = os.open(os.devnull, os.O_WRONLY)
        os.dup2(log, 1)
        if at is not None:
            os.dup2(log, 2)
        sys.addaudithook(counter.hook)
        try:
            return cli.main(argv)
        except SystemExit as end:
            return int(end.code or 0)

    code = forked(work, ["run", "--config", str(CONFIG), "--output_dir", str(folder)])
    return code, counter.count


def results(folder: Path) -> dict[str, str]:
    """What a run has come to: a hash of each metrics, log, samples and model file."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if not path.is_file() or "checkpoints" in path.parts:
            continue
        if path.parent.name == "model" or path.name in ("samples.jsonl", "metrics.json"):
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        elif path.name == "metrics.jsonl":
            lines = path.read_text(encoding="utf-8").split("\n")[:-1]
            rows = [_timeless(json.loads(line)) for line in lines]
            found[name] = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
        elif path.name.endswith(".tmp"):
            found[name] = "left over"
    return found


def _timeless(row: dict[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in row if not any(clock in key for clock in _CLOCKS)}


def try_kill(folder: Path, at: int, kind: str, expected: dict[str, str]) -> str | None:
    """Kill a run and make it again; what is wrong then, or None."""
    shutil.rmtree(folder, ignore_errors=True)
    first, count = run(folder, at, kind)
    if first == 0 and count <= at:
        return "never came so far"
    again, _ = run(folder)
    if again != 0:
        return f"the same command ended with {again} after {first}"
    found = results(folder)
    wrong = [name for name in sorted({*found, *expected}) if found.get(name) != expected.get(name)]
    return f"differs after {first}: {', '.join(wrong)}" if wrong else None


def chosen(count: int, sample: int | None, seed: int) -> list[tuple[int, str]]:
    """The kills to try: all, or some spread over all."""
    kills = [(at, kind) for kind in KINDS for at in range(count)]
    if sample is None or sample >= len(kills):
        return kills
    source = random.Random(seed)
    bounds = [len(kills) * part // sample for part in range(sample + 1)]
    return [kills[source.randrange(low, high)] for low, high in itertools.pairwise(bounds)]


def worker(folder: Path, kills: list[tuple[int, str]], expected: dict[str, str], told: int) -> None:
    for at, kind in kills:
        fault = try_kill(folder, at, kind, expected)
        os.write(told, json.dumps({"at": at, "kind": kind, "fault": fault}).encode() + b"\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sample", type=int)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    prepare()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="folalign-kills-") as name:
        folder = Path(name)
        code, count = run(folder / "peace" / "run", at=-1)
        if code:
            print(f"the run ended with {code}")
            return 1
        seconds = time.monotonic() - begun
        expected = results(folder / "peace" / "run")
        kills = chosen(count, options.sample, options.seed)[options.first :]
        print(f"{count} events in a run of {seconds:.1f} s; {len(kills)} kills", flush=True)
        faults = _try_all(folder, kills, expected, options.workers)
    minutes = (time.monotonic() - begun) / 60
    print(f"{len(kills)} kills, {faults} with another result ({minutes:.1f} min)")
    return 1 if faults else 0


def _try_all(
    folder: Path, kills: list[tuple[int, str]], expected: dict[str, str], workers: int
) -> int:
    """Try the kills in several processes; the number that went wrong, each printed."""
    inlet, outlet = os.pipe()
    children = []
    for number in range(workers):
        child = os.fork()
        if child == 0:
            os.close(inlet)
            worker(folder / f"worker-{number}" / "run", kills[number::workers], expected, outlet)
            os._exit(0)
        children.append(child)
    os.close(outlet)
    faults = done = 0
    with os.fdopen(inlet) as lines:
        for line in lines:
            row = json.loads(line)
            done += 1
            if row["fault"]:
                faults += 1
                print(f"killed {row['kind']} event {row['at']}: {row['fault']}", flush=True)
            elif done % 50 == 0:
                print(f"{done} kills tried", flush=True)
    for child in children:
        os.waitpid(child, 0)
    return faults + len(kills) - done


if __name__ == "__main__":
    sys.exit(main())

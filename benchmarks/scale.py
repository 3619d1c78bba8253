"""How does bulk judging grow? `folalign verify --pairs` on files of more and more pairs.

    python benchmarks/scale.py make --pairs 1000000 --file pairs.parquet
    python benchmarks/scale.py run --file pairs.parquet [--workers 2] [--engine ray] [--kill 20]
    python benchmarks/scale.py nodes --file pairs.parquet [--kill 20]

`make` writes pairs of FOLIO's and MALLS' formulas: of each, eight candidates one after another, as samples of a model
come: rewritings of it and edits of these, a tenth of them equal to the one before. `run` judges a file and says how
long it took, with the processor's seconds and the memory (of all processes together, looked at each second);
`--kill` kills a worker by SIGKILL after so many seconds. `nodes` judges on two Ray nodes, and after `--kill` seconds
one of them is killed and another joins. Both compare the results with `--same FILE`, byte by byte, and count rows: exit
code 1 where one is lost or another.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pyarrow as arrow
from pyarrow import parquet

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import data  # noqa: E402
import logic  # noqa: E402
from data.perturb import edit, rewrite  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
FOLDERS = {"folio": "folio", "malls": "malls-willow"}
SAMPLES = 8
WORKER = {"local": "logic.judging.workers.worker", "ray": "ray::MapBatches(_judged"}
TICK = os.sysconf("SC_CLK_TCK")


# ---- pairs ------------------------------------------------------------------------------------


def formulas(folder: Path) -> list[logic.Formula]:
    """Of all rows that the audits let pass."""
    found = []
    for name, own in FOLDERS.items():
        rows = data.load(name, split="train", path=folder / own).rows
        found += [logic.parse(row.formula) for row in rows]
    return found


def pairs(count: int, seed: int, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Candidate, reference and the name of what was done."""
    source = Random(seed)
    references = formulas(folder)
    for _ in range(0, count, SAMPLES):
        reference = source.choice(references)
        last = ("", "")
        for _ in range(SAMPLES):
            if not last[0] or source.random() > 0.1:
                last = _candidate(reference, source)
            yield last[0], str(reference), last[1]


def _candidate(formula: logic.Formula, source: Random) -> tuple[str, str]:
    edits = source.choice((0, 0, 1, 1, 2))
    try:
        formula = rewrite(formula, source, steps=source.randrange(3))
        for _ in range(edits):
            formula, _ = edit(formula, source)
    except ValueError:  # nothing of the kind applies
        return str(formula), "as it is"
    return str(formula), f"{edits} edits"


def make(options: argparse.Namespace) -> int:
    """Write a Parquet file of pairs."""
    names = ("candidate", "reference", "made")
    schema = arrow.schema([(name, arrow.string()) for name in names] + [("id", arrow.int64())])
    rows: list[dict[str, object]] = []
    with parquet.ParquetWriter(options.file, schema) as writer:
        for number, pair in enumerate(pairs(options.pairs, options.seed, options.data)):
            rows.append({**dict(zip(names, pair, strict=True)), "id": number})
            if len(rows) == 10_000:
                writer.write_table(arrow.Table.from_pylist(rows, schema))
                rows.clear()
        writer.write_table(arrow.Table.from_pylist(rows, schema))
    return 0


# ---- what a run takes -------------------------------------------------------------------------


@dataclass
class Watch:
    """Looks at a process and all below it, until it is told to stop."""

    root: int
    memory: int = 0
    """Most bytes of all together; pages that several share count for each."""
    seconds: dict[int, float] = field(default_factory=dict)
    """Of the processor, by process."""
    commands: dict[int, str] = field(default_factory=dict)
    ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Watch:
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self.ended.wait(1.0):
            self.memory = max(self.memory, sum(self._one(process) for process in self._tree()))

    def _tree(self) -> list[int]:
        parents = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
            except OSError:  # ended meanwhile
                continue
        below = [self.root]
        for process in below:
            below += [child for child, parent in parents.items() if parent == process]
        return below

    def _one(self, process: int) -> int:
        folder = Path("/proc") / str(process)
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            self.commands[process] = (folder / "cmdline").read_bytes().decode(errors="replace")
            # Proportional: what several processes share counts once.
            pages = (folder / "smaps_rollup").read_text()
        except OSError:
            return 0
        self.seconds[process] = (int(fields[11]) + int(fields[12])) / TICK
        line = next((line for line in pages.splitlines() if line.startswith("Pss:")), "Pss: 0 kB")
        return int(line.split()[1]) << 10


def command(options: argparse.Namespace, output: Path) -> list[str]:
    """The command line that is measured."""
    words = ["--pairs", str(options.file), "--output", str(output), "--json", "--overwrite"]
    words += ["--engine", options.engine]
    if options.shard is not None:
        words += ["--shard", str(options.shard)]
    if options.workers is not None:
        words += ["--workers", str(options.workers)]
    if not options.relation:
        words.append("--no-relation")
    return ["verify", *words]


def run(options: argparse.Namespace) -> int:
    """One file, by the command."""
    output = options.file.with_suffix(f".{options.engine}.jsonl")
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", *command(options, output)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with Watch(process.pid) as watch:
        killer = threading.Timer(options.kill, kill_worker, (watch, WORKER[options.engine]))
        if options.kill:
            killer.start()
        printed, _ = process.communicate()
        killer.cancel()
    return tell(options, output, printed, time.perf_counter() - start, watch)


def kill_worker(watch: Watch, name: str) -> None:
    """Kill one that is judging."""
    for process, words in reversed(list(watch.commands.items())):
        if name in words and Path(f"/proc/{process}").exists():
            print(f"killed {process}: {words.replace(chr(0), ' ')[:60]}", flush=True)
            os.kill(process, signal.SIGKILL)
            return
    print("no worker to kill", flush=True)


def nodes(options: argparse.Namespace) -> int:
    """The file on two Ray nodes, one of which is killed."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    options.engine = "ray"
    output = options.file.with_suffix(".nodes.jsonl")
    head = {"num_cpus": 1, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    start = time.perf_counter()
    environment = {**os.environ, "RAY_ADDRESS": cluster.address}
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", *command(options, output)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    with Watch(os.getpid()) as watch:
        # Only now: a command joins a cluster through any node of its machine, and needs that one.
        parts = output.with_name(f"{output.name}.parts")
        while process.poll() is None and not any(parts.glob("*.part")):
            time.sleep(0.2)
        second = cluster.add_node(num_cpus=1)
        if options.kill:
            with suppress(subprocess.TimeoutExpired):
                process.wait(options.kill)
            print(f"killed a node after {len(list(parts.glob('*.part')))} parts", flush=True)
            cluster.remove_node(second, allow_graceful=False)
            cluster.add_node(num_cpus=1)
        printed, _ = process.communicate()
    code = tell(options, output, printed, time.perf_counter() - start, watch)
    cluster.shutdown()
    return code


def tell(
    options: argparse.Namespace,
    output: Path,
    printed: str,
    seconds: float,
    watch: Watch,
) -> int:
    """Print what it took; 1 where rows are lost, or others than in the file that they should equal."""
    *others, last = printed.splitlines()
    print(*others, sep="\n")
    summary = json.loads(last)
    rows = parquet.read_metadata(options.file).num_rows
    with output.open("rb") as stream:
        written = sum(1 for _ in stream)
        stream.seek(0)
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    same = True
    if options.same:
        with options.same.open("rb") as stream:
            same = hashlib.file_digest(stream, "sha256").hexdigest() == found
    processor = sum(watch.seconds.values())
    print(
        f"{options.engine}, workers {options.workers}: {rows:,} pairs in {seconds:.1f} s ({rows / seconds:,.0f}/s), "
        f"{processor:.1f} s of the processor ({1e6 * processor / rows:.0f} µs a pair), {watch.memory >> 20} MB; "
        f"rows written {written:,}, broken {summary['broken']}, load {os.getloadavg()[0]:.1f}"
        + (f"; {'the same' if same else 'NOT the same'} as {options.same.name}" if options.same else "")
    )  # fmt: skip
    print(json.dumps(summary))
    return 0 if written == rows and not summary["broken"] and same else 1


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("make", "run", "nodes"))
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--shard", type=int)
    parser.add_argument("--engine", choices=("local", "ray"), default="local")
    parser.add_argument("--kill", type=float, default=0.0)
    parser.add_argument("--relation", action="store_true", help="tell relations too")
    parser.add_argument("--same", type=Path)
    options = parser.parse_args()
    return {"make": make, "run": run, "nodes": nodes}[options.what](options)


if __name__ == "__main__":
    sys.exit(main())

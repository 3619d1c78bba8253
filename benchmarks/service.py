"""Does `folalign serve` hold under load? Many clients, hostile items, killed workers, a restart.

    python benchmarks/service.py [--seconds 300] [--clients 64] [--workers 2] [--hostile 0.01]

Each client posts batches of 1 to 16 pairs to a service on this machine's loopback, one after the other without a
pause, so that the service is busy all the time and the latencies are those of a full queue. A share of the items is
hostile: texts and formulas made to cost much. Now and then a request has one that kills or hangs its worker (in the
domain of tests/support/trap.py); those items must be null. A worker is killed by SIGKILL after a quarter and after
three quarters of the time, and after half of it the service is ended by SIGTERM and started again: clients try again
what was not answered. Every request must be answered, with the scores that `logic.score` gives in this process, and
the memory of the service and its workers must stay within a bound. Exit code 1 where anything of this does not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import statistics
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

import hostile_candidates  # noqa: E402
import hostile_texts  # noqa: E402
import service  # noqa: E402

import data  # noqa: E402
import logic  # noqa: E402
from data.perturb import edit  # noqa: E402

JSON = {"Content-Type": "application/json"}
MOST_ITEMS = 16
MOST_SECONDS = 180.0
"""A request that is not answered by then, after all attempts, is lost."""
MOST_MEGABYTES = 150, 200
"""Memory of the service, and of each worker: 134 when it has seen every hostile item here, whose largest structures
it keeps, and no more however often it sees them again."""
LEAST_NOTED = 60
"""Seconds of a service from which its memory is judged."""
HARM = {"Dies(a)": 0.002, "Hangs(a)": 0.0003}
"""Items that harm their worker, and the share of requests that have one."""
LIMIT = 20
"""Seconds that the service gives an item: on a busy machine a costly one takes many times its own."""

Pair = tuple[str, str]


@dataclass
class Material:
    """Pairs with the scores that they must get."""

    honest: list[Pair]
    hostile: list[Pair]
    scores: dict[Pair, float | None]


def material(count: int, seed: int) -> Material:
    """Pairs of a synthetic reference and an edit of it, and hostile ones, all judged here."""
    source = random.Random(seed)
    honest: list[Pair] = []
    for row in data.load("synthetic", split="train", size=count, seed=seed).rows:
        formula = logic.parse(row.formula)
        for _ in range(source.randrange(3)):
            formula, _ = edit(formula, source)
        honest.append((str(formula), row.formula))
    hostile = list(hostile_candidates.candidates().values())
    hostile += [(hostile_texts.text(source), source.choice(honest)[1]) for _ in range(len(hostile))]
    pairs = honest + hostile
    found = logic.score(
        candidates=[candidate for candidate, _ in pairs],
        references=[reference for _, reference in pairs],
        workers=0,
    )
    return Material(honest, hostile, dict(zip(pairs, found, strict=True)))


@dataclass
class Outcome:
    """What the clients saw."""

    seconds: list[float] = field(default_factory=list)
    items: int = 0
    retries: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    wrong: list[tuple[Pair, Any, Any]] = field(default_factory=list)


class Server:
    """The service, which can be started again at the same port, and its memory over time."""

    def __init__(self, workers: int) -> None:
        self._options = [
            "--workers", str(workers), "--domain", str(service.TRAP), "--seconds", str(LIMIT),
        ]  # fmt: skip
        self.process, self.address = service.start(*self._options)
        self.memory: list[list[float]] = [[]]

    def restart(self) -> int:
        """End it by SIGTERM, and start another one in its place; the exit code of the first."""
        code = service.stop(self.process)
        port = httpx.URL(self.address).port or 0
        self.process, self.address = service.start(*self._options, port=port)
        self.memory.append([])
        return code

    def kill_a_worker(self) -> None:
        os.kill(service.workers(self.process)[0], signal.SIGKILL)

    def note_memory(self) -> None:
        """Add the resident memory of the service and its workers, in MB."""
        total = 0
        for process in (self.process.pid, *service.workers(self.process)):
            try:
                pages = Path(f"/proc/{process}/statm").read_text().split()[1]
            except (OSError, IndexError):  # ended meanwhile
                continue
            total += int(pages) * os.sysconf("SC_PAGE_SIZE")
        self.memory[-1].append(total / 2**20)

    def quarters(self) -> list[list[float]]:
        """The median memory in each quarter of each service's time, of those that ran a minute."""
        found = []
        for noted in self.memory:
            size = len(noted) // 4
            if len(noted) >= LEAST_NOTED:
                parts = [noted[start * size : (start + 1) * size] for start in range(4)]
                found.append([statistics.median(part) for part in parts])
        return found

    def most_memory(self) -> float:
        """The most memory that was noted, in MB."""
        return max([megabytes for noted in self.memory for megabytes in noted], default=0.0)


def request(
    source: random.Random, given: Material, share: float
) -> tuple[dict[str, Any], list[Any]]:
    """A request, and the scores that it must get."""
    pairs = [
        source.choice(given.hostile if source.random() < share else given.honest)
        for _ in range(source.randint(1, MOST_ITEMS))
    ]
    expected = [given.scores[pair] for pair in pairs]
    asked: dict[str, Any] = {}
    for harm, frequency in HARM.items():
        if source.random() < frequency:
            # Its neighbours are honest: in the domain of the trap their names do nothing.
            pairs = [source.choice(given.honest) for _ in range(4)]
            expected = [given.scores[pair] for pair in pairs] + [None]
            pairs.append((harm, "P(a)"))
            asked["domain"] = "trap"
    asked["candidates"] = [candidate for candidate, _ in pairs]
    asked["references"] = [reference for _, reference in pairs]
    return asked, expected


async def client(
    http: httpx.AsyncClient, server: Server, given: Material, options: Any, seed: int, seen: Outcome
) -> None:
    """One client, until the time is over."""
    source = random.Random(seed)
    end = time.monotonic() + options.seconds
    while time.monotonic() < end:
        asked, expected = request(source, given, options.hostile)
        begun = time.monotonic()
        found = await answer(http, f"{server.address}/score", asked, seen)
        seen.seconds.append(time.monotonic() - begun)
        seen.items += len(expected)
        if found is None:
            seen.lost += 1
            continue
        pairs = zip(asked["candidates"], asked["references"], strict=True)
        for pair, score, right in zip(pairs, found, expected, strict=True):
            if score != right:
                seen.wrong.append((pair, score, right))


async def answer(
    http: httpx.AsyncClient, url: str, asked: dict[str, Any], seen: Outcome
) -> list[float | None] | None:
    """The scores, after as many attempts as are needed; None where the request is lost."""
    end = time.monotonic() + MOST_SECONDS
    body = json.dumps(asked).encode()  # in ASCII: a hostile text may have half of a surrogate pair
    while time.monotonic() < end:
        try:
            response = await http.post(url, content=body, headers=JSON)
        except httpx.TransportError as error:
            seen.retries[type(error).__name__] += 1
            await asyncio.sleep(0.25)
            continue
        if response.status_code == 200:
            scores: list[float | None] = response.json()["scores"]
            return scores
        seen.retries[f"HTTP {response.status_code}"] += 1
        await asyncio.sleep(float(response.headers.get("Retry-After", 0.25)))
    return None


async def misfortune(server: Server, seconds: float) -> int:
    """A worker killed, a restart, another worker killed; the exit code at the restart."""
    await asyncio.sleep(seconds / 4)
    server.kill_a_worker()
    await asyncio.sleep(seconds / 4)
    code = await asyncio.to_thread(server.restart)
    await asyncio.sleep(seconds / 4)
    server.kill_a_worker()
    return code


async def watch(server: Server) -> None:
    while True:
        await asyncio.sleep(1.0)
        with suppress(OSError):  # between two services there is none
            server.note_memory()


async def load(server: Server, given: Material, options: argparse.Namespace) -> tuple[Outcome, int]:
    """All clients, with what befalls the service meanwhile."""
    seen = Outcome()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(timeout=MOST_SECONDS, limits=limits, trust_env=False) as http:
        watching = asyncio.create_task(watch(server))
        unlucky = asyncio.create_task(misfortune(server, options.seconds))
        await asyncio.gather(
            *(
                client(http, server, given, options, options.seed + number, seen)
                for number in range(options.clients)
            )
        )
        code = await unlucky
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    return seen, code


def told(seen: Outcome, server: Server, options: argparse.Namespace) -> str:
    """The figures, a line each."""
    latencies = sorted(seen.seconds)
    cuts = {name: latencies[int(len(latencies) * share)] for name, share in
            (("p50", 0.5), ("p90", 0.9), ("p99", 0.99))}  # fmt: skip
    memory = [", ".join([f"{part:.0f}" for part in parts]) for parts in server.quarters()]
    lines = [
        f"{len(latencies):,} requests with {seen.items:,} items of {options.clients} clients in "
        f"{options.seconds:g} s: {seen.items / options.seconds:,.0f} items/s",
        ", ".join([f"{name} {1000 * value:,.0f} ms" for name, value in cuts.items()])
        + f", longest {latencies[-1]:.1f} s, tries again included",
        f"lost requests: {seen.lost}; scores that differ: {len(seen.wrong)}; "
        f"tried again: {dict(seen.retries)}",
        f"memory in MB, by quarters of the time: {'; after the restart '.join(memory) or 'too short'};"
        f" at most {server.most_memory():.0f}",
    ]
    return "\n".join([*lines, *map(str, seen.wrong[:5])])


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--hostile", type=float, default=0.01)
    parser.add_argument("--pairs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    given = material(options.pairs, options.seed)
    server = Server(options.workers)
    try:
        seen, code = asyncio.run(load(server, given, options))
        print(told(seen, server, options), flush=True)
        last = service.stop(server.process)
    except BaseException:
        server.process.kill()
        raise
    own, each = MOST_MEGABYTES
    is_small = server.most_memory() <= own + each * options.workers
    holds = not seen.lost and not seen.wrong and is_small
    print(f"exit codes of the services: {code} and {last}")
    return 0 if holds and code == last == 0 else 1


if __name__ == "__main__":
    sys.exit(main())

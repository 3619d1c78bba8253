"""Stages in processes of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from pipelines.processes import run_apart


def told(argv: list[str]) -> int:
    """What ends with the number that it is told."""
    return int(argv[0])


def test_each_of_several_at_a_time_ends_as_it_ended() -> None:
    """Of 300, 38 were taken for killed: another thread had been told how they ended."""
    codes = [number % 3 for number in range(60)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda code: run_apart(told, [str(code)]), codes)) == codes

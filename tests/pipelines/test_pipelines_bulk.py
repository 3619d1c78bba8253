"""`folalign verify --pairs` on files of any size: formats, columns, resuming after kills, engines."""

from __future__ import annotations

import csv
import datetime
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import logic
from logic.judging.workers.pool import DIED
from pipelines.bulk import sources
from pipelines.bulk.judging import Judge, Question
from pipelines.cli import main

ROOT = Path(__file__).parents[2]
ALL = "∀x (Cat(x) → Sleeps(x))"
SOME = "∃x (Cat(x) ∧ Sleeps(x))"
CANDIDATES = (
    ALL,
    SOME,
    "",
    "all y (Cat(y) -> Sleeps(y))",
    "∀x (Sleeps(x) → Cat(x))",
    "no formula",
)


def pairs(count: int) -> list[dict[str, Any]]:
    """Rows of every kind, those that cannot be judged among them."""
    rows: list[dict[str, Any]] = []
    for number in range(count):
        row = {"candidate": CANDIDATES[number % 6], "reference": ALL, "id": number}
        if number % 11 == 10:
            row["reference"] = "P(a ∧"
        rows.append(row)
    return rows


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def bulk(pairs: Path | str, output: Path, *words: str) -> int:
    return main(["verify", "--pairs", str(pairs), "--output", str(output), *words])


def interrupt_after(monkeypatch: pytest.MonkeyPatch, count: int) -> list[int]:
    """Ctrl-C at a pair of this number; the list that comes back counts the pairs that were judged."""
    honest, judged = logic.compare, [0]

    def compare(**sides: Any) -> logic.Comparison:
        if judged[0] == count:
            judged[0] += 1
            raise KeyboardInterrupt
        judged[0] += 1
        return honest(**sides)

    monkeypatch.setattr(logic, "compare", compare)
    return judged


# ---- rows and columns -------------------------------------------------------------------------


def test_other_columns_are_kept_and_the_judged_ones_may_have_any_name(tmp_path: Path) -> None:
    rows = [
        {"answer": SOME, "gold": ALL, "id": 7, "score": "own", "tags": ["a", {"b": 1}]},
        {"answer": ALL, "gold": 5, "id": 8, "score": None, "tags": []},
    ]
    output = tmp_path / "results.jsonl"
    words = ("--column", "candidate=answer", "--column", "reference=gold")
    assert bulk(write(tmp_path / "pairs.jsonl", rows), output, *words) == 1
    first, second = read(output)
    assert (first["id"], first["gold"], first["tags"]) == (7, ALL, ["a", {"b": 1}])
    assert (first["answer"], first["input_score"]) == (SOME, "own")
    assert first["verdict"] == "refuted" and first["relation"] == "independent"
    assert (second["score"], second["verdict"], second["id"]) == (None, "broken", 8)
    assert "5 is not text" in second["error"]
    assert list(first) == list(second) and "seconds" not in first


def test_each_format_comes_in_and_goes_out(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = pairs(20)
    origin = write(tmp_path / "pairs.jsonl", rows)
    for ending in (".jsonl", ".csv", ".parquet"):
        assert bulk(origin, tmp_path / f"out{ending}", "--shard", "6") == 1
    expected = read(tmp_path / "out.jsonl")
    assert [row["id"] for row in expected] == list(range(20))
    table = parquet.read_table(tmp_path / "out.parquet")
    assert table.to_pylist() == expected
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as stream:
        cells = list(csv.DictReader(stream))
    assert [row["verdict"] for row in cells] == [row["verdict"] for row in expected]
    assert json.loads(cells[0]["matching"]) == expected[0]["matching"]
    for ending in (".csv", ".parquet"):
        again = tmp_path / f"again-{ending[1:]}.jsonl"
        words = ("--column", "candidate=answer", "--column", "reference=input_reference")
        assert bulk(tmp_path / f"out{ending}", again, *words) == 1
        assert [row["verdict"] for row in read(again)] == [row["verdict"] for row in expected]


def test_columns_whose_types_differ_or_that_json_has_no_form_for(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    day = datetime.date(2026, 1, 2)
    table = arrow.table({"candidate": [ALL], "reference": [ALL], "day": [day], "raw": [b"\xff"]})
    parquet.write_table(table, tmp_path / "dates.parquet")
    assert bulk(tmp_path / "dates.parquet", tmp_path / "dates-out.parquet") == 0
    kept = parquet.read_table(tmp_path / "dates-out.parquet").to_pylist()[0]
    assert (kept["day"], kept["raw"]) == (day, b"\xff")
    assert bulk(tmp_path / "dates.parquet", tmp_path / "dates.jsonl") == 0
    assert read(tmp_path / "dates.jsonl")[0]["day"] == "2026-01-02"

    values: list[Any] = [1, 2.5, None, "three", {"a": [1]}, "\ud800"]
    rows = [{"candidate": ALL, "reference": ALL, "any": value} for value in values]
    output = tmp_path / "mixed.parquet"
    assert bulk(write(tmp_path / "mixed.jsonl", rows), output, "--shard", "2") == 0
    found = parquet.read_table(output)["any"].to_pylist()
    assert [float(found[0]), float(found[1]), *found[2:4]] == [1, 2.5, None, "three"]
    assert json.loads(found[4]) == {"a": [1]} and found[5] == "\\ud800"


def test_a_pattern_names_files_and_a_row_says_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "b.jsonl", pairs(3))
    write(tmp_path / "a.jsonl", pairs(2))
    assert bulk("*.jsonl", Path("out.csv")) == 1
    with open("out.csv", newline="", encoding="utf-8") as stream:
        rows = [(row["file"], row["row"]) for row in csv.DictReader(stream)]
    assert rows == [("a.jsonl", "1"), ("a.jsonl", "2"), *[("b.jsonl", str(n)) for n in (1, 2, 3)]]
    assert bulk("*.parquet", Path("out.jsonl")) == 2
    assert "*.parquet: no file is named so" in capsys.readouterr().err


def test_a_data_set_on_the_hub_is_streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("datasets")
    asked: dict[str, Any] = {}

    def load_dataset(name: str, **options: Any) -> Iterator[dict[str, Any]]:
        asked.update(options, name=name)
        return iter(pairs(4))

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    assert bulk("someone/pairs", tmp_path / "out.jsonl", "--split", "test") == 1
    assert asked == {"name": "someone/pairs", "split": "test", "streaming": True}
    assert [row["id"] for row in read(tmp_path / "out.jsonl")] == [0, 1, 2, 3]


def test_a_shard_is_bounded_in_text_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_CHARACTERS", 100)
    (source,) = sources.find_sources(str(write(tmp_path / "pairs.jsonl", pairs(20))), "train")
    shards = list(sources.shards_of([source], 10_000))
    assert len(shards) > 5 and sum(len(shard.rows) for shard in shards) == 20
    assert [shard.key for shard in shards] == sorted(shard.key for shard in shards)


def test_relations_can_be_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "out.jsonl"
    assert bulk(write(tmp_path / "p.jsonl", pairs(3)), output, "--no-relation", "--json") == 1
    summary = json.loads(capsys.readouterr().out)
    assert (summary["refuted"], summary["refuted_as"]) == (1, {})
    assert {row["relation"] for row in read(output)} == {None}


def test_strict_repairs_nothing(tmp_path: Path) -> None:
    whole, cut = "∀x (P(x) → Q(x))", "∀x (P(x) → Q(x)"
    rows = [
        {"candidate": candidate, "reference": reference}
        for candidate, reference in [(whole, whole), (cut, whole), (whole, cut)]
    ]
    output = tmp_path / "out.jsonl"
    file = write(tmp_path / "p.jsonl", rows)
    bulk(file, output, "--workers", "0")
    assert [row["verdict"] for row in read(output)] == ["proved", "proved", "proved"]
    bulk(file, output, "--workers", "0", "--strict", "--overwrite")
    assert [row["verdict"] for row in read(output)] == ["proved", "unreadable", "broken"]
    assert "only with a repair" in read(output)[2]["error"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--column", "answer"], "--column: answer: give candidate=NAME or reference=NAME"),
        (["--column", "label=x"], "--column: label=x: give candidate=NAME or"),
        (["--output", "out.txt"], "files that end in .jsonl, .csv, .parquet"),
        (["--workers", "-1"], "-1 is less than 0"),
        (["--shard", "0"], "0 is less than 1"),
    ],
)
def test_bad_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    pairs_file = write(tmp_path / "pairs.jsonl", pairs(1))
    assert main(["verify", "--pairs", str(pairs_file), *words]) == 2
    assert message in capsys.readouterr().err


def test_options_of_many_pairs_go_with_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    one = ["verify", "--candidate", "P(a)", "--reference", "P(a)"]
    assert main([*one, "--engine", "ray"]) == 2
    assert "--engine goes with --pairs" in capsys.readouterr().err


# ---- what is kept -----------------------------------------------------------------------------


def test_an_output_is_replaced_only_where_that_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    origin, output = write(tmp_path / "pairs.jsonl", pairs(2)), tmp_path / "out.jsonl"
    output.write_text("mine\n")
    assert bulk(origin, output) == 2
    assert "is there already" in capsys.readouterr().err and output.read_text() == "mine\n"
    assert bulk(origin, output, "--overwrite") == 1
    assert len(read(output)) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.jsonl", "pairs.jsonl"]


def test_the_same_command_goes_on_after_an_interruption(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{**row, "candidate": f"Cat(c{row['id']}) ∧ {ALL}"} for row in pairs(30)]
    origin = write(tmp_path / "pairs.jsonl", rows)
    whole, output = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    assert bulk(origin, whole, "--shard", "5") == 1
    with monkeypatch.context() as patch:
        interrupt_after(patch, 17)
        assert bulk(origin, output, "--shard", "5", "--workers", "0") == 130
    assert not output.exists()
    origin = origin.rename(tmp_path / "moved.jsonl")  # where a file is does not tell what is in it,
    os.utime(origin)  # nor when it was written
    parts = tmp_path / "out.jsonl.parts"
    kept = sorted(parts.glob("*.part"))
    assert len(kept) == 3
    kept[1].write_bytes(kept[1].read_bytes()[:-9])
    capsys.readouterr()
    with monkeypatch.context() as patch:
        judged = interrupt_after(patch, -1)
        assert bulk(origin, output, "--shard", "5", "--workers", "0") == 1
    err = capsys.readouterr().err
    assert "going on: 10 rows are judged already" in err
    assert f"{kept[1].name} is damaged: its rows are judged again" in "".join(err.split("\n"))
    assert 15 <= judged[0] <= 20  # the damaged shard and those that were missing
    assert output.read_bytes() == whole.read_bytes()
    assert not parts.exists()


def test_parts_of_another_job_are_neither_used_nor_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "other.jsonl", pairs(1))
    origin, output = write(tmp_path / "pairs.jsonl", pairs(10)), tmp_path / "out.jsonl"
    with monkeypatch.context() as patch:
        interrupt_after(patch, 3)
        assert bulk(origin, output, "--shard", "2", "--workers", "0") == 130
    parts = tmp_path / "out.jsonl.parts"
    kept = sorted(parts.iterdir())
    assert bulk(origin, output, "--shard", "3", "--names", "exact", "--no-relation") == 2
    told = "; ".join(
        ["--names was match and is exact", "--no-relation was not given and is given",
         "--shard was 2 and is 3"]
    )  # fmt: skip
    err = capsys.readouterr().err
    assert f"parts of another job: {told}. " in err and "pass --overwrite" in err
    assert bulk("*.jsonl", output, "--shard", "2") == 2
    assert "--pairs names 2 files and named 1" in capsys.readouterr().err
    write(origin, pairs(11))
    assert bulk(origin, output, "--shard", "2") == 2
    assert "the content of --pairs is another" in capsys.readouterr().err
    assert sorted(parts.iterdir()) == kept
    assert bulk(origin, output, "--shard", "2", "--overwrite") == 1
    assert len(read(output)) == 11 and not parts.exists()


def test_a_kill_amid_the_joining_is_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    origin, output = write(tmp_path / "pairs.jsonl", pairs(10)), tmp_path / "out.jsonl"

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pipelines.bulk.parts.Parts.delete", killed)
        assert bulk(origin, output) == 130
    first = output.read_bytes()
    assert bulk(origin, output) == 1
    assert output.read_bytes() == first and not (tmp_path / "out.jsonl.parts").exists()


# ---- kills ------------------------------------------------------------------------------------


def distinct(count: int) -> list[dict[str, Any]]:
    """Pairs that each have to be judged."""
    return [
        {"candidate": f"{SOME} ∧ Cat(c{number})", "reference": ALL, "id": number}
        for number in range(count)
    ]


def command(origin: Path, output: Path, *words: str) -> list[str]:
    program = [sys.executable, "-m", "pipelines.cli", "verify"]
    return [*program, "--pairs", str(origin), "--output", str(output), *words]


def until(what: Callable[[], bool], seconds: float = 100.0) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.slow
def test_a_killed_command_ends_with_the_same_bytes(tmp_path: Path) -> None:
    origin = write(tmp_path / "pairs.jsonl", distinct(2_000))
    whole, output = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    assert bulk(origin, whole, "--no-relation", "--shard", "50") == 1
    parts = tmp_path / "out.jsonl.parts"
    words = command(origin, output, "--workers", "2", "--no-relation", "--shard", "50")
    for least in (3, 12):
        process = subprocess.Popen(words, cwd=ROOT)
        until(lambda least=least: len(list(parts.glob("*.part"))) >= least)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert not output.exists()
    assert subprocess.run(words, cwd=ROOT).returncode == 1
    assert output.read_bytes() == whole.read_bytes()


def test_a_worker_that_is_killed_costs_no_pair() -> None:
    with Judge(Question(relation=False), workers=1) as judge:
        asked = [(row["candidate"], row["reference"]) for row in distinct(300)]
        seen = [0]

        def tick() -> None:
            seen[0] += 1
            if seen[0] in (50, 150):
                assert judge._pool is not None
                worker = judge._pool._workers[0]._process
                assert worker is not None
                worker.kill()

        found = judge(asked, tick)
    assert all(isinstance(one, dict) for one in found), [one for one in found if DIED in one]


# ---- Ray --------------------------------------------------------------------------------------


def costly(count: int) -> list[dict[str, Any]]:
    """Pairs of which sixty are distinct, whose relation takes some ten milliseconds each."""
    return [
        {"candidate": f"{ALL} ∧ Cat(c{number % 60})", "reference": ALL, "id": number}
        for number in range(count)
    ]


def kill_ray_worker(mark: str) -> bool:
    """Kill one that is judging, of the cluster that has the mark in its environment."""
    for words in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = words.read_bytes().decode(errors="replace")
            own = (words.parent / "environ").read_bytes().decode(errors="replace")
        except OSError:  # ended meanwhile
            continue
        if text.startswith("ray::MapBatches(_judged") and mark in own:
            os.kill(int(words.parent.name), signal.SIGKILL)
            return True
    return False


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ray_gives_the_same_bytes_with_a_worker_and_a_node_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what the one engine has kept, the other goes on from."""
    pytest.importorskip("ray")
    monkeypatch.setenv("RAY_raylet_start_wait_time_s", "300")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    from ray.cluster_utils import Cluster

    origin = write(tmp_path / "pairs.jsonl", costly(1_000))
    whole, output = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    assert bulk(origin, whole) == 1
    parts = tmp_path / "out.jsonl.parts"
    monkeypatch.setenv("OF_THIS_TEST", str(parts))
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    try:
        monkeypatch.setenv("RAY_ADDRESS", cluster.address)
        words = command(origin, output, "--engine", "ray", "--shard", "20")
        process = subprocess.Popen(words, cwd=ROOT)
        # Only now a second node: a command needs the node through which it has joined.
        until(lambda: len(list(parts.glob("*.part"))) >= 1, seconds=300)
        until(lambda: kill_ray_worker(str(parts)))
        second = cluster.add_node(num_cpus=1)
        found = len(list(parts.glob("*.part")))
        until(lambda: len(list(parts.glob("*.part"))) >= found + 8)
        assert process.poll() is None
        cluster.remove_node(second, allow_graceful=False)
        assert process.wait(timeout=300) == 1
    finally:
        cluster.shutdown()
    assert output.read_bytes() == whole.read_bytes()


def test_a_pair_that_kills_its_process_costs_itself_alone_in_a_small_file_too() -> None:
    """Without a number of workers one is started: what dies there does not take the command along."""
    from logic.judging.workers.pool import Pool

    with Judge(Question()) as judge:
        assert judge([("P(a)", "P(a)")], lambda: None)[0]["verdict"] == "proved"
        assert isinstance(judge._pool, Pool)

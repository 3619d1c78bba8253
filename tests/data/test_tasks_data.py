"""The embedded stories and the parallel corpus; bad files in front of a run."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import data
from data.entailment import judge
from data.inspection import shared
from data.made import stories
from data.made.sentences import folan
from data.made.sentences.lexicon import ADJECTIVES, INTRANSITIVE, NOUNS, TRANSITIVE
from data.made.sentences.meaning import Every, Holds, Is, Kind, Lacks, Named

# The parallel corpus


def test_both_directions_of_a_pair_and_none_in_two_splits() -> None:
    corpora = {
        split: data.load("mt-synthetic", split=split, size=200)
        for split in data.split_names("mt-synthetic")
    }
    assert shared(corpora) == 0
    groups = [{row.group for row in corpus} for corpus in corpora.values()]
    assert sum(map(len, groups)) == len(set.union(*groups))
    rows = corpora["test"].rows
    for there, back in zip(rows[::2], rows[1::2], strict=True):
        assert (there.text, there.translation) == (back.translation, back.text)
        assert (
            (there.from_language, there.to_language)
            == ("en", "qfo")
            == (back.to_language, back.from_language)
        )
    assert rows == data.load("mt-synthetic", split="test", size=200).rows
    assert rows[:50] == data.load("mt-synthetic", split="test", size=50).rows
    assert rows != data.load("mt-synthetic", split="test", size=200, seed=1).rows
    (prompt, *_) = data.load("mt-synthetic", split="test", size=1).to_dataset()["prompt"]
    assert prompt == f"English: {rows[0].text}\nFolan:"


def test_the_second_language_is_another_and_says_as_much() -> None:
    words = [*NOUNS, *ADJECTIVES, *TRANSITIVE, *INTRANSITIVE]
    assert len({folan._word(word) for word in words}) == len(set(words))  # no two words become one
    assert not {folan._word(word) for word in words} & {
        "omni",
        "ul",
        "nul",
        "ne",
        "ki",
        "ku",
        "et",
        "vel",
        "aut",
    }
    anna, happy = Named("Anna"), Is("happy")
    said = [
        Holds(anna, happy),
        Holds(anna, Lacks(happy)),
        Holds(Every(Kind("cat", happy)), Is("calm")),
    ]
    assert [folan.translate(meaning) for meaning in said] == [
        "Anna hebby.", "Anna ne hebby.", "Omni qed ki hebby ku qern.",
    ]  # fmt: skip


# Stories


def test_stories_prove_their_labels_in_equal_numbers() -> None:
    corpora = {
        split: data.load("entail-synthetic", split=split, size=45) for split in stories.SPLITS
    }
    for corpus in corpora.values():
        labels = [row.label for row in corpus]
        assert [labels.count(label) for label in ("True", "False", "Uncertain")] == [15, 15, 15]
        assert len(corpus.audit()) == 45
    assert all(judge(story).right for story in corpora["test"])
    groups = [{row.group for row in corpus} for corpus in corpora.values()]
    assert sum(map(len, groups)) == len(set.union(*groups))
    assert corpora["test"].rows == data.load("entail-synthetic", split="test", size=45).rows


@pytest.mark.parametrize("name", ["mt-synthetic", "entail-synthetic"])
def test_embedded_sets_refuse_what_they_do_not_have(name: str) -> None:
    with pytest.raises(data.DataError, match=f"{name} has no split 'dev'; it has train"):
        data.load(name, split="dev")
    with pytest.raises(data.DataError, match=f"{name} takes no path"):
        data.load(name, split="test", path="x")
    assert data.licence(name).startswith("Apache-2.0")


# Bad files in front of a run

CAT = {"sentence": "Tom is a cat.", "formula": "Cat(tom)"}
STORY = {"premises": ["A.", "B."], "premise_formulas": ["A(c)"], "conclusion": "C.", "conclusion_formula": "C(c)",
         "label": "True"}  # fmt: skip


def lines(*rows: object) -> bytes:
    return b"".join(
        (row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows
    )


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.json", json.dumps([CAT, CAT]).encode()[:-20], r"x\.json, row 2: not valid JSON .*cut off"),
        ("x.jsonl", lines({"NL": "Hot.", "FOL": "Hot(a)"}), r"x\.jsonl: none of its 1 rows .* no column 'sentence'"),
        ("x.jsonl", lines(b"", b"  "), r"x\.jsonl: none of its 2 rows can be used; row 1: empty line"),
        ("x.jsonl", lines(b'{"sentence": "\xff", "formula": "P(a)"}'), r"row 1: not valid UTF-8 \(byte 15\)"),
        ("x.jsonl", b"", r"x\.jsonl: the file is empty"),
        ("x.parquet", b"PAR1 and no more", r"x\.parquet, row 1: not a whole Parquet file"),
        ("x.jsonl.gz", b"\x1f\x8b\x08\x00 broken", r"x\.jsonl\.gz, row 1: "),
        ("x.jsonl", b'{"sentence": "' + b"x" * 100_000_000 + b'"}', r"row 1: line longer than 1,000,000 bytes"),
        ("story.jsonl", lines(STORY), r"row 1: 2 premises but 1 formulas"),
    ],
    ids=["truncated", "columns", "empty-rows", "utf-8", "empty", "parquet", "gzip", "100-MB-line", "premises"],
)  # fmt: skip
def test_a_run_refuses_bad_files_by_name_and_row_and_writes_nothing(
    name: str, content: bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("trl")
    from pipelines.commands import run

    (tmp_path / name).write_bytes(content)
    entail = name.startswith("story")
    (tmp_path / "run.yaml").write_text(
        f"output_dir: {tmp_path / 'run'}\n"
        + (
            "sft:\n  train_size: 5\n"
            if entail
            else f"sft:\n  dataset: jsonl\n  dataset_path: {tmp_path / name}\n"
        )
        + "  use_cpu: true\n  bf16: false\n"
        + (
            f"entail:\n  dataset: jsonl\n  split: all\n  dataset_path: {tmp_path / name}\n"
            if entail
            else ""
        )
    )
    assert run.check(["--config", str(tmp_path / "run.yaml")]) == 2
    assert re.search(message, capsys.readouterr().err)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "run.yaml"])


def test_rows_left_out_are_counted_aloud(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("trl")
    from pipelines.config.arguments import DataArguments
    from pipelines.config.corpus import load_rows

    good = [{"sentence": f"N{i} is odd.", "formula": f"Odd(n{i})"} for i in range(3)]
    (tmp_path / "train.jsonl").write_bytes(
        lines(*good, b"", {"sentence": "Broken.", "formula": "Odd("}, b'{"cut": ')
    )
    rows = load_rows(
        DataArguments(dataset="jsonl", dataset_path=str(tmp_path)), split="train", size=None, seed=0
    )
    said = " ".join(capsys.readouterr().out.split())
    assert len(rows) == 3 and "3 rows, 3 left out" in said
    for row, reason in ((4, "empty line"), (5, "formula, column"), (6, "not valid JSON")):
        assert f"train.jsonl:{row}: {reason}" in said

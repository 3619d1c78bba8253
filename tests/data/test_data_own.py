"""A user's own rows: by path or hub name, columns of other names, conversations, prompts with completions."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import data
from data.catalogue import first_split
from data.records import DataError
from pipelines.config.light.start import check_local
from pipelines.errors import UsageError

CATS = "∀x (Cat(x) → Sleeps(x))"
SYSTEM = {"role": "system", "content": "You translate."}


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def turns(*contents: str) -> list[dict[str, str]]:
    return [
        {"role": ("user", "assistant")[place % 2], "content": text}
        for place, text in enumerate(contents)
    ]


def numbered(count: int) -> list[dict[str, str]]:
    return [{"sentence": f"Tom{n} is a cat.", "formula": f"Kind{n}(tom{n})"} for n in range(count)]


# Names


def test_a_path_stands_for_a_data_set(tmp_path: Path) -> None:
    file = write(tmp_path / "own.jsonl", *numbered(3))
    assert len(data.load(str(file), split="all")) == 3
    assert data.split_names(str(file)) == ("train", "validation", "test")
    assert data.licence(str(file)) == "your own"
    assert data.tasks(str(tmp_path))[0] == "translate"


def test_a_path_is_given_once(tmp_path: Path) -> None:
    file = write(tmp_path / "own.jsonl", *numbered(3))
    with pytest.raises(DataError, match="is a path already"):
        data.load(str(file), split="all", path=file)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("folioo", "no data set 'folioo'.*did you mean folio"),
        ("nothing.jsonl", "nothing.jsonl: no such file"),
        ("here", r"allowed: .*, a path, or a name on the hub \(owner/name\)"),
    ],
)
def test_what_is_no_data_set(name: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        data.load(name, split="train")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """The splits of every data set on the hub."""
    datasets = pytest.importorskip("datasets")
    splits: dict[str, list[dict[str, Any]]] = {}
    monkeypatch.setattr(datasets, "get_dataset_split_names", lambda name: list(splits))
    monkeypatch.setattr(datasets, "load_dataset", lambda name, split: splits[split])
    yield splits


def test_a_name_on_the_hub(hub: dict[str, list[dict[str, Any]]]) -> None:
    hub |= {"train": numbered(2), "test": numbered(5)[4:]}
    assert len(data.load("someone/cats", split="train")) == 2
    assert len(data.load("jsonl", path="someone/cats", split="test")) == 1
    with pytest.raises(DataError, match="no split 'rl'; it has train, test"):
        data.load("someone/cats", split="rl")


def test_a_hub_set_of_one_split_is_divided(hub: dict[str, list[dict[str, Any]]]) -> None:
    hub["train"] = numbered(40)
    parts = [len(data.load("someone/cats", split=split)) for split in ("train", "test", "all")]
    assert parts[0] < 40 and parts[1] > 0 and parts[2] == 40


def test_a_hub_out_of_reach_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    constants = pytest.importorskip("huggingface_hub").constants
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("data.published.reach.getproxies", dict)
    start = time.monotonic()
    with pytest.raises(DataError, match=r"cannot be reached: Connection refused"):
        data.load("someone/cats", split="train")
    with pytest.raises(
        UsageError, match=r"no local folder 'someone/cat', and the hub .* cannot be reached"
    ):
        check_local("someone/cat")
    assert time.monotonic() - start < 5  # the hub's own client takes half a minute
    (tmp_path / "models--someone--cat" / "snapshots").mkdir(parents=True)
    check_local("someone/cat")


def test_a_known_model_needs_no_hub(tmp_path, monkeypatch):
    monkeypatch.setenv("FOLALIGN_CACHE", str(tmp_path))
    with pytest.raises(UsageError, match="has not been fetched: folalign model fetch smollm2"):
        check_local("smollm2")
    folder = tmp_path / "models" / "smollm2"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}", "utf-8")
    check_local("smollm2")


# Splits


def test_a_small_file_has_every_split(tmp_path: Path) -> None:
    file = write(tmp_path / "own.jsonl", *numbered(6))
    sizes = [len(data.load(str(file), split=split)) for split in ("train", "validation", "test")]
    assert sum(sizes) == 6 and min(sizes) == 1


def test_the_first_split_that_is_there(tmp_path: Path) -> None:
    assert first_split("synthetic", ("rl", "train")) == "rl"
    assert first_split("folio", ("test", "validation")) == "validation"
    file = write(tmp_path / "train.jsonl", *numbered(3))
    assert first_split("own", ("rl", "train"), path=file) == "train"
    assert first_split("own", ("test", "validation"), path=file) == "test"
    write(tmp_path / "rl.jsonl", *numbered(3))
    assert first_split("own", ("rl", "train"), path=tmp_path) == "rl"
    assert first_split("own", ("rl", "train"), path="someone/cats") == "train"


def test_a_column_that_is_missing_is_told_with_the_cure(tmp_path: Path) -> None:
    file = write(tmp_path / "own.jsonl", {"NL": "All cats sleep.", "FOL": CATS})
    with pytest.raises(DataError, match=r"no column 'sentence'.*columns: \{sentence: NAME\}"):
        data.load(str(file), split="all")


@pytest.mark.parametrize(
    ("columns", "role"),
    [
        ({"sentence": "NL"}, "sentence"),
        ({"formula": "FOL"}, "formula"),
        ({"group": "doc"}, "group"),
    ],
)
def test_a_column_of_a_wrong_name_is_told_by_its_role(
    tmp_path: Path, columns: dict[str, str], role: str
) -> None:
    file = write(tmp_path / "own.jsonl", *numbered(3))
    cure = rf"columns: \{{{role}: NAME\}} \(for folalign data: --column {role}=NAME\)"
    with pytest.raises(DataError, match=rf"no column '{columns[role]}'; it has .*{cure}"):
        data.load(str(file), split="all", columns=columns)


def test_a_message_without_a_role_has_no_cure(tmp_path: Path) -> None:
    file = write(tmp_path / "own.jsonl", {"messages": [{"content": "All cats sleep."}]})
    with pytest.raises(DataError, match="no column 'role'") as error:
        data.load(str(file), split="all")
    assert "NAME" not in str(error.value)


def test_a_file_of_broken_rows_is_not_called_too_small_alone(tmp_path: Path) -> None:
    good = {"messages": turns("Some dog barks.", "∃x (Dog(x) ∧ Barks(x))")}
    bad = [{"messages": turns(f"Number {n}.", "I do not know.")} for n in range(10)]
    file = write(tmp_path / "own.jsonl", good, *bad)
    with pytest.raises(DataError, match="too few groups") as error:
        data.load(str(file), split="validation")
    told = str(error.value)
    assert "(1 of its 11 rows can be used); row 2: no formula can be read in the answer" in told
    assert "\n" not in told
    whole = write(tmp_path / "whole.jsonl", good)
    with pytest.raises(
        DataError, match=r"a 'validation' split; give a folder with validation\.jsonl"
    ):
        data.load(str(whole), split="validation")


# Conversations, and prompts with completions


@pytest.mark.parametrize(
    ("row", "prompt", "completion"),
    [
        (
            {"messages": [SYSTEM, *turns("All cats sleep.", CATS)]},
            [SYSTEM, *turns("All cats sleep.")],
            [{"role": "assistant", "content": CATS}],
        ),
        (
            {"prompt": turns("All cats sleep."), "completion": turns("", CATS)[1:]},
            turns("All cats sleep."),
            [{"role": "assistant", "content": CATS}],
        ),
        (
            {"prompt": "All cats sleep. FOL: ", "completion": f"It is `{CATS}`."},
            "All cats sleep. FOL: ",
            f"It is `{CATS}`.",
        ),
        (
            {"prompt": "All cats sleep.", "completion": " forall x. A", "formula": CATS},
            "All cats sleep.",
            " forall x. A",
        ),
    ],
)
def test_rows_with_prompts_are_taken_as_they_are(
    tmp_path: Path, row: dict[str, Any], prompt: object, completion: object
) -> None:
    pytest.importorskip("datasets")
    file = write(tmp_path / "own.jsonl", row)
    (ready,) = data.load(str(file), split="all").to_dataset()
    assert ready["prompt"] == prompt
    assert ready["completion"] == completion
    assert ready["reference"] == CATS
    assert ready["sentence"].startswith("All cats sleep.")


def test_their_columns_can_have_other_names(tmp_path: Path) -> None:
    file = write(tmp_path / "own.jsonl", {"talk": turns("All cats sleep.", CATS)})
    corpus = data.load(str(file), split="all", columns={"messages": "talk"})
    assert corpus.rows[0].answer() == CATS


def test_they_are_written_and_read_back(tmp_path: Path) -> None:
    row = {"messages": [SYSTEM, *turns("All cats sleep.", f"Formula: {CATS}")]}
    corpus = data.load(str(write(tmp_path / "own.jsonl", row)), split="all")
    again = data.load(str(write(tmp_path / "again.jsonl", corpus.rows[0].to_dict())), split="all")
    assert again.rows[0].ready() == corpus.rows[0].ready()
    assert again.rows[0].answer() == CATS


def test_chat_makes_messages_of_texts(tmp_path: Path) -> None:
    pytest.importorskip("datasets")
    file = write(tmp_path / "own.jsonl", {"prompt": "All cats sleep.", "completion": CATS})
    (ready,) = data.load(str(file), split="all").to_dataset(chat=True)
    assert ready["prompt"] == turns("All cats sleep.")
    assert ready["completion"] == [{"role": "assistant", "content": CATS}]


def test_a_template_is_not_for_rows_with_prompts(tmp_path: Path) -> None:
    pytest.importorskip("datasets")
    file = write(tmp_path / "own.jsonl", {"prompt": "All cats sleep.", "completion": CATS})
    with pytest.raises(DataError, match="prompts of their own"):
        data.load(str(file), split="all").to_dataset("Say {sentence}")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"messages": turns("All cats sleep.")}, "the last message is the user's"),
        ({"messages": turns("All cats sleep.", "I do not know.")}, "no formula"),
        ({"messages": []}, "no messages"),
        ({"messages": "All cats sleep."}, "not a list of messages"),
        ({"prompt": "", "completion": CATS}, "empty prompt"),
        ({"prompt": "All cats sleep.", "completion": 5}, "5 is not text"),
        ({"prompt": "All cats sleep.", "completion": CATS}, "a text, where the rows before have"),
    ],
)
def test_rows_that_cannot_be_used(tmp_path: Path, row: dict[str, Any], reason: str) -> None:
    good = {"messages": turns("Some dog barks.", "∃x (Dog(x) ∧ Barks(x))")}
    corpus = data.load(str(write(tmp_path / "own.jsonl", good, row)), split="all")
    assert len(corpus) == 1
    assert reason in corpus.quarantined[0].reason

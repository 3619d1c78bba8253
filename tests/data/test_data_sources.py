"""Published data sets, from files with their true column names, and what bad files do."""

import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import data
from data.files import MAX_LINE, read_rows
from data.inspection import shared
from data.published import hh_rlhf


def lines(path: Path, *rows: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(row) + "\n" for row in rows).encode()
    opener: Callable[..., Any] = {".gz": gzip.open, ".xz": lzma.open}.get(path.suffix, open)
    with opener(path, "wb") as file:
        file.write(text)
    return path


def json_list(path: Path, *rows: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(list(rows)))
    return path


def parquet(path: Path, *rows: dict[str, Any]) -> Path:
    import datasets

    path.parent.mkdir(parents=True, exist_ok=True)
    datasets.Dataset.from_list(list(rows)).to_parquet(str(path))
    return path


def transcript(*turns: str) -> str:
    return "".join(f"\n\n{('Human', 'Assistant')[i % 2]}: {turn}" for i, turn in enumerate(turns))


# MALLS


def malls(folder: Path) -> Path:
    rows = [{"NL": f"Kettle {i} is hot.", "FOL": f"Hot(kettle{i})"} for i in range(60)]
    json_list(
        folder / "MALLS-v0.1-train.json",
        *rows,
        {"NL": "Broken.", "FOL": "∀x (Hot(x)"},
        rows[0],
        {"NL": "x"},
    )
    json_list(
        folder / "MALLS-v0.1-test.json",
        rows[3],
        {"NL": "A hot kettle boils.", "FOL": "∀x (Hot(x) → Boils(x))"},
    )
    return folder


def test_malls(tmp_path: Path) -> None:
    folder = malls(tmp_path)
    train, validation, test = (
        data.load("malls", split=s, path=folder) for s in ("train", "validation", "test")
    )
    assert len(train) + len(validation) == 60 and len(validation) > 0
    assert shared({"train": train, "validation": validation, "test": test}) == 0
    reasons = {fault.row: fault.reason for fault in train.quarantined}
    assert (
        "column" in reasons[61]
        and reasons[62] == "repeats row 1"
        and reasons[63].startswith("no column 'FOL'")
    )
    assert [row.formula for row in test] == ["∀x (Hot(x) → Boils(x))"]
    assert [fault.reason for fault in test.quarantined] == ["sentence and formula also in train"]


def test_from_the_hub_with_the_same_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    asked = []

    def load_dataset(name: str, data_files: dict[str, list[str]], split: str) -> datasets.Dataset:
        asked.append((name, data_files, split))
        return datasets.Dataset.from_list([{"NL": f"It is {split}.", "FOL": f"Is({split})"}])

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    corpus = data.load("malls", split="test")
    assert [row.sentence for row in corpus] == ["It is test."]
    assert asked[0] == ("yuan-yang/MALLS-v0", {"test": ["MALLS-v0.1-test.json"]}, "test")
    with pytest.raises(data.DataError, match="no such file or folder, and not a name on the hub"):
        data.load("malls", split="test", path="/nowhere/at/all")


# ProverQA


def proverqa_row(number: int, **changes: Any) -> dict[str, Any]:
    name = f"Ana{number}"
    return {
        "id": number,
        "options": ["A) True", "B) False", "C) Uncertain"],
        "answer": "B",
        "question": f"Is the following statement true, false, or uncertain? {name} rests.",
        "reasoning": "fact1: ...",
        "context": f"{name} works. Either {name} works or rests.",
        "nl2fol": {f"{name} works.": f"works({name})", f"{name} works or rests.": f"works({name}) ⊕ rests({name})"},
        "conclusion_fol": f"rests({name})",
    } | changes  # fmt: skip


def test_proverqa_pairs_and_stories(tmp_path: Path) -> None:
    for level, start in (("easy", 0), ("medium", 20), ("hard", 40)):
        json_list(tmp_path / "dev" / f"{level}.json", *(proverqa_row(start + i) for i in range(20)))
    corpora = {
        split: data.load("proverqa", split=split, path=tmp_path)
        for split in data.split_names("proverqa")
    }
    assert sum(map(len, corpora.values())) == 180 and shared(corpora) == 0
    story = data.load("proverqa", task="entail", split="train", path=tmp_path).rows[0]
    assert (
        story.conclusion.endswith("rests.") and story.label == "False" and len(story.premises) == 2
    )
    from data.entailment import judge

    assert judge(story).finding == "False"


def test_proverqa_faults(tmp_path: Path) -> None:
    # A table of all rows' sentences, as `datasets` makes of differing objects: other rows' cells are null.
    wide = proverqa_row(1)
    wide["nl2fol"] = {**wide["nl2fol"], "Bob sings.": None}
    rows = [
        wide,
        proverqa_row(2, answer="D"),
        proverqa_row(3, nl2fol="x"),
        proverqa_row(4, nl2fol={"A.": 3}),
    ]
    corpus = data.load("proverqa", split="all", path=json_list(tmp_path / "easy.json", *rows))
    assert len(corpus) == 3
    reasons = [fault.reason for fault in corpus.quarantined]
    assert (
        "allowed: A, B, C" in reasons[0]
        and "'nl2fol' is not an object" in reasons[1]
        and "3 is not text" in reasons[2]
    )


# Preferences


def test_hh_rlhf(tmp_path: Path) -> None:
    multi = {
        "chosen": transcript("What do owls eat?", "Mice.", "All of them?", "Most of them."),
        "rejected": transcript("What do owls eat?", "Mice.", "All of them?", "None."),
    }
    single = {"chosen": transcript("Hi.", "Hello."), "rejected": transcript("Hi.", "Go away.")}
    differing = {"chosen": transcript("Hi.", "Hello."), "rejected": transcript("Ho.", "Hello.")}
    open_end = {
        "chosen": transcript("Hi.", "Ho.", "Oh?"),
        "rejected": transcript("Hi.", "Ho.", "Oh?"),
    }
    many = [
        {"chosen": transcript(f"Hi {i}.", "Yes."), "rejected": transcript(f"Hi {i}.", "No.")}
        for i in range(40)
    ]
    rows = [multi, single, differing, open_end, {"chosen": "Hello.", "rejected": "Ho."}, *many]
    lines(tmp_path / "helpful-base" / "train.jsonl.gz", *rows)
    lines(
        tmp_path / "harmless-base" / "test.jsonl.gz",
        single,
        {k: v.replace("owls", "cats") for k, v in multi.items()},
    )
    train = data.load("hh-rlhf", split="train", path=tmp_path)
    both = train.rows + data.load("hh-rlhf", split="validation", path=tmp_path).rows
    assert len(both) == 42
    first = next(row for row in both if len(row.prompt) == 3)
    assert [turn.role for turn in first.prompt] == ["user", "assistant", "user"]
    assert (first.prompt[2].content, first.chosen, first.rejected) == (
        "All of them?",
        "Most of them.",
        "None.",
    )
    assert [fault.row for fault in train.quarantined] == [3, 4, 5]
    test = data.load("hh-rlhf", split="test", path=tmp_path)
    assert len(test) == 1 and test.quarantined[0].reason == "prompt also in train"
    assert {row.subset for row in both} == {"helpful-base"}
    assert test.rows[0].subset == "harmless-base"


def test_hh_rlhf_joins_turns_of_one_speaker() -> None:
    assert [
        turn.content for turn in hh_rlhf.turns("\n\nHuman: a\n\nHuman: b\n\nAssistant: c\n\nd")
    ] == [
        "a\n\nb",
        "c\n\nd",
    ]


def test_pku_saferlhf_keeps_what_is_better_and_safer_and_safe(tmp_path: Path) -> None:
    def row(i: int, better: int = 0, safer: int = 0, safe: Any = (True, False)) -> dict[str, Any]:
        return {
            "prompt": f"How do I open lock {i}?", "response_0": "Call a locksmith.", "response_1": "Break the door.",
            "is_response_0_safe": safe[0], "is_response_1_safe": safe[1],
            "better_response_id": better, "safer_response_id": safer,
        }  # fmt: skip

    faulty = [
        row(1, better=1),
        row(2, safe=(False, False)),
        row(3, better=5),
        row(4, safe=("yes", 0)),
    ]
    rows = [row(0), *faulty, {"prompt": "x"}, *(row(i, 1, 1, (False, True)) for i in range(5, 40))]
    lines(tmp_path / "data" / "Alpaca-7B" / "train.jsonl", *rows)
    lines(tmp_path / "data" / "Alpaca2-7B" / "train.jsonl.xz", row(50))
    lines(tmp_path / "data" / "Alpaca-7B" / "test.jsonl", row(60))
    parts = [
        data.load("pku-saferlhf", split=split, path=tmp_path) for split in ("train", "validation")
    ]
    kept = {row.prompt[0].content: row for part in parts for row in part}
    assert len(kept) == 37
    assert kept["How do I open lock 0?"].chosen == "Call a locksmith."
    assert kept["How do I open lock 7?"].chosen == "Break the door."
    reasons = [fault.reason for fault in parts[0].quarantined]
    assert reasons[:2] == [
        "left out by rule: the better and the safer answer differ",
        "left out by rule: the better answer is not safe",
    ]
    assert (
        "5; allowed: 0, 1" in reasons[2]
        and "neither true nor false" in reasons[3]
        and "no column" in reasons[4]
    )


# Machine translation, distillation


def test_wmt_both_ways(tmp_path: Path) -> None:
    pairs = [{"translation": {"de": f"Eule {i}.", "en": f"Owl {i}."}} for i in range(3)]
    parquet(tmp_path / "de-en" / "train-00000-of-00001.parquet", *pairs)
    parquet(tmp_path / "en-de" / "test-00000-of-00001.parquet", {"en-de": {"de": "Katze.", "en": "Cat."}},
            {"en-de": {"de": "", "en": "Dog."}}, {"en-de": {"de": "Eule 1.", "en": "Owl one."}})  # fmt: skip
    odd = lines(
        tmp_path / "odd.jsonl",
        {"de-en-de": {"de": "Zwei.", "en": "Two."}},
        {"translation": {"de": "Drei."}},
    )
    both = data.load("wmt", split="all", path=odd)
    assert [row.text for row in both] == ["Zwei."]
    assert [fault.reason for fault in both.quarantined] == [
        "column 'translation' has de, not two languages"
    ]
    train, test = (data.load("wmt", split=split, path=tmp_path) for split in ("train", "test"))
    assert [(r.from_language, r.text, r.to_language, r.translation) for r in train.rows[:2]] == [
        ("de", "Eule 0.", "en", "Owl 0."),
        ("en", "Owl 0.", "de", "Eule 0."),
    ]
    assert len({row.group for row in train}) == 3
    assert [(row.from_language, row.text) for row in test] == [("en", "Cat.")]
    assert [fault.reason for fault in test.quarantined] == [
        "column 'de' is empty",
        "de also in train",
    ]
    assert train.to_dataset()[0]["prompt"] == "German: Eule 0.\nEnglish:"


def test_xsum_faithful(tmp_path: Path) -> None:
    rows = [
        {"document": "The zoo said.", "claim": "An owl.", "label": "faithful", "target_fol": "∃x (Owl(x) ∧ Left(x))"},
        {"document": "Rain fell.", "target_fol": "Fell(rain)"},
        {"document": "Snow fell.", "claim": "Rain fell.", "label": "extrinsic", "FOL": "Fell(rain)"},
        {"document": "Hail fell.", "claim": "Hail fell.", "label": "faithful"},
        {"document": "Fog.", "target_fol": "∀x"},
    ]  # fmt: skip
    corpus = data.load("xsum-faithful", split="all", path=json_list(tmp_path / "fol.json", *rows))
    assert [(row.claim, row.formula) for row in corpus] == [
        ("An owl.", "∃x (Owl(x) ∧ Left(x))"),
        ("", "Fell(rain)"),
    ]
    reasons = [fault.reason for fault in corpus.quarantined]
    assert (
        "labelled 'extrinsic'" in reasons[0]
        and "translate the claims first" in reasons[1]
        and "column" in reasons[2]
    )


# Files


def test_packed_and_listed_files_read_alike(tmp_path: Path) -> None:
    rows = [{"a": "x"}, {"a": "ü"}]
    made = [
        lines(tmp_path / "a.jsonl", *rows),
        lines(tmp_path / "b.jsonl.gz", *rows),
        lines(tmp_path / "c.jsonl.xz", *rows),
        json_list(tmp_path / "d.json", *rows),
        parquet(tmp_path / "e.parquet", *rows),
    ]
    assert all([row for _, row in read_rows(path)] == rows for path in made)


def cut(path: Path, share: float = 0.6) -> Path:
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    return path


GOOD = [
    {"NL": f"Kettle {i} is hot.", "FOL": f"Hot(kettle{i})", "n": str(i * 7919)} for i in range(400)
]


@pytest.mark.parametrize(
    ("make", "name", "message"),
    [
        (json_list, "x.json", r"x\.json, row \d+: not valid JSON .*cut off"),
        (lines, "x.jsonl.gz", r"x\.jsonl\.gz, row \d+: "),
        (lines, "x.jsonl.xz", r"x\.jsonl\.xz, row \d+: "),
        (parquet, "x.parquet", r"x\.parquet, row 1: not a whole Parquet file"),
    ],
)
def test_a_file_that_is_cut_off_is_an_error_with_its_row(
    tmp_path: Path, make: Callable[..., Path], name: str, message: str
) -> None:
    with pytest.raises(data.DataError, match=message):
        data.load("malls", split="all", path=cut(make(tmp_path / name, *GOOD)))


def test_a_line_that_is_cut_off_is_left_out(tmp_path: Path) -> None:
    corpus = data.load("malls", split="all", path=cut(lines(tmp_path / "x.jsonl", *GOOD)))
    assert len(corpus) > 200 and "not valid JSON" in corpus.quarantined[0].reason
    assert corpus.quarantined[0].row == len(corpus) + 1


def test_other_unfit_json_lists(tmp_path: Path) -> None:
    for text, message in [
        (b'{"NL": "x"}', "not a list of objects"),
        (b'[{"NL": "\xff"}]', "not valid UTF-8"),
        (b'[{"NL": "x"} {"NL": "y"}]', "row 1: no comma"),
        (b"[" * 100_000, "row 1: not valid JSON"),
        (b"[1, {}]", "none of its rows can be used; .*row 1: 1 is not an object"),
        (b"[]", "none of its rows can be used"),
    ]:
        file = tmp_path / "x.json"
        file.write_bytes(text)
        with pytest.raises(data.DataError, match=message):
            data.load("malls", split="all", path=file)


def test_wrong_columns_name_file_row_and_what_is_there(tmp_path: Path) -> None:
    file = lines(tmp_path / "x.jsonl", {"text": "x", "logic": "P(a)"})
    for name, column in (("malls", "NL"), ("hh-rlhf", "chosen"), ("pku-saferlhf", "prompt"), ("wmt", "translation"),
                         ("xsum-faithful", "document"), ("proverqa", "nl2fol")):  # fmt: skip
        with pytest.raises(
            data.DataError, match=f"x.jsonl, row 1: no column '{column}'; it has 'text', 'logic'"
        ):
            data.load(name, split="all", path=file)


@pytest.mark.parametrize("ending", ["jsonl", "csv", "json"])
def test_a_line_of_100_million_bytes_is_left_out(tmp_path: Path, ending: str) -> None:
    size = 100_000_000 if ending == "jsonl" else 20_000_000
    file = tmp_path / f"x.{ending}"
    with file.open("wb") as out:
        out.write({"jsonl": b'{"NL": "Hot.", "FOL": "Hot(a)"}\n{"NL": "', "csv": b'NL,FOL\nHot.,Hot(a)\n"',
                   "json": b'[{"NL": "Hot.", "FOL": "Hot(a)"}, {"NL": "'}[ending])  # fmt: skip
        for _ in range(size // 1_000_000):
            out.write(b"x" * 1_000_000)
        out.write({"jsonl": b'"}\n', "csv": b'",P(a)\n', "json": b'", "FOL": "P(a)"}]'}[ending])
    corpus = data.load("malls", split="all", path=file)
    assert [row.formula for row in corpus] == ["Hot(a)"]
    assert [fault.reason.partition(" ")[2] for fault in corpus.quarantined] == [
        f"longer than {MAX_LINE:,} bytes"
    ]
    assert corpus.quarantined[0].row in (2, 3)


def test_unknown_splits_and_tasks_list_what_is_allowed(tmp_path: Path) -> None:
    with pytest.raises(
        data.DataError, match="malls has no split 'rl'; it has train, validation, test"
    ):
        data.load("malls", split="rl", path=tmp_path)
    with pytest.raises(data.DataError, match=r"no file MALLS-v0\.1-test\.json"):
        data.load("malls", split="test", path=tmp_path)
    with pytest.raises(data.DataError, match="hh-rlhf is for preference, not translate"):
        data.load("hh-rlhf", split="train", task="translate")

"""Loaders of real files: FOLIO and a user's own, with the faults such files have."""

import json
from pathlib import Path

import pytest

import data
import logic
from data.audit import Fault, canonical
from data.files import MAX_LINE
from data.published import folio
from data.records import DataError
from data.splits import families, take

CATS = {"sentence": "All cats sleep.", "formula": "all x (Cat(x) -> Sleeps(x))", "group": "a"}
DOGS = {"sentence": "Some dog barks.", "formula": "∃x (Dog(x) ∧ Barks(x))", "group": "b"}
BOB = {"sentence": "Bob is tall.", "formula": "Tall(bob)", "group": "c"}


def write(path: Path, *rows: object) -> Path:
    """JSON lines; bytes are written as they are."""
    lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def story(name: int, *pairs: tuple[str, str], **columns: object) -> dict[str, object]:
    """A story of FOLIO with the given premises."""
    premises, formulas = [s for s, _ in pairs], [f for _, f in pairs]
    return {
        "story_id": name,
        "premises": premises,
        "premises-FOL": formulas,
        "label": "True",
        **columns,
    }


# FOLIO, the real data


@pytest.fixture(scope="module")
def folio_corpora(folio_folder: Path) -> dict[str, data.Corpus]:
    return {split: data.load("folio", split=split, path=folio_folder) for split in folio.SPLITS}


@pytest.mark.parametrize(
    ("split", "written", "unequal", "formula_faults", "widened"),
    [("train", 1658, 2, 10, 15), ("validation", 537, 10, 3, 0)],
)
def test_folio_counts(
    folio_folder: Path,
    folio_corpora: dict[str, data.Corpus],
    split: str,
    written: int,
    unequal: int,
    formula_faults: int,
    widened: int,
) -> None:
    source, stories = folio._stories(folio_folder, split)
    assert len(folio.pairs(stories, source, split).rows) == written
    corpus = folio_corpora[split]
    reasons = [fault.reason for fault in corpus.quarantined]
    assert sum("premises but" in reason for reason in reasons) == unequal
    assert sum(reason.startswith("formula, ") for reason in reasons) == formula_faults
    assert len(corpus.repaired) == widened
    assert len(corpus) > 0.95 * written
    assert all(canonical(row.formula) == row.formula for row in corpus.rows[:200])


def test_folio_splits_and_subsets_never_divide_a_story(
    folio_corpora: dict[str, data.Corpus],
) -> None:
    train, validation = folio_corpora["train"].rows, folio_corpora["validation"].rows
    assert not {row.sentence for row in train} & {row.sentence for row in validation}
    assert not {row.formula for row in train} & {row.formula for row in validation}
    for part in ("sentence", "formula"):
        groups: dict[str, set[str]] = {}
        for row in train:
            groups.setdefault(getattr(row, part), set()).add(row.group)
        assert all(len(those) == 1 for those in groups.values())
    subset = take(train, 200, seed=3)
    assert 190 < len(subset) <= 200
    taken = {row.group for row in subset}
    assert sum(row.group in taken for row in train) == len(subset)
    assert subset == take(train, 200, seed=3) != take(train, 200, seed=4)


# FOLIO, its layouts


def test_folio_reads_lists_and_newline_joined_text_alike(tmp_path: Path) -> None:
    pairs = (("All cats sleep.", "∀x (Cat(x) → Sleeps(x))"), ("Tom is a cat.", "Cat(tom)"))
    conclusion = {"conclusion": "Tom sleeps.", "conclusion-FOL": "Sleeps(tom)"}
    old = write(tmp_path / "folio-train.jsonl", story(1, *pairs, **conclusion)).parent
    new = tmp_path / "later"
    new.mkdir()
    joined = story(1, *pairs, **conclusion)
    joined |= {column: "\n".join(joined[column]) for column in ("premises", "premises-FOL")}  # type: ignore[arg-type]
    write(new / "folio_v2_train.jsonl", joined)
    expected = [*pairs, ("Tom sleeps.", "Sleeps(tom)")]
    for folder in (old, new):
        assert [
            (r.sentence, r.formula) for r in data.load("folio", split="train", path=folder)
        ] == expected


def test_folio_from_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    rows = [story(1, ("Tom is a cat.", "Cat(tom)")), story(2, ("Tom is a dog.", "Dog(tom)"))]
    asked = []

    def load_dataset(name: str, split: str) -> datasets.Dataset:
        asked.append((name, split))
        return datasets.Dataset.from_list(rows if split == "validation" else rows[:1])

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    corpus = data.load("folio", split="validation")
    assert asked == [("yale-nlp/FOLIO", "validation"), ("yale-nlp/FOLIO", "train")]
    assert [row.formula for row in corpus] == ["Dog(tom)"]
    assert [fault.reason for fault in corpus.quarantined] == ["sentence and formula also in train"]


def test_folio_faults_are_counted_and_the_rest_is_kept(tmp_path: Path) -> None:
    good = ("Tom is a cat.", "Cat(tom)")
    file = write(
        tmp_path / "folio-train.jsonl",
        story(1, good, ("Broken.", "∀x (Cat(x)")),
        story(2, good, ("", "Dog(tom)")),
        {**story(3, good), "premises-FOL": ["Cat(tom)", "Dog(tom)"]},
        {"premises": ["Tom is a cat."]},
        {**story(5), "premises": 7},
        b"{not json",
        b'{"premises": ["\xff"]}',
    )
    corpus = data.load("folio", split="train", path=tmp_path)
    assert [(row.sentence, row.formula) for row in corpus] == [good]
    faults = {fault.row: fault.reason for fault in corpus.quarantined}
    assert {fault.source for fault in corpus.quarantined} == {str(file)}
    assert sorted(faults) == [1, 2, 3, 4, 5, 6, 7]
    assert (
        "column" in faults[1]
        and faults[2] == "empty sentence"
        and faults[3] == "1 premises but 2 formulas"
    )
    assert "'premises-FOL'" in faults[4] and "'premises'" in faults[5]
    assert "not valid JSON" in faults[6] and "UTF-8" in faults[7]


def test_folio_that_is_not_there(tmp_path: Path) -> None:
    file = write(tmp_path / "x.jsonl", CATS)
    places: list[tuple[Path | str, str]] = [
        (tmp_path, "no file folio-train.jsonl"),
        (file, "a file, where the folder"),
        (tmp_path / "none", "no such folder"),
        ("nobody/nothing-here", "neither a folder nor a data set"),
    ]
    for path, message in places:
        with pytest.raises(data.DataError, match=message):
            data.load("folio", split="train", path=path)
    with pytest.raises(data.DataError, match="no split 'test'; it has train, validation"):
        data.load("folio", split="test", path=tmp_path)


def test_families_tie_through_a_third() -> None:
    assert families([["a"], ["b"], ["c"], ["b", "c"], ["d"]]) == [0, 1, 1, 1, 4]


# A user's own files


def test_jsonl_is_read_in_canonical_notation(tmp_path: Path) -> None:
    corpus = data.load("jsonl", split="all", path=write(tmp_path / "own.jsonl", CATS, DOGS))
    assert [row.formula for row in corpus] == ["∀x (Cat(x) → Sleeps(x))", "∃x (Dog(x) ∧ Barks(x))"]
    assert [row.row for row in corpus] == [1, 2] and not corpus.quarantined


def test_columns_and_csv(tmp_path: Path) -> None:
    csv = tmp_path / "own.csv"
    csv.write_text(
        'NL,FOL,doc\n"Tom, a cat, sleeps.",Cat(tom) & Sleeps(tom),1\nBob is tall.,Tall(bob),2\n'
    )
    columns = {"sentence": "NL", "formula": "FOL", "group": "doc"}
    corpus = data.load("jsonl", split="all", path=csv, columns=columns)
    assert [(r.sentence, r.formula) for r in corpus] == [
        ("Tom, a cat, sleeps.", "Cat(tom) ∧ Sleeps(tom)"),
        ("Bob is tall.", "Tall(bob)"),
    ]
    with pytest.raises(
        data.DataError, match="columns: text unknown; allowed: sentence, formula, group"
    ):
        data.load("jsonl", split="all", path=csv, columns={"text": "NL"})


def test_broken_rows_are_quarantined_with_file_row_and_reason(tmp_path: Path) -> None:
    file = write(
        tmp_path / "own.jsonl",
        b"\xef\xbb\xbf" + json.dumps(CATS).encode(),
        b"",
        b"[1, 2]",
        b'{"sentence": "x"',
        b'{"sentence": "\xff\xfe", "formula": "P(a)"}',
        {"sentence": "No formula."},
        {"sentence": "Number.", "formula": 3},
        {"sentence": "Surrogate \ud800.", "formula": "P(a)"},
        {"sentence": "Broken.", "formula": "∀x (P(x)"},
        b'{"sentence": "' + b"x" * (3 * MAX_LINE) + b'"}',
        b"[" * 100_000,
        CATS,
        {**DOGS, "group": 7},
    )
    corpus = data.load("jsonl", split="all", path=file)
    assert [row.row for row in corpus] == [1, 13]
    reasons = {fault.row: fault.reason for fault in corpus.quarantined}
    expected = {
        2: "empty line",
        3: "is not an object",
        4: "not valid JSON",
        5: "not valid UTF-8",
        6: "no column 'formula'; it has 'sentence'",
        7: "3 is not text",
        8: "not valid UTF-8",
        9: "formula, column",
        10: "longer than 1,000,000 bytes",
        11: "not valid JSON",
        12: "repeats row 1",
    }
    assert sorted(reasons) == sorted(expected)
    for row, reason in expected.items():
        assert reason in reasons[row]


def test_a_conclusion_formula_that_is_no_text_is_left_out(tmp_path: Path) -> None:
    cat = {"premises": ["Tom is a cat."], "premise_formulas": ["Cat(tom)"], "label": "True"}
    formulas = ["Cat(tom)", None, "", 5, ["Cat(tom)"], {"a": 1}]
    rows = [
        cat | {"conclusion": f"{i}.", "conclusion_formula": formula}
        for i, formula in enumerate(formulas)
    ]
    corpus = data.load(
        "jsonl", split="all", task="entail", path=write(tmp_path / "own.jsonl", *rows)
    )
    assert [row.conclusion_formula for row in corpus] == ["Cat(tom)", "", ""]
    assert "column 'conclusion_formula': 5 is not text" in [
        fault.reason for fault in corpus.quarantined
    ]


def test_long_fields_of_a_csv_file_are_read_like_those_of_json_lines(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    long = "x" * (MAX_LINE // 2)
    file.write_text(
        f"sentence,formula\n{long},Cat(tom)\n{'y' * MAX_LINE},Cat(ann)\nBob is a cat.,Cat(bob)\n"
    )
    corpus = data.load("csv", split="all", path=file)
    assert {row.sentence for row in corpus} == {long, "Bob is a cat."}
    assert [(fault.row, fault.reason) for fault in corpus.quarantined] == [
        (3, "line longer than 1,000,000 bytes")
    ]


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    header = tmp_path / "wrong.csv"
    header.write_text("NL,FOL\nTom sleeps.,Sleeps(tom)\n")
    (tmp_path / "folder").mkdir()
    broken = write(tmp_path / "broken.jsonl", b"{", {"sentence": "x"})
    two_lists = write(
        tmp_path / "two.json",
        b"[" + json.dumps(CATS).encode() + b"]",
        b"[" + json.dumps(DOGS).encode(),
    )
    for path, message in [
        (tmp_path / "none.jsonl", "no such file"),
        (tmp_path / "folder", "no file all.jsonl or all.csv"),
        (empty, "the file is empty"),
        (two_lists, r"two.json: '\[.* stands behind the end of the list"),
        (write(tmp_path / "x.txt", CATS), "files that can be read end in .jsonl, .csv"),
        (header, "none of its 1 rows can be used; row 2: no column 'sentence'; it has 'NL', 'FOL'"),
        (broken, "broken.jsonl: none of its 2 rows can be used; row 1: not valid JSON"),
    ]:
        with pytest.raises(data.DataError, match=message):
            data.load("jsonl", split="all", path=path)
    with pytest.raises(data.DataError, match="needs a path"):
        data.load("jsonl", split="all")


def test_a_single_file_is_split_by_group_whatever_the_seed(tmp_path: Path) -> None:
    rows = [
        {"sentence": f"Number {i} is odd.", "formula": f"Odd(n{i})", "document": f"d{i // 4}"}
        for i in range(800)
    ]
    # One sentence that two documents share ties them.
    rows.append({"sentence": "Number 0 is odd.", "formula": "Odd(zero)", "document": "d150"})
    file = write(tmp_path / "own.jsonl", *rows)
    columns = {"group": "document"}
    parts = {
        split: data.load("jsonl", split=split, path=file, columns=columns, seed=seed).rows
        for seed, split in enumerate(("train", "validation", "test"))
    }
    groups = [{row.group for row in rows} for rows in parts.values()]
    assert (
        sum(map(len, parts.values())) == 801
        and sum(map(len, groups)) == len(set.union(*groups)) == 199
    )
    assert 0.7 < len(parts["train"]) / 801 < 0.9
    with pytest.raises(
        data.DataError, match="no split 'rl'; a single file has train, validation, test and all"
    ):
        data.load("jsonl", split="rl", path=file)
    with pytest.raises(data.DataError, match="smallest has 4 rows"):
        data.load("jsonl", split="train", path=file, columns=columns, size=3)


def test_a_folder_has_a_file_for_each_split(tmp_path: Path) -> None:
    write(tmp_path / "train.jsonl", CATS, DOGS)
    write(tmp_path / "rl.jsonl", BOB)
    assert len(data.load("jsonl", split="train", path=tmp_path)) == 2
    assert [row.formula for row in data.load("jsonl", split="rl", path=tmp_path)] == ["Tall(bob)"]


def test_audit_says_why() -> None:
    assert canonical("∀x (Cat(x) → Sleeps(x))") == "∀x (Cat(x) → Sleeps(x))"
    for formula, reason in [
        ("", "empty formula"),
        ("Cat(x", "column"),
        ("∀x Cat(x) → Dog(x)", "free variable 'x'"),
    ]:
        with pytest.raises(Fault) as fault:
            canonical(formula)
        assert reason in str(fault.value)


def test_a_scope_that_ends_too_early_is_widened_and_counted(tmp_path: Path) -> None:
    write(
        tmp_path / "train.jsonl",
        {"sentence": "Cats sleep.", "formula": "∀x Cat(x) → Sleeps(x)"},
        {"sentence": "Not certain.", "formula": "¬∀x Cat(x) → Sleeps(x)"},
        {"sentence": "Open.", "formula": "Cat(x)"},
    )
    corpus = data.load("jsonl", split="train", path=tmp_path)
    assert [row.formula for row in corpus.rows] == ["∀x (Cat(x) → Sleeps(x))"]
    assert [(repair.row, repair.repair) for repair in corpus.repaired] == [
        (1, "scope of ∀x widened")
    ]
    assert [fault.row for fault in corpus.quarantined] == [2, 3]


NLTK = "all y.(-exists x.H(x,y) -> E(y)) & P(a)"


def test_the_formulas_of_a_named_dialect_are_read_by_its_rules(tmp_path: Path) -> None:
    path = write(tmp_path / "own.jsonl", {"sentence": "Both.", "formula": NLTK})
    (row,) = data.load("jsonl", split="all", path=path, dialect="nltk")
    assert row.formula == "∀y (¬∃x H(x, y) → E(y)) ∧ P(a)"
    (wide,) = data.load("jsonl", split="all", path=path)
    assert wide.formula != row.formula
    tptp = {"sentence": "Cats sleep.", "formula": "! [X] : (sleeps(X) <= cat(X))"}
    (row,) = data.load("jsonl", split="all", path=write(tmp_path / "a.jsonl", tptp), dialect="tptp")
    assert row.formula == "∀X (cat(X) → sleeps(X))"
    (row,) = data.load(
        "jsonl",
        split="all",
        path=write(tmp_path / "b.jsonl", {"sentence": "Open.", "formula": "P(x) -> Q(x)"}),
        dialect="prover9",
    )
    assert row.formula == "∀x (P(x) → Q(x))"


def test_stories_of_a_named_dialect_are_rewritten_where_they_can_be_read(tmp_path: Path) -> None:
    columns = {"premises": ["Both.", "What?"], "premise_formulas": [NLTK, "what ("]}
    row = columns | {"conclusion": "So.", "conclusion_formula": "-P(b)", "label": "True"}
    path = write(tmp_path / "own.jsonl", row)
    (story,) = data.load("jsonl", split="all", task="entail", path=path, dialect="nltk")
    assert story.premise_formulas == ("∀y (¬∃x H(x, y) → E(y)) ∧ P(a)", "what (")
    assert story.conclusion_formula == "¬P(b)"
    (story,) = data.load("jsonl", split="all", task="entail", path=path)
    assert story.premise_formulas == (NLTK, "what (")


def test_a_dialect_that_cannot_hold_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "own.jsonl", CATS)
    with pytest.raises(DataError, match="no dialect 'klingon'; allowed: unicode, ascii"):
        data.load("jsonl", split="all", path=path, dialect="klingon")
    with pytest.raises(DataError, match="made in the canonical notation"):
        data.load("synthetic", split="test", size=3, dialect="nltk")
    with pytest.raises(DataError, match="dialect applies to the tasks translate"):
        data.load("mt-synthetic", split="test", size=3, dialect="nltk")


def test_a_row_that_cannot_be_judged_is_left_out_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = logic.compare

    def compare(**sides: str) -> logic.Comparison:
        if "Bad" in sides["reference"]:
            raise RecursionError("too deep")
        return honest(**sides)

    monkeypatch.setattr(logic, "compare", compare)
    variables = ", ".join(f"x{number}" for number in range(460))
    formulas = [
        "(forall ((|a b| U)) (P |a b|))",
        "ForAll([xor], Q(xor))",
        f"∀{variables} R(x0)",
        "Bad(a)",
    ]
    rows = [{"sentence": f"row {n}", "formula": text} for n, text in enumerate(formulas)]
    corpus = data.load("jsonl", path=write(tmp_path / "own.jsonl", *rows), split="all")
    assert [row.formula for row in corpus] == ["∀x1 P(x1)", "∀x1 Q(x1)"]
    assert [fault.row for fault in corpus.quarantined] == [3, 4]
    assert "cannot be judged: RecursionError" in corpus.quarantined[1].reason

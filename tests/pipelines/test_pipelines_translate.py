"""`folalign translate`, with a tiny model that knows nothing: what matters is the road, not the formulas."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from alignment_tiny import build_tiny

import data
import logic
from pipelines import cli
from pipelines.commands.translating.choosing import choose

pytest.importorskip("llguidance")
SENTENCES = ["Every cat sees a dog.", "Some fox sees a mouse.", "A wolf sees a pig."]


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    return str(build_tiny(tmp_path_factory.mktemp("tiny")))


def run(model: str, *options: str) -> int:
    return cli.main(["translate", "--model", model, "--max_tokens", "30", *options])


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_text_file_to_formulas(model, tmp_path):
    source, output = tmp_path / "in.txt", tmp_path / "out" / "formulas.jsonl"
    source.write_text("\n\n".join(SENTENCES) + "\n", encoding="utf-8")
    assert (
        run(
            model,
            "--input",
            str(source),
            "--output",
            str(output),
            "--n",
            "4",
            "--signature",
            "Cat/1, tom",
        )
        == 0
    )
    found = rows(output)
    assert [(row["row"], row["sentence"]) for row in found] == [
        (1, SENTENCES[0]),
        (3, SENTENCES[1]),
        (5, SENTENCES[2]),
    ]
    for row in found:
        assert str(logic.parse(row["formula"])) == row["formula"]
        votes = round(row["confidence"] * 4)
        assert votes + sum(other["count"] for other in row["alternatives"]) + row["unreadable"] == 4


def test_it_goes_on_where_it_stopped_and_refuses_another_output(model, tmp_path, capsys):
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lines = [{"sentence": text, "signature": "Cat/1, tom"} for text in SENTENCES]
    source.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    options = [
        "--input",
        str(source),
        "--output",
        str(output),
        "--n",
        "2",
        "--grammar",
        "signature",
    ]
    assert run(model, *options) == 0
    whole = output.read_text(encoding="utf-8")
    kept = whole.splitlines(keepends=True)
    output.write_text(kept[0] + kept[1][:20], encoding="utf-8")  # killed while it wrote
    assert run(model, *options, "--batch_size", "2") == 0
    assert [row["row"] for row in rows(output)] == [1, 2, 3]
    assert "1 of 3 rows are in the output already" in capsys.readouterr().err
    assert run(model, *options[:-3], "3") == 2
    assert "row 1: grammar is 'signature', here 'formula'" in capsys.readouterr().err


def test_standard_input_to_standard_output_and_bad_rows_named(model, monkeypatch, capsys):
    text = '{"sentence": "A cat."}\n{"sentence": 7}\nnonsense\n{"other": "x"}\n'
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert run(model, "--n", "1", "--grammar", "none") == 0
    printed = capsys.readouterr()
    assert [json.loads(line)["row"] for line in printed.out.splitlines()] == [1]
    for message in (
        "row 2: column 'sentence': 7 is not text",
        "row 3: not valid JSON",
        "row 4: no column 'sentence'",
    ):
        assert message in printed.err


def test_sentences_of_the_command_line(model, capsys):
    assert (
        cli.main(["translate", SENTENCES[0], "--model", model, "--max_tokens", "4", "--n", "1"])
        == 0
    )
    assert json.loads(capsys.readouterr().out)["sentence"] == SENTENCES[0]
    assert run(model, SENTENCES[0], "--input", "x.txt") == 2
    assert "give either sentences or --input" in capsys.readouterr().err


def test_a_line_that_is_no_utf8_costs_only_itself(model, tmp_path, capsys):
    source = tmp_path / "in.txt"
    source.write_bytes(b"\xef\xbb\xbfA cat.\ncaf\xe9\nA dog.\n")
    assert run(model, "--n", "1", "--grammar", "none", "--input", str(source)) == 0
    printed = capsys.readouterr()
    assert [json.loads(line)["sentence"] for line in printed.out.splitlines()] == [
        "A cat.",
        "A dog.",
    ]
    assert "row 2: not valid UTF-8 (byte 4)" in printed.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--n", "0"], "--n must be at least 1, got 0"),
        (["--temperature", "0"], "--temperature must be above 0"),
        (["--grammar", "json"], "invalid choice: 'json'"),
        (["--grammar", "formula", "--signature", "Cat/1"], "--signature needs --grammar signature"),
        (["--signature", "Cat/x"], "'Cat/x' in a signature"),
        (["--prompt", "no field"], "has no {sentence} field"),
        (["--prompt", "{signature} {sentence}"], "has a field {signature}"),
        (["--input", "missing.txt"], "missing.txt: No such file"),
        (["--input", "missing.jsonl"], "missing.jsonl: no such file"),
    ],
)
def test_bad_usage_exits_2(model, in_temporary_folder, capsys, options, message):
    assert run(model, *options) == 2
    assert message in capsys.readouterr().err


def test_no_model_and_nothing_to_translate(model, tmp_path, capsys):
    source = tmp_path / "in.txt"
    source.write_text("A cat.\n", encoding="utf-8")
    assert run(str(tmp_path / "nowhere"), "--input", str(source)) == 2
    assert "error: model:" in capsys.readouterr().err
    source.write_text("\n\n", encoding="utf-8")
    assert run(model, "--input", str(source)) == 2
    assert "no row to translate" in capsys.readouterr().err


def test_the_vote():
    chosen = choose(["P(a) → Q(a)", "junk", "¬Q(a) → ¬P(a)", "Q(a)"])
    assert chosen == {
        "formula": "P(a) → Q(a)", "confidence": 0.5,
        "alternatives": [{"formula": "Q(a)", "count": 1}], "unreadable": 1,
    }  # fmt: skip
    assert choose([]) == {
        "formula": None,
        "confidence": 0.0,
        "alternatives": [],
        "unreadable": 0,
    }


def test_in_a_domain(model, tmp_path, capsys):
    source, output = tmp_path / "in.txt", tmp_path / "out.jsonl"
    source.write_text(SENTENCES[0] + "\n", encoding="utf-8")
    options = [
        "--input",
        str(source),
        "--output",
        str(output),
        "--n",
        "2",
        "--signature",
        "Cat/1, tom",
    ]
    assert run(model, *options, "--domain", "deontic") == 0
    (found,) = rows(output)
    assert found["domain"] == "deontic" and logic.parse(found["formula"], domain="deontic")
    assert run(model, *options) == 2
    assert run(model, *options, "--domain", "chess") == 2
    said = capsys.readouterr().err
    assert "domain is 'deontic', here 'fol'" in said and "--domain: unknown domain 'chess'" in said


def test_kept_columns_make_the_rows_of_xsum_faithful(model, tmp_path, capsys):
    source, folder = tmp_path / "claims.jsonl", tmp_path / "translated"
    lines = [
        {"document": "The zoo said ...", "claim": "An owl has left.", "label": "faithful"},
        {"document": "The zoo said ...", "claim": "An owl has sung.", "label": "intrinsic"},
    ]
    source.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    options = ["--input", str(source), "--column", "claim", "--signature", "Cat/1, tom"]
    output = ["--output", str(folder / "train.jsonl")]
    assert run(model, *options, *output, "--keep", "document", "claim", "label") == 0
    corpus = data.load("xsum-faithful", split="train", path=folder)
    assert [(row.passage, row.claim) for row in corpus] == [
        ("The zoo said ...", "An owl has left.")
    ]
    assert "labelled 'intrinsic'" in corpus.quarantined[0].reason
    assert run(model, *options, "--keep", "formula") == 2
    assert "the output has a column of that name itself" in capsys.readouterr().err

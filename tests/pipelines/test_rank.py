"""`folalign rank`: what it asks, what counts as right, and how sure its figures are."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("datasets")

import data
import logic
from pipelines.cli import main
from pipelines.judging.intervals import mcnemar, wilson
from pipelines.ranking.formulas import formula_rows
from pipelines.ranking.items import Item, items_of, preference_rows
from pipelines.ranking.measures import (
    Place,
    calibration,
    credit,
    key,
    measure,
    vote_calibration,
)
from pipelines.ranking.scorers import scores_of

ROW = {
    "prompt": "Anna chases Bob. Clara sleeps. Who chases whom?",
    "chosen": "Anna chases Bob.",
    "rejected": "Bob chases Anna.",
    "kind": "converse",
    "more_rejected": ["Clara chases Bob.", "Anna sleeps."],
    "also_chosen": ["Bob is chased by Anna."],
}


def item(right: tuple[str, ...], wrong: tuple[str, ...]) -> Item:
    return Item(("pairs",), "p", right[0], right, wrong)


def scored(**scores: float | None) -> dict[Place, float | None]:
    """Of the items above, whose preferred answers are a and b."""
    return {
        key("p", reference, answer): score for answer, score in scores.items() for reference in "ab"
    }


def test_the_items_of_a_row() -> None:
    other = "Bob chases Anna. Clara sleeps. Who chases whom?"
    twin = ROW | {"prompt": other, "chosen": ROW["rejected"], "rejected": ROW["chosen"]}
    rows = [ROW | {"story": "Nina sleeps. Clara sleeps. Who chases whom?"}, twin]
    found = {part: one for one in reversed(list(items_of(rows))) for part in one.parts}
    assert set(found) == {
        "pairs", "pairs: converse", "best of 4", "best of all", "rewordings", "ties", "unanswered",
        "other world",
    }  # fmt: skip
    assert sum(one.other_world is not None for one in items_of(rows)) == 1
    assert found["pairs"].right == ("Bob is chased by Anna.",)
    assert len(found["best of all"].wrong) == 3
    turned = found["other world"].other_world
    assert turned is not None and turned.right == ("Bob chases Anna.",)
    assert turned.prompt == other
    bare = {name: ROW[name] for name in ("prompt", "chosen", "rejected")}
    assert [one.parts for one in items_of([bare])] == [("pairs",)]


def test_other_worlds_and_stories_of_the_embedded_rows() -> None:
    corpus = data.load("preference-synthetic", split="test", size=80)
    rows = preference_rows(corpus, chat=True)
    items = list(items_of(rows))
    assert sum(one.other_world is not None for one in items) == 40  # rows come in twos
    for one in items:
        other = one.other_world
        if other is not None:
            assert other.right == one.wrong and other.wrong == one.right
            assert other.prompt != one.prompt
    moved = [row for row in rows if row["story"]]
    assert len(moved) > 30
    for row in moved:
        own, there = row["prompt"][0]["content"], row["story"][0]["content"]
        assert own != there and own.split(". ")[-1] == there.split(". ")[-1]


def test_rows_of_formulas() -> None:
    corpus = data.load("synthetic", split="test", size=16)
    rows = list(formula_rows(corpus))
    assert len(rows) == 16 and len({row["kind"] for row in rows}) > 4
    for row in rows:
        wrong = [row["rejected"], *row["more_rejected"]]
        assert 1 < len(set(wrong)) == len(wrong) <= 9
        scores = logic.score(
            candidates=[*wrong, *row["also_chosen"]],
            references=[row["chosen"]] * (len(wrong) + len(row["also_chosen"])),
            names="exact",
            workers=0,
        )
        assert max(scores[: len(wrong)]) < 1.0 and set(scores[len(wrong) :]) <= {1.0}


def test_what_counts_as_told_rightly() -> None:
    pair, four = item(("a",), ("b",)), item(("a",), ("b", "c", "d"))
    assert credit(pair, scored(a=1.0, b=0.0)) == 1.0
    assert credit(pair, scored(a=0.5, b=0.5)) == 0.5
    for one, two in ((None, -9.0), (9.0, None), (None, None)):  # as by a guess
        assert credit(pair, scored(a=one, b=two)) == 0.5
    assert credit(four, scored(a=1.0, b=0.0, c=None, d=0.0)) == 0.25
    assert credit(four, scored(a=1.0, b=1.0, c=0.0, d=1.0)) == pytest.approx(1 / 3)
    same = item(("a", "c"), ("b",))
    assert credit(same, scored(a=1.0, c=0.9, b=0.2)) == 1.0
    assert credit(same, scored(a=1.0, c=0.4, b=0.2)) == 0.0  # they differ more than they lead
    tied = item(("a", "c"), ())
    assert credit(tied, scored(a=0.5, c=0.5)) == 1.0 and credit(tied, scored(a=0.5, c=0.6)) == 0.0
    moved = Item(("unanswered",), "p", "a", ("a",), (), story="q")
    there = {key("q", "a", "a"): 0.5}
    assert credit(moved, scored(a=1.0) | there) == 1.0
    assert credit(moved, scored(a=0.5) | there) == 0.5
    assert credit(moved, scored(a=None) | there) == 0.5
    both = Item(("other world",), "p", "a", ("a",), ("b",), other_world=item(("b",), ("a",)))
    assert credit(both, scored(a=1.0, b=0.0)) == 0.0


def test_intervals_and_paired_tests() -> None:
    low, high = wilson(1.0, 20)
    assert high == pytest.approx(1.0) and 0.8 < low < 0.9
    assert wilson(0.5, 100) == pytest.approx((0.404, 0.596), abs=1e-3)
    assert mcnemar([1.0] * 10, [0.0] * 10) == pytest.approx(2 / 2**10)
    assert mcnemar([1.0, 0.0], [0.0, 1.0]) == 1.0 and mcnemar([1.0], [1.0]) == 1.0
    items = [item(("a",), ("b",))] * 12
    row = measure(items, {"good": scored(a=1.0, b=0.0), "bad": scored(a=0.0, b=1.0)}, "good")
    assert row["pairs"]["good"]["share"] == 1.0 and row["pairs"]["bad"]["p"] < 0.01
    sure = calibration(items, scored(a=1.0, b=-1.0))
    assert sure["brier"] == pytest.approx((1 - 1 / (1 + math.exp(-2.0))) ** 2)
    # A tie says nothing: no error of calibration, and the Brier score of a coin.
    assert calibration(items, scored(a=0.0, b=0.0)) == {"brier": 0.25, "ece": 0.0}
    assert calibration(items, scored(a=None, b=None)) == {}


def test_votes_are_sure_by_their_share() -> None:
    right, wrong = scored(a=1.0, b=0.0), scored(a=0.0, b=0.1)
    silent = scored(a=0.3, b=0.3)
    pair = [item(("a",), ("b",))]
    agreed = vote_calibration(pair, [right, right, right, silent])
    assert agreed == {"brier": 0.0, "ece": 0.0}
    most = vote_calibration(pair, [right, right, right, wrong])
    assert most == pytest.approx({"brier": 0.0625, "ece": 0.25})
    misled = vote_calibration(pair, [right, wrong, wrong, wrong])
    assert misled == pytest.approx({"brier": 0.5625, "ece": 0.75})
    assert vote_calibration(pair, [right, wrong]) == {}
    assert vote_calibration(pair, [right, scored(a=0.0, b=None)]) == {"brier": 0.0, "ece": 0.0}


def test_the_command(tmp_path: Path, capsys: Any) -> None:
    questions = ["--dataset_settings", '{"questions": ["subset"]}']
    command = ["rank", "--size", "12", *questions, "--output", str(tmp_path / "out")]
    settings = '{"short": {"maximum": 3}}'
    scorers = ["--scorers", "exact", "longest", "short=length", "--settings", settings]
    assert main([*command, *scorers]) == 0
    found = json.loads((tmp_path / "out" / "rank.json").read_text())
    pairs = found["parts"]["pairs"]
    assert (pairs["items"], pairs["exact"]["share"]) == (12, 1.0)
    assert set(found["seconds"]) == {"exact", "longest", "short"}
    assert (tmp_path / "out" / "rank.svg").read_text().startswith("<svg xmlns")
    assert "told rightly" in " ".join(capsys.readouterr().out.split())


def test_a_scorer_that_judges_nothing_is_no_coin(capsys: Any) -> None:
    settings = '{"llm_judge": {"url": "http://127.0.0.1:9/v1", "model": "m", "retries": 0}}'
    command = ["rank", "--scorers", "exact", "llm_judge", "--settings", settings, "--size", "4"]
    assert main(command) == 2
    assert "'llm_judge' judges none of the first" in capsys.readouterr().err


def test_a_scorer_may_be_silent_about_the_first_rows() -> None:
    """What is tried first is from all over the rows, and each score is that of its answer."""
    items = [Item(("pairs",), f"{n}", "a", ("a",), ("b", "c", "d")) for n in range(40)]

    def judge(prompts: list[str], answers: list[str], **columns: Any) -> list[float | None]:
        rows = zip(map(int, prompts), answers, strict=True)
        return [None if n < 30 else n + ord(answer) / 1000 for n, answer in rows]

    found = scores_of(items, judge, "late", lambda done, total: None)
    assert found == {
        key(f"{n}", "a", answer): None if n < 30 else n + ord(answer) / 1000
        for n in range(40)
        for answer in "abcd"
    }


def own_rows(place: Path, rows: list[dict[str, Any]]) -> list[str]:
    place.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return ["--dataset", str(place), "--split", "all"]


def test_each_preferred_answer_of_a_prompt_is_the_reference_of_its_own_row(tmp_path: Path) -> None:
    pairs = [("a cat", "a table"), ("a dog", "a cat"), ("a fox", "a cat")]
    rows = [{"prompt": "An animal?", "chosen": one, "rejected": two} for one, two in pairs]
    words = own_rows(tmp_path / "rows.jsonl", rows)
    output = tmp_path / "out"
    assert main(["rank", "--scorers", "prose_bleu", *words, "--output", str(output)]) == 0
    found = json.loads((output / "rank.json").read_text())
    assert found["parts"]["pairs"]["prose_bleu"]["share"] == 1.0


def test_rows_that_are_left_out_are_told(tmp_path: Path, capsys: Any) -> None:
    good = {"prompt": "An animal?", "chosen": "a cat", "rejected": "a table"}
    words = own_rows(tmp_path / "rows.jsonl", [good, good | {"rejected": " a cat "}])
    assert main(["rank", "--scorers", "longest", *words, "--output", str(tmp_path / "out")]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "1 rows, 1 left out" in shown and "are the same" in shown
    assert json.loads((tmp_path / "out" / "rank.json").read_text())["left_out"] == 1


def test_raters_who_disagree_are_no_two_worlds(tmp_path: Path) -> None:
    row = {"prompt": "Anna runs. Who runs?", "chosen": "Anna.", "rejected": "Bob."}
    turned = row | {"chosen": row["rejected"], "rejected": row["chosen"]}
    elsewhere = turned | {"prompt": "Bob runs. Who runs?"}
    unrelated = turned | {"prompt": "Bob sits. Who sits?"}

    def worlds(rows: list[dict[str, Any]]) -> int:
        return sum(one.other_world is not None for one in items_of(rows))

    assert worlds([row, elsewhere]) == 1
    assert worlds([row, turned]) == worlds([row, unrelated]) == 0


def test_the_picture_has_the_interval_that_the_table_has(tmp_path: Path) -> None:
    command = ["rank", "--scorers", "exact", "--size", "20", "--output", str(tmp_path)]
    assert main(command) == 0
    assert "exact: 100.0 % [83.9 %, 100.0 %]" in (tmp_path / "rank.svg").read_text()


def test_results_are_not_replaced_unasked(tmp_path: Path, capsys: Any) -> None:
    command = ["rank", "--scorers", "exact", "--size", "4", "--output", str(tmp_path)]
    (tmp_path / "rank.json").write_text("mine")
    assert main(command) == 2
    assert "rank.json is there already" in capsys.readouterr().err
    assert (tmp_path / "rank.json").read_text() == "mine"
    assert main([*command, "--overwrite"]) == 0
    assert "parts" in json.loads((tmp_path / "rank.json").read_text())


def test_formulas_are_ranked_too(capsys: Any) -> None:
    words = ["--task", "translate", "--dataset", "synthetic", "--size", "6"]
    assert main(["rank", "--scorers", "logic", *words]) == 0
    assert "100.0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--scorers", "logik"], "unknown reward 'logik'"),
        (
            ["--scorers", "longest", "--settings", '{"x": {}}'],
            "'x' is none of the scorers, longest",
        ),
        (["--scorers", "logic", "--settings", '{"logic": 5}'], "those of 'logic' are a mapping"),
        (["--scorers", "a=longest", "a=prose_bleu"], "two are called 'a'"),
        (["--scorers", "longest", "--output", __file__], "--output "),
        (["--scorers", "le"], "'le' judges none of the first 29 answers"),
        (
            [
                "--scorers",
                "llm_judge",
                "--settings",
                '{"llm_judge": {"url": "http://a", "model": "m", "timeout": 0}}',
            ],
            "the reward 'llm_judge': timeout must be above 0 and retries at least 0, got 0 and 3\n",
        ),
        (["--scorers", "longest", "--dataset", "synthetic"], "synthetic is for"),
        (["--scorers", "exact", "--dataset", "none.jsonl"], "none.jsonl"),
        (["--scorers", "longest", "--dataset_settings", '{"x": 1}'], "no setting 'x' of worlds"),
    ],
)
def test_mistakes(capsys: Any, options: list[str], message: str) -> None:
    assert main(["rank", "--size", "5", *options]) == 2
    assert message in capsys.readouterr().err

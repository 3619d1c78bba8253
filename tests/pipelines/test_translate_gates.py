"""`folalign translate`: answering again after remarks, and formulas that are withheld."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from pipelines import cli
from pipelines.commands import translate

Model = Callable[[str], list[str]]


class Scripted:
    """Answers by a function of the prompt; remembers what it was asked."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.asked: list[Any] = []

    def render(self, prompts: Sequence[Any]) -> list[Any]:
        return list(prompts)

    def answers(self, prompts: Sequence[Any], *, samples: int, **_: Any) -> list[list[str]]:
        self.asked += prompts
        texts = [self.model(prompt) for prompt in prompts]
        return [(answers * (samples + 1))[: samples + 1] for answers in texts]

    def close(self) -> None: ...


@pytest.fixture
def run(monkeypatch, capsys):
    def with_model(model: Model, *options: str) -> tuple[list[dict], Scripted]:
        scripted = Scripted(model)
        monkeypatch.setattr(translate, "open_answerer", lambda *_, **__: scripted)
        words = ["translate", "--model", "tiny", "--grammar", "none", "--n", "1"]
        assert cli.main([*words, *options]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()], scripted

    return with_model


def test_an_answer_is_given_again_after_what_a_solver_says(run):
    def model(prompt: str) -> list[str]:
        if "this is no formula" not in prompt:
            return ["Cat(tom) →"]
        return ["Cat(tom) ∨ ¬Cat(tom)"] if "says nothing" not in prompt else ["Cat(tom)"]

    (row,), scripted = run(model, "Tom is a cat.", "--attempts", "4")
    assert (row["formula"], row["attempts"]) == ("Cat(tom)", 3)
    assert "line 1, column 11" in row["remarks"][0] and "true whatever" in row["remarks"][1]
    assert scripted.asked[1].count("Tom is a cat.") == 2 and "Cat(tom) →\n" in scripted.asked[1]
    (row,), _ = run(model, "Tom is a cat.", "--attempts", "2")
    assert (row["formula"], row["attempts"]) == ("Cat(tom) ∨ ¬Cat(tom)", 2)
    (row,), _ = run(model, "Tom is a cat.")
    assert row["formula"] is None and "attempts" not in row


def test_what_is_right_at_once_is_asked_once(run):
    (row,), scripted = run(lambda _: ["Cat(tom)"], "Tom is a cat.", "--attempts", "3")
    assert (row["attempts"], row["remarks"], len(scripted.asked)) == (1, [], 1)


def test_an_answer_that_cannot_be_read_does_not_replace_one_that_can(run):
    (row,), _ = run(
        lambda prompt: ["junk"] if "says nothing" in prompt else ["P(a) ∨ ¬P(a)"], "A.", "--attempts", "3"
    )  # fmt: skip
    assert row["formula"] == "P(a) ∨ ¬P(a)" and row["attempts"] == 3


def test_premises_of_a_story_are_held_against_each_other(run, tmp_path):
    story = tmp_path / "story.txt"
    story.write_text("Tom is calm.\nTom is not calm at night.\nTom is calm.\n", "utf-8")

    def model(prompt: str) -> list[str]:
        if "at night" not in prompt:
            return ["Calm(tom)"]
        return ["¬CalmAtNight(tom)"] if "contradicts" in prompt else ["¬Calm(tom)"]

    (row,), _ = run(model, "--story", "--input", str(story), "--attempts", "2")
    assert [part["formula"] for part in row["premises"]] == ["Calm(tom)", "¬CalmAtNight(tom)"]
    assert row["premises"][1]["remarks"] == ["this contradicts what holds beside it:\n  Calm(tom)"]
    assert row["verdict"] == "True" and row["conclusion"]["attempts"] == 1


def test_a_chat_is_continued(run):
    (row,), scripted = run(
        lambda prompt: ["Cat(tom)"] if len(prompt) > 1 else ["Cat(tom) →"], "A.", "--attempts", "2", "--chat"
    )  # fmt: skip
    assert row["formula"] == "Cat(tom)"
    assert [turn["role"] for turn in scripted.asked[1]] == ["user", "assistant", "user"]


# Gates


def test_a_formula_comes_back_or_is_withheld(run):
    def model(prompt: str) -> list[str]:
        if "cat" in prompt:  # the sentence, and the words of its own formula
            return ["IsCat(tom)"] if "Tom" in prompt else ["Cat(tom)"]
        return (
            ["∃x Dog(x)"] if "dog" in prompt else ["Fox(b)"] if "other" in prompt else ["Other(b)"]
        )

    texts = ["A cat is here.", "A dog is here.", "Is it here?"]
    rows, _ = run(model, *texts, "--round_trip", "1")
    assert [row["formula"] for row in rows] == ["Cat(tom)", "∃x Dog(x)", None]
    assert rows[2]["withheld"] == "Other(b)"
    assert rows[0]["round_trip"] == {
        "sentence": "Tom is cat.",
        "answer": "IsCat(tom)",
        "score": 1.0,
    }


def test_agreement_of_the_samples_is_a_gate(run):
    answers = ["P(a)", "P(a)", "Q(a)", "Q(b)"]
    (row,), _ = run(lambda _: answers, "A.", "--n", "4", "--agreement", "0.8")
    assert (row["formula"], row["withheld"], row["confidence"]) == (None, "P(a)", 0.5)
    (row,), _ = run(lambda _: answers, "A.", "--n", "4", "--agreement", "0.5")
    assert (row["formula"], row["withheld"]) == ("P(a)", None)
    (row,), _ = run(lambda _: answers, "A.", "--n", "4")
    assert "withheld" not in row and "round_trip" not in row


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--attempts", "0"], "--attempts must be at least 1, got 0"),
        (["--agreement", "2"], "--agreement must be from 0 to 1, got 2.0"),
        (["--round_trip", "-1"], "--round_trip must be from 0 to 1, got -1.0"),
        (["--whole", "--attempts", "2"], "--attempts, --agreement and --round_trip are not for"),
    ],
)
def test_values_are_checked(options, message, capsys):
    assert cli.main(["translate", "A.", "--model", "tiny", *options]) == 2
    assert message in capsys.readouterr().err


def test_evaluation_tells_how_often_what_comes_back_is_right() -> None:
    pytest.importorskip("trl")
    from pipelines.config.arguments import EvaluateArguments
    from pipelines.judging.without_reference.round_trip import accuracy_of_accepted, told
    from pipelines.stages.evaluate import round_trips

    answers = {"Tom is calm.": "Calm(tom)", "Rex is wild.": "Tame(rex)", "Ann is old.": "junk"}
    scripted = Scripted(lambda prompt: [answers[prompt.split("Sentence: ")[1].split("\n")[0]]])
    greedy = [
        {"formula": formula, "score": score}
        for formula, score in [
            ("Calm(tom)", 1.0),
            ("Wild(rex)", 1.0),
            (None, 0.0),
            ("Old(ann)", 0.0),
        ]
    ]
    scripted.answers = lambda prompts, **_: [scripted.model(prompt) for prompt in prompts]
    trips = round_trips(EvaluateArguments(round_trip=True), greedy, scripted)
    assert [trip["sentence"] for trip in trips] == [
        "Tom is calm.",
        "Rex is wild.",
        "",
        "Ann is old.",
    ]
    assert [trip["score"] == 1.0 for trip in trips] == [True, False, False, False]
    accepted = accuracy_of_accepted(greedy, trips)
    assert accepted == {"accepted": 1, "coverage": 0.25, "accuracy": 1.0}
    assert told(accepted) == "; 25.0% come back from their words, and 100.0% of these are right"

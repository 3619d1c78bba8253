"""The rewards of the tasks: correction, preference without a reward model, translation between languages."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import data
import logic
from alignment import preference, rewards
from alignment.metrics import bleu
from alignment.metrics import comet as comet_metric
from alignment.preference import ExactReader, PreferenceJudge, counts
from alignment.rewards.preference import PreferenceReward
from data.made.sentences.reader import formula_of
from logic.reading.answers.answer import Answer, read_answer
from pipelines.judging.translations import measure_direction


def pay(name: str, completions: list[str], **columns: Any) -> list[float | None]:
    return rewards.get(name)(prompts=["p"] * len(completions), completions=completions, **columns)


# Correction

RIGHT, WRONG = "∀x (Cat(x) → Sleeps(x))", "∃x (Cat(x) ∧ Sleeps(x))"


def test_correction_pays_the_improvement() -> None:
    half = "∀x (Cat(x) → ¬Sleeps(x))"
    same, mended, copied, nonsense, unjudged = pay(
        "correct",
        [f" {RIGHT}", half, WRONG, "no idea", RIGHT],
        reference=[RIGHT] * 4 + ["∀x (Cat(x"],
        wrong=[WRONG] * 5,
    )
    (before,) = logic.score(candidates=[WRONG], references=[RIGHT])
    assert (
        same == pytest.approx(1.0 - before) and copied == 0.0 and nonsense == pytest.approx(-before)
    )
    assert mended is not None and -before < mended < 1.0 - before
    assert unjudged is None
    with pytest.raises(rewards.RewardSettingError, match="needs the column 'wrong'"):
        pay("correct", [RIGHT], reference=[RIGHT])


def test_correction_of_what_is_no_formula() -> None:
    assert pay("correct", [RIGHT], reference=[RIGHT], wrong=["I cannot say."]) == [1.0]


# Preference


def test_the_exact_reward_pays_relations_as_its_reader_has_them() -> None:
    preferred = "Every cat is calm."
    answers = [
        "All cats are calm.",
        "Not every cat is calm.",
        "Anna is calm.",
        "Calm cats, all.",
        "",
    ]
    right, against, beside, *unread = pay("exact", answers, reference=[preferred] * 5)
    assert right == 1.0 and against == 0.0 and beside is not None and 0.0 < beside < 1.0
    assert unread == [-0.5, -0.5]
    assert pay("exact", ["Every cat is calm."], reference=["Gibberish, all."]) == [None]
    message = "folio has no exact reader; allowed: preference-synthetic"
    with pytest.raises(rewards.RewardSettingError, match=message):
        rewards.get("exact", dataset="folio")


class Book:
    """A translator that knows its sentences by heart."""

    def __init__(self, known: dict[str, str], otherwise: str = "") -> None:
        self.known, self.otherwise = known, otherwise

    def read(self, passages: list[str]) -> list[Answer]:
        return [read_answer(self.known.get(text.strip(), self.otherwise)) for text in passages]


PAIRS = data.load("preference-synthetic", split="test", size=60).rows
BOOK = {row.chosen: row.chosen_formula for row in PAIRS} | {
    row.rejected: row.rejected_formula for row in PAIRS
}
PROMPTS = [[{"role": turn.role, "content": turn.content} for turn in row.prompt] for row in PAIRS]


def reward(reader: Any, **settings: Any) -> rewards.Reward:
    own = PreferenceReward("translator", **settings)
    own.judge = PreferenceJudge(reader, threshold=own.threshold)
    return rewards.Reward("preference", own)


def test_the_preferred_answer_is_paid_and_the_rejected_one_less() -> None:
    judged = reward(Book(BOOK))
    chosen = judged(PROMPTS, [row.chosen for row in PAIRS], reference=[row.chosen for row in PAIRS])
    rejected = judged(
        PROMPTS, [row.rejected for row in PAIRS], reference=[row.chosen for row in PAIRS]
    )
    assert chosen == [1.0] * len(PAIRS)
    # A long one that the story has in an if-clause is a copy of the prompt.
    assert all(value is not None and (0.0 <= value < 1.0 or value == -0.5) for value in rejected)
    assert sum(value == -0.5 for value in rejected) < 6


def test_messages_whose_content_is_a_list_of_parts() -> None:
    parts = [
        [turn | {"content": [{"type": "text", "text": turn["content"]}]} for turn in prompt]
        for prompt in PROMPTS
    ]
    judged, chosen = reward(Book(BOOK)), [row.chosen for row in PAIRS]
    assert judged(parts, chosen, reference=chosen) == [1.0] * len(PAIRS)
    copies = [
        PROBES["copied story"](row, prompt) for row, prompt in zip(PAIRS, PROMPTS, strict=True)
    ]
    assert judged(parts, copies, reference=chosen) == judged(PROMPTS, copies, reference=chosen)


PROBES = {
    "empty": lambda row, prompt: "",
    "blank": lambda row, prompt: " \n\t.",
    "copied prompt": lambda row, prompt: prompt[-1]["content"],
    "copied conversation": lambda row, prompt: (
        "\n".join(turn["content"] for turn in prompt) + " " + row.chosen
    ),
    "very long": lambda row, prompt: " ".join([row.chosen] * 40),
    "copied story": lambda row, prompt: prompt[0]["content"].rpartition(". ")[0],
    "every answer at once": lambda row, prompt: " ".join([row.chosen, row.rejected] * 4),
    "formula": lambda row, prompt: row.chosen_formula,
    "formula in words": lambda row, prompt: f"FOL: {row.chosen_formula}",
    "formula twice": lambda row, prompt: f"{row.chosen_formula} {row.chosen_formula}",
    "broken formula": lambda row, prompt: f"{row.chosen_formula} ∧",
}


@pytest.mark.parametrize("probe", PROBES)
def test_hacking_does_not_pay_even_where_the_translator_is_fooled(probe: str) -> None:
    for row, prompt in zip(PAIRS, PROMPTS, strict=True):
        fooled = Book(BOOK, otherwise=row.chosen_formula)
        (paid,) = reward(fooled)([prompt], [PROBES[probe](row, prompt)], reference=[row.chosen])
        assert paid == -0.5, (probe, row)
        as_text = row.prompt_fields()["conversation"]
        (paid,) = reward(fooled)([as_text], [PROBES[probe](row, prompt)], reference=[row.chosen])
        assert paid == -0.5, (probe, row)


@pytest.mark.parametrize(
    "prose",
    [
        "The answer(s): Anna is calm.",
        "Anna -> calm, Bob -> sad.",
        "f(x) is what I meant.",
        "a" * 200_000 + " -> b",
    ],
    ids=["letters in brackets", "arrows", "application", "a long word"],
)
def test_prose_with_a_sign_that_formulas_have_is_an_answer(prose: str) -> None:
    assert preference.fault("Who is calm?", prose, "Anna is calm, I am sure.") == ""


@pytest.mark.parametrize(
    "text", ["Calm(f(anna)) Calm(f(anna))", "¬" * 9 + "P(a", "\\forall x Calm(x"]
)
def test_what_is_written_in_signs_is_none(text: str) -> None:
    assert preference.fault("Who is calm?", text, "Anna is calm.") == "a formula"


def test_unreadable_translations_are_scored_apart_and_counted() -> None:
    row, logged = PAIRS[0], {}
    judged = reward(Book(BOOK, otherwise="no formula"), unreadable=-0.25)
    answers = [row.chosen, row.rejected, "Green ideas sleep.", "", row.chosen]
    preferred = [row.chosen] * 4 + ["Nobody has read this."]
    paid = judged(
        PROMPTS[:1] * 5,
        answers,
        reference=preferred,
        log_metric=lambda name, value: logged.update({name: value}),
    )
    assert paid[0] == 1.0 and 0.0 <= paid[1] < 1.0 and paid[2:] == [-0.25, -0.25, None]
    for name in ("equivalent", "wrong", "unreadable", "no_answer", "not_judged"):
        assert logged[f"rewards/preference/{name}"] == 0.2
    found = judged._function.judge.compare(PROMPTS[:1] * 5, answers, preferred)
    assert set(counts(found).values()) == {1}
    messages = judged(PROMPTS[:1], [[{"role": "assistant", "content": row.chosen}]],
                      reference=[[{"role": "assistant", "content": row.chosen}]])  # fmt: skip
    assert messages == [1.0]


def test_names_below_the_threshold_are_no_match() -> None:
    book = Book({"a": "TallTree(oak)", "b": "OldTree(oak)"})
    strict, lax = (
        PreferenceJudge(
            book, threshold=value, likeness=lambda a, b: [[0.55] * len(b) for _ in a]
        ).compare(["?"], ["b"], ["a"])
        for value in (0.6, 0.5)
    )
    assert lax[0].score == pytest.approx(0.775) and strict[0].score < 0.7
    assert not lax[0].equivalent


READER = ExactReader(formula_of)
SAID = {
    "Anna is calm and sleeps.": "equivalent",
    "Anna sleeps and is calm.": "equivalent",
    "Anna is calm.": "weaker",
    "Anna is calm or sleeps.": "weaker",
    "Anna is not calm.": "contradictory",
    "Bob is calm and sleeps.": "independent",
    "Anna is calm or is not calm.": "independent",  # says nothing
    "Anna is happy and is not happy.": "contradictory",  # cannot be true
}


def test_relations_rank_before_scores() -> None:
    preferred = ["Anna is calm and sleeps."] * len(SAID)
    judge = PreferenceJudge(READER, exact=True)
    findings = judge.compare(["?"] * len(SAID), list(SAID), preferred)
    assert [finding.relation for finding in findings] == list(SAID.values())
    (stronger,) = judge.compare(["?"], ["Anna is calm and sleeps."], ["Anna is calm."])
    assert stronger.relation == "stronger"
    paid = reward(READER)(["?"] * len(SAID), list(SAID), reference=preferred)
    worst_first = ["contradictory", "independent", "weaker", "equivalent"]
    ranks = [[value for value, kind in zip(paid, SAID.values(), strict=True) if kind == name]
             for name in worst_first]  # fmt: skip
    assert all(max(lower) < min(higher) for lower, higher in itertools.pairwise(ranks))
    # The graded score alone pays a denial more than an answer to another question.
    answers = ["Anna isn't calm.", "Bob sleeps."]
    by_score = reward(READER, pays="score")(["?"] * 2, answers, reference=["Anna is calm."] * 2)
    assert by_score[0] > by_score[1]
    assert reward(READER)(["?"] * 2, answers, reference=["Anna is calm."] * 2) == [0.0, 0.1]


def test_the_rubric_pays_for_each_conjunct() -> None:
    preferred = ["Anna is calm and sleeps."] * 4
    answers = ["Anna sleeps and is calm.", "Anna sleeps.", "Anna is not calm.", "Bob sleeps."]
    paid = reward(READER, pays="rubric")(["?"] * 4, answers, reference=preferred)
    assert paid == [1.0, 0.5, 0.0, 0.0]


def test_settings_of_the_preference_reward() -> None:
    with pytest.raises(rewards.RewardSettingError, match="needs the setting 'translator'"):
        rewards.get("preference")
    with pytest.raises(
        rewards.RewardSettingError, match="threshold must be between 0 and 1, got 2"
    ):
        rewards.get("preference", translator="x", threshold=2.0)
    with pytest.raises(rewards.RewardSettingError, match="unreadable must be at most 0"):
        rewards.get("preference", translator="x", unreadable=0.5)
    with pytest.raises(
        rewards.RewardSettingError, match=r"cannot load its translator: no tokenizer in '/none"
    ):
        rewards.get("preference", translator="/none/such")(["p"], ["a"], reference=["b"])


# Translation between languages


def test_bleu_of_sentences_and_of_a_corpus() -> None:
    text = "The owl sleeps."
    assert bleu.sentence_bleu(text, text) == pytest.approx(1.0)
    near, far = (
        bleu.sentence_bleu("The owl sleeps well.", text),
        bleu.sentence_bleu("A cat runs.", text),
    )
    assert (
        1.0 > near > far
        and bleu.sentence_bleu("", text) == bleu.sentence_bleu("Katze", text) == 0.0
    )
    assert bleu.sentence_bleu(" ".join([text] * 5), text) < 0.3
    assert bleu.tokens("猫が寝る, OK!") == ["猫", "が", "寝", "る", ",", "OK", "!"]
    long = "the quick brown fox jumps over the lazy dog"
    assert (
        bleu.corpus_bleu([long], [long]) == pytest.approx(1.0)
        and bleu.corpus_bleu(["x"], [long]) == 0.0
    )
    assert bleu.corpus_bleu(["dog lazy the over jumps fox brown quick the"], [long]) == 0.0
    half = bleu.corpus_bleu([long, "the slow brown fox rests under the old tree"], [long] * 2)
    assert 0.0 < half < 1.0
    from nltk.translate.bleu_score import corpus_bleu

    pairs = (
        [[bleu.tokens(long)]] * 2,
        [bleu.tokens(long), bleu.tokens("the slow brown fox rests under the old tree")],
    )
    assert half == pytest.approx(corpus_bleu(*pairs))


def test_sacrebleu_stands_beside_nltks_under_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    long = "the quick brown fox jumps over the lazy dog"
    samples = [{"completion": long, "reference": long, "comet": None}]
    monkeypatch.setitem(sys.modules, "sacrebleu", None)
    without = measure_direction("de-en", samples)
    assert without["bleu"] == pytest.approx(1.0) and "sacrebleu" not in without
    monkeypatch.undo()
    if importlib.util.find_spec("sacrebleu") is None:
        return  # an extra, which few install
    found = measure_direction("en-zh", samples)
    assert found["sacrebleu"] == pytest.approx(1.0)
    assert "tok:zh" in found["sacrebleu_signature"] and found["bleu"] == without["bleu"]


def test_without_comet_the_reward_is_bleu_and_asking_for_it_is_an_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    if comet_metric.comet_installed():
        pytest.skip("unbabel-comet is installed")
    assert pay("mt", ["Eine Eule."], reference=["Eine Eule."], text=["An owl."]) == [
        pytest.approx(1.0)
    ]
    assert "BLEU alone" in caplog.text
    with pytest.raises(rewards.RewardSettingError, match="pip install unbabel-comet"):
        rewards.get("mt", comet="Unbabel/wmt22-comet-da")


def test_with_comet_the_reward_is_half_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, str]] = []

    class Model:
        def predict(self, rows: list[dict[str, str]], **settings: Any) -> Any:
            asked.extend(rows)
            return SimpleNamespace(scores=[0.5] * len(rows))

    comet = ModuleType("comet")
    comet.download_model = lambda name: f"/models/{name}.ckpt"  # type: ignore[attr-defined]
    comet.load_from_checkpoint = lambda path: Model()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "comet", comet)
    monkeypatch.setattr(comet_metric, "comet_installed", lambda: True)
    assert pay("mt", ["Eine Eule.", ""], reference=["Eine Eule."] * 2, text=["An owl."] * 2) == [
        0.75,
        0.25,
    ]
    assert asked[0] == {"src": "An owl.", "mt": "Eine Eule.", "ref": "Eine Eule."}
    same = ["Eine Eule."] * 3
    absent = {"reference": [same[0], None, same[0]], "text": [None, "An owl.", "An owl."]}
    assert pay("mt", same, **absent) == [None, None, 0.75]
    assert rewards.get("mt", comet="none")(["p"], ["Eule"], reference=["Eule"]) == [
        pytest.approx(1.0)
    ]
    comet.load_from_checkpoint = lambda path: 1 / 0  # type: ignore[attr-defined]
    with pytest.raises(rewards.RewardSettingError, match=r"no COMET model 'x\.ckpt'"):
        rewards.get("mt", comet="x.ckpt")(["p"], ["Eule"], reference=["Eule"], text=["owl"])

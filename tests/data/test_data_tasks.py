"""Records, prompts and data of each task: correction, preference, distillation, entailment; a user's own rows."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

import data
import logic
from data import entailment, prompts
from data.audit import Fault
from data.corpus import Corpus
from data.inspection import shared
from data.made.pieces import KINDS, Maker
from data.made.preference import MOST_REJECTED
from data.made.sentences.draw import Draw
from data.made.sentences.english import sentence
from data.made.sentences.formulas import formula
from data.made.sentences.reader import formula_of
from data.made.worlds import PIECES, draw_world
from data.perturb import EDITS, corrections
from data.preference.tells import tells
from data.records import Claim, Message, Preference, Story, Translation

CATS = Translation("All cats sleep.", "∀x (Cat(x) → Sleeps(x))", "a", "here", 1)


def lines(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


# Prompts


def test_base_and_chat_prompts_with_and_without_signature() -> None:
    corpus = Corpus("x", "train", [CATS])
    (base,) = corpus.to_dataset()
    assert base == {
        "prompt": "Sentence: All cats sleep.\nFOL:",
        "completion": " ∀x (Cat(x) → Sleeps(x))",
        "reference": "∀x (Cat(x) → Sleeps(x))",
        "sentence": "All cats sleep.",
    }
    (signed,) = corpus.to_dataset(prompts.with_signature(prompts.BASE["translate"]))
    assert signed["prompt"] == "Sentence: All cats sleep.\nSymbols: Cat/1 Sleeps/1\nFOL:"
    (chat,) = corpus.to_dataset(prompts.with_signature(prompts.CHAT["translate"]), chat=True)
    assert chat["prompt"][0]["role"] == "user"
    assert chat["prompt"][0]["content"].endswith("Symbols: Cat/1 Sleeps/1\nAll cats sleep.")
    assert chat["completion"] == [{"role": "assistant", "content": CATS.formula}]


@pytest.mark.parametrize("task", prompts.BASE)
def test_every_task_has_templates_that_fit_it(task: str) -> None:
    for template in (prompts.BASE[task], prompts.CHAT[task]):
        assert prompts.choose(task, template) == template


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("FOL:", "has no {sentence} field"),
        (
            "{sentence} {label}",
            "field {label}; the only fields allowed are {sentence}, {signature}",
        ),
        ("{sentence.__class__}", "field {sentence.__class__}"),
        ("{sentence", "for braces"),
        ("{} {sentence}", "field {}"),
        ("{sentence:d}", "no format or conversion is allowed; write {sentence}"),
        ("{sentence!x}", "no format or conversion is allowed; write {sentence}"),
        ("{sentence:{label}}", "no format or conversion is allowed; write {sentence}"),
    ],
)
def test_templates_that_do_not_fit_are_refused(template: str, message: str) -> None:
    with pytest.raises(data.DataError) as error:
        Corpus("x", "train", [CATS]).to_dataset(template)
    assert message in str(error.value)


# Correction


def test_wrong_formulas_are_wrong_seeded_and_of_every_kind() -> None:
    corpus = data.load("synthetic", task="correct", split="validation", size=200)
    again = data.load("synthetic", task="correct", split="validation", size=200)
    other = data.load("synthetic", task="correct", split="validation", size=200, seed=0).rows
    assert corpus.rows == again.rows == other
    assert (
        corpus.rows
        != data.load("synthetic", task="correct", split="validation", size=200, seed=1).rows
    )
    pairs = data.load("synthetic", split="validation", size=200)
    assert [row.formula for row in corpus] == [
        row.formula for row in pairs
    ] and not corpus.quarantined
    for row in corpus.rows[:60]:
        assert logic.equivalent(candidate=row.wrong, reference=row.formula).status == "refuted"
    kinds = {kind for row in corpus for kind in row.kinds.split(" and ")}
    assert kinds == set(EDITS)
    (prompt, *_) = corpus.to_dataset()["prompt"]
    assert prompt == f"Sentence: {corpus.rows[0].sentence}\nWrong: {corpus.rows[0].wrong}\nFOL:"


def test_the_kinds_of_edit_can_be_chosen() -> None:
    pairs = Corpus("x", "train", [CATS])
    assert corrections.perturbed(pairs, kinds=["quantifier"]).rows[0].wrong.startswith("∃x")
    assert (
        corrections.perturbed(pairs, kinds=["arguments"])
        .quarantined[0]
        .reason.startswith("no edit")
    )
    with pytest.raises(data.DataError, match="no kind of edit 'typo'; allowed: quantifier, "):
        corrections.perturbed(pairs, kinds=["typo"])


def test_wrong_formulas_from_predictions(tmp_path: Path) -> None:
    rows = data.load("synthetic", split="test", size=3).rows
    file = lines(
        tmp_path / "samples.jsonl",
        {"sentence": rows[0].sentence, "completion": f" {rows[0].formula}"},
        {"sentence": rows[1].sentence, "completion": " ∃x Zebra(x)\nThat is my answer."},
        {"sentence": rows[2].sentence, "completion": " I cannot say."},
        {"sentence": "Of another corpus.", "completion": " P(a)"},
        {"sentence": rows[2].sentence},
    )
    corpus = data.load("synthetic", task="correct", split="test", size=3, predictions=file)
    assert [(row.sentence, row.formula, row.kinds) for row in corpus] == [
        (row.sentence, row.formula, "predicted") for row in rows[1:]
    ]
    assert corpus.rows[0].wrong == "∃x Zebra(x)" and "I cannot say" in corpus.rows[1].wrong
    assert [(fault.row, fault.reason) for fault in corpus.quarantined] == [
        (4, "its sentence is not in this split"),
        (5, "no column 'completion'; it has 'sentence'"),
    ]
    with pytest.raises(data.DataError, match="none of its rows is a wrong formula"):
        data.load("synthetic", task="correct", split="validation", size=3, predictions=file)


# The embedded preference corpus


@pytest.fixture(scope="module")
def preferences() -> dict[str, Corpus[Preference]]:
    splits = data.split_names("preference-synthetic")
    return {split: data.load("preference-synthetic", split=split, size=300) for split in splits}


def test_answers_differ_in_logic_and_their_kind_is_known(
    preferences: dict[str, Corpus[Preference]],
) -> None:
    for corpus in preferences.values():
        assert len(corpus.audit()) == 300
        assert {row.kind for row in corpus} == set(KINDS)
        assert all(len(row.more_kinds) == len(row.more_rejected) < 9 for row in corpus)
        counts = Counter(row.kind for row in corpus)
        assert max(counts.values()) - min(counts.values()) <= 2  # they take turns, two by two
        assert sum(1 + len(row.more_rejected) == MOST_REJECTED for row in corpus) > 30
    rows = preferences["train"].rows
    for row in rows[:100]:
        verdict = logic.equivalent(candidate=row.rejected_formula, reference=row.chosen_formula)
        assert verdict.status == "refuted", row
    turns = [len(row.prompt) for row in rows]
    assert set(turns) == {1, 3} and turns.count(3) > 40
    longest = max(len(row.prompt_fields()["conversation"]) + len(row.chosen) for row in rows)
    assert longest < 600  # characters; a tiny model's context of 256 tokens holds about 800


def test_no_shortcut_tells_the_chosen_answer(
    preferences: dict[str, Corpus[Preference]],
) -> None:
    for corpus in preferences.values():
        for tell, share in tells(corpus.rows).items():
            assert abs(share - 0.5) < 0.02, tell
    rows = preferences["train"].rows
    # What the figures are worth: a corpus with a shortcut shows it.
    longer = [replace(row, chosen=f"Surely {row.chosen}") for row in rows[:200]]
    assert tells(longer)["length"] > 0.8 and tells(longer)["words of the answers"] > 0.9


def test_rows_come_in_twos_whose_answers_are_exchanged(
    preferences: dict[str, Corpus[Preference]],
) -> None:
    for corpus in preferences.values():
        for one, two in zip(corpus.rows[::2], corpus.rows[1::2], strict=True):
            assert (one.chosen, one.rejected) == (two.rejected, two.chosen)
            assert (one.kind, one.group) == (two.kind, two.group) and one.prompt != two.prompt
            assert one.chosen_formula == two.rejected_formula


@pytest.mark.parametrize("maker", PIECES, ids=lambda maker: maker.__name__)
def test_a_mirror_makes_the_wrong_answer_right(maker: Maker) -> None:
    kinds = set()
    for i in range(12):
        rng = Random(f"mirror {i}")
        piece = maker(Draw(rng), rng)
        for place, question in enumerate(piece.questions):
            for wrong in question.wrong:
                if wrong.mirror is None:
                    continue
                kinds.add(wrong.kind)
                turned = wrong.mirror().questions[place]
                assert turned.right == wrong.meaning
                back = [each for each in turned.wrong if each.meaning == question.right]
                assert [each.kind for each in back] == [wrong.kind] and back[0].mirror
    assert kinds == set(PIECES[maker])


def test_the_world_proves_the_chosen_answer_and_not_the_rejected_ones() -> None:
    for i in range(40):
        made = draw_world(Random(f"world {i}"))
        facts = [formula(fact) for fact in made.facts]
        for question in made.questions:
            assert (
                logic.entails(premises=facts, conclusion=formula(question.right)).status == "proved"
            )
            for wrong in question.wrong:
                status = logic.entails(premises=facts, conclusion=formula(wrong.meaning)).status
                # What is said but not asked for is true, and so is a weaker connective.
                assert status == "refuted" or wrong.kind in ("evading", "connective"), (
                    facts,
                    wrong,
                )


def test_every_sentence_is_read_back_as_its_formula() -> None:
    read = data.exact_reader("preference-synthetic")
    assert read is not None
    for i in range(60):
        rng = Random(f"sentences {i}")
        made = draw_world(rng)
        wrong = [answer.meaning for question in made.questions for answer in question.wrong]
        for meaning in (*made.facts, *(question.right for question in made.questions), *wrong):
            assert str(read(sentence(meaning, rng))) == formula(meaning)
    for row in data.load("preference-synthetic", split="test", task="distill", size=100):
        assert str(read(row.passage)) == row.formula
    both = read("I see. Anna is calm. Bob is not a cat. That is all.")
    assert both == logic.parse("Calm(anna) ∧ ¬Cat(bob)")


@pytest.mark.parametrize(
    "text",
    ["", "Anna", "Anna is calm", "Calm(anna)", "Anna calm is.", "Anna sleeps and calm.", "I see.",
     "Anna is calm. So what?", "Every cats sleep.", "Zelda is calm.", "Anna is calm and."],
)  # fmt: skip
def test_what_is_no_sentence_of_the_corpus_is_not_guessed_at(text: str) -> None:
    with pytest.raises(ValueError, match=r"no |says nothing|has no verb"):
        formula_of(text)


def test_worlds_are_held_out(preferences: dict[str, Corpus[Preference]]) -> None:
    groups = [{row.group for row in corpus} for corpus in preferences.values()]
    assert sum(map(len, groups)) == len(set.union(*groups))
    assert shared(preferences) == 0


def test_no_answer_of_one_split_is_in_another(preferences: dict[str, Corpus[Preference]]) -> None:
    def said(rows: Iterable[Preference]) -> set[str]:
        return {text for row in rows for text in (row.chosen, row.rejected, *row.more_rejected)}

    answers = [said(corpus) for corpus in preferences.values()]
    assert sum(map(len, answers)) == len(set.union(*answers))
    # Nor is what the translator of one split has seen an answer of another.
    for split in preferences:
        passages = {
            row.passage
            for row in data.load("preference-synthetic", task="distill", split=split, size=300)
        }
        others = [said(corpus) for name, corpus in preferences.items() if name != split]
        assert not passages & set.union(*others)


def test_distilled_passages(preferences: dict[str, Corpus[Preference]]) -> None:
    parts: dict[str, Corpus[Claim]] = {
        split: data.load("preference-synthetic", task="distill", split=split, size=400)
        for split in preferences
    }
    formulas = [{row.formula for row in corpus} for corpus in parts.values()]
    assert sum(map(len, formulas)) == len(set.union(*formulas)) and shared(parts) == 0
    assert all(len(corpus.audit()) == 400 for corpus in parts.values())
    # The passages are of the kinds that answers are: their words cover the answers' words.
    words = {word for row in parts["train"] for word in row.passage.split()}
    asked = {word for row in preferences["train"].rows[:50] for word in row.chosen.split()}
    assert len(asked - words) < 0.15 * len(asked)


def test_the_corpus_is_the_same_in_every_process() -> None:
    script = (
        "import data; print([r.to_dict() for t in ('preference', 'distill') "
        "for r in data.load('preference-synthetic', task=t, split='test', size=50)])"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", script], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True,
            cwd=Path(__file__).parent.parent.parent,
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert runs[0] == runs[1] and "chosen" in runs[0]


def test_preferences_as_training_rows(preferences: dict[str, Corpus[Preference]]) -> None:
    row = next(row for row in preferences["train"] if len(row.prompt) == 3)
    (base,) = Corpus("x", "train", [row]).to_dataset()
    assert base["prompt"] == (
        f"User: {row.prompt[0].content}\nAssistant: {row.prompt[1].content}\nUser: {row.prompt[2].content}\nAssistant:"
    )
    assert base["completion"] == " " + row.chosen and base["rejected"] == row.rejected
    (chat,) = Corpus("x", "train", [row]).to_dataset(chat=True)
    assert [turn["role"] for turn in chat["prompt"]] == ["user", "assistant", "user"]


@pytest.mark.parametrize(
    ("roles", "chosen", "message"),
    [
        ((), "Yes.", "turns none"),
        (("assistant",), "Yes.", "must alternate"),
        (("user", "user"), "Yes.", "must alternate"),
        (("user", "assistant"), "Yes.", "must alternate"),
        (("human",), "Yes.", "role 'human'; allowed: system, user, assistant"),
        (("system", "user"), " ", "empty chosen"),
        (("user",), "No.", "are the same"),
    ],
)
def test_broken_conversations_are_faults(roles: tuple[str, ...], chosen: str, message: str) -> None:
    prompt = tuple(Message(role, "Hello?") for role in roles)
    with pytest.raises(Fault, match=message):
        Preference(prompt, chosen, "No.", "g", "here", 1).checked()


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"more_rejected": ("Yes. ",)}, "a chosen answer is among the rejected ones"),
        ({"also_chosen": ("No.",)}, "a chosen answer is among the rejected ones"),
        ({"more_rejected": ("Maybe.", " ")}, "an answer is empty"),
    ],
)
def test_answers_that_are_right_and_wrong_are_faults(answers: Any, message: str) -> None:
    prompt = (Message("user", "Hello?"),)
    with pytest.raises(Fault, match=message):
        Preference(prompt, "Yes.", "No.", "g", "here", 1, **answers).checked()


# Entailment

SOCRATES = Story(
    ("All men die.", "Socrates is a man."), ("∀x (Man(x) → Dies(x))", "Man(socrates)"), "Socrates dies.",
    "Dies(socrates)", "True", "s", "here", 1,
)  # fmt: skip


@pytest.mark.parametrize(
    ("premises", "conclusion", "finding"),
    [
        (("∀x (Man(x) → Dies(x))", "Man(socrates)"), "Dies(socrates)", "True"),
        (("∀x (Man(x) → Dies(x))", "Man(socrates)"), "¬Dies(socrates)", "False"),
        (("∀x (Man(x) → Dies(x))", "Man(socrates)"), "Dies(plato)", "Uncertain"),
        (("Man(socrates)", "¬Man(socrates)"), "Dies(plato)", "Inconsistent"),
        (("Man(socrates", "Man(plato)"), "Dies(plato)", "not judged"),
        (("Man(socrates)", "Man(plato)"), "", "not judged"),
    ],
)
def test_what_a_story_proves(premises: tuple[str, ...], conclusion: str, finding: str) -> None:
    from dataclasses import replace

    story = replace(SOCRATES, premise_formulas=premises, conclusion_formula=conclusion)
    judged = entailment.judge(story)
    assert judged.finding == finding and judged.right == (finding == "True")
    assert bool(judged.reason) == (finding == "not judged")
    state = {"Inconsistent": False, "not judged": None}.get(finding, True) if conclusion else True
    assert entailment.consistent(story) is state


def test_a_models_formulas_are_judged_by_sentence(tmp_path: Path) -> None:
    rows = [
        {"sentence": "All men  die.", "completion": " FOL: ∀x (Person(x) → Dies(x))"},
        {"sentence": "Socrates is a man.", "completion": " Person(socrates)"},
        {"sentence": "Socrates dies.", "completion": " ¬Dies(socrates)"},
    ]
    answers = entailment.predictions(lines(tmp_path / "p.jsonl", *rows))
    assert entailment.judge(SOCRATES, answers).finding == "False"
    del answers["Socratesdies."]
    assert entailment.judge(SOCRATES, answers).reason == "conclusion: no prediction"
    with pytest.raises(data.DataError, match=r"p\.jsonl, row 2: no column 'completion'"):
        entailment.predictions(lines(tmp_path / "p.jsonl", rows[0], {"sentence": "x"}))


def test_folio_proves_most_of_its_labels(folio_folder: Path) -> None:
    corpus = data.load("folio", task="entail", split="validation", path=folio_folder)
    assert (len(corpus), len(corpus.quarantined)) == (194, 10)
    found = entailment.report(corpus, [entailment.judge(story) for story in corpus], gold=True)
    assert (found["stories"], found["proved_labels"], found["judged"]) == (204, 182, 190)
    assert len(found["disagreeing"]) == 8 and not found["inconsistent_premises"]
    train = data.load("folio", task="entail", split="train", path=folio_folder)
    told = {story.group: story for story in train}
    assert [entailment.consistent(told[f"folio story {number}"]) for number in (7, 214, 406)] == [
        False,
        False,
        True,
    ]


# A user's own rows


@pytest.mark.parametrize(
    ("task", "name"),
    [
        ("translate", "synthetic"), ("correct", "synthetic"), ("preference", "preference-synthetic"),
        ("distill", "preference-synthetic"),
    ],
)  # fmt: skip
def test_records_survive_a_file(tmp_path: Path, task: str, name: str) -> None:
    rows = data.load(name, task=task, split="test", size=20).rows
    file = lines(tmp_path / "rows.jsonl", *(row.to_dict() for row in rows))
    again = data.load("jsonl", task=task, split="all", path=file).rows
    assert [(row.answer(), row.prompt_fields()) for row in again] == [
        (row.answer(), row.prompt_fields()) for row in rows
    ]


def test_own_rows_of_other_tasks(tmp_path: Path) -> None:
    mt = lines(tmp_path / "mt.jsonl", {"de": "Eule.", "en": "Owl.", "f": "de", "t": "en"})
    columns = {"text": "de", "translation": "en", "from_language": "f", "to_language": "t"}
    assert (
        data.load("jsonl", task="mt", split="all", path=mt, columns=columns).rows[0].translation
        == "Owl."
    )
    story = {
        "premises": ["A.", "B."], "premise_formulas": ["A(x1)", "B(x1)"], "conclusion": "C.",
        "conclusion_formula": "C(x1)", "label": "Unknown",
    }  # fmt: skip
    uneven, unlabelled = story | {"premises": ["A."]}, story | {"label": "Perhaps"}
    corpus = data.load(
        "jsonl",
        task="entail",
        split="all",
        path=lines(tmp_path / "s.jsonl", story, uneven, unlabelled),
    )
    assert [row.label for row in corpus] == ["Uncertain"]
    assert [fault.reason for fault in sorted(corpus.quarantined, key=lambda fault: fault.row)] == [
        "1 premises but 2 formulas",
        "label 'Perhaps'; allowed: True, False, Uncertain, Unknown",
    ]
    bad = lines(
        tmp_path / "p.jsonl",
        {"prompt": ["x"], "chosen": "a", "rejected": "b"},
        {"prompt": "x", "chosen": "a"},
    )
    with pytest.raises(
        data.DataError,
        match="none of its 2 rows can be used; row 1: column 'prompt' is neither text",
    ):
        data.load("jsonl", task="preference", split="all", path=bad)


def test_preferences_about_some_questions_alone() -> None:
    order = {"questions": ["subset", "chain"]}
    rows = data.load("preference-synthetic", split="test", size=40, settings=order).rows
    assert {row.kind for row in rows} == {"converse", "quantifier", "evading"}
    texts = " ".join(row.prompt[-1].content for row in rows)
    assert "helps" not in texts and "What do we know about" in texts
    claims = data.load(
        "preference-synthetic", split="test", task="distill", size=40, settings=order
    )
    assert len(claims.rows) == 40
    for wrong, message in [
        ({"question": ["subset"]}, "no setting 'question' of worlds; allowed: questions"),
        ({"questions": []}, "questions is []; allowed: a list of feature, relation"),
        ({"questions": "subset"}, "questions is 'subset'; allowed: a list of"),
        ({"questions": ["subst"]}, "allowed: a list of feature, relation"),
    ]:
        with pytest.raises(data.DataError, match=re.escape(message)):
            data.load("preference-synthetic", split="test", size=2, settings=wrong)

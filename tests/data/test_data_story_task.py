"""The task `story`: prompts of whole stories, answers that `logic.read_story` reads, labels alone."""

import pytest

import data
import logic
from data.corpus import Corpus
from data.records import DataError
from data.stories.translation import StoryTranslation
from logic.stories.judgement import judge_story


def test_rows_have_the_whole_story_and_an_answer_that_proves_its_label() -> None:
    corpus = data.load("entail-synthetic", task="story", split="train", size=30)
    rows = corpus.to_dataset()
    assert rows[0]["prompt"].startswith("Premises:\n")
    for row in rows:
        story = {"premises": row["premises"], "conclusion": row["conclusion"]}
        found = judge_story(row["completion"], **story, label=row["label"])
        assert found.score() == 1.0, found
        read = logic.read_story(row["completion"])
        assert [str(part.answer.formula) for part in read] == row["formulas"]
        assert logic.read_signature(row["completion"]).predicates


def test_a_row_may_have_its_label_alone() -> None:
    (row,) = data.load("entail-synthetic", task="story", split="test", size=1).rows
    assert isinstance(row, StoryTranslation)
    bare = row.without_formulas()
    assert (bare.answer(), bare.formulas, bare.label) == ("", (), row.label)


@pytest.mark.parametrize("chat", [False, True])
def test_a_row_with_its_label_alone_teaches_no_answer(chat) -> None:
    """A space as its completion, say, would teach the label term of S-GRPO to say nothing."""
    (row,) = data.load("entail-synthetic", task="story", split="test", size=1).rows
    rows = Corpus("own", "train", [row.without_formulas()]).to_dataset(chat=chat)
    completion = rows[0]["completion"]
    assert (completion[-1]["content"] if chat else completion) == "" == rows[0]["reference"]


def test_a_formula_that_cannot_be_read_leaves_the_label(tmp_path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(
        '{"premises": ["A cat.", "B."], "premise_formulas": ["Cat(a)", "∀x ("], "conclusion": "C.", '
        '"conclusion_formula": "Cat(b)", "label": "Unknown"}\n',
        "utf-8",
    )
    (row,) = data.load(str(path), task="story", split="train").rows
    assert (row.label, row.formulas) == ("Uncertain", ())


def test_stories_come_where_labels_come() -> None:
    assert "story" in data.tasks("folio")
    assert "story" not in data.tasks("malls")
    with pytest.raises(DataError, match="malls is for translate, correct, not story"):
        data.load("malls", task="story", split="train")

"""Decoding whole stories: what is declared under one grammar, and said under the next, is read."""

from __future__ import annotations

from dataclasses import replace

import pytest

import data
import logic
from logic.decoding.declarations import declared, opening, signature_grammar
from logic.decoding.stories import story_grammar
from logic.signatures.signature import Signature
from logic.stories.answer import read_story_answer

pytest.importorskip("llguidance")
from decoding_walks import Walker

WALKS = 150


@pytest.fixture(scope="module")
def names() -> Walker:
    return Walker(signature_grammar())


def written(signature: Signature, premises: int, seed: int) -> str:
    walker = Walker(story_grammar(signature, premises=premises))
    return opening(signature) + walker.walk(seed, calm=120, longest=40_000)


def assert_read(text: str, signature: Signature, premises: int) -> None:
    answer = read_story_answer(text)
    assert answer.faults == (), text
    assert answer.signature is not None
    assert sorted(answer.signature.symbols) == sorted(signature.symbols)
    assert len(answer.premises) == premises
    assert answer.problems() == ()


@pytest.mark.parametrize("start", range(0, WALKS, 25))
def test_a_story_of_any_names_is_read_and_keeps_to_them(names: Walker, start: int) -> None:
    for seed in range(start, start + 25):
        signature = declared(names.walk(seed, calm=60))
        if signature is None:  # nothing but a name that is read as something else
            continue
        # A walk through functions of several arguments would not come to an end.
        unary = [function for function in signature.functions if function[1] == 1]
        signature = replace(signature, functions=tuple(unary))
        premises = 1 + seed % 4
        assert_read(written(signature, premises, seed), signature, premises)


@pytest.mark.parametrize(
    "text",
    [
        "Cat/1, Chases/2, anna, tom",
        "raining/0, Wet/1, anna",
        "Day/0, Py/0, Cat/1",
        "'New York'/1, '7', 'x', tom",
        "Functions: mother/1\nPredicates: Old/1",
    ],
)
def test_a_story_over_given_names_is_read(text: str) -> None:
    signature = logic.read_signature(text)
    for seed in range(30):
        assert_read(written(signature, 3, seed), signature, 3)


def test_answers_that_models_are_trained_on_can_be_written(names: Walker) -> None:
    for row in data.load("entail-synthetic", task="story", split="train", size=30).rows:
        head, heading, body = row.answer().partition("Premises:\n")
        assert names.admits(head + heading) and names.admits(f" {head}{heading}")
        signature = declared(head + heading)
        assert signature is not None and opening(signature) == head + heading
        assert Walker(story_grammar(signature, premises=len(row.premises))).admits(body)


def test_the_number_of_formulas_and_the_names_are_kept() -> None:
    walker = Walker(story_grammar(logic.read_signature("Cat/1, anna"), premises=2))
    assert walker.admits("Cat(anna)\n∃x Cat(x)\nConclusion:\nCat(anna)")
    assert walker.admits("Cat(anna)\n∃x Cat(x)\nConclusion:\nCat(anna)\n\n")
    assert not walker.begins("Cat(anna)\nConclusion:")
    assert not walker.begins("Cat(anna)\nCat(anna)\nCat")
    assert not walker.begins("Cat(tom)")
    assert not walker.begins("Cat(anna, anna)")
    assert not walker.begins("Dog(")
    with pytest.raises(ValueError, match="at least 1 premise, got 0"):
        story_grammar(logic.read_signature("Cat/1"), premises=0)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Predicates: Cat/1, Dog/1\nConstants: tom\nPremises:\n", "Cat/1 Dog/1 tom"),
        ("Predicates: Dog/1, Cat/1\nConstants: to", "Dog/1 Cat/1"),  # cut off
        ("Predicates: Cat/1, Chas", "Cat/1"),
        ("Predicates: Cat/1, Cat/2, Dog/1\nConstants: Cat, tom\nPremises:\n", "Cat/1 Dog/1 tom"),
        ("Predicates: Either/0, Cat/1\nConstants: conclusion, tom\nPremises:\n", "Cat/1 tom"),
        ("Predicates: Ca", None),
        ("Predicates: Either/0\nPremises:\n", None),
        ("", None),
        ("(", None),
    ],
)
def test_declarations_are_kept_that_can_be_used(text: str, kept: str | None) -> None:
    signature = declared(text)
    assert (None if signature is None else signature.to_line()) == kept

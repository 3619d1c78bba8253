"""Whole stories sampled in two parts: names, then formulas over them."""

from __future__ import annotations

import pytest
from alignment_tiny import build_tiny

import logic
from alignment.sampling import SamplingSettings, StoryForm, make_sampler, sample_stories
from logic.stories.answer import read_story_answer

pytest.importorskip("llguidance")

PROMPTS = ["Premises:\nTom is a cat.\nConclusion:\nTom sees.\nFOL:", "Two cats. FOL:\n"]
NAMES = logic.read_signature("Cat/1, tom")
GREEDY = SamplingSettings(temperature=0.0, max_tokens=60)
DRAWN = SamplingSettings(n=3, max_tokens=60)


@pytest.fixture(scope="module")
def sampler(tmp_path_factory):
    made = make_sampler("transformers", build_tiny(tmp_path_factory.mktemp("tiny")))
    yield made
    made.close()


def test_a_model_that_has_learnt_nothing_declares_and_keeps_to_it(sampler):
    forms = [StoryForm(2), StoryForm(1, NAMES)]
    done: list[int] = []
    answers = sample_stories(
        sampler, PROMPTS, forms, GREEDY, DRAWN, seed=3, batch_size=1, advance=done.append
    )
    assert done == [1, 1]
    assert [len(own or ()) for own in answers] == [4, 4]
    whole = 0
    for form, own in zip(forms, answers, strict=True):
        for text in own or ():
            answer = read_story_answer(text)
            if answer.signature is None:  # 60 tokens may be too few for one name
                continue
            assert answer.problems() == ()
            assert len(answer.premises) <= form.premises
            whole += answer.conclusion is not None and not answer.faults
    assert whole  # nothing keeps a model that has learnt nothing from going on and on
    assert all(text.startswith("Predicates: Cat/1\nConstants: tom\n") for text in answers[1] or ())


def test_what_is_sampled_does_not_depend_on_the_batch(sampler):
    forms = [StoryForm(2, NAMES), StoryForm(1)]
    together = sample_stories(sampler, PROMPTS, forms, GREEDY, seed=3)
    apart = [
        sample_stories(sampler, [prompt], [form], GREEDY, seed=5)[0]
        for prompt, form in zip(PROMPTS, forms, strict=True)
    ]
    assert together == apart


def test_a_prompt_that_is_too_long_has_no_answer(sampler):
    answers = sample_stories(sampler, ["FOL:" * 100, PROMPTS[1]], [StoryForm(1)] * 2, GREEDY)
    assert answers[0] is None and answers[1] is not None
    with pytest.raises(ValueError, match="1 forms for 2 stories"):
        sample_stories(sampler, PROMPTS, [StoryForm(1)], GREEDY)

"""Sampling with transformers; vLLM's side is in test_alignment_vllm."""

from __future__ import annotations

import pytest
import torch
from alignment_tiny import PROMPTS, build_tiny

from alignment.sampling import SamplingSettings, make_sampler, sample_fitting


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return build_tiny(tmp_path_factory.mktemp("tiny"))


def test_order_batches_and_padding_do_not_change_greedy_answers(tiny):
    small, large = (make_sampler("transformers", tiny, batch_size=size) for size in (1, 64))
    mixed = [PROMPTS[0], "Sentence: x.\nFOL:", PROMPTS[5] * 2, PROMPTS[1]]
    answers = large.sample(mixed, n=2, temperature=0.0, max_tokens=8)
    assert answers == small.sample(mixed, n=2, temperature=0.0, max_tokens=8)
    assert all(len(own) == 2 and own[0] == own[1] for own in answers)
    assert large.sample(mixed[::-1], temperature=0.0, max_tokens=8) == [
        own[:1] for own in answers[::-1]
    ]


def test_a_seed_decides_and_the_process_is_left_alone(tiny):
    sampler = make_sampler("transformers", tiny, seed=5)
    state = torch.random.get_rng_state()
    one = sampler.sample(PROMPTS[:3], n=4, max_tokens=8)
    assert torch.equal(state, torch.random.get_rng_state())
    assert one == sampler.sample(PROMPTS[:3], n=4, max_tokens=8, seed=5)
    assert one != sampler.sample(PROMPTS[:3], n=4, max_tokens=8, seed=6)


def test_no_prompts_no_answers(tiny):
    assert make_sampler("transformers", tiny).sample([], max_tokens=8) == []


def test_prompts_that_do_not_fit_are_named(tiny):
    sampler = make_sampler("transformers", tiny)
    prompts = [PROMPTS[0], "word " * 300]
    assert sampler.too_long(prompts, 8) == [1]
    with pytest.raises(ValueError, match="1 of 2 prompts do not fit: prompt 1 has"):
        sampler.sample(prompts, max_tokens=8)


def test_prompts_that_fit_are_sampled_and_each_answer_has_its_place(tiny):
    sampler = make_sampler("transformers", tiny)
    greedy = SamplingSettings(temperature=0.0, max_tokens=6)
    drawn = SamplingSettings(n=2, max_tokens=8)
    prompts = [PROMPTS[0], "word " * 300, PROMPTS[1], PROMPTS[2]]
    steps: list[int] = []
    answers = sample_fitting(
        sampler, prompts, greedy, drawn, seed=3, batch_size=2, advance=steps.append
    )
    assert steps == [1, 2, 1]  # the long one first
    assert answers[1] is None
    first, second = [PROMPTS[0], PROMPTS[1]], [PROMPTS[2]]
    expected = [
        one + two
        for part, seed in ((first, 3), (second, 5))  # the seed counts the prompts before
        for one, two in zip(
            sampler.sample(part, temperature=0.0, max_tokens=6),
            sampler.sample(part, n=2, max_tokens=8, seed=seed),
            strict=True,
        )
    ]
    assert [texts for texts in answers if texts is not None] == expected
    assert sample_fitting(sampler, [], greedy) == []
    with pytest.raises(ValueError, match="at least one draw, got none"):
        sample_fitting(sampler, prompts)


@pytest.mark.parametrize(
    "change", [{"n": 0}, {"max_tokens": 0}, {"temperature": -1.0}, {"top_p": 0.0}]
)
def test_settings_out_of_range_are_refused(tiny, change):
    with pytest.raises(ValueError, match="must be"):
        make_sampler("transformers", tiny).sample(PROMPTS[:1], **change)
    with pytest.raises(ValueError, match="must be"):
        SamplingSettings(**change)


def test_unknown_backend_and_missing_model(tmp_path):
    with pytest.raises(ValueError, match=r"'llama.cpp'; allowed: vllm, transformers"):
        make_sampler("llama.cpp", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"no tokenizer in|no model"):
        make_sampler("transformers", tmp_path / "nothing")

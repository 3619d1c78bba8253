"""Texts that end a completion, in samplers and in training."""

from __future__ import annotations

import pytest
from alignment_tiny import PROMPTS, build_tiny, config, dataset

import logic
from alignment.sampling import SamplingSettings, grammars, make_sampler
from alignment.sampling.stopping import cut_before, without_padding
from alignment.trainers.sgrpo import SGRPOTrainer


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return build_tiny(tmp_path_factory.mktemp("tiny"))


def test_a_text_is_cut_before_the_first_of_the_stop_texts():
    text = " P(a)\nSentence: b\n\nFOL:"
    assert cut_before(text, ("\n\n", "\nSentence:")) == " P(a)"
    assert cut_before(text, ("\nPassage:",)) == cut_before(text, ()) == text
    with pytest.raises(ValueError, match="must not be empty"):
        SamplingSettings(stop=("",))


def test_a_sampler_ends_completions_at_stop_texts_and_samples_no_further(tiny, monkeypatch):
    sampler = make_sampler("transformers", tiny)
    settings = {"temperature": 0.0, "max_tokens": 24}
    free = [texts[0] for texts in sampler.sample(PROMPTS[:4], **settings)]
    stop = next(sign for sign in free[0][1:] if sign.isascii() and sign.isalpha())
    lengths = []
    generate = sampler._model.generate

    def watched(**arguments):
        output = generate(**arguments)
        lengths.append(output.size(1) - arguments["input_ids"].size(1))
        return output

    monkeypatch.setattr(sampler._model, "generate", watched)
    stopped = sampler.sample(PROMPTS[:1], n=2, stop=[stop, "never"], **settings)
    assert stopped == [[cut_before(free[0], (stop,))] * 2] and stop not in stopped[0][0]
    assert lengths[0] < 24
    several = sampler.sample(PROMPTS[:4], stop=[stop], **settings)
    assert several == [[cut_before(text, (stop,))] for text in free]


def test_rewards_see_completions_cut_and_no_padding_is_trained_on(tiny, tmp_path):
    seen: list[str] = []

    def reward(prompts, completions, **columns):
        seen.extend(completions)
        return [float(len(text)) for text in completions]

    args = config(tmp_path, max_steps=1, max_completion_length=24, logging_steps=1)
    stop = ("e", "∀", "S", "x")
    run = SGRPOTrainer(str(tiny), [reward], args=args, train_dataset=dataset(), stop=stop)
    generate = run._generate_and_score_completions
    batches = []
    run._generate_and_score_completions = lambda rows: batches.append(generate(rows)) or batches[-1]
    run.train()
    assert len(seen) == 8 and not any(word in text for text in seen for word in stop)
    ids, mask = batches[0]["completion_ids"], batches[0]["completion_mask"]
    pad = run.processing_class.pad_token_id
    trained = [row[kept.bool()] for row, kept in zip(ids, mask, strict=True)]
    texts = run.processing_class.batch_decode(trained)
    assert not any((row == pad).any() for row in trained)
    assert [cut_before(text, stop) for text in texts] == seen
    log = run.state.log_history[0]
    ended = sum(cut_before(text, stop) != text for text in texts) / 8
    assert log["completions/stopped_ratio"] == ended > 0.5
    assert log["completions/clipped_ratio"] <= 1 - ended
    with pytest.raises(ValueError, match="mask_truncated_completions masks"):
        masking = config(tmp_path, mask_truncated_completions=True)
        SGRPOTrainer(str(tiny), [reward], args=masking, train_dataset=dataset(), stop=stop)


def test_padding_behind_a_stop_text_is_no_end_of_text(tiny):
    tokenizer = make_sampler("transformers", tiny).tokenizer
    ids = tokenizer("P(a)\nS")["input_ids"]
    ends = [tokenizer.eos_token_id]
    for filler in (tokenizer.pad_token_id, tokenizer.eos_token_id):
        assert without_padding([*ids, filler, filler], tokenizer, ("\nS",), ends) == ids
    assert without_padding([*ids, *ends], tokenizer, ("never",), ends) == [*ids, *ends]


def test_under_the_grammar_a_formula_may_end_at_a_new_line():
    pytest.importorskip("llguidance")
    from decoding_walks import Walker

    (grammar,) = grammars("formula", 1)
    walker = Walker(grammar)
    for text in ("P(a)\n", "P(a)\n\n", " ∀x P(x)\n", "P(a)"):
        assert walker.admits(text), text
    for text in ("P(a)\nS", "\nP(a)", "P(a) ∧\nQ(a)", "P(a)\n\n\n"):
        assert not walker.begins(text), text
    assert not Walker(logic.decoding_grammar()).begins("P(a)\n")

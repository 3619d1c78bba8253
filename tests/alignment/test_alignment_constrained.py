"""Sampling under a grammar, with transformers; vLLM's side is in test_alignment_vllm."""

from __future__ import annotations

import pytest
from alignment_tiny import PROMPTS, build_tiny, config, dataset

import logic
from alignment.sampling import cut_back, grammars, make_sampler, reference_signatures
from alignment.trainers.sgrpo import SGRPOTrainer
from logic.signatures.signature import signature

pytest.importorskip("llguidance")
from decoding_walks import Walker

NAMES = "Cat/1, Sees/2, mouse"


@pytest.fixture(scope="module")
def sampler(tmp_path_factory):
    made = make_sampler("transformers", build_tiny(tmp_path_factory.mktemp("tiny")))
    yield made
    made.close()


def test_a_model_that_has_learnt_nothing_writes_formulas(sampler):
    given = [NAMES, None, "Fox/1", NAMES]
    chosen = grammars("signature", 4, signatures=given)
    answers = sampler.sample(PROMPTS[:4], n=3, max_tokens=60, seed=1, grammars=chosen)
    free = sampler.sample(PROMPTS[:4], n=3, max_tokens=60, seed=1)
    assert not any(logic.read_answer(text).formula for own in free for text in own)
    for names, own in zip(given, answers, strict=True):
        for text in map(cut_back, own):
            formula = logic.parse(text)
            if names is not None:
                allowed = logic.read_signature(names)
                assert set(signature(formula).predicates) <= set(allowed.predicates)
                assert set(signature(formula).constants) <= set(allowed.constants)


def test_rows_in_batches_keep_their_own_grammars(sampler, tmp_path):
    small = make_sampler("transformers", build_tiny(tmp_path), batch_size=1)
    chosen = grammars("signature", 3, signatures=["Cat/1, tom", "Sees/2, mouse", "Fox/1, tom"])
    prompts = [PROMPTS[0], "Sentence: x.\nFOL:", PROMPTS[1] * 2]
    settings = {"temperature": 0.0, "max_tokens": 30, "grammars": chosen}
    assert small.sample(prompts, **settings) == sampler.sample(prompts, **settings)


def test_a_grammar_for_each_prompt_or_none(sampler):
    assert grammars("none", 2) is None
    assert grammars("formula", 2) == [logic.decoding_grammar(newline=True)] * 2
    with pytest.raises(ValueError, match=r"'regex'; allowed: none, formula, signature"):
        grammars("regex", 1)
    with pytest.raises(ValueError, match="one signature for each of 2 prompts, got 1"):
        grammars("signature", 2, signatures=[NAMES])
    with pytest.raises(ValueError, match="1 grammars for 2 prompts"):
        sampler.sample(PROMPTS[:2], max_tokens=4, grammars=[logic.decoding_grammar()])
    with pytest.raises(ValueError, match="refuses the grammar"):
        sampler.sample(PROMPTS[:1], max_tokens=4, grammars=["start: nowhere"])


def test_rollouts_of_a_training_run_keep_to_the_grammar(tmp_path):
    seen: list[str] = []

    def reward(prompts, completions, **columns):
        seen.extend(completions)
        return [float(len(text)) for text in completions]

    args = config(tmp_path / "run", grammar="formula", max_completion_length=20, max_steps=1)
    SGRPOTrainer(str(build_tiny(tmp_path)), [reward], args=args, train_dataset=dataset()).train()
    walker = Walker(logic.decoding_grammar(newline=True))
    assert len(seen) == 8 and all(walker.begins(text.rstrip("\ufffd")) for text in seen)
    with pytest.raises(ValueError, match="unknown grammar 'signature'; allowed: none, formula"):
        config(tmp_path, grammar="signature")


def test_signatures_come_from_references():
    assert reference_signatures(["∀x (Cat(x) → Sees(x, mouse))"]) == [logic.read_signature(NAMES)]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" ∀x (Cat(x) → Dog(x))", " ∀x (Cat(x) → Dog(x))"),
        ("∀x (Cat(x) ∧ Sees(x, mouse) ∧ Se", "∀x (Cat(x) ∧ Sees(x, mouse))"),
        ("∃x (Cat(x) ∧ Sees(x, x) ∧ Sees(x))", "∃x (Cat(x) ∧ Sees(x, x))"),
        ("Cat(tom) ∧ Sees(tom, mou", "Cat(tom)"),
        ("Raining ∧ tom = mouse ∧ tom = ", "Raining ∧ tom = mouse"),
        ("¬¬(((", "¬¬((("),
    ],
)
def test_what_is_cut_off_keeps_its_whole_beginning(text, kept):
    assert cut_back(text) == kept

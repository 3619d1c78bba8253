"""vLLM in this process: training with it, its weights after a sync, engines one after another."""

from __future__ import annotations

import os
import socket

import pytest
import torch
from alignment_tiny import PROMPTS, build_tiny, config, trainer

from alignment import engine
from alignment.sampling import (
    SamplingSettings,
    StoryForm,
    grammars,
    make_sampler,
    sample_stories,
)
from logic import read_signature

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not engine.available(), reason="vLLM is not installed"),
]


def model_log_probs(model: torch.nn.Module, ids: list[int]) -> torch.Tensor:
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([ids], device=model.device)).logits[0, :-1]
    return (
        logits.float()
        .log_softmax(-1)
        .gather(1, torch.tensor([ids[1:]], device=model.device).T)
        .squeeze(1)
    )


def engine_log_probs(llm, ids: list[int]) -> torch.Tensor:
    from vllm import SamplingParams

    (output,) = llm.generate(
        [{"prompt_token_ids": ids}], SamplingParams(max_tokens=1, prompt_logprobs=0), use_tqdm=False
    )
    rows = zip(ids[1:], output.prompt_logprobs[1:], strict=True)
    return torch.tensor([row[token].logprob for token, row in rows])


def test_training_sync_and_sampling_with_vllm(tmp_path):
    """One engine start for training and the sync, a second in the same process for sampling."""
    model = build_tiny(tmp_path / "model")
    before = dict(os.environ)
    args = config(
        tmp_path / "run",
        use_vllm=True,
        vllm_max_model_length=128,
        vllm_gpu_memory_utilization=0.1,
        max_steps=4,
        learning_rate=5e-3,
        beta=0.02,
    )
    run = trainer(model, args)
    rendezvous = {"RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"}
    assert not (os.environ.keys() - before.keys()) & rendezvous  # nothing for who comes later
    assert torch.initial_seed() == args.seed  # not the engine's
    run.train()
    logs = [row for row in run.state.log_history if "label/loss" in row]
    assert len(logs) == 4 and logs[-1]["label/loss"] < logs[0]["label/loss"]
    # Sampled by vLLM, scored by the trainer: after every update they are the same policy.
    assert max(row["sampling/sampling_logp_difference/max"] for row in logs) < 1e-4

    # All weights change, the tied lm_head included; then the engine must compute what the model computes.
    ids = run.processing_class(PROMPTS[0])["input_ids"]
    stale = engine_log_probs(run.vllm_generation.llm, ids)
    with torch.no_grad():
        for parameter in run.model.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    run.vllm_generation.sync_weights()
    fresh = engine_log_probs(run.vllm_generation.llm, ids)
    expected = model_log_probs(run.model, ids).cpu()
    torch.testing.assert_close(fresh, expected, atol=1e-5, rtol=0)
    assert (stale - expected).abs().max() > 0.1

    run.close()
    run.close()  # closing twice is harmless
    assert not torch.distributed.is_initialized()

    run.model.save_pretrained(tmp_path / "final")
    run.processing_class.save_pretrained(tmp_path / "final")
    texts, bound, stories = {}, {}, {}
    forms = [StoryForm(2), StoryForm(1, read_signature("Cat/1, mouse"))]
    greedy = SamplingSettings(temperature=0.0, max_tokens=24)
    names = grammars("signature", len(PROMPTS), signatures=["Cat/1, Sees/2, mouse"] * len(PROMPTS))
    for backend in ("vllm", "transformers"):
        sampler = make_sampler(backend, tmp_path / "final", seed=3, max_model_len=128)
        texts[backend] = sampler.sample(PROMPTS, temperature=0.0, max_tokens=16)
        bound[backend] = sampler.sample(PROMPTS, temperature=0.0, max_tokens=16, grammars=names)
        stories[backend] = sample_stories(sampler, PROMPTS[:2], forms, greedy)
        drawn = sampler.sample(PROMPTS, n=3, max_tokens=16, seed=1)
        assert [len(texts) for texts in drawn] == [3] * len(PROMPTS)
        assert drawn == sampler.sample(PROMPTS, n=3, max_tokens=16, seed=1)
        assert drawn != sampler.sample(PROMPTS, n=3, max_tokens=16, seed=2)
        assert len(set(drawn[0])) > 1
        with pytest.raises(
            ValueError, match=r"1 of 2 prompts do not fit: prompt 1 has .* context of 128"
        ):
            sampler.sample([PROMPTS[0], "long " * 200], max_tokens=16)
        sampler.close()
    assert texts["vllm"] == texts["transformers"]
    assert bound["vllm"] == bound["transformers"] != texts["vllm"]
    assert stories["vllm"] == stories["transformers"]


def test_more_prompts_than_are_read_at_once_can_be_sampled_with_a_seed(tmp_path):
    """The CPU's engine failed where the last prompt that is begun in a step was read in part."""
    model = build_tiny(tmp_path / "model")
    sampler = make_sampler("vllm", model, seed=3, max_model_len=128, batch_size=512)
    prompts = [f"{number} " * 12 + PROMPTS[0] for number in range(64)]  # 8 samples of each at once
    drawn = sampler.sample(prompts, n=8, max_tokens=2, seed=1)
    assert drawn == sampler.sample(prompts, n=8, max_tokens=2, seed=1)
    assert [len(texts) for texts in drawn] == [8] * 64
    sampler.close()


def test_lora_reaches_the_engine_and_rollouts_under_the_grammar_are_weighted(tmp_path):
    from peft import LoraConfig

    args = config(
        tmp_path / "run",
        use_vllm=True,
        vllm_max_model_length=128,
        vllm_gpu_memory_utilization=0.1,
        max_steps=1,
        learning_rate=5e-2,
        label_loss="ratio",
        gradient_checkpointing=True,
        grammar="formula",
        max_completion_length=16,
    )
    lora = LoraConfig(r=4, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
    run = trainer(build_tiny(tmp_path / "model"), args, peft_config=lora)
    run.train()
    ids = run.processing_class(PROMPTS[0])["input_ids"]
    expected = model_log_probs(run.model.eval(), ids).cpu()
    assert (
        engine_log_probs(run.vllm_generation.llm, ids) - expected
    ).abs().max() > 1e-3  # of before the update
    run.vllm_generation.sync_weights()
    torch.testing.assert_close(
        engine_log_probs(run.vllm_generation.llm, ids), expected, atol=1e-5, rtol=0
    )
    run.close()
    (row,) = [row for row in run.state.log_history if "label/loss" in row]
    assert row["label/loss"] == pytest.approx(-1.0, abs=1e-5)
    assert (
        row["sampling/sampling_logp_difference/max"] > 0.5
    )  # the engine's probabilities are those under the grammar
    assert row["sampling/importance_sampling_ratio/mean"] < 0.9


def test_environment_is_prepared_without_overruling_the_user(monkeypatch):
    monkeypatch.setenv("VLLM_LOGGING_LEVEL", "DEBUG")
    monkeypatch.setenv("VLLM_ENABLE_V1_MULTIPROCESSING", "1")
    engine.prepare()
    assert os.environ["VLLM_LOGGING_LEVEL"] == "DEBUG"
    assert (
        os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] == "0"
    )  # the engine must share the trainer's process


def test_the_port_of_an_engine_is_held_until_it_is_built_and_forgotten_after(monkeypatch):
    """Another process took it while the model loaded, and all that came after asked for it again."""
    for name in ("RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_PORT", "MASTER_ADDR"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(RuntimeError, match="no engine"), engine._rendezvous():
        port = int(os.environ["MASTER_PORT"])
        assert port != 29500  # TRL's first choice, and that of every other run
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind(("", port))
            other.listen()
        torch.distributed.init_process_group("gloo", "env://", world_size=1, rank=0)
        torch.distributed.destroy_process_group()
        raise RuntimeError("no engine")
    assert "MASTER_PORT" not in os.environ

    monkeypatch.setenv("MASTER_PORT", "4711")  # a launcher's
    with engine._rendezvous():
        assert os.environ["MASTER_PORT"] == "4711"
    assert os.environ["MASTER_PORT"] == "4711"

"""Configs for GPUs, checked where there is none: accelerate reads its own, and LoRA fits the model's shape."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("trl")

import torch

from pipelines.config.load import load_run
from pipelines.config.resolve import section_config
from pipelines.training.lora import peft_config

CONFIGS = Path(__file__).parents[2] / "pipelines" / "configs"
ANYWHERE = ["--sft.use_cpu", "true", "--sgrpo.use_cpu", "true"]


@pytest.mark.parametrize(
    "path", sorted((CONFIGS / "accelerate").glob("*.yaml")), ids=lambda path: path.stem
)
def test_accelerate_reads_its_configs(path: Path) -> None:
    from accelerate.commands.config.config_args import load_config_from_file

    config = load_config_from_file(str(path))
    assert config.num_machines == 1 and config.num_processes in (2, 4)
    kind = {"fsdp": "FSDP", "two-process-cpu": "MULTI_GPU"}.get(path.stem, "DEEPSPEED")
    assert str(getattr(config.distributed_type, "value", config.distributed_type)) == kind
    assert (config.mixed_precision == "bf16") is (kind != "MULTI_GPU")


def test_the_server_config_samples_from_a_server() -> None:
    run = load_run(["--config", str(CONFIGS / "qwen3-1.7b-folio-server.yaml"), *ANYWHERE])
    own, trainer, _ = section_config(run, "sgrpo").arguments
    assert (own.backend, trainer.vllm_mode, trainer.vllm_server_port) == ("vllm", "server", 8000)
    assert trainer.num_generations == 8


def test_lora_fits_the_shape_of_qwen3() -> None:
    """docs/multi-gpu.md states these numbers."""
    from peft import get_peft_model
    from transformers import Qwen3Config, Qwen3ForCausalLM

    run = load_run(["--config", str(CONFIGS / "qwen3-1.7b-folio-lora.yaml"), *ANYWHERE])
    shape = Qwen3Config(
        num_hidden_layers=28, hidden_size=2048, num_attention_heads=16, num_key_value_heads=8, head_dim=128,
        intermediate_size=6144, vocab_size=151_936, tie_word_embeddings=True,
    )  # fmt: skip
    with torch.device("meta"):
        model = Qwen3ForCausalLM(shape)
        weights = sum(parameter.numel() for parameter in model.parameters())
        adapted = get_peft_model(model, peft_config(section_config(run, "sgrpo")))
    matrices = [name for name, parameter in adapted.named_parameters() if parameter.requires_grad]
    trained = sum(
        parameter.numel() for parameter in adapted.parameters() if parameter.requires_grad
    )
    assert (round(weights / 1e9, 2), len(matrices), round(trained / 1e6, 1)) == (
        1.72,
        2 * 196,
        17.4,
    )
    assert not any("lm_head" in name or "embed" in name for name in matrices)

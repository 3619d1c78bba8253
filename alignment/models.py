"""Models and tokenizers: a tiny one built from a config, or any one from a path or hub name."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from huggingface_hub import snapshot_download
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from alignment.pretrained import hub
from alignment.pretrained.files import is_gguf
from alignment.pretrained.known import KNOWN, fetched

EOS_TOKEN = "<|endoftext|>"
PAD_TOKEN = "<|pad|>"
MAX_TOKEN = 64
"""Characters of a token of the tiny model."""
# Of the tiny model, for prompts that are messages; each turn's text begins a line, as chat models
# have it.
CHAT_TEMPLATE = (
    "{% for turn in messages %}{{ turn.role | capitalize }}:\n{{ turn.content }}"
    "{% if turn.role == 'assistant' %}{{ eos_token }}{% endif %}"
    "{% if not loop.last %}\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}\nAssistant:\n{% endif %}"
)
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


@dataclass(frozen=True)
class TinyModel:
    """Shape of a small Qwen3 model with random weights; the defaults give about 0.6 M parameters.

    Raises ValueError when a size is not positive or the sizes do not divide one another.
    """

    hidden_size: int = 128
    layers: int = 2
    heads: int = 4
    kv_heads: int = 2
    ffn_size: int = 384
    context: int = 512
    vocab_size: int = 1600
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("hidden_size", "layers", "heads", "kv_heads", "ffn_size", "context"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}")
        if self.hidden_size % self.heads or (self.hidden_size // self.heads) % 32:
            # vLLM's CPU attention kernel knows head sizes that are multiples of 32 only.
            raise ValueError(
                f"hidden_size / heads must be a multiple of 32, "
                f"got {self.hidden_size} / {self.heads}"
            )
        if self.heads % self.kv_heads:
            raise ValueError(
                f"heads ({self.heads}) must be a multiple of kv_heads ({self.kv_heads})"
            )
        if self.vocab_size < 258:
            raise ValueError(
                f"vocab_size must be at least 258 (256 bytes, eos, pad), got {self.vocab_size}"
            )


def build(spec: TinyModel, texts: Iterable[str], out_dir: str | Path) -> Path:
    """Build a tiny Qwen3 model and a byte-level BPE trained on `texts`, saved in `out_dir`.

    Returns `out_dir`, which both AutoTokenizer and vLLM read. The same spec and texts give the same
    files.

    Raises:
        ValueError: no texts were given.
    """
    tokenizer = train_tokenizer(texts, vocab_size=spec.vocab_size, context=spec.context)
    config = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=spec.hidden_size,
        num_hidden_layers=spec.layers,
        num_attention_heads=spec.heads,
        num_key_value_heads=spec.kv_heads,
        head_dim=spec.hidden_size // spec.heads,
        intermediate_size=spec.ffn_size,
        # The usual 0.02 is for wide models: with it a small one learns to copy too late.
        initializer_range=spec.hidden_size**-0.5,
        max_position_embeddings=spec.context,
        tie_word_embeddings=True,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(spec.seed)
        model = Qwen3ForCausalLM(config)
    out_dir = Path(out_dir)
    model.save_pretrained(out_dir)
    tokenizer.save_pretrained(out_dir)
    return out_dir


def train_tokenizer(
    texts: Iterable[str], *, vocab_size: int, context: int
) -> PreTrainedTokenizerFast:
    """Train a byte-level BPE on `texts`, with an end-of-text and a padding token.

    Any string can be encoded.

    Raises:
        ValueError: no texts were given.
    """
    corpus = [text for text in texts if text]
    if not corpus:
        raise ValueError("a tokenizer needs at least one non-empty training text, got none")
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=[EOS_TOKEN, PAD_TOKEN],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        max_token_length=MAX_TOKEN,  # one row of 100,000 equal signs would be a token else
        show_progress=False,
    )
    bpe.train_from_iterator(corpus, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        chat_template=CHAT_TEMPLATE,
        eos_token=EOS_TOKEN,
        pad_token=PAD_TOKEN,
        model_max_length=context,
        padding_side="left",
        clean_up_tokenization_spaces=False,
    )


def load(
    name_or_path: str | os.PathLike[str], dtype: str | torch.dtype = "float32"
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load a causal language model and its tokenizer from a local folder or the hub.

    Code that the model brings is never run.

    Raises:
        ValueError: unknown dtype.
        FileNotFoundError: a local folder holds no model, or one that needs its own code, or nothing
            of that name is found.
    """
    if isinstance(dtype, str):
        if dtype not in DTYPES:
            raise ValueError(f"unknown dtype {dtype!r}; allowed: {', '.join(DTYPES)}")
        dtype = DTYPES[dtype]
    name = pinned(name_or_path)
    _check_local(name)
    try:
        model = AutoModelForCausalLM.from_pretrained(name, dtype=dtype, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise FileNotFoundError(
            f"no model {name!r} in a local folder or on the hub: {error}"
        ) from error
    return model, load_tokenizer(name)


def machine_dtype() -> str:
    """The dtype to compute in on this machine: bfloat16 on a GPU that has it, float32 elsewhere."""
    has_bfloat16 = torch.cuda.is_available() and torch.cuda.is_bf16_supported()
    return "bfloat16" if has_bfloat16 else "float32"


def load_tokenizer(name_or_path: str | os.PathLike[str]) -> PreTrainedTokenizerBase:
    """Load a tokenizer; one without a padding token pads with its end-of-text token.

    Raises:
        FileNotFoundError: no tokenizer is found there.
    """
    name = pinned(name_or_path)
    _refuse_gguf(Path(name))
    try:
        tokenizer = AutoTokenizer.from_pretrained(name, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise FileNotFoundError(f"no tokenizer in {name!r}: {error}") from error
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    tokenizer.padding_side = "left"
    return tokenizer


def pinned(name_or_path: str | os.PathLike[str]) -> str:
    """A model's path or hub name; of `NAME@REVISION` the local folder with just that revision.

    Of a known model (`alignment.pretrained.known`) it is the folder that it was fetched to. Where
    the hub cannot be reached, its cache alone is asked from then on.

    Raises:
        FileNotFoundError: there is no such revision, or the known model has not been fetched.
    """
    name = os.fspath(name_or_path)
    if os.path.exists(name) or _looks_local(name):
        return name
    if name in KNOWN:
        return str(fetched(name))
    hub.reach()
    hub_name, at, revision = name.partition("@")
    if not at:
        return name
    try:
        return snapshot_download(hub_name, revision=revision)
    except (OSError, ValueError) as error:  # the hub's errors are both
        raise FileNotFoundError(f"no model {name!r} on the hub: {error}") from error


def context_of(name_or_path: str | os.PathLike[str]) -> int | None:
    """The tokens that a model takes in, where its configuration says so.

    Raises FileNotFoundError where there is no model.
    """
    name = pinned(name_or_path)
    try:
        config = AutoConfig.from_pretrained(name, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise FileNotFoundError(f"no configuration of a model in {name!r}: {error}") from error
    return getattr(config.get_text_config(), "max_position_embeddings", None)


def _looks_local(name: str) -> bool:
    """Whether a name is that of a path, which the hub need not be asked about."""
    return Path(name).is_absolute() or name.startswith(".") or name.count("/") > 1


def _refuse_gguf(path: Path) -> None:
    """Raise FileNotFoundError for a GGUF file, and for a folder with nothing else, with the cure."""
    is_model = any((path / name).is_file() for name in ("config.json", "adapter_config.json"))
    files = [path] if is_model or not path.is_dir() else sorted(path.glob("*.gguf"))
    if files and is_gguf(files[0]):
        raise FileNotFoundError(
            f"{str(files[0])!r} is a GGUF file, whose weights are rounded for running and not for "
            f"training: folalign model convert {files[0]} makes a model's folder of it"
        )


def _check_local(name: str) -> None:
    path = Path(name)
    _refuse_gguf(path)
    if path.is_dir():
        if not (path / "config.json").is_file() and not (path / "adapter_config.json").is_file():
            names = sorted(entry.name for entry in path.iterdir())
            listing = ", ".join(names[:8]) or "nothing"
            raise FileNotFoundError(
                f"{name!r} holds no model: config.json is missing (found: {listing})"
            )
    elif path.exists():
        raise FileNotFoundError(
            f"{name!r} is a file; a model is a folder with config.json and weights"
        )
    elif _looks_local(name):
        raise FileNotFoundError(f"no model folder {name!r}")

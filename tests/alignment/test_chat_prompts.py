"""Conversations by the chat templates of known models: the same tokens in training and in sampling.

The templates are written here in the form of those models' own, the tokenizers built on the spot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from alignment_tiny import ROWS
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

from alignment.sampling import chat
from alignment.sampling.constraints.masks import Matchers
from alignment.sampling.constraints.round_trip import FORMULA, TokenizerError
from alignment.trainers.sgrpo import SGRPOConfig, SGRPOTrainer

CHATML = (
    "{% for turn in messages %}{{ '<|im_start|>' + turn['role'] + '\\n' + turn['content'] "
    "+ '<|im_end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
THINKING = (
    "{% for turn in messages %}{{ '<|im_start|>' + turn['role'] + '\\n' }}"
    "{% if turn['role'] == 'assistant' and loop.last %}{{ '<think>\\n\\n</think>\\n\\n' }}{% endif %}"
    "{{ turn['content'] + '<|im_end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}"
    "{% if enable_thinking is defined and enable_thinking is false %}"
    "{{ '<think>\\n\\n</think>\\n\\n' }}{% endif %}{% endif %}"
)
HEADERS = (
    "{{ bos_token }}{% for turn in messages %}{{ '<|start_header_id|>' + turn['role'] "
    "+ '<|end_header_id|>\\n\\n' + turn['content'] | trim + '<|eot_id|>' }}{% endfor %}"
    "{% if add_generation_prompt %}"
    "{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}"
)
TURNS = (
    "{{ bos_token }}{% for turn in messages %}"
    "{% set role = 'model' if turn['role'] == 'assistant' else turn['role'] %}"
    "{{ '<start_of_turn>' + role + '\\n' + turn['content'] | trim + '<end_of_turn>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}"
)


@dataclass(frozen=True)
class Family:
    """What the tokenizers of a family of models have; `writes_bos`: with every text."""

    template: str
    special: tuple[str, ...]
    eos: str
    bos: str | None = None
    writes_bos: bool = False


FAMILIES = {
    "Qwen3": Family(THINKING, ("<|im_start|>", "<|im_end|>", "<think>", "</think>"), "<|im_end|>"),
    "SmolLM2": Family(CHATML, ("<|im_start|>", "<|im_end|>"), "<|im_end|>", "<|im_start|>"),
    "Llama": Family(
        HEADERS,
        ("<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
        "<|eot_id|>",
        "<|begin_of_text|>",
        writes_bos=True,
    ),
    "Gemma": Family(
        TURNS,
        ("<bos>", "<start_of_turn>", "<end_of_turn>"),
        "<end_of_turn>",
        "<bos>",
        writes_bos=True,
    ),
}
MESSAGES = [{"role": "user", "content": "Every cat sees a mouse."}]


def tokenizer_of(name: str) -> PreTrainedTokenizerFast:
    family = FAMILIES[name]
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300,
        special_tokens=[*family.special, "<pad>"],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    bpe.train_from_iterator([row["prompt"] for row in ROWS], trainer)
    if family.writes_bos:
        bpe.post_processor = processors.TemplateProcessing(
            single=f"{family.bos} $A",
            special_tokens=[(family.bos, bpe.token_to_id(family.bos))],
        )
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        chat_template=family.template,
        bos_token=family.bos,
        eos_token=family.eos,
        pad_token="<pad>",
        padding_side="left",
    )


def model_for(tokenizer: PreTrainedTokenizerFast) -> Qwen3ForCausalLM:
    return Qwen3ForCausalLM(
        Qwen3Config(
            vocab_size=len(tokenizer),
            hidden_size=32,
            num_hidden_layers=1,
            num_attention_heads=1,
            num_key_value_heads=1,
            head_dim=32,
            intermediate_size=32,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


def asked(tokenizer: PreTrainedTokenizerFast) -> list[int]:
    """The tokens with which a sampler asks."""
    (text,) = chat.render(tokenizer, [MESSAGES])
    return tokenizer(text)["input_ids"]


@pytest.mark.parametrize("name", FAMILIES)
def test_a_rendered_conversation_has_the_tokens_of_its_template(name):
    tokenizer = tokenizer_of(name)
    ids = asked(tokenizer)
    template = tokenizer.apply_chat_template(
        MESSAGES, add_generation_prompt=True, enable_thinking=False
    )["input_ids"]
    assert ids == template == chat.token_ids(tokenizer, MESSAGES)
    bos = FAMILIES[name].bos
    first = "<|im_start|>" if bos is None else bos
    assert tokenizer.convert_ids_to_tokens(ids)[0] == first  # SmolLM2's was taken away
    assert ids.count(ids[0]) == (1 if FAMILIES[name].writes_bos else 2)  # of two turns, or once


@pytest.mark.parametrize("name", FAMILIES)
def test_supervised_training_asks_as_sampling_does(name, tmp_path):
    from datasets import Dataset
    from trl import SFTConfig

    from pipelines.stages.sft import ResumableSFTTrainer
    from pipelines.training.start import as_asked

    tokenizer = tokenizer_of(name)
    rows = [{"prompt": MESSAGES, "completion": [{"role": "assistant", "content": "∀x Cat(x)"}]}]
    args = SFTConfig(str(tmp_path), use_cpu=True, bf16=False, report_to=[])
    trainer = ResumableSFTTrainer(
        model_for(tokenizer),
        args=args,
        train_dataset=as_asked(Dataset.from_list(rows)),
        processing_class=tokenizer,
    )
    row = trainer.train_dataset[0]
    answers = [label != -100 for label in row["labels"]]
    prompt = row["input_ids"][: answers.index(True)]
    assert prompt == asked(tokenizer)
    answer = tokenizer.decode(row["input_ids"][len(prompt) :], skip_special_tokens=True)
    assert answer.strip() == "∀x Cat(x)"


@pytest.mark.parametrize("name", FAMILIES)
def test_s_grpo_asks_as_sampling_does(name, tmp_path):
    from datasets import Dataset

    tokenizer = tokenizer_of(name)
    args = SGRPOConfig(
        str(tmp_path),
        use_cpu=True,
        bf16=False,
        report_to=[],
        num_generations=2,
        per_device_train_batch_size=2,
        label_weight=0.0,
        chat_template_kwargs=chat.TEMPLATE_SETTINGS,
    )
    trainer = SGRPOTrainer(
        model_for(tokenizer),
        lambda completions, **_: [0.0] * len(completions),
        args,
        Dataset.from_list([{"prompt": MESSAGES}]),
        processing_class=tokenizer,
    )
    ids, _, _ = trainer._tokenize_prompts([MESSAGES])
    assert list(ids[0]) == asked(tokenizer)


def test_a_tokenizer_that_adds_what_its_template_has_not_is_refused():
    tokenizer = tokenizer_of("SmolLM2")
    eos = tokenizer.eos_token
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single=f"$A {eos}", special_tokens=[(eos, tokenizer.eos_token_id)]
    )
    with pytest.raises(ValueError, match="adds tokens to the text of its chat template"):
        chat.render(tokenizer, [MESSAGES])
    tokenizer.chat_template = None
    with pytest.raises(ValueError, match="has no chat template"):
        chat.render(tokenizer, [MESSAGES])


# The grammar against the tokenizer --------------------------------------------------------------


def matchers(tokenizer: Any) -> Matchers:
    pytest.importorskip("llguidance")
    return Matchers(tokenizer, len(tokenizer), [tokenizer.eos_token_id])


@pytest.mark.parametrize("name", FAMILIES)
def test_a_byte_level_tokenizer_can_be_held_to_a_grammar(name):
    import logic

    assert str(logic.parse(FORMULA)) == FORMULA
    matchers(tokenizer_of(name))


def test_a_decoder_that_the_matcher_misreads_is_named_with_the_cure():
    """As tokenizers come out of a GGUF file: they decode well, and the matcher sees other bytes."""
    tokenizer = tokenizer_of("SmolLM2")
    tokenizer.backend_tokenizer.decoder = decoders.Sequence(
        [decoders.ByteFallback(), decoders.Fuse(), decoders.ByteLevel()]
    )
    ids = tokenizer(FORMULA)["input_ids"]
    assert tokenizer.decode(ids) == FORMULA
    with pytest.raises(TokenizerError) as error:
        matchers(tokenizer)
    assert "ByteFallback" in str(error.value) and "folalign model convert" in str(error.value)

"""S-GRPO: TRL's GRPO with one supervised label term added to its loss.

    loss = GRPO(sampled completions) + beta * KL(policy || reference)
           + weight(step) * label(reference answers)

TRL generates, scores and computes the first two terms; the third is a function of
`alignment.objective.loss`. Method: Jian and Zhu, arXiv 2512.14100; the default label term differs
from theirs and acts from step 0 (see there).
"""

from __future__ import annotations

import contextlib
import inspect
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from accelerate.utils import is_peft_model, set_seed
from transformers import PreTrainedModel
from transformers.utils import logging
from trl import GRPOConfig
from trl.models.utils import disable_gradient_checkpointing
from trl.trainer.utils import pad, selective_log_softmax, use_adapter

from alignment import engine
from alignment.messages import last_text
from alignment.objective import advantages, loss
from alignment.objective.adaptive import AdaptiveShare
from alignment.sampling import masks
from alignment.trainers.resume import ExactResumeTrainer
from logic import decoding_grammar

logger = logging.get_logger(__name__)


@dataclass
class SGRPOConfig(GRPOConfig):
    """TRL's GRPOConfig with the label term's settings.

    Raises ValueError when one of them is out of range.
    """

    label_loss: str = field(
        default="nll",
        metadata={
            "help": "Label term: nll (acts from step 0), ratio (clipped, needs a reference), published."
        },
    )
    label_weight: float = field(
        default=1.0, metadata={"help": "Weight of the label term; 0 is plain GRPO."}
    )
    label_schedule: str = field(
        default="constant",
        metadata={
            "help": "Weight over training: constant, linear or cosine to zero, adaptive (to reward and entropy)."
        },
    )
    adaptive_floor: float = field(
        default=0.1,
        metadata={"help": "Adaptive schedule: smallest share of label_weight, from 0 to 1."},
    )
    adaptive_rate: float = field(
        default=0.05,
        metadata={"help": "Adaptive schedule: part of the way to its target per generation batch."},
    )
    adaptive_entropy: float = field(
        default=0.25,
        metadata={
            "help": "Adaptive schedule: entropy below this multiple of the run's first brings the label back."
        },
    )
    label_reward_weighted: bool = field(
        default=False,
        metadata={"help": "Multiply each prompt's label loss by 1 - the mean reward of its group."},
    )
    label_epsilon: float = field(
        default=0.2, metadata={"help": "Clip width of the ratio and published terms."}
    )
    label_column: str = field(
        default="completion",
        metadata={"help": "Column with the reference answer, as it follows the prompt."},
    )
    filter_keep: int = field(
        default=0,
        metadata={
            "help": "Best and worst completions of a group that take part, each so many; 0 is all."
        },
    )
    difficulty_power: float = field(
        default=0.0,
        metadata={"help": "Advantages times (1 - mean reward of the group) to this power."},
    )
    grammar: str = field(
        default="none",
        metadata={
            "help": "What rollouts may be: none (any text) or formula; docs/sampling.md says why it is off."
        },
    )

    def __post_init__(self) -> None:
        _check_choice("label_loss", self.label_loss, loss.LABEL_LOSSES)
        _check_choice("label_schedule", self.label_schedule, loss.LABEL_SCHEDULES)
        if not 0.0 <= self.label_weight < float("inf"):
            raise ValueError(
                f"label_weight must be a finite number of at least 0, got {self.label_weight}"
            )
        if not self.label_epsilon > 0.0:
            raise ValueError(f"label_epsilon must be positive, got {self.label_epsilon}")
        if not 0.0 <= self.adaptive_floor <= 1.0:
            raise ValueError(f"adaptive_floor must be from 0 to 1, got {self.adaptive_floor}")
        if not 0.0 < self.adaptive_rate <= 1.0:
            raise ValueError(
                f"adaptive_rate must be above 0 and at most 1, got {self.adaptive_rate}"
            )
        if not 0.0 <= self.adaptive_entropy < float("inf"):
            raise ValueError(
                f"adaptive_entropy must be a finite number of at least 0, got {self.adaptive_entropy}"
            )
        _check_choice("grammar", self.grammar, ("none", "formula"))
        super().__post_init__()
        advantages.check(self)
        if self.grammar != "none" and self.use_vllm and self.vllm_mode != "colocate":
            raise ValueError(
                f"grammar needs vllm_mode 'colocate' or use_vllm false, not {self.vllm_mode!r}"
            )

    @property
    def label_needs_reference(self) -> bool:
        """Whether the label term compares the policy with the reference policy."""
        return self.label_weight > 0.0 and self.label_loss != "nll"


class SGRPOTrainer(ExactResumeTrainer):
    """GRPOTrainer with a label term, whose checkpoints resume to the result of an uninterrupted run.

    The training set needs the column `args.label_column`: the reference answer as a string, or as
    messages for conversational prompts. A row whose answer is missing or empty is trained by GRPO
    alone. `domain` is the domain whose formulas `args.grammar` admits, by name or path. Other
    arguments are GRPOTrainer's.

    Raises:
        ValueError: the label column is missing, the label term needs a reference policy and there
            is none, or there is no such domain.
    """

    _tag_names = ("trl", "sgrpo")
    _name = "S-GRPO"

    def __init__(
        self,
        model: str | PreTrainedModel,
        reward_funcs: Any = None,
        args: SGRPOConfig | None = None,
        train_dataset: Any = None,
        *,
        domain: str = "fol",
        **kwargs: Any,
    ) -> None:
        args = args or SGRPOConfig(output_dir="sgrpo")
        _check_label_column(args, train_dataset)
        _check_on_disk(args, model)
        self._adaptive = (
            AdaptiveShare(args.adaptive_floor, args.adaptive_rate, args.adaptive_entropy)
            if args.label_schedule == "adaptive"
            else None
        )
        self._environment = engine.distributed_environment()
        grammar = None if args.grammar == "none" else decoding_grammar(domain=domain)
        if grammar is not None and args.use_vllm:
            given: dict[str, Any] = vars(args)["generation_kwargs"] or {}
            args.generation_kwargs = {**given, "structured_outputs": {"grammar": grammar}}
        colocate = args.use_vllm and args.vllm_mode == "colocate"
        with engine.colocated(_dtype(model, args)) if colocate else contextlib.nullcontext():
            super().__init__(model, reward_funcs, args=args, train_dataset=train_dataset, **kwargs)
        if grammar is not None and not args.use_vllm:
            masks.constrain(self.model, self.processing_class, grammar)
        if colocate:
            # The engine seeded this process with its own seed, the same for every run.
            set_seed(args.seed, device_specific=True)
        forward = (self.model.get_base_model() if is_peft_model(self.model) else self.model).forward
        self._keeps_logits = "logits_to_keep" in inspect.signature(forward).parameters
        if args.label_needs_reference and self.ref_model is None and not is_peft_model(self.model):
            raise ValueError(
                f"label_loss={args.label_loss!r} needs a reference policy: set beta above 0, train with LoRA, "
                "or use label_loss='nll'"
            )
        if args.label_loss == "published" and args.label_weight > 0.0:
            logger.warning(
                "label_loss='published' has no gradient until the policy has moved by "
                f"{1.0 - args.label_epsilon:g} nats per label token; 'nll' acts from the first step."
            )

    def close(self) -> None:
        """Stop the colocated vLLM engine, if there is one. The trainer cannot generate afterwards."""
        generation = self.__dict__.pop("vllm_generation", None)
        if generation is not None and generation.mode == "colocate":
            engine.shutdown(generation.llm, self._environment)

    @property
    def label_weight(self) -> float:
        """Weight of the label term at the present step, the same on every process."""
        if self._adaptive:
            return self.args.label_weight * self._adaptive.share
        progress = (
            self.state.global_step / self.state.max_steps if self.state.max_steps > 0 else 0.0
        )
        return loss.scheduled_weight(self.args.label_weight, self.args.label_schedule, progress)

    # The label term ----------------------------------------------

    def _generate_and_score_completions(
        self, inputs: list[dict[str, torch.Tensor | Any]]
    ) -> dict[str, torch.Tensor | Any]:
        output = super()._generate_and_score_completions(inputs)
        group_rewards = self._group_rewards()
        output = advantages.shape(self, group_rewards, output)
        if self.args.label_weight > 0.0:
            if self._adaptive and self.model.training:
                reward = group_rewards.nanmean().item()
                self._adaptive.update(None if math.isnan(reward) else reward)
            output.update(self._label_tensors(inputs, group_rewards, output["prompt_ids"].device))
            if self.args.label_needs_reference:
                output["label_reference_log_probs"] = self._reference_log_probs(output)
        return output

    def _calculate_rewards(
        self, inputs: Any, prompts: Any, completions: Any, completion_ids_list: Any
    ) -> torch.Tensor:
        """TRL's rewards of a generation batch, kept in `_batch_rewards`: (N, functions) over all processes, NaN where
        not judged, for all functions together. Process p's B rows are [p * B, (p + 1) * B), in the
        order of its inputs.
        """
        rewards = super()._calculate_rewards(inputs, prompts, completions, completion_ids_list)
        self._batch_rewards = advantages.judged_together(rewards)
        mode = "train" if self.model.training else "eval"
        self._metrics[mode]["reward/not_judged"].append(
            self._batch_rewards.isnan().any(dim=1).float().mean().item()
        )
        return self._batch_rewards

    def _group_rewards(self) -> torch.Tensor:
        """Mean reward of each group of the generation batch, for every row of all processes, (N,)."""
        size = self.num_generations if self.model.training else self.num_generations_eval
        means = loss.group_rewards(
            self._batch_rewards, self.reward_weights.to(self._batch_rewards.device), size
        )
        return means.repeat_interleave(size)

    def _label_tensors(
        self, inputs: list[dict[str, Any]], group_rewards: torch.Tensor, device: torch.device
    ) -> dict[str, torch.Tensor]:
        """Label tokens for the rows of a generation batch, in its order, each prompt's on one row only.

        TRL shuffles and splits rows into minibatches. The row that carries a prompt's label also
        carries the sum of the factors of the rows that share it (1 each, or 1 - the mean reward of
        their group), so the minibatches together weigh every prompt as if each row had its own
        label, while the forward pass runs once per prompt.

        Returns:
            label_ids, label_mask: (B, L), right-padded; label_rows: (B,) float, 0 on rows that
                carry no label.
        """
        factors = torch.ones(len(inputs))
        if self.args.label_reward_weighted:
            first = self.accelerator.process_index * len(inputs)
            factors -= group_rewards[first : first + len(inputs)].nan_to_num(nan=0.0).cpu()
        tokenizer: Any = getattr(self.processing_class, "tokenizer", self.processing_class)
        ids: list[list[int]] = [[] for _ in inputs]
        rows = torch.zeros(len(inputs))
        carriers: dict[tuple[str, str], int] = {}
        for index, example in enumerate(inputs):
            text = last_text(example.get(self.args.label_column))
            if not text:
                continue
            carrier = carriers.setdefault((repr(example["prompt"]), text), index)
            rows[carrier] += factors[index]
            if carrier == index:
                ids[index] = [
                    *tokenizer(text, add_special_tokens=False)["input_ids"],
                    tokenizer.eos_token_id,
                ]
        tokens = [torch.tensor(row, dtype=torch.long) for row in ids]
        return {
            "label_ids": pad(tokens, padding_value=tokenizer.pad_token_id, padding_side="right").to(
                device
            ),
            "label_mask": pad([torch.ones_like(row) for row in tokens], padding_side="right").to(
                device
            ),
            "label_rows": rows.to(device),
        }

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> torch.Tensor:
        """TRL's loss plus weight(step) times the label loss; TRL's own loss, bit for bit, when the weight is 0."""
        total = super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        mode = "train" if self.model.training else "eval"
        if self._adaptive and mode == "train":
            self._adaptive.observe(self._metrics[mode]["entropy"][-1])
        weight = self.label_weight
        if weight == 0.0 or "label_rows" not in inputs:
            return total
        label = self._label_loss(model, inputs)
        self._metrics[mode]["label/loss"].append(
            self.accelerator.gather(label.detach()).mean().item()
        )
        self._metrics[mode]["label/weight"].append(weight)
        accumulation = self.current_gradient_accumulation_steps if mode == "train" else 1.0
        return total + weight * label / accumulation

    def _label_loss(self, model: Any, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        """Mean label loss over the rows of a minibatch, a scalar; see `_label_tensors` for the weighing."""
        carriers = _carriers(inputs)
        log_probs, mask = self._label_log_probs(model, inputs, carriers)
        if self.args.label_loss == "nll":
            per_prompt = loss.nll(log_probs, mask)
        else:
            reference = inputs["label_reference_log_probs"][carriers, : mask.size(1)]
            if self.args.label_loss == "ratio":
                per_prompt = loss.ratio(log_probs, reference, mask, self.args.label_epsilon)
            else:
                per_prompt = loss.published(
                    log_probs, reference, mask, self.num_generations, self.args.label_epsilon
                )
        return (per_prompt * inputs["label_rows"][carriers]).sum() / inputs["label_rows"].numel()

    def _label_log_probs(
        self, model: Any, inputs: dict[str, torch.Tensor], carriers: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Log-probabilities of the carriers' label tokens and their mask, both (P, L).

        A plain forward pass: the one in TRL divides the logits by the sampling temperature.
        """
        prompt_mask = inputs["prompt_mask"][carriers]
        label_mask = inputs["label_mask"][carriers]
        start = prompt_mask.size(1) - int(prompt_mask.sum(1).max())
        length = int(label_mask.sum(1).max())
        label_mask, label_ids = label_mask[:, :length], inputs["label_ids"][carriers, :length]
        call = {
            "input_ids": torch.cat([inputs["prompt_ids"][carriers, start:], label_ids], dim=1),
            "attention_mask": torch.cat([prompt_mask[:, start:], label_mask], dim=1),
            "use_cache": False,
        }
        if self._keeps_logits:
            call["logits_to_keep"] = length + 1
        with self.accelerator.autocast():
            logits = model(**call).logits
        logits = logits[:, -length - 1 : -1].float()
        return selective_log_softmax(logits, label_ids), label_mask

    def _reference_log_probs(self, output: dict[str, torch.Tensor]) -> torch.Tensor:
        """Label log-probabilities under the reference policy, (B, L); zero on rows that carry no label."""
        result = torch.zeros(output["label_ids"].shape, device=output["label_ids"].device)
        with torch.no_grad(), self._reference_policy() as model:
            for rows in _carriers(output).split(self.args.per_device_train_batch_size):
                log_probs, mask = self._label_log_probs(model, output, rows)
                result[rows, : mask.size(1)] = log_probs * mask
        return result

    @contextlib.contextmanager
    def _reference_policy(self) -> Iterator[Any]:
        if self.ref_model is not None:
            yield self.ref_model
            return
        peft_model = self.accelerator.unwrap_model(self.model)
        adapter = "ref" if "ref" in peft_model.peft_config else None
        with (
            disable_gradient_checkpointing(self.model, self.args.gradient_checkpointing_kwargs),
            use_adapter(peft_model, adapter_name=adapter),
        ):
            yield self.model

    # Exact resume ----------------------------------------------

    def _own_state(self) -> dict[str, Any]:
        return {"adaptive": self._adaptive.state_dict()} if self._adaptive else {}

    def _load_own_state(self, state: dict[str, Any]) -> None:
        if self._adaptive and "adaptive" in state:
            self._adaptive.load_state_dict(state["adaptive"])


def _carriers(inputs: dict[str, torch.Tensor]) -> torch.Tensor:
    """Indices of the rows that carry a label; row 0 where none does, as every process must run the same forwards."""
    carriers = inputs["label_rows"].nonzero().squeeze(1)
    return carriers if carriers.numel() else carriers.new_zeros(1)


def _check_choice(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"unknown {name} {value!r}; allowed: {', '.join(allowed)}")


def _check_label_column(args: SGRPOConfig, dataset: Any) -> None:
    columns = getattr(dataset, "column_names", None)
    if args.label_weight > 0.0 and columns is not None and args.label_column not in columns:
        raise ValueError(
            f"the training set has no label column {args.label_column!r}; it has {', '.join(columns)} "
            "(set label_column, or label_weight to 0)"
        )


def _check_on_disk(args: SGRPOConfig, model: str | PreTrainedModel) -> None:
    """TRL reloads the reference policy, and vLLM the model, from where the model came from."""
    if (args.beta > 0.0 or args.use_vllm) and not isinstance(model, str):
        unwrapped = model.get_base_model() if is_peft_model(model) else model
        if not unwrapped.name_or_path:
            raise ValueError(
                "beta above 0 and vLLM load the model from its path, and this one has none: "
                "save it with save_pretrained and pass the path"
            )


def _dtype(model: str | PreTrainedModel, args: SGRPOConfig) -> torch.dtype | str:
    """The dtype in which vLLM should hold the weights: the one the policy computes in."""
    if args.bf16:
        return torch.bfloat16
    if args.fp16:
        return torch.float16
    if not isinstance(model, str):
        return model.dtype
    return (args.model_init_kwargs or {}).get("dtype", "float32")

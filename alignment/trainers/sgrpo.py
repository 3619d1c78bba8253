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
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from accelerate.utils import is_peft_model
from transformers import PreTrainedModel
from transformers.utils import logging
from trl import GRPOTrainer
from trl.models.utils import disable_gradient_checkpointing
from trl.trainer.utils import selective_log_softmax, use_adapter

from alignment.objective import advantages, credit, loss
from alignment.objective.adaptive import AdaptiveShare
from alignment.trainers import settings
from alignment.trainers.config import SGRPOConfig
from alignment.trainers.labels import check_columns, label_carriers, label_tensors
from alignment.trainers.sampling import SamplingTrainer
from logic import decoding_grammar

logger = logging.get_logger(__name__)


class SGRPOTrainer(SamplingTrainer, GRPOTrainer):
    """GRPOTrainer with a label term, and with checkpoints that resume exactly.

    The training set needs the column `args.label_column`: the reference answer as a string, or as
    messages for conversational prompts. A row whose answer is missing or empty is trained by GRPO
    alone. `domain` is the domain whose formulas `args.grammar` admits, by name or path; `stop` are
    texts that end a completion: rewards see what is before them, the loss what was sampled. Other
    arguments are GRPOTrainer's, in its order. `close()` stops a colocated vLLM engine and the judge's
    workers.

    Raises:
        TypeError: `args` is no SGRPOConfig.
        ValueError: the label column is missing, the label term needs a reference policy and there
            is none, there is no such domain, or `stop` or the grammar does not go with the other settings.
    """

    _tag_names = ("trl", "sgrpo")
    _name = "S-GRPO"

    def __init__(
        self,
        model: str | PreTrainedModel,
        reward_funcs: Any = None,
        args: SGRPOConfig | None = None,
        train_dataset: Any = None,
        eval_dataset: Any = None,
        processing_class: Any = None,
        reward_processing_classes: Any = None,
        callbacks: Any = None,
        optimizers: Any = (None, None),
        quantization_config: Any = None,
        peft_config: Any = None,
        tools: Any = None,
        rollout_func: Any = None,
        environment_factory: Any = None,
        *,
        domain: str = "fol",
        stop: Sequence[str] = (),
    ) -> None:
        args = args or SGRPOConfig(output_dir=f"{settings.short_name(model)}-SGRPO")
        settings.check_config(args)
        check_columns(args, train_dataset)
        settings.check_on_disk(args, model)
        self._adaptive = _adaptive_share(args)
        self._domain = domain
        grammar = None
        if args.grammar != "none":
            grammar = decoding_grammar(domain=domain, newline=True)
        # fmt: off
        given = (
            model, reward_funcs, args, train_dataset, eval_dataset,
            processing_class, reward_processing_classes, callbacks, optimizers,
            quantization_config, peft_config, tools, rollout_func,
            environment_factory,
        )
        # fmt: on
        super().__init__(*given, stop=stop, grammar=grammar)
        self._keeps_logits = _keeps_logits(self.model)
        self._check_reference()

    def _check_reference(self) -> None:
        """Whether the label term has what it needs, and the user what to expect of it."""
        label_loss = self.args.label_loss
        has_reference = self.ref_model is not None or is_peft_model(self.model)
        if self.args.label_needs_reference and not has_reference:
            raise ValueError(
                f"label_loss={label_loss!r} needs a reference policy: set beta above 0, train with "
                "LoRA, or use label_loss='nll'"
            )
        if label_loss == "published" and self.args.label_weight > 0.0:
            logger.warning(
                "label_loss='published' has no gradient until the policy has moved by "
                f"{1.0 - loss.EPSILON:g} nats per label token; 'nll' acts from the "
                "first step."
            )

    @property
    def label_weight(self) -> float:
        """Weight of the label term at the present step, the same on every process."""
        if self._adaptive:
            return self.args.label_weight * self._adaptive.share
        steps = self.state.max_steps
        progress = self.state.global_step / steps if steps > 0 else 0.0
        return loss.scheduled_weight(self.args.label_weight, self.args.label_schedule, progress)

    # A generation batch: rewards, advantages, labels ------------------------------------------

    def _generate_and_score_completions(
        self, inputs: list[dict[str, torch.Tensor | Any]]
    ) -> dict[str, torch.Tensor | Any]:
        output = super()._generate_and_score_completions(inputs)
        settings.check_images(self.args, output)
        group_rewards = self._group_rewards()
        output = self._shape_advantages(output, group_rewards)
        if self.args.credit == "located" and self.model.training:
            output = self._locate_credit(output, inputs)
        if self.args.label_weight > 0.0:
            if self._adaptive and self.model.training:
                reward = group_rewards.nanmean().item()
                self._adaptive.update(None if math.isnan(reward) else reward)
            device = output["prompt_ids"].device
            asked = output["prompt_ids"].tolist()
            output.update(self._label_tensors(inputs, asked, group_rewards, device))
            if self.args.label_needs_reference:
                output["label_reference_log_probs"] = self._reference_log_probs(output)
        return output

    def _calculate_rewards(
        self, inputs: Any, prompts: Any, completions: Any, completion_ids_list: Any
    ) -> torch.Tensor:
        """TRL's rewards of a generation batch, kept in `_batch_rewards`.

        (N, functions) over all processes, NaN where not judged, with a label term for all functions
        together. Process p's B rows are [p * B, (p + 1) * B), in the order of its inputs.
        """
        rewards = super()._calculate_rewards(inputs, prompts, completions, completion_ids_list)
        if self.args.label_weight > 0.0:
            rewards = advantages.judged_together(rewards, self._group_size)
        self._batch_rewards = rewards
        not_judged = self._batch_rewards.isnan().all(dim=1)
        share = not_judged.float().mean().item()
        mode = "train" if self.model.training else "eval"
        self._metrics[mode]["reward/not_judged"].append(share)
        return self._batch_rewards

    def _group_rewards(self) -> torch.Tensor:
        """Mean reward of each row's group in the generation batch, over all processes, (N,)."""
        size = self._group_size
        weights = self.reward_weights.to(self._batch_rewards.device)
        means = loss.group_rewards(self._batch_rewards, weights, size)
        return means.repeat_interleave(size)

    @property
    def _group_size(self) -> int:
        """Completions of one prompt."""
        return self.num_generations if self.model.training else self.num_generations_eval

    def _process_rows(self, count: int) -> slice:
        """Where this process' rows are among those of all processes, each of which has `count`."""
        first = self.accelerator.process_index * count
        return slice(first, first + count)

    def _shape_advantages(
        self, output: dict[str, Any], group_rewards: torch.Tensor
    ) -> dict[str, Any]:
        """TRL's tensors with advantages (B,) filtered and scaled, in training only."""
        keep = self.args.filter_keep
        power = self.args.difficulty_power
        if not self.model.training or (keep == 0 and power == 0.0):
            return output
        local = output["advantages"]
        not_judged = self._batch_rewards.isnan().all(dim=1)
        # Groups may lie across processes.
        shaped = advantages.shape(
            self.accelerator.gather(local),
            ~not_judged,
            group_rewards,
            group_size=self.num_generations,
            keep=keep,
            power=power,
        )
        self._log_advantages(shaped)
        rows = self._process_rows(local.size(0))
        return {**output, "advantages": shaped[rows]}

    def _locate_credit(
        self, output: dict[str, Any], inputs: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """TRL's tensors with advantages (B, T) of tokens; see `alignment.objective.credit`."""
        references = [row.get("reference") or "" for row in inputs]
        tokenizer: Any = getattr(self.processing_class, "tokenizer", self.processing_class)
        spread, share = credit.located_credit(output, references, tokenizer, self._domain)
        self._metrics["train"]["credit/located"].append(share)
        return {**output, "advantages": spread}

    def _log_advantages(self, shaped: torch.Tensor) -> None:
        """Log advantages (N,), in the place of those that TRL has logged for this batch."""
        metrics = self._metrics["train"]
        zero = (shaped == 0.0).float()
        metrics["advantages/zero"].append(zero.mean().item())
        metrics["advantages/magnitude"].append(shaped.abs().mean().item())
        logged = self._logs["advantages"]
        for _ in shaped:
            logged.pop()
        logged.extend(shaped.tolist())

    def _label_tensors(
        self,
        inputs: list[dict[str, Any]],
        asked: list[list[int]],
        group_rewards: torch.Tensor,
        device: torch.device,
    ) -> dict[str, torch.Tensor]:
        """`label_tensors` for this process' rows of a generation batch.

        A row's label counts 1, or 1 - the mean reward of its group.
        """
        factors = torch.ones(len(inputs))
        if self.args.label_reward_weighted:
            rewards = group_rewards[self._process_rows(len(inputs))]
            factors -= rewards.nan_to_num(nan=0.0).cpu()
        tensors = label_tensors(
            inputs,
            factors,
            asked,
            column=self.args.label_column,
            tokenizer=self._tokenizer,
        )
        return {name: tensor.to(device) for name, tensor in tensors.items()}

    # A minibatch: the label term --------------------------------------------------------------

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> torch.Tensor:
        """TRL's loss plus weight(step) times the label loss.

        TRL's own loss, bit for bit, when the weight is 0.
        """
        total = super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        training = self.model.training
        metrics = self._metrics["train" if training else "eval"]
        if self._adaptive and training:
            entropy = metrics["entropy"][-1]
            self._adaptive.observe(entropy)
        weight = self.label_weight
        if weight == 0.0 or "label_rows" not in inputs:
            return total
        label = self._label_loss(model, inputs)
        everywhere = self.accelerator.gather(label.detach())
        metrics["label/loss"].append(everywhere.mean().item())
        metrics["label/weight"].append(weight)
        # As TRL does with its own terms: transformers leaves this division to `compute_loss`.
        accumulation = self.current_gradient_accumulation_steps if training else 1.0
        return total + weight * label / accumulation

    def _label_loss(self, model: Any, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        """Mean label loss over the rows of a minibatch, a scalar; see `labels` for the weighing."""
        carriers = label_carriers(inputs)
        log_probs, mask = self._label_log_probs(model, inputs, carriers)
        epsilon = loss.EPSILON
        if self.args.label_loss == "nll":
            losses = loss.nll(log_probs, mask)
        else:
            reference = inputs["label_reference_log_probs"][carriers, : mask.size(1)]
            if self.args.label_loss == "ratio":
                losses = loss.ratio(log_probs, reference, mask, epsilon)
            else:
                losses = loss.published(log_probs, reference, mask, self.num_generations, epsilon)
        weights = inputs["label_rows"]
        return (losses * weights[carriers]).sum() / weights.numel()

    def _label_log_probs(
        self, model: Any, inputs: dict[str, torch.Tensor], carriers: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Log-probabilities of the carriers' label tokens and their mask, both (P, L).

        A plain forward pass: the one in TRL divides the logits by the sampling temperature.
        """
        prompt_mask = inputs["prompt_mask"][carriers]
        label_mask = inputs["label_mask"][carriers]
        # Prompts are padded on the left and labels on the right, to the longest of all rows: what
        # no carrier needs is cut off.
        longest_prompt = int(prompt_mask.sum(1).max())
        start = prompt_mask.size(1) - longest_prompt
        prompt_mask = prompt_mask[:, start:]
        prompt_ids = inputs["prompt_ids"][carriers, start:]
        length = int(label_mask.sum(1).max())
        label_mask = label_mask[:, :length]
        label_ids = inputs["label_ids"][carriers, :length]
        arguments = {
            "input_ids": torch.cat([prompt_ids, label_ids], dim=1),
            "attention_mask": torch.cat([prompt_mask, label_mask], dim=1),
            "use_cache": False,
        }
        if self._keeps_logits:
            arguments["logits_to_keep"] = length + 1
        with self.accelerator.autocast():
            logits = model(**arguments).logits
        # The logits at a position are those of the token after it.
        logits = logits[:, -length - 1 : -1].float()
        return selective_log_softmax(logits, label_ids), label_mask

    def _reference_log_probs(self, output: dict[str, torch.Tensor]) -> torch.Tensor:
        """Label log-probabilities under the reference policy, (B, L); 0 on rows without a label."""
        label_ids = output["label_ids"]
        result = torch.zeros(label_ids.shape, device=label_ids.device)
        batches = label_carriers(output).split(self.args.per_device_train_batch_size)
        with torch.no_grad(), self._reference_policy() as model:
            for rows in batches:
                log_probs, mask = self._label_log_probs(model, output, rows)
                length = mask.size(1)
                result[rows, :length] = log_probs * mask
        return result

    @contextlib.contextmanager
    def _reference_policy(self) -> Iterator[Any]:
        """The reference policy: a model of its own, or the policy without its adapter."""
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

    # Exact resume -----------------------------------------------------------------------------

    def _own_state(self) -> dict[str, Any]:
        own = {"adaptive": self._adaptive.state_dict()} if self._adaptive else {}
        return super()._own_state() | own

    def _load_own_state(self, state: dict[str, Any]) -> None:
        super()._load_own_state(state)
        if self._adaptive and "adaptive" in state:
            self._adaptive.load_state_dict(state["adaptive"])


def _adaptive_share(args: SGRPOConfig) -> AdaptiveShare | None:
    if args.label_schedule != "adaptive":
        return None
    return AdaptiveShare()


def _keeps_logits(model: Any) -> bool:
    """Whether a model can be asked for the logits of its last positions alone."""
    forward = (model.get_base_model() if is_peft_model(model) else model).forward
    return "logits_to_keep" in inspect.signature(forward).parameters

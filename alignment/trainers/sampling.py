"""How GRPO's and RLOO's trainers sample: under a grammar, up to stop texts, by an engine of their own."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import torch
from accelerate.utils import set_seed
from transformers import PreTrainedModel

from alignment import engine, judging
from alignment.messages import last_text
from alignment.rewards import AsyncReward, Combination
from alignment.sampling import stopping
from alignment.sampling.constraints import masks
from alignment.trainers import settings
from alignment.trainers.gradients import FiniteUpdates
from alignment.trainers.resume import BufferingTrainer


class SamplingTrainer(BufferingTrainer):
    """A base of TRL's trainers that sample; the trainer itself comes after it.

    Completions, as text, end before the first of the texts in `stop`: rewards and logs see that
    text. The loss sees all tokens that were sampled, those of the stop text too: they are what the
    policy did. `grammar` is what they are sampled under.

    Raises ValueError where `stop` or `grammar` does not go with the other settings.
    """

    completions_place = 3
    """Where the completions are, as text, in what `_generate` returns."""

    def __init__(
        self,
        model: str | PreTrainedModel,
        reward_funcs: Any,
        args: Any,
        *given: Any,
        stop: Sequence[str] = (),
        grammar: str | None = None,
        **named: Any,
    ) -> None:
        settings.check_sampling(args, use_vllm=args.use_vllm, grammar=grammar, stop=stop)
        self.stop = tuple(stop)
        if args.use_vllm:
            args.generation_kwargs = settings.engine_settings(args, grammar, stop)
        colocate = args.use_vllm and args.vllm_mode == "colocate"
        with (
            engine.colocated(settings.dtype(model, args)) if colocate else contextlib.nullcontext()
        ):
            super().__init__(model, reward_funcs, args, *given, **named)
        self.callback_handler.callbacks.insert(0, FiniteUpdates())  # before those that read the log
        if grammar is not None and args.use_vllm:
            masks.check(self._tokenizer)
        elif grammar is not None:
            masks.constrain(self.model, self._tokenizer, grammar)
        if stop and not args.use_vllm:
            stopping.stop_at(self.model, self._tokenizer, stop)
        if colocate:
            # The engine seeded this process with its own seed, the same for every run.
            set_seed(args.seed, device_specific=True)

    def close(self) -> None:
        """Stop the colocated vLLM engine, after which nothing can be generated, and the judge's workers."""
        judging.close()
        generation = self.__dict__.pop("vllm_generation", None)
        if generation is not None and generation.mode == "colocate":
            engine.shutdown(generation.llm)

    def _generate_and_score_completions(
        self, inputs: list[dict[str, torch.Tensor | Any]]
    ) -> dict[str, torch.Tensor | Any]:
        if isinstance(inputs[0].get("reference"), str):  # for who looks at the samples
            self._log_completion_extra("reference", [row["reference"] for row in inputs])
        self._rows = inputs
        for reward in self._combinations():
            reward.lagrange.moves = self.model.training
        try:
            output: dict[str, Any] = super()._generate_and_score_completions(inputs)
        except BaseException:
            # Ctrl-C too: nobody asks for what was begun, and the end would wait for it.
            judging.close()
            raise
        return output

    def _generate_single_turn(self, *words: Any, **named: Any) -> Any:
        """TRL's, without the padding behind a stop text, which is no part of the completion."""
        output = super()._generate_single_turn(*words, **named)
        if not self.stop or self.use_vllm:
            return output
        if isinstance(output, tuple):
            completion_ids, *rest = output
            return self._without_padding(completion_ids), *rest
        return self._without_padding(output)

    def _without_padding(self, completions: list[list[int]]) -> list[list[int]]:
        return [
            stopping.without_padding(ids, self._tokenizer, self.stop, self.eos_token_ids)
            for ids in completions
        ]

    def _generate(self, prompts: list[Any]) -> tuple[Any, ...]:
        """TRL's, its completions as text cut before the first stop text.

        Rewards that can are begun here, so that judging goes on beside the forward passes.
        """
        output = list(super()._generate(prompts))
        place = self.completions_place
        if self.stop:
            before = output[place]
            output[place] = [_cut(completion, self.stop) for completion in before]
            stopped = [
                last_text(old) != last_text(new)
                for old, new in zip(before, output[place], strict=True)
            ]
            flags = torch.tensor(stopped, device=self.accelerator.device).float()
            share = self.accelerator.gather(flags).mean().item()
            metrics = self._metrics["train" if self.model.training else "eval"]
            metrics["completions/stopped_ratio"].append(share)
            # To TRL what does not end with the end of text was cut off at the limit.
            metrics["completions/clipped_ratio"][-1] -= share
        self._begin_rewards(output[place])
        return tuple(output)

    # Exact resume -----------------------------------------------------------------------------

    def _combinations(self) -> list[Combination]:
        rewards = [
            reward.reward if isinstance(reward, AsyncReward) else reward
            for reward in self.reward_funcs
        ]
        return [reward for reward in rewards if isinstance(reward, Combination)]

    def _own_state(self) -> dict[str, Any]:
        """The Lagrange weights of each reward's constraints."""
        return {"costs": [reward.costs for reward in self._combinations()]}

    def _load_own_state(self, state: dict[str, Any]) -> None:
        for reward, costs in zip(self._combinations(), state.get("costs", ()), strict=False):
            reward.costs = costs

    def _begin_rewards(self, completions: list[Any]) -> None:
        names = self._rows[0].keys() - {"prompt", "completion"}
        columns = {name: [row.get(name) for row in self._rows] for name in names}
        for reward in self.reward_funcs:
            begin = getattr(reward, "begin", None)
            if begin is not None:
                begin(completions, **columns)


def _cut(completion: Any, stop: Sequence[str]) -> Any:
    """A completion, text or messages, cut before the first stop text in what the model said last."""
    if isinstance(completion, str):
        return stopping.cut_before(completion, stop)
    *turns, last = completion
    if not isinstance(last.get("content"), str):
        return completion
    return [*turns, last | {"content": stopping.cut_before(last["content"], stop)}]

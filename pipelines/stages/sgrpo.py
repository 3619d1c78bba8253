"""S-GRPO: sample completions, judge them, update; the label term keeps the reference likely."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from trl.chat_template_utils import add_response_schema, supports_tool_calling

import data
import logic
from alignment import SGRPOConfig, SGRPOTrainer, rewards
from alignment.checking import FormulaCheck, ReferenceCheck
from alignment.sampling.constraints.round_trip import TokenizerError
from data.catalogue import TASKS_OF_FORMULAS
from pipelines.config.light.sgrpo import SGRPOArguments
from pipelines.config.stage_config import TrainingConfig
from pipelines.errors import UsageError
from pipelines.rundir.directory import RunDir
from pipelines.stage import Metrics
from pipelines.training import sampled
from pipelines.training.rewards import Reward, check_rates
from pipelines.training.stage import TrainingStage
from pipelines.training.trainer import train

if TYPE_CHECKING:
    from datasets import Dataset

Config: TypeAlias = TrainingConfig[SGRPOArguments, SGRPOConfig]
CHECKS = {"solver": FormulaCheck, "reference": ReferenceCheck}
"""The environments of the key `feedback`."""


class SGRPO(TrainingStage[SGRPOArguments, SGRPOConfig, Reward]):
    """Training on the prompts and references of one split."""

    name = "sgrpo"
    options = SGRPOArguments
    trainer = SGRPOConfig

    def check(self, config: Config) -> Reward:
        """The reward that the config describes."""
        options, trainer = config.arguments.options, config.arguments.trainer
        if options.order != "given" and trainer.shuffle_dataset:
            raise UsageError(f"order: {options.order} needs shuffle_dataset: false")
        if options.feedback != "none":
            _check_feedback(options, trainer)
        if trainer.label_needs_reference and trainer.beta == 0.0 and not options.lora_r:
            raise UsageError(
                f"label_loss: {trainer.label_loss} needs a reference policy: set beta above 0, train "
                "with LoRA (lora_r), or take label_loss: nll"
            )
        check_rates(options, trainer)
        return sampled.checked_reward(config)

    def train(self, config: Config, judge: Reward, model: str, run: RunDir) -> Metrics:
        options = config.arguments.options
        rows = sampled.prompt_rows(config, model)
        rows = rows.select(_order(rows, config, model, run))
        rows = sampled.with_start_rewards(config, rows, judge, model, run)
        given = sampled.trainer_arguments(config, rows, model, run)
        if given["args"].grammar != "none":  # the domain is what it admits
            given["domain"] = options.domain
        if options.feedback != "none":
            _check_tools(given["processing_class"])
            check = CHECKS[options.feedback]
            given["environment_factory"] = functools.partial(check, options.domain)
        try:
            trainer = SGRPOTrainer(model, judge, **given)
        except TokenizerError as error:
            raise UsageError(f"grammar: {error}") from None
        with sampled.watched(trainer, run, _verdict(options)):
            return train(trainer, run)


def _check_feedback(options: SGRPOArguments, trainer: SGRPOConfig) -> None:
    """Raise `UsageError` for what leaves a tool nothing to check, or the policy no way to call it."""
    asked = f"feedback: {options.feedback}"
    if not _is_of_formulas(options):
        raise UsageError(f"{asked} needs a task whose answers are formulas")
    if trainer.max_tool_calling_iterations is None:
        raise UsageError(f"{asked} needs max_tool_calling_iterations, the most calls of one answer")
    if trainer.grammar != "none":
        raise UsageError(f"{asked} needs grammar: none, as no formula is a call of a tool")
    if options.stop:
        raise UsageError(f"{asked} needs stop to be left out: a call may hold one of the texts")


def _is_of_formulas(options: SGRPOArguments) -> bool:
    return (options.task or data.tasks(options.dataset)[0]) in TASKS_OF_FORMULAS


def _check_tools(tokenizer: Any) -> None:
    """Raise `UsageError` for a model that TRL cannot let call a tool."""
    if not supports_tool_calling(tokenizer):
        raise UsageError("feedback: the model's chat template knows no tools")
    if getattr(tokenizer, "response_template", None) is None:
        try:
            add_response_schema(tokenizer)
        except ValueError as error:
            raise UsageError(f"feedback: how the model calls tools is not known: {error}") from None


def _verdict(options: SGRPOArguments) -> Callable[[str, str], str] | None:
    """What the judge says of an answer and its reference; None where they are no formulas."""
    if not _is_of_formulas(options):
        return None

    def verdict(completion: str, reference: str) -> str:
        found = logic.compare(candidate=completion, reference=reference, domain=options.domain)
        return found.verdict

    return verdict


def _order(rows: Dataset, config: Config, model: str, run: RunDir) -> list[int]:
    """The rows' places in the order to train on them; equals stay as they were."""
    order = config.arguments.options.order
    places = list(range(len(rows)))
    if order == "short_first":
        lengths = [len(reference) for reference in rows["reference"]]
        return sorted(places, key=lengths.__getitem__)
    if order == "hard_first":
        ease = _bleu_of_greedy(rows, config, model, run)
        return sorted(places, key=ease.__getitem__)
    return places


def _bleu_of_greedy(rows: Dataset, config: Config, model: str, run: RunDir) -> list[float]:
    """BLEU of the start model's greedy answer to each row; above all others where there is none.

    By it, BLEUBERI orders its curriculum (Chang et al., arXiv 2505.11080). Of a row that was not
    judged nothing is known, so it is not taken for a hard one.
    """
    samples = sampled.start_samples(
        config,
        rows,
        rewards.get("bleu", domain=config.arguments.options.domain),
        model,
        run.path / "difficulty.jsonl",
        samples=1,
        temperature=0.0,
    )
    return [ease_of(row["scores"]) for row in samples]


def ease_of(scores: list[float | None]) -> float:
    """The first score, or more than any score can be where there is none."""
    score = scores[0] if scores else None
    return math.inf if score is None else score


STAGE = SGRPO()

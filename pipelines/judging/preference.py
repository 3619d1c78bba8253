"""What compares answers with preferred ones, as an evaluation's options say."""

from __future__ import annotations

from alignment.preference import PreferenceJudge
from pipelines.config.arguments import AnswersArguments
from pipelines.errors import UsageError
from pipelines.judging.translators import locate


def open_judge(options: AnswersArguments) -> PreferenceJudge:
    """The judge, with its translator loaded; `UsageError` where a model is not there."""
    # Late: it loads torch, which --help and a mistake in the options do without.
    from alignment.rewards.preference import PreferenceReward

    try:
        reward = PreferenceReward(
            locate(options.output_dir, options.translator),
            threshold=options.threshold,
            embedding=options.embedding,
            prompt=options.translator_prompt,
            chat=options.translator_chat,
            max_tokens=options.formula_tokens,
            batch_size=options.batch_size,
        )
        return reward.judge
    except (ValueError, ImportError) as error:
        raise UsageError(str(error)) from None

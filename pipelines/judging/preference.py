"""What compares answers with preferred ones, as an evaluation's options say."""

from __future__ import annotations

from pathlib import Path

import data
from alignment.preference import ExactReader, PreferenceJudge
from pipelines.config.arguments import AnswersArguments
from pipelines.config.light.mappings import mapping_of
from pipelines.errors import UsageError
from pipelines.judging.translators import locate
from pipelines.rundir.files import read_json


def open_judge(options: AnswersArguments) -> PreferenceJudge:
    """What judges: the exact reader of the data set's English where it has one, or the translator.

    `UsageError` where a model is not there.
    """
    read = data.exact_reader(options.dataset)
    if read is not None:
        return PreferenceJudge(ExactReader(read), exact=True)
    return open_translator(options)


def open_translator(options: AnswersArguments) -> PreferenceJudge:
    """The judge that reads by the translator, which it loads."""
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


def paid_by(model: str, translator: str) -> bool:
    """Whether a translator paid the reward that a model of a run was trained by."""
    section = Path(model).parent
    manifest = read_json(section / "manifest.json") or {}
    config = manifest.get("config")
    settings = config.get("reward_settings") if isinstance(config, dict) else None
    by_reward = mapping_of("reward_settings", settings, "{}") or {}
    named = [values.get("translator") for values in by_reward.values() if isinstance(values, dict)]
    paid = [Path(locate(section.parent, name)).resolve() for name in named if name]
    return Path(translator).resolve() in paid

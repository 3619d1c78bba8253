"""RLOO: TRL's trainer, with checkpoints that resume exactly and completions that end at stop texts.

The rival of GRPO whose advantage is the reward less the mean of the group's others (Ahmadian et
al., arXiv 2402.14740).
"""

from __future__ import annotations

from trl import RLOOTrainer

from alignment.trainers.sampling import SamplingTrainer


class ResumableRLOOTrainer(SamplingTrainer, RLOOTrainer):
    """TRL's RLOOTrainer; `stop` are texts that end a completion, other arguments are its own."""

    state_name = "rloo_state"
    completions_place = 2

"""What happens to rewards before TRL makes advantages of them, and to the advantages after.

Shapes: N completions of all processes, groups of G one after another; K reward functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from alignment.trainers.sgrpo import SGRPOConfig, SGRPOTrainer


def judged_together(rewards: torch.Tensor) -> torch.Tensor:
    """Rewards with NaN (not judged) in all K places of a completion that has NaN or infinity in one, (N, K).

    TRL leaves a completion out of its group's mean and spread, and gives it advantage 0, only where
    every reward is NaN; one NaN of several would count as a reward of 0, and an infinity becomes a
    huge advantage.
    """
    return rewards.masked_fill(~rewards.isfinite().all(dim=1, keepdim=True), torch.nan)


def keep_extremes(
    advantages: torch.Tensor, judged: torch.Tensor, group_size: int, keep: int
) -> torch.Tensor:
    """Advantages of the `keep` best and the `keep` worst of each group, about their own mean; 0 for the others. (N,)

    A middling reward is the least reliable one, so it takes no part: the best and worst samples of
    PF-PPO (Zhang et al., arXiv 2409.06957), here within a group. A group with no more than 2 * keep
    judged completions keeps them all.

    Args:
        advantages: (N,), 0 where not judged.
        judged: (N,) whether the completion has a reward.
        group_size: G; N is a multiple of it.
        keep: at least 1; equal advantages are told apart by their place.
    """
    groups, known = advantages.view(-1, group_size), judged.view(-1, group_size)
    ranks = groups.masked_fill(~known, torch.inf).argsort(dim=1, stable=True).argsort(dim=1)
    count = known.sum(dim=1, keepdim=True)
    kept = known & ((ranks < keep) | (ranks >= count - keep))
    mean = (groups * kept).sum(dim=1, keepdim=True) / kept.sum(dim=1, keepdim=True).clamp(min=1)
    return ((groups - mean) * kept).view(-1)


def scale_by_difficulty(
    advantages: torch.Tensor, group_rewards: torch.Tensor, power: float
) -> torch.Tensor:
    """Advantages times (1 - mean reward of the group) ** power: easy prompts move the policy less. (N,)

    A factor on the rewards would cancel where TRL divides by the group's spread. Others weigh by
    difficulty with a curve of their own, as GRPO-LEAD does (Zhang and Zuo, arXiv 2504.09696).

    Args:
        advantages: (N,), 0 where not judged.
        group_rewards: (N,) mean reward in [0, 1] of each completion's group, NaN where nothing of
            it was judged.
        power: at least 0; 0 changes nothing, 1 is proportional.
    """
    return advantages * (1.0 - group_rewards.nan_to_num(nan=0.0)) ** power


def check(args: SGRPOConfig) -> None:
    """Raise ValueError where a setting of this module is out of range."""
    if args.filter_keep < 0 or 2 * args.filter_keep > (args.num_generations or 0):
        raise ValueError(
            f"filter_keep must be from 0 to half of num_generations ({args.num_generations}), got {args.filter_keep}"
        )
    if not 0.0 <= args.difficulty_power < float("inf"):
        raise ValueError(
            f"difficulty_power must be a finite number of at least 0, got {args.difficulty_power}"
        )


def shape(
    trainer: SGRPOTrainer, group_rewards: torch.Tensor, output: dict[str, Any]
) -> dict[str, Any]:
    """Filter and scale the advantages of a trainer's generation batch as its arguments say, in training only.

    Args:
        group_rewards: (N,) mean reward of each completion's group.
        output: TRL's tensors of this process' rows, among them advantages (B,).
    """
    args = trainer.args
    if not trainer.model.training or (args.filter_keep == 0 and args.difficulty_power == 0.0):
        return output
    local = output["advantages"]
    advantages = trainer.accelerator.gather(local)
    metrics = trainer._metrics["train"]
    if args.filter_keep:
        judged = ~trainer._batch_rewards.isnan().any(dim=1)
        advantages = keep_extremes(advantages, judged, trainer.num_generations, args.filter_keep)
    if args.difficulty_power:
        advantages = scale_by_difficulty(advantages, group_rewards, args.difficulty_power)
    metrics["advantages/zero"].append((advantages == 0.0).float().mean().item())
    metrics["advantages/magnitude"].append(advantages.abs().mean().item())
    logged = trainer._logs["advantages"]
    for _ in advantages:
        logged.pop()
    logged.extend(advantages.tolist())
    first = trainer.accelerator.process_index * local.size(0)
    return {**output, "advantages": advantages[first : first + local.size(0)]}

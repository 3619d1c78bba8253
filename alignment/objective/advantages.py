"""What happens to rewards before TRL makes advantages of them, and to the advantages after.

Shapes: N completions of all processes, groups of G one after another; K reward functions.
"""

from __future__ import annotations

import torch


def judged_together(rewards: torch.Tensor, group_size: int) -> torch.Tensor:
    """Rewards (N, K), all K of a completion NaN (not judged) where one is NaN or infinite.

    TRL leaves a completion out of its group's mean and spread, and gives it advantage 0, only where
    every reward is NaN; one NaN of several would count as a reward of 0, and an infinity becomes a
    huge advantage. A function that judges none of a group is another matter: it does not apply to
    the prompt, and adds the same nothing to all.
    """
    finite = rewards.isfinite()
    groups = finite.view(-1, group_size, rewards.size(1))
    applies = groups.any(dim=1, keepdim=True).expand_as(groups).reshape(finite.shape)
    judged = (finite | ~applies).all(dim=1, keepdim=True)
    return rewards.masked_fill(~(finite & judged), torch.nan)


def shape(
    advantages: torch.Tensor,
    judged: torch.Tensor,
    group_rewards: torch.Tensor,
    *,
    group_size: int,
    keep: int,
    power: float,
) -> torch.Tensor:
    """Advantages filtered by `keep_extremes` and scaled by `scale_by_difficulty`; 0 turns one off.

    Args:
        advantages: (N,), 0 where not judged.
        judged: (N,) whether the completion has a reward.
        group_rewards: (N,) mean reward of each completion's group.
        group_size, keep, power: as there.
    """
    if keep:
        advantages = keep_extremes(advantages, judged, group_size, keep)
    if power:
        advantages = scale_by_difficulty(advantages, group_rewards, power)
    return advantages


def keep_extremes(
    advantages: torch.Tensor, judged: torch.Tensor, group_size: int, keep: int
) -> torch.Tensor:
    """Advantages (N,) of the best and the worst of each group, about their own mean; else 0.

    A middling reward is the least reliable one, so it takes no part: the best and worst samples of
    PF-PPO (Zhang et al., arXiv 2409.06957), here within a group. A group with no more than 2 * keep
    judged completions keeps them all.

    Args:
        advantages: (N,), 0 where not judged.
        judged: (N,) whether the completion has a reward.
        group_size: G; N is a multiple of it.
        keep: so many of the best and so many of the worst, at least 1; equal advantages are told
            apart by their place.
    """
    groups = advantages.view(-1, group_size)
    judged = judged.view(-1, group_size)
    # Sorting the order of the values gives each value its rank; what is not judged comes last.
    sortable = groups.masked_fill(~judged, torch.inf)
    order = sortable.argsort(dim=1, stable=True)
    ranks = order.argsort(dim=1)
    count = judged.sum(dim=1, keepdim=True)
    extreme = (ranks < keep) | (ranks >= count - keep)
    kept = judged & extreme
    total = (groups * kept).sum(dim=1, keepdim=True)
    number = kept.sum(dim=1, keepdim=True)
    mean = total / number.clamp(min=1)
    centred = (groups - mean) * kept
    return centred.view(-1)


def scale_by_difficulty(
    advantages: torch.Tensor, group_rewards: torch.Tensor, power: float
) -> torch.Tensor:
    """Advantages (N,) times (1 - mean reward of the group) ** power.

    Easy prompts so move the policy less. A factor on the rewards would cancel where TRL divides by
    the group's spread. Others weigh by difficulty with a curve of their own, as GRPO-LEAD does
    (Zhang and Zuo, arXiv 2504.09696).

    Args:
        advantages: (N,), 0 where not judged.
        group_rewards: (N,) mean reward in [0, 1] of each completion's group, NaN where nothing of
            it was judged.
        power: at least 0; 0 changes nothing, 1 is proportional.
    """
    difficulty = 1.0 - group_rewards.nan_to_num(nan=0.0)
    return advantages * difficulty**power

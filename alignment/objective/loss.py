"""The label term of S-GRPO: pure functions of token log-probabilities of the reference answer.

Shapes: P prompts, L label tokens (the reference answer and its end-of-text token, right-padded).
Each function returns one loss per prompt, (P,), the mean over that prompt's label tokens; lower is
better. A row without label tokens has loss 0. The GRPO and KL terms are TRL's and are not here.
"""

from __future__ import annotations

import math

import torch

LABEL_LOSSES = ("nll", "ratio", "published")
LABEL_SCHEDULES = ("constant", "linear", "cosine", "adaptive")
EPSILON = 0.2
"""Width of the clip of `ratio` and `published`, as published and as PPO's."""


def nll(log_probs: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Token cross-entropy of the reference answer: -mean_t log pi(y*_t).

    Its gradient acts from step 0.

    Args:
        log_probs: (P, L) log pi(y*_t | prompt, y*_<t), nats.
        mask: (P, L) 1 on label tokens, 0 on padding.
    """
    return _mean(-log_probs, mask)


def ratio(
    log_probs: torch.Tensor, reference_log_probs: torch.Tensor, mask: torch.Tensor, epsilon: float
) -> torch.Tensor:
    """Clipped likelihood ratio: -mean_t min(r_t, 1 + eps), r_t = pi(y*_t) / pi_ref(y*_t).

    PPO's clip on one side: a token is pulled up until its ratio reaches 1 + eps, and then left
    alone. At step 0 r_t = 1, so the gradient equals that of `nll`.

    Args:
        log_probs: (P, L) under the policy.
        reference_log_probs: (P, L) under the frozen reference policy.
        mask: (P, L) 1 on label tokens.
        epsilon: width of the clip, > 0.
    """
    ratios = torch.exp(log_probs - reference_log_probs)
    return _mean(-ratios.clamp(max=1.0 + epsilon), mask)


def published(
    log_probs: torch.Tensor,
    reference_log_probs: torch.Tensor,
    mask: torch.Tensor,
    group_size: int,
    epsilon: float,
) -> torch.Tensor:
    """The term as published: -(1/G) mean_t clip(log pi(y*_t) - log pi_ref(y*_t), 1 -+ eps).

    For comparison only. The clip is applied to the log-ratio, which is 0 at step 0 and so lies
    outside [1 - eps, 1 + eps]: the gradient is exactly zero until the policy has moved by 1 - eps
    nats a token.
    Source: Jian and Zhu, arXiv 2512.14100, reference code.

    Args:
        log_probs: (P, L) under the policy.
        reference_log_probs: (P, L) under the frozen reference policy.
        mask: (P, L) 1 on label tokens.
        group_size: G, completions sampled per prompt.
        epsilon: half width of the clip, > 0.
    """
    log_ratios = log_probs - reference_log_probs
    clipped = log_ratios.clamp(1.0 - epsilon, 1.0 + epsilon)
    return _mean(-clipped, mask) / group_size


def scheduled_weight(weight: float, schedule: str, progress: float) -> float:
    """Label weight after a share `progress` in [0, 1] of training.

    It is constant, or falls to zero linearly or by cosine.

    Raises:
        ValueError: the schedule is none of these; "adaptive" is `alignment.objective.adaptive`'s.
    """
    progress = min(max(progress, 0.0), 1.0)
    if schedule == "constant":
        return weight
    if schedule == "linear":
        return weight * (1.0 - progress)
    if schedule == "cosine":
        return weight * 0.5 * (1.0 + math.cos(math.pi * progress))
    raise ValueError(
        f"{schedule!r} does not depend on progress alone; allowed: constant, linear, cosine"
    )


def group_rewards(rewards: torch.Tensor, weights: torch.Tensor, group_size: int) -> torch.Tensor:
    """Mean reward of each group, clipped to [0, 1], (N / group_size,); NaN where none was judged.

    A completion's reward is the weighted mean of its judged rewards: 1 where each of them is 1,
    whatever the weights.

    Args:
        rewards: (N, K) of N completions by K reward functions, groups one after another; NaN is not
            judged.
        weights: (K,) of the reward functions.
        group_size: completions of a group; N is a multiple of it.
    """
    judged = ~rewards.isnan()
    total_weight = (judged * weights.abs()).sum(-1)
    weighted_sum = (rewards.nan_to_num(nan=0.0) * weights).sum(-1)
    mean = weighted_sum / total_weight  # 0 / 0 is NaN: not judged
    groups = mean.view(-1, group_size)
    return groups.nanmean(-1).clamp(0.0, 1.0)


def _mean(values: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean over the tokens of each row; 0 for a row without any."""
    mask = mask.to(values.dtype)
    count = mask.sum(-1).clamp(min=1.0)
    return (values * mask).sum(-1) / count

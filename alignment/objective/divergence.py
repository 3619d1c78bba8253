"""How far a policy has moved from another model."""

from __future__ import annotations

import torch


def kl_divergence(policy: torch.Tensor, anchor: torch.Tensor) -> torch.Tensor:
    """KL(policy || anchor) in nats at each position, (B, T), from logits (B, T, V).

    Exact: over all tokens, not over the sampled ones.
    """
    log_policy = policy.float().log_softmax(-1)
    log_anchor = anchor.float().log_softmax(-1)
    return (log_policy.exp() * (log_policy - log_anchor)).sum(-1)

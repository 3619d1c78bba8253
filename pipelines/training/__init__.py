"""What the training stages share: the start model, rewards, judged samples, training with checkpoints."""

"""What the training stages share: start model, rewards, judged samples, checkpoints."""

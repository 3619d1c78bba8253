"""The trainers: S-GRPO with checkpoints that resume exactly, SFT anchored to a frozen model."""

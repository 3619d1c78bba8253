"""Models asked held-out prompts, and what judges their answers beside the logic."""

"""What is known of stages without loading a training package: their keys, and what they start from."""

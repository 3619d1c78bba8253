"""What tells a chosen answer from a rejected one, though it should not."""

"""A comparison in words and pictures."""

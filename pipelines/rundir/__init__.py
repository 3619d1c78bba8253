"""The directory that a stage leaves, and its files, written whole or not at all."""

"""The commands of `folalign` that are no stage, and what a stage's command does."""

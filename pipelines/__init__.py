"""Stages that turn a config into a trained and evaluated model, and the `folalign` command."""

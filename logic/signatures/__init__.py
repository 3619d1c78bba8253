"""Signatures of stories: read, checked against formulas, joined over formulas, written for prompts."""

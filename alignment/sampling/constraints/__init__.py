"""Sampling under a grammar: a prompt's grammar as text, stories in two parts, masks for transformers."""

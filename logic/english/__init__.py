"""Formulas in a controlled English of which each sentence can be read in one way."""

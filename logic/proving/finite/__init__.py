"""Finite structures: which a formula is true in, and whether it is true in one that is given."""

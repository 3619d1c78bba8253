"""Seeded changes to formulas: edits that make them wrong, rewritings that keep their meaning."""

from data.perturb.edits import EDITS, REWRITINGS, edit, rewrite

__all__ = ["EDITS", "REWRITINGS", "edit", "rewrite"]

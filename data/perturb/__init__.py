"""Seeded changes to formulas: edits that make them wrong, rewritings that keep their meaning."""

from data.perturb.edits import EDITS, edit
from data.perturb.rewritings import REWRITINGS, rewrite

__all__ = ["EDITS", "REWRITINGS", "edit", "rewrite"]

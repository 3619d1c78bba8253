"""The signs of canonical notation, by kind: one home for whatever looks for a formula in a text.

Each string lists signs of one character: a set of them, and a class in a regular expression.
"""

from __future__ import annotations

NEGATION = "¬"
CONNECTIVES = "∧∨⊕→↔"
"""Those that join two or more formulas, tightest first."""
QUANTIFIERS = "∀∃∄"
"""∄ is read, and kept as a negated ∃."""
TRUTH_VALUES = "⊤⊥"
EQUALITIES = "=≠"
COMPARISONS = "≤≥<>"
"""Predicates of two arguments that are written between them."""

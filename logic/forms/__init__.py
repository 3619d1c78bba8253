"""Formulas in a form that a reader asks for: normal forms, and the tree that a formula is."""

"""Notations in which `==` joins formulas as well as terms: which of them an equation has."""

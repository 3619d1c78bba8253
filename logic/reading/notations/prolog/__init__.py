"""Prolog: what of a clause is logic, and what is control or built in, which is refused by its name."""

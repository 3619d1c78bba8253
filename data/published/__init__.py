"""Published data sets: one module each, with a row of it in the docstring."""

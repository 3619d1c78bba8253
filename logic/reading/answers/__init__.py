"""The formula in a model's answer: what of a text is the formula, and what is prose around it."""

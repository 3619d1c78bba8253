"""Text to formula: notations, grammars, and the formula in a model's answer."""

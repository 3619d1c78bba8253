"""Formula to text, in every notation."""

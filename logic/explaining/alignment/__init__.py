"""Where two formulas differ: an alignment of least cost, and the edits that it takes."""

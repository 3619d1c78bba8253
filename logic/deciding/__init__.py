"""Whether formulas are equivalent or follow: one ladder of steps, cheap to dear."""

"""What formulas of a domain mean: sorts, structures with several of them, and Z3 over them."""

"""What the input languages of provers have beside formulas."""

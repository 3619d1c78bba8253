"""How well a candidate says what a reference says, one pair at a time or many at once."""

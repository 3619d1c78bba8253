"""Commands that ask about formulas: no config, no training packages."""

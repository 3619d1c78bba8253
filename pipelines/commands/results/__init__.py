"""Commands that show what a run has come to in the terminal."""

"""Data sets made by the project: seeded and without end, the same rows on every machine."""

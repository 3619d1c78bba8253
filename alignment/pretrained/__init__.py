"""Models that others have trained: where they come from, and files that become models here."""

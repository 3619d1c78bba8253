"""Stories: what an answer to one says, what follows from it, and whether it speaks of its sentences."""

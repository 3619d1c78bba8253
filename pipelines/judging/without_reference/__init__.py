"""What tells of an answer where no reference is known, and how far it can be trusted."""

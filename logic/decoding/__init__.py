"""A language to the grammar that a sampler is held to."""

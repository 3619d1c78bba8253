"""A user's own rows: columns of any name, conversations, and prompts with their completions."""

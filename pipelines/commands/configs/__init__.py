"""Commands about configs: list those that ship, and write one to start from."""

"""Pairs of any number: read in shards, judged by an engine, kept as parts, put together at the end."""

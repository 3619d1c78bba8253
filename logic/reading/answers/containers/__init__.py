"""Formats that hold an answer: chats with thoughts, JSON, tables, LaTeX's alignments, provers' files."""

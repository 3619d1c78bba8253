"""Which notation a text is in, and a reader for each: text to raw nodes."""

"""What reading SMT-LIB takes: brackets and tokens, and what the standard says of sorts."""

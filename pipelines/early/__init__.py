"""What is wrong with a command, told before the seconds that the training packages take to load."""

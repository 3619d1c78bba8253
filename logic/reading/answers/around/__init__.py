"""What stands around a formula in an answer: neutral only where it is known to be."""

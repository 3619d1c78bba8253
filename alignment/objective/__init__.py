"""Pure functions on tensors and numbers: label losses, advantages, the label term's weight."""

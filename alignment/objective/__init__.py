"""Pure functions on tensors and numbers: the label losses, the advantages, the weight of the label term."""

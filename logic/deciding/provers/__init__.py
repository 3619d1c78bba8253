"""Questions put to provers: taken apart into cases, and each case written as the prover reads it."""

"""How well rewards tell better answers from worse ones, without training anything."""

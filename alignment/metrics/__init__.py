"""How good a translation between languages is: BLEU, and COMET where it is installed.

Those of formulas are in `logic.baselines`.
"""

"""Whole files of TPTP, Prover9, SMT-LIB and Prolog: their statements, and what each is for."""

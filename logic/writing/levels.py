"""The one table of precedence: how tightly each kind of formula binds.

The grammar in logic/reading/grammars/fol.lark has one rule for each level, in the same order.
"""

from __future__ import annotations

IFF, IMPLIES, XOR, OR, AND, RELATION, UNARY = range(7)
"""The levels, loosest first; what binds less tightly than its place needs is bracketed."""

LEVEL_NAMES = ("iff", "implies", "xor", "or", "and", "relation", "unary")
"""What each level is called in a domain's templates and in decoding grammars."""

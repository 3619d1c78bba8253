"""How a part of an output is seen to hold a formula, before it is read."""

from __future__ import annotations

import enum
import re

JOINING = "∧∨→↔⊕⇒⇔⊃⊻≡⋀⋁⨁⟹⟶⟵⟸←⇐⟷⟺⊼⊽"
"""The signs of one character that the grammar reads between formulas."""

SIGN = re.compile(
    rf"""
      [∀∃∄¬⊤⊥=≠≤≥<>&|~{JOINING}] | -> | /\\ | \\[a-zA-Z]
    | \b(?:for\s?all|exists|all|some)\s+\w
    | [\w'\"}}][(（] | \(\s*\w+\s*\) | ^- | \bnot\s*\(
    | ^\s*\(\s*(?:(?:forall|exists|and|or|xor|not)\s*\(|distinct\s\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What only a formula has: a symbol, a quantifier word or a name right before a bracket."""

EMBEDDED = re.compile(
    rf"""
    (?<![(\[¬~-]) [(\[¬~-]*+
    (?: [∀∃∄] | \\(?:forall|exists|neg) | \b(?:for\s?all|there\sexists?|exists)\s\w | (?<=[¬~])\s*+\w
      | \b\w++\([^()\n]*+\)\s*+(?:[&|={JOINING}]|->|<->) )
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Where a formula may begin inside a sentence."""

_NO_LOGIC = r"(?! (?:and|or|not|all|some|exists?|there|for|forall|implies|iff|xor)\b )"
ADJACENT_WORDS = re.compile(
    rf"(?<! [^\W\d_] ) {_NO_LOGIC} [^\W\d_]{{2,}}+ \s++ {_NO_LOGIC} [^\W\d_]{{2}}",
    re.VERBOSE,
)
"""Two words side by side, as in prose; `for all` and `tom and` stand so in formulas too."""
THREE_WORDS = re.compile(
    rf"\b {_NO_LOGIC} \w++ \s++ {_NO_LOGIC} \w++ \s++ {_NO_LOGIC} \w", re.VERBOSE
)
"""The same, for what may be in prefix notation: `(likes tom anna)` has them as well."""


class Trust(enum.Enum):
    """How far a piece may be taken for the formula.

    Behind a marker even a bare word is one. A part of a sentence must be closed: what would be free
    in it may be bound in the rest.
    """

    MARKED = enum.auto()
    WHOLE = enum.auto()
    PART = enum.auto()


def is_complete(line: str) -> bool:
    """Whether a line could be a formula on its own rather than the end of one."""
    return line.count("(") == line.count(")") and SIGN.search(line) is not None

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

_ATOM = r"\w+\([^()]*\)"
LEGEND = re.compile(
    rf"""
    [ \t>*•-]* [`$]? {_ATOM} (?: [`$]?(?:,|\sand)\s*[`$]? {_ATOM} )* [`$*]* \s*
    (?: :(?![:=-]) | (?:means?|denotes?|stands|represents?|says|is|refers|indicates|states)\b
      | (?<= [(, ][u-z]\)) \s* [–—=-] \s | (?<= [(, ][u-z]\)[`$] ) \s* [–—=-] \s )
    [^()∀∃∧∨→↔&|]* $
    """,
    re.VERBOSE | re.MULTILINE,
)
"""A line that says what a name stands for: `Cat(x): x is a cat`, `Cat(x) - x is a cat`."""

_GLOSS = re.compile(r"\s(?::::?|//|[#%—])\s.*\Z")
# A formula in prefix notation, in brackets: `(likes tom anna)`, `(=> (cat tom) (black tom))`.
_PREFIX = re.compile(r"\s*\(\s*(?!declare|set-|check|assert)[\w=<>-]+\s[^.,;:!?]*\)\s*\Z")
# What a later part could match as well is possessive: an underscore is a mark and a letter of a name, and
# tried as both at each place it would take quadratic time.
_BEGINS = re.compile(
    r"""
    \s*+ (?: (?: [*+•>-] | \#++ | \(?(?:\d{1,3}|[A-Za-z])[.):] ) \s++ )*+
    (?: [^:(){}∀∃¬\\$`=<]{1,60}:[*_]*+\s*+ | (?:[φϕψ𝜙𝜑F]|\\phi) \s*+ :?= \s*+ )?
    (?: \* | [`$"“_] | \\[(\[] | <\w++> )*+ \s*+
    (?: [¬~∼!-]\s*+ | not\s++ | \\(?:neg|lnot)\s*+ | [(\[]\s*+ )*
    (?: [∀∃∄] | \\(?:forall|n?exists|mathrm|text) | [!?]\s*+\[
      | \b(?:for\s?all|there\sexists?|exists?|all|some)\s\w{1,2}
          \s*+ (?: [.:(\[∀∃¬~-] | ,?\s*+(?:\w++\(|[∀∃¬(]) )
      | ['"]? \w++ ['"]? \( | '[^'\n]+' \( | (?!an?\s+\w)\w++ \s*+ (?: [=≠]{1,2} | != | \\(?:neq?|not\s?=) ) \s*+ [\w\\]
      | (?<=\() (?: =>|=|and|or|not|xor|forall|exists|distinct ) \s*+ [(\w]
      | (?<=\() (?: [A-Z]\w*+ | [^\W\d_]*+[\d_]\w*+ ) (?: \s \w++ ){1,3} \) )
    """,
    re.VERBOSE | re.IGNORECASE,
)


# Bullets, marks of type and of agreement. Any other sign before a formula may be an operator or a
# verdict, and so may an empty pair of brackets.
_OTHER_MARK = re.compile(
    r"[^\w\s*_`\"'“”‘’„«»「」『』【】$\\()\[\]{}<>#|.,;:!?…·•‣▪▫◦●○■★☆–—=+/&%@^~‐‑‒―−\-"
    r"：，。、✓✔✅☑☞☛⊢∴➡➜➤▶►🔹🔸👉👍🤖💡📝🎯🎉✨🙂😊─━═\ufe0f\u200b-\u200f\u2060\ufeff]"
    r"|\[\s*\]|<\s*>"
)


def has_known_marks(prose: str) -> bool:
    """Whether no mark in what stands before a formula may deny it or say another thing of it."""
    return _OTHER_MARK.search(prose) is None


def begins_with_formula(line: str) -> bool:
    """Whether a line begins with a formula, behind its label and marks; a legend does not."""
    return _BEGINS.match(line) is not None and LEGEND.match(line) is None


def is_formula(line: str) -> bool:
    """Whether a line is a formula, with a label or a gloss perhaps, rather than prose or a legend."""
    if LEGEND.match(line):
        return False
    if _PREFIX.match(line) or _BEGINS.match(line):
        return True
    head = _GLOSS.sub("", line)
    return SIGN.search(head) is not None and ADJACENT_WORDS.search(head) is None


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

"""The pieces of a decoding grammar: literals, alternatives, conditions, counters.

The notation is Lark as llguidance reads it. It gives every rule a 64-bit parameter. Its low bits
say which variables are bound here, so that a variable stands only where a quantifier binds it; the
high bits count down the levels that may still be nested.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

COUNTER = 56
"""The first bit of the counter of levels; the bits below it are one for each variable."""
DEPTH = f"[{COUNTER}:64]"
"""The counter's bits, as a condition names them."""


def literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def either(alternatives: Iterable[str]) -> str:
    return " | ".join(alternatives)


def condition(conditions: Sequence[str]) -> str:
    """What is put after an alternative that is admitted only where all conditions hold."""
    if not conditions:
        return ""
    if len(conditions) == 1:
        return f" %if {conditions[0]}"
    return f" %if and({', '.join(conditions)})"


def deeper(rule: str, *conditions: str) -> str:
    """A rule one level further down, while levels are left."""
    return f"{rule}::decr({DEPTH})" + condition([f"gt({DEPTH}, 0)", *conditions])

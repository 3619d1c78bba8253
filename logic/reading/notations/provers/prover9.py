"""Prover9's own signs, as far as the core's notation has them not."""

from __future__ import annotations

import re

# Text in quotes, a comment, an attribute behind the formula, or `<-`; `<->` is another sign.
_SIGN = re.compile(
    r"""
    (?P<quoted> (?<!\w)'[^'\n]*+' | "[^"\n]*+" )
    | (?P<comment> %[^\n]*+ )
    | (?P<attribute> \# \s*+ \w++ \s*+ (?: \( [^()\n]*+ \) )?+ (?= \s*+ (?: [\#%] | \.? \s*+ (?: % | \Z ) ) ) )
    | (?P<converse> <-(?![->]) )
    """,
    re.VERBOSE,
)


def plain(text: str) -> str:
    """The text in the core's signs, each as long as it was.

    `<-` is `←`; comments and attributes such as `# label(one)` state nothing.
    """
    return _SIGN.sub(_plain, text)


def _plain(sign: re.Match[str]) -> str:
    if sign["quoted"]:
        return sign[0]
    return "← " if sign["converse"] else " " * len(sign[0])

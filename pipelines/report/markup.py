"""Text of models and files into HTML: escaped, cut, and without characters that a page could trip over."""

from __future__ import annotations

import re
from html import escape

MOST = 600
"""Characters of one text that are shown."""

# Controls (but not line breaks), lone surrogates, and the marks that turn the direction of the text around them.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


def printable(text: str) -> str:
    """The text with pictures for control characters and U+FFFD for what else cannot be shown."""
    return _UNPRINTABLE.sub(lambda match: _picture(ord(match[0])), text)


def _picture(code: int) -> str:
    return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else "\ufffd"


def safe(text: object, most: int = MOST) -> str:
    """Any text as HTML, at most `most` of its characters."""
    shown = str(text)
    rest = len(shown) - most
    cut = printable(shown[:most])
    return escape(cut) + (
        f"<span class='cut'> … and {rest:,} more characters</span>" if rest > 0 else ""
    )


def tag(name: str, content: str, /, **attributes: str | None) -> str:
    """An element around HTML; attribute values are escaped, those that are None left out, `class_` is class."""
    given = "".join([
        f' {key.rstrip("_").replace("_", "-")}="{escape(printable(value))}"'
        for key, value in attributes.items() if value is not None
    ])  # fmt: skip
    return f"<{name}{given}>{content}</{name}>"


def percent(value: object) -> str:
    """A share as per cent with one decimal; a dash for what is no number."""
    return f"{100 * value:.1f} %" if isinstance(value, int | float) else "–"


def figure(value: object) -> str:
    """A number in at most four digits; a dash for what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "–"
    if isinstance(value, int) or (abs(value) < 1e15 and value == int(value) and abs(value) >= 100):
        return f"{int(value):,}"
    return f"{value:.3g}"

"""Text of models and files into HTML.

It is escaped, cut, and without characters that a page could trip over.
"""

from __future__ import annotations

import re
from html import escape
from importlib.resources import files

MOST = 600
"""Characters of one text that are shown."""

_UNPRINTABLE = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but not line breaks
    "\ud800-\udfff"  # lone surrogates
    "\u200e\u200f\u2028-\u202e\u2066-\u2069"  # what turns the direction of the text around it
    "\ufeff\ufffe\uffff"  # byte order marks, and what is no character
    "]"
)


def printable(text: str) -> str:
    """The text with pictures for control characters and U+FFFD for what else cannot be shown."""
    return _UNPRINTABLE.sub(_picture, text)


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "\ufffd"


def safe(text: object, most: int = MOST) -> str:
    """Any text as HTML, at most `most` of its characters."""
    full = str(text)
    html = escape(printable(full[:most]))
    rest = len(full) - most
    if rest > 0:
        html += f"<span class='cut'> … and {rest:,} more characters</span>"
    return html


def tag(name: str, content: str, /, **attributes: str | None) -> str:
    """An element around HTML.

    Attribute values are escaped, those that are None left out; `class_` is class.
    """
    parts = [name]
    for key, value in attributes.items():
        if value is not None:
            attribute = key.rstrip("_").replace("_", "-")
            parts.append(f'{attribute}="{escape(printable(value))}"')
    return f"<{' '.join(parts)}>{content}</{name}>"


def percent(value: object) -> str:
    """A share as per cent with one decimal; a dash for what is no number."""
    return f"{100 * value:.1f} %" if isinstance(value, int | float) else "–"


def figure(value: object) -> str:
    """A number in at most four digits; a dash for what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "–"
    if isinstance(value, int) or _is_large_and_whole(value):
        return f"{int(value):,}"
    return f"{value:.3g}"


def _is_large_and_whole(value: float) -> bool:
    return 100 <= abs(value) < 1e15 and value == int(value)


PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>{style}
main {{ padding-top: 1.75rem; padding-bottom: 3rem; }}
td, th {{ padding: .1em .6em; text-align: left; vertical-align: top; }}</style>
<main>{body}</main>
</html>
"""


def standalone(title: str, body: str) -> str:
    """A page of its own around HTML, in the style of reports; it loads nothing and runs nothing."""
    style = files("pipelines.report").joinpath("style.css").read_text(encoding="utf-8")
    return PAGE.format(title=safe(title), style=style, body=body)

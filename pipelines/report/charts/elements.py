"""What the charts have in common."""

from __future__ import annotations

COLOURS = 8
"""Colours that the style sheet has."""


def tick(x: str, y: str, anchor: str, text: str) -> str:
    """A number beside an axis; `anchor` is which end of the text lies at x."""
    return f"<text class='tick' x='{x}' y='{y}' text-anchor='{anchor}'>{text}</text>"

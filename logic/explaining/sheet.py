"""Drawings of worlds as a picture in a file of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SIZE = re.compile(r"width='(\d+)' height='(\d+)'")
_COLUMNS = 4
_GAP = 12
# What a page sets is fixed in a file that stands alone; within it, a drawing's size is its own.
_FIXED = {
    "currentColor": "#222222",
    "var(--world-paper, transparent)": "#ffffff",
    " style='max-width:100%;height:auto'": "",
}


def sheet(drawings: Sequence[str]) -> str:
    """An SVG file with the drawings (`World.svg`) side by side, in rows of four, on white."""
    cells = []
    x = y = width = height = 0
    for place, drawing in enumerate(drawings):
        if place % _COLUMNS == 0:
            x, y = 0, height
        found = _SIZE.search(drawing)
        across, down = (int(found[1]), int(found[2])) if found else (0, 0)
        cells.append(drawing.replace("<svg ", f"<svg x='{x + _GAP}' y='{y + _GAP}' ", 1))
        x += across + _GAP
        width = max(width, x + _GAP)
        height = max(height, y + down + _GAP)
    size = f"width='{width}' height='{height + _GAP}'"
    ground = "<rect width='100%' height='100%' fill='#ffffff'/>"
    body = "".join([ground, *cells])
    for variable, value in _FIXED.items():
        body = body.replace(variable, value)
    return f"<svg xmlns='http://www.w3.org/2000/svg' {size}>{body}</svg>\n"

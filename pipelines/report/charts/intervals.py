"""Shares with their intervals, one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.report.charts.elements import COLOURS, tick
from pipelines.report.markup import percent, safe, tag

_LEFT, _RIGHT, _WIDTH, _ROW_HEIGHT = 150, 70, 640, 30


@dataclass(frozen=True, slots=True)
class Share:
    """A share with the ends of its interval, as a row of a chart."""

    label: str
    colour: int
    value: float
    low: float
    high: float

    @classmethod
    def with_margin(cls, label: str, colour: int, value: float, margin: float) -> Share:
        """One whose interval reaches as far to both sides, from 0 to 1."""
        return cls(label, colour, value, max(0.0, value - margin), min(1.0, value + margin))


def interval_chart(shares: Sequence[Share]) -> str:
    """Shares with their intervals, one a row, on a scale from 0 to 100 %."""
    height = _ROW_HEIGHT * len(shares) + 34
    parts = []
    for value in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = f"{_share_x(value):.1f}"
        parts.append(f"<line class='grid' x1='{x}' x2='{x}' y1='6' y2='{height - 26}'/>")
        parts.append(
            tick(
                x,
                str(height - 8),
                "middle",
                f"{value:.0%}",
            )
        )
    parts += [_interval(number, share) for number, share in enumerate(shares)]
    in_words = "; ".join(
        f"{share.label}: {percent(share.value)} [{percent(share.low)}, {percent(share.high)}]"
        for share in shares
    )
    return tag(
        "svg",
        "".join(parts),
        viewBox=f"0 0 {_WIDTH} {height}",
        role="img",
        class_="intervals",
        aria_label=in_words,
    )


def _share_x(value: float) -> float:
    width = _WIDTH - _LEFT - _RIGHT
    return _LEFT + min(1.0, max(0.0, value)) * width


def _interval(number: int, share: Share) -> str:
    """One row: the label, a line over the interval with a dot in it, and the share."""
    y = 6 + _ROW_HEIGHT * (number + 0.5)
    low, high = _share_x(share.low), _share_x(share.high)
    name = f"<text class='name' x='{_LEFT - 12}' y='{y + 4:.1f}' text-anchor='end'>"
    return (
        f"{name}{safe(share.label, 24)}</text>"
        f"<g class='c{share.colour % COLOURS}'>"
        f"<path class='line' d='M {low:.1f} {y:.1f} H {high:.1f}'/>"
        f"<circle class='dot' cx='{_share_x(share.value):.1f}' cy='{y:.1f}' r='5'/></g>"
        f"<text class='name' x='{high + 10:.1f}' y='{y + 4:.1f}'>{percent(share.value)}</text>"
    )

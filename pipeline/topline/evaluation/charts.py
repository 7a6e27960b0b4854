"""The geometry of the report's drawings: numbers for inline SVG, worked out here so that the template only prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from topline.evaluation.outcomes import Worth
from topline.evaluation.statistics import Reliability

# The widest bar and the side of the reliability plot, in SVG units.
BAR_WIDTH = 300
PLOT = 240


@dataclass(frozen=True, slots=True)
class Bar:
    """One kind of error: how many results and predictions it holds, its bar's width, and its worth in row F1."""

    kind: str
    gold: int
    predicted: int
    width: float
    gain: float | None


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One bin of the reliability curve in plot units, from the lower left; `radius` grows with the rows in it."""

    x: float
    y: float
    radius: float
    rows: int
    confidence: float
    right: float


def worth_bars(outcomes: Mapping[str, Worth]) -> list[Bar]:
    """Return the kinds of error that occur, the one most worth fixing first."""
    held = {kind: worth for kind, worth in outcomes.items() if kind != "correct" and (worth.gold or worth.predicted)}
    most = max((worth.gain or 0 for worth in held.values()), default=0)
    bars = [
        Bar(kind, worth.gold, worth.predicted, _width(worth.gain, most), worth.gain) for kind, worth in held.items()
    ]
    return sorted(bars, key=lambda bar: (-(bar.gain or 0), -bar.gold - bar.predicted, bar.kind))


def curve_points(reliability: Reliability) -> list[CurvePoint]:
    """Return the reliability curve's points."""
    most = max((item.rows for item in reliability.bins), default=1)
    return [
        CurvePoint(
            x=round(item.confidence * PLOT, 1),
            y=round(PLOT - item.right * PLOT, 1),
            radius=round(3 + 5 * (item.rows / most) ** 0.5, 1),
            rows=item.rows,
            confidence=item.confidence,
            right=item.right,
        )
        for item in reliability.bins
    ]


def _width(gain: float | None, most: float) -> float:
    """Return a bar's width; a kind that is there but worth nothing gets a sliver."""
    return max(2.0, round(BAR_WIDTH * max(gain or 0, 0) / most, 1)) if most > 0 else 2.0

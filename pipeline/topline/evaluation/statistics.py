"""Counts and what is computed from them: precision, recall, F1, bootstrap intervals, calibration.

A figure whose denominator is zero is None, never 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 2000
SEED = 20260101
BINS = 10


@dataclass(frozen=True, slots=True)
class Tally:
    """How many are right, how many were predicted, and how many the gold has."""

    right: int = 0
    predicted: int = 0
    gold: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.right + other.right, self.predicted + other.predicted, self.gold + other.gold)

    @property
    def precision(self) -> float | None:
        """Return the share of the predicted that is right."""
        return self.right / self.predicted if self.predicted else None

    @property
    def recall(self) -> float | None:
        """Return the share of the gold that was found."""
        return self.right / self.gold if self.gold else None

    @property
    def f1(self) -> float | None:
        """Return the harmonic mean of both, which is 2·right over predicted plus gold."""
        both = self.predicted + self.gold
        return 2 * self.right / both if both else None


@dataclass(frozen=True, slots=True)
class Interval95:
    """The middle 95 % of a bootstrap distribution."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A level's counts over all documents, and the intervals of `precision`, `recall` and `f1`."""

    tally: Tally
    intervals: Mapping[str, Interval95 | None]


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows of like confidence: how many, their mean confidence, and the share of them that is right."""

    low: float
    high: float
    rows: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """The reliability curve; `error` is the expected calibration error, None when no row says how sure it is."""

    bins: tuple[Bin, ...]
    error: float | None
    without: int


def figure(tallies: Sequence[Tally], resamples: int = RESAMPLES) -> Figure:
    """Return a level's figure from its counts per document; documents without any of them change nothing."""
    total = sum(tallies, Tally())
    return Figure(total, bootstrap([tally for tally in tallies if tally.predicted or tally.gold], resamples))


def bootstrap(tallies: Sequence[Tally], resamples: int = RESAMPLES) -> dict[str, Interval95 | None]:
    """Return 95 % intervals by drawing whole documents with replacement (percentile method).

    Resamples in which a figure is undefined are left out of it; fewer than two documents have no interval.
    """
    if len(tallies) < 2:
        return {"precision": None, "recall": None, "f1": None}
    counts = np.array([(tally.right, tally.predicted, tally.gold) for tally in tallies], dtype=float)
    # A generator of its own for each level: adding a level does not shift another's interval.
    draws = np.random.default_rng(SEED).integers(len(tallies), size=(resamples, len(tallies)))
    right, predicted, gold = counts[draws].sum(axis=1).T
    return {
        "precision": _middle(right, predicted),
        "recall": _middle(right, gold),
        "f1": _middle(2 * right, predicted + gold),
    }


def _middle(over: np.ndarray, under: np.ndarray) -> Interval95 | None:  # type: ignore[type-arg]
    """Return the middle 95 % of the defined ratios."""
    defined = under > 0
    if not defined.any():
        return None
    low, high = np.percentile(over[defined] / under[defined], [2.5, 97.5])
    return Interval95(float(low), float(high))


def reliability(rows: Sequence[tuple[float | None, bool]], bins: int = BINS) -> Reliability:
    """Return how often rows of each confidence are right, in bins of equal width.

    The expected calibration error is the mean gap between confidence and share right, weighted by rows
    (Naeini, Cooper and Hauskrecht 2015).
    """
    sure = [(confidence, right) for confidence, right in rows if confidence is not None]
    held: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, right in sure:
        held[min(max(int(confidence * bins), 0), bins - 1)].append((confidence, right))
    curve = tuple(_bin(index / bins, (index + 1) / bins, rows) for index, rows in enumerate(held) if rows)
    error = sum(item.rows * abs(item.right - item.confidence) for item in curve) / len(sure) if sure else None
    return Reliability(curve, error, without=len(rows) - len(sure))


def _bin(low: float, high: float, rows: Sequence[tuple[float, bool]]) -> Bin:
    """Return one bin of the curve."""
    confidence = sum(confidence for confidence, _ in rows) / len(rows)
    return Bin(low, high, len(rows), confidence, sum(right for _, right in rows) / len(rows))

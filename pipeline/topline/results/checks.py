"""Checks on a row, each with its arithmetic spelled out; what is computed on the way is marked as derived.

Every row carries every check, so that a missing one is never mistaken for a passed one. `ratio_and_reduction` and
`consistent` compare rows with each other: see `reductions` and `duplicates`.
"""

from __future__ import annotations

from topline.results.intervals import confidence_level, inside_interval, range_order
from topline.results.shares import count_feasible, numerator, only_count
from topline.results.significance import interval_and_p
from topline.schema import Check, Result


def check(row: Result, text: str) -> tuple[tuple[Check, ...], dict[str, float]]:
    """Return the checks that need this row alone, and what they derive; `text` is the reading text."""
    checks = (
        count_feasible(row, text),
        numerator(row, text),
        range_order(row),
        inside_interval(row),
        confidence_level(row),
        interval_and_p(row, text),
    )
    count = only_count(row, text)
    return checks, {} if count is None else {"numerator": count}

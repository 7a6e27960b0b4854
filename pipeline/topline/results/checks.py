"""Checks on a row, each with its arithmetic spelled out; what is computed on the way is marked as derived."""

from __future__ import annotations

from topline.relations.feasibility import counts
from topline.schema import Check, Result


def check(row: Result) -> tuple[tuple[Check, ...], dict[str, float]]:
    """Return the row's checks and what they derive."""
    derived: dict[str, float] = {}
    checks = [_feasible(row, derived), _numerator(row), _inside_interval(row)]
    return tuple(found for found in checks if found is not None), derived


def _digits(row: Result) -> str:
    return "".join(c for c in row.value.text if c.isdigit() or c == ".").strip(".")


def _is_share(row: Result) -> bool:
    return (
        row.value.kind == "percent"
        and row.value.number is not None
        and bool(_digits(row))
        and row.value.relation == "="
    )


def _feasible(row: Result, derived: dict[str, float]) -> Check | None:
    """Check that some count of the group rounds to the percentage."""
    if not _is_share(row) or row.cohort is None or row.cohort.n is None:
        return None
    possible = counts(_digits(row), row.cohort.n)
    if not possible:
        return Check("count_feasible", "fail", f"no count of {row.cohort.n} is {row.value.text}")
    if len(possible) == 1 and row.numerator is None:
        derived["numerator"] = possible[0]
    shown = str(possible[0]) if len(possible) == 1 else f"{possible[0]} to {possible[-1]}"
    return Check("count_feasible", "pass", f"{shown} of {row.cohort.n} is {row.value.text}")


def _numerator(row: Result) -> Check | None:
    """Check that numerator and n give the percentage."""
    if not _is_share(row) or row.numerator is None or row.numerator.number is None:
        return None
    if row.cohort is None or row.cohort.n is None:
        return None
    k, n = row.numerator.number, row.cohort.n
    said = f"{k} of {n} is {100 * k / n:.1f}%" if n else f"{k} of 0"
    return Check(
        "numerator", "pass" if k in counts(_digits(row), n) else "fail", f"{said}, the text says {row.value.text}"
    )


def _inside_interval(row: Result) -> Check | None:
    """Check that the value lies inside its interval."""
    if row.ci is None or row.ci.low is None or row.ci.high is None or row.value.number is None:
        return None
    low, high, number = row.ci.low, row.ci.high, row.value.number
    return Check(
        "inside_interval", "pass" if low <= number <= high else "fail", f"{number:g} against {low:g} to {high:g}"
    )

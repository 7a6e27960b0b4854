"""Checks of an interval by itself: order of its bounds, the value inside it, its confidence level."""

from __future__ import annotations

from topline.schema import Check, Result


def range_order(row: Result) -> Check:
    """Check that the lower end of a range or an interval is not above its upper end."""
    pairs = [("the value", row.value.low, row.value.high)]
    if row.ci is not None:
        pairs.append(("the interval", row.ci.low, row.ci.high))
    known = [(what, low, high) for what, low, high in pairs if low is not None and high is not None]
    if not known:
        return Check("range_order", "not_applicable", "neither a range nor an interval with two bounds")
    wrong = [f"{what} runs from {low:g} down to {high:g}" for what, low, high in known if low > high]
    right = [f"{what} runs from {low:g} up to {high:g}" for what, low, high in known if low <= high]
    return Check("range_order", "fail" if wrong else "pass", "; ".join(wrong or right))


def inside_interval(row: Result) -> Check:
    """Check that the value lies inside its interval."""
    name = "inside_interval"
    if row.ci is None:
        return Check(name, "not_applicable", "no interval is stated")
    if row.value.number is None:
        return Check(name, "not_applicable", "the value is not one number")
    low, high, number = row.ci.low, row.ci.high, row.value.number
    if low is None and high is None:
        return Check(name, "not_applicable", "neither bound is a number")
    shown = f"{number:g} against {_bound(low)} to {_bound(high)}"
    inside = (low is None or low <= number) and (high is None or number <= high)
    return Check(name, "pass" if inside else "fail", shown)


def _bound(bound: float | None) -> str:
    return "a bound without a number" if bound is None else f"{bound:g}"


def confidence_level(row: Result) -> Check:
    """Check that the interval's confidence level is stated and can be one."""
    name = "confidence_level"
    if row.ci is None:
        return Check(name, "not_applicable", "no interval is stated")
    if row.ci.level is None:
        return Check(name, "fail", f"the text gives no level for {row.ci.text}")
    credible = 50 <= row.ci.level < 100
    return Check(name, "pass" if credible else "fail", f"the level is {row.ci.level:g}%")

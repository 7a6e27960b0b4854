"""When two mentions, or two numbers, agree."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from topline.evaluation.rows import Row, Span
from topline.gold import readings, says

# Two phrases name the same thing from this share of common words on.
SAME_NAME = 0.5
_FUNCTION_WORDS = """
a an and are as at been but by did do does for from had has have in into is it its of on or per than that the
their there these this those to was were which who whose with
"""
STOP_WORDS = frozenset(_FUNCTION_WORDS.split())
_WORD = re.compile(r"\w++(?:[.\-/]\w++)*+")


def overlaps(one: Span, other: Span) -> bool:
    """Return whether two stretches share a character."""
    return one.start < other.end and other.start < one.end


def shared_part(one: Span, other: Span) -> float:
    """Return the common characters of two stretches as a share of all that either covers."""
    common = min(one.end, other.end) - max(one.start, other.start)
    return max(0, common) / (max(one.end, other.end) - min(one.start, other.start))


def same_name(one: Span, other: Span) -> bool:
    """Return whether two phrases share half of their words, stop words and case aside (token Jaccard)."""
    left, right = (frozenset(_WORD.findall(span.text.casefold())) - STOP_WORDS for span in (one, other))
    return bool(left) and len(left & right) >= SAME_NAME * len(left | right)


def same_number(gold: Row, predicted: Row) -> bool:
    """Return whether the predicted number (or range) is what the gold value's text says; neither may say one."""
    if predicted.number is not None:
        return says(gold.value.text, *predicted.number)
    said, wanted = readings(predicted.value.text), readings(gold.value.text)
    return (not said and not wanted) or any(says(gold.value.text, reading.low, reading.high) for reading in said)


def value_agrees(gold: Row, predicted: Row) -> bool:
    """Return whether the predicted value overlaps the gold value and says the same number."""
    return overlaps(gold.value, predicted.value) and same_number(gold, predicted)


def endpoint_agrees(gold: Row, predicted: Row) -> bool:
    """Return whether both name the same endpoint, or neither names one."""
    return _same_mention(gold.endpoint, predicted.endpoint)


def cohort_agrees(gold: Row, predicted: Row) -> bool:
    """Return whether both name the same group, or one of the same stated size, or neither names one."""
    if gold.cohort and predicted.cohort and gold.n is not None and gold.n == predicted.n:
        return True
    return _same_mention(gold.cohort, predicted.cohort)


def _same_mention(gold: Span | None, predicted: Span | None) -> bool:
    """Return whether two mentions overlap or name the same thing, or both are absent."""
    if gold is None or predicted is None:
        return gold is predicted
    return overlaps(gold, predicted) or same_name(gold, predicted)


def _same_place(gold: Span | None, predicted: Span | None) -> bool:
    """Return whether two mentions overlap, or both are absent."""
    return overlaps(gold, predicted) if gold and predicted else gold is predicted


def _same_numerator(gold: Row, predicted: Row) -> bool:
    """Return whether both cite the same count."""
    return _same_mention(gold.numerator, predicted.numerator)


# Each field that is scored given a matched value: whether a row states it, and whether two rows agree on it.
FIELDS: Mapping[str, tuple[Callable[[Row], object], Callable[[Row, Row], bool]]] = {
    "kind": (lambda row: row.kind, lambda gold, predicted: gold.kind == predicted.kind),
    "endpoint": (lambda row: row.endpoint, endpoint_agrees),
    "cohort": (lambda row: row.cohort, cohort_agrees),
    "n": (lambda row: row.n, lambda gold, predicted: gold.n == predicted.n),
    "numerator": (lambda row: row.numerator, _same_numerator),
    "time_frame": (lambda row: row.time_frame, lambda g, p: _same_mention(g.time_frame, p.time_frame)),
    "ci": (lambda row: row.ci, lambda g, p: _same_place(g.ci, p.ci)),
    "p_value": (lambda row: row.p_value, lambda g, p: _same_place(g.p_value, p.p_value)),
    "comparator": (lambda row: row.comparator, lambda g, p: _same_mention(g.comparator, p.comparator)),
}


def states(row: Row, name: str) -> bool:
    """Return whether a row gives a field (an n of 0 is given)."""
    return FIELDS[name][0](row) is not None


def agrees(name: str, gold: Row, predicted: Row) -> bool:
    """Return whether two rows agree on a field."""
    return FIELDS[name][1](gold, predicted)

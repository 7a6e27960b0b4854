"""A ratio and a percentage reduction of the same risk say one thing: HR 0.72 is a 28% reduction."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from topline.results.names import same_endpoint, same_group
from topline.results.shares import half_unit, is_change
from topline.results.significance import is_ratio
from topline.schema import Check, Result

NAME = "ratio_and_reduction"
REACH = 300  # characters between a ratio and the reduction that it is said to be
_RISK = re.compile(
    r"\b(?:risks?|hazards?|odds|rates?|likelihood|chance|mortality|deaths?|progression|incidence|relapses?|recurrences?"
    r"|exacerbations?|events?)\b",
    re.I,
)
_LESS = re.compile(
    r"\b(?:reduc\w{1,5}|fell|falls?|dropped|cut|lower(?:ed|ing)?|decreas\w{1,4}|declin\w{1,4}|less|fewer)\b", re.I
)


def compare(rows: Sequence[Result], text: str) -> list[Result]:
    """Return a document's rows, each with the check of its ratio against a reduction of one risk, or the reverse."""
    checks = [Check(NAME, "not_applicable", "no ratio and percentage reduction of one risk")] * len(rows)
    ratios = [i for i, row in enumerate(rows) if is_ratio(row, text)]
    reductions = [i for i, row in enumerate(rows) if _is_risk_reduction(row, text)]
    for i in ratios:
        j = _nearest(rows, i, reductions)
        if j is None or _nearest(rows, j, ratios) != i or not _about_the_same(rows[i], rows[j]):
            continue
        checks[i] = checks[j] = _agree(rows[i], rows[j])
    return [replace(row, checks=(*row.checks, check)) for row, check in zip(rows, checks, strict=True)]


def _is_risk_reduction(row: Result, text: str) -> bool:
    value = row.value
    if value.kind != "percent" or value.number is None or not 0 < value.number < 100 or not is_change(row, text):
        return False
    around = text[max(row.sentence.start, value.start - 80) : min(row.sentence.end, value.end + 80)]
    return bool(_LESS.search(around) and _RISK.search(around))


def _nearest(rows: Sequence[Result], of: int, among: Sequence[int]) -> int | None:
    """Return the row nearest to another within reach, in its own sentence first; `among` is in order of place."""
    place, sentence = rows[of].value.start, rows[of].sentence

    def start(i: int) -> int:
        return rows[i].value.start

    near = among[bisect_left(among, place - REACH, key=start) : bisect_left(among, place + REACH, key=start)]
    return min(near, key=lambda i: (rows[i].sentence != sentence, abs(rows[i].value.start - place)), default=None)


def _about_the_same(one: Result, other: Result) -> bool:
    if one.sentence != other.sentence and not same_endpoint(one, other):
        return False
    return same_group(one, other) != "different"


def _agree(ratio: Result, reduction: Result) -> Check:
    """Compare as far as the printed digits of both allow."""
    value, percent = ratio.value.number or 0.0, reduction.value.number or 0.0
    computed = 100 * (1 - value)
    slack = 100 * float(half_unit(ratio.value.text)) + float(half_unit(reduction.value.text))
    agrees = abs(computed - abs(percent)) <= slack + 1e-9
    said = f"1 - {value:g} is a {computed:.3g}% reduction; the text says {reduction.value.text}"
    return Check(NAME, "pass" if agrees else "fail", said)

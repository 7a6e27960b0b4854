"""Intervals against p-values: the p-value is recomputed by the normal approximation, ratios on the log scale.

After Altman and Bland, BMJ 2011;343:d2304, with the exact normal tail in place of their polynomial.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from topline.results.shares import half_unit
from topline.schema import Check, Interval, PValue, Result

Scale = Literal["log", "plain"]

_NORMAL = NormalDist()
# A stated p-value need not come from the interval's own test (log-rank beside Cox, score beside Wald). Not swept: the
# 13 rows of the annotated texts that have both differ by 0.22 in z at most, and a slip of one decimal place (0.034
# for 0.34) moves z by 0.7 or more from p = 0.001 up.
Z_TOLERANCE = 0.3
# Exact, bootstrap and profile intervals are lopsided; then the normal approximation says nothing. In half widths, not
# swept: 0.06 is the most among the 24 ratios and differences of the annotated texts.
LOPSIDED = 0.2
ALPHA = 0.05

_RATIO = re.compile(
    r"\b(?:hazard|odds|risk|rate|incidence|relative)[\s-]{1,2}(?:rate\s)?(?:ratio|risk)\b|\b(?:HR|OR|RR)\b", re.I
)
_DIFFERENCE = re.compile(
    r"\bdifferences?\b|\b(?:placebo|vehicle|sham|control)[\s-](?:adjusted|corrected|subtracted)\b", re.I
)
_ONE_SIDED = re.compile(r"\b(?:one|1)[\s-]?(?:sided|tailed)\b", re.I)
_NON_INFERIORITY = re.compile(r"\bnon[\s-]?inferior", re.I)
_NUMBERS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|\.\d+")
_REACH = 60  # characters before a value that may call it a difference: "a difference versus placebo of "


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate with its interval on the scale where it is about normal.

    `value_slack` and `width_slack` are how far the printed digits let the value and the interval's width move.
    """

    scale: Scale
    value: float
    low: float
    high: float
    level: float
    value_slack: float
    width_slack: float

    @property
    def critical(self) -> float:
        """Return the number of standard errors from the middle to a bound."""
        return _NORMAL.inv_cdf(0.5 + self.level / 200)

    @property
    def excludes_null(self) -> bool | None:
        """Tell whether no effect (ratio 1, difference 0) lies outside the interval; None when it is a bound."""
        return None if 0.0 in (self.low, self.high) else not self.low < 0.0 < self.high

    def z(self, slack: float = 0.0) -> float:
        """Return |z|; `slack` -1 and 1 give the least and the greatest that the printed digits allow."""
        width = self.high - self.low - slack * self.width_slack
        shift = max(0.0, abs(self.value) + slack * self.value_slack)
        return 2 * self.critical * shift / width if width > 0 else math.inf

    def lopsided(self) -> float:
        """Return how far the estimate lies from the interval's middle beyond rounding, in half widths."""
        half = (self.high - self.low) / 2
        off = abs(self.value - (self.high + self.low) / 2) - self.value_slack - self.width_slack / 2
        return max(0.0, off) / half if half > 0 else math.inf


def interval_and_p(row: Result, text: str) -> Check:
    """Check that the p-value recomputed from the interval agrees with the stated one, and both on significance."""
    name = "interval_and_p"
    found, stated = estimate(row, text), row.p_value
    if isinstance(found, str):
        return Check(name, "not_applicable", found)
    if stated is None or stated.number is None or not 0 <= stated.number <= 1:
        return Check(name, "not_applicable", "no p-value in numbers is stated")
    if is_one_sided(row, text):
        return Check(name, "not_applicable", "a p-value or an interval of the sentence is one-sided")
    if _NON_INFERIORITY.search(text, row.sentence.start, row.sentence.end):
        return Check(name, "not_applicable", "a test of non-inferiority has another null value")
    if found.lopsided() > LOPSIDED:
        return Check(name, "not_applicable", "the interval is lopsided: no normal approximation gave it")
    z = found.z()
    said = f"z = {_formula(row, found)} = {z:.2f}, p = {math.erfc(z / math.sqrt(2)):.2g}; the text says {stated.text}"
    clash = _clash(found, stated)
    agrees = _near(found, stated) and clash is None
    return Check(name, "pass" if agrees else "fail", f"{clash}; {said}" if clash else said)


def estimate(row: Result, text: str) -> Estimate | str:
    """Return the ratio or difference of a row with its interval, or the reason why there is none."""
    ci, value = row.ci, row.value
    if ci is None or ci.low is None or ci.high is None:
        return "no interval with two bounds is stated"
    if value.number is None or value.relation != "=":
        return "the value is not one exact number"
    if ci.level is None or not 50 <= ci.level < 100:
        return "the interval's confidence level is not stated"
    if not (ci.low < ci.high and ci.low <= value.number <= ci.high):
        return "the value does not lie inside its interval"
    slack, (low_slack, high_slack) = float(half_unit(value.text)), _slacks(ci)
    if is_difference(row, text):
        return Estimate("plain", value.number, ci.low, ci.high, ci.level, slack, low_slack + high_slack)
    if not is_ratio(row, text):
        return "neither a ratio nor a difference between groups"
    if ci.low <= 0:
        return "a ratio's interval cannot reach zero on the log scale"
    low, high = math.log(ci.low), math.log(ci.high)
    width = low_slack / ci.low + high_slack / ci.high
    return Estimate("log", math.log(value.number), low, high, ci.level, slack / value.number, width)


def _slacks(ci: Interval) -> tuple[float, float]:
    """Return half a unit of the last printed digit of each bound: of the last two numbers of the quote."""
    printed = _NUMBERS.findall(ci.text)[-2:]
    return (float(half_unit(printed[0])), float(half_unit(printed[1]))) if len(printed) == 2 else (0.0, 0.0)


def is_ratio(row: Result, text: str) -> bool:
    """Tell whether the value is a hazard, odds, risk or rate ratio."""
    value = row.value
    if value.number is None or value.number <= 0 or value.unit or value.kind not in ("ratio", "number"):
        return False
    if value.kind == "ratio" and value.statistic:
        return True
    named = row.endpoint is not None and _RATIO.search(row.endpoint.text)
    return bool(named or _RATIO.search(text, max(row.sentence.start, value.start - _REACH // 2), value.start))


def is_difference(row: Result, text: str) -> bool:
    """Tell whether the words before the value, or its endpoint, call it a difference between groups."""
    value = row.value
    if value.kind not in ("percent", "number", "duration"):
        return False
    named = row.endpoint is not None and _DIFFERENCE.search(row.endpoint.text)
    return bool(named or _DIFFERENCE.search(text, max(row.sentence.start, value.start - _REACH), value.start))


def is_significant(p: PValue, alpha: float = ALPHA) -> bool | None:
    """Tell whether a p-value lies below alpha; None when its printed digits or its relation leave it open."""
    if p.number is None:
        return False if p.text.lower().rstrip(".").endswith(("ns", "n.s", "not significant")) else None
    half = _half(p) - 1e-12
    if p.relation in ("<", "<="):
        return True if p.number <= alpha + 1e-12 else None
    if p.relation in (">", ">="):
        return False if p.number >= alpha - 1e-12 else None
    return True if p.number + half <= alpha else False if p.number - half >= alpha else None


def is_one_sided(row: Result, text: str) -> bool:
    """Tell whether the row's sentence speaks of a one-sided test or interval."""
    return bool(_ONE_SIDED.search(text, row.sentence.start, row.sentence.end))


def _half(p: PValue) -> float:
    printed = _NUMBERS.findall(p.text)
    return float(half_unit(printed[-1])) if printed else 0.0


def _formula(row: Result, found: Estimate) -> str:
    width, value = f"{2 * found.critical:.2f}", row.value.number
    low, high = (row.ci.low, row.ci.high) if row.ci else (None, None)
    if found.scale == "log":
        return f"|ln {value:g}| * {width} / (ln {high:g} - ln {low:g})"
    return f"|{value:g}| * {width} / ({high:g} - {f'({low:g})' if found.low < 0 else f'{low:g}'})"


def _near(found: Estimate, p: PValue) -> bool:
    """Tell whether the stated p-value's z lies within what rounding and `Z_TOLERANCE` allow."""
    stated, half = p.number or 0.0, _half(p)
    low, high = found.z(-1.0) - Z_TOLERANCE, found.z(1.0) + Z_TOLERANCE
    if p.relation in ("<", "<="):
        return high >= _z(stated)
    if p.relation in (">", ">="):
        return low <= _z(stated)
    return low <= _z(stated - half) and _z(stated + half) <= high


def _z(p: float) -> float:
    """Return the z of a two-sided p-value."""
    return math.inf if p <= 0 else -_NORMAL.inv_cdf(min(p, 1.0) / 2)


def _clash(found: Estimate, p: PValue) -> str | None:
    """Say how interval and p-value disagree on significance at the interval's level; None when they do not."""
    alpha, null = 1 - found.level / 100, 1 if found.scale == "log" else 0
    significant = is_significant(p, alpha)
    if found.excludes_null is None or significant is None or found.excludes_null == significant:
        return None
    verb, other = ("excludes", "not below") if found.excludes_null else ("includes", "below")
    return f"the interval {verb} {null}, but p is {other} {alpha:.2g}"

"""P-values and confidence intervals, each one mention from its first letter to its last bound."""

from __future__ import annotations

import re
from types import MappingProxyType

from topline.mentions.gates import holds_any
from topline.mentions.measures import Site
from topline.schema import Mention, Quantity, Relation

_SIGNS: MappingProxyType[str, Relation] = MappingProxyType(
    {"<": "<", ">": ">", "≤": "<=", "≥": ">=", "<=": "<=", ">=": ">=", "~": "~", "≈": "~"}
)
_SIGN_WORDS: MappingProxyType[str, Relation] = MappingProxyType(
    {"less than": "<", "greater than": ">", "below": "<", "under": "<"}
)

# "p<0.001", "P value of 0.03", "p-value (two-sided) = 0.053", "one-sided p ≤ .05"
P_BEFORE = re.compile(
    r"""(?<![\w/])p
        (?:[-\s]{0,2}values?)?
        (?:\s?\([^()]{1,24}\))?
        (?:\s(?:was|is|were|of|equal\sto|for\s[a-z-]{1,20})){0,2}+
        \s{0,4}(?P<sign><=|>=|[=<>≤≥~≈:]|less\sthan|greater\sthan|below|under)?\s{0,4}$""",
    re.VERBOSE,
)
# The second of several: "p-values of 0.03 at week 8 and 0.02 at week 16"
P_SERIES = re.compile(r"p[-\s]?values (?:of|were|are) [<=]?\s?[0-9.][^;()]{1,50}(?: and| versus| vs\.?|,)$")
NOT_SIGNIFICANT = re.compile(r"=\s?(?:ns|n\.s\.|not significant)(?!\w)")
# What stands before a p-value's number: a cheap gate, since the pattern above tries every "p" of its window.
P_GATE = tuple("= < > ≤ ≥ ~ ≈ : than below under of was is were value to p and , versus vs. vs".split())
P_HEAD = re.compile(r"(?<![\w/])p(?:[-\s]values?)?\s?$")

_BOUND = r"[-−–+]?\s?(?:[0-9]++(?:\.[0-9]++)?|\.[0-9]++)"
_OPEN = r"(?:not?[-\s](?:yet\s)?(?:reached|estimable|evaluable|calculable)|n\.?[erac]\.?|nr|∞|infinity)(?![a-z])"
_INTERVAL = r"(?:confidence\s(?:intervals?|limits)|credible\s(?:intervals?)|c\.?i\.?s?|cri)(?![a-z])"
_BETWEEN = r"\s{0,3}(?:,\s?|;\s?|to\s|and\s|through\s|[-‐‑–—−]{1,2}\s?|/)\s{0,2}"
_UNIT = r"(?:\s?(?:%|percent|months?|weeks?|years?|days?|points?|mg/dl))?"

BOUNDS = re.compile(
    rf"""[\s:,;=]{{0,3}}(?:(?:of|was|is|from|between|for\s\w{{2,12}})\s)?[\[(]?\s?
         (?P<low>{_BOUND}|{_OPEN}){_UNIT}{_BETWEEN}(?P<high>{_BOUND}|{_OPEN})(?P<unit>{_UNIT})""",
    re.VERBOSE,
)
LEVEL = re.compile(
    rf"\s?(?:%|percent)?[-\s]{{0,2}}\(?(?:two-sided\s|2-sided\s)?{_INTERVAL}(?:\s?[\[(]{_INTERVAL}[\])])?"
)
NAME_BEFORE = re.compile(
    rf"(?<![a-z]){_INTERVAL}(?:\s?[\[(]{_INTERVAL}[\])])?\s{{0,2}}[\[(:=,]{{0,2}}\s{{0,2}}[\[(]?\s?[-−]?$"
)
NAME_GATE = ("ci", "cri", "c.i", "interval", "limits")
BARE_BOUNDS = re.compile(rf"(?P<low>{_BOUND}){_UNIT}\s?(?:,|to|[-–—])\s?(?P<high>{_BOUND}|{_OPEN}){_UNIT}(?=\])")


def match_p_value(site: Site) -> Mention | None:
    """Return the p-value that ends with this number."""
    if site.number.value > 1 or not site.left.endswith(P_GATE):
        return None
    start = max(site.floor, site.number.start - 48)
    window = site.lowered[start : site.number.start]
    if site.number.digits and "." in site.number.digits and P_SERIES.search(site.left):
        quantity = Quantity("p_value", site.number.value, digits=site.number.digits)
        return Mention(site.number.start, site.number.end, "P_VALUE", quantity=quantity)
    found = P_BEFORE.search(window)
    if not found or not (found["sign"] or "value" in found.group() or window.endswith(("of ", "was ", "is "))):
        return None
    sign = " ".join((found["sign"] or "=").split())
    relation = _SIGNS.get(sign) or _SIGN_WORDS.get(sign, "=")
    quantity = Quantity("p_value", site.number.value, relation=relation, digits=site.number.digits)
    return Mention(start + found.start(), site.number.end, "P_VALUE", quantity=quantity)


def match_not_significant(lowered: str) -> list[Mention]:
    """Return the p-values without a number: `p=NS`."""
    mentions = []
    for found in NOT_SIGNIFICANT.finditer(lowered):
        if head := P_HEAD.search(lowered, max(0, found.start() - 9), found.start()):
            mentions.append(Mention(head.start(), found.end(), "P_VALUE", quantity=Quantity("p_value")))
    return mentions


def match_interval(site: Site) -> Mention | None:
    """Return the interval that begins with this number: its level (`95% CI: 0.31-0.55`) or its lower bound.

    A level without bounds ("median (95% CI)") is set aside as `level`.
    """
    number = site.number
    if 80 <= number.value < 100 and (level := LEVEL.match(site.lowered, number.end)):
        bounds = BOUNDS.match(site.lowered, level.end())
        if not bounds:
            return Mention(number.start, level.end(), "SET_ASIDE", "level", Quantity("level", number.value))
        return _interval(number.start, bounds, number.value)
    if not holds_any(site.left[-44:], NAME_GATE):
        return _bracketed(site)
    named = NAME_BEFORE.search(site.lowered, max(site.floor, number.start - 48), number.start)
    if named and (bounds := BOUNDS.match(site.lowered, number.start)):
        return _interval(named.start(), bounds, None)
    return _bracketed(site)


def _bracketed(site: Site) -> Mention | None:
    """Return `8.6 [4.0-11.7]`'s bounds where the value before stands between them and no range or IQR is announced."""
    before = site.previous
    if not site.left.endswith("[") or before is None or before.end + 3 < site.number.start or before.quantity is None:
        return None
    bounds = BARE_BOUNDS.match(site.lowered, site.number.start)
    value = before.quantity.number
    if not bounds or value is None or "iqr" in site.left or "range" in site.left:
        return None
    low, high = _bound(bounds["low"]), _bound(bounds["high"])
    if low is not None and low <= value and (high is None or value <= high):
        return _interval(site.number.start, bounds, None)
    return None


def _interval(start: int, bounds: re.Match[str], level: float | None) -> Mention:
    low, high = _bound(bounds["low"]), _bound(bounds["high"])
    return Mention(start, bounds.end(), "CI", quantity=Quantity("interval", low=low, high=high, level=level))


def _bound(printed: str) -> float | None:
    """Return a bound's value; None for one that was not reached or not estimable."""
    digits = printed.replace("−", "-").replace("–", "-").replace(" ", "").replace("\n", "")
    try:
        return float(digits)
    except ValueError:
        return None

"""The count behind a percentage and the number that it is a part of, and what both say of the group's size.

"25 of 62 (40.3%)" is of 62 people, and "29 patients (28.2%)" of 102 to 103: 29 of any other number prints otherwise.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from itertools import pairwise

import numpy as np

from topline.relations.feasibility import counts
from topline.relations.view import View, once
from topline.schema import Mention

REACH = 18  # tokens between "16 of the 44" and its percentage; the arithmetic keeps others out
BEHIND = 12  # tokens between a percentage and "five of 11" behind it
# "9 patients, or 33%", "16 patients (80%)", "16 (80%"; not "1 in 5 (18%)".
_COUNT_FIRST = re.compile(r"(?:\s[\w-]{1,20}){0,5}(?:,?\sor|\s?[(\[])\s?")
_ONE_IN = re.compile(r"(?:\bone|\btwo|\d)\sin\s$")
_OF = re.compile(r"/|\sof\s(?:the\s)?")  # not "7 out of 10", which is said of any number
_N_CLOSES = re.compile(r"\s?[(\[](?:[^()\[\]\n]{1,30}[;,]\s)?[nN]\s?=\s?")  # "9.2 months (4-12; n=10)"
# "80% (n=16", "80% (16", "3.5% of patients on the drug (12 cases"
_COUNT_BEHIND = re.compile(r"\s?[(\[]\s?(?:[nN]\s?=\s?)?")
_CASES_BEHIND = re.compile(r"\s(?:of|in)\s[^()\[\].;%]{3,60}[(\[]\s?")
_CASES = re.compile(r"\s(?:cases?|events?)\s?[)\];,]")


def part_and_whole(view: View, value: int) -> tuple[int | None, int | None]:
    """Return the count behind a printed percentage and the number that it is of, each a mention or None."""
    quantity = view.mentions[value].quantity
    if quantity is None or quantity.kind != "percent" or not quantity.digits:
        return None, None
    sentence = view.sentence[min(int(view.first[value]), len(view.sentence) - 1)]
    low, high = int(view.sentence_first[sentence]), int(view.sentence_first[sentence + 1])
    first, last = int(view.first[value]), int(view.last[value])
    before = _counts(view, max(low, first - REACH), first)
    behind = _counts(view, last, min(high, last + BEHIND))
    for held in (before[::-1], behind):
        for one, other in pairwise(held):
            k, n = sorted((one, other))
            if _fits(view, k, n, quantity.digits) and not _parted(view, value, k):
                return k, n
    return _beside(view, value, before, behind), None


def whole_of(view: View, value: int) -> int | None:
    """Return the number that a count is of, "4 of the 6 died", or the n that closes a value's own brackets."""
    place = view.mentions[value]
    for k in range(value + 1, min(value + 5, len(view.mentions))):
        other = view.mentions[k]
        gap = view.text[place.end : other.start]
        if len(gap) > 40 or other.label not in ("COUNT", "NUMBER"):
            continue
        if place.label == "COUNT" and _OF.fullmatch(gap) and _number(place) <= _number(other):
            return k
        if place.label not in ("COUNT", "PERCENT") and _N_CLOSES.fullmatch(gap):
            return k if view.text[other.end : other.end + 1] in (")", "]") else None
    return None


@once
def wholes(view: View) -> dict[int, tuple[float, float]]:
    """Return for each value that counts stand beside the least and the most people that it can be of."""
    found: dict[int, tuple[float, float]] = {}
    for value in np.flatnonzero(view.is_value).tolist():
        part, whole = part_and_whole(view, value)
        whole = whole if whole is not None else whole_of(view, value)
        if whole is not None:
            found[value] = (_number(view.mentions[whole]),) * 2
        elif part is not None and (limits := _limits(view.mentions[value], _number(view.mentions[part]))):
            found[value] = limits
            found.setdefault(part, limits)
    return found


def _limits(percent: Mention, part: float) -> tuple[float, float] | None:
    """Return the least and the most that a part can be of, by the digits of its percentage; None for no or all."""
    digits = percent.quantity.digits if percent.quantity else None
    try:
        printed = Decimal((digits or "").replace(",", ""))
    except InvalidOperation:
        return None
    half = Decimal(1).scaleb(int(printed.as_tuple().exponent)) / 2
    if not half < printed <= 100 or part <= 0:
        return None
    return float(100 * Decimal(part) / (printed + half)), float(100 * Decimal(part) / (printed - half))


def _number(mention: Mention) -> float:
    quantity = mention.quantity
    return quantity.number or 0.0 if quantity else 0.0


def _counts(view: View, low: int, high: int) -> list[int]:
    """Return the counts, and the bare whole numbers, that begin in a token range."""
    start, stop = np.searchsorted(view.first, (low, high)).tolist()
    return [i for i in range(start, stop) if _is_whole(view, view.mentions[i])]


def _is_whole(view: View, mention: Mention) -> bool:
    bare = mention.label == "NUMBER" and view.text[mention.start : mention.end].replace(",", "").isdigit()
    return bare or mention.label == "COUNT"


def _parted(view: View, value: int, count: int) -> bool:
    """Tell whether another percentage stands between a count and the percentage."""
    low, high = sorted((int(view.first[value]), int(view.first[count])))
    start, stop = np.searchsorted(view.first, (low + 1, high)).tolist()
    return any(view.mentions[i].label == "PERCENT" for i in range(start, stop) if i != value)


def _beside(view: View, value: int, before: list[int], behind: list[int]) -> int | None:
    """Return the count that stands right before or behind the percentage without the number that it is of."""
    place = view.mentions[value]
    for k in before[-1:]:
        near = _COUNT_FIRST.fullmatch(view.text[view.mentions[k].end : place.start][:60])
        if near and not _ONE_IN.search(view.text[max(0, view.mentions[k].start - 8) : view.mentions[k].start]):
            return k
    for k in behind[:1]:
        between = view.text[place.end : view.mentions[k].start][:80]
        if _COUNT_BEHIND.fullmatch(between):
            return k
        if _CASES_BEHIND.fullmatch(between) and _CASES.match(view.text, view.mentions[k].end):
            return k
    return None


def _fits(view: View, k: int, n: int, digits: str) -> bool:
    """Tell whether the two counts stand as "k of n" or "k/n", and give the percentage."""
    one, other = view.mentions[k], view.mentions[n]
    between = view.text[one.end : other.start].strip().lower()
    if not (between in ("/", "out of") or between.startswith(("of", "out of"))) or len(between) > 20:
        return False
    if one.quantity is None or other.quantity is None or one.quantity.number is None or other.quantity.number is None:
        return False
    return int(one.quantity.number) in counts(digits, int(other.quantity.number))

"""The count behind a percentage, and the number that it is a part of; the arithmetic must hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from topline.relations.attachments.labels import Attachment, Labels
from topline.relations.decoding import Decision
from topline.relations.feasibility import counts
from topline.relations.view import View
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


def numerators(found: Labels) -> Iterator[Attachment]:
    """Find "23 of 60 patients (38.3%)", "38.3% (23/60)", "9 patients, or 33%", and the number that they are of."""
    for decision in found.decisions:
        quantity = found.view.mentions[decision.value].quantity
        if quantity is not None and quantity.kind == "percent" and quantity.digits:
            yield from _parts(found, decision, quantity.digits)
        elif (n := _number_of(found.view, decision.value)) is not None:
            yield Attachment(decision.value, "n", n)


def _number_of(view: View, value: int) -> int | None:
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


def _number(mention: Mention) -> float:
    quantity = mention.quantity
    return quantity.number or 0.0 if quantity else 0.0


def _parts(found: Labels, decision: Decision, digits: str) -> Iterator[Attachment]:
    value, view = decision.value, found.view
    low, high = found.sentence(value)
    first, last = found.first[value], found.last[value]
    before = _counts(found, max(low, first - REACH), first)
    behind = _counts(found, last, min(high, last + BEHIND))
    for held in (before[::-1], behind):
        for one, other in pairwise(held):
            k, n = sorted((one, other))
            if _fits(view, k, n, digits) and not _parted(found, value, k):
                yield Attachment(value, "numerator", k)
                yield Attachment(value, "n", n)
                return
    alone = _beside(view, value, before, behind)
    if alone is not None:
        yield Attachment(value, "numerator", alone)


def _counts(found: Labels, low: int, high: int) -> list[int]:
    """Return the counts, and the bare whole numbers, that begin in a token range."""
    bare = [i for i in found.within("NUMBER", low, high) if found.said(i).replace(",", "").isdigit()]
    return sorted([*found.within("COUNT", low, high), *bare])


def _parted(found: Labels, value: int, count: int) -> bool:
    """Tell whether another percentage stands between a count and the percentage."""
    low, high = sorted((found.first[value], found.first[count]))
    return bool([i for i in found.within("PERCENT", low + 1, high) if i != value])


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

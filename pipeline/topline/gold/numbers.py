"""Read the number that a short quote says: `39.3%`, `31 to 55 months`, `p<0.0001`, `two-thirds`, `7 out of 10`.

Written apart from the extractor's own parser on purpose: an evaluator that reads numbers with the code it judges would
share its mistakes.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_NUMBER = r"(?:\d++(?:,\d{3}(?!\d))*+(?:\.\d++)?+|\.\d++)"
# A dash is a sign only where no digit, percent sign, letter or bracket stands before it: `12%-21%` is a range.
_SIGNED = rf"(?<![\w.])(?:(?<![%)])[-+\N{{MINUS SIGN}}\N{{EN DASH}}]\s?)?{_NUMBER}"
_FIRST = re.compile(_SIGNED)
_DASH = "[-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}]"
_RANGE = re.compile(
    rf"(?P<low>{_SIGNED})\s{{0,3}}(?:%|[A-Za-z]{{1,12}})?\s{{0,3}}"
    rf"(?:{_DASH}\s{{0,3}}(?P<dashed>{_NUMBER})"  # 25-35%, 12%–21%
    rf"|\b(?:to|through)\s{{1,3}}(?P<high>{_SIGNED})"  # 34% to 48%
    rf"|\band\s{{1,3}}(?P<and>{_SIGNED}))",  # between 10 and 20
    re.IGNORECASE,
)
_OF = re.compile(rf"({_NUMBER}|[a-z]+)\s{{1,3}}(?:out\s{{1,3}}of|of|in)\s{{1,3}}(?:the\s{{1,3}})?({_NUMBER}|[a-z]+)")

_SMALL = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen
"""
_UNITS = {word: number for number, word in enumerate(_SMALL.split())} | {
    "no": 0,
    "none": 0,
    "neither": 0,
    "nobody": 0,
    "nil": 0,
    "single": 1,
    "both": 2,
}
_ROUND = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = {word: 10 * number for number, word in enumerate(_ROUND.split(), start=2)}
_HALVES = dict.fromkeys(("half", "halves", "halved"), 2)
_TIMES = {"once": 1, "twice": 2, "thrice": 3} | {
    f"{stem}{end}": times for stem, times in (("doubl", 2), ("tripl", 3)) for end in ("e", "es", "ed")
}
_PARTS = _HALVES | {"third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}


@dataclass(frozen=True, slots=True)
class Reading:
    """A number (`low` equals `high`) or a range; a `fraction` is also its percentage, and is printed rounded."""

    low: float
    high: float
    fraction: bool = False


def readings(text: str) -> tuple[Reading, ...]:
    """Return what a quote may say, best first; empty when it says no number (`not reached`)."""
    found = _range(text)
    if found:
        return (found,)
    of = _share(text.casefold())
    first = _FIRST.search(text)
    if first:
        number = to_float(first.group())
        return (Reading(number, number), *of)
    return of or _words(text.casefold())


def says(text: str, low: float, high: float) -> bool:
    """Return whether a quote can be read as this number (`low` equals `high`) or range."""
    return any(_same(reading, low, high) for reading in readings(text))


def to_float(digits: str) -> float:
    """Return the number of printed digits with sign and thousands commas."""
    plain = re.sub(r"[,\s]", "", digits).replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")
    return float(plain)


def _same(reading: Reading, low: float, high: float) -> bool:
    """Return whether a reading is this number or range."""
    if not reading.fraction:
        return math.isclose(reading.low, low, rel_tol=1e-9) and math.isclose(reading.high, high, rel_tol=1e-9)
    # "Two-thirds" may be written 0.667, 0.67, 66.7 or 67: all within 1 % of it.
    return any(math.isclose(reading.low * scale, low, rel_tol=0.01) for scale in (1, 100)) and low == high


def _range(text: str) -> Reading | None:
    """Return the range that a quote states."""
    found = _RANGE.search(text)
    if not found or (found["and"] and "between" not in text[: found.start()].casefold()):
        return None
    return Reading(to_float(found["low"]), to_float(found["dashed"] or found["high"] or found["and"]))


def _share(text: str) -> tuple[Reading, ...]:
    """Return the readings of `7 out of 10`: the share, and the count itself."""
    found = _OF.search(text)
    if not found:
        return ()
    part, whole = (_one(side) for side in found.groups())
    if part is None or not whole or part > whole:
        return ()
    return (Reading(part, part), Reading(part / whole, part / whole, fraction=True))


def _one(word: str) -> float | None:
    """Return the number of one token."""
    if word[0].isdigit() or word[0] == ".":
        return to_float(word)
    return _UNITS.get(word, _TENS.get(word))


def _words(text: str) -> tuple[Reading, ...]:
    """Return the reading of a spelled-out number: `Seventy-one`, `four and a half`, `two-thirds`, `twice`."""
    total, group, seen = 0.0, 0.0, False
    for word in re.findall(r"[a-z]+", text):
        part = _PARTS.get(word.removesuffix("s") if word not in _PARTS else word)
        if part:
            return (_fraction(total + group, part, mixed="and" in text.split()),)
        word = word.removesuffix("fold")
        if word in _TIMES:
            return (Reading(_TIMES[word], _TIMES[word]),)
        if word in _UNITS or word in _TENS:
            group, seen = group + (_UNITS.get(word) or _TENS.get(word) or 0), True
        elif word == "hundred":
            group = (group or 1) * 100
        elif word == "thousand":
            total, group = total + (group or 1) * 1000, 0
        elif seen and word not in {"and", "a"}:
            break
    return (Reading(total + group, total + group),) if seen else ()


def _fraction(number: float, part: int, *, mixed: bool) -> Reading:
    """Return `four and a half` as 4.5, `two-thirds` as 2/3, `half` as 1/2."""
    if mixed:
        return Reading(number + 1 / part, number + 1 / part)
    share = (number or 1) / part
    return Reading(share, share, fraction=True)

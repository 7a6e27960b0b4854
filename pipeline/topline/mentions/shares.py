"""Shares put in words: "half", "one in seven", "two out of three people", "1 in 5 participants"."""

from __future__ import annotations

import re

from topline.mentions import counts
from topline.mentions.measures import Site, relation_before, unit_after
from topline.mentions.numbers import Number
from topline.schema import Mention, Quantity

LARGEST = 20  # "four in ten" is a share, "five in 240" counts patients
# "Seven out of ten" is a share, "seven out of nine" counts patients: so for all 11 on the gold with these wholes.
ROUND_WHOLES = frozenset({3, 4, 5, 10, 20, 100})
RAREST = 1000  # "1 in 200 had it" is a share of a trial, "1 in 60,000" one of mankind
# What goes before a share in digits, "about 1 in 5 people", and behind it; "of grade 3 in 5 patients" is none.
OPENS = re.compile(
    r"(?:^|[*•:;(“”\"—]|[.;,](?: (?:and|but))?"
    r"|(?<![a-z])(?:about|around|roughly|nearly|almost|than|approximately|some|that|only|just|over|study|trial"
    r"|affect(?:s|ed)?))$"
)
GOES_ON = re.compile(r"\s(?:of|had|were|was|have|has|who|did)(?![a-z])")


def match(site: Site) -> Mention | None:
    """Return the share at a site as a percentage."""
    number = site.number
    if number.form == "share":
        return _share(site, number.end, number.value)
    whole = _joined(site) if number.form == "words" else _in_digits(site)
    return _share(site, whole.end, number.value / whole.value) if whole else None


def _share(site: Site, end: int, value: float) -> Mention:
    relation = relation_before(site, site.number.start)
    return Mention(site.number.start, end, "PERCENT", quantity=Quantity("percent", 100 * value, relation=relation))


def _joined(site: Site) -> Number | None:
    """Return the seven of "one in seven of those treated", the ten of "four in ten"."""
    number, following = site.number, site.following
    if following is None or following.start - number.end > 12 or not following.value > number.value >= 1:
        return None
    between = " ".join(site.lowered[number.end : following.start].split())
    joined = between in {"in", "in every", "out of every"}
    joined |= between == "out of" and following.value in ROUND_WHOLES
    if not joined or (number.value > 1 and (following.value > LARGEST or unit_after(site, following.end))):
        return None
    return following if counts.counted_noun(site.lowered, following.end) != "design" else None


def _in_digits(site: Site) -> Number | None:
    """Return the five of "1 in 5 participants", the ten of "7 out of 10 people taking it"."""
    number, following = site.number, site.following
    if following is None or following.start - number.end > 8 or not (number.digits or "").isdecimal():
        return None
    spoken = following.value in ROUND_WHOLES or (number.value == 1 and following.value <= RAREST)
    if not spoken or not OPENS.search(site.left):
        return None
    people = counts.counted_noun(site.lowered, following.end) == "people"
    return _joined(site) if people or GOES_ON.match(site.lowered, following.end) else None

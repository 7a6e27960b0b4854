"""Mentions of dosing schedules: how often, how long and on which days something was given."""

from __future__ import annotations

import re

from topline.mentions import lexicon
from topline.schema import Mention

_S = r"\s{1,4}"
_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|sixteen|eighteen|twenty|twenty-four|thirty"
)
_N = rf"(?:\d{{1,3}}(?:\.\d)?|{_WORDS})"
_LENGTH = rf"{_N}(?:{_S}(?:to|or|and){_S}{_N})?[\s-](?:minutes?|hours?|days?|weeks?|months?|years?)"
_DOSES = r"(?:cycles|doses|applications|injections|infusions)"
_ROUTE = "oral|intravenous|subcutaneous|intramuscular|intravitreal|ascending|bolus"

_FREQUENCY = re.compile(
    rf"""
    (?<![\w-])(?:
      # twice a day, once every 21 days, twice daily (BID)
      (?:once|twice|thrice|{_N}{_S}times|{_N}{_S}doses)(?:{_S}|-)
        (?:daily|weekly|monthly|nightly|yearly|annually|(?:a|per|each|every){_S}(?:{_LENGTH}|day|week|month|year|night))
        (?:{_S}\((?:QD|BID|TID|QID|QW|Q\d{{1,2}}[WDMH])\))?
      # every 3 weeks, every other day
    | every(?:{_S}|-)(?:other{_S}(?:day|week|month)|{_LENGTH}|day|week|month|night|morning|evening)\b
      # on days 1 and 8 of each 21-day cycle
    | (?:on{_S})?days?{_S}\d{{1,2}}(?:,{_S}\d{{1,2}}){{0,5}}(?:,?{_S}(?:and|through|to){_S}\d{{1,2}})?
        {_S}(?:of|in){_S}(?:each|every|a|the){_S}(?:{_LENGTH}{_S})?(?:treatment{_S})?cycle
      # of each 28-day cycle
    | (?:of|in){_S}(?:each{_S}|every{_S}|a{_S})?\d{{1,2}}-(?:day|week){_S}cycles?
      # daily; not "activities of daily living", "monthly migraine days"
    | (?:bi-?)?(?:daily|weekly|monthly)(?!{_S}(?:li(?:fe|ves|ving)|activit|headache|migraine|pain|off|on{_S}time))
    | at{_S}bedtime|nightly|as{_S}needed
      # single dose, single oral dose
    | single(?:{_S}|-)(?:(?:{_ROUTE}|{_N}){_S})?(?:doses?|injections?|infusions?|applications?|administrations?)
      # four weeks apart
    | {_N}{_S}(?:hours|days|weeks|months){_S}apart
      # eight-week treatment period
    | {_LENGTH}{_S}(?:treatment|dosing|infusion){_S}(?:period|course|regimen|cycle)s?
    )(?![\w-])
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Latin abbreviations; "bid" and "qd" in small letters are left out: a bid is also an offer.
_LATIN = re.compile(
    r"(?<![\w-])(?:QD|BID|TID|QID|QOD|QHS|Q\d{0,2}[DWMH]|q\.d\.|b\.i\.d\.|t\.i\.d\.|q\d{1,2}[dwmh])(?![\w-])"
)
# "for 12 weeks" is a dosing length only where something is given; the clue stands before it in the same sentence.
_DOSING_LENGTH = re.compile(
    rf"""
    (?<![\w-])(?:
      for{_S}(?:up{_S}to{_S}|at{_S}least{_S}|a{_S}total{_S}of{_S}|approximately{_S})?(?:{_LENGTH}|{_N}{_S}{_DOSES})
    | up{_S}to{_S}(?:{_LENGTH}|{_N}{_S}{_DOSES})
    )(?![\w-])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CLUE = re.compile(
    r"\b(?:dos(?:e[sd]?|ing)|mg|mcg|mL|treated|treatment|administered|received?|receiving|given|therapy|tak(?:en?|ing)|"
    r"daily|weekly|monthly|twice|infusions?|injections?|appl(?:ied|y|ications?)|tablets?|capsules?|regimen|cream|vehicle|"
    r"placebo|BID|QD|TID)\b",
    re.IGNORECASE,
)
_COUNTER_CLUE = re.compile(
    r"\b(?:followed|follow-up|monitored|observed|lasted|sustained|maintained|survived|remained|response)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?]\s|\n\s")
_CLUE_REACH = 110
_COUNTER_CLUE_REACH = 30
# The words that a schedule can start with; numbers are always tried.
_TRIGGERS = frozenset(
    "once twice thrice every on day days of in bi biweekly bimonthly daily weekly monthly at nightly as single for up "
    f"q qd bid tid qid qod qhs qw qm qh b t {_WORDS}".replace("|", " ")
    .replace("-", " ")
    .split()
) | frozenset(f"q{number}{unit}" for number in range(1, 91) for unit in "hdwm")


def match(text: str) -> list[Mention]:
    """Return the schedules in a text, in order, without overlaps."""
    mentions: list[Mention] = []
    free = 0
    for start in lexicon.starts(text, _TRIGGERS):
        end = _end(text, start) if start >= free else None
        if end:
            mentions.append(Mention(start, end, "SCHEDULE"))
            free = end
    return mentions


def _end(text: str, start: int) -> int | None:
    """Return where the schedule that starts at `start` ends."""
    found = _FREQUENCY.match(text, start) or _LATIN.match(text, start)
    if found is None:
        found = _DOSING_LENGTH.match(text, start)
        if found is None or not _is_dosing(text, start):
            return None
    return found.end()


def _is_dosing(text: str, start: int) -> bool:
    """Say whether a length of time is how long something was given."""
    before = text[max(0, start - _CLUE_REACH) : start]
    ends = [found.end() for found in _SENTENCE_END.finditer(before)]
    before = before[ends[-1] :] if ends else before
    return bool(_CLUE.search(before)) and not _COUNTER_CLUE.search(before[-_COUNTER_CLUE_REACH:])

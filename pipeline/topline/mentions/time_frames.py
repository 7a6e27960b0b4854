"""Mentions of when something was measured: `at week 24`, `12 months after randomization`, `during follow-up`."""

from __future__ import annotations

import re

from topline.mentions import lexicon
from topline.schema import Mention

_S = r"\s{1,4}"
_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|sixteen|eighteen|twenty|twenty-four|thirty|"
    "thirty-six|forty-eight|fifty-two|sixty|ninety"
)
_N = rf"(?:\d{{1,4}}(?:\.\d{{1,2}})?|(?:{_WORDS})(?:{_S}and{_S}a{_S}half)?)"
_UNIT = r"(?:minutes?|hours?|days?|weeks?|months?|years?|cycles?)"
_ABOUT = rf"(?:(?:approximately|about|nearly|almost|more{_S}than|up{_S}to|at{_S}least|only|just|roughly|over){_S})?"
# A footnote mark may be glued to the unit ("within five years3").
_NO_AGE = rf"(?![A-Za-z]|-old|{_S}(?:of{_S}age|old|or{_S}older))"
_SPAN = rf"{_ABOUT}{_N}(?:{_S}(?:to|and|or){_S}{_N}|[-–]{_N})?[\s-]{_UNIT}{_NO_AGE}"
_POINT = (
    rf"(?:weeks?|days?|months?|years?|cycles?|visit){_S}(?:\d{{1,4}}|{_WORDS})(?:,?{_S}day{_S}\d{{1,2}})?(?![\d.,]*\d)"
)
_EVENT = (
    r"(?:treatment|therapy|follow-?\s?up|dos(?:e|ing)|randomi[sz]ation|enrol?lment|surgery|vaccination|infusion|injection|"
    r"transplant(?:ation)?|administration|baseline|initiation|diagnosis|discharge|period|study|trial|exposure|stroke|onset|"
    r"procedure|implantation|chemotherapy|radiotherapy|immuni[sz]ation|maintenance|observation|phase|operation)(?![\w-])"
)
_STAGE = (
    r"(?:study|trial|treatment|therapy|follow-?\s?up|period|phase|extension|surgery|hospitali[sz]ation|hospital\sstay|"
    r"admission|enrol?lment|screening|randomi[sz]ation|analysis|data\scut-?\s?off|discharge|observation)(?![\w-])"
)
_MOMENT = (
    rf"(?:baseline|enrol?lment|screening|randomi[sz]ation|entry|study{_S}(?:entry|start|end)|discharge|data{_S}cut-?\s?off|"
    rf"follow-?up|visit|assessment|surgery|end{_S}of{_S}(?:treatment|study|therapy))(?![\w-])"
)
_OWN = rf"(?:(?:the|a|an|their|its|his|her|this|initial|average|median|mean|minimum|total){_S})?"
_MIDDLE = rf"(?:[\w-]{{1,20}}{_S}){{0,3}}?"
_POST = (
    r"post-?(?:treatment|dose|dosing|surgery|randomi[sz]ation|baseline|infusion|injection|vaccination|procedure|operation"
    r"|transplant(?:ation)?|implant(?:ation)?|discharge)(?![\w-])"
)
# What an "n-year" stands before when it says when something was measured: "five-year survival", "8-week results".
_MEASURED = (
    r"(?:(?:overall|event|disease|progression|relapse|recurrence|metastasis|local|invasive)[\s-]{1,2}){0,2}(?:free[\s-])?"
    r"(?:survival|mortality|recurrence|relapse|remission|response|follow-?\s?up|results|data|rates?|interim\sresults|OS|PFS|DFS"
    r"|EFS)(?![\w-])"
)
# What the time is counted from: "of follow-up", "after the second dose", "of the observation period", "post-treatment".
_TAIL = rf"""(?:
      {_S}(?:of|after|following|from|since|on|into|post|in){_S}{_OWN}{_MIDDLE}{_EVENT}
    | {_S}(?:{_MIDDLE}(?:treatment|observation|follow-?\s?up|study|withdrawal|extension|maintenance){_S}period
        |follow-?\s?up)(?![\w-])
    | {_S}?{_POST}
    )?"""
_AVERAGE = rf"""(?:
      an?{_S}(?:median|mean|average|minimum|maximum|total){_S}(?:follow-?\s?up{_S})?(?:of{_S})?
    | the{_S}(?:median|mean|average){_S}(?:of{_S})?
    )?"""
_EDGE = rf"(?:(?:the{_S})?(?:end|start|beginning|conclusion|completion|time|last|first){_S}(?:of{_S})?)?"
_PERIOD = rf"{_EDGE}{_AVERAGE}{_OWN}(?:(?:first|last|full|entire|second){_S})?{_SPAN}{_TAIL}"
_WHICH = rf"(?:last|final|study|hospital|interim|first|most{_S}recent)"
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"

_TIME = re.compile(
    rf"""
    (?<![\w-])(?:
      # from baseline to week 52
      from{_S}baseline{_S}(?:to|through|until){_S}(?:the{_S}end{_S}of{_S})?(?:{_POINT}|{_SPAN}){_TAIL}
      # at week 24, by the end of Month 3, Cycle 2 Day 1
    | (?:(?:at|by|through|to|until|after|within|on|in|since|beyond){_S})?{_EDGE}(?:study{_S})?{_POINT}{_TAIL}
      # over 24 weeks of follow-up, after a median of 4.6 years
    | (?:at|by|through|until|after|over|within|during|following|throughout|beyond|in){_S}{_PERIOD}
      # 12 months after randomization; not "4.4 months after a median follow-up", where a value stands before
    | {_SPAN}{_S}(?:after|following|post){_S}(?!an?{_S}m(?:inim|edi|ean|axi)){_OWN}{_MIDDLE}{_EVENT}
      # five-year survival; not "17-month overall survival", which is a value
    | (?:\d{{1,2}}-(?:year|week|day)|(?:3|6|9|12|18|24|30|36|48|60)-month|(?:{_WORDS})-(?:year|month|week|day))
        (?={_S}{_MEASURED})
      # within the first week, on the final day of treatment
    | (?:at|by|within|during|over|in|on|after){_S}the{_S}(?:first|second|last|final)(?:{_S}{_N})?{_S}{_UNIT}
        (?![\w-]){_TAIL}
      # before treatment, following vaccination; "after treatment with" says who was treated
    | (?:before|prior{_S}to|after|following){_S}(?:the{_S}|a{_S}single{_S})?
        (?:treatment|therapy|dos(?:e|ing)|vaccination|injection|infusion)(?![\w-]|{_S}(?:with|by|failure|of|initiation|start))
      # through April 2024
    | (?:through|until){_S}(?:{_MONTH})(?:{_S}\d{{1,2}},?)?{_S}\d{{4}}
      # a baseline of 8.0, Baseline = 88.1 kg
    | baseline(?={_S}(?:of|was|=){_S}[+-]?\d)
      # 24 hours post-dose
    | {_SPAN}{_S}?{_POST}
      # at the end of the study
    | (?:at|by|until|through|near|from){_S}(?:the{_S})?(?:start|beginning|end|conclusion|completion|time|initiation){_S}
        of{_S}(?:(?:the|their|this|our|data){_S})?{_MIDDLE}{_STAGE}
      # during the follow-up period, throughout the trial
    | (?:during|throughout|over){_S}(?:the|their|this|an?|each){_S}{_MIDDLE}{_STAGE}
        (?:{_S}(?:period|phase)(?![\w-]))?(?:{_S}of{_S}(?:nearly{_S})?{_SPAN})?
      # at baseline, prior to enrollment, at their last assessment
    | (?:at|before|prior{_S}to|after|upon|through|until){_S}(?:the{_S}|their{_S})?(?:{_WHICH}{_S})?{_MOMENT}
      # post-dose
    | pre-?(?:dose|treatment|surgery|vaccination)(?![\w-])
    | {_POST}
      # as of the data cut-off date, as of August 31, 2024
    | (?:as{_S}of{_S}the{_S})?data{_S}cut-?\s?off(?:{_S}date)?(?![\w-])
    | as{_S}of{_S}(?:{_MONTH})(?:{_S}\d{{1,2}})?(?:,?{_S}\d{{4}})?
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Every alternative of the pattern starts with one of these or a number; it is tried there only.
_TRIGGERS = frozenset(
    f"at by through throughout to until after over within during following from in on up since beyond {_WORDS} "
    "approximately about nearly almost more least only just roughly the end start beginning conclusion completion time "
    "last first study week weeks day days month months year years cycle cycles visit pre predose pretreatment post "
    "postdose posttreatment data as prior before upon near baseline".replace("|", " ")
    .replace("-", " ")
    .split()
)
_AGED = re.compile(r"\b(?:ages?|aged)\s$", re.IGNORECASE)
# "at weeks 4, 8 and 12": the later numbers are time frames of their own, each may have its own value.
_NEXT = re.compile(
    rf"(?:,(?:{_S}and)?|{_S}and|{_S}or){_S}(\d{{1,3}})(?![\d.,]*[\d%]|{_S}(?:patients|subjects|participants|of))"
)
_LISTED = re.compile(rf"(?:weeks|days|months|years|cycles){_S}\d{{1,4}}$", re.IGNORECASE)
_LONGEST_LIST = 8


def match(text: str) -> list[Mention]:
    """Return the time frames in a text, in order, without overlaps; a listed time is a mention of its own."""
    mentions: list[Mention] = []
    free = 0
    for start in lexicon.starts(text, _TRIGGERS):
        found = _TIME.match(text, start) if start >= free else None
        if found is None or _AGED.search(text[max(0, start - 8) : start]):
            continue
        mentions.append(Mention(found.start(), found.end(), "TIME_FRAME"))
        if _LISTED.search(found[0]):
            mentions += _listed(text, found.end())
        free = mentions[-1].end
    return mentions


def _listed(text: str, place: int) -> list[Mention]:
    mentions: list[Mention] = []
    for _ in range(_LONGEST_LIST):
        item = _NEXT.match(text, place)
        if item is None:
            break
        mentions.append(Mention(item.start(1), item.end(1), "TIME_FRAME"))
        place = item.end()
    return mentions

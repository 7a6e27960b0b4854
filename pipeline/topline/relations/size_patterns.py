"""The wordings of a group's size: what may stand between a group's phrase and its count, before and behind them."""

from __future__ import annotations

import re

PEOPLE = (
    r"(?:patients|subjects|participants|people|persons|adults|women|men|children|infants|volunteers|individuals|eyes"
    r"|outpatients|inpatients|adolescents|boys|girls|babies|newborns|recipients|controls|pts)"
)
# What stands between an arm's name and its bracket: doses and schedules, never another group.
WORDS = (
    r"(?:\s(?:up|titrated|increased|escalated)\sto|[\s-]{1,3}(?!(?:and|or|versus|vs|than|to|compared|against|was|were|had|with\splacebo)\b)"
    r"[\w./®™%+×-]{1,24}){0,14}+"
)
N_BEHIND = re.compile(
    rf"""[,;]?\s{{0,2}}[nN]\s?[=:]\s?                           # velotinib n=54; velotinib, n=54
       | {WORDS}\s{{0,4}}[(\[]\s?                               # velotinib 25 mg daily (n=54
         (?:[^()\[\]\n=]{{1,70}}[;,]\s?)?[nN]\s?[=:]\s?         # velotinib 25 mg (Arm 2, twice daily; n=54
    """,
    re.X,
)
BRACKET = re.compile(
    rf"(?:[,:]\s\d[\d.,]{{0,8}})?{WORDS}\s{{0,2}}[(\[]\s?(?:[^()\[\]\n;]{{1,60}},\s)?"
)  # velotinib 25 mg daily (54 patients
PEOPLE_CLOSE = re.compile(rf"\s(?:[a-z]{{3,12}}\s)?{PEOPLE}(?:\s[\w\s-]{{1,40}})?[)\],;]", re.I)
# "7.4% of those on placebo (71) stopped": the bracket holds how many of them did
SHARE_BEFORE = re.compile(r"(?:%|percent)\sof\s(?:the\s|all\s)?$", re.I)
BARE = re.compile(rf"{WORDS}\s{{0,2}}[(\[]\s?")  # velotinib 25 mg daily (54), placebo (53)
BARE_NUMBER = re.compile(r"[(\[]\s?\d{1,3}(?:,\d{3})?\s?[)\]]")
BARE_CLOSE = re.compile(r"\s?[)\]](?!\s?[%(])")
# "Group 3: velotinib, 100 mg, 11 patients" in a list
LISTED = re.compile(r"(?:[:,]?\s{1,3}[\w./®™%+×-]{1,24}){0,10}[,:]\s{1,3}")
LISTED_CLOSE = re.compile(rf"\s(?:[a-z]{{3,12}}\s)?{PEOPLE}\s{{0,3}}(?:[.;,)\n]|$)", re.I)
COMPOSED = re.compile(
    r"\s(?:include[sd]|comprise[sd]|consisted\sof|enrolled|contain(?:s|ed)|involv(?:ed|ing)|including|of)"
    r"\s(?:a\stotal\sof\s|only\s)?",
    re.I,
)
PEOPLE_BEHIND = re.compile(rf"(?:[\s-][\w-]{{1,20}}){{0,4}}?\s{PEOPLE}\b", re.I)
CELL = re.compile(r"[\s(\[]{0,4}[nN]\s?[=:]\s?")
# A count behind one of these words is no longer the group's own: "patients with at least 3 metastatic sites".
QUALIFIED = re.compile(r"\b(?:with|who|that|at|had|having|in|of\sthe)\b", re.I)
ONE_IN = re.compile(r"\b(?:one|two|three|four|\d)\sin(?:\severy)?\s$", re.I)
OF_THEM = rf"(?:of\s(?:them|these|those|whom|the\s{PEOPLE})|{PEOPLE})"
ASSIGNED = re.compile(
    rf"""[)\]]?(?:\s{OF_THEM})?
      (?:\s(?:who|that))?(?:\s(?:were|was|had(?:\sbeen)?|have(?:\sbeen)?))?(?:\srandomly)?
      (?:\s(?:randomi[sz]ed|assigned|allocated|treated|dosed|enrolled)(?:\s(?:by\s(?:chance|lot)|at\srandom))?)?
      (?:\s(?:in|on|to(?:\s(?:continue|receive|take|get|use|stay\son|remain\son|switch\sto|be\sgiven))?|at|with|into|received|receiving|given|got|getting|took|taking|inhaled|used|using|applied|wore|wearing)
        |(?<=\srecipients)\sof)
      (?:\s(?:(?:an?|one|two|the)\s)?(?:[a-z-]{{3,20}}\s){{0,3}}(?:injections?|infusions?|doses?|tablets?|capsules?|courses?)\sof)?
      \s(?:the\s|an?\s|either\s)?
    """,
    re.X | re.I,
)
# 238 (the treatment group); 48 with papillary tumors only (the papillary cohort)
NAMED_BEHIND = re.compile(r"(?:\s[a-z][a-z-]{1,20}){0,8}\s?\((?:the\s)?", re.I)
IS_ARM = re.compile(r"\b(?:arm|group|cohort)$", re.I)
ARM_OF = re.compile(r"\sof\s(?:the\s)?")  # in the velotinib arm of 123
# Words of a sentence that may count its people for what happened to them.
_EVENTS = r"had|died|deaths?|occurr|report|experienc|discontinu|withdr|lost|develop|achiev|relaps|respond|events?|cases"
HAPPENED = re.compile(rf"%|\b(?:{_EVENTS})", re.I)
# "were randomly assigned to either one: 364 in the velotinib group and 367 in", nothing said of what happened to them
JUST_ASSIGNED = re.compile(
    rf"""\b(?:randomi[sz]ed|randomly\sassigned|assigned|allocated|divided)\b
      (?!(?:[^.;]|\.(?=\d)){{0,200}}?(?:%|\b(?:{_EVENTS}|complet|of\swhom|includ|show
        |were\s(?!randomi|assigned|allocated))))
      (?:[^.;]|\.(?=\d)){{0,200}}$""",
    re.X | re.I,
)
# "of whom 36 were assigned to"; 46 people assigned to the device may also be those who bled
ARE_ASSIGNED = re.compile(
    rf"(?:\s{OF_THEM})?\s(?:were|was)(?:\sthen)?(?:\srandomly)?\s(?:assigned|allocated|randomi[sz]ed)\sto\b", re.I
)
# "Eight pretreated patients (median age 61) were enrolled", but not "two patients were randomized but never treated"
ARE_ENROLLED = re.compile(
    r"""(?:\s?\([^()]{1,120}\))?,?\s(?:were|was|(?:have|had)\sbeen)\s(?:(?:then|[a-z]{4,12}ly)\s)?
      (?:enrol|recruited|randomi|screened|included|dosed|treated|assigned|allocated|evalua|studied|assessed|analy[sz]ed)
      [a-z]{0,4}\b(?!\sbut\b)""",
    re.X | re.I,
)
AMONG_THE = re.compile(r"\b(?:among|amongst|in|of|for|from|across|to|by)\s(?:the|these|those)\s$", re.I)
NAMES_PEOPLE = re.compile(rf"\s(?:[a-z]{{3,12}}\s)?{PEOPLE}\b", re.I)
SENT = re.compile(r"\s(?:to|of\s(?:them|these|those|whom))\s")
# "By lot, 64 received velotinib once a week and 32 received placebo": a bare number of those who were given something
GIVEN = re.compile(r"\s(?:received|were\s(?:then\s)?given|got|took)\s", re.I)
DENOMINATOR = re.compile(
    rf"""(?:\s{PEOPLE})?\s?[)\]]?(?:\s?[(\[]\s?\d{{1,3}}(?:\.\d{{1,3}})?\s?(?:%|percent)\s?[)\]])?(?:\s(?:of|in)\s{PEOPLE})?
      (?:\s(?:of|in|on|among|receiving|given|with|at|for|treated\swith|who\sreceived)(?:\sthe|\sa)?)?\s
    """,
    re.X | re.I,
)
PART_BEFORE = re.compile(r"(?:/|(?-i:\bof|\bout\sof)(?:\s(?:the|all))?)\s?$", re.I)
OUT_OF = re.compile(
    r"""(?:^|[^\w.])(?:\d[\d,]{0,8}|(?!(?:cohort|group|total|trial|study|target|sample|population|enrollment)\b)[a-z-]{3,12})
      \s?(?:/|\s(?:out\s)?of(?:\s(?:the|all))?)\s?$""",
    re.X | re.I,
)
EVENT_BEFORE = re.compile(
    r"(?:(?-i:\bin|\bby)|\b(?:wo)?m[ae]n\sof|\baged?|\bnumbered|%\s\("
    r"|(?:(?<![\w.-])\d[\d,]{0,8}|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)),?\sand)\s$",
    re.I,
)
EVENT = re.compile(
    r"""(?:\s\([^()]{1,20}\))?\s(?:(?:each|all|also|then)\s)?(?:had|died|experienc|discontinu|stopp|withdr|achiev|report|develop|respond|show
    |interrupt|reach|met\b|remain|improv|relaps|progress|gain|lost|requir|need|were\shospital|(?:is|was|were|are)\salive|surviv|recover|complet)""",
    re.X | re.I,
)
PERCENT_BEFORE = re.compile(r"(?:%|percent)[^.;%]{0,60}$")
PERCENT_BEHIND = re.compile(r"[^.;]{0,80}\(\s?\d{1,3}(?:\.\d{1,3})?\s?%")
PLANNED_BEFORE = re.compile(
    r"\b(?:will|would|plans?|planned|expects?|expected|intends?|anticipat(?:es?|ed)|target(?:s|ed|ing)?|designed\sto|powered|aims?"
    r"|(?:is|are|currently|continues|begin|began|proceeding\swith)\senrolling|to\s(?:enroll|recruit|randomi[sz]e)|enrolling\san\sadditional)\b(?:[^.;]|\.(?=\d)){0,140}$|\bup\sto\s(?:a\stotal\sof\s)?$",
    re.I,
)
PLANNED_BEHIND = re.compile(
    r"""[^.;]{0,60}\b(?:will|to)\sbe\s(?:enrolled|randomi|recruit|includ|treated|dosed)
      |\s[^.;,]{1,40},\s(?:planned|powered|expected|scheduled|designed)\sto\b""",
    re.X | re.I,
)
EACH = re.compile(
    rf"""(?:\s{PEOPLE})?(?:\s(?:were|was)\s(?:assigned|allocated|randomi[sz]ed))?
      (?:\s(?:per|(?:in|to|at|on|for|into)\seach(?:\sof\s(?:the\s)?[a-z]{{2,6}})?)
         (?:(?:\s(?:treatment|study|dose|dosing))?\s(?:groups?|arms?|cohorts?|doses?|levels?)\b|\s?[.;)])
        |(?<!\d)\seach\s?[.,:;)])""",
    re.X | re.I,
)
ABOUT = re.compile(
    r"\b(?:about|approximately|nearly|almost|more\sthan|over|some|roughly|around|up\sto|at\sleast|~|>)\s?$", re.I
)
PREVALENCE = re.compile(
    r"\b(?:worldwide|annually|prevalence|incidence|(?:each|per|every)\syear|affect(?:s|ing)|Americans|in\sthe\s(?:U\.?S\.?|United\sStates))",
    re.I,
)
N_IS = re.compile(r"\bn\s?[=:]\s?$", re.I)  # "the annual incidence in all patients (n=74)" tells of a trial's patients
PART = re.compile(r"\s?(?:/|of\b|out\sof\b)", re.I)
BRACKETED_N = re.compile(rf"\s{{0,2}}[(\[]\s?(?:[nN]\s?[=:]\s?\d|\d{{1,3}}(?:,\d{{3}})?\s{PEOPLE}\s?[)\]])")
ENROLLED = re.compile(r"\b(?:enrol|random|recruit|assigned|allocated)", re.I)
ALL_BEFORE = re.compile(r"\ball\s(?:of\s)?(?:the\s|these\s|those\s)?$", re.I)
LEAD = re.compile(r"(?:the|these|those|all|all\sof\sthe)?\s?(?:other|remaining|first|last)?", re.I)

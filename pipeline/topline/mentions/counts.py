"""Numbers of people and of events: what follows the number decides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from topline.mentions.lexicon import read_table
from topline.mentions.measures import Site
from topline.mentions.numbers import ONES

WORDS_AHEAD = 7  # "107 of these heavily pretreated efficacy evaluable patients"

WORD = re.compile(r"(?:-|[^\S\n]{0,3}\n?[^\S\n]{0,12})([^\W\d][\w'’/+*-]{0,30})")
# Words that end the noun phrase: what comes after them is another phrase's noun.
STOPS = frozenset(
    """
    a an and are as at be been but by did do does for from had has have if in including is it its not on or over
    per since so than that then though through to under until up via vs versus was were when where which while
    who with within without would will can could may might during after before about between into against among
    because mg kg weeks week months month days day years year hours points percent doses dose sites centers
    countries
    """.split()
)
N_BEFORE = re.compile(r"(?<![a-z0-9])n\s?[=≥>:]\s?$")
SIZE_GATE = ("=", "≥", ">", ":", " of")  # spares most numbers the two searches
SIZE_BEFORE = re.compile(r"\b(?:group|total|cohort|sample|subset|subgroup|population|enrollment|sample size) of$")
# "six high dose patients"; "controls" is a noun only where its phrase ends, and "internal controls" are no people
STRONG = frozenset({"high", "low", "higher", "lower", "mid", "medium", "middle", "full", "half"})
MATCHED = re.compile(
    r"[.,;:)(]|\s(?:had|have|were|was|did|died|who|with|without|in|on|at|and|or|from|versus|vs)(?!\w)|\s?\Z"
)
GOVERNED = frozenset("internal disclosure financial quality price export capital cost accounting security".split())
SLASH = re.compile(r"\s?/\s?([0-9]++(?:,[0-9]{3})*+)(?![\d/%]|\.\d)")
OUT_OF = re.compile(
    r"\s(?:out\s)?of\s(?:the\s|all\s|these\s|those\s)?(?:other\s|remaining\s)?(?:[0-9]++(?:,[0-9]{3})*+)(?![\d%]|\.\d)"
)
OUT_OF_WORDS = re.compile(
    r"\s(?:out\s)?of\s(?:the\s|all\s|these\s|those\s)?(?:other\s|remaining\s)?"
    r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[a-z]{3,5}teen|[a-z]{3,5}ty)(?![\w-])"
)
# What happened, whatever it is called: "one suicide attempt occurred", "no severe hypoglycemia was observed"
OCCURRED = re.compile(
    r"(?:\s(?:[a-z][\w/-]{0,24}|[1-5](?:\sor\s[1-5])?)){1,5}?\s(?:occurred|(?:was|were|(?:has|have)\sbeen)"
    r"\s(?:observed|reported|seen|noted|recorded|detected|identified))(?![a-z])"
)
NO_EVENT = re.compile(
    r"difference|change|evidence|trend|effect\b|impact|correlation|association|improvement|benefit|data"
)
# After these a number stands for people already named: "and five on tesovarin", "all three resumed treatment"
ANOTHER = (" and", " or", " versus", " vs", " vs.", " against", " but", ",")
ON_DRUG = re.compile(r"\s(?:on|under)\s[a-z0-9]")
THE_SAME = (" all", " whom", " other", " remaining")
# "numbered three", "of whom four remain", "of these, seven stayed"; never "of these two drugs"
NUMBERED = (" numbered", "of whom", "of these,", "of those,", "of them,")
# "two of the first group", "six versus two)", "Two left before …", "Seven never came"; never "Two related products"
OF_GROUP = re.compile(r"\sof\sthe\s(?:first|second|third|fourth|others?|former|latter|treated|untreated)(?![\w-])")
OPENING = re.compile(r"(?:^|[.;:•–—]) ?$")
OPENED = re.compile(
    r"\s(?:never|left|[a-z]{3,14}ed\s(?:out|from|the|an?|to|for|in|because|after|before|treatment|by|no|with))(?![\w-])"
)
COMPARED = re.compile(rf"\s(?:versus|vs\.?)\s(?:[0-9]|none\b|(?:{'|'.join(ONES)})\b)")
THERE = re.compile(r"(?<![a-z])there (?:was|were|has been|have been)(?: only| just)?$")
OF_KIND = re.compile(
    r"(?:\s[a-z][a-z/-]{2,24}){1,4}?\s(?:in|on|with|among|during)\s(?:the|those|patients|placebo|[a-z-]{3,20}\sgroup)(?!\w)"
)
# "was necessary in five."; never "cut in two."
IN_SOME = re.compile(r"(?<!cut)(?<!split)(?<!divided)(?<!folded)(?<!torn) in(?: only| just)?$")
CLOSED = re.compile(r"\s?[.;)](?!\w)")
# "in none.", "by none after vehicle", "in nobody"
IN_NONE = re.compile(r"(?<![a-z])(?:in|by)$")
NONE_THERE = re.compile(r"\s?[.,;)]|\s(?:and|after|with|on|of\sthe)(?!\w)")
NONE_OF = re.compile(r"\sof\s(?:the|our|these|those)\s(?:other\s|remaining\s)?[0-9]")
PAST = re.compile(r"\s(?:has|have|had|was|were|did|died|experienced|developed|withdrew|discontinued)(?![\w-])")
DID = re.compile(
    r"\s(?!(?:need|feed|seed|speed)(?![\w-]))(?:[a-z]{3,14}ed|lost|left|fell|felt|grew|took|went|became|got|made|met|kept|began|saw"
    r"|withdrew|bled|broke)(?![\w-])"
)
# "no grade ≥3 adverse events", "no dose (40 mg) limiting toxicity", "no grade 3 or 4 bleeding"
SKIPPED = re.compile(
    r"\s(?:\([^()\n]{1,30}\)|[≥≤<>]{0,2}=?\s?[0-9](?:\s?[-–/]\s?[0-9]|\s(?:or|and|to)\s[0-9])?\+?(?![\w.%])"
    r"(?:\sor\s(?:higher|greater|above|worse|more)(?!\w))?)"
)
# "52 (14.2%)", "Three were excluded", "11 in the placebo group", "four of which"
PREDICATE = re.compile(
    r"""\s(?: \([<>]?[0-9]{1,3}(?:\.[0-9]{1,3})?\s?%
            | (?:were|had|have|died|discontinued|achieved|experienced|withdrew|completed|received|remained?|showed
                |reported|developed|responded|dropped|progressed|did|was|has|met|are)(?![a-z])
            | (?:each\s)?(?:in|on|from|for|with|at)\s(?:the\s|each\s)?
              (?:[\w+.-]{1,24},?\s){0,7}(?:group|arm|cohort|placebo)s?\b
            | (?:on|at)\s(?:the\s)?(?:[a-z]{3,7}\sdose\b|[0-9]++(?:\.[0-9]++)?\s?(?:mg|mcg|µg)\b)
            | (?:receiving|taking|given|who|whose|treated\swith|assigned\sto|randomi[sz]ed\sto)(?![a-z])
            | that\s(?:did|had|have|were|was)\b
            | of\s(?:whom|which|them|these|those|the\s(?:former|latter))\b
            )""",
    re.VERBOSE,
)


@cache
def count_nouns() -> Mapping[str, str]:
    """Return the nouns for people and for events, with which they are."""
    table = read_table("count_nouns.tsv", ("noun", "kind"))
    return MappingProxyType({row.cells["noun"]: row.cells["kind"] for row in table})


def counted_noun(lowered: str, end: int, denied: bool = False) -> str | None:
    """Return what the noun phrase after `end` is about: `people`, `events`, `design` (sites, trials, …) or None.

    After a "no" (`denied`) it may also be a `state` ("no recurrence"), and grades and brackets are passed over.
    """
    after = lowered[end : end + 1]
    if not (after.isspace() or after.isalpha() or after == "-"):
        return None
    nouns, last = count_nouns(), ""
    for _ in range(WORDS_AHEAD):
        found = WORD.match(lowered, end)
        if not found:
            if not (denied and (skipped := SKIPPED.match(lowered, end))):
                return None
            end = skipped.end()
            continue
        word = found[1].removesuffix("'").removesuffix("’").removesuffix("'s").removesuffix("’s")
        kind = nouns.get(word) or nouns.get(word.rpartition("-")[2])
        if kind and not (kind == "design" and word != found[1]):
            unclear = word == "controls" and (last in GOVERNED or not MATCHED.match(lowered, found.end()))
            return None if unclear or (kind == "state" and not denied) else kind
        if word in STOPS and not (word == "dose" and (denied or last in STRONG)):
            return None
        end, last = found.end(), word
    return None


def is_count(site: Site, value: float, end: int, noun: str | None) -> bool:
    """Return whether the number that ends at `end` counts people or events; `noun` is its `counted_noun`."""
    number, left = site.number, site.left
    if not float(value).is_integer():
        return False
    if number.form == "none":
        return noun in {"people", "events", "state"} or _is_denied(site, end)
    if left.endswith(SIZE_GATE) and (N_BEFORE.search(left) or SIZE_BEFORE.search(left)):
        return True
    if _is_part(site, end):
        return True
    return noun != "design" if noun else _is_told(site, end)


def _is_told(site: Site, end: int) -> bool:
    """Return whether what follows a bare number tells of people or events: "three were excluded"."""
    text, left = site.lowered, site.left
    worded = site.number.form == "words"
    if worded and (left.endswith(NUMBERED) or (IN_SOME.search(left) and CLOSED.match(text, end))):
        return True
    if not text[end : end + 1].isspace():
        return False
    if PREDICATE.match(text, end) or OCCURRED.match(text, end):
        return True
    if not worded:
        return False
    if OUT_OF_WORDS.match(text, end) or OF_GROUP.match(text, end):
        return True
    if (OPENING.search(left) and OPENED.match(text, end)) or (left.endswith("(") and COMPARED.match(text, end)):
        return True
    if THERE.search(left) and OF_KIND.match(text, end):
        return True
    if left.endswith(THE_SAME) and DID.match(text, end):
        return True
    before = site.previous
    near = before is not None and before.label in {"COUNT", "DOSE", "PERCENT"} and site.number.start - before.end < 80
    return near and left.endswith(ANOTHER) and bool(ON_DRUG.match(text, end))


def _is_denied(site: Site, end: int) -> bool:
    """Return whether a "no" or "none" says that nothing happened: "none was severe", "no syncope was observed"."""
    word = site.lowered[site.number.start : end]
    if word in {"nobody", "none"} and IN_NONE.search(site.left) and NONE_THERE.match(site.lowered, end):
        return True
    if word in {"nobody", "no one"}:
        return bool(PAST.match(site.lowered, end) or DID.match(site.lowered, end))
    if word == "none":
        if DID.match(site.lowered, end) or NONE_OF.match(site.lowered, end):
            return True
        return bool(PREDICATE.match(site.lowered, end)) and not site.lowered.startswith(" of which", end)
    if site.left.endswith((" if", " whether")):
        return False
    found = OCCURRED.match(site.lowered, end)
    return found is not None and not NO_EVENT.search(found.group())


def _is_part(site: Site, end: int) -> bool:
    """Return whether it is a side of `16/20` or `16 of 20`, numerator first and not above its denominator."""
    found = SLASH.match(site.lowered, end) if "/" in site.lowered[end : end + 2] else None
    if found:
        return site.number.value <= float(found[1].replace(",", ""))
    before = site.previous
    if OUT_OF.match(site.lowered, end):
        return True
    if before is None or before.label != "COUNT" or site.number.start - before.end > 20:
        return False
    between = site.lowered[before.end : site.number.start].strip()
    return between == "/" or between in {
        "of",
        "out of",
        "of the",
        "of these",
        "of all",
        "of those",
        "out of the",
        "of the other",
        "of the remaining",
    }

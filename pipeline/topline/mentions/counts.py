"""Numbers of people and of events: what follows the number decides."""

from __future__ import annotations

import re
from functools import cache

from topline.mentions.measures import Site, rows

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
    """.split()  # noqa: SIM905
)
N_BEFORE = re.compile(r"(?<![a-z0-9])n\s?[=≥>:]\s?$")
SIZE_BEFORE = re.compile(r"\b(?:group|total|cohort|sample|subset|subgroup|population|enrollment|sample size) of$")
SLASH = re.compile(r"\s?/\s?([0-9]++(?:,[0-9]{3})*+)(?![\d/%]|\.\d)")
OUT_OF = re.compile(r"\s(?:out\s)?of\s(?:the\s|all\s|these\s|those\s)?(?:[0-9]++(?:,[0-9]{3})*+)(?![\d%]|\.\d)")
# "52 (14.2%)", "Three were excluded", "11 in the placebo group", "four of which"
PREDICATE = re.compile(
    r"""\s(?: \([<>]?[0-9]{1,3}(?:\.[0-9]{1,3})?\s?%
            | (?:were|had|have|died|discontinued|achieved|experienced|withdrew|completed|received|remained?|showed
                |reported|developed|responded|dropped|progressed|did|was|has|met|are)(?![a-z])
            | (?:each\s)?(?:in|on|from|for|with)\s(?:the\s|each\s)?
              (?:[\w+-]{1,24}\s){0,4}(?:group|arm|cohort|placebo)s?\b
            | of\s(?:whom|which|them|these|those)\b
            )""",
    re.VERBOSE,
)
BEFORE_OF = re.compile(r"(?:^|[\s(])([0-9]+|\w+) (?:out )?of(?: the| all| these| those)?$")


@cache
def count_nouns() -> dict[str, str]:
    """Return the nouns for people and for events, with which they are."""
    return {row["noun"]: row["kind"] for row in rows("count_nouns.tsv")}


def counted_noun(lowered: str, end: int) -> str | None:
    """Return what the noun phrase after `end` is about: `people`, `events`, `design` (sites, trials, …) or None."""
    nouns = count_nouns()
    for _ in range(WORDS_AHEAD):
        found = WORD.match(lowered, end)
        if not found:
            return None
        word = found[1].removesuffix("'").removesuffix("’").removesuffix("'s").removesuffix("’s")
        kind = nouns.get(word) or nouns.get(word.rpartition("-")[2])
        if kind and not (kind == "design" and word != found[1]):
            return kind
        if word in STOPS:
            return None
        end = found.end()
    return None


def is_count(site: Site, value: float, end: int) -> bool:
    """Return whether the number that ends at `end` counts people or events."""
    number, text = site.number, site.lowered
    if not float(value).is_integer():
        return False
    if number.form != "none" and ((N_BEFORE.search(site.left) or SIZE_BEFORE.search(site.left)) or _is_part(site, end)):
        return True
    if noun := counted_noun(text, end):
        return noun != "design"
    return number.form != "none" and bool(PREDICATE.match(text, end))


def _is_part(site: Site, end: int) -> bool:
    """Return whether it is a side of `16/20` or `16 of 20`, numerator first and not above its denominator."""
    found = SLASH.match(site.lowered, end)
    if found:
        return site.number.value <= float(found[1].replace(",", ""))
    before = site.previous
    if before is None or before.label != "COUNT" or site.number.start - before.end > 16:
        return bool(OUT_OF.match(site.lowered, end))
    between = site.lowered[before.end : site.number.start].strip()
    return between == "/" or between in {"of", "out of", "of the", "of these", "of all", "of those", "out of the"}

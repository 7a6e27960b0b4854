"""Numbers that are no measurements: money, dates, identifiers, references, list numbers, time points.

Every rule takes a `Site` and returns a SET_ASIDE mention whose `code` is the reason, or None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from topline.mentions.lexicon import read_table
from topline.mentions.measures import DASH, Site, quantity
from topline.schema import Mention, Quantity

_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
)
_SCALE = r"(?:\s?(?:thousand|million|billion|trillion|mm?\b|bn?\b|k\b))?"
_STREET = r"(?:street|st\.|avenue|ave\.?|road|rd\.|drive|boulevard|blvd\.?|lane|way|parkway|plaza|place|court|square)"

MONEY_BEFORE = re.compile(r"(?:us|c|a|hk|nt)?[$€£¥]\s?$|(?<![a-z])(?:usd|eur|gbp|rmb|cad|chf)\s?$")
# Cheap looks at the characters beside the number, before any pattern is tried.
MONEY_GATE = ("$", "€", "£", "¥", "usd", "eur", "gbp", "rmb", "cad", "chf")
SCALE_STARTS = frozenset("tmbk")
MONEY_RANGE = re.compile(rf"{_SCALE}(?:\s?(?:to|and|{DASH})\s?[$€£¥]\s?[0-9][0-9,]*+(?:\.[0-9]++)?{_SCALE})?")
MONEY_AFTER = re.compile(rf"{_SCALE}\s(?:u\.?s\.?\s)?(?:dollars|euros?|cents|yen|pounds\ssterling|rmb)\b")
SHARES_AFTER = re.compile(
    rf"{_SCALE}\s(?:[a-z-]{{1,14}}\s){{0,3}}(?:shares?|warrants|stock\soptions|options\sto|ads|adss|holders\sof\srecord)\b"
)
MONTHS = frozenset(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
MONTH_BEFORE = re.compile(rf"(?<![a-z]){_MONTH}\.?\s?$")
AFTER_MONTH = re.compile(r"(?:st|nd|rd|th)?(?:\s?[-–]\s?[0-9]{1,2}(?![0-9]))?(?:\s?,?\s?(?:19|20)[0-9]{2}(?![0-9]))?")
DAY_FIRST = re.compile(rf"(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}\.?(?:\s?,?\s?(?:19|20)[0-9]{{2}})?(?![a-z0-9])")
SLASH_DATE = re.compile(
    r"[0-9]{1,2}([/.-])[0-9]{1,2}\1(?:[0-9]{4}|[0-9]{2})(?![0-9/])|[0-9]{4}-[01][0-9]-[0-3][0-9](?![0-9])"
)
YEAR = re.compile(r"(?:19|20)[0-9][0-9](?![0-9,.]\d)")
YEAR_TAIL = re.compile(r"(?:s|\s?[-–/]\s?(?:(?:19|20)[0-9]{2}|[0-9]{2})(?![0-9%]))?(?![a-z0-9])")
CITATION = re.compile(r"(?:19|20)[0-9]{2}(?:\s[a-z]{3})?;\s?[0-9]{1,4}(?:\([\w-]{1,12}\))?:[\w-]{1,20}")
URL_TOKEN = re.compile(r"\S*+")
URL_MARKS = re.compile(r"://|doi:|www\.|@|\.(?:com|org|gov|net)/")
CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s?[ap]\.?m\b\.?)?(?![0-9:])|[0-9]{1,2}\s?[ap]\.?m\b\.?")
NAMED_AFTER = re.compile(r"\s(?:cfr|u\.s\.c)(?![a-z])|-[a-z]{2,20}")
DESIGN = re.compile(r"[0-9]{1,2}(?::[0-9]{1,2}){1,4}(?![0-9])")
DESIGN_WORDS = re.compile(r"(?P<tied>\s|-)to(?:\s|-)(?:one|two|three|four|[1-4](?:\.0{1,2})?)(?![\w%]|[.,]\d)")
ALLOCATED = re.compile(r"randomi[sz]|allocat|assign|ratio")
PHONE = re.compile(
    r"""  [0-9]{3}-[0-9]{4}(?![0-9])                                            # 555-0600
        | 1-8[0-9]{2}-[\w-]{1,12}                                             # 1-800-ACME
        | (?:[0-9]-)?\(?[0-9]{3}\)?[-.\s]{1,2}[0-9]{3}[-.\s][0-9]{4}(?![0-9])  # (781) 555-0600
        | [0-9]{1,3}\s[0-9]{2,4}\s[0-9]{3,4}\s[0-9]{3,4}                       # 44 20 5550 1234""",
    re.VERBOSE,
)
DASHED = re.compile(
    rf"""  [0-9]++(?:{DASH}[0-9]++){{2,6}}(?![0-9%.])         # 0001-23-456789
        | 0[0-9]*+{DASH}[0-9]{{4,9}}(?![0-9%.])           # 0-17999
        | [0-9]{{2,3}}{DASH}[0-9]{{5,9}}(?![0-9%.,])      # 333-12345""",
    re.VERBOSE,
)
DOTTED = re.compile(r"[0-9]++(?:\.[0-9]++){2,6}(?![0-9])")
ORDINAL = re.compile(r"(?:st|nd|rd|th)(?![a-z])")
ORDINAL_TIME = re.compile(
    rf"\s(hour|day|week|month)(?![\w-]|\s(?:of\s{_MONTH}|following|after|prior|before|preceding))"
)
GLUED = re.compile(r"[a-z][\w-]*+(?:\([a-z0-9]{1,4}\)){0,4}|[-–][a-z](?![a-z])|(?:\([a-z]\)){1,4}")
ADDRESS = re.compile(rf"\s(?:[a-z0-9][\w.'’]*+\s){{1,4}}{_STREET}(?![a-z])")
ZIP_BEFORE = re.compile(
    r"(?<![A-Z])(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT"
    r"|V[AT]|W[AIVY]|D\.C\.|[A-Z][a-z]{3,12})\s{1,4}$"
)
LAYOUT_AFTER = frozenset([*".)-–} \n\t", ""])
LAYOUT_BEFORE = frozenset("%)*†‡§")
LIST_NUMBER = re.compile(r"[.)](?=\s)")
PAGE_ALONE = re.compile(r"\s?[-–]?\}?[-–]{0,60}[^\S\n]{0,40}(?=\n\s{0,40}\n|\n?\Z)")

CUE = re.compile(r"(?:(nos?|fig|vol|sec|art|u\.s\.c)\.|(?<![a-z§])([a-z§]{1,14}+))[\s-]?$")
NAMED_COHORT = re.compile(r"\b(?:Cohort|Part|Panel)\s[0-9]$")  # "Cohort 4 responded": no four did
CUE_ENDS = frozenset([*".-§"])
AT_LEAST = re.compile(r"\s?(?:[≥>]\s?=?|>=)\s?$")  # "grade ≥3", "Stage > 2"
SERIES = re.compile(r"(?:\s?,\s?(?:and|or)?|\s?(?:and|or|to|through|&|/|[-–])|\s?,)\s?$")
SERIES_REASONS = frozenset({"phase", "time_point", "reference", "grade", "name", "ordinal"})


def aside(start: int, end: int, reason: str, value: float | None = None) -> Mention:
    """Return a number that is set aside for a reason."""
    return Mention(start, end, "SET_ASIDE", reason, Quantity(reason, value))


@cache
def cues() -> Mapping[str, tuple[str, bool]]:
    """Return the words before a number that name its role: (reason, strong); a weak one yields to a count."""
    table = [row.cells for row in read_table("number_cues.tsv", ("word", "reason", "strength"))]
    return MappingProxyType({row["word"].lower(): (row["reason"], row["strength"] == "strong") for row in table})


def match_money(site: Site) -> Mention | None:
    """Return an amount of money or of shares: `$12 million`, `1,000,000 shares`."""
    text, (start, end) = site.lowered, site.number[:2]
    before = text[max(site.floor, start - 5) : start]
    if site.left.endswith(MONEY_GATE) and (sign := MONEY_BEFORE.search(before)):
        found = MONEY_RANGE.match(text, end)
        return aside(start - len(before) + sign.start(), found.end() if found else end, "money", site.number.value)
    if not text[end : end + 1].isspace() and text[end : end + 1] not in SCALE_STARTS:
        return None
    if found := MONEY_AFTER.match(text, end):
        return aside(start, found.end(), "money", site.number.value)
    if found := SHARES_AFTER.match(text, end):
        return aside(start, end, "shares", site.number.value)
    return None


def match_date(site: Site) -> Mention | None:
    """Return a date or a time of day: `December 12, 2008`, `8/29/08`, `July 2007`, `2021-2022`, `8:30 a.m.`"""
    text, (start, end) = site.lowered, site.number[:2]
    glue = text[end : end + 1]
    if glue and glue in "/.-" and (found := SLASH_DATE.match(text, start)):
        return aside(start, found.end(), "date")
    if end - start == 4 and (found := CITATION.match(text, start)):
        return aside(start, found.end(), "reference")
    found = CLOCK.match(text, start) if glue and (glue in ":ap" or text[end : end + 2] in {" a", " p"}) else None
    if found and (len(found.group()) > 4 or "m" in found.group()):
        return aside(start, found.end(), "time_of_day")
    before = text[max(site.floor, start - 12) : start]
    worded = site.left[-1:].isalpha() or site.left.endswith(".")
    named = worded and site.left.rpartition(" ")[2].lstrip("(,;:/")[:3] in MONTHS
    if named and (found := MONTH_BEFORE.search(before)) and (end - start <= 2 or YEAR.fullmatch(text, start, end)):
        tail = AFTER_MONTH.match(text, end) if end - start <= 2 else None
        return aside(start - len(before) + found.start(), tail.end() if tail else end, "date")
    if end - start <= 2 and (glue.isspace() or glue.isalpha()) and (found := DAY_FIRST.match(text, end)):
        return aside(start, found.end(), "date")
    return None


def match_year(site: Site) -> Mention | None:
    """Return a bare year, or a span of years."""
    text, (start, end) = site.lowered, site.number[:2]
    if end - start != 4 or not YEAR.fullmatch(text, start, end) or not (tail := YEAR_TAIL.match(text, end)):
        return None
    return aside(start, tail.end(), "date", site.number.value)


def match_identifier(site: Site) -> Mention | None:
    """Return a number that is part of a name: `DM199`, `IL-23`, `14a-12`, `(781) 895-0600`, `0-17999`, `MA 02451`."""
    text, (start, end) = site.lowered, site.number[:2]
    if start and (text[start - 1].isalpha() or (start > site.floor and _tied(text, start))):
        return aside(start, _token_end(text, end), "footnote" if _footnote(site.text, start, end) else "identifier")
    token = site.left.rpartition(" ")[2]
    if (len(token) > 48 or "/" in token or "@" in token or "doi:" in token) and (
        len(token) > 48 or URL_MARKS.search(token)
    ):
        return aside(start, _end(URL_TOKEN.match(text, start), end), "identifier")
    if (site.following and site.following.start - end <= 2) or text[end : end + 1] == "-":
        for pattern in (PHONE, DASHED, DOTTED):
            if found := pattern.match(text, start):
                return aside(start, found.end(), "identifier")
    if start - 2 >= site.floor and text[start - 1] == "." and site.text[start - 2].isupper():
        return aside(start, end, "identifier")
    if end - start == 5 and text[start:end].isdigit() and ZIP_BEFORE.search(site.text, max(0, start - 16), start):
        return aside(start, end, "address")
    if text[start] == "0" and end - start > 2 and text[start:end].isdigit():
        return aside(start, end, "identifier")
    if end - start <= 5 and text[end : end + 1].isspace() and "," not in text[start:end] and ADDRESS.match(text, end):
        return aside(start, end, "address")
    return None


def match_glued(site: Site) -> Mention | None:
    """Return a number with letters on it that are no unit: `1st`, `8-K`, `13e-4(c)`, `2b`."""
    end = site.number.end
    after = site.lowered[end : end + 1]
    spaced = after.isspace() and site.lowered[end + 1 : end + 2] in {"c", "u"}
    if not (after.isalpha() or after in {"-", "–", "("} or spaced):
        return None
    if (found := ORDINAL.match(site.lowered, end)) and (time := ORDINAL_TIME.match(site.lowered, found.end())):
        said = quantity(site.number, "duration", time[1] + "s")
        return Mention(site.number.start, time.end(), "DURATION", "attributive", said)
    if found:
        return aside(site.number.start, found.end(), "ordinal", site.number.value)
    if found := GLUED.match(site.lowered, end):
        return aside(site.number.start, found.end(), "identifier")
    if found := NAMED_AFTER.match(site.lowered, end):
        reason = "name" if found.group().startswith("-") else "reference"
        return aside(site.number.start, end, reason, site.number.value)
    return None


def match_layout(site: Site) -> Mention | None:
    """Return a list number, a page number or a footnote mark."""
    text, (start, end) = site.text, site.number[:2]
    if end - start > 3 or not text[start:end].isdigit():
        return None
    after, before = text[end : end + 1], text[start - 1 : start]
    if after not in LAYOUT_AFTER and before not in LAYOUT_BEFORE:
        return None
    line = text.rfind("\n", max(0, start - 40), start) + 1 or (0 if start <= 40 else -1)
    head = text[line:start].strip() if line >= 0 else "?"
    opens = head in {"", "(", "*", "**", "#", "##", "###", "####", "-", "–", "{", "- {"}
    if opens and head not in {"{"} and LIST_NUMBER.match(text, end) and _starts_paragraph(text, line):
        return aside(start, end, "list_number", site.number.value)
    if opens and head and _blank_before(text, line) and PAGE_ALONE.match(text, end):  # "- 12 -", "{12}"
        return aside(start, end, "page", site.number.value)
    if text[start - 1 : start] == "(" and text[end : end + 1] == ")" and start - 1 == site.floor and start > 1:
        return aside(start, end, "footnote", site.number.value)
    if start == site.floor and start and text[start - 1] in "%)*†‡§":
        return aside(start, end, "footnote", site.number.value)
    return None


def match_cue(site: Site, counted: bool) -> Mention | None:
    """Return a number whose role the word before it names: `Phase 2`, `Item 7.01`, `Week 24`, `grade 3`.

    A weak cue in lower case ("in the study 112 patients") yields when people or events are counted.
    """
    start, end = site.number.start, site.number.end
    last = site.left[-1:]
    measured = site.previous is not None and site.previous.label != "SET_ASIDE"
    if measured and not site.lowered[site.floor : start].strip():
        return None  # the word before is the unit of the number before: "3.8 months   2.7 months"
    left = AT_LEAST.sub("", site.left[-20:]) if last in "≥>=" else site.left
    worded = left[-1:].isalpha() or left[-1:] in CUE_ENDS
    found = CUE.search(left, max(0, len(left) - 16)) if worded else None
    word = (found[1] or found[2]) if found else ""
    if word not in cues():
        return _continued(site)
    reason, strong = cues()[word]
    if not strong and counted and not NAMED_COHORT.search(site.text, max(0, end - 12), end):
        return None
    return aside(start, _token_end(site.lowered, end), reason, site.number.value)


def match_design(site: Site) -> Mention | None:
    """Return an allocation ratio: `2:1`, `1:1:1`, `two-to-one`; `8 to 1` only where something is allocated."""
    text, (start, end) = site.lowered, site.number[:2]
    if found := DESIGN.match(text, start) if text[end : end + 1] == ":" else None:
        return aside(start, found.end(), "ratio_design")
    found = DESIGN_WORDS.match(text, end) if site.number.value >= 1 else None
    if found and (found["tied"] == "-" or ALLOCATED.search(site.left) or ALLOCATED.search(text, end, end + 40)):
        return aside(start, found.end(), "ratio_design")
    return None


def _continued(site: Site) -> Mention | None:
    """Return a number that goes on with the series of the one before: `weeks 4, 8 and 12`."""
    before = site.previous
    if before is None or before.code not in SERIES_REASONS or site.number.start - before.end > 10:
        return None
    if site.number.form == "words" and site.lowered[before.end - 1].isdigit():
        return None  # "in Cohort 3 and four of six in Cohort 4"
    between = site.lowered[before.end : site.number.start]
    if not SERIES.fullmatch(between):
        return None
    return aside(site.number.start, _token_end(site.lowered, site.number.end), before.code, site.number.value)


def _tied(text: str, start: int) -> bool:
    """Return whether a hyphen ties the number to a word before it: `IL-23`, `COVID-19`."""
    return start > 1 and text[start - 1] in "-‐‑_" and (text[start - 2].isalnum() or text[start - 2] in ")]")


def _token_end(text: str, end: int) -> int:
    return _end(GLUED.match(text, end), end)


def _end(found: re.Match[str] | None, otherwise: int) -> int:
    return found.end() if found else otherwise


def _footnote(text: str, start: int, end: int) -> bool:
    """Return whether up to two digits hang on a plain word of four letters or more: `months6`, not `PCSK9`."""
    hang = text[max(0, start - 4) : start]
    return end - start <= 2 and hang.isalpha() and hang.islower() and not text[end : end + 1].isalnum()


def _starts_paragraph(text: str, line: int) -> bool:
    before = text[max(0, line - 80) : line].rstrip()
    return line == 0 or _blank_before(text, line) or (not before[-1:].islower() and before[-1:] != ",")


def _blank_before(text: str, line: int) -> bool:
    return line == 0 or not text[max(0, line - 80) : line - 1].rpartition("\n")[2].strip()

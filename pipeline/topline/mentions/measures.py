"""What stands around a number: its unit, the words that bound it, a second number that makes it a range.

The tables are data: `lexicons/units.tsv`, `count_nouns.tsv`, `number_cues.tsv`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from topline.mentions.lexicon import read_table, read_words
from topline.mentions.numbers import Number
from topline.schema import Mention, Quantity, Relation

REACH = 64  # characters of left context; the longest cue needs 40

# A number and its unit may be split by a table cell or one line wrap, never by an empty line.
GAP = r"(?:[^\S\n]{0,6}+\n?[^\S\n]{0,12}+)"
DASH = "[-‐‑–—−]"

RELATIONS: tuple[tuple[str, Relation], ...] = (
    ("at least", ">="), ("no less than", ">="), ("not less than", ">="), ("no fewer than", ">="), ("minimum of", ">="),
    ("greater than or equal to", ">="), ("less than or equal to", "<="), ("≥", ">="), (">=", ">="), ("≤", "<="),
    ("<=", "<="), ("at most", "<="), ("up to", "<="), ("no more than", "<="), ("not more than", "<="),
    ("as much as", "<="), ("as many as", "<="), ("maximum of", "<="),
    ("less than", "<"), ("fewer than", "<"), ("lower than", "<"), ("under", "<"), ("below", "<"), ("<", "<"),
    ("more than", ">"), ("greater than", ">"), ("higher than", ">"), ("longer than", ">"), ("over", ">"),
    ("above", ">"), ("exceeding", ">"), ("exceeded", ">"), (">", ">"),
    ("approximately", "~"), ("approx.", "~"), ("about", "~"), ("nearly", "~"), ("almost", "~"), ("around", "~"),
    ("roughly", "~"), ("estimated", "~"), ("close to", "~"), ("~", "~"), ("≈", "~"), ("∼", "~"), ("±", "="),
)  # fmt: skip
_RELATION_TABLE = MappingProxyType(dict(RELATIONS))
_FILLERS = frozenset({"a", "an", "just", "only", "of"})
_LAST_WORDS = frozenset(words.split()[-1] for words, _ in RELATIONS) | _FILLERS


class Unit(NamedTuple):
    """A unit's canonical name and the label of what is measured in it."""

    name: str
    label: str


class Site(NamedTuple):
    """A number in its place: what the rules look at.

    `left` is up to `REACH` characters before the number, lower case, white space collapsed, none at its end.
    `previous` is the mention before, or None, `floor` its end; `following` the next number, or None.
    """

    text: str
    lowered: str
    number: Number
    following: Number | None
    previous: Mention | None
    left: str
    floor: int = 0


@cache
def units() -> Mapping[str, Unit]:
    """Return the units by their written form (lower case, no spaces)."""
    table = [row.cells for row in read_table("units.tsv", ("written", "unit", "label"))]
    return MappingProxyType({row["written"].replace(" ", ""): Unit(row["unit"], row["label"]) for row in table})


@cache
def unit_pattern() -> re.Pattern[str]:
    """Return the pattern of what may follow a number: plus sign, gap or hyphen, unit."""
    written = sorted(read_words("units.tsv", "written", "unit", "label"), key=lambda name: (-len(name), name))
    names = "|".join(re.escape(name).replace(r"\ ", r"\s?") for name in written)
    return re.compile(
        rf"""(?P<plus>\+?)
             (?P<hyphen>[-‐‑–](?=[a-z]))?+
             (?(hyphen)|{GAP})
             (?P<unit>{names})
             # a footnote's digit may hang on a written-out unit: "60 days9"
             (?: (?<=%) | (?<=[a-z]{{4}}) (?![a-z]) | (?![a-z0-9]) )
             (?P<old>[-\s](?:old|of[-\s]age)\b)?""",
        re.VERBOSE,
    )


PER_TIME = re.compile(
    r"""\s(?P<what>[a-z]{2,20}\s)?per\s(?P<base>100{1,3}|1,000|10,000|100,000|one)?[-\s]?
        (?P<who>patient|person|subject|participant|treatment)[-\s](?P<time>years?|months?|weeks?|days?)\b""",
    re.VERBOSE,
)
NO_UNIT = frozenset(".,;:()[]|/")  # most numbers of a filing stand before one of these, and no unit begins with one
# "four prior lines", "three unsuccessful lines", "two prior therapies"; never production lines
LINES = re.compile(
    r"(?:\s(?:prior|previous|earlier|unsuccessful|failed|systemic|therapeutic|treatment)){0,3}\slines?(?=\sof\s|\W)"
    r"|\s(?:prior|previous|earlier)(?:\s[a-z-]{3,16}){0,2}\s(?:lines|regimens|therapies|treatments)(?![\w-])"
)
# A volume or mass by which something changed, or that was measured, is no dose: "FEV1 improved by 62 mL", "blood loss
# averaged 14 mL/kg", "infarct growth was 9.5 mL", "the mean dose was cut from 10 mg"
MEASURED = re.compile(
    r"""(?:increas|decreas|improv|reduc|declin|chang|differ|gain|drop|worsen)[a-z]{0,6}
        \ (?:by|of|was|were|from\ baseline\ of)(?:\ an?\ (?:mean|median|average)\ of|\ a\ further)?$
      | (?<![a-z])(?:gained|fell|rose|grew|lost|loss|shrank|climbed)
        (?:\ by|\ of)?(?:\ an?\ (?:mean|median|average)\ of)?$
      | (?<![a-z])averag(?:ed|ing)$
      | (?<![a-z])(?<!injection\ )(?<!infusion\ )(?<!dose\ )(?<!dosing\ )
        (?:growth|loss|scores?|volumes?|changes?|outputs?|index|drainage|bleeding|differences?|weight|levels?|mass|lesions?)
        (?:\ (?!dos|inject|infus)[a-z0-9-]{1,12}){0,4}\ (?:was|were|is|are)(?:\ (?:about|only|approximately|nearly))?$
      | (?<![a-z])(?:median|mean|average)\ (?:[a-z-]{2,16}\ ){0,3}(?:doses?|intake|consumption|use|requirements?)
        (?:\ (?:was|were|had\ been))?
        \ (?:cut|reduced|lowered|tapered|decreased|increased|fell|rose|dropped)\ (?:from|to|by)$
    """,
    re.VERBOSE,
)
# "140 grams lower with the drug", "62 mL (95% CI 8 to 116)": a dose is written neither way
MEASURED_AFTER = re.compile(
    r"\s(?:lower|higher|lighter|heavier|better|worse)\s(?:with|on|than|in|for|after)(?![\w-])"
    r"|(?<=ml)\s?[,(\[;]\s?(?:95%\s?ci|p\s?[=<])"
)
DOSED = re.compile(r"\s(?:(?:was|were)\s(?:given|taken|infus|inject|administ|dosed)|daily|weekly|once|twice|every)")
SERIES = re.compile(r"(?:(?<![a-z])(?:and|or|versus|vs\.?|than|to|compared with|against)|,) ?$")
SENTENCE_END = re.compile(r"[.!?][\"”)]?\s{1,8}(?=[A-Z\"“])|\n[^\S\n]{0,20}\n")
SERIES_REACH = 120  # characters between the members of a series, with what each was measured over
BRACKETED_UNIT = re.compile(r"\s?\[[^\]\n]{1,40}\]\s?(?=[a-z%])")


def unit_after(site: Site, end: int) -> tuple[Unit, int, bool] | None:
    """Return the unit after `end`, where it ends, and whether a hyphen ties it (`12-week`); None without one."""
    if site.lowered.startswith("-odd ", end):  # "30-odd points"
        end += len("-odd")
    if site.lowered[end : end + 1] in NO_UNIT:
        return None
    if rate := PER_TIME.match(site.lowered, end):
        return Unit(" ".join(rate.group().split()), "NUMBER"), rate.end(), False
    found = unit_pattern().match(site.lowered, end)
    if not found:
        lines = LINES.match(site.lowered, end)
        return (Unit("lines", "NUMBER"), lines.end(), False) if lines else None
    if found["unit"] == "y" and site.text[found.start("unit") - 1 : found.end("unit")] != " y":
        return None
    unit = units()["".join(found["unit"].split())]
    return unit, found.end("unit"), bool(found["hyphen"]) or bool(found["old"])


def is_measured(left: str, lowered: str, end: int) -> bool:
    """Return whether an amount in a dose's unit, behind `left` and up to `end`, was measured: "infarct growth was"."""
    return bool(MEASURED.search(left) or MEASURED_AFTER.match(lowered, end))


def spread(text: str, mentions: list[Mention]) -> list[Mention]:
    """Return the mentions with a dose that goes on a series of measured amounts as a NUMBER: `9.5 mL and 11.0 mL`."""
    found: list[Mention] = []
    measured: Mention | None = None
    for mention in mentions:
        said = mention.quantity
        if said and measured and mention.label == "DOSE" and _goes_on(text, measured, mention):
            mention = Mention(mention.start, mention.end, "NUMBER", None, replace(said, kind="number"))
        if said and mention.label == "NUMBER" and said.unit in dose_units():
            measured = mention
        found.append(mention)
    return found


def _goes_on(text: str, first: Mention, second: Mention) -> bool:
    if first.quantity is None or second.quantity is None or first.quantity.unit != second.quantity.unit:
        return False
    if second.start - first.end > SERIES_REACH or SENTENCE_END.search(text, first.end, second.start):
        return False
    between = text[first.end : second.start].lower()
    return bool(SERIES.search(" ".join(between[-24:].split()))) and not DOSED.match(text, second.end)


@cache
def dose_units() -> frozenset[str]:
    """Return the canonical names of the units that doses are given in."""
    return frozenset(unit.name for unit in units().values() if unit.label == "DOSE")


def relation_before(site: Site, start: int) -> Relation:
    """Return the relation that the words or sign before `start` state; `=` when there are none."""
    left = site.left
    if start < site.number.start:
        left = left.rstrip("-−–+ ")
    if left[-1:] in "<>≤≥~≈∼=":
        return _RELATION_TABLE.get(left[-2:]) or _RELATION_TABLE.get(left[-1:], "=")
    if left.rpartition(" ")[2].lstrip("([") not in _LAST_WORDS:
        return "="
    words = left.rsplit(" ", 7)[-6:]
    if words[-1] in _FILLERS and " ".join(words[-2:]) not in _RELATION_TABLE:
        words.pop()
    for length in (6, 3, 2, 1):  # the lengths of the table's wordings
        found = _RELATION_TABLE.get(" ".join(words[-length:]).lstrip("(["))
        if found:
            return found
    return "="


def quantity(number: Number, kind: str, unit: str | None, relation: Relation = "=", sign: int = 1) -> Quantity:
    """Return the quantity of a single number."""
    return Quantity(kind, sign * number.value, unit=unit, relation=relation, digits=number.digits)

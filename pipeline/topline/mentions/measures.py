"""What stands around a number: its unit, the words that bound it, a second number that makes it a range.

The tables are data: `lexicons/units.tsv`, `count_nouns.tsv`, `number_cues.tsv`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
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
BRACKETED_UNIT = re.compile(r"\s?\[[^\]\n]{1,40}\]\s?(?=[a-z%])")


def unit_after(site: Site, end: int) -> tuple[Unit, int, bool] | None:
    """Return the unit after `end`, where it ends, and whether a hyphen ties it (`12-week`); None without one."""
    if site.lowered[end : end + 1] in NO_UNIT:
        return None
    if rate := PER_TIME.match(site.lowered, end):
        return Unit(" ".join(rate.group().split()), "NUMBER"), rate.end(), False
    found = unit_pattern().match(site.lowered, end)
    if not found:
        lines = LINES.match(site.lowered, end)
        return (Unit("lines", "NUMBER"), lines.end(), False) if lines else None
    unit = units()["".join(found["unit"].split())]
    return unit, found.end("unit"), bool(found["hyphen"]) or bool(found["old"])


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

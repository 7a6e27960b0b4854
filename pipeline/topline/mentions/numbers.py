"""One scan over the characters for everything that is a number: digits, number words, fractions.

Later stages look only around what stands here; see `quantities.match`. Linear: every branch is possessive or bounded.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import NamedTuple

from topline.mentions.lexicon import matches

ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
PARTS = MappingProxyType(
    {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
)
SCALES = MappingProxyType({"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000})
VULGAR = MappingProxyType({"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3})
WORD_VALUES: MappingProxyType[str, float] = MappingProxyType(
    {
        **{word: value for value, word in enumerate((*ONES, *TEENS))},
        **{word: 10 * value for value, word in enumerate(TENS, start=2)},
        **{word: float(value) for word, value in SCALES.items()},
    }
)

_UNIT = "|".join((*ONES, *TEENS))
_SMALL = rf"(?:(?:{'|'.join(TENS)})(?:[-\s](?:{'|'.join(ONES[1:])})(?![a-z]))?+|{_UNIT})"
_HUNDREDS = rf"{_SMALL}(?:[-\s]hundred(?:[-\s](?:and\s)?{_SMALL}(?![a-z]))?+)?+"
_FEW = "|".join(ONES[1:])
_PART = r"(?:half|thirds?|quarters?|fourths?|fifths?|sixths?|eighths?|tenths?)"
_BY = "|".join(rf"(?<=\b{word}\s)" for word in ("by", "about", "nearly", "almost", "roughly", "around", "over", "than"))
_ENDED = (
    r"[.,;:)]|\s(?:with|in|on|at|by|after|for|when|during|and|or|to|than|from|over|among|compared|versus|vs|relative"
    r"|responded|achieved|remained|did)(?![\w-])"
)

DIGITS = re.compile(
    r"""[0-9.½¼¾⅓⅔](?:
          (?<=[0-9])[0-9]*+ (?:,[0-9]{3}(?![0-9]))*+ (?:\.[0-9]++)?+ [½¼¾⅓⅔]?   # 54  1,389  39.3  4½
        | (?<![\w.)\]]\.)(?<=\.)[0-9]++                                      # .05, but not the 4 of "vs.4%"
        | (?<=[½¼¾⅓⅔]) )""",
    re.VERBOSE,
)
# Two scans, because digits alone run at 110 million characters a second and a joint pattern at 9 million.
# Number words are looked for where a word begins as one.
OPENINGS = re.compile(
    r"""[aefhnostz](?<![\w-].)(?=ero|ne|w[oei]|h[ri]|o[ur]|i[vfx]|even|ight|leven|en|ine|al[fv]|o(?:\s|ne|body)|either
        |n?\s(?:half|third|quarter|fourth|fifth|sixth|eighth|tenth))""",
    re.VERBOSE,
)
WORDS = re.compile(
    rf"""(?<![\w-])(?:
          # a mixed number: "four and a half"
          (?P<whole>{_SMALL})\sand\s(?:a|one)[-\s](?P<part>{_PART})(?!\w)
          # "two-thirds", "one third of", "half the"; never the "third" of an order ("one third party")
        | (?P<share>(?:{_FEW})(?:-{_PART}|[-\s](?:thirds|quarters|fourths|fifths|sixths|eighths|tenths))(?![\w-])
                  | (?:an?|one)\s{_PART}(?=\s(?:of|had|have|were|are|was)\b|\s?\()
                  # "by one fifth with the drug", never "by a third party"
                  | (?:{_BY})(?:an?|one)\s{_PART}(?={_ENDED})
                  # "counts halved within a month", never "the dose was halved"
                  | halved(?=\s(?:within|in|by|at|after|over|from|with|among|on|versus|and)\b|\s?[.,;])
                  | half(?=\s(?:of|the|had|have|were|are|was)\b|\s?\()
                  | half(?![\w-]|\s(?:an?|hour|day|year|month|dose|life|lives|time|million|billion)\b))
          # "twice the rate", never "twice a day"
        | (?P<twice>twice(?=\s(?:the|as|that)\b))
          # "twelve", "seventy-one", "one hundred and twelve", "two million", the "two" of "twofold"
        | (?P<words>{_HUNDREDS}(?:[-\s](?:thousand|million|billion)(?:[-\s](?:and\s)?{_HUNDREDS}(?![a-z]))?+)?+)
          (?:(?!\w)|(?=-?fold\b))
          # none at all: counts only where people or events are told of
        | (?P<none>none\b|no\sone(?=\s(?:had|was|were|did|[a-z]{{3,14}}ed)\b)|no(?=\s)|neither\b|nobody\b)
      )""",
    re.VERBOSE,
)
_ORDERED_HALF = re.compile(r"(?:first|second|latter|other|1st|2nd)\s{1,3}$")
_SHARE_HALF = re.compile(r"\s(?:of|the|had|have|were|are|was)\b|\s?\(")
_DOSE_HALVED = re.compile(r"\b(?:dos(?:es?|ing|age)|prices?|to|costs?)\b(?:\s{1,3}[a-z]{2,12}){0,2}\s{1,3}$")
# "half" is a share after these words whatever follows: "and half beyond a year", "nearly half responded"
_HALF_BEFORE = re.compile(r"\b(?:and|by|than|about|approximately|nearly|almost|roughly|around|over|only|just)\s{1,3}$")


class Number(NamedTuple):
    """A number at `[start, end)`; `digits` are the printed digits without commas, None for words.

    `form` is `digits`, `words`, `share` (a fraction in words), `twice` or `none` ("no", "none").
    """

    start: int
    end: int
    value: float
    digits: str | None
    form: str


def fold_case(text: str) -> str:
    """Return the text in lower case, character for character (`İ` and its like would grow and shift all offsets)."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def scan(lowered: str) -> list[Number]:
    """Return every number of a lower-cased text, in order."""
    digits = (_from_digits(hit.group(), *hit.span()) for hit in DIGITS.finditer(lowered))
    return sorted([*digits, *scan_words(lowered)])


def scan_words(lowered: str) -> list[Number]:
    """Return every number in words of a lower-cased text, in order."""
    words = matches(WORDS, lowered, (opening.start() for opening in OPENINGS.finditer(lowered)))
    return [number for hit in words if (number := _from_words(hit, lowered))]


def _from_words(hit: re.Match[str], lowered: str) -> Number | None:
    start, end = hit.span()
    match hit.lastgroup:
        case "part":
            return Number(start, end, words_value(hit["whole"]) + _share_value("one " + hit["part"]), None, "words")
        case "share":
            share = hit.group() not in {"half", "halved"} or _is_share(lowered, start, end)
            return Number(start, end, _share_value(hit.group()), None, "share") if share else None
        case "twice":
            return Number(start, end, 2.0, None, "twice")
        case "words":
            return Number(start, end, words_value(hit.group()), None, "words")
        case _:
            return Number(start, end, 0.0, None, "none")


def _is_share(lowered: str, start: int, end: int) -> bool:
    """Return whether the "half" at `[start, end)` is a share of something, no half-year or the like."""
    if lowered.startswith("halved", start):
        return not _DOSE_HALVED.search(lowered, max(0, start - 40), start)
    if _SHARE_HALF.match(lowered, end):
        return not _ORDERED_HALF.search(lowered, max(0, start - 12), start)
    return bool(_HALF_BEFORE.search(lowered, max(0, start - 16), start))


def words_value(words: str) -> float:
    """Return the value of number words: `one hundred and twelve` is 112."""
    total = current = 0.0
    for word in re.split(r"[-\s]", words):
        value = WORD_VALUES.get(word, 0.0)
        if value == 100:
            current *= value
        elif value >= 1000:
            total, current = total + current * value, 0.0
        else:
            current += value
    return total + current


def _from_digits(printed: str, start: int, end: int) -> Number:
    digits = printed.replace(",", "")
    if digits[-1] in VULGAR:
        return Number(start, end, float(digits[:-1] or 0) + VULGAR[digits[-1]], None, "digits")
    return Number(start, end, float(digits), digits, "digits")


def _share_value(words: str) -> float:
    if words in {"half", "halved"}:
        return 0.5
    count, part = re.split(r"[-\s]", words)
    return WORD_VALUES.get(count, 1.0) / PARTS[part.removesuffix("s")]

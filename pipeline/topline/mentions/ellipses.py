"""Counts whose noun stands earlier in the sentence: "16 deaths, nine on the drug and seven on placebo", "none fatal".

A number without a noun counts what the last count of its sentence counted, where the words on its two sides leave the
noun out. A number of sites or trials in between ends that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from topline.mentions.numbers import Number
from topline.schema import PLACE, Mention, Quantity

REACH = 200  # characters from the last count; two lines of a filing
NEAR = 80  # for digits, which mean more things than words do
LEFT = 24

_SENTENCE_END = re.compile(r"[.!?][\"”)]?\s{1,8}(?=[A-Z\"“])|\n[^\S\n]{0,20}\n")
# Words that leave the noun out before a number word: "and only nine", ", four", "the remaining three"
_JOINED = re.compile(
    r"(?:[,;:(–—]|(?<![\w-])(?:and|but|versus|vs\.?|remaining|other|including"
    r"|(?:and|but|versus|vs\.?|compared) (?:by|in|with|to))) ?(?:only |just |also )?$"
)
_PLACED = re.compile(r"(?:[a-z]{3,14}ed|(?<![\w-])and|but|,) in (?:only )?$|(?<![\w-])there (?:was|were) (?:only )?$")
_CLOSED = re.compile(r"\s?[,.;:)\"”](?![\w])|\s(?:after|by|at|during|and)\s")
_NUMERAL = r"(?:[0-9]|one\b|two\b|three\b|four\b|five\b|six\b|seven\b|eight\b|nine\b|ten\b)"
_GOES_ON = re.compile(
    rf"""\s{{1,8}}(?:
      # "nine with the drug", "one during placebo", "three by month 3"; never "one by one", "one after another"
      (?:with|in|on|at|during|after|before|by|under|among|from|for|because|due|while|receiving|given|taking|following|wearing)
        \s(?!one\b|another\b|turn\b)
      # "six to causes such as …", never "six to eight"
    | to\s(?!{_NUMERAL})
      # "four of six in Cohort 4", "two of arm B"; never "one of the leading"
    | of\s(?:{_NUMERAL}|whom\b|which\b|these\b|them\b|(?:arm|cohort|group|part)\s[a-z0-9])
      # "one recovered fully", "one (stroke) died"
    | (?:\([^()\n]{{1,30}}\)\s{{1,8}})?
      (?:[a-z]{{3,14}}ed|had|was|were|did|died|fell|grew|withdrew|became|left|went|took)(?![\w-])
      # "four complete and eight partial", "two severely"
    | (?:complete|partial|fatal|non-?fatal|mild|moderate|severe|serious|[a-z]{{3,14}}ly)(?=\s?[.,;)]|\s(?:and|or)\s)
    )""",
    re.VERBOSE,
)
_NOBODY_LEFT = re.compile(r"\s(?:[a-z-]{3,20}(?=\s?[.,;:)])|patient|subject|participant|person|case|event)(?![\w-])")
_AMONG = re.compile(r"\s(?:in|on|with|during|because|of\s(?:arm|cohort|group|part))\s(?![0-9])")
# "numbered three, eight and two", "(six versus two)", "in 1.2% and none": the next of a row of counts
_NEXT = re.compile(r",|(?:, )?(?:and|versus|vs\.?|or)")
_ROW_GOES_ON = re.compile(r"\s?[,.;)](?!\d)|\s(?:and|versus|vs)(?!\w)|\s\(")
_RESPECTIVELY = re.compile(r",?\s{1,8}respectively(?!\w)")


def resolve(text: str, lowered: str, numbers: Sequence[Number], mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions with every elliptical count as a COUNT; a "none" or "neither" that is one is added."""
    starts = {mention.start for mention in mentions}
    denials = [Mention(n.start, n.end, "NONE") for n in numbers if n.form == "none" and n.start not in starts]
    found: list[Mention] = []
    anchor: Mention | None = None
    for mention in sorted([*mentions, *denials], key=PLACE):
        if _in_row(lowered, mention, found):
            found.append(_counted(mention))
        elif _in_pair(lowered, mention, found):
            found[-1:] = [_counted(found[-1]), _counted(mention)]
        elif anchor and _same_sentence(text, anchor, mention) and _is_elliptical(lowered, mention, anchor, found):
            found.append(_counted(mention))
        elif mention.label != "NONE":
            found.append(mention)
        else:
            continue
        if found[-1].label == "COUNT" or found[-1].code == "design":
            anchor = found[-1] if found[-1].label == "COUNT" else None
    return found


def _counted(mention: Mention) -> Mention:
    if mention.quantity is None:
        return Mention(mention.start, mention.end, "COUNT", None, Quantity("count", 0.0))
    return Mention(mention.start, mention.end, "COUNT", None, replace(mention.quantity, kind="count"))


def _same_sentence(text: str, anchor: Mention, mention: Mention) -> bool:
    near = mention.start - anchor.end <= REACH
    return near and not _SENTENCE_END.search(text, anchor.end, mention.start)


def _is_elliptical(lowered: str, mention: Mention, anchor: Mention, found: list[Mention]) -> bool:
    """Tell whether a number without a noun goes on with what `anchor` counted."""
    left = _left(lowered, mention.start)
    if mention.code == "enumeration":
        joined = _JOINED.search(left) and _GOES_ON.match(lowered, mention.end)
        return bool(joined or (_PLACED.search(left) and _CLOSED.match(lowered, mention.end)))
    if mention.label == "NONE":
        return _denies(lowered, mention, left)
    if not _is_bare(mention) or mention.start - anchor.end > NEAR:
        return False
    last = next((m for m in reversed(found) if m.label != "PERCENT"), anchor)
    return last is anchor and bool(_JOINED.search(left) and _AMONG.match(lowered, mention.end))


def _denies(lowered: str, mention: Mention, left: str) -> bool:
    """Tell whether "none", "neither" or "nobody" says that nobody of those counted did: "none of which was fatal"."""
    if mention.end - mention.start <= 2 or (not left.strip() and mention.start):
        return False
    after = (_GOES_ON.match(lowered, mention.end), _NOBODY_LEFT.match(lowered, mention.end))
    return bool((_JOINED.search(left) and any(after)) or (_PLACED.search(left) and _CLOSED.match(lowered, mention.end)))


def _in_pair(lowered: str, mention: Mention, found: list[Mention]) -> bool:
    """Tell whether a number word is the second of a pair of counts: "was seen in 12 and three, respectively"."""
    if mention.code != "enumeration" or not found:
        return False
    paired = lowered[found[-1].end : mention.start].split() == ["and"] and _RESPECTIVELY.match(lowered, mention.end)
    left = _left(lowered, found[-1].start)
    if found[-1].code == "enumeration":  # "was noted in six and one, respectively"
        return bool(paired and _PLACED.search(left))
    counted = found[-1].label == "COUNT" or (_is_bare(found[-1]) and left.endswith((" in ", " by ", " for ")))
    return bool(paired) and counted


def _in_row(lowered: str, mention: Mention, found: list[Mention]) -> bool:
    """Tell whether a number word goes on a row of counts, or a "none" one of counts or percentages."""
    if (mention.code != "enumeration" and mention.label != "NONE") or not found or found[-1].end > mention.start:
        return False
    last, between = found[-1], " ".join(lowered[found[-1].end : mention.start][:16].split())
    worded = last.label == "COUNT" and lowered[last.start : last.end].isalpha()
    if not worded and not (mention.label == "NONE" and mention.end - mention.start > 2 and last.label == "PERCENT"):
        return False
    return bool(_NEXT.fullmatch(between) and _ROW_GOES_ON.match(lowered, mention.end))


def _is_bare(mention: Mention) -> bool:
    """Tell whether a number is whole and has no unit."""
    said = mention.quantity
    if mention.label != "NUMBER" or said is None or said.unit or said.number is None:
        return False
    return said.number.is_integer() and "." not in (said.digits or "")


def _left(lowered: str, start: int) -> str:
    """Return the characters before `start`, white space collapsed, with the one space that ends them."""
    before = lowered[max(0, start - LEFT) : start]
    return " ".join(before.split()) + (" " if before[-1:].isspace() else "")

"""Times that were not reached or cannot be estimated, as values without a number: `median OS was not reached`, `NR`."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from topline.schema import Mention, Quantity

CODE = "not_reached"
REACH = 160  # characters before in which the sentence must name a median, or a time to an event
_OPEN = re.compile(
    r"""(?-i:[Nn])(?<![\w-].)(?:
      # "was not yet reached", "not been reached", "not estimable"
      ot\s(?:yet\s)?(?:been\s)?(?:yet\s)?(?:reached|estimable|evaluable|calculable|attained)
      # "NR", "N.E."; a cell or a value by itself
    | (?-i:(?<=N)\.?[RE]\.?)
    )(?![\w-])""",
    re.VERBOSE | re.IGNORECASE,
)
_TIME = re.compile(
    r"""(?<![\w-])(?:medians?|durations?\sof\s[\w-]{3,12}|time\sto\s[\w-]{3,12}|(?-i:m?(?:OS|PFS|DO[RS]|DoR|DFS|EFS|TTP|TTNT|RFS))
    |(?:overall|progression-free|event-free|disease-free|relapse-free)\ssurvival)(?![\w-])""",
    re.VERBOSE | re.IGNORECASE,
)
# "The primary endpoint of overall survival was not reached": a trial that missed, no time.
_MISSED = re.compile(
    r"\b(?:endpoints?|significance|goals?|objectives?|targets?|maximum tolerated dose|MTD|threshold)\b", re.I
)
_SENTENCE_END = re.compile(r"[.!?]\s+(?=[A-Z\"“])|\n\s*\n")
# "not reached (NR)" says one thing; "non-responders (NR)" another.
_NAMED = re.compile(r"[a-z]\s?[(\[]\s?$")


def match(text: str, numbers: Sequence[Mention]) -> list[Mention]:
    """Return the open values in order; one that is a bound of an interval among the `numbers` is no value."""
    ends = [number.end for number in numbers]
    mentions = []
    for found in _OPEN.finditer(text):
        k = bisect_left(ends, found.start() + 1)
        inside = k < len(numbers) and numbers[k].start < found.end()
        if not inside and _is_time(text, found):
            mentions.append(Mention(*found.span(), "DURATION", CODE, Quantity("duration")))
    return mentions


def _is_time(text: str, found: re.Match[str]) -> bool:
    """Tell whether what was not reached is the time to an event."""
    before = text[max(0, found.start() - REACH) : found.start()]
    ends = [end.end() for end in _SENTENCE_END.finditer(before)]
    before = before[ends[-1] :] if ends else before
    abbreviated = len(found[0]) <= 4
    closed = text[found.end() : found.end() + 1] in (")", "]")
    if abbreviated and closed and _NAMED.search(before):
        return False
    return bool(_TIME.search(before)) and not (not abbreviated and _MISSED.search(before))

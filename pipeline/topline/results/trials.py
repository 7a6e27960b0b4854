"""Which trial's name is in effect at a place of the text."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from topline.mentions.trials import Named

REACH = 8000  # characters, about three pages, for which a name holds without being repeated

# "46% in ", "7.4 months of patients in the "
_BEHIND = re.compile(
    r"\S{1,16}(?:\s(?:percent|months?|weeks?|days?|points?))?[\s,(]{0,2}(?:(?:of\s)?(?:patients|subjects|participants)\s)?"
    r"(?:in|for|from|of)\s(?:the\s)?"
)
_LISTED = re.compile(r"\s?(?:,|and|or|&|/|,\sand)\s?(?:the\s)?")


class Trials:
    """Answers which trial's name is in effect at a place of the text."""

    def __init__(self, text: str, found: Sequence[Named]):
        self.text = text
        self.found = found
        self.starts = [named.start for named in found]

    def at(self, place: int, low: int, high: int) -> str | None:
        """Return the name in effect for a value at `place` in the sentence [low, high).

        The sentence's own name comes first: its only one, the one right behind the value ("46% in KESTREL-1"), or the
        nearest before, unless that one is listed with another. Without one, the nearest before the sentence holds.
        """
        here = self.found[bisect_left(self.starts, low) : bisect_left(self.starts, high)]
        if here:
            names = {named.name for named in here}
            return here[0].name if len(names) == 1 else self._of_several(place, here)
        before = bisect_right(self.starts, low) - 1
        return self.found[before].name if before >= 0 and low - self.starts[before] < REACH else None

    def _of_several(self, place: int, here: Sequence[Named]) -> str | None:
        behind = next((named for named in here if named.start > place), None)
        if behind and _BEHIND.fullmatch(self.text, place, behind.start):
            return behind.name
        before = [named for named in here if named.end <= place]
        if len(before) > 1 and _LISTED.fullmatch(self.text, before[-2].end, before[-1].start):
            return None
        return before[-1].name if before else None

"""Reading text under construction: characters with their places, white space collapsed as HTML does.

A no-break space is white space here, and becomes one plain space with its neighbours: filings use it for layout
(438 in one 37 KB file), and no number may hang on which kind of space stands before its unit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from topline.filings.charset import printable
from topline.filings.refusals import Budget
from topline.schema import Exclusion, Segment

# Zero-width spaces and joiners, direction marks, word joiner, byte order mark, soft hyphen.
INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_WORD = rf"[^\s{INVISIBLE}]"
_PIECES = re.compile(
    rf"""
    (?P<words>{_WORD}++ (?:\s {_WORD}++)*+)   # words one white space apart: they stay one run
  | (?P<invisible>[{INVISIBLE}]++)
  | (?P<space>\s++)                          # no-break and thin spaces too
    """,
    re.VERBOSE,
)


class Run(NamedTuple):
    """Characters and their range in the source; `source_end` is `source_start` for what the reader put in."""

    text: str
    source_start: int
    source_end: int


class TextBuilder:
    """Collects one block's characters; a `pre` block keeps its white space."""

    __slots__ = ("_budget", "_space", "hidden", "runs")

    def __init__(self, hidden: list[Exclusion], budget: Budget):
        self.runs: list[Run] = []
        self._budget = budget
        self.hidden = hidden
        self._space: tuple[int, int] | None = None  # pending, where it stands

    @property
    def last(self) -> str:
        """Return the last character, a space if one is pending, and the empty string at the start."""
        if self._space is not None:
            return " "
        return self.runs[-1].text[-1] if self.runs else ""

    def add(self, text: str, start: int, pre: bool = False) -> None:
        """Add characters that stand one for one in the source from `start` on."""
        if pre or not text.isascii():
            self._add_pieces(text, start, pre)
        elif text.isspace():
            self._budget.spend()
            self._add_space(start, start + len(text))
        elif text and len(words := " ".join(text.split())) == len(text):  # words one white space apart: one piece
            self._budget.spend()
            self._put(words, start, start + len(text))
        else:
            self._add_pieces(text, start, pre)

    def _add_pieces(self, text: str, start: int, pre: bool) -> None:
        for match in _PIECES.finditer(text if text.isascii() else printable(text)):
            self._budget.spend()
            low, high = start + match.start(), start + match.end()
            if match.lastgroup == "invisible":
                self.hidden.append(Exclusion("invisible", low, high))
            elif match.lastgroup == "space" and not pre:
                self._add_space(low, high)
            else:
                self._put(match.group() if pre else " ".join(match.group().split()), low, high)

    def add_reference(self, text: str, start: int, end: int) -> None:
        """Add the characters of a resolved reference."""
        if text.isspace():
            self._add_space(start, end)
        elif text in INVISIBLE:
            self.hidden.append(Exclusion("invisible", start, end))
        else:
            self._put(text, start, end)

    def add_break(self, text: str) -> None:
        """Add white space of the reader's own, in place of the source's."""
        self._space = None
        if self.runs:
            self.runs.append(Run(text, 0, 0))

    def take(self) -> list[Run]:
        """Return the runs without white space around them, and start anew."""
        runs = self.runs
        if runs:
            self.runs, self._space = [], None
            while runs and runs[-1].text.isspace():
                runs.pop()
        return runs

    def _add_space(self, start: int, end: int) -> None:
        if self._space is not None:
            if self._space[1] == start:
                self._space = self._space[0], end
        elif self.runs:  # no block begins with white space
            self._space = start, end

    def _put(self, text: str, start: int, end: int) -> None:
        if self._space is not None:
            if not self.runs[-1].text[-1].isspace():
                self.runs.append(Run(" ", *self._space))
            self._space = None
        self.runs.append(Run(text, start, end))


def segments(runs: Sequence[Run], start: int) -> list[Segment]:
    """Return the segments of `runs` laid out from offset `start` on; neighbours that copy one for one are joined."""
    result: list[Segment] = []
    low = end = source_low = source_end = 0  # of the segment that the next run may join
    for text, source, beyond in runs:
        following = start + len(text)
        if beyond > source:
            copies = following - start == beyond - source
            joins = copies and end == start and source_end == source and end - low == source_end - source_low
            if not joins:
                if end > low:
                    result.append(Segment(low, end, source_low, source_end))
                low, source_low = start, source
            end, source_end = following, beyond
        start = following
    if end > low:
        result.append(Segment(low, end, source_low, source_end))
    return result

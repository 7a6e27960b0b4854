"""The passage around the rows of an outcome, cut at every mention's edge, so that each piece knows its marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from topline.evaluation.outcomes import Outcome
from topline.evaluation.rows import Row, Span

Side = Literal["gold", "predicted"]
# The roles, and the short words that fit above a short mention.
TAGS = {
    "value": "value",
    "endpoint": "endpoint",
    "cohort": "cohort",
    "n_at": "n",
    "comparator": "versus",
    "numerator": "k",
    "time_frame": "time",
    "ci": "CI",
    "p_value": "p",
}
# Text shown on each side of a mention; stretches farther apart than the gap are joined by a sign of omission.
CONTEXT = 160
GAP = 240
_BLANK_LINES = re.compile(r"(?:[ \t\r]{0,80}+\n){2,}+")


@dataclass(frozen=True, slots=True)
class RoleMark:
    """A mention in its role in a row; `key` names it within its passage and `to` names the value it is linked to."""

    side: Side
    role: str
    start: int
    end: int
    key: str
    to: str | None


@dataclass(frozen=True, slots=True)
class Tag:
    """The words at the beginning of one or more mentions, in the colour of the first one's role."""

    side: Side
    role: str
    words: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text under the same marks; `opens` are those that begin here. An omission has no text."""

    text: str
    marks: tuple[RoleMark, ...] = ()
    opens: tuple[RoleMark, ...] = ()

    @property
    def omission(self) -> bool:
        """Return whether text is left out here."""
        return not self.text

    @property
    def tags(self) -> tuple[Tag, ...]:
        """Return the words printed here, one a side; a prediction that agrees with the gold shares the gold's word."""
        gold = [mark for mark in self.opens if mark.side == "gold"]
        agreed = {(mark.role, mark.start, mark.end) for mark in gold}
        other = [m for m in self.opens if m.side == "predicted" and (m.role, m.start, m.end) not in agreed]
        return tuple(_tag(marks) for marks in (gold, other) if marks)


def _tag(marks: Sequence[RoleMark]) -> Tag:
    """Return the tag of mentions that begin at one place."""
    return Tag(marks[0].side, marks[0].role, ", ".join(dict.fromkeys(TAGS[mark.role] for mark in marks)))


def passage(outcome: Outcome, text: str) -> tuple[Piece, ...]:
    """Return the pieces of a document's text that show an outcome's rows and their mentions."""
    marks = tuple(_marks(outcome))
    pieces: list[Piece] = []
    for start, end in _stretches(marks, text):
        if start > 0:
            pieces.append(Piece(""))
        pieces += _cut(marks, text, start, end)
    if pieces and _stretches(marks, text)[-1][1] < len(text):
        pieces.append(Piece(""))
    return tuple(pieces)


def _marks(outcome: Outcome) -> Iterator[RoleMark]:
    """Yield the mentions of all rows of an outcome."""
    sides: tuple[tuple[Side, Sequence[Row]], ...] = (("gold", outcome.gold), ("predicted", outcome.predicted))
    for side, rows in sides:
        for number, row in enumerate(rows):
            value = f"{side[0]}{number}"
            for role in TAGS:
                span: Span | None = getattr(row, role)
                if span is not None:
                    key = value if role == "value" else f"{value}-{role}"
                    yield RoleMark(side, role, span.start, span.end, key, None if role == "value" else value)


def _stretches(marks: Sequence[RoleMark], text: str) -> list[tuple[int, int]]:
    """Return the stretches of text to show, from word to word, in order and apart."""
    held: list[tuple[int, int]] = []
    for mark in sorted(marks, key=lambda mark: mark.start):
        start, end = _word_start(text, mark.start - CONTEXT), _word_end(text, mark.end + CONTEXT)
        if held and start - held[-1][1] < GAP:
            held[-1] = (held[-1][0], max(held[-1][1], end))
        else:
            held.append((start, end))
    return held


def _word_start(text: str, at: int) -> int:
    """Return the start of the word around an offset, at most 40 characters before it."""
    if at <= 0:
        return 0
    space = max(text.rfind(blank, max(0, at - 40), at) for blank in " \n\t")
    return space + 1 if space >= 0 else at


def _word_end(text: str, at: int) -> int:
    """Return the end of the word around an offset, at most 40 characters behind it."""
    if at >= len(text):
        return len(text)
    spaces = [space for space in (text.find(blank, at, at + 40) for blank in " \n\t") if space >= 0]
    return min(spaces, default=at)


def _cut(marks: Sequence[RoleMark], text: str, start: int, end: int) -> Iterator[Piece]:
    """Yield a stretch's text cut at the edges of the marks in it."""
    edges = {edge for mark in marks for edge in (mark.start, mark.end) if start < edge < end}
    cuts = [start, *sorted(edges), end]
    for low, high in pairwise(cuts):
        over = tuple(mark for mark in marks if mark.start <= low and high <= mark.end)
        yield Piece(_BLANK_LINES.sub("\n", text[low:high]), over, tuple(mark for mark in over if mark.start == low))

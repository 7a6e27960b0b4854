"""The passages behind the rows of an outcome, cut at every mention's edge, so that each piece knows its marks.

A value in a table comes as the table's cells that lead to it; every other place that a row cites is a stretch of text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Literal

from topline.evaluation.outcomes import Outcome
from topline.evaluation.rows import Row, Span
from topline.excerpts import Layout, place, stretches, table_lines, table_title
from topline.schema import Block

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
# Evidence in the colour of the field that it belongs to.
_EVIDENCE = MappingProxyType({"group": "cohort", "n": "n_at"})
# Text shown on each side of a mention; stretches farther apart than the gap are shown apart.
CONTEXT = 160
GAP = 240
_BLANK_LINES = re.compile(r"(?:[ \t\r]{0,80}+\n){2,}+")


@dataclass(frozen=True, slots=True)
class RoleMark:
    """A mention in its role in a row; `key` names it within its outcome and `to` names the value it is linked to.

    `role` and `key` are ours and may name classes and attributes; `words` come from the rows and may only be printed.
    """

    side: Side
    role: str
    start: int
    end: int
    key: str
    to: str | None
    words: str


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


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table as it is shown, cell by cell; `skipped` when rows above it are left out."""

    cells: tuple[tuple[Piece, ...], ...]
    head: bool
    skipped: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """One place that an outcome's rows cite: text in `pieces`, or a table in `rows`; `place` is seen from the value."""

    place: str
    pieces: tuple[Piece, ...] = ()
    rows: tuple[TableRow, ...] = ()

    @property
    def text(self) -> str:
        """Return all the text that is shown."""
        cells = (cell for row in self.rows for cell in row.cells)
        return " ".join("".join(piece.text for piece in pieces) for pieces in (self.pieces, *cells))


def _tag(marks: Sequence[RoleMark]) -> Tag:
    """Return the tag of mentions that begin at one place."""
    return Tag(marks[0].side, marks[0].role, ", ".join(dict.fromkeys(mark.words for mark in marks)))


def passages(outcome: Outcome, layout: Layout) -> tuple[Passage, ...]:
    """Return the places in a document that show an outcome's rows and their mentions, in order."""
    marks = tuple(_marks(outcome))
    value = next(mark.start for mark in marks if mark.role == "value")
    spans = [(mark.start, mark.end) for mark in marks]
    lines = table_lines(layout, value, spans)
    inside = [cell for line in lines for cell in line.cells if cell is not None]
    loose = [mark for mark in marks if not any(cell.start <= mark.start < cell.end for cell in inside)]
    found = list(_texts(layout, loose, marks, value))
    if lines:
        rows = tuple(
            TableRow(tuple(_cell(layout, cell, marks) for cell in line.cells), line.head, line.skipped)
            for line in lines
        )
        found.append((value, Passage(table_title(layout, value, spans), rows=rows)))
    return tuple(passage for _, passage in sorted(found, key=lambda pair: pair[0]))


def _cell(layout: Layout, cell: Block | None, marks: Sequence[RoleMark]) -> tuple[Piece, ...]:
    return tuple(_cut(marks, layout, cell.start, cell.end)) if cell and cell.start < cell.end else ()


def _texts(
    layout: Layout, loose: Sequence[RoleMark], marks: Sequence[RoleMark], value: int
) -> Iterator[tuple[int, Passage]]:
    """Yield the stretches of text around marks, with where they start; what stands in a cell keeps to its cell."""
    bounds: dict[tuple[int, int], list[RoleMark]] = {}
    for mark in loose:
        cell = layout.cell(mark.start)
        bounds.setdefault((cell.start, cell.end) if cell else layout.prose_at(mark.start), []).append(mark)
    for (low, high), held in bounds.items():
        spans = [(mark.start, mark.end) for mark in held]
        for start, end in stretches(layout.text, spans, (low, high), CONTEXT, GAP):
            pieces = list(_cut(marks, layout, start, end))
            pieces = [*[Piece("")] * (start > low), *pieces, *[Piece("")] * (end < high)]
            first = min(mark.start for mark in held if start <= mark.start < end)
            yield start, Passage("" if start <= value < end else place(layout, first, value), tuple(pieces))


def _marks(outcome: Outcome) -> Iterator[RoleMark]:
    """Yield the mentions of all rows of an outcome."""
    sides: tuple[tuple[Side, Sequence[Row]], ...] = (("gold", outcome.gold), ("predicted", outcome.predicted))
    for side, rows in sides:
        for number, row in enumerate(rows):
            value = f"{side[0]}{number}"
            for role, words in TAGS.items():
                span: Span | None = getattr(row, role)
                if span is not None:
                    key = value if role == "value" else f"{value}-{role}"
                    yield RoleMark(side, role, span.start, span.end, key, None if role == "value" else value, words)
            for at, (name, span) in enumerate(further_evidence(row)):
                role = _EVIDENCE.get(name, name if name in TAGS else "evidence")
                words = TAGS.get(name, name.replace("_", " "))
                yield RoleMark(side, role, span.start, span.end, f"{value}-evidence-{at}", value, words)


def further_evidence(row: Row) -> list[tuple[str, Span]]:
    """Return the evidence of a row that stands where none of its fields does."""
    fields = [span for role in TAGS if (span := getattr(row, role)) is not None]
    return [
        (role, span)
        for role, span in row.evidence
        if not any(f.start <= span.start and span.end <= f.end for f in fields)
    ]


def _cut(marks: Sequence[RoleMark], layout: Layout, start: int, end: int) -> Iterator[Piece]:
    """Yield a stretch's text cut at the edges of the marks in it."""
    edges = {edge for mark in marks for edge in (mark.start, mark.end) if start < edge < end}
    cuts = [start, *sorted(edges), end]
    for low, high in pairwise(cuts):
        over = tuple(mark for mark in marks if mark.start <= low and high <= mark.end)
        opens = tuple(mark for mark in over if mark.start == low)
        yield Piece(_flowing(layout, low, high), over, opens)


def _flowing(layout: Layout, start: int, end: int) -> str:
    """Return text with the wrapped lines of a block as one, and with blank lines as ends of line."""
    text = layout.text[start:end]
    wrapped = [found for found in range(len(text)) if text[found] == "\n" and layout.block(start + found)]
    for at in wrapped:
        text = f"{text[:at]} {text[at + 1 :]}"
    return _BLANK_LINES.sub("\n", text)

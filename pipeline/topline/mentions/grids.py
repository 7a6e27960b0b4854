"""The grids of a document: its tables' cells by row and column, and tables that were flattened to a cell a paragraph.

A flattened table is recovered only where the counts agree exactly: k heads, then at least two rows of a stub and k
values each. Anything else stays what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, takewhile

from topline.filings.lines import columns
from topline.mentions.cells import is_interval, is_missing, is_value
from topline.schema import Block

Span = tuple[int, int]

MOST_COLUMNS = 60  # values in a row; rows are matched with heads cell by cell
MOST_CELLS = 4000  # a larger grid is data, no table of results: the largest of 291 filings with results has 900
LONGEST_STUB = 150  # characters of a row's label
LONGEST_HEAD = 160
LONGEST_CAPTION = 600
MOST_HEAD_LINES = 4  # blocks of one head of a flattened table
_TITLE = 120  # characters: a shorter line over a table is its title, and the line before that may say more
_SIZE_ONLY = re.compile(r"[(\[]?\s?[nN]\s?=\s?[0-9][0-9,]{0,8}\s?[)\]]?")
_FOOTNOTE = re.compile(
    r"""[*†‡§¶#^¹²³⁴⁵(\[]
      | (?:notes?|abbreviations?|source|all\s(?:results|values|data)|analys[ei]s|based\son|includes?
          |data\s(?:are|for))\b
      | [A-Za-z]{1,6}\s?[=:] | [A-Za-z]{2,6},\s(?-i:[a-z])
      | (?-i:[a-h](?:\s(?:n\s?=|p\s?[<=]|in\b|[A-Z])|[A-Z][a-z]))
    """,
    re.IGNORECASE | re.VERBOSE,
)
MOST_NOTES = 12  # lines below a table


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: `row` and `column` count from 0, `beyond` is the first column behind it, `to_row` the first row below."""

    start: int
    end: int
    text: str
    row: int
    column: int
    beyond: int
    to_row: int
    kind: str
    header: bool = False

    @property
    def span(self) -> Span:
        """Return the cell's place in the reading text."""
        return self.start, self.end


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its rows from top to bottom, each from left to right, and the lines above and below it.

    `number` counts the document's tables from 1. `flat` marks a recovered table, whose first row are its heads.
    """

    number: int
    rows: tuple[Row, ...]
    captions: tuple[Span, ...]
    notes: tuple[Span, ...]
    flat: bool = False


def grids(text: str, blocks: Sequence[Block]) -> list[Grid]:
    """Return a document's tables in order; one that is too large to be a table of results has no rows."""
    found: list[Grid] = []
    places = [(i, block.table if block.kind == "table_cell" else None) for i, block in enumerate(blocks)]
    for table, group in groupby(places, key=lambda item: item[1]):
        members = [i for i, _ in group]
        if table is None:
            for first, rows in _flattened(text, blocks, members):
                found.append(Grid(len(found) + 1, rows, _captions(blocks, first), (), flat=True))
        else:
            found.append(_grid(text, blocks, members, len(found) + 1))
    return found


def _grid(text: str, blocks: Sequence[Block], members: Sequence[int], number: int) -> Grid:
    cells = [_cell(text, blocks[i]) for i in members[: MOST_CELLS + 1]]
    rows = tuple(tuple(row) for _, row in groupby(cells, key=lambda cell: cell.row))
    if len(cells) > MOST_CELLS or max(map(len, rows)) > MOST_COLUMNS:
        return Grid(number, (), (), ())
    above = _heads_above(text, blocks, members[0], rows)
    rows = (*above, *(tuple(_lowered(cell, len(above)) for cell in row) for row in rows))
    captions = _captions(blocks, members[0] - bool(above))
    return Grid(number, rows, captions, _notes(text, blocks, members[-1]))


def _cell(text: str, block: Block) -> Cell:
    column, row = block.column or 0, block.row or 0
    said = text[block.start : block.end]
    reach = (column + block.column_span, row + block.row_span)
    return Cell(block.start, block.end, said, row, column, *reach, _kind(said), block.header)


def _heads_above(text: str, blocks: Sequence[Block], first: int, rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return the lines over a table of characters that a rule parts from it, where each has a piece a value column."""
    block = blocks[first - 1] if first and blocks[first - 1].end - blocks[first - 1].start <= LONGEST_CAPTION else None
    if block is None or block.kind == "table_cell" or rows[0][-1].kind != "value":
        return ()
    lines: list[Row] = []
    start = block.start
    for line in text[block.start : block.end].split("\n"):
        places = [(start + low, start + high) for low, high in columns(line)]
        start += len(line) + 1
        first = len(rows[0]) - len(places)  # 1 where nothing stands over the stub
        if first not in (0, 1) or len(places) < 2:
            return ()
        row = len(lines)
        said = [(low, high, text[low:high]) for low, high in places]
        lines.append(
            tuple(Cell(a, b, t, row, k, k + 1, row + 1, _kind(t)) for k, (a, b, t) in enumerate(said, start=first))
        )
    return tuple(lines)


def _lowered(cell: Cell, by: int) -> Cell:
    return replace(cell, row=cell.row + by, to_row=cell.to_row + by) if by else cell


@lru_cache(maxsize=1 << 14)  # of the cells of filings most are written before: a dash, a sum, "None"
def _kind(text: str) -> str:
    if _SIZE_ONLY.fullmatch(text):
        return "size"
    if is_missing(text):
        return "missing"
    if is_interval(text):
        return "interval"
    return "value" if is_value(text) else "text"


def _captions(blocks: Sequence[Block], first: int) -> tuple[Span, ...]:
    """Return the lines above a table, the nearest first: its title, and what leads to that."""
    found: list[Span] = []
    for k in range(first - 1, max(-1, first - 3), -1):
        block = blocks[k]
        if block.kind == "table_cell" or block.end - block.start > LONGEST_CAPTION:
            break
        found.append((block.start, block.end))
        if block.end - block.start > _TITLE:
            break
    return tuple(found)


def _notes(text: str, blocks: Sequence[Block], last: int) -> tuple[Span, ...]:
    """Return the footnotes below a table: the lines that begin as such, up to the first that does not."""
    held = blocks[last + 1 : last + 1 + MOST_NOTES]
    return tuple((b.start, b.end) for b in takewhile(lambda block: _is_footnote(text, block), held))


def _is_footnote(text: str, block: Block) -> bool:
    if block.kind == "table_cell" or block.end - block.start > LONGEST_CAPTION:
        return False
    return bool(_FOOTNOTE.match(text, block.start, block.end))


def _flattened(text: str, blocks: Sequence[Block], members: Sequence[int]) -> Iterator[tuple[int, tuple[Row, ...]]]:
    """Yield the block of the first head and the rows of each table that a run of short blocks holds."""
    kinds = [_flat_kind(text, blocks[i]) for i in members]
    k = 0
    while k < len(members):
        if kinds[k] not in ("value", "missing"):
            k += 1
            continue
        rows, width, after = _rows_from(kinds, k - 1)
        heads = _sized_heads(kinds, k - 1, width) or [range(i, i + 1) for i in range(k - 1 - width, k - 1)]
        if len(rows) > 1 and 1 < width <= MOST_COLUMNS and heads[0].start >= 0 and _are_heads(kinds, heads):
            cells: list[list[range | None]] = [[None, *heads]]
            cells += ([range(i, i + 1) for i in row] for row in rows)
            yield (
                members[heads[0].start],
                tuple(_flat_row(text, blocks, members, r, line) for r, line in enumerate(cells)),
            )
        k = after


def _flat_kind(text: str, block: Block) -> str:
    if block.end - block.start > LONGEST_HEAD or block.kind == "table_cell":
        return "prose"
    return _kind(text[block.start : block.end])


def _rows_from(kinds: Sequence[str], first: int) -> tuple[list[list[int]], int, int]:
    """Return the rows of a stub and equally many values that begin at `first`, that many, and what is behind them."""
    rows: list[list[int]] = []
    place, width = first, 0
    while 0 <= place < len(kinds) and kinds[place] == "text":
        stop = place + 1
        while stop < len(kinds) and kinds[stop] in ("value", "missing"):
            stop += 1
        if stop == place + 1 or (rows and stop - place - 1 != width):
            break
        width = stop - place - 1
        rows.append(list(range(place, stop)))
        place = stop
    return rows, width, max(place, first + 2)


def _sized_heads(kinds: Sequence[str], stop: int, width: int) -> list[range]:
    """Return the heads before `stop` that each close with a size of their own: "VX-31", "50 mg", "(n=41)".

    What stands before the first is the stub's head: the first has no more lines than the longest of the others.
    """
    heads: list[range] = []
    while stop > 0 and kinds[stop - 1] == "size" and len(heads) < width:
        start = stop - 1
        most = MOST_HEAD_LINES if len(heads) < width - 1 else max((len(head) - 1 for head in heads), default=0)
        while start > 0 and kinds[start - 1] in ("text", "value") and stop - start <= most:  # "50 mg" reads as a value
            start -= 1
        heads.insert(0, range(start, stop))
        stop = start
    return heads if len(heads) == width and all(len(head) > 1 for head in heads) else []


def _are_heads(kinds: Sequence[str], heads: Sequence[range]) -> bool:
    return all(len(head) > 1 or kinds[head.start] in ("text", "size") for head in heads)


def _flat_row(
    text: str, blocks: Sequence[Block], members: Sequence[int], row: int, line: Sequence[range | None]
) -> Row:
    cells = []
    for column, places in enumerate(line):
        if places is None:
            continue
        start, end = blocks[members[places.start]].start, blocks[members[places.stop - 1]].end
        cells.append(Cell(start, end, text[start:end], row, column, column + 1, row + 1, _kind(text[start:end])))
    return tuple(cells)

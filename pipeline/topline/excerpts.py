"""What to show of a document so that a row can be checked: places in words, text cut around what it cites, table cells.

`Layout` is all that is needed of a document; offsets count in its reading text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from topline.schema import Block

Span = tuple[int, int]
Rows = Mapping[int, Sequence[Block]]  # a table's cells by row
WORD = 40  # characters within which a cut is moved to a word's edge
CAPTION = 200  # characters: a longer paragraph above a table is prose
INDENT = 80  # characters of white space before a sentence
HEAD_ROWS = 4  # no table of the gold has a head of more rows
# A cell that holds a figure: a table's head ends above the first of them.
_FIGURE = re.compile(r"[^\w\s]{0,3}\s?\d[\d.,]{0,12}(?:\s?%|(?=\s|\W|$))")
_NAMES_COLUMN = re.compile(r"(?i)\bn\s?=\s?\d|\d\s?(?:mg|mcg|µg|g)\b")


@dataclass(frozen=True, slots=True)
class Layout:
    """A document's reading text, its blocks, and the starts of its units: its sentences, or else its paragraphs.

    Cells of a table are no units: a distance in sentences leaves tables out.
    """

    text: str
    blocks: tuple[Block, ...]
    units: tuple[int, ...]
    unit: Literal["sentence", "paragraph"]

    def block(self, at: int) -> Block | None:
        """Return the block around an offset."""
        k = bisect_right(self.blocks, at, key=lambda block: block.start) - 1
        return self.blocks[k] if k >= 0 and at < self.blocks[k].end else None

    def cell(self, at: int) -> Block | None:
        """Return the table cell around an offset."""
        block = self.block(at)
        return block if block is not None and block.kind == "table_cell" else None

    def unit_at(self, at: int) -> Span:
        """Return the cell, the sentence or else the paragraph around an offset."""
        block = self.block(at)
        if block is not None and block.kind == "table_cell":
            return block.start, block.end
        k = bisect_right(self.units, at)
        start = self.units[k - 1] if k else 0
        end = self.units[k] if k < len(self.units) else len(self.text)
        if block is not None:
            start, end = max(start, block.start), min(end, block.end)
        return start, end

    def prose_at(self, at: int) -> Span:
        """Return the lines around an offset as far as no table cell stands in them."""
        k = bisect_right(self.blocks, at, key=lambda block: block.start)
        before = next((block.end for block in reversed(self.blocks[:k]) if block.kind == "table_cell"), 0)
        behind = next((block.start for block in self.blocks[k:] if block.kind == "table_cell"), len(self.text))
        low = self.text.find("\n", before, at) + 1 if before else 0
        high = self.text.rfind("\n", at, behind) if behind < len(self.text) else behind
        return max(low, before), high if high >= 0 else behind

    def line(self, at: int) -> int:
        """Return the number of the line around an offset, from 1, as `topline text` prints them."""
        return self.text.count("\n", 0, at) + 1


def make_layout(text: str, blocks: Sequence[Block] = (), sentences: Sequence[int] = ()) -> Layout:
    """Return a document's layout; `sentences` are the starts of its sentences, where they are known."""
    bare = Layout(text, tuple(blocks), (), "sentence" if sentences else "paragraph")
    starts = sentences or [block.start for block in blocks] or list(_paragraphs(text))
    # A sentence may begin with the indent of its line; or at a bar or a rule of a table, which is in no block.
    starts = [at + len(held := text[at : at + INDENT]) - len(held.lstrip()) for at in starts]
    prose = (at for at in starts if not blocks or ((block := bare.block(at)) and block.kind != "table_cell"))
    return Layout(text, bare.blocks, tuple(prose), bare.unit)


def _paragraphs(text: str) -> Iterator[int]:
    """Yield where the paragraphs of a text without blocks begin: its lines behind an empty one."""
    at, empty = 0, True
    for line in text.split("\n"):
        if empty and line.strip():
            yield at + len(line) - len(line.lstrip())
        at, empty = at + len(line) + 1, not line.strip()


def place(layout: Layout, at: int, value: int) -> str:
    """Say where an offset stands, seen from a value: `heading`, `2 sentences before`, `column head`."""
    cell, home = layout.cell(at), layout.cell(value)
    if cell is not None:
        return _cell_place(layout, cell, home)
    block = layout.block(at)
    if block is not None and block.kind == "heading":
        return "heading"
    if block is not None and _leads(layout, block, value):
        return "head of the list"
    if home is None:
        return _distance(layout, at, value) or f"same {layout.unit}"
    grid = [block for block in layout.blocks if block.table == home.table and block.kind == "table_cell"]
    before = at < value
    apart = abs(_apart(layout, at, grid[0].start if before else grid[-1].end)) + before
    side = "before" if before else "after"
    return f"{apart} {layout.unit}s {side} the table" if apart > 1 else f"{'above' if before else 'below'} the table"


def own_place(layout: Layout, at: int) -> str:
    """Say what an offset stands in: `heading, line 3`, `bullet, line 12`, `table 1, row 3, column 2`."""
    cell, block = layout.cell(at), layout.block(at)
    if cell is not None:
        return _cell_place(layout, cell, None)
    name = {"heading": "heading", "list_item": "bullet"}.get(block.kind if block else "", "text")
    return f"{name}, line {layout.line(at)}"


def _cell_place(layout: Layout, cell: Block, home: Block | None) -> str:
    """Say where a cell is: by its part in the value's table, or by its numbers, which count from 1."""
    row, column = cell.row or 0, cell.column or 0
    numbers = f"row {row + 1}, column {column + 1}"
    if home is None or home.table != cell.table:
        tables = list(dict.fromkeys(block.table for block in layout.blocks if block.table is not None))
        return f"table {tables.index(cell.table) + 1}, {numbers}" if cell.table in tables else numbers
    if cell == home:
        return "same cell"
    if row < (home.row or 0) and _over(cell, home):
        return "column head"
    return "row label" if row == home.row and column < (home.column or 0) else numbers


def _over(cell: Block, other: Block) -> bool:
    """Tell whether two cells share a column."""
    low, high = cell.column or 0, other.column or 0
    return low < high + other.column_span and high < low + cell.column_span


def _leads(layout: Layout, block: Block, value: int) -> bool:
    """Tell whether a block is the one right above the list that a value stands in."""
    k = bisect_right(layout.blocks, value, key=lambda block: block.start) - 1
    if k < 0 or layout.blocks[k].kind != "list_item" or block.kind == "list_item":
        return False
    while k >= 0 and layout.blocks[k].kind == "list_item":
        k -= 1
    return k >= 0 and layout.blocks[k] == block


def _distance(layout: Layout, at: int, value: int) -> str:
    """Say how many sentences or paragraphs lie from a value to an offset; nothing when it is the same one."""
    apart = _apart(layout, at, value)
    plural = "" if abs(apart) == 1 else "s"
    return f"{abs(apart)} {layout.unit}{plural} {'before' if apart < 0 else 'after'}" if apart else ""


def _apart(layout: Layout, at: int, value: int) -> int:
    return bisect_right(layout.units, at) - bisect_right(layout.units, value)


def stretches(text: str, spans: Sequence[Span], bounds: Span, context: int, gap: int) -> list[Span]:
    """Return the stretches of text around some spans, from word to word within bounds; near ones are joined."""
    held: list[Span] = []
    for low, high in sorted(spans):
        start = max(bounds[0], _word_start(text, low - context, bounds[0]))
        end = min(bounds[1], _word_end(text, high + context, bounds[1]))
        if held and start - held[-1][1] < gap:
            held[-1] = held[-1][0], max(held[-1][1], end)
        else:
            held.append((start, end))
    return held


def _word_start(text: str, at: int, least: int) -> int:
    if at <= least:
        return least
    space = max(text.rfind(blank, max(least, at - WORD), at) for blank in " \n\t")
    return space + 1 if space >= 0 else least if at - WORD <= least else at


def _word_end(text: str, at: int, most: int) -> int:
    if at >= most:
        return most
    spaces = [space for space in (text.find(blank, at, at + WORD) for blank in " \n\t") if space >= 0]
    return min(spaces, default=most if at + WORD >= most else at)


def table_title(layout: Layout, value: int, spans: Sequence[Span]) -> str:
    """Return a table value's place, and the short line above its table unless one of the spans stands in it."""
    home, named = layout.cell(value), own_place(layout, value)
    first = next((k for k, block in enumerate(layout.blocks) if home and block.table == home.table), 0)
    above = layout.blocks[first - 1] if first else None
    if above is None or above.kind == "table_cell" or above.end - above.start > CAPTION:
        return named
    if any(above.start <= low < above.end for low, _ in spans):
        return named
    return f"{named} · {' '.join(layout.text[above.start : above.end].split())}"


@dataclass(frozen=True, slots=True)
class TableLine:
    """A table's row as far as it is shown; `head` when it names columns, `skipped` when rows above it are left out."""

    cells: tuple[Block | None, ...]
    head: bool
    skipped: bool


def table_lines(layout: Layout, value: int, spans: Sequence[Span]) -> tuple[TableLine, ...]:
    """Return the rows and columns of a value's table that lead to it, and those that hold one of the spans.

    They are its column with the heads above it, its row with the label, and the label of the section over that row.
    """
    home = layout.cell(value)
    if home is None:
        return ()
    rows: dict[int, list[Block]] = {}
    for block in layout.blocks:
        if block.table == home.table and block.kind == "table_cell":
            rows.setdefault(block.row or 0, []).append(block)
    inside = [cell for low, _ in spans if (cell := layout.cell(low)) and cell.table == home.table]
    head = _head_rows(layout, rows, home)
    section = _section_row(layout, rows, home, head)
    columns = _columns(min(cell.column or 0 for held in rows.values() for cell in held), home, inside)
    shown = sorted({home.row or 0, *head, *section, *(cell.row or 0 for cell in inside)})
    lines = [_line(rows, row, columns, (before, row in head)) for before, row in pairwise((-1, *shown))]
    said = [k for k in range(len(columns)) if k == 0 or any(_says(layout, line.cells[k]) for line in lines)]
    lines = [replace(line, cells=tuple(line.cells[k] for k in said)) for line in lines]
    return tuple(line for line in lines if not line.head or any(_says(layout, cell) for cell in line.cells))


def _line(rows: Rows, row: int, columns: list[int], known: tuple[int, bool]) -> TableLine:
    before, head = known
    held: list[Block | None] = []
    for column in columns:
        found = next((cell for cell in rows.get(row, ()) if column in _covered(cell)), None)
        held.append(None if found in held else found)
    return TableLine(tuple(held), head, before >= 0 and row - before > 1)


def _says(layout: Layout, cell: Block | None) -> bool:
    return cell is not None and bool(layout.text[cell.start : cell.end].strip())


def _covered(cell: Block) -> range:
    return range(cell.column or 0, (cell.column or 0) + cell.column_span)


def _columns(labels: int, home: Block, cited: Sequence[Block]) -> list[int]:
    """Return the columns to show: the labels', the value's, and one for each cited cell that has no part in those."""
    columns = {labels, *_covered(home)}
    for cell in cited:
        if columns.isdisjoint(_covered(cell)):
            columns.add(cell.column or 0)
    return sorted(columns)


def _head_rows(layout: Layout, rows: Rows, home: Block) -> list[int]:
    """Return the rows above the value that name columns: those marked so, or the first until one holds a figure.

    A row with nothing but its label is a section's, and ends the head too.
    """
    head: list[int] = []
    for row in sorted(row for row in rows if row < (home.row or 0))[:HEAD_ROWS]:
        over = [cell for cell in rows[row] if cell.column and _says(layout, cell)]
        marked = any(cell.header for cell in over)
        if head and not marked and (not over or any(_holds_figure(layout, cell) for cell in over)):
            break
        head.append(row)
    return head


def _section_row(layout: Layout, rows: Rows, home: Block, head: list[int]) -> list[int]:
    """Return the nearest row between head and value that holds nothing but its label."""
    for row in sorted((row for row in rows if row < (home.row or 0) and row not in head), reverse=True):
        said = [cell for cell in rows[row] if _says(layout, cell)]
        if len(said) == 1 and not said[0].column:
            return [row]
    return []


def _holds_figure(layout: Layout, cell: Block) -> bool:
    said = layout.text[cell.start : cell.end]
    return bool(_FIGURE.match(said)) and not _NAMES_COLUMN.search(said)

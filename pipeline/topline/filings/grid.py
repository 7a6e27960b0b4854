"""Tables of a page: which are grids of data and which only place things, and the units that come of both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from topline.filings.flow import Cell, Chunk, Flow
from topline.filings.lines import heading_level, is_marker, list_marker
from topline.filings.runs import Run
from topline.schema import Block, BlockKind

_MAX_COLUMNS = 500  # cells further right share the last: wide spans over many rows would cost their product
_LONG_CELL = 200  # characters: two such paragraphs in one cell make the table a layout
# A lone letter in brackets or without is a footnote's; a lone "(1)" may be the percentage beside a count
_LEFT_UNITS = re.compile(r"[)%\]*†‡§¶#^¹²³⁴]{1,3}|\(?%\)?|\([a-e]\)|[a-e]")
_RIGHT_UNITS = re.compile(r"[$€£¥]?\(?|US\$|[<>≥≤±~/]|\+/[-–−]")
_MIDDLE_UNITS = re.compile(r"(?:±|\+/[-–−]|/)\s?[0-9]")  # begins what belongs to the number before: "-9.4 | ± | 1.2"
_NUMBERED_WORDS = 4
_CELL, _ROW, _BOLD, _LINKED = map(attrgetter, ("cell", "cell.row", "bold", "linked"))
_BOLD_HEADING = 200  # characters: a longer bold paragraph is emphasis


class Look(NamedTuple):
    """What a block is but for its place in the text: the fields of `Block` without `start` and `end`."""

    kind: BlockKind
    level: int = 0
    table: int | None = None
    row: int | None = None
    column: int | None = None
    row_span: int = 1
    column_span: int = 1
    header: bool = False

    def block(self, start: int, end: int) -> Block:
        """Return the block at that place."""
        kind, level, table, row, column, row_span, column_span, header = self
        return Block(kind, start, end, level, table, row, column, row_span, column_span, header)


@dataclass(slots=True)
class Unit:
    """A block to be: `start` and `end` are set when the text is laid out."""

    look: Look
    runs: list[Run]
    text: str
    linked: bool = False
    after_break: bool = False
    before_break: bool = False
    preformatted: bool = False
    start: int = 0
    end: int = 0


def units(flow: Flow) -> list[Unit]:
    """Return the units of a page in order."""
    layouts = _layouts(flow)
    _set_columns(flow.cells)
    result: list[Unit] = []

    def data_table(chunk: Chunk) -> int:
        return chunk.cell.table if chunk.cell is not None and chunk.cell.table not in layouts else -1

    for table, group in groupby(flow.chunks, key=data_table):
        chunks = list(group)
        result += map(_prose, chunks) if table < 0 else _table_units(chunks)
    return result


def _layouts(flow: Flow) -> set[int]:
    """Return the tables that only place things: they hold tables, one column, or long prose."""
    layouts = {cell.outer.table for cell in flow.cells if cell.outer is not None}
    first: dict[int, Cell] = {}  # the first filled cell of each table's latest row; a table's rows come in order
    grids: set[int] = set()
    long: set[Cell] = set()
    for chunk in flow.chunks:
        cell = chunk.cell
        if cell is None:
            continue
        known = first.get(cell.table)
        if known is None or known.row != cell.row:
            first[cell.table] = cell
        elif known is not cell:
            grids.add(cell.table)
        if len(chunk.text) >= _LONG_CELL:
            if cell in long:
                layouts.add(cell.table)
            long.add(cell)
    return layouts | (first.keys() - grids)


def _set_columns(cells: list[Cell]) -> None:
    """Lay the cells out in their grids, spans counted."""
    busy: dict[tuple[int, int], int] = {}  # (table, column) -> first row in which it is free again
    latest: dict[int, Cell] = {}
    for cell in cells:
        left = latest.get(cell.table)
        column = _beyond(left) if left is not None and left.row == cell.row else 0
        while column < _MAX_COLUMNS and busy.get((cell.table, column), 0) > cell.row:
            column += 1
        cell.column = column
        latest[cell.table] = cell
        if cell.row_span > 1:
            for spanned in range(column, _beyond(cell)):
                busy[cell.table, spanned] = cell.row + cell.row_span


def _beyond(cell: Cell) -> int:
    """Return the column behind a cell."""
    return min(cell.column + cell.column_span, _MAX_COLUMNS)


def _prose(chunk: Chunk) -> Unit:
    text = chunk.text
    if chunk.list_depth or list_marker(text):
        look = Look("list_item", level=max(1, chunk.list_depth))
    elif chunk.heading:
        look = Look("heading", level=chunk.heading)
    elif (level := heading_level(text)) is not None or (chunk.bold and _names(text)):
        look = Look("heading", level=level or 0)
    else:
        look = Look("paragraph")
    breaks = (chunk.after_break, chunk.before_break)
    return Unit(look, chunk.runs, text, chunk.linked, *breaks, preformatted=chunk.preformatted)


def _names(text: str) -> bool:
    """Tell whether a bold paragraph is short enough to be a heading and holds a word."""
    return len(text) <= _BOLD_HEADING and any(character.isalpha() for character in text)


def _table_units(chunks: list[Chunk]) -> Iterator[Unit]:
    for _, row in groupby(chunks, key=_ROW):
        cells = [_cell_unit(cell, list(group)) for cell, group in groupby(row, key=_CELL)]
        if len(cells) == 2 and _is_item(cells[0].text, cells[1].text):
            yield _fake_item(*cells)
        else:
            yield from _with_units(cells)


def _is_item(marker: str, body: str) -> bool:
    """Tell a bullet and its text from two cells of data; a number as the mark needs a sentence beside it."""
    words = sum(word.isalpha() for word in body.split())
    return is_marker(marker) and words >= (_NUMBERED_WORDS if marker.isdigit() else 1)


def _cell_unit(cell: Cell, chunks: list[Chunk]) -> Unit:
    runs = list(chunks[0].runs)
    for chunk in chunks[1:]:
        runs += Run("\n", 0, 0), *chunk.runs
    header = cell.header or all(map(_BOLD, chunks))
    look = Look("table_cell", 0, cell.table, cell.row, cell.column, cell.row_span, cell.column_span, header)
    return Unit(
        look,
        runs,
        "\n".join([chunk.text for chunk in chunks]),
        linked=any(map(_LINKED, chunks)),
        after_break=chunks[0].after_break,
        before_break=chunks[-1].before_break,
    )


def _fake_item(marker: Unit, body: Unit) -> Unit:
    """Return the list item that a bullet in its own cell and the cell beside it make."""
    runs = [*marker.runs, Run(" ", 0, 0), *body.runs]
    text = f"{marker.text} {body.text}"
    return replace(body, look=Look("list_item", level=1), runs=runs, text=text, after_break=marker.after_break)


def _with_units(cells: list[Unit]) -> list[Unit]:
    """Join cells that hold only `%`, `)` or `$` to the number that they belong to."""
    result: list[Unit] = []
    opening = False
    for unit in cells:
        if result and (opening or (_ends_number(result[-1]) and _LEFT_UNITS.fullmatch(unit.text))):
            result.append(_joined(result.pop(), unit))
        else:
            result.append(unit)
        opening = bool(_RIGHT_UNITS.fullmatch(result[-1].text))
        if len(result) > 1 and _ends_number(result[-2]) and _MIDDLE_UNITS.match(result[-1].text):
            right = result.pop()
            result.append(_joined(result.pop(), right))
    return result


def _ends_number(unit: Unit) -> bool:
    last = unit.text[-1]
    return last.isdigit() or last in ")%"


def _joined(left: Unit, right: Unit) -> Unit:
    reach = (right.look.column or 0) + right.look.column_span - (left.look.column or 0)
    return replace(
        left,
        look=left.look._replace(column_span=reach, header=right.look.header),
        runs=left.runs + right.runs,
        text=left.text + right.text,
        before_break=right.before_break,
    )

"""Tables of a page: which are grids of data and which only place things, and the units that come of both."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from topline.filings.flow import Cell, Chunk, Flow
from topline.filings.lines import heading_level, is_marker, list_marker
from topline.filings.runs import Run
from topline.schema import Block

_MAX_COLUMNS = 500  # cells further right share the last: wide spans over many rows would cost their product
_LONG_CELL = 200  # characters: two such paragraphs in one cell make the table a layout
# A lone letter in brackets or without is a footnote's; a lone "(1)" may be the percentage beside a count
_LEFT_UNITS = re.compile(r"[)%\]*†‡§¶#^¹²³⁴]{1,3}|\(?%\)?|\([a-e]\)|[a-e]")
_RIGHT_UNITS = re.compile(r"[$€£¥]?\(?|US\$|[<>≥≤±~/]|\+/[-–−]")
_MIDDLE_UNITS = re.compile(r"(?:±|\+/[-–−]|/)\s?[0-9]")  # begins what belongs to the number before: "-9.4 | ± | 1.2"
_NUMBERED_WORDS = 4
_BOLD_HEADING = 200  # characters: a longer bold paragraph is emphasis


@dataclass(frozen=True, slots=True)
class Unit:
    """A block to be: its offsets are set when the text is laid out."""

    block: Block
    runs: tuple[Run, ...]
    linked: bool = False
    after_break: bool = False
    before_break: bool = False
    preformatted: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell's place in the grid."""

    row: int
    column: int


def units(flow: Flow) -> list[Unit]:
    """Return the units of a page in order."""
    layouts = _layouts(flow)
    spots = _spots(flow.cells)
    result: list[Unit] = []

    def data_table(chunk: Chunk) -> int:
        return chunk.cell.table if chunk.cell is not None and chunk.cell.table not in layouts else -1

    for table, group in groupby(flow.chunks, key=data_table):
        chunks = list(group)
        result += [_prose(chunk) for chunk in chunks] if table < 0 else _table_units(chunks, spots)
    return result


def _layouts(flow: Flow) -> set[int]:
    """Return the tables that only place things: they hold tables, one column, or long prose."""
    layouts = {cell.outer.table for cell in flow.cells if cell.outer is not None}
    filled: dict[int, dict[int, set[Cell]]] = defaultdict(lambda: defaultdict(set))
    long: dict[Cell, int] = defaultdict(int)
    for chunk in flow.chunks:
        if chunk.cell is not None:
            filled[chunk.cell.table][chunk.cell.row].add(chunk.cell)
            long[chunk.cell] += _length(chunk) >= _LONG_CELL
    layouts |= {table for table, rows in filled.items() if max(map(len, rows.values())) < 2}
    return layouts | {cell.table for cell, count in long.items() if count > 1}


def _spots(cells: list[Cell]) -> dict[Cell, Spot]:
    """Lay the cells out in their grids, spans counted."""
    spots: dict[Cell, Spot] = {}
    busy: dict[tuple[int, int], int] = {}  # (table, column) -> first row in which it is free again
    next_free: dict[tuple[int, int], int] = {}
    for cell in cells:
        column = next_free.get((cell.table, cell.row), 0)
        while column < _MAX_COLUMNS and busy.get((cell.table, column), 0) > cell.row:
            column += 1
        spots[cell] = Spot(cell.row, column)
        end = min(column + cell.column_span, _MAX_COLUMNS)
        next_free[cell.table, cell.row] = end
        if cell.row_span > 1:
            for spanned in range(column, end):
                busy[cell.table, spanned] = cell.row + cell.row_span
    return spots


def _prose(chunk: Chunk) -> Unit:
    text = _text(chunk.runs)
    marker = list_marker(text)
    if chunk.list_depth or marker:
        block = Block("list_item", 0, 0, level=max(1, chunk.list_depth))
    elif chunk.heading:
        block = Block("heading", 0, 0, level=chunk.heading)
    elif (level := heading_level(text)) is not None or (chunk.bold and _names(text)):
        block = Block("heading", 0, 0, level=level or 0)
    else:
        block = Block("paragraph", 0, 0)
    breaks = (chunk.after_break, chunk.before_break)
    return Unit(block, tuple(chunk.runs), chunk.linked, *breaks, preformatted=chunk.preformatted)


def _names(text: str) -> bool:
    """Tell whether a bold paragraph is short enough to be a heading and holds a word."""
    return len(text) <= _BOLD_HEADING and any(character.isalpha() for character in text)


def _table_units(chunks: list[Chunk], spots: dict[Cell, Spot]) -> Iterator[Unit]:
    for _, row in groupby(chunks, key=lambda chunk: spots[_cell(chunk)].row):
        cells = [_cell_unit(list(group), spots) for _, group in groupby(row, key=_cell)]
        if len(cells) == 2 and _is_item(_text(cells[0].runs), _text(cells[1].runs)):
            yield _fake_item(*cells)
        else:
            yield from _with_units(cells)


def _is_item(marker: str, body: str) -> bool:
    """Tell a bullet and its text from two cells of data; a number as the mark needs a sentence beside it."""
    words = sum(word.isalpha() for word in body.split())
    return is_marker(marker) and words >= (_NUMBERED_WORDS if marker.isdigit() else 1)


def _cell(chunk: Chunk) -> Cell:
    assert chunk.cell is not None
    return chunk.cell


def _cell_unit(chunks: list[Chunk], spots: dict[Cell, Spot]) -> Unit:
    cell = _cell(chunks[0])
    runs: list[Run] = []
    for chunk in chunks:
        if runs:
            runs.append(Run("\n", 0, 0))
        runs += chunk.runs
    spot = spots[cell]
    header = cell.header or all(chunk.bold for chunk in chunks)
    block = Block("table_cell", 0, 0, 0, cell.table, spot.row, spot.column, cell.row_span, cell.column_span, header)
    return Unit(
        block,
        tuple(runs),
        linked=any(chunk.linked for chunk in chunks),
        after_break=chunks[0].after_break,
        before_break=chunks[-1].before_break,
    )


def _fake_item(marker: Unit, body: Unit) -> Unit:
    """Return the list item that a bullet in its own cell and the cell beside it make."""
    runs = (*marker.runs, Run(" ", 0, 0), *body.runs)
    return replace(body, block=Block("list_item", 0, 0, level=1), runs=runs, after_break=marker.after_break)


def _with_units(cells: list[Unit]) -> list[Unit]:
    """Join cells that hold only `%`, `)` or `$` to the number that they belong to."""
    result: list[Unit] = []
    opening = False
    for unit in cells:
        text = _text(unit.runs)
        if result and (opening or (_LEFT_UNITS.fullmatch(text) and _ends_number(result[-1]))):
            result.append(_joined(result.pop(), unit))
        else:
            result.append(unit)
        opening = bool(_RIGHT_UNITS.fullmatch(_text(result[-1].runs)))
        if len(result) > 1 and _ends_number(result[-2]) and _MIDDLE_UNITS.match(_text(result[-1].runs)):
            right = result.pop()
            result.append(_joined(result.pop(), right))
    return result


def _ends_number(unit: Unit) -> bool:
    last = unit.runs[-1].text[-1]
    return last.isdigit() or last in ")%"


def _joined(left: Unit, right: Unit) -> Unit:
    reach = (right.block.column or 0) + right.block.column_span - (left.block.column or 0)
    return replace(
        left,
        block=replace(left.block, column_span=reach, header=right.block.header),
        runs=left.runs + right.runs,
        before_break=right.before_break,
    )


def _text(runs: tuple[Run, ...] | list[Run]) -> str:
    return "".join(run.text for run in runs)


def _length(chunk: Chunk) -> int:
    return sum(len(run.text) for run in chunk.runs)

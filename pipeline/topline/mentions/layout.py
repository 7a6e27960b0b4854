"""The rows of a grid by what they are: heads of columns, rows of values with their labels, sizes, sections, notes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from topline.mentions import labels
from topline.mentions.grids import LONGEST_STUB, Cell, Grid, Row

MOST_LEVELS = 8  # header rows; the deepest of the real filings has five
VALUES = frozenset({"value", "missing", "interval"})
_CONTINUES = re.compile(r"[a-z]{2,}\b(?!\s?[=:])")
_DOSE = re.compile(r"[\d.,]{1,9}\s?(?:mg|mcg|[µμ]g|g|mL|IU|units?)\b(?!/d?L)")
_NOTE = re.compile(r"\([a-h1-9]\)\s|notes?\s?[:.]|abbreviations?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of values: its labels from left to right, its values, and the labels of the section it stands in."""

    labels: Row
    values: Row
    sections: Row


@dataclass(frozen=True, slots=True)
class Layout:
    """A grid's rows by what they are."""

    heads: tuple[Row, ...]
    lines: tuple[Line, ...]
    context: tuple[Cell, ...]
    sizes: tuple[Cell, ...]


def layouts(grid: Grid) -> list[Layout]:
    """Sort a grid's rows into heads, rows of values with their labels, section rows and notes; one layout a panel."""
    sorter = _Sorter(len(grid.rows) - 1)
    for index, row in enumerate(grid.rows):
        sorter.add(index, row)
    sorter.close()
    return [replace(panel, context=tuple(sorter.context)) for panel in sorter.panels]


class _Sorter:
    """Takes the rows of a grid from top to bottom; the state is the open section and the labels that span rows."""

    def __init__(self, last: int):
        self.last = last
        self.panels: list[Layout] = []
        self.heads: list[Row] = []
        self.lines: list[Line] = []
        self.context: list[Cell] = []
        self.sizes: list[Cell] = []
        self._section: Row = ()
        self._spanning: list[Cell] = []

    def add(self, index: int, row: Row) -> None:
        """Take the next row."""
        self._spanning = [cell for cell in self._spanning if cell.to_row > row[0].row]
        left, right = (row, ()) if not self.lines and _are_doses(row) else _parted(row, first=index == 0)
        if not right or not (left or self._spanning):
            self._add_words(index, row)
        elif not self.lines and left and labels.SIZES.fullmatch(left[-1].text) and _are_integers(right):
            self.sizes += right
        elif not self.lines and left and labels.DESIGN.fullmatch(left[-1].text):
            self.heads.append(row)
        else:
            self.lines.append(Line((*self._spanning, *left), right, self._section))
        self._spanning += [cell for cell in left if right and cell.to_row > cell.row + 1]
        self._spanning = self._spanning[-MOST_LEVELS:]

    def _add_words(self, index: int, row: Row) -> None:
        """Take a row without values: a title, a section's label, a note, or heads."""
        cell = row[0]
        if len(row) > 1 or (cell.column and not self.lines):
            if self.lines:
                self.close()
            self.heads.append(row)
        elif self.lines and _CONTINUES.match(cell.text) and not (cell.header or _is_note(cell)):
            return  # the second line of the label above: "Patients with at least one  45.2%  33.1% / adverse event"
        elif index == self.last or not (self.heads or self.lines) or _is_note(cell):
            self.context.append(cell)
        else:
            self._section = (cell,)

    def close(self) -> None:
        """End a panel: heads below values begin the next."""
        if self.lines:
            self.panels.append(Layout(tuple(self.heads[-MOST_LEVELS:]), tuple(self.lines), (), tuple(self.sizes)))
        self.heads, self.lines, self.sizes, self._section = [], [], [], ()


def _is_note(cell: Cell) -> bool:
    return len(cell.text) > LONGEST_STUB or cell.text[:1] in "*†‡§¶¹²³" or bool(_NOTE.match(cell.text))


def _parted(row: Row, first: bool) -> tuple[Row, Row]:
    """Return a row's labels and its values; the values begin at the first number or dash behind a label."""
    if first and (all(cell.header for cell in row) or labels.DESIGN.fullmatch(row[0].text)):
        return row, ()
    for k, cell in enumerate(row):
        if cell.kind in VALUES and (k or cell.column):
            return row[:k], row[k:]
    return row, ()


def _are_doses(row: Row) -> bool:
    """Tell whether a row without a label names arms, some of them by their doses: "Placebo", "2 mg", "6 mg"."""
    values = [cell for cell in row if cell.kind in VALUES]
    return bool(row[0].column and values) and all(_DOSE.match(cell.text) for cell in values)


def _are_integers(cells: Row) -> bool:
    return all(cell.text.replace(",", "").isdigit() for cell in cells)

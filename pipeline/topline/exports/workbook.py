"""An Excel workbook: sheets of rows and of statuses, numbers as numbers, text as text whatever it begins with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, BinaryIO

from topline.errors import ExtraError, InputError
from topline.exports.columns import Cell, Column, result_columns, status_columns
from topline.exports.delimited import is_formula

if TYPE_CHECKING:
    from xlsxwriter import Workbook

CELL_LENGTH = 32_767  # UTF-16 units in a cell
SHEET_LENGTH = 1_048_576  # rows in a sheet
_CUT = "… [cut]"
# In characters; by the last part of the name, else by kind.
_WIDTHS = {
    "text": 34,
    "message": 60,
    "file": 28,
    "company": 28,
    "id": 14,
    "sha256": 14,
    "schema": 10,
    "start": 8,
    "end": 8,
}
_KIND_WIDTHS = {"integer": 9, "number": 11, "text": 16, "list": 20, "json": 24}

Add = Callable[[list[Cell]], None]


@contextmanager
def open_workbook(file: BinaryIO, say: Callable[[str], None]) -> Iterator[tuple[Add, Add]]:
    """Yield what adds a row and what adds a status to a workbook; `say` is told of cells that Excel cannot hold whole.

    Raises:
        ExtraError: xlsxwriter is not installed.
        InputError: there are more rows than a sheet holds.
    """
    try:
        from xlsxwriter import Workbook
    except ImportError as error:
        raise ExtraError("Excel needs xlsxwriter; install it with `pip install 'topline[excel]'`") from error
    with TemporaryDirectory() as folder:
        book = Workbook(file, {"constant_memory": True, "tmpdir": folder})
        book.set_properties({"created": datetime(1980, 1, 1)})  # no clock: the same rows give the same bytes
        rows, statuses = _Sheet(book, "results", result_columns()), _Sheet(book, "statuses", status_columns())
        yield rows.add, statuses.add
        rows.close()
        statuses.close()
        book.close()
    if cut := rows.cut + statuses.cut:
        said = "1 text was" if cut == 1 else f"{cut:,} texts were"
        say(f"{said} cut at {CELL_LENGTH:,} characters, all that an Excel cell holds; CSV and Parquet hold it whole")


class _Sheet:
    """A sheet with its header, written row by row."""

    def __init__(self, book: Workbook, name: str, columns: tuple[Column, ...]):
        self.cut = 0
        self._sheet = book.add_worksheet(name)
        self._columns = columns
        self._text = book.add_format({"quote_prefix": True})
        self._row = 1
        self._sheet.freeze_panes(1, 0)
        header = book.add_format({"bold": True, "bottom": 1})
        for index, column in enumerate(columns):
            self._sheet.set_column(index, index, _width(column))
            self._sheet.write_string(0, index, column.name, header)

    def add(self, cells: list[Cell]) -> None:
        """Write a row."""
        if self._row >= SHEET_LENGTH:
            raise InputError(f"an Excel sheet holds no more than {SHEET_LENGTH - 1:,} rows; use csv or parquet")
        for index, cell in enumerate(cells):
            if isinstance(cell, str):
                # Marked as text where a formula would begin, else it becomes one when somebody edits the cell.
                self._sheet.write_string(
                    self._row, index, self._fitting(cell), self._text if is_formula(cell) else None
                )
            elif cell is not None:
                self._sheet.write_number(self._row, index, cell)
        self._row += 1

    def close(self) -> None:
        """Put the filter over the header."""
        self._sheet.autofilter(0, 0, self._row - 1, len(self._columns) - 1)

    def _fitting(self, text: str) -> str:
        """Return text that a cell can hold; what is cut says so and is counted."""
        units = text.encode("utf-16-le")
        if len(units) <= 2 * CELL_LENGTH:
            return text
        self.cut += 1
        return units[: 2 * (CELL_LENGTH - len(_CUT))].decode("utf-16-le", "ignore") + _CUT


def _width(column: Column) -> int:
    return _WIDTHS.get(column.name.rpartition(".")[2], _KIND_WIDTHS[column.kind])

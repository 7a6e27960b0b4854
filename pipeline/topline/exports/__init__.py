"""Rows for spreadsheets and databases: JSON Lines, CSV, Parquet, Excel, each file whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Literal, get_args

from topline.errors import InputError
from topline.exports.columns import Column, result_cells, result_columns, status_cells, status_columns
from topline.exports.delimited import csv_line, unprotected
from topline.exports.reading import read_records, rows_file, status_file
from topline.outputs import clean, dump, open_whole

__all__ = [
    "Column",
    "Format",
    "RowWriter",
    "export",
    "format_of",
    "open_rows",
    "result_cells",
    "result_columns",
    "status_cells",
    "status_columns",
    "unprotected",
]

Format = Literal["jsonl", "csv", "parquet", "xlsx"]
FORMATS: tuple[Format, ...] = get_args(Format)
ENDINGS: Mapping[str, Format] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
}

Say = Callable[[str], None]


def _nothing(record: Mapping[str, Any], place: str) -> None:
    """Take a status where the format has no place for it."""


@dataclass(frozen=True, slots=True)
class RowWriter:
    """Takes result rows and statuses as plain data, each with its place for messages; only Excel keeps statuses."""

    write: Callable[[Mapping[str, Any], str], None]
    write_status: Callable[[Mapping[str, Any], str], None] = _nothing

    def write_all(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows that were made just now."""
        for row in rows:
            self.write(row, f"row {row.get('id')}")


def format_of(path: Path, named: str | None = None) -> Format | None:
    """Return the format that is named, else that of the file's ending; None when neither says one.

    Raises:
        InputError: the name is none of the formats.
    """
    if named is None:
        return ENDINGS.get(path.suffix.lower())
    for name in FORMATS:
        if name == named.lower():
            return name
    raise InputError(f"{named!r:.40}: is no format; choose one of {', '.join(FORMATS)}")


@contextmanager
def open_rows(path: Path, form: Format, say: Say = lambda sentence: None) -> Iterator[RowWriter]:
    """Open a file for rows; it takes its place only when the block ends well. `-` is standard output.

    Raises:
        InputError: the file cannot be written, or the format is none for standard output.
        ExtraError: the format needs a library that is not installed.
    """
    if str(path) == "-" and form not in ("jsonl", "csv"):
        raise InputError(f"{form} is no text for standard output; name a file with -o")
    with open_whole(path) as file, _open(file, form, say) as writer:
        yield writer


@contextmanager
def _open(file: BinaryIO, form: Format, say: Say) -> Iterator[RowWriter]:
    """Yield the writer of a format into an open file."""
    if form == "jsonl":
        yield RowWriter(lambda row, place: _put(file, dump(dict(row)) + b"\n"))
    elif form == "csv":
        seen = partial(clean, keep="\n\t") if file is sys.stdout.buffer and file.isatty() else str
        _put(file, csv_line(column.name for column in result_columns()))
        yield RowWriter(lambda row, place: _put(file, seen(csv_line(result_cells(row, place)).decode()).encode()))
    elif form == "parquet":
        from topline.exports.parquet import open_parquet

        with open_parquet(file, result_columns()) as add:
            yield RowWriter(lambda row, place: add(result_cells(row, place)))
    else:
        from topline.exports.workbook import open_workbook

        with open_workbook(file, say) as (add, add_status):
            yield RowWriter(
                lambda row, place: add(result_cells(row, place)),
                lambda status, place: add_status(status_cells(status, place)),
            )


def _put(file: BinaryIO, line: bytes) -> None:
    file.write(line)
    file.flush()  # who reads from a pipe gets each row when it is made


def export(paths: Iterable[Path], output: Path, form: Format, status: Path | None = None, say: Say = print) -> int:
    """Write the rows of files or runs' folders into one file and return their number.

    Raises:
        InputError: a file is missing, a line is no row, or an input would be written over.
        ExtraError: the format needs a library that is not installed.
    """
    given = list(paths)
    files = [rows_file(path) for path in given]
    statuses = [status] if status else [found for path in given if (found := status_file(path))]
    for file in (*files, *statuses):
        if str(output) != "-" and output.resolve() == file.resolve():
            raise InputError(f"{output}: would be written over; name another file for the output")
    count = 0
    with open_rows(output, form, say) as writer:
        for file in files:
            for place, row in read_records(file):
                writer.write(row, place)
                count += 1
        for file in statuses:
            for place, record in read_records(file):
                writer.write_status(record, place)
    return count

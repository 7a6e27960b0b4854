"""Parquet with typed columns: text as strings, whole numbers as 64-bit integers, other numbers as doubles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from topline.errors import ExtraError
from topline.exports.columns import Cell, Column
from topline.schema import SCHEMA

if TYPE_CHECKING:
    import pyarrow

_GROUP = 10_000  # rows a group: 30 MB in memory


@contextmanager
def open_parquet(file: BinaryIO, columns: tuple[Column, ...]) -> Iterator[Callable[[list[Cell]], None]]:
    """Yield what adds a row to a Parquet file.

    Raises:
        ExtraError: pyarrow is not installed.
    """
    try:
        import pyarrow.parquet as pq
    except ImportError as error:
        raise ExtraError("Parquet needs pyarrow; install it with `pip install 'topline[parquet]'`") from error
    schema = _schema(columns)
    held: list[list[Cell]] = []
    writer = pq.ParquetWriter(file, schema, compression="zstd")

    def flush() -> None:
        writer.write_batch(_batch(schema, held))
        held.clear()

    def add(cells: list[Cell]) -> None:
        held.append(cells)
        if len(held) >= _GROUP:
            flush()

    try:
        yield add
        if held:
            flush()
    finally:
        writer.close()  # also when the file will not be kept: the library would do it later, into a closed file


def _schema(columns: tuple[Column, ...]) -> pyarrow.Schema:
    import pyarrow as pa

    types = {"integer": pa.int64(), "number": pa.float64()}
    return pa.schema(
        [(column.name, types.get(column.kind, pa.string())) for column in columns], metadata={"schema": SCHEMA}
    )


def _batch(schema: pyarrow.Schema, rows: list[list[Cell]]) -> pyarrow.RecordBatch:
    import pyarrow as pa

    arrays = [pa.array(values, field.type) for values, field in zip(zip(*rows, strict=True), schema, strict=True)]
    return pa.record_batch(arrays, schema=schema)

"""Rows as flat cells: the same columns in the same order in every file, taken from the record, not from the rows.

A column is named by its field's path (`value.number`, `cohort.n`). Numbers are numbers. Lists of words (`duplicates`,
`source.items`) are joined by "; "; other lists and tables (`checks`, `evidence`, `derived`, the `source` ranges of
quotes) are JSON text. What is absent or empty is null.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from math import isfinite
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from topline.errors import InputError
from topline.schema import SCHEMA, Result, Status

ColumnKind = Literal["text", "integer", "number", "list", "json"]
Cell = str | int | float | None
Shape = dict[str, Any]  # a field's name to its Column, or to the Shape of the record in it

FAILED = "checks.failed"
_WHOLE = 2**53  # beyond it, a spreadsheet's numbers are no longer exact
_SURROGATES = re.compile("[\ud800-\udfff]")  # no encoding takes them
_KINDS: dict[type, ColumnKind] = {str: "text", int: "integer", float: "number"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name and what its cells hold."""

    name: str
    kind: ColumnKind


@cache
def result_columns() -> tuple[Column, ...]:
    """Return the columns of result rows; `checks.failed` behind `checks` has the names of those that fail."""
    columns = list(_leaves(_shape(Result)))
    columns.sort(key=lambda column: column.name != "schema")
    at = next(index for index, column in enumerate(columns) if column.name == "checks")
    columns.insert(at + 1, Column(FAILED, "list"))
    return tuple(columns)


@cache
def status_columns() -> tuple[Column, ...]:
    """Return the columns of statuses."""
    return tuple(_leaves(_shape(Status)))


def result_cells(row: Mapping[str, Any], place: str) -> list[Cell]:
    """Return a result row's cells, in the columns' order.

    Raises:
        InputError: the row is none of this version, or a field is unknown or of the wrong type.
    """
    if row.get("schema") != SCHEMA or not isinstance(row.get("value"), Mapping):
        said = f"its schema is {row.get('schema')!r:.40}, not {SCHEMA!r}" if "schema" in row else "it names no schema"
        raise InputError(f"{place}: is no result row of this version: {said}")
    cells: dict[str, Cell] = {}
    _fill(cells, _shape(Result), row, "", place)
    checks = row.get("checks") or ()
    failed = [check.get("name") for check in checks if isinstance(check, Mapping) and check.get("outcome") == "fail"]
    cells[FAILED] = _cell(Column(FAILED, "list"), failed, place)
    return [cells.get(column.name) for column in result_columns()]


def status_cells(status: Mapping[str, Any], place: str) -> list[Cell]:
    """Return a status' cells, in the columns' order.

    Raises:
        InputError: a field is unknown or of the wrong type, or the file's name is missing.
    """
    cells: dict[str, Cell] = {}
    _fill(cells, _shape(Status), status, "", place)
    if not cells.get("file") or not cells.get("status"):
        raise InputError(f"{place}: is no status of an input")
    return [cells.get(column.name) for column in status_columns()]


@cache
def _shape(record: type, path: str = "") -> Shape:
    """Return a record's fields as nested columns."""
    hints = get_type_hints(record)
    return {field.name: _part(hints[field.name], f"{path}{field.name}") for field in fields(record)}


def _part(hint: Any, name: str) -> Column | Shape:
    """Return the column of a field, or the columns of the record that it holds."""
    if get_origin(hint) in (Union, UnionType):
        (hint,) = (part for part in get_args(hint) if part is not type(None))
    if is_dataclass(hint) and isinstance(hint, type):
        return _shape(hint, f"{name}.")
    if get_origin(hint) is Literal:
        return Column(name, "text")
    if hint == tuple[str, ...]:
        return Column(name, "list")
    return Column(name, _KINDS.get(hint, "json"))


def _leaves(shape: Shape) -> Iterator[Column]:
    for part in shape.values():
        if isinstance(part, Column):
            yield part
        else:
            yield from _leaves(part)


def _fill(cells: dict[str, Cell], shape: Shape, record: Any, path: str, place: str) -> None:
    """Put a record's values into `cells` by the names of their columns."""
    if record is None:
        return
    if not isinstance(record, Mapping):
        raise InputError(f"{place}: `{path.rstrip('.')}` is {record!r:.60}, not an object")
    for key, value in record.items():
        part = shape.get(key)
        if part is None:
            raise InputError(f"{place}: `{path}{key:.60}` is no field of {SCHEMA}; take it out or keep to JSON Lines")
        if isinstance(part, Column):
            cells[part.name] = _cell(part, value, place)
        else:
            _fill(cells, part, value, f"{path}{key}.", place)


def _cell(column: Column, value: Any, place: str) -> Cell:
    """Return a value as its column holds it.

    Raises:
        InputError: the value is of another type, or no spreadsheet holds it.
    """
    if value is None:
        return None
    if column.kind == "json" and isinstance(value, (list, tuple, dict)):
        return _clean(json.dumps(value, ensure_ascii=False)) if value else None
    if column.kind == "list" and isinstance(value, (list, tuple)) and all(isinstance(part, str) for part in value):
        return _clean("; ".join(value)) if value else None
    if column.kind == "text" and isinstance(value, str):
        return _clean(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if column.kind == "integer" and isinstance(value, int) and abs(value) <= _WHOLE:
            return value
        if column.kind == "number" and isfinite(value) and (isinstance(value, float) or abs(value) <= _WHOLE):
            return float(value)
    raise InputError(f"{place}: `{column.name}` is {value!r:.60}, which its column cannot hold ({column.kind})")


def _clean(text: str) -> str:
    return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)

"""Rows as a pandas table with typed columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from topline.errors import ExtraError
from topline.exports.columns import ColumnKind, result_cells, result_columns
from topline.schema import Result

if TYPE_CHECKING:
    import pandas

# pandas' types that hold nulls without turning whole numbers into fractions.
_TYPES: Mapping[ColumnKind, str] = MappingProxyType(
    {"text": "string", "list": "string", "json": "string", "integer": "Int64", "number": "Float64"}
)


def to_frame(rows: Iterable[Result | Mapping[str, Any]]) -> pandas.DataFrame:
    """Return rows as a table, a column for each field by its dotted path, whether any row has it or not.

    Raises:
        ExtraError: pandas is not installed.
        InputError: a row is none of this version.
    """
    try:
        import pandas
    except ImportError as error:
        raise ExtraError("A frame needs pandas; install it with `pip install 'topline[pandas]'`") from error
    records = (row.to_dict() if isinstance(row, Result) else row for row in rows)
    cells = [result_cells(record, f"row {number}") for number, record in enumerate(records)]
    held = zip(*cells, strict=True) if cells else ((),) * len(result_columns())
    return pandas.DataFrame(
        {
            column.name: pandas.Series(list(values), dtype=_TYPES[column.kind])
            for column, values in zip(result_columns(), held, strict=True)
        }
    )

"""CSV: UTF-8, commas, a line feed at each row's end; text is always quoted, numbers never, and null is nothing.

A text that a spreadsheet would run as a formula gets an apostrophe before it, and one that has apostrophes before such
a text one more, so that `unprotected` gives every text back as it was. Numbers with a unit (`-12.3 mmHg`) and single
signs (the unit `%`, the relation `=`) need none.
"""

from __future__ import annotations

from collections.abc import Iterable

from topline.exports.columns import Cell
from topline.outputs import spreadsheet_safe


def csv_line(cells: Iterable[Cell]) -> bytes:
    """Return a row with its line end."""
    # The library's writer cannot tell null from an empty text on Python 3.11.
    return (",".join(map(_written, cells)) + "\n").encode()


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    return '"' + protected(cell).replace('"', '""') + '"' if isinstance(cell, str) else repr(cell)


def protected(text: str) -> str:
    """Return text with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if is_formula(text.lstrip("'")) else text


def unprotected(text: str) -> str:
    """Return what `protected` was given."""
    return text[1:] if text.startswith("'") and is_formula(text.lstrip("'")) else text


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet may take text for a formula or for a call of another program."""
    return len(text) > 1 and spreadsheet_safe(text) != text

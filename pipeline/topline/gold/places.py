"""Say where in a document's layout a mention stands, from the text alone: prose, a list or a table."""

from __future__ import annotations

import re
from typing import Literal

WherePlace = Literal["prose", "list", "table"]

_BULLET = re.compile(
    r"\s{0,12}+(?:[-*•·▪◦●○■–—]\s"  # a dash or dot, then the item
    r"|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s)"  # 1. 2) (a) iv.
)
# Three columns set apart by tabs or runs of three blanks, each with something in it, are a table's line.
_COLUMNS = re.compile(r"\S(?:\t|[ ]{3,40}+)(?=\S)")


def value_place(text: str, start: int) -> WherePlace:
    """Return the kind of line that the character at `start` stands in; a wrapped list item counts by its first line."""
    line, line_start = _line(text, start)
    if _is_table(line):
        return "table"
    while not _BULLET.match(line):
        # A continuation line of an item is indented; anything else is prose.
        if line_start == 0 or not line.startswith((" ", "\t")) or not line.strip():
            return "prose"
        line, line_start = _line(text, line_start - 1)
    return "list"


def _line(text: str, at: int) -> tuple[str, int]:
    """Return the line around an offset, and where it starts."""
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return text[start : len(text) if end < 0 else end], start


def _is_table(line: str) -> bool:
    """Return whether a line looks like a table's row: Markdown bars, tabs, or columns of blanks."""
    if line.lstrip().startswith("|") and line.count("|") >= 2:
        return True
    return line.count("\t") >= 1 or len(_COLUMNS.findall(line.strip())) >= 2

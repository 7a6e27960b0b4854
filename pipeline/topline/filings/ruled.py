"""Tables drawn with characters: Markdown pipes, `<TABLE><S><C>` of old filings, and columns by spaces."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from topline.filings.lines import columns, is_rule
from topline.schema import Block

Spans = Sequence[tuple[int, int]]

_PIPE = re.compile(r"(?<!\\)\|")
_SEPARATOR = re.compile(r"\|?(?:\s{0,40}+:?-{1,200}+:?\s{0,40}+\|)+(?:\s{0,40}+:?-{1,200}+:?)?\s{0,40}+")
_NUMBER_CELL = re.compile(
    r"""
    [$(<>≥≤~±-]{0,3}+ [ ]{0,12}+ [.]?\d [\d,.]{0,20}+        # 12.3  (1,234  $  5  <0.001  .5
    (?: [ ]?[-–/][ ]?[\d.,]{1,20}+ )?+                      # 12-15  3/20
    [ ]? [)%*a-z]{0,4}+
    (?: [ ]?(?:\(|±|\+/-) [ ]?[<>≥≤~-]?[\d.,]{1,12}+ %?        # 9 (40.9%)  8.2 ± 1.4  12 (9-14)
        (?:[-–,; ]{1,3}(?:to[ ])?[\d.,-]{1,12}+ %?)?+ \)? )?+
  | [-–—]{1,3} | N/?A | NR | NE
    """,
    re.VERBOSE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")  # heads a column, often not flush with its numbers
_SIGNS = ("$", "US$", "€", "£", "¥")
_STUB_INDENT = 12  # characters: a row's label starts within so many of the leftmost one
_PROSE_LINE = 60  # characters: a longer line without a gap inside a table is a note


def is_pipe_row(line: str) -> bool:
    """Tell whether a line is a row of a Markdown table."""
    return line.startswith("|") and line.endswith("|") and len(line) > 2


def pipe_cells(text: str, spans: Spans, table: int) -> Iterator[Block]:
    """Yield the cells of a pipe table; the rows over its separator are its header."""
    rules = [index for index, (start, end) in enumerate(spans) if _is_separator(text[start:end])]
    header = rules[0] if rules and rules[0] <= 2 else 0
    row = 0
    for index, (start, end) in enumerate(spans):
        if index in rules:
            continue
        for column, (low, high) in enumerate(_pipe_ranges(text, start, end)):
            if low < high:
                yield Block("table_cell", low, high, table=table, row=row, column=column, header=index < header)
        row += 1


def _is_separator(line: str) -> bool:
    return "-" in line and bool(_SEPARATOR.fullmatch(line))


def _pipe_ranges(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    bars = [start + match.start() for match in _PIPE.finditer(text[start:end])]
    for left, right in pairwise(bars):
        cell = text[left + 1 : right]
        yield _stripped(left + 1, cell)


def _stripped(start: int, cell: str) -> tuple[int, int]:
    content = cell.strip()
    low = start + len(cell) - len(cell.lstrip()) if content else start
    return low, low + len(content)


def is_columned(text: str, spans: Spans) -> bool:
    """Tell whether lines are rows of columns by spaces: most have a wide gap, and most of those end in a number."""
    if len(spans) < 2:
        return False
    rows = [[text[start + low : start + high] for low, high in columns(text[start:end])] for start, end in spans]
    gapped = [row for row in rows if len(row) > 1]
    numbers = [row for row in gapped if _is_number(row[-1])]
    return 2 * len(gapped) > len(rows) and 2 * len(numbers) >= len(gapped)


def columned_cells(text: str, spans: Spans, table: int) -> Iterator[Block]:
    """Yield the cells of a table by spaces.

    Number columns are flush right: the right edges of numbers make the columns, what stands left of them is column 0.
    """
    lines = [text.rfind("\n", 0, start) + 1 for start, _ in spans]
    rows = [_with_signs(text, _ranges(text, span)) for span in spans]
    if _are_tabbed(text, lines, rows):
        for index, (row, line) in enumerate(zip(rows, lines, strict=True)):
            for low, high in row:
                column = text.count("\t", line, low)
                yield Block("table_cell", low, high, table=table, row=index, column=column)
        return
    placed = [
        [(_place(text, line, low), _place(text, line, high), text[low:high]) for low, high in row]
        for row, line in zip(rows, lines, strict=True)
    ]
    left = min((low for row in placed for low, _, _ in row), default=0)
    stub_end = left + _STUB_INDENT
    edges = _edges([[(low, high) for low, high, cell in row if _makes_column(cell, low, left)] for row in placed])
    opened: int | None = None  # where the label of the next row begins, on the line before
    for index, (row, line) in enumerate(zip(rows, lines, strict=True)):
        if opened is None and _goes_on(text, row, rows[index + 1 : index + 2]):
            opened = row[0][0]
            continue
        column = -1
        for low, high in row:
            place, cell = _place(text, line, low), text[low:high]
            worded = not _is_number(cell) or _is_dose(cell, place, left)
            stub = column < 0 and worded and (not edges or place <= stub_end)
            column = 0 if stub else max(column + 1, _nearest(edges, _place(text, line, high)) + 1)
            start, opened = low if opened is None or column else opened, None
            yield Block("table_cell", start, high, table=table, row=index, column=column)


def _place(text: str, line: int, offset: int) -> int:
    """Return where in its line a character stands, a tab reaching to the next multiple of eight."""
    return len(text[line:offset].expandtabs(8)) if "\t" in text[line:offset] else offset - line


def _are_tabbed(text: str, lines: Sequence[int], rows: Sequence[Spans]) -> bool:
    """Tell whether single tabs part the columns: equally many in each row of several cells."""
    counts = {text.count("\t", line, row[-1][1]) for line, row in zip(lines, rows, strict=True) if len(row) > 1}
    most = max((len(row) for row in rows), default=0)
    return len(counts) == 1 and counts == {most - 1} and most > 1


def _goes_on(text: str, row: Spans, following: Sequence[Spans]) -> bool:
    """Tell whether a label without values goes on in the next line's: "Patients with at least one / adverse event"."""
    if len(row) != 1 or not following or len(following[0]) < 2:
        return False
    (start, end), (low, high) = row[0], following[0][0]
    if not 0 < end - start <= _PROSE_LINE or text[end - 1] in ":.;)":
        return False
    return text[low].islower() and text[start].isalpha() and not _is_number(text[low:high])


def _makes_column(cell: str, place: int, left: int) -> bool:
    return _is_number(cell) and not (_YEAR.fullmatch(cell) or _is_dose(cell, place, left))


def _is_dose(cell: str, place: int, left: int) -> bool:
    """Tell whether a number with a unit leads its row at the left edge: "10 mg ....... 12"."""
    return place == left and cell[-1:].isalpha()


def _is_number(cell: str) -> bool:
    return bool(_NUMBER_CELL.fullmatch(cell))


def _ranges(text: str, span: tuple[int, int]) -> list[tuple[int, int]]:
    return [(span[0] + low, span[0] + high) for low, high in columns(text[slice(*span)])]


def _with_signs(text: str, row: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join a currency sign that stands apart to the number after it."""
    result: list[tuple[int, int]] = []
    for low, high in row:
        if result and text[result[-1][0] : result[-1][1]] in _SIGNS:
            low = result.pop()[0]
        result.append((low, high))
    return result


def _edges(numbers: Sequence[Spans]) -> list[int]:
    """Return the right edges of the columns: of numbers flush right, else of those that stand over one another.

    `numbers` are the places of each row's numbers; they are flush when that makes no more columns than a row holds.
    """
    edges = _clusters(sorted(high for row in numbers for _, high in row))
    most = max(map(len, numbers), default=0)
    if len(edges) <= most:
        return edges
    over: list[int] = []
    for low, high in sorted(span for row in numbers for span in row):
        if over and low < over[-1]:
            over[-1] = max(over[-1], high)
        else:
            over.append(high)
    return over if len(over) == most else edges


def _clusters(edges: list[int]) -> list[int]:
    """Return the last of each run of sorted edges that lie within two characters of each other."""
    return [left for left, right in pairwise([*edges, 10**9]) if right - left > 2]


def _nearest(edges: list[int], edge: int) -> int:
    """Return the index of the edge nearest to `edge`; -1 when there are none."""
    index = bisect_left(edges, edge)
    if index == len(edges) or (index and edge - edges[index - 1] < edges[index] - edge):
        index -= 1
    return index


def tagged_cells(text: str, spans: Spans, table: int) -> Iterator[Block]:
    """Yield the blocks of a `<TABLE>`: cells of rows with gaps, and paragraphs of long lines without."""
    rows: list[tuple[int, int]] = []
    for start, end in spans:
        line = text[start:end]
        if is_rule(line):
            continue
        if len(columns(line)) == 1 and len(line) > _PROSE_LINE:
            yield from columned_cells(text, rows, table)
            rows = []
            yield Block("paragraph", start, end)
        else:
            rows.append((start, end))
    yield from columned_cells(text, rows, table)

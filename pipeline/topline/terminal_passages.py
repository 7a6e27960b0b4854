"""The passages behind a row, drawn for a terminal: its sentence or its cells, then each other place that it cites.

Filing text is untrusted: it is cleaned of what a terminal obeys, and drawn as plain text, never as markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from topline.excerpts import Layout, Span, TableLine, place, stretches, table_lines, table_title
from topline.outputs import clean
from topline.schema import Block, Result
from topline.terminal import plain

OWN = 240  # characters shown on each side of a mark in the value's sentence: most sentences are shown whole
CONTEXT = 60  # characters on each side of a mark in another sentence or in a cell
# (role, colour, and the brackets that stand for the colour where there is none); the innermost mark comes first
MARKS = (
    ("value", "bold green", "[", "]"),
    ("n", "bold yellow", "«", "»"),
    ("endpoint", "cyan", "{", "}"),
    ("time frame", "magenta", "⟦", "⟧"),
    ("cohort", "yellow", "<", ">"),
)
OTHER = ("others", "underline", "_", "_")  # interval, p-value, comparator, numerator, further evidence
# What is marked in the value's own sentence; the table above names the others.
OWN_MARKED = frozenset({"value", "n", "endpoint", "time frame", "cohort"})
_FIELDS = (
    ("value", "value"),
    ("endpoint", "endpoint"),
    ("cohort", "cohort"),
    ("time_frame", "time frame"),
    ("ci", "CI"),
    ("p_value", "p"),
    ("comparator", "comparator"),
    ("numerator", "numerator"),
)


@dataclass(frozen=True, slots=True)
class Citation:
    """A stretch of text that a row cites, in its role."""

    start: int
    end: int
    role: str

    @property
    def style(self) -> tuple[str, str, str, str]:
        """Return how the role is marked."""
        role = "cohort" if self.role == "group" else self.role
        return next((mark for mark in MARKS if mark[0] == role), OTHER)


def citations(row: Result) -> tuple[Citation, ...]:
    """Return what a row cites, the innermost mark first; evidence adds the places that no field names."""
    found = [
        Citation(quote.start, quote.end, role) for name, role in _FIELDS if (quote := getattr(row, name)) is not None
    ]
    cohort = row.cohort
    if cohort is not None and cohort.n_start is not None and cohort.n_end is not None:
        found.append(Citation(cohort.n_start, cohort.n_end, "n"))
    for quote in getattr(row, "evidence", ()):
        role = str(getattr(quote, "role", "evidence")).replace("_", " ")
        if not any(cited.start <= quote.start and quote.end <= cited.end for cited in found):
            found.append(Citation(quote.start, quote.end, role))
    order = [*(mark[0] for mark in MARKS)]
    return tuple(sorted(found, key=lambda cited: order.index(cited.role) if cited.role in order else len(order)))


def legend(colours: bool) -> Text:
    """Return the line that explains the marks."""
    drawn = Text("marked: ")
    for name, style, opening, closing in (*MARKS, OTHER):
        drawn.append(name if colours else f"{opening}{name}{closing}", style).append(" ")
    return drawn


def passage(layout: Layout, row: Result, colours: bool, stated: Mapping[str, str] | None = None) -> RenderableType:
    """Return the row's sentence or cells with its fields marked, each other place that it cites, and its duplicates.

    `stated` says where the rows are stated that `duplicates` names, by their ids.
    """
    cited = citations(row)
    drawn: list[RenderableType]
    spans = [(c.start, c.end) for c in cited]
    lines = table_lines(layout, row.value.start, spans)
    if lines and len(lines) + len(lines[0].cells) > 2:
        inside = {c for line in lines for cell in line.cells if cell for c in cited if _within(c, cell.start, cell.end)}
        drawn = [
            Text(plain(table_title(layout, row.value.start, spans)).plain, "dim"),
            _grid(layout, lines, cited, colours),
        ]
    else:
        low, high = row.sentence.start, row.sentence.end
        inside = {c for c in cited if _within(c, low, high)}
        own = [c for c in cited if c in inside and c.role in OWN_MARKED]
        drawn = [_cut(layout.text, (low, high), own, colours, OWN)]
    drawn += _elsewhere(layout, row, [c for c in cited if c not in inside], colours)
    drawn += _repeats(row, stated or {})
    beside = Table.grid(padding=(0, 2))
    beside.add_row(Text(row.id[:6], "bold"), Group(*drawn))
    return Padding(beside, (1, 0, 0, 0), expand=False)


def _repeats(row: Result, stated: Mapping[str, str]) -> Iterator[Text]:
    """Yield where the same result is stated: the fullest of its rows, then the others."""
    fullest = getattr(row, "duplicate_of", None)
    others = [name for name in row.duplicates if name != fullest]
    for said, names in (("same result as: ", [fullest] if fullest else []), ("also stated: ", others)):
        if names:
            places = "; ".join(stated.get(name, f"row {name[:6]}") for name in names)
            yield Text.assemble((said, "dim"), plain(places))


def _within(cited: Citation, low: int, high: int) -> bool:
    return low <= cited.start and cited.end <= high


def _elsewhere(layout: Layout, row: Result, cited: Sequence[Citation], colours: bool) -> Iterator[Text]:
    """Yield a line for each other sentence, heading or cell that is cited: what for, where it stands, its text."""
    placed = sorted(cited, key=lambda c: (c.start, -c.end))
    for unit, group in groupby(placed, key=lambda c: layout.unit_at(c.start)):
        held = list(group)
        roles = ", ".join(dict.fromkeys(c.role for c in held))
        at = place(layout, held[0].start, row.value.start)
        arrow = "↑" if held[0].start < row.value.start else "↓"
        bounds = unit[0], max(unit[1], *(c.end for c in held))
        text = _cut(layout.text, bounds, sorted(held, key=cited.index), colours, CONTEXT)
        yield Text.assemble((f"{arrow} {plain(roles)}, {at}: ", "dim"), text)


def _cut(text: str, bounds: Span, cited: Sequence[Citation], colours: bool, context: int) -> Text:
    """Return a sentence with marks; what lies far from them is left out."""
    shown = stretches(text, [(c.start, c.end) for c in cited] or [bounds], bounds, context, context)
    drawn = Text("… " if shown[0][0] > bounds[0] and text[bounds[0] : shown[0][0]].strip() else "")
    for k, (low, high) in enumerate(shown):
        drawn.append(" … " if k else "").append_text(_marked(text, low, high, cited, colours))
    drawn.append(" …" if text[shown[-1][1] : bounds[1]].strip() else "")
    return drawn


def _marked(text: str, low: int, high: int, cited: Sequence[Citation], colours: bool) -> Text:
    """Return `text[low:high]` with marks, which may nest or cross."""
    inside = {edge for c in cited for edge in (c.start, c.end) if low < edge < high}
    drawn = Text()
    for start, end in pairwise((low, *sorted(inside), high)):
        over = [c for c in cited if c.start <= start and end <= c.end]
        opening = "".join(c.style[2] for c in reversed(over) if c.start == start)
        closing = "".join(c.style[3] for c in over if c.end == end)
        piece = _squeezed(text[start:end])
        drawn.append(piece if colours else f"{opening}{piece}{closing}", over[0].style[1] if over else None)
    return drawn


def _squeezed(text: str) -> str:
    """Return text with each run of white space as one space, those at its ends too."""
    words = " ".join(clean(text, "\n\t").split())
    return f"{' ' * text[:1].isspace()}{words}{' ' * (text[-1:].isspace() and bool(words))}"


def _grid(layout: Layout, lines: Sequence[TableLine], cited: Sequence[Citation], colours: bool) -> Table:
    """Return the cells that lead to a value as a small table; a line of dots stands for rows left out."""
    drawn = Table(box=box.MINIMAL, show_header=False, pad_edge=False, show_edge=False)
    for _ in lines[0].cells:
        drawn.add_column(overflow="fold")
    for k, line in enumerate(lines):
        if line.skipped:
            drawn.add_row(*("⋯" for _ in line.cells), style="dim")
        cells = [_cell(layout, cell, cited, colours) if cell else Text() for cell in line.cells]
        drawn.add_row(*cells, end_section=line.head and not lines[k + 1].head)
    return drawn


def _cell(layout: Layout, cell: Block, cited: Sequence[Citation], colours: bool) -> Text:
    inside = [c for c in cited if _within(c, cell.start, cell.end)]
    return _cut(layout.text, (cell.start, cell.end), inside, colours, CONTEXT)

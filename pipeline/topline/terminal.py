"""Rows drawn for a terminal: a table, and the sentences with value, endpoint and cohort marked.

Filing text is untrusted: it is cleaned of what a terminal obeys, and drawn as plain text, never as markup.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from itertools import pairwise

from rich.console import Console
from rich.table import Table
from rich.text import Text

from topline.outputs import clean
from topline.schema import Quote, Result, Source

WIDTH = 118  # columns where the output is no terminal
CONTEXT = 60  # characters around an endpoint or a cohort that stands outside the value's sentence
# (field, colour, and the brackets that stand for the colour where there is none)
MARKS = (("value", "bold green", "[", "]"), ("endpoint", "cyan", "{", "}"), ("cohort", "yellow", "<", ">"))


def make_console() -> Console:
    """Return the console of standard output; filing text is never read as markup, emoji codes or numbers to colour."""
    console = Console(markup=False, emoji=False, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = WIDTH
    return console


def plain(text: str | None) -> Text:
    """Return filing text in one line, as it can be drawn."""
    return Text(" ".join(clean(text or "", "\n\t").split()))


def heading(source: Source, rows: int) -> Text:
    """Return a line about a document: file, part, form, company, date, number of rows."""
    part = f"document {source.document}" if source.document else None
    known = (source.file, part, source.type or source.form_type, source.company, source.filed or source.period)
    return plain(" · ".join([*(said for said in known if said), f"{rows} {'row' if rows == 1 else 'rows'}"]))


def table(rows: tuple[Result, ...]) -> Table:
    """Return the rows as a table."""
    drawn = Table(show_edge=False, pad_edge=False, header_style="bold")
    for name in ("row", "value", "endpoint", "cohort", "n", "time", "CI, p", "conf.", "checks"):
        right = name in ("n", "conf.")
        narrow = name in ("row", "value", "n", "conf.")
        drawn.add_column(name, justify="right" if right else "left", no_wrap=narrow and name != "value")
    for row in rows:
        drawn.add_row(*_cells(row))
    return drawn


def _cells(row: Result) -> Iterator[Text]:
    yield Text(row.id[:6])
    yield from (_quoted(quote) for quote in (row.value, row.endpoint, row.cohort))
    yield Text("" if row.cohort is None or row.cohort.n is None else str(row.cohort.n))
    yield _quoted(row.time_frame)
    yield _quoted(row.ci, row.p_value)
    yield Text("" if row.confidence is None else f"{row.confidence:.2f}")
    yield _checks(row)


def _quoted(*quotes: Quote | None) -> Text:
    return plain("; ".join(quote.text for quote in quotes if quote is not None))


def _checks(row: Result) -> Text:
    """Return the names of the checks that failed, or how many passed."""
    failed = [check.name for check in row.checks if check.outcome == "fail"]
    passed = sum(check.outcome == "pass" for check in row.checks)
    return Text(f"fails {', '.join(failed)}", "red") if failed else Text(f"{passed} pass" if passed else "")


def legend(colours: bool) -> Text:
    """Return the line that explains the marks."""
    drawn = Text("marked: ")
    for name, style, opening, closing in MARKS:
        drawn.append(name if colours else f"{opening}{name}{closing}", style).append(" ")
    return drawn


def passage(text: str, row: Result, colours: bool) -> Iterator[Text]:
    """Yield the row's sentence with what it holds marked, and a line for each mark that stands outside it."""
    low, high = row.sentence.start, row.sentence.end
    quotes = [(quote, mark) for mark in MARKS if (quote := getattr(row, mark[0])) is not None]
    inside = [(quote, mark) for quote, mark in quotes if low <= quote.start and quote.end <= high]
    yield Text.assemble("\n", (row.id[:6], "bold"), "  ", _marked(text, low, high, inside, colours))
    for quote, mark in quotes:
        if (quote, mark) in inside:
            continue
        start, end = max(0, quote.start - CONTEXT), quote.end + CONTEXT
        yield Text.assemble(f"        {mark[0]}: … ", _marked(text, start, end, [(quote, mark)], colours), " …")


Mark = tuple[str, str, str, str]


def _marked(text: str, low: int, high: int, quotes: list[tuple[Quote, Mark]], colours: bool) -> Text:
    """Return `text[low:high]` with quotes marked; marks may nest or cross."""
    edges = sorted({low, min(high, len(text)), *(edge for quote, _ in quotes for edge in (quote.start, quote.end))})
    drawn = Text()
    for start, end in pairwise(edges):
        over = [(quote, mark) for quote, mark in quotes if quote.start <= start and end <= quote.end]
        opening = "".join(mark[2] for quote, mark in reversed(over) if quote.start == start)
        closing = "".join(mark[3] for quote, mark in over if quote.end == end)
        piece = _squeezed(text[start:end])
        # The innermost mark is the first of MARKS: a value inside a cohort's phrase stays a value.
        drawn.append(piece if colours else f"{opening}{piece}{closing}", over[0][1][1] if over else None)
    return drawn


def _squeezed(text: str) -> str:
    """Return text with each run of white space as one space, those at its ends too."""
    words = " ".join(clean(text, "\n\t").split())
    return f"{' ' * text[:1].isspace()}{words}{' ' * (text[-1:].isspace() and bool(words))}"


def details(row: Result) -> Table:
    """Return one row field by field, with offsets and the arithmetic of its checks."""
    drawn = Table.grid(padding=(0, 2))
    drawn.add_column(style="bold")
    for name, held in asdict(row).items():
        if name != "checks" and (said := _said(held)):
            drawn.add_row(name, plain(said))
    for check in row.checks:
        drawn.add_row(check.name, plain(f"{check.outcome}: {check.detail}"))
    return drawn


def _said(held: object) -> str:
    """Return a field in words: a quote with its place, then what else is known."""
    if not isinstance(held, dict):
        return "" if held is None or held == () else str(held)
    known = {key: value for key, value in held.items() if value not in (None, ()) and key not in ("text", "source")}
    place = f"[{known.pop('start')}, {known.pop('end')})" if "start" in known else ""
    rest = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in known.items())
    return "  ".join(filter(None, (held.get("text"), place, rest)))

"""Rows drawn for a terminal: a table of all, and one field by field.

Filing text is untrusted: it is cleaned of what a terminal obeys, and drawn as plain text, never as markup.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from topline.outputs import clean
from topline.schema import Quote, Result, Source

WIDTH = 118  # columns where the output is no terminal
NARROW = 100  # below this many columns, the table's last ones are put together


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


def table(rows: tuple[Result, ...], width: int = WIDTH) -> Table:
    """Return the rows as a table for a terminal of so many columns; a narrow one puts its last columns together."""
    narrow = width < NARROW
    drawn = Table(show_edge=False, pad_edge=False, header_style="bold")
    last = ("time, CI, p", "conf.") if narrow else ("time", "CI, p", "conf.", "checks")
    for name in ("row", "value", "endpoint", "cohort", "n", *last):
        right = name in ("n", "conf.") and not narrow
        whole = name in ("row", "n", "conf.")
        drawn.add_column(name, justify="right" if right else "left", no_wrap=whole, overflow="fold")
    for row in rows:
        drawn.add_row(*_cells(row, narrow))
    return drawn


def _cells(row: Result, narrow: bool) -> Iterator[Text]:
    yield Text(row.id[:6])
    yield from (_quoted(quote) for quote in (row.value, row.endpoint, row.cohort))
    yield Text("" if row.cohort is None or row.cohort.n is None else str(row.cohort.n))
    confidence = Text("" if row.confidence is None else f"{row.confidence:.2f}")
    if narrow:
        yield _quoted(row.time_frame, row.ci, row.p_value)
        yield confidence.append_text(_check_signs(row))
    else:
        yield from (_quoted(row.time_frame), _quoted(row.ci, row.p_value), confidence, _checks(row))


def _quoted(*quotes: Quote | None) -> Text:
    return plain("; ".join(quote.text for quote in quotes if quote is not None))


def _checks(row: Result) -> Text:
    """Return the names of the checks that failed, or how many passed."""
    failed = [check.name for check in row.checks if check.outcome == "fail"]
    passed = sum(check.outcome == "pass" for check in row.checks)
    return Text(f"fails {', '.join(failed)}", "red") if failed else Text(f"{passed} pass" if passed else "")


def _check_signs(row: Result) -> Text:
    """Return how many checks failed or passed, in signs."""
    failed, passed = (sum(check.outcome == name for check in row.checks) for name in ("fail", "pass"))
    return Text(f" ✗{failed}", "red") if failed else Text(f" ✓{passed}" if passed else "")


def details(row: Result) -> Table:
    """Return one row field by field, with offsets and the arithmetic of its checks."""
    drawn = Table.grid(padding=(0, 2))
    drawn.add_column(style="bold")
    for name, held in asdict(row).items():
        if name == "evidence":
            for quote in held:
                drawn.add_row(f"{name}: {plain(quote.get('role')).plain}", plain(_said(quote)))
        elif name != "checks" and (said := _said(held)):
            drawn.add_row(name, plain(said))
    for check in row.checks:
        drawn.add_row(check.name, plain(f"{check.outcome}: {check.detail}"))
    return drawn


def _said(held: object) -> str:
    """Return a field in words: a quote with its place, then what else is known."""
    if isinstance(held, tuple | list):
        return ", ".join(map(str, held))
    if not isinstance(held, dict):
        return "" if held is None else str(held)
    known = {key: value for key, value in held.items() if value not in (None, ()) and key not in ("text", "source")}
    place = f"[{known.pop('start')}, {known.pop('end')})" if "start" in known else ""
    rest = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in known.items())
    return "  ".join(filter(None, (held.get("text"), place, rest)))

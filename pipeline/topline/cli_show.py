"""`topline show` and `topline text`: one filing for a reader's eyes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from topline.cli_extract import ModelName, load, summary
from topline.errors import InputError

if TYPE_CHECKING:
    from topline.extraction import Extracted

FilingPath = Annotated[str, typer.Argument(help="A filing, or `-` for standard input.", metavar="FILE")]


def show(
    file: FilingPath,
    *,
    model: ModelName = "default",
    row: Annotated[
        Optional[str],  # noqa: UP045 - typer wants Optional spelled out on Python 3.11 with some of its versions
        typer.Option(help="Only this row, field by field; the start of its id will do.", metavar="ID"),
    ] = None,
    sentences: Annotated[
        bool, typer.Option("--sentences/--no-sentences", help="Print each row's sentence below the table.")
    ] = True,
) -> None:
    """Draw a filing's rows as a table, and their sentences with value, endpoint and cohort marked."""
    from topline import extraction

    extracted = extraction.extract(load(model), file)
    if extracted.status.status == "error":
        raise InputError(extracted.status.message)
    if row is not None:
        _show_row(extracted, row)
        return
    _show_all(extracted, sentences=sentences)
    typer.echo(summary([extracted.status]), err=True)


def _show_all(extracted: Extracted, *, sentences: bool) -> None:
    from topline.terminal import heading, legend, make_console, passage, table

    console = make_console()
    colours = console.color_system is not None
    for doc in extracted.docs:
        rows = tuple(doc._.results)
        console.print(heading(doc._.document.source, len(rows)), style="bold")
        if not rows:
            continue
        console.print(table(rows))
        if sentences:
            console.print(legend(colours))
            for row in rows:
                console.print(*passage(doc._.document.text, row, colours), sep="\n")


def _show_row(extracted: Extracted, wanted: str) -> None:
    from topline.terminal import details, make_console, passage

    found = [(doc, row) for doc in extracted.docs for row in doc._.results if row.id.startswith(wanted)]
    if len(found) != 1:
        ids = ", ".join(row.id for _, row in found) or "leave out --row to see all"
        raise InputError(f"{extracted.status.file}: {len(found)} rows have an id that starts with {wanted}: {ids}")
    doc, row = found[0]
    console = make_console()
    console.print(details(row))
    console.print(*passage(doc._.document.text, row, console.color_system is not None), sep="\n")


def text(
    file: FilingPath,
    *,
    document: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(help="Only this document of a submission, by its number.", metavar="NUMBER"),
    ] = None,
) -> None:
    """Print the reading text: what the offsets of rows count in."""
    from topline import filings
    from topline.outputs import clean
    from topline.terminal import plain

    documents = filings.read(file)
    chosen = [held for held in documents if document in (None, held.source.document)]
    if not chosen:
        numbers = ", ".join(str(held.source.document) for held in documents if held.source.document) or "none"
        raise InputError(f"{file}: has no readable document {document}; its documents: {numbers}")
    for held in chosen:
        source = held.source
        number = f"document {source.document}, {source.type}: " if source.document else ""
        typer.echo(plain(f"{source.file}: {number}{len(held.text)} characters"), err=True)
        # Into a file or a pipe the text goes as it is, so that offsets hold; a terminal gets it harmless.
        shown = clean(held.text, "\n\t") + "\n" if sys.stdout.isatty() else held.text
        sys.stdout.buffer.write(shown.encode(errors="replace"))
        sys.stdout.buffer.flush()

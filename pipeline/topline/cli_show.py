"""`topline show` and `topline text`: one filing for a reader's eyes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from topline.cli_extract import ModelName, load, summary
from topline.errors import InputError

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from topline.excerpts import Layout
    from topline.extraction import Extracted
    from topline.schema import Result

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
        bool, typer.Option("--sentences/--no-sentences", help="Print the passages below the table.")
    ] = True,
) -> None:
    """Draw a filing's rows as a table, and behind each row the passages that its fields come from."""
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
    from topline.terminal import heading, make_console, table
    from topline.terminal_passages import legend, passage
    from topline.terminal_verdicts import verdict_lines

    console = make_console()
    colours = console.color_system is not None
    layouts = _layouts(extracted)
    stated = _stated(extracted, layouts)
    for doc, layout in zip(extracted.docs, layouts, strict=True):
        rows = _rows(extracted, doc)
        console.print(heading(doc._.document.source, len(rows)), style="bold")
        if not rows:
            continue
        console.print(table(rows, console.width))
        console.print(*verdict_lines(doc._.verdicts), sep="\n", end="\n" if doc._.verdicts else "")
        if sentences:
            console.print(legend(colours))
            for row in rows:
                console.print(passage(layout, row, colours, stated))


def _rows(extracted: Extracted, doc: Doc) -> tuple[Result, ...]:
    """Return a document's rows as they are written: joined with those of the input's other documents."""
    written = {row.id: row for row in extracted.rows}
    return tuple(written.get(row.id, row) for row in doc._.results)


def _layouts(extracted: Extracted) -> list[Layout]:
    """Return each document's layout."""
    from topline.layouts import document_layout

    return [document_layout(doc._.document, [sent.start_char for sent in doc.sents]) for doc in extracted.docs]


def _stated(extracted: Extracted, layouts: list[Layout]) -> dict[str, str]:
    """Say of each row, by its id, where it is stated; of a submission, in which document."""
    from topline.excerpts import own_place

    stated: dict[str, str] = {}
    for doc, layout in zip(extracted.docs, layouts, strict=True):
        source = doc._.document.source
        part = f"{source.type or f'document {source.document}'}: " if len(layouts) > 1 else ""
        for row in _rows(extracted, doc):
            stated[row.id] = f"{part}{own_place(layout, row.value.start)} ({row.value.text}, {row.id[:6]})"
    return stated


def _show_row(extracted: Extracted, wanted: str) -> None:
    from topline.terminal import details, make_console
    from topline.terminal_passages import passage

    layouts = _layouts(extracted)
    found = [
        (layout, row)
        for doc, layout in zip(extracted.docs, layouts, strict=True)
        for row in _rows(extracted, doc)
        if row.id.startswith(wanted)
    ]
    if len(found) != 1:
        ids = ", ".join(row.id for _, row in found) or "leave out --row to see all"
        raise InputError(f"{extracted.status.file}: {len(found)} rows have an id that starts with {wanted}: {ids}")
    layout, row = found[0]
    console = make_console()
    console.print(details(row))
    colours = console.color_system is not None
    console.print(passage(layout, row, colours, _stated(extracted, layouts)))


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

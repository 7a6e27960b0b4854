"""`topline review`: predicted rows before a person's eyes, and what the person says as gold."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

if TYPE_CHECKING:
    from topline.review.run import Run

# typer reads the annotations at run time and wants Optional spelled out on Python 3.11 with some of its versions.
OptionalPath = Optional[Path]  # noqa: UP045
OptionalPaths = Optional[list[Path]]  # noqa: UP045


def review(
    path: Annotated[Path, typer.Argument(help="Rows that `extract` wrote, or a run's folder.", metavar="PATH")],
    *,
    filings: Annotated[
        OptionalPaths,
        typer.Option(help="Folder, searched through, of filings that moved; may be given again.", metavar="DIR"),
    ] = None,
    whole: Annotated[bool, typer.Option("--all", help="Documents without rows too, for results missed.")] = False,
    export: Annotated[
        OptionalPath, typer.Option(help="Write the gold of the finished documents and leave.", metavar="GOLD")
    ] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="With --export: documents with open rows too, without those.")
    ] = False,
    journal: Annotated[
        OptionalPath, typer.Option(help="Where decisions are kept; else ROWS.review.", metavar="FILE")
    ] = None,
    port: Annotated[
        int, typer.Option(help="Port on loopback; else any free one.", metavar="PORT", min=0, max=65535)
    ] = 0,
) -> None:
    """Review rows in a local page: accept, reject, correct and add results, and export them as gold.

    Every decision is on the disk at once, in a journal beside the rows; the next review goes on from there.
    """
    from topline.review.run import read_run

    if partial and export is None:
        raise typer.BadParameter("--partial goes with --export; in the page the export has its own switch")
    run = read_run(path, filings or (), whole=whole)
    _say(*run.refused)
    held = journal or run.path.with_name(f"{run.path.name}.review")
    if export is not None:
        from topline.review.export import export_journal

        _say(export_journal(run, held, export, partial).sentence)
        return
    _serve(run, held, port)


def _serve(run: Run, journal: Path, port: int) -> None:
    """Serve the page until it is interrupted."""
    from topline.review.server import make_server, take_address
    from topline.review.sitting import open_sitting

    gold = run.path.with_name(f"{run.path.stem}.gold.jsonl")
    with open_sitting(run, journal, gold) as sitting:
        if sitting.journal.torn:
            _say(f"{journal}: its last line was not whole and has been cut off; all before it holds")
        address = take_address(port)
        server = make_server(sitting, address)
        _say(f"{len(run.rows):,} rows of {len(run.documents):,} documents; decisions go to {journal}")
        _say(f"review at {address.url} (Ctrl-C ends it)")
        with suppress(KeyboardInterrupt):  # uvicorn raises it again when it has closed its connections
            server.run(sockets=[address.socket])


def _say(*sentences: str) -> None:
    from topline.outputs import clean

    for sentence in sentences:
        typer.echo(clean(sentence), err=True)
